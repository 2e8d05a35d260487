/*
 * Strings in chunks, entries in one array: an image has tens of thousands.
 *
 * AUFS left files of its own in old layers: ".wh..wh.aufs" and the like say
 * nothing, but ".wh..wh.plnk/" holds the content of hard links that point
 * there. The first such link becomes the file, later ones links to it.
 */
#include "oci/layer_list.h"

#include "oci/error.h"

#include <string.h>

#define WHITEOUT    ".wh."
#define AUFS        ".wh..wh."
#define AUFS_LINKS  ".wh..wh.plnk/"
#define OPAQUE      ".wh..wh..opq"
#define STRING_SIZE (64 << 10)

struct oci_layer_list
{
  GArray *entries; /* OciLayerEntry */
  GStringChunk *strings;
  GPtrArray *blocks;      /* arrays of xattrs and segments */
  GHashTable *aufs_links; /* char *path below the plnk folder → OciLayerEntry *, not in entries; NULL until needed */
};

static gboolean is_plain_aufs(const char *component)
{
  return g_str_has_prefix(component, AUFS) && !g_str_equal(component, OPAQUE);
}

/* Any component counts: what is below is AUFS's as well. */
static gboolean is_aufs(const char *path)
{
  const char *found = strstr(path, AUFS);
  for (; found != NULL; found = strstr(found + 1, AUFS))
  {
    g_autofree char *component = g_strndup(found, strcspn(found, "/"));
    if ((found == path || found[-1] == '/') && is_plain_aufs(component))
      return TRUE;
  }
  return FALSE;
}

static gboolean check_whiteout(const OciEntry *entry, GPtrArray *warnings, GError **error)
{
  const char *slash = strrchr(entry->path, '/');
  const char *name = slash != NULL ? slash + 1 : entry->path;
  if (!g_str_has_prefix(name, WHITEOUT))
    return TRUE;
  const char *hidden = name + strlen(WHITEOUT);
  g_autofree char *quoted = oci_quote(entry->path);
  if (*hidden == '\0' || g_str_equal(hidden, ".") || g_str_equal(hidden, ".."))
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "whiteout %s hides no name", quoted);
    return FALSE;
  }
  if (entry->metadata.type != OCI_FILE_REGULAR || entry->metadata.size > 0)
    g_ptr_array_add(warnings, g_strdup_printf("whiteout %s is not an empty regular file: its name decides", quoted));
  return TRUE;
}

static gpointer keep_block(OciLayerList *list, gconstpointer bytes, gsize length)
{
  gpointer copy = g_memdup2(bytes, length);
  g_ptr_array_add(list->blocks, copy);
  return copy;
}

static void copy_xattrs(OciLayerList *list, OciXattrs *xattrs)
{
  if (xattrs->count == 0)
  {
    xattrs->items = NULL;
    return;
  }
  OciXattr *items = keep_block(list, xattrs->items, xattrs->count * sizeof(OciXattr));
  for (guint i = 0; i < xattrs->count; i++)
  {
    items[i].name = g_string_chunk_insert_const(list->strings, items[i].name);
    items[i].value = (const guint8 *)g_string_chunk_insert_len(list->strings, (const char *)items[i].value, (gssize)items[i].length);
  }
  xattrs->items = items;
}

static OciLayerEntry copy_entry(OciLayerList *list, const OciTarEntry *from)
{
  OciLayerEntry entry = {.entry = from->entry, .data_offset = from->data_offset, .segment_count = from->segment_count};
  entry.entry.path = g_string_chunk_insert(list->strings, from->entry.path);
  if (from->entry.metadata.target != NULL)
    entry.entry.metadata.target = g_string_chunk_insert(list->strings, from->entry.metadata.target);
  copy_xattrs(list, &entry.entry.metadata.xattrs);
  if (from->segments != NULL)
    entry.segments = keep_block(list, from->segments, MAX(from->segment_count, 1) * sizeof(OciSparseSegment));
  return entry;
}

/* FALSE: nothing of that name. */
static gboolean resolve_aufs_link(OciLayerList *list, OciLayerEntry *entry)
{
  const char *name = entry->entry.metadata.target + strlen(AUFS_LINKS);
  OciLayerEntry *kept = list->aufs_links != NULL ? g_hash_table_lookup(list->aufs_links, name) : NULL;
  if (kept == NULL)
    return FALSE;
  if (kept->entry.metadata.type == OCI_FILE_HARDLINK)
  {
    entry->entry.metadata.target = kept->entry.metadata.target;
    return TRUE;
  }
  const char *path = entry->entry.path;
  *entry = *kept;
  entry->entry.path = path;
  kept->entry.metadata.type = OCI_FILE_HARDLINK;
  kept->entry.metadata.target = path;
  return TRUE;
}

static void keep_aufs(OciLayerList *list, const OciTarEntry *entry)
{
  if (!g_str_has_prefix(entry->entry.path, AUFS_LINKS) || entry->entry.metadata.type == OCI_FILE_DIRECTORY ||
      entry->entry.metadata.type == OCI_FILE_HARDLINK)
    return;
  if (list->aufs_links == NULL)
    list->aufs_links = g_hash_table_new(g_str_hash, g_str_equal);
  OciLayerEntry copy = copy_entry(list, entry);
  OciLayerEntry *kept = keep_block(list, &copy, sizeof(copy));
  g_hash_table_replace(list->aufs_links, (gpointer)(guintptr)(kept->entry.path + strlen(AUFS_LINKS)), kept);
}

OciLayerList *oci_layer_list_new(void)
{
  OciLayerList *list = g_new0(OciLayerList, 1);
  list->entries = g_array_new(FALSE, FALSE, sizeof(OciLayerEntry));
  list->strings = g_string_chunk_new(STRING_SIZE);
  list->blocks = g_ptr_array_new_with_free_func(g_free);
  return list;
}

void oci_layer_list_free(OciLayerList *list)
{
  if (list == NULL)
    return;
  g_clear_pointer(&list->aufs_links, g_hash_table_unref);
  g_array_unref(list->entries);
  g_string_chunk_free(list->strings);
  g_ptr_array_unref(list->blocks);
  g_free(list);
}

gboolean oci_layer_list_add(OciLayerList *list, const OciTarEntry *from, GPtrArray *warnings, GError **error)
{
  if (is_aufs(from->entry.path))
  {
    keep_aufs(list, from);
    return TRUE;
  }
  if (!check_whiteout(&from->entry, warnings, error))
    return FALSE;
  OciLayerEntry entry = copy_entry(list, from);
  const OciMetadata *metadata = &entry.entry.metadata;
  if (metadata->type == OCI_FILE_HARDLINK && g_str_has_prefix(metadata->target, AUFS_LINKS) && !resolve_aufs_link(list, &entry))
  {
    g_autofree char *quoted = oci_quote(metadata->target);
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "hard link to %s, which is not in front of it", quoted);
    return FALSE;
  }
  g_array_append_val(list->entries, entry);
  return TRUE;
}

const OciLayerEntry *oci_layer_list_entries(const OciLayerList *list, guint *count)
{
  *count = list->entries->len;
  return (const OciLayerEntry *)(gconstpointer)list->entries->data;
}
