/* What the filters of the three databases share; only slim/keep/packages*.c include it. */
#ifndef SLIM_KEEP_PACKAGES_FILTER_PRIVATE_H
#define SLIM_KEEP_PACKAGES_FILTER_PRIVATE_H

#include "slim/keep/packages_filter.h"
#include "slim/keep/packages_private.h"

typedef struct
{
  KeepPackages *packages;
  KeepSet *set;
  PackageLocator *locator;
  GPtrArray *files; /* KeepDatabaseFile* */
} PackageFilter;

/* Whether what stands at a path is kept. */
gboolean keep_packages_filter_keeps(PackageFilter *filter, const char *path);

/* content: owned by the filter afterwards; NULL: as it is. */
void keep_packages_filter_add(PackageFilter *filter, const char *path, OciNode *node, GBytes *content);

/*
 * Each adds the files of one database, as far as records of it are left.
 *
 * records: PackageRecord* that stand in one file, in its order; at least one.
 */
void keep_packages_filter_dpkg(PackageFilter *filter, GPtrArray *records);
void keep_packages_filter_apk(PackageFilter *filter, GPtrArray *records);
gboolean keep_packages_filter_rpm(PackageFilter *filter, GPtrArray *records, GError **error);

#endif
