/*
 * The image's own package databases: dpkg, apk and rpm, as far as they are
 * there.
 *
 * Read as data, never through a package manager. What is broken is a warning
 * and is left out. Packages are read at once, their file lists only when they
 * are asked for.
 */
#ifndef SLIM_KEEP_PACKAGES_H
#define SLIM_KEEP_PACKAGES_H

#include "oci/rootfs.h"

typedef enum
{
  KEEP_PACKAGE_DPKG,
  KEEP_PACKAGE_APK,
  KEEP_PACKAGE_RPM,
} KeepPackageKind;

/* An installed package. Lives as long as what it was read into. */
typedef struct
{
  KeepPackageKind kind;
  const char *name;
  const char *version;      /* as the database writes it: "1:2.3-4" */
  const char *architecture; /* "" when the database says nothing */
  const char *source;       /* the source package it was built from; its own name when the database says nothing */
} KeepPackage;

typedef struct keep_packages KeepPackages;

/* "dpkg", "apk", "rpm": stable words of the report. */
const char *keep_package_kind_name(KeepPackageKind kind);

/*
 * Reads every database of the image. An image without one has no packages.
 *
 * rootfs: must outlive the packages.
 * warnings: gets char* for what cannot be read, now and when file lists are asked for; a reference is kept.
 * Errors: OCI_ERROR_IO where reading the image fails.
 * Spec: dpkg's deb-control(5) and /var/lib/dpkg; apk-tools' installed database; rpm's header format and its sqlite and ndb databases.
 */
KeepPackages *keep_packages_new(OciRootfs *rootfs, GPtrArray *warnings, GError **error);
void keep_packages_free(KeepPackages *packages);

guint keep_packages_count(const KeepPackages *packages);
const KeepPackage *keep_packages_get(const KeepPackages *packages, guint index); /* sorted by name, architecture, version; borrowed */

/* The first package of this name, in the order above. Returns: borrowed, or NULL. */
const KeepPackage *keep_packages_find(const KeepPackages *packages, const char *name);

/*
 * The package that a node came with. A path is compared by where it leads:
 * a list that says /lib/x is about /usr/lib/x when /lib is a link to usr/lib.
 *
 * Returns: borrowed, or NULL: of no package, or a directory.
 */
const KeepPackage *keep_packages_owner(KeepPackages *packages, const OciNode *node);

/*
 * The paths of a package as its database names them, directories too, save
 * that a diverted file has its new name. They need not be in the image.
 *
 * Returns: array of char*, absolute, owned by the caller.
 */
GPtrArray *keep_packages_files(KeepPackages *packages, const KeepPackage *package);

/*
 * What of these is in the image. Returns: array of OciNode*, each once, in
 * the database's order, owned by the caller.
 */
GPtrArray *keep_packages_nodes(KeepPackages *packages, const KeepPackage *package);

/*
 * The installed packages that a package says it depends on, directly: of
 * alternatives the first one that is installed, of a virtual name whatever
 * provides it. Versions are not compared: they were when it was installed.
 *
 * Returns: array of const KeepPackage*, each once, without itself, owned by the caller.
 */
GPtrArray *keep_packages_dependencies(KeepPackages *packages, const KeepPackage *package);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepPackages, keep_packages_free)

#endif
