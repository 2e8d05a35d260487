/* The tree's storage: nodes and inodes in arenas, names in one hash table. */
#include "oci/rootfs_private.h"

#include "oci/error.h"
#include "oci/layer_index.h"

#include <string.h>
#include <sys/random.h>

#define ARENA_BYTES  (256u << 10)
#define WARNINGS_MAX 100

/* Every bit of value in every bit of the result (the finalizer of splitmix64). */
static guint64 mix(guint64 value)
{
  value = (value ^ value >> 30) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
  return value ^ value >> 31;
}

/* With a seed that nobody knows, no choice of names makes the table slow. */
static guint32 hash_name(const OciRootfs *rootfs, const OciNode *parent, const char *name, gsize length)
{
  guint64 hash = mix(mix(rootfs->seed ^ (guintptr)parent) + length);
  while (length > 0)
  {
    guint64 word = 0;
    gsize step = MIN(length, sizeof word);
    memcpy(&word, name, step);
    hash = mix(hash ^ word) + rootfs->seed;
    name += step;
    length -= step;
  }
  return (guint32)(hash ^ hash >> 32);
}

static guint node_hash(gconstpointer key)
{
  return ((const RootfsNode *)key)->hash;
}

static gboolean node_equal(gconstpointer a, gconstpointer b)
{
  const RootfsNode *x = a;
  const RootfsNode *y = b;
  return x->node.parent == y->node.parent && x->name_length == y->name_length && memcmp(x->node.name, y->node.name, x->name_length) == 0;
}

gpointer rootfs_alloc(OciRootfs *rootfs, gsize size)
{
  size = (size + 15) & ~(gsize)15;
  if (size > rootfs->block_left)
  {
    gsize block = MAX(size, ARENA_BYTES);
    rootfs->block = g_malloc0(block);
    rootfs->block_left = block;
    g_ptr_array_add(rootfs->arenas, rootfs->block);
  }
  gpointer result = rootfs->block;
  rootfs->block += size;
  rootfs->block_left -= size;
  return result;
}

const char *rootfs_string(OciRootfs *rootfs, const char *text, gssize length)
{
  return g_string_chunk_insert_len(rootfs->strings, text, length);
}

void rootfs_warn(OciRootfs *rootfs, const char *format, ...)
{
  if (rootfs->warnings->len >= WARNINGS_MAX)
  {
    rootfs->warnings_left_out++;
    return;
  }
  va_list arguments;
  va_start(arguments, format);
  g_ptr_array_add(rootfs->warnings, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

OciRootfs *rootfs_new(const OciLimits *limits)
{
  OciRootfs *rootfs = g_new0(OciRootfs, 1);
  g_rec_mutex_init(&rootfs->lock);
  rootfs->names = g_hash_table_new(node_hash, node_equal);
  rootfs->arenas = g_ptr_array_new_with_free_func(g_free);
  rootfs->strings = g_string_chunk_new(ARENA_BYTES);
  rootfs->warnings = g_ptr_array_new_with_free_func(g_free);
  rootfs->limits = *limits;
  if (getrandom(&rootfs->seed, sizeof rootfs->seed, 0) != sizeof rootfs->seed)
    rootfs->seed = (guint64)g_get_monotonic_time();
  rootfs->root = rootfs_alloc(rootfs, sizeof(RootfsNode));
  OciInode *inode = rootfs_alloc(rootfs, sizeof(OciInode));
  inode->metadata = (OciMetadata){.type = OCI_FILE_DIRECTORY, .mode = 0755};
  inode->links = 1;
  rootfs->root->node = (OciNode){.name = "", .inode = inode};
  rootfs->root->owner = rootfs;
  return rootfs;
}

void oci_rootfs_free(OciRootfs *rootfs)
{
  if (rootfs == NULL)
    return;
  g_clear_pointer(&rootfs->layers, g_ptr_array_unref);
  g_clear_pointer(&rootfs->host, rootfs_host_free);
  g_clear_pointer(&rootfs->scan, rootfs_scan_free);
  g_hash_table_unref(rootfs->names);
  g_ptr_array_unref(rootfs->arenas);
  g_ptr_array_unref(rootfs->warnings);
  g_string_chunk_free(rootfs->strings);
  g_rec_mutex_clear(&rootfs->lock);
  g_free(rootfs);
}

OciNode *rootfs_add(OciRootfs *rootfs, OciNode *parent, const char *name, gsize length, OciInode *inode, guint32 layer)
{
  RootfsNode *added = rootfs_alloc(rootfs, sizeof(RootfsNode));
  added->node = (OciNode){.name = rootfs_string(rootfs, name, (gssize)length), .parent = parent, .inode = inode};
  added->name_length = (guint32)length;
  added->layer = layer;
  added->hash = hash_name(rootfs, parent, name, length);
  added->node.next_sibling = parent->first_child;
  if (parent->first_child != NULL)
    ((RootfsNode *)parent->first_child)->previous_sibling = &added->node;
  parent->first_child = &added->node;
  inode->links++;
  g_hash_table_add(rootfs->names, added);
  return &added->node;
}

static void unlink_node(OciRootfs *rootfs, RootfsNode *node)
{
  g_hash_table_remove(rootfs->names, node);
  node->node.inode->links--;
}

void rootfs_remove(OciRootfs *rootfs, OciNode *top)
{
  RootfsNode *removed = (RootfsNode *)top;
  if (removed->previous_sibling != NULL)
    removed->previous_sibling->next_sibling = top->next_sibling;
  else
    top->parent->first_child = top->next_sibling;
  if (top->next_sibling != NULL)
    ((RootfsNode *)top->next_sibling)->previous_sibling = removed->previous_sibling;
  top->next_sibling = NULL;
  /* depth first without a stack: children hang in front of what is still to be removed */
  OciNode *waiting = top;
  while (waiting != NULL)
  {
    OciNode *node = waiting;
    waiting = node->next_sibling;
    unlink_node(rootfs, (RootfsNode *)node);
    OciNode *child = node->first_child;
    while (child != NULL)
    {
      OciNode *next = child->next_sibling;
      child->next_sibling = waiting;
      waiting = child;
      child = next;
    }
  }
}

void rootfs_finish(OciRootfs *rootfs)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, rootfs->names);
  while (g_hash_table_iter_next(&iter, &key, NULL))
  {
    const OciInode *inode = ((RootfsNode *)key)->node.inode;
    rootfs->count++;
    if (inode->metadata.type == OCI_FILE_REGULAR && (inode->links == 1 || g_hash_table_add(seen, (gpointer)(guintptr)inode)))
      rootfs->bytes += inode->metadata.size;
  }
  if (rootfs->warnings_left_out > 0)
    g_ptr_array_add(rootfs->warnings, g_strdup_printf("and %" G_GUINT64_FORMAT " more like these", rootfs->warnings_left_out));
}

GPtrArray *oci_rootfs_warnings(OciRootfs *rootfs)
{
  return rootfs->warnings;
}

OciNode *oci_rootfs_root(OciRootfs *rootfs)
{
  return &rootfs->root->node;
}

guint64 oci_rootfs_bytes(OciRootfs *rootfs)
{
  return rootfs->bytes;
}

guint64 oci_rootfs_count(OciRootfs *rootfs)
{
  return rootfs->count;
}

gboolean oci_rootfs_is_counted(OciRootfs *rootfs)
{
  return rootfs->scan == NULL;
}

OciNode *oci_rootfs_find_child(OciRootfs *rootfs, const OciNode *directory, const char *name, gsize length)
{
  if (length > G_MAXUINT32)
    return NULL;
  RootfsNode key = {
      .node = {.name = name, .parent = (OciNode *)(guintptr)directory},
      .name_length = (guint32)length,
      .hash = hash_name(rootfs, directory, name, length),
  };
  if (rootfs->scan == NULL)
    return g_hash_table_lookup(rootfs->names, &key);
  g_rec_mutex_lock(&rootfs->lock);
  rootfs_list(rootfs, directory);
  OciNode *child = g_hash_table_lookup(rootfs->names, &key);
  g_rec_mutex_unlock(&rootfs->lock);
  return child;
}

char *oci_node_path(const OciNode *node)
{
  if (node->parent == NULL)
    return g_strdup("/");
  gsize length = 0;
  for (const OciNode *n = node; n->parent != NULL; n = n->parent)
    length += 1 + ((const RootfsNode *)n)->name_length;
  char *path = g_malloc(length + 1);
  char *end = path + length;
  *end = '\0';
  for (const OciNode *n = node; n->parent != NULL; n = n->parent)
  {
    gsize name_length = ((const RootfsNode *)n)->name_length;
    end -= name_length;
    memcpy(end, n->name, name_length);
    *--end = '/';
  }
  return path;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp((*(OciNode *const *)a)->name, (*(OciNode *const *)b)->name);
}

GPtrArray *oci_node_children(const OciNode *directory)
{
  const OciNode *root = directory;
  while (root->parent != NULL)
    root = root->parent;
  OciRootfs *rootfs = ((const RootfsNode *)root)->owner;
  if (rootfs->scan != NULL)
    rootfs_list(rootfs, directory);
  GPtrArray *children = g_ptr_array_new();
  for (OciNode *child = directory->first_child; child != NULL; child = child->next_sibling)
    g_ptr_array_add(children, child);
  g_ptr_array_sort(children, compare_names);
  return children;
}

gssize oci_rootfs_pread(OciRootfs *rootfs, const OciInode *inode, void *buffer, gsize length, guint64 offset, GError **error)
{
  if (inode->metadata.type != OCI_FILE_REGULAR)
    return 0;
  if (rootfs->host != NULL)
    return rootfs_host_pread(rootfs, inode, buffer, length, offset, error);
  return oci_layer_pread(rootfs->layers->pdata[inode->source], inode->detail, buffer, length, offset, error);
}

GBytes *oci_rootfs_read(OciRootfs *rootfs, const OciInode *inode, gsize limit, GError **error)
{
  if (inode->metadata.size > limit)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT,
                "a file of %" G_GUINT64_FORMAT " bytes is larger than the %" G_GSIZE_FORMAT " that are read", inode->metadata.size, limit);
    return NULL;
  }
  gsize size = (gsize)inode->metadata.size;
  g_autofree guint8 *bytes = g_malloc(size + 1);
  gsize done = 0;
  while (done < size)
  {
    gssize got = oci_rootfs_pread(rootfs, inode, bytes + done, size - done, done, error);
    if (got < 0)
      return NULL;
    if (got == 0)
      break;
    done += (gsize)got;
  }
  return g_bytes_new_take(g_steal_pointer(&bytes), done);
}

/* Labels and marks of the machine that made the image, not of the image. */
gboolean rootfs_is_foreign_xattr(const char *name)
{
  return strcmp(name, "security.selinux") == 0 || g_str_has_prefix(name, "trusted.overlay.") || g_str_has_prefix(name, "user.overlay.");
}

/* The list without foreign names; copied only when there are any. */
static OciXattrs filter(OciRootfs *rootfs, const OciXattrs *all)
{
  guint foreign = 0;
  for (guint i = 0; i < all->count; i++)
    foreign += rootfs_is_foreign_xattr(all->items[i].name) ? 1 : 0;
  if (foreign == 0)
    return *all;
  OciXattr *kept = rootfs_alloc(rootfs, (all->count - foreign + 1) * sizeof *kept);
  guint count = 0;
  for (guint i = 0; i < all->count; i++)
    if (!rootfs_is_foreign_xattr(all->items[i].name))
      kept[count++] = all->items[i];
  return (OciXattrs){.items = kept, .count = count};
}

gboolean oci_rootfs_xattrs(OciRootfs *rootfs, const OciInode *inode, OciXattrs *xattrs, GError **error)
{
  if (rootfs->host != NULL)
    return rootfs_host_xattrs(rootfs, inode, xattrs, error);
  *xattrs = inode->metadata.xattrs;
  return TRUE;
}

/* Called while the tree is built: afterwards it is read by several threads. */
void rootfs_filter_xattrs(OciRootfs *rootfs, OciMetadata *metadata)
{
  if (metadata->xattrs.count > 0)
    metadata->xattrs = filter(rootfs, &metadata->xattrs);
}
