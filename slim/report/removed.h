/*
 * What a slim image leaves out.
 */
#ifndef SLIM_REPORT_REMOVED_H
#define SLIM_REPORT_REMOVED_H

#include "oci/json.h"
#include "slim/keep/packages.h"
#include "slim/keep/set.h"

/* The name of the package that a node belongs to, or null. Returns: a new reference. */
json_t *report_package_json(KeepPackages *packages, const OciNode *node);

/*
 * Every path of the image that is not kept, sorted: path, type, size,
 * package. A file's bytes count at the first of its names, and not at all
 * when another name of it is kept, so that the sizes add up.
 *
 * Returns: a new reference; null for a directory of the host, which is only
 * read where it is needed.
 */
json_t *report_removed_json(OciRootfs *rootfs, KeepSet *set, KeepPackages *packages);

/* The same with one path at most, for any tree. */
json_t *report_removed_path_json(OciRootfs *rootfs, KeepSet *set, KeepPackages *packages, const char *path);

#endif
