/*
 * rpm: one header per package, in one of three kinds of database. Of Berkeley
 * DB's only its presence is seen.
 */
#include "slim/keep/packages_private.h"

#include "oci/error.h"
#include "slim/keep/packages_rpm_header.h"
#include "slim/keep/packages_rpm_ndb.h"
#include "slim/keep/packages_rpm_sqlite.h"

#include <string.h>

#define STATE_NOT_INSTALLED 2u /* rpm's RPMFILE_STATE_NOTINSTALLED */
#define STATE_REPLACED      1u

static const char *const folders[] = {"/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"};

static const char *const not_read = "the rpm database %s has a package that cannot be read";

typedef struct
{
  KeepPackages *packages;
  const char *file; /* quoted, for warnings */
  const char *path; /* as it was looked for */
  OciNode *node;
  guint64 number; /* of headers before this one */
} HeaderReader;

/* "bash-5.1-1.src.rpm" is of "bash". */
static char *source_name(const char *source_rpm)
{
  char *name = g_strdup(source_rpm);
  for (guint i = 0; i < 2; i++)
  {
    char *dash = strrchr(name, '-');
    if (dash != NULL)
      *dash = '\0';
  }
  return name;
}

static char *full_version(const KeepRpmHeader *header)
{
  KeepRpmValues epochs = keep_rpm_header_numbers(header, RPM_TAG_EPOCH);
  const char *version = keep_rpm_header_string(header, RPM_TAG_VERSION);
  const char *release = keep_rpm_header_string(header, RPM_TAG_RELEASE);
  guint32 epoch = 0;
  if (keep_rpm_values_next_number(&epochs, &epoch) && epoch > 0)
    return g_strdup_printf("%u:%s-%s", epoch, version, release);
  return g_strdup_printf("%s-%s", version, release);
}

/* "(a if b)" and its like: every word may be a package; those that are none resolve to nothing. */
static void append_rich(const char *text, GString *names)
{
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  for (guint i = 0; words[i] != NULL; i++)
  {
    const char *word = words[i] + strspn(words[i], "(");
    gsize length = strlen(word);
    for (; length > 0 && word[length - 1] == ')' && memchr(word, '(', length) == NULL; length--)
      ;
    /* "libfoo(x86-64))" keeps its own bracket */
    if (length > 1 && word[length - 1] == ')' && word[length - 2] == ')')
      length--;
    g_string_append_len(names, word, (gssize)length);
    g_string_append_c(names, '\n');
  }
}

static void append_names(const KeepRpmHeader *header, KeepRpmTag tag, GString *names)
{
  KeepRpmValues values = keep_rpm_header_strings(header, tag);
  const char *name;
  while (keep_rpm_values_next_string(&values, &name))
  {
    if (g_str_has_prefix(name, "rpmlib(") || strchr(name, '\n') != NULL)
      continue;
    if (name[0] == '(')
      append_rich(name, names);
    else
      g_string_append_printf(names, "%s\n", name);
  }
}

static GPtrArray *folder_names(const KeepRpmHeader *header)
{
  GPtrArray *names = g_ptr_array_new();
  KeepRpmValues values = keep_rpm_header_strings(header, RPM_TAG_DIRNAMES);
  const char *name;
  while (keep_rpm_values_next_string(&values, &name))
    g_ptr_array_add(names, (gpointer)(guintptr)name);
  return names;
}

/* All paths, each ended by NUL; a file that was not installed or that another package replaced is none. */
static GBytes *paths_of(const KeepRpmHeader *header, gboolean *broken)
{
  g_autoptr(GPtrArray) names = folder_names(header);
  KeepRpmValues files = keep_rpm_header_strings(header, RPM_TAG_BASENAMES);
  KeepRpmValues indexes = keep_rpm_header_numbers(header, RPM_TAG_DIRINDEXES);
  KeepRpmValues states = keep_rpm_header_bytes(header, RPM_TAG_FILESTATES);
  GString *paths = g_string_new(NULL);
  const char *file;
  guint32 index = 0;
  while (files.count > 0)
  {
    guint8 state = 0;
    keep_rpm_values_next_byte(&states, &state);
    if (!keep_rpm_values_next_string(&files, &file) || !keep_rpm_values_next_number(&indexes, &index) || index >= names->len ||
        paths->len > PACKAGES_FILE_MAX_BYTES)
    {
      *broken = TRUE;
      break;
    }
    const char *folder = names->pdata[index];
    if (state == STATE_NOT_INSTALLED || state == STATE_REPLACED || folder[0] != '/')
      continue;
    g_string_append(paths, folder);
    g_string_append(paths, file);
    g_string_append_c(paths, '\0');
  }
  return g_string_free_to_bytes(paths);
}

static void read_header(const void *blob, gsize length, gpointer data)
{
  HeaderReader *reader = data;
  KeepPackages *packages = reader->packages;
  guint64 number = reader->number++;
  KeepRpmHeader header;
  gboolean broken = FALSE;
  const char *name = keep_rpm_header_parse(blob, length, &header) ? keep_rpm_header_string(&header, RPM_TAG_NAME) : "";
  if (*name == '\0')
  {
    keep_packages_warn(packages, not_read, reader->file);
    return;
  }
  if (strcmp(name, "gpg-pubkey") == 0) /* a key that rpm keeps among the packages */
    return;
  g_autofree char *version = full_version(&header);
  g_autofree char *source = source_name(keep_rpm_header_string(&header, RPM_TAG_SOURCERPM));
  PackageRecord *record =
      keep_packages_add(packages, KEEP_PACKAGE_RPM, name, version, keep_rpm_header_string(&header, RPM_TAG_ARCH), source);
  if (record == NULL)
    return;
  record->database = reader->path;
  record->node = reader->node;
  record->place = number;
  g_autoptr(GString) names = g_string_new(NULL);
  append_names(&header, RPM_TAG_REQUIRENAME, names);
  record->requires = keep_packages_keep(packages, names);
  g_string_truncate(names, 0);
  append_names(&header, RPM_TAG_PROVIDENAME, names);
  record->provides = keep_packages_keep(packages, names);
  record->paths = paths_of(&header, &broken);
  if (broken)
  {
    g_autofree char *quoted = oci_quote(name);
    keep_packages_warn(packages, "the rpm database %s has a broken list of the files of %s", reader->file, quoted);
  }
}

static OciNode *find_file(KeepPackages *packages, OciNode *folder, const char *name)
{
  OciNode *node = oci_rootfs_find_child(packages->rootfs, folder, name, strlen(name));
  return node != NULL && node->inode->metadata.type == OCI_FILE_REGULAR && node->inode->metadata.size > 0 ? node : NULL;
}

static HeaderReader header_reader(KeepPackages *packages, const char *folder, OciNode *node, const char *quoted)
{
  g_autofree char *path = g_build_filename(folder, node->name, NULL);
  return (HeaderReader){.packages = packages, .file = quoted, .path = g_string_chunk_insert_const(packages->strings, path), .node = node};
}

static gboolean read_sqlite(KeepPackages *packages, const char *folder_path, OciNode *folder, OciNode *node, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  if (!keep_packages_read(packages, node, PACKAGES_DATABASE_MAX_BYTES, &bytes, error))
    return FALSE;
  if (bytes == NULL)
    return TRUE;
  g_autofree char *path = oci_node_path(node);
  g_autofree char *quoted = oci_quote(path);
  if (find_file(packages, folder, "rpmdb.sqlite-wal") != NULL)
    keep_packages_warn(packages, "the rpm database %s has a write-ahead log that was not read", quoted);
  HeaderReader reader = header_reader(packages, folder_path, node, quoted);
  gsize length = 0;
  g_autofree guint8 *data = g_bytes_unref_to_data(g_steal_pointer(&bytes), &length);
  g_autofree char *failure = keep_rpm_sqlite_each(data, length, read_header, &reader);
  if (failure != NULL)
    keep_packages_warn(packages, "the rpm database %s cannot be read: %s", quoted, failure);
  return TRUE;
}

static gboolean read_ndb(KeepPackages *packages, const char *folder_path, OciNode *node, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  if (!keep_packages_read(packages, node, PACKAGES_DATABASE_MAX_BYTES, &bytes, error))
    return FALSE;
  if (bytes == NULL)
    return TRUE;
  g_autofree char *path = oci_node_path(node);
  g_autofree char *quoted = oci_quote(path);
  HeaderReader reader = header_reader(packages, folder_path, node, quoted);
  gsize length = 0;
  const guint8 *data = g_bytes_get_data(bytes, &length);
  if (!keep_rpm_ndb_each(data, length, read_header, &reader))
    keep_packages_warn(packages, "the rpm database %s is damaged", quoted);
  return TRUE;
}

static gboolean read_folder(KeepPackages *packages, const char *path, OciNode *folder, GError **error)
{
  OciNode *node = find_file(packages, folder, "rpmdb.sqlite");
  if (node != NULL)
    return read_sqlite(packages, path, folder, node, error);
  node = find_file(packages, folder, "Packages.db");
  if (node != NULL)
    return read_ndb(packages, path, node, error);
  node = find_file(packages, folder, "Packages");
  if (node == NULL)
    return TRUE;
  g_autofree char *file = oci_node_path(node);
  g_autofree char *quoted = oci_quote(file);
  keep_packages_warn(packages, "the rpm database %s is of Berkeley DB's format, which is not read", quoted);
  return TRUE;
}

gboolean keep_packages_read_rpm(KeepPackages *packages, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
  {
    OciNode *folder = oci_rootfs_find(packages->rootfs, folders[i]);
    if (folder != NULL && folder->inode->metadata.type == OCI_FILE_DIRECTORY && g_hash_table_add(seen, folder) &&
        !read_folder(packages, folders[i], folder, error))
      return FALSE;
  }
  return TRUE;
}

void keep_packages_list_rpm(KeepPackages *packages, PackageRecord *record, PackagePathFunc found, gpointer data)
{
  (void)packages;
  gsize size = 0;
  const char *at = g_bytes_get_data(record->paths, &size);
  for (const char *end = size == 0 ? at : at + size; at < end; at += strlen(at) + 1)
    found(at, data);
}
