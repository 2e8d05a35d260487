/* Records by name; who owns what and who provides what are found out when somebody asks. */
#include "slim/keep/packages_private.h"

#include "oci/error.h"

#include <string.h>

#define WARNINGS_MAX 20u
#define PATHS_MAX    4000000u /* paths that all packages together own */

void keep_packages_warn(KeepPackages *packages, const char *format, ...)
{
  if (packages->warned == WARNINGS_MAX)
    return;
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *warning = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  /* a list may be read more than once */
  if (g_ptr_array_find_with_equal_func(packages->warnings, warning, g_str_equal, NULL))
    return;
  packages->warned++;
  g_ptr_array_add(packages->warnings, g_steal_pointer(&warning));
}

const char *keep_packages_keep(KeepPackages *packages, const GString *text)
{
  return text->len == 0 ? NULL : g_string_chunk_insert_len(packages->strings, text->str, (gssize)text->len);
}

static void index_by(GHashTable *table, const char *name, PackageRecord *record)
{
  GPtrArray *records = g_hash_table_lookup(table, name);
  if (records == NULL)
  {
    records = g_ptr_array_new();
    g_hash_table_insert(table, (gpointer)(guintptr)name, records);
  }
  if (records->len == 0 || records->pdata[records->len - 1] != record)
    g_ptr_array_add(records, record);
}

PackageRecord *keep_packages_add(KeepPackages *packages, KeepPackageKind kind, const char *name, const char *version,
                                 const char *architecture, const char *source)
{
  if (packages->records->len == PACKAGES_COUNT_MAX)
    return NULL;
  PackageRecord *record = g_new0(PackageRecord, 1);
  record->package = (KeepPackage){
      .kind = kind,
      .name = g_string_chunk_insert_const(packages->strings, name),
      .version = g_string_chunk_insert_const(packages->strings, version),
      .architecture = g_string_chunk_insert_const(packages->strings, architecture),
      .source = g_string_chunk_insert_const(packages->strings, source == NULL || *source == '\0' ? name : source),
  };
  g_ptr_array_add(packages->records, record);
  return record;
}

OciNode *keep_packages_find_file(KeepPackages *packages, const char *path)
{
  OciNode *node = oci_rootfs_find(packages->rootfs, path);
  return node != NULL && node->inode->metadata.type == OCI_FILE_REGULAR ? node : NULL;
}

gboolean keep_packages_read(KeepPackages *packages, OciNode *node, gsize limit, GBytes **bytes, GError **error)
{
  *bytes = NULL;
  if (node->inode->metadata.size > limit)
  {
    g_autofree char *path = oci_node_path(node);
    g_autofree char *quoted = oci_quote(path);
    keep_packages_warn(packages, "package database %s is larger than %" G_GSIZE_FORMAT " MiB and was not read", quoted, limit >> 20);
    return TRUE;
  }
  *bytes = oci_rootfs_read(packages->rootfs, node->inode, limit, error);
  return *bytes != NULL;
}

gboolean keep_packages_next_line(KeepPackages *packages, const char **at, const char *end, const char **line, gsize *length)
{
  while (*at < end)
  {
    const char *newline = memchr(*at, '\n', (gsize)(end - *at));
    *line = *at;
    *length = (gsize)((newline != NULL ? newline : end) - *at);
    *at = newline != NULL ? newline + 1 : end;
    if (*length <= PACKAGES_LINE_MAX_BYTES)
      return TRUE;
    keep_packages_warn(packages, "a line of more than 1 MiB in a package database was left out");
  }
  return FALSE;
}

static void free_record(gpointer data)
{
  PackageRecord *record = data;
  g_clear_pointer(&record->stanza, g_bytes_unref);
  g_clear_pointer(&record->paths, g_bytes_unref);
  g_free(record);
}

void keep_packages_free(KeepPackages *packages)
{
  if (packages == NULL)
    return;
  g_clear_pointer(&packages->providers, g_hash_table_unref);
  g_clear_pointer(&packages->owners, g_hash_table_unref);
  g_clear_pointer(&packages->shared, g_hash_table_unref);
  g_clear_pointer(&packages->diversions, g_hash_table_unref);
  g_hash_table_unref(packages->names);
  g_ptr_array_unref(packages->records);
  g_ptr_array_unref(packages->warnings);
  g_string_chunk_free(packages->strings);
  g_free(packages);
}

static gint compare_records(gconstpointer a, gconstpointer b)
{
  const KeepPackage *x = *(const KeepPackage *const *)a;
  const KeepPackage *y = *(const KeepPackage *const *)b;
  int order = strcmp(x->name, y->name);
  if (order == 0)
    order = strcmp(x->architecture, y->architecture);
  if (order == 0)
    order = strcmp(x->version, y->version);
  return order != 0 ? order : (int)x->kind - (int)y->kind;
}

static GHashTable *new_index(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
}

KeepPackages *keep_packages_new(OciRootfs *rootfs, GPtrArray *warnings, GError **error)
{
  g_autoptr(KeepPackages) packages = g_new0(KeepPackages, 1);
  packages->rootfs = rootfs;
  packages->warnings = g_ptr_array_ref(warnings);
  packages->records = g_ptr_array_new_with_free_func(free_record);
  packages->names = new_index();
  packages->strings = g_string_chunk_new(64 << 10);
  if (!keep_packages_read_dpkg(packages, error) || !keep_packages_read_apk(packages, error) || !keep_packages_read_rpm(packages, error))
  {
    g_prefix_error(error, "the package database cannot be read: ");
    return NULL;
  }
  if (packages->records->len == PACKAGES_COUNT_MAX)
    keep_packages_warn(packages, "the image has more than %u packages; the others were left out", PACKAGES_COUNT_MAX);
  g_ptr_array_sort(packages->records, compare_records);
  for (guint i = 0; i < packages->records->len; i++)
  {
    PackageRecord *record = packages->records->pdata[i];
    index_by(packages->names, record->package.name, record);
  }
  return g_steal_pointer(&packages);
}

const char *keep_package_kind_name(KeepPackageKind kind)
{
  switch (kind)
  {
  case KEEP_PACKAGE_DPKG:
    return "dpkg";
  case KEEP_PACKAGE_APK:
    return "apk";
  case KEEP_PACKAGE_RPM:
    return "rpm";
  }
  g_assert_not_reached();
}

guint keep_packages_count(const KeepPackages *packages)
{
  return packages->records->len;
}

const KeepPackage *keep_packages_get(const KeepPackages *packages, guint index)
{
  return packages->records->pdata[index];
}

const KeepPackage *keep_packages_find(const KeepPackages *packages, const char *name)
{
  GPtrArray *records = g_hash_table_lookup(packages->names, name);
  return records == NULL ? NULL : records->pdata[0];
}

static void each_path(KeepPackages *packages, PackageRecord *record, PackagePathFunc found, gpointer data)
{
  switch (record->package.kind)
  {
  case KEEP_PACKAGE_DPKG:
    keep_packages_list_dpkg(packages, record, found, data);
    return;
  case KEEP_PACKAGE_APK:
    keep_packages_list_apk(packages, record, found, data);
    return;
  case KEEP_PACKAGE_RPM:
    keep_packages_list_rpm(packages, record, found, data);
    return;
  }
  g_assert_not_reached();
}

PackageLocator *keep_packages_locator_new(OciRootfs *rootfs)
{
  PackageLocator *locator = g_new0(PackageLocator, 1);
  locator->rootfs = rootfs;
  locator->parent_path = g_string_new("\n"); /* the parent of nothing */
  return locator;
}

void keep_packages_locator_free(PackageLocator *locator)
{
  if (locator == NULL)
    return;
  g_string_free(locator->parent_path, TRUE);
  g_free(locator);
}

OciNode *keep_packages_locate(PackageLocator *locator, const char *path)
{
  const char *slash = strrchr(path, '/');
  if (slash == NULL || slash[1] == '\0')
    return NULL;
  gsize length = (gsize)(slash - path);
  if (length != locator->parent_path->len || memcmp(path, locator->parent_path->str, length) != 0)
  {
    g_string_truncate(locator->parent_path, 0);
    g_string_append_len(locator->parent_path, path, (gssize)length);
    locator->parent = length == 0 ? oci_rootfs_root(locator->rootfs) : oci_rootfs_find(locator->rootfs, locator->parent_path->str);
    if (locator->parent != NULL && locator->parent->inode->metadata.type != OCI_FILE_DIRECTORY)
      locator->parent = NULL;
  }
  return locator->parent == NULL ? NULL : oci_rootfs_find_child(locator->rootfs, locator->parent, slash + 1, strlen(slash + 1));
}

typedef struct
{
  KeepPackages *packages;
  PackageLocator *locator;
  PackageRecord *record;
  guint64 paths;
} Claim;

static gboolean leads_to_directory(const KeepPackages *packages, const OciNode *node, const char *path)
{
  if (node->inode->metadata.type != OCI_FILE_SYMLINK)
    return FALSE;
  const OciNode *target = oci_rootfs_find(packages->rootfs, path);
  return target != NULL && target->inode->metadata.type == OCI_FILE_DIRECTORY;
}

static void add_sharer(const Claim *claim, OciNode *node)
{
  GPtrArray *records = g_hash_table_lookup(claim->packages->shared, node);
  if (records == NULL)
  {
    records = g_ptr_array_new();
    g_hash_table_insert(claim->packages->shared, node, records);
  }
  g_ptr_array_add(records, claim->record);
}

/* Of a link to a directory that many list as the directory it once was (/lib), none is the owner: the record is NULL. */
static void claim(const char *path, gpointer data)
{
  Claim *claim = data;
  OciNode *node = claim->paths++ < PATHS_MAX ? keep_packages_locate(claim->locator, path) : NULL;
  if (node == NULL || node->inode->metadata.type == OCI_FILE_DIRECTORY)
    return;
  gpointer owner = NULL;
  if (!g_hash_table_lookup_extended(claim->packages->owners, node, NULL, &owner))
    g_hash_table_insert(claim->packages->owners, node, claim->record);
  else if (owner != claim->record && leads_to_directory(claim->packages, node, path))
    g_hash_table_insert(claim->packages->owners, node, NULL);
  else if (owner != claim->record && owner != NULL)
    add_sharer(claim, node);
}

void keep_packages_need_owners(KeepPackages *packages)
{
  if (packages->owners != NULL)
    return;
  g_autoptr(PackageLocator) locator = keep_packages_locator_new(packages->rootfs);
  Claim claims = {.packages = packages, .locator = locator};
  packages->owners = g_hash_table_new(NULL, NULL);
  packages->shared = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < packages->records->len; i++)
  {
    claims.record = packages->records->pdata[i];
    each_path(packages, claims.record, claim, &claims);
  }
  if (claims.paths > PATHS_MAX)
    keep_packages_warn(packages, "the packages name more than %u paths; the others count as of no package", PATHS_MAX);
}

const KeepPackage *keep_packages_owner(KeepPackages *packages, const OciNode *node)
{
  keep_packages_need_owners(packages);
  return g_hash_table_lookup(packages->owners, node);
}

static void collect_path(const char *path, gpointer data)
{
  g_ptr_array_add(data, g_strdup(path));
}

GPtrArray *keep_packages_files(KeepPackages *packages, const KeepPackage *package)
{
  GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
  each_path(packages, (PackageRecord *)(guintptr)package, collect_path, files);
  return files;
}

typedef struct
{
  PackageLocator *locator;
  GPtrArray *nodes;
  GHashTable *seen;
} Collection;

static void collect_node(const char *path, gpointer data)
{
  Collection *collection = data;
  OciNode *node = keep_packages_locate(collection->locator, path);
  if (node != NULL && g_hash_table_add(collection->seen, node))
    g_ptr_array_add(collection->nodes, node);
}

GPtrArray *keep_packages_nodes(KeepPackages *packages, const KeepPackage *package)
{
  g_autoptr(PackageLocator) locator = keep_packages_locator_new(packages->rootfs);
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  Collection collection = {
      .locator = locator,
      .nodes = g_ptr_array_new(),
      .seen = seen,
  };
  each_path(packages, (PackageRecord *)(guintptr)package, collect_node, &collection);
  return collection.nodes;
}
