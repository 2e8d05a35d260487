/*
 * What package databases say about an image of which only a part is left.
 */
#ifndef SLIM_KEEP_PACKAGES_FILTER_H
#define SLIM_KEEP_PACKAGES_FILTER_H

#include "slim/keep/packages.h"
#include "slim/keep/set.h"

/*
 * The packages that came with a kept file or link. Directories count for
 * nobody, nor do links that stand where many packages had a directory.
 *
 * Returns: array of const KeepPackage*, in the order of keep_packages_get(), owned by the caller.
 */
GPtrArray *keep_packages_remaining(KeepPackages *packages, KeepSet *set);

/* A file of a database, and what is left of it. */
typedef struct
{
  char *path; /* as scanners look for it: it may lead through links */
  OciNode *node;
  GBytes *content; /* NULL: as it is */
} KeepDatabaseFile;

void keep_database_file_free(KeepDatabaseFile *file);

/*
 * The files of the databases, each in its place and form:
 *
 *   dpkg   status, or a file of status.d, with the packages' stanzas as they
 *          are; a .list and a .md5sums for each package, with kept paths
 *   apk    installed, with kept paths
 *   rpm    the sqlite or ndb file, with the packages' headers as they are: they
 *          are signed, and name all files that the package had
 *
 * remaining: of keep_packages_remaining().
 * Returns: array of KeepDatabaseFile*, owned by the caller; the same for the same input.
 * Errors: OCI_ERROR_IO; what is wrong in a database is a warning of the packages.
 */
GPtrArray *keep_packages_filter(KeepPackages *packages, GPtrArray *remaining, KeepSet *set, GError **error);

#endif
