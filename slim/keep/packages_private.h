/*
 * What the readers of the three databases share; only slim/keep/packages*.c
 * include it.
 */
#ifndef SLIM_KEEP_PACKAGES_PRIVATE_H
#define SLIM_KEEP_PACKAGES_PRIVATE_H

#include "slim/keep/packages.h"

#define PACKAGES_FILE_MAX_BYTES     (16u << 20)  /* one file of a database */
#define PACKAGES_LINE_MAX_BYTES     (1u << 20)   /* one line, or one folded field */
#define PACKAGES_DATABASE_MAX_BYTES (256u << 20) /* an rpm database; all file lists of dpkg together */
#define PACKAGES_COUNT_MAX          100000u      /* packages of one image */

typedef struct
{
  KeepPackage package;  /* first, so that a KeepPackage of ours is a record */
  const char *database; /* path of the file that it stands in, as it was looked for */
  OciNode *node;        /* that file */
  guint64 place;        /* in that file: dpkg: offset; apk: offset; rpm: number of the header */
  GBytes *stanza;       /* dpkg: its part of that file */
  const char *requires; /* clauses ended by "\n", alternatives separated by "|", bare names; or NULL */
  const char *provides; /* bare names, each ended by "\n"; or NULL */
  OciNode *list;        /* dpkg: the file that names the package's files, or NULL */
  gboolean is_md5sums;  /* dpkg: list has checksums before the paths */
  gboolean was_read;    /* dpkg: list counts already towards the limit of all lists */
  GBytes *paths;        /* apk: the package's part of the database; rpm: absolute paths, each ended by NUL */
} PackageRecord;

struct keep_packages
{
  OciRootfs *rootfs;
  GPtrArray *warnings;
  guint warned;
  GPtrArray *records;     /* PackageRecord* */
  GHashTable *names;      /* char* → GPtrArray of PackageRecord* */
  GHashTable *providers;  /* the same for virtual names; NULL until asked for */
  GHashTable *owners;     /* OciNode* → PackageRecord*; NULL until asked for */
  GHashTable *shared;     /* OciNode* → GPtrArray of PackageRecord*, of files that more than one package has: the others */
  GHashTable *diversions; /* dpkg: char* path → PackageDiversion* */
  guint64 listed_bytes;   /* dpkg: of all lists that were read */
  GStringChunk *strings;
};

/* Called for each path of a package: absolute, terminated, the callee's to copy. */
typedef void (*PackagePathFunc)(const char *path, gpointer data);

/* Turns paths into nodes. Neighbours in a list mostly stand in one directory, which is walked to once. */
typedef struct
{
  OciRootfs *rootfs;
  GString *parent_path;
  OciNode *parent; /* NULL: not in the image */
} PackageLocator;

PackageLocator *keep_packages_locator_new(OciRootfs *rootfs);
void keep_packages_locator_free(PackageLocator *locator);

/* What stands at a path, its directories' links followed; borrowed, or NULL. */
OciNode *keep_packages_locate(PackageLocator *locator, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageLocator, keep_packages_locator_free)

/* Finds out who owns what, the first time. */
void keep_packages_need_owners(KeepPackages *packages);

/* A line for the user, each text once; after twenty they are dropped. */
void keep_packages_warn(KeepPackages *packages, const char *format, ...) G_GNUC_PRINTF(2, 3);

/*
 * A new record whose texts are copied; NULL when there are too many already.
 *
 * source: NULL or "" for the name.
 */
PackageRecord *keep_packages_add(KeepPackages *packages, KeepPackageKind kind, const char *name, const char *version,
                                 const char *architecture, const char *source);

/* Text of length bytes that lives as long as the packages; NULL for an empty one. */
const char *keep_packages_keep(KeepPackages *packages, const GString *text);

/*
 * A regular file at the end of path.
 *
 * Returns: borrowed, or NULL.
 */
OciNode *keep_packages_find_file(KeepPackages *packages, const char *path);

/*
 * A whole file. bytes: NULL afterwards when it is larger than limit, which
 * was a warning then.
 *
 * Errors: OCI_ERROR_IO.
 */
gboolean keep_packages_read(KeepPackages *packages, OciNode *node, gsize limit, GBytes **bytes, GError **error);

/*
 * Takes the next line off a text; ones that are longer than the limit are
 * left out with a warning.
 *
 * at, end: what is left.
 * line: not terminated, without its "\n".
 */
gboolean keep_packages_next_line(KeepPackages *packages, const char **at, const char *end, const char **line, gsize *length);

/* Each reads its databases, if there are any; a failure is the image's. */
gboolean keep_packages_read_dpkg(KeepPackages *packages, GError **error);
gboolean keep_packages_read_apk(KeepPackages *packages, GError **error);
gboolean keep_packages_read_rpm(KeepPackages *packages, GError **error);

/* Each calls found() for every path of a record of its kind. */
void keep_packages_list_dpkg(KeepPackages *packages, PackageRecord *record, PackagePathFunc found, gpointer data);
void keep_packages_list_apk(KeepPackages *packages, PackageRecord *record, PackagePathFunc found, gpointer data);
void keep_packages_list_rpm(KeepPackages *packages, PackageRecord *record, PackagePathFunc found, gpointer data);

/*
 * Called for each line of a list of dpkg's that names a file.
 *
 * line: not terminated, without its "\n".
 * path: as for PackagePathFunc.
 */
typedef void (*PackageLineFunc)(const char *line, gsize length, const char *path, gpointer data);

/*
 * The lines of a .list or, with checksums before the paths, of a .md5sums.
 *
 * record: whose list it is.
 */
void keep_packages_lines_dpkg(KeepPackages *packages, const PackageRecord *record, GBytes *bytes, gboolean is_md5sums,
                              PackageLineFunc found, gpointer data);

/* The bytes of a file beside a package's list; NULL with a warning when they cannot be read. Owned by the caller. */
GBytes *keep_packages_read_info(KeepPackages *packages, const PackageRecord *record, OciNode *node);

#endif
