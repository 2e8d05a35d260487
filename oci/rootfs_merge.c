/*
 * Layers into one tree. A layer's whiteouts are applied to the tree below it
 * first, then its entries are added, so that their order in the tar does not
 * matter.
 */
#include "oci/rootfs_private.h"

#include "oci/error.h"
#include "oci/layer_index.h"

#include <string.h>

#define WHITEOUT_PREFIX ".wh."
#define WHITEOUT_OPAQUE ".wh..wh..opq"
#define AUFS_PREFIX     ".wh..wh."

/* Far more than images need whose directories are reached through links. One entry can cost 160 KiB. */
#define LINK_BYTES_MAX (64u << 20)

typedef struct
{
  OciRootfs *rootfs;
  OciLayer *layer;
  guint32 index;         /* of the layer */
  GPtrArray *entries;    /* OciEntry*, sorted by path; empty when the layer has no whiteouts */
  guint64 link_bytes;    /* of the links that were crossed, in all layers */
  const char *last_path; /* the entry whose parent was resolved last */
  gsize last_length;     /* of its directory part */
  OciNode *last_parent;
} Merge;

static const char *last_component(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

static gboolean is_directory(const OciNode *node)
{
  return node->inode->metadata.type == OCI_FILE_DIRECTORY;
}

static gboolean malformed(const char *path, const char *what, GError **error)
{
  g_autofree char *quoted = oci_quote(path);
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s %s", quoted, what);
  return FALSE;
}

/* --- whiteouts --- */

static gint compare_paths(gconstpointer a, gconstpointer b)
{
  const OciEntry *const *first = a;
  const OciEntry *const *second = b;
  return strcmp((*first)->path, (*second)->path);
}

/* What the layer itself says of a path, or NULL. Searched, not hashed: paths are chosen by others. */
static const OciEntry *find_entry(const Merge *merge, const char *path)
{
  guint low = 0;
  guint high = merge->entries->len;
  while (low < high)
  {
    guint middle = low + (high - low) / 2;
    const OciEntry *entry = merge->entries->pdata[middle];
    int order = strcmp(entry->path, path);
    if (order == 0)
      return entry;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

static void count_link(OciNode *node, gpointer data)
{
  Merge *merge = data;
  if (node->inode->metadata.type == OCI_FILE_SYMLINK)
    merge->link_bytes += strlen(node->inode->metadata.target);
}

/* The directory of a path in the tree as it is, or NULL. */
static OciNode *existing_parent(Merge *merge, const char *path)
{
  const char *name = last_component(path);
  if (name == path)
    return oci_rootfs_root(merge->rootfs);
  g_autofree char *directory = g_strndup(path, (gsize)(name - path));
  OciNode *parent = NULL;
  oci_rootfs_walk(merge->rootfs, NULL, directory, OCI_WALK_FOLLOW, count_link, merge, &parent);
  return parent != NULL && is_directory(parent) ? parent : NULL;
}

/*
 * Whether a path leads through a link in whose place this layer puts a
 * directory. What the layer says below it is not about the link's target:
 * overlayfs marks a directory that replaces a link as opaque.
 */
static gboolean leads_through_replaced_link(Merge *merge, const char *path)
{
  OciNode *at = oci_rootfs_root(merge->rootfs);
  for (const char *name = path, *end; (end = strchr(name, '/')) != NULL; name = end + 1)
  {
    at = oci_rootfs_find_child(merge->rootfs, at, name, (gsize)(end - name));
    if (at == NULL)
      return FALSE;
    if (at->inode->metadata.type != OCI_FILE_SYMLINK)
      continue;
    g_autofree char *directory = g_strndup(path, (gsize)(end - path));
    const OciEntry *entry = find_entry(merge, directory);
    return entry != NULL && entry->metadata.type == OCI_FILE_DIRECTORY;
  }
  return FALSE;
}

/* Where a whiteout takes something away, or NULL. */
static OciNode *whiteout_parent(Merge *merge, const char *path)
{
  return leads_through_replaced_link(merge, path) ? NULL : existing_parent(merge, path);
}

static void remove_children(OciRootfs *rootfs, OciNode *directory)
{
  while (directory->first_child != NULL)
    rootfs_remove(rootfs, directory->first_child);
}

static void warn_if_added(Merge *merge, const char *path, const char *hidden)
{
  g_autofree char *hidden_path = g_strdup_printf("%.*s%s", (int)(last_component(path) - path), path, hidden);
  if (find_entry(merge, hidden_path) == NULL)
    return;
  g_autofree char *quoted = oci_quote(hidden_path);
  rootfs_warn(merge->rootfs, "%s is added and taken away in one layer: it stays", quoted);
}

static gboolean apply_whiteout(Merge *merge, const OciEntry *entry, GError **error)
{
  const char *name = last_component(entry->path);
  const char *hidden = name + strlen(WHITEOUT_PREFIX);
  OciNode *parent = whiteout_parent(merge, entry->path);
  if (strcmp(name, WHITEOUT_OPAQUE) == 0)
  {
    if (parent != NULL)
      remove_children(merge->rootfs, parent);
    return TRUE;
  }
  if (g_str_has_prefix(name, AUFS_PREFIX))
    return TRUE;
  if (*hidden == '\0' || strcmp(hidden, ".") == 0 || strcmp(hidden, "..") == 0)
    return malformed(entry->path, "is a whiteout that names nothing", error);
  if (entry->metadata.type != OCI_FILE_REGULAR || entry->metadata.size > 0)
  {
    g_autofree char *quoted = oci_quote(entry->path);
    rootfs_warn(merge->rootfs, "%s is a whiteout with content or of an odd type", quoted);
  }
  warn_if_added(merge, entry->path, hidden);
  OciNode *child = parent == NULL ? NULL : oci_rootfs_find_child(merge->rootfs, parent, hidden, strlen(hidden));
  if (child != NULL)
    rootfs_remove(merge->rootfs, child);
  return TRUE;
}

static gboolean is_whiteout(const OciEntry *entry)
{
  return g_str_has_prefix(last_component(entry->path), WHITEOUT_PREFIX);
}

/* What estargz puts beside an image's files for its own use. */
static gboolean is_archive_note(const OciEntry *entry)
{
  return strcmp(entry->path, "stargz.index.json") == 0 || strcmp(entry->path, ".prefetch.landmark") == 0 ||
         strcmp(entry->path, ".no.prefetch.landmark") == 0;
}

/* --- parents --- */

static OciInode *directory_inode(OciRootfs *rootfs)
{
  OciInode *inode = rootfs_alloc(rootfs, sizeof *inode);
  inode->metadata = (OciMetadata){.type = OCI_FILE_DIRECTORY, .mode = 0755};
  return inode;
}

/* A directory of this name below another: there already, or in place of what was there, or new. */
static OciNode *make_directory(Merge *merge, OciNode *parent, const char *name, gsize length)
{
  if (length == 1 && name[0] == '.')
    return parent;
  if (length == 2 && name[0] == '.' && name[1] == '.')
    return parent->parent != NULL ? parent->parent : parent;
  OciNode *child = oci_rootfs_find_child(merge->rootfs, parent, name, length);
  if (child != NULL && is_directory(child))
    return child;
  if (child != NULL)
    rootfs_remove(merge->rootfs, child);
  return rootfs_add(merge->rootfs, parent, name, length, directory_inode(merge->rootfs), merge->index);
}

/*
 * The directory that path names, walked in the merged tree: links are
 * followed inside it, what is missing is made.
 */
static OciNode *make_directories(Merge *merge, const char *path, GError **error)
{
  OciNode *at = oci_rootfs_root(merge->rootfs);
  g_autofree char *expanded = NULL;
  const char *rest = path;
  guint64 links = 0;
  for (;;)
  {
    rest += strspn(rest, "/");
    gsize length = strcspn(rest, "/");
    if (length == 0)
      return at;
    const char *after = rest + length;
    OciNode *child = rest[0] == '.' && length == 1 ? NULL : oci_rootfs_find_child(merge->rootfs, at, rest, length);
    if (length > merge->rootfs->limits.component_bytes || links > merge->rootfs->limits.symlinks)
    {
      malformed(path, links > merge->rootfs->limits.symlinks ? "leads through too many symbolic links" : "leads through too long a name",
                error);
      return NULL;
    }
    if (child == NULL || child->inode->metadata.type != OCI_FILE_SYMLINK)
    {
      at = make_directory(merge, at, rest, length);
      rest = after;
      continue;
    }
    links++;
    count_link(child, merge);
    char *longer = g_strconcat(child->inode->metadata.target, "/", after, NULL);
    at = *longer == '/' ? oci_rootfs_root(merge->rootfs) : at;
    g_free(expanded);
    expanded = longer;
    rest = expanded;
  }
}

/* Entries come folder by folder: the last parent is most often the next one. */
static OciNode *parent_of(Merge *merge, const char *path, GError **error)
{
  gsize length = (gsize)(last_component(path) - path);
  if (merge->last_parent != NULL && length == merge->last_length && memcmp(path, merge->last_path, length) == 0)
    return merge->last_parent;
  g_autofree char *directory = g_strndup(path, length);
  OciNode *parent = make_directories(merge, directory, error);
  merge->last_path = path;
  merge->last_length = length;
  merge->last_parent = parent;
  return parent;
}

/* --- entries --- */

static OciInode *entry_inode(Merge *merge, const OciLayerEntry *entry)
{
  OciInode *inode = rootfs_alloc(merge->rootfs, sizeof *inode);
  inode->metadata = entry->entry.metadata;
  rootfs_filter_xattrs(merge->rootfs, &inode->metadata);
  inode->source = merge->index;
  inode->location = entry->data_offset;
  inode->detail = entry;
  return inode;
}

/* The inode that a hard link names; a link to a symbolic link is a link to the link itself. */
static OciInode *link_target(Merge *merge, const OciEntry *entry, GError **error)
{
  const char *name = last_component(entry->metadata.target);
  OciNode *parent = existing_parent(merge, entry->metadata.target);
  OciNode *target = parent == NULL ? NULL : oci_rootfs_find_child(merge->rootfs, parent, name, strlen(name));
  if (target != NULL && !is_directory(target))
    return target->inode;
  g_autofree char *quoted = oci_quote(entry->metadata.target);
  g_autofree char *what = g_strdup_printf("is a hard link to %s, %s", quoted, target == NULL ? "which does not exist" : "a directory");
  malformed(entry->path, what, error);
  return NULL;
}

static void warn_duplicate(Merge *merge, const char *path)
{
  g_autofree char *quoted = oci_quote(path);
  rootfs_warn(merge->rootfs, "%s stands twice in one layer: the last one counts", quoted);
}

/* Takes the name's place, whatever stands there. */
static void replace(Merge *merge, OciNode *parent, const char *path, OciInode *inode)
{
  const char *name = last_component(path);
  gsize length = strlen(name);
  OciNode *old = oci_rootfs_find_child(merge->rootfs, parent, name, length);
  if (old != NULL && old->inode == inode)
    return;
  if (old != NULL)
  {
    if (((RootfsNode *)old)->layer == merge->index && !is_directory(old))
      warn_duplicate(merge, path);
    if (is_directory(old) || old->inode->metadata.type == OCI_FILE_SYMLINK)
      merge->last_parent = NULL; /* it may have been reached through what goes now */
    rootfs_remove(merge->rootfs, old);
  }
  rootfs_add(merge->rootfs, parent, name, length, inode, merge->index);
}

static gboolean apply_root(Merge *merge, const OciLayerEntry *entry, GError **error)
{
  OciInode *root = oci_rootfs_root(merge->rootfs)->inode;
  if (entry->entry.metadata.type != OCI_FILE_DIRECTORY)
    return malformed("/", "is not a directory", error);
  root->metadata = entry->entry.metadata;
  rootfs_filter_xattrs(merge->rootfs, &root->metadata);
  return TRUE;
}

static gboolean apply_entry(Merge *merge, const OciLayerEntry *layer_entry, GError **error)
{
  const OciEntry *entry = &layer_entry->entry;
  if (entry->path[0] == '\0')
    return apply_root(merge, layer_entry, error);
  OciNode *parent = parent_of(merge, entry->path, error);
  if (parent == NULL)
    return FALSE;
  if (entry->metadata.type == OCI_FILE_HARDLINK)
  {
    OciInode *inode = link_target(merge, entry, error);
    if (inode != NULL)
      replace(merge, parent, entry->path, inode);
    return inode != NULL;
  }
  const char *name = last_component(entry->path);
  OciNode *old = oci_rootfs_find_child(merge->rootfs, parent, name, strlen(name));
  if (old != NULL && is_directory(old) && entry->metadata.type == OCI_FILE_DIRECTORY)
  {
    /* its content stays */
    old->inode->metadata = entry->metadata;
    rootfs_filter_xattrs(merge->rootfs, &old->inode->metadata);
    return TRUE;
  }
  replace(merge, parent, entry->path, entry_inode(merge, layer_entry));
  return TRUE;
}

static gboolean check_links(const Merge *merge, GError **error)
{
  if (merge->link_bytes <= LINK_BYTES_MAX)
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "paths lead through more than %u MiB of symbolic links", LINK_BYTES_MAX >> 20);
  return FALSE;
}

static gboolean apply_whiteouts(Merge *merge, const OciLayerEntry *entries, guint count, GError **error)
{
  for (guint i = 0; i < count; i++)
    if (!is_whiteout(&entries[i].entry))
      g_ptr_array_add(merge->entries, (gpointer)(guintptr)&entries[i].entry);
  g_ptr_array_sort(merge->entries, compare_paths);
  for (guint i = 0; i < count; i++)
    if (is_whiteout(&entries[i].entry) && (!apply_whiteout(merge, &entries[i].entry, error) || !check_links(merge, error)))
      return FALSE;
  return TRUE;
}

static gboolean apply_layer(Merge *merge, GError **error)
{
  guint count = 0;
  const OciLayerEntry *entries = oci_layer_entries(merge->layer, &count);
  guint whiteouts = 0;
  for (guint i = 0; i < count; i++)
    whiteouts += is_whiteout(&entries[i].entry) ? 1 : 0;
  if (whiteouts > 0 && !apply_whiteouts(merge, entries, count, error))
    return FALSE;
  for (guint i = 0; i < count; i++)
  {
    const OciEntry *entry = &entries[i].entry;
    if (is_whiteout(entry) || is_archive_note(entry))
      continue;
    if (!apply_entry(merge, &entries[i], error) || !check_links(merge, error))
      return FALSE;
  }
  return TRUE;
}

OciRootfs *oci_rootfs_new_layers(GPtrArray *layers, const OciLimits *limits, GError **error)
{
  g_autoptr(OciRootfs) rootfs = rootfs_new(limits);
  rootfs->layers = g_ptr_array_new_with_free_func((GDestroyNotify)oci_layer_unref);
  for (guint i = 0; i < layers->len; i++)
    g_ptr_array_add(rootfs->layers, oci_layer_ref(layers->pdata[i]));
  guint64 link_bytes = 0;
  for (guint i = 0; i < layers->len; i++)
  {
    g_autoptr(GPtrArray) entries = g_ptr_array_new();
    Merge merge = {.rootfs = rootfs, .layer = layers->pdata[i], .index = i, .entries = entries, .link_bytes = link_bytes};
    if (!apply_layer(&merge, error))
    {
      g_prefix_error(error, "layer %u of %u: ", i + 1, layers->len);
      return NULL;
    }
    link_bytes = merge.link_bytes;
  }
  rootfs_finish(rootfs);
  return g_steal_pointer(&rootfs);
}
