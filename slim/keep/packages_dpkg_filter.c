/* Stanzas are copied as they are; lists keep the lines of what is left. */
#include "slim/keep/packages_filter_private.h"

#include <string.h>

#define LIST_SUFFIX    ".list"
#define MD5SUMS_SUFFIX ".md5sums"
#define STATUS_NAME    "status"

typedef struct
{
  PackageFilter *filter;
  GString *lines;
} Lines;

static void keep_line(const char *line, gsize length, const char *path, gpointer data)
{
  Lines *lines = data;
  if (!keep_packages_filter_keeps(lines->filter, path))
    return;
  g_string_append_len(lines->lines, line, (gssize)length);
  g_string_append_c(lines->lines, '\n');
}

/* head: what the list begins with. A list of nothing is left out. */
static void add_list(PackageFilter *filter, const PackageRecord *record, const char *folder, OciNode *node, const char *head)
{
  g_autoptr(GBytes) bytes = keep_packages_read_info(filter->packages, record, node);
  if (bytes == NULL)
    return;
  Lines lines = {.filter = filter, .lines = g_string_new(head)};
  keep_packages_lines_dpkg(filter->packages, record, bytes, g_str_has_suffix(node->name, MD5SUMS_SUFFIX), keep_line, &lines);
  if (lines.lines->len == 0)
  {
    g_string_free(lines.lines, TRUE);
    return;
  }
  g_autofree char *path = g_build_filename(folder, node->name, NULL);
  keep_packages_filter_add(filter, path, node, g_string_free_to_bytes(lines.lines));
}

/* "NAME.md5sums" beside "NAME.list", with or without an architecture in both. */
static OciNode *find_md5sums(const PackageFilter *filter, const OciNode *list)
{
  g_autofree char *stem = g_strndup(list->name, strlen(list->name) - strlen(LIST_SUFFIX));
  g_autofree char *name = g_strconcat(stem, MD5SUMS_SUFFIX, NULL);
  OciNode *node = oci_rootfs_find_child(filter->packages->rootfs, list->parent, name, strlen(name));
  return node != NULL && node->inode->metadata.type == OCI_FILE_REGULAR ? node : NULL;
}

static void add_lists(PackageFilter *filter, const PackageRecord *record, const char *folder)
{
  if (record->list == NULL)
    return;
  if (record->is_md5sums)
  {
    add_list(filter, record, folder, record->list, "");
    return;
  }
  g_autofree char *info = g_build_filename(folder, "info", NULL);
  OciNode *md5sums = find_md5sums(filter, record->list);
  add_list(filter, record, info, record->list, "/.\n");
  if (md5sums != NULL)
    add_list(filter, record, info, md5sums, "");
}

/* Each stanza with an empty line behind it, so that what was filtered once stays as it is. */
static GBytes *join_stanzas(GPtrArray *records)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < records->len; i++)
  {
    gsize size = 0;
    const char *stanza = g_bytes_get_data(((const PackageRecord *)records->pdata[i])->stanza, &size);
    g_string_append_len(text, stanza, (gssize)size);
    g_string_append(text, text->str[text->len - 1] == '\n' ? "\n" : "\n\n");
  }
  return g_string_free_to_bytes(text);
}

/* A file of status.d holds one package, and nothing else would be left of it. */
static gboolean is_whole(const PackageRecord *record)
{
  gsize size = g_bytes_get_size(record->stanza);
  return record->place == 0 && record->node->inode->metadata.size - size <= 1;
}

void keep_packages_filter_dpkg(PackageFilter *filter, GPtrArray *records)
{
  const PackageRecord *first = records->pdata[0];
  g_autofree char *folder = g_path_get_dirname(first->database);
  gboolean whole = strcmp(first->node->name, STATUS_NAME) != 0 && records->len == 1 && is_whole(first);
  keep_packages_filter_add(filter, first->database, first->node, whole ? NULL : join_stanzas(records));
  for (guint i = 0; i < records->len; i++)
    add_lists(filter, records->pdata[i], folder);
}
