/*
 * dpkg: a file of stanzas, a list of paths per package, and diversions.
 * Images without dpkg's tools have a folder of stanzas instead, with md5sums
 * in place of the lists.
 */
#include "slim/keep/packages_private.h"

#include "oci/error.h"

#include <string.h>

#define STATUS_FILE     "/var/lib/dpkg/status"
#define STATUS_FOLDER   "/var/lib/dpkg/status.d"
#define INFO_FOLDER     "/var/lib/dpkg/info"
#define DIVERSIONS_FILE "/var/lib/dpkg/diversions"
#define MD5SUMS_SUFFIX  ".md5sums"

typedef enum
{
  FIELD_PACKAGE,
  FIELD_STATUS,
  FIELD_VERSION,
  FIELD_ARCHITECTURE,
  FIELD_SOURCE,
  FIELD_PRE_DEPENDS,
  FIELD_DEPENDS,
  FIELD_PROVIDES,
  FIELD_OTHER,
} Field;

static const char *const field_names[FIELD_OTHER] = {
    [FIELD_PACKAGE] = "Package", [FIELD_STATUS] = "Status",           [FIELD_VERSION] = "Version", [FIELD_ARCHITECTURE] = "Architecture",
    [FIELD_SOURCE] = "Source",   [FIELD_PRE_DEPENDS] = "Pre-Depends", [FIELD_DEPENDS] = "Depends", [FIELD_PROVIDES] = "Provides",
};

typedef struct
{
  KeepPackages *packages;
  OciNode *info;       /* folder of lists, or NULL */
  const char *path;    /* of the file that is being read */
  OciNode *node;       /* that file */
  const char *md5sums; /* name of the list in that folder, or NULL: by the package's name */
  Field field;         /* that a folded line goes on */
  GString *values[FIELD_OTHER];
} StatusReader;

typedef struct
{
  const char *to;
  const char *package; /* whose own file stays where it is; ":" is nobody's */
} PackageDiversion;

static Field find_field(const char *line, gsize length)
{
  for (guint i = 0; i < FIELD_OTHER; i++)
    if (strlen(field_names[i]) == length && g_ascii_strncasecmp(field_names[i], line, length) == 0)
      return (Field)i;
  return FIELD_OTHER;
}

static void read_status_line(StatusReader *reader, const char *line, gsize length)
{
  if (line[0] != ' ' && line[0] != '\t')
  {
    const char *colon = memchr(line, ':', length);
    reader->field = colon == NULL ? FIELD_OTHER : find_field(line, (gsize)(colon - line));
    if (reader->field == FIELD_OTHER)
      return;
    g_string_truncate(reader->values[reader->field], 0);
    length -= (gsize)(colon + 1 - line);
    line = colon + 1;
  }
  if (reader->field == FIELD_OTHER)
    return;
  GString *value = reader->values[reader->field];
  for (; length > 0 && g_ascii_isspace(*line); length--)
    line++;
  for (; length > 0 && g_ascii_isspace(line[length - 1]); length--)
    ;
  if (value->len + length >= PACKAGES_LINE_MAX_BYTES)
  {
    keep_packages_warn(reader->packages, "a field of more than 1 MiB in dpkg's status was cut short");
    return;
  }
  if (value->len > 0)
    g_string_append_c(value, ' ');
  g_string_append_len(value, line, (gssize)length);
}

/* "a (>= 1), b:any | c [amd64]" becomes "a\nb|c\n". */
static void append_names(const char *relations, GString *names)
{
  gsize start = names->len;
  for (const char *at = relations; *at != '\0';)
  {
    at += strspn(at, " \t");
    gsize length = strcspn(at, " \t,|:([<");
    g_string_append_len(names, at, (gssize)length);
    at += length;
    at += strcspn(at, ",|");
    if (*at == '\0')
      break;
    g_string_append_c(names, *at == '|' ? '|' : '\n');
    at++;
  }
  if (names->len > start && names->str[names->len - 1] != '\n')
    g_string_append_c(names, '\n');
}

/* "name (version)", or only the name. */
static char *source_name(const char *text)
{
  return g_strndup(text, strcspn(text, " ("));
}

/* The third word: files of a package are there unless it was removed. */
static gboolean is_installed(const char *status)
{
  if (*status == '\0')
    return TRUE;
  const char *last = strrchr(status, ' ');
  last = last == NULL ? status : last + 1;
  return strcmp(last, "not-installed") != 0 && strcmp(last, "config-files") != 0;
}

static OciNode *find_list(const StatusReader *reader, const char *name, const char *architecture)
{
  if (reader->info == NULL)
    return NULL;
  OciRootfs *rootfs = reader->packages->rootfs;
  OciNode *node = NULL;
  if (reader->md5sums != NULL)
    node = oci_rootfs_find_child(rootfs, reader->info, reader->md5sums, strlen(reader->md5sums));
  else
  {
    g_autofree char *with_architecture = g_strdup_printf("%s:%s.list", name, architecture);
    g_autofree char *plain = g_strdup_printf("%s.list", name);
    node = oci_rootfs_find_child(rootfs, reader->info, with_architecture, strlen(with_architecture));
    if (node == NULL)
      node = oci_rootfs_find_child(rootfs, reader->info, plain, strlen(plain));
  }
  return node != NULL && node->inode->metadata.type == OCI_FILE_REGULAR ? node : NULL;
}

static void finish_stanza(StatusReader *reader, GBytes *bytes, gsize start, gsize end)
{
  const char *name = reader->values[FIELD_PACKAGE]->str;
  if (*name == '\0' || !is_installed(reader->values[FIELD_STATUS]->str))
    return;
  g_autofree char *source = source_name(reader->values[FIELD_SOURCE]->str);
  const char *architecture = reader->values[FIELD_ARCHITECTURE]->str;
  PackageRecord *record =
      keep_packages_add(reader->packages, KEEP_PACKAGE_DPKG, name, reader->values[FIELD_VERSION]->str, architecture, source);
  if (record == NULL)
    return;
  g_autoptr(GString) names = g_string_new(NULL);
  append_names(reader->values[FIELD_PRE_DEPENDS]->str, names);
  append_names(reader->values[FIELD_DEPENDS]->str, names);
  record->requires = keep_packages_keep(reader->packages, names);
  g_string_truncate(names, 0);
  append_names(reader->values[FIELD_PROVIDES]->str, names);
  record->provides = keep_packages_keep(reader->packages, names);
  record->database = reader->path;
  record->node = reader->node;
  record->place = start;
  record->stanza = g_bytes_new_from_bytes(bytes, start, end - start);
  record->list = find_list(reader, name, architecture);
  record->is_md5sums = reader->md5sums != NULL;
}

static void clear_stanza(StatusReader *reader)
{
  reader->field = FIELD_OTHER;
  for (guint i = 0; i < FIELD_OTHER; i++)
    g_string_truncate(reader->values[i], 0);
}

static void read_stanzas(StatusReader *reader, GBytes *bytes)
{
  gsize size = 0;
  const char *begin = g_bytes_get_data(bytes, &size);
  const char *at = begin;
  const char *end = size == 0 ? at : at + size;
  const char *line;
  gsize length;
  gsize start = 0;
  clear_stanza(reader);
  while (keep_packages_next_line(reader->packages, &at, end, &line, &length))
  {
    if (length > 0)
    {
      read_status_line(reader, line, length);
      continue;
    }
    finish_stanza(reader, bytes, start, (gsize)(line - begin));
    clear_stanza(reader);
    start = (gsize)(at - begin);
  }
  finish_stanza(reader, bytes, start, size);
}

static gboolean read_status(StatusReader *reader, const char *path, OciNode *node, GError **error)
{
  reader->path = g_string_chunk_insert_const(reader->packages->strings, path);
  reader->node = node;
  g_autoptr(GBytes) bytes = NULL;
  if (!keep_packages_read(reader->packages, node, PACKAGES_FILE_MAX_BYTES, &bytes, error))
    return FALSE;
  if (bytes != NULL)
    read_stanzas(reader, bytes);
  return TRUE;
}

static gboolean read_status_folder(StatusReader *reader, GError **error)
{
  OciNode *folder = oci_rootfs_find(reader->packages->rootfs, STATUS_FOLDER);
  if (folder == NULL || folder->inode->metadata.type != OCI_FILE_DIRECTORY)
    return TRUE;
  reader->info = folder;
  g_autoptr(GPtrArray) children = oci_node_children(folder);
  for (guint i = 0; i < children->len; i++)
  {
    OciNode *node = children->pdata[i];
    if (node->inode->metadata.type != OCI_FILE_REGULAR || g_str_has_suffix(node->name, MD5SUMS_SUFFIX))
      continue;
    g_autofree char *md5sums = g_strconcat(node->name, MD5SUMS_SUFFIX, NULL);
    reader->md5sums = md5sums;
    g_autofree char *path = g_build_filename(STATUS_FOLDER, node->name, NULL);
    gboolean ok = read_status(reader, path, node, error);
    reader->md5sums = NULL;
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

/* Three lines each: the path, where it went, and who may have it. */
static gboolean read_diversions(KeepPackages *packages, GError **error)
{
  OciNode *node = keep_packages_find_file(packages, DIVERSIONS_FILE);
  g_autoptr(GBytes) bytes = NULL;
  if (node == NULL || !keep_packages_read(packages, node, PACKAGES_FILE_MAX_BYTES, &bytes, error))
    return node == NULL;
  gsize size = 0;
  const char *at = bytes == NULL ? NULL : g_bytes_get_data(bytes, &size);
  const char *end = size == 0 ? at : at + size;
  const char *lines[3];
  gsize lengths[3];
  packages->diversions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
  for (guint i = 0; keep_packages_next_line(packages, &at, end, &lines[i], &lengths[i]); i = (i + 1) % 3)
  {
    if (i < 2)
      continue;
    PackageDiversion *diversion = g_new(PackageDiversion, 1);
    diversion->to = g_string_chunk_insert_len(packages->strings, lines[1], (gssize)lengths[1]);
    diversion->package = g_string_chunk_insert_len(packages->strings, lines[2], (gssize)lengths[2]);
    g_hash_table_insert(packages->diversions, g_string_chunk_insert_len(packages->strings, lines[0], (gssize)lengths[0]), diversion);
  }
  return TRUE;
}

gboolean keep_packages_read_dpkg(KeepPackages *packages, GError **error)
{
  StatusReader reader = {.packages = packages, .info = oci_rootfs_find(packages->rootfs, INFO_FOLDER)};
  if (reader.info != NULL && reader.info->inode->metadata.type != OCI_FILE_DIRECTORY)
    reader.info = NULL;
  for (guint i = 0; i < FIELD_OTHER; i++)
    reader.values[i] = g_string_new(NULL);
  OciNode *status = keep_packages_find_file(packages, STATUS_FILE);
  gboolean ok = (status == NULL || read_status(&reader, STATUS_FILE, status, error)) && read_status_folder(&reader, error) &&
                read_diversions(packages, error);
  for (guint i = 0; i < FIELD_OTHER; i++)
    g_string_free(reader.values[i], TRUE);
  return ok;
}

static const char *divert(const KeepPackages *packages, const PackageRecord *record, const char *path)
{
  const PackageDiversion *diversion = packages->diversions == NULL ? NULL : g_hash_table_lookup(packages->diversions, path);
  return diversion == NULL || strcmp(diversion->package, record->package.name) == 0 ? path : diversion->to;
}

/* Whether a list may be read: all of them together are bounded, each counts once. */
static gboolean count_list(KeepPackages *packages, PackageRecord *record)
{
  guint64 size = record->list->inode->metadata.size;
  if (record->was_read)
    return TRUE;
  if (size > PACKAGES_DATABASE_MAX_BYTES - packages->listed_bytes)
  {
    keep_packages_warn(packages, "dpkg's file lists are larger than 256 MiB; the others were left out");
    return FALSE;
  }
  packages->listed_bytes += size;
  record->was_read = TRUE;
  return TRUE;
}

GBytes *keep_packages_read_info(KeepPackages *packages, const PackageRecord *record, OciNode *node)
{
  GBytes *bytes = NULL;
  g_autoptr(GError) failure = NULL;
  if (!keep_packages_read(packages, node, PACKAGES_FILE_MAX_BYTES, &bytes, &failure))
  {
    g_autofree char *name = oci_quote(record->package.name);
    keep_packages_warn(packages, "the files of package %s cannot be listed: %s", name, failure->message);
  }
  return bytes;
}

/* Behind "checksum  " of md5sums stands a path without its first slash. */
static void skip_checksum(const char **line, gsize *length)
{
  const char *space = memchr(*line, ' ', *length);
  const char *start = space == NULL ? *line + *length : space;
  for (; start < *line + *length && *start == ' '; start++)
    ;
  *length -= (gsize)(start - *line);
  *line = start;
}

void keep_packages_lines_dpkg(KeepPackages *packages, const PackageRecord *record, GBytes *bytes, gboolean is_md5sums,
                              PackageLineFunc found, gpointer data)
{
  gsize size = 0;
  const char *at = bytes == NULL ? NULL : g_bytes_get_data(bytes, &size);
  const char *end = size == 0 ? at : at + size;
  const char *line;
  gsize length;
  g_autoptr(GString) path = g_string_new(NULL);
  while (keep_packages_next_line(packages, &at, end, &line, &length))
  {
    const char *name = line;
    gsize name_length = length;
    if (is_md5sums)
      skip_checksum(&name, &name_length);
    /* "/." is the root, which nobody ships */
    if (name_length == 0 || memchr(name, '\0', name_length) != NULL || (name_length == 2 && memcmp(name, "/.", 2) == 0))
      continue;
    g_string_assign(path, name[0] == '/' ? "" : "/");
    g_string_append_len(path, name, (gssize)name_length);
    found(line, length, divert(packages, record, path->str), data);
  }
}

typedef struct
{
  PackagePathFunc found;
  gpointer data;
} PathReceiver;

static void pass_path(const char *line, gsize length, const char *path, gpointer data)
{
  const PathReceiver *receiver = data;
  (void)line;
  (void)length;
  receiver->found(path, receiver->data);
}

void keep_packages_list_dpkg(KeepPackages *packages, PackageRecord *record, PackagePathFunc found, gpointer data)
{
  PathReceiver receiver = {.found = found, .data = data};
  g_autoptr(GBytes) bytes =
      record->list == NULL || !count_list(packages, record) ? NULL : keep_packages_read_info(packages, record, record->list);
  keep_packages_lines_dpkg(packages, record, bytes, record->is_md5sums, pass_path, &receiver);
}
