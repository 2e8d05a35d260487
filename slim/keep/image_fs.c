/* Look-ups go to the merged tree; a file's identity is its inode. */
#include "slim/keep/image_fs.h"

#include <string.h>
#include <sys/stat.h>

typedef struct
{
  ElfdepsFs fs;
  OciRootfs *rootfs;
  GHashTable *paths; /* OciNode* → char*: real paths that were handed out */
} ImageFs;

/* Setuid, setgid or file capabilities. An unreadable attribute counts as privileged: the larger closure is the safe one. */
static gboolean is_privileged(ImageFs *image, const OciInode *inode)
{
  if ((inode->metadata.mode & (S_ISUID | S_ISGID)) != 0)
    return TRUE;
  OciXattrs xattrs;
  if (!oci_rootfs_xattrs(image->rootfs, inode, &xattrs, NULL))
    return TRUE;
  for (guint i = 0; i < xattrs.count; i++)
    if (strcmp(xattrs.items[i].name, "security.capability") == 0)
      return TRUE;
  return FALSE;
}

static const char *real_path(ImageFs *image, OciNode *node)
{
  char *path = g_hash_table_lookup(image->paths, node);
  if (path == NULL)
  {
    path = oci_node_path(node);
    g_hash_table_insert(image->paths, node, path);
  }
  return path;
}

static void fill(ImageFs *image, OciNode *node, ElfdepsFile *file)
{
  *file = (ElfdepsFile){
      .id = node->inode,
      .real_path = real_path(image, node),
      .size = node->inode->metadata.size,
      .privileged = is_privileged(image, node->inode),
  };
}

static ElfdepsFileKind image_find(ElfdepsFs *fs, const char *path, ElfdepsFile *file)
{
  ImageFs *image = (ImageFs *)fs;
  OciNode *node = NULL;
  if (oci_rootfs_walk(image->rootfs, NULL, path, OCI_WALK_FOLLOW, NULL, NULL, &node) != OCI_WALK_FOUND)
    return ELFDEPS_FILE_MISSING;
  switch (node->inode->metadata.type)
  {
  case OCI_FILE_REGULAR:
    fill(image, node, file);
    return ELFDEPS_FILE_REGULAR;
  case OCI_FILE_DIRECTORY:
    return ELFDEPS_FILE_DIRECTORY;
  case OCI_FILE_SYMLINK:
  case OCI_FILE_CHARACTER:
  case OCI_FILE_BLOCK:
  case OCI_FILE_FIFO:
  case OCI_FILE_HARDLINK:
    return ELFDEPS_FILE_OTHER;
  }
  g_assert_not_reached();
}

static gssize image_pread(ElfdepsFs *fs, const ElfdepsFile *file, void *buffer, gsize length, guint64 offset, GError **error)
{
  return oci_rootfs_pread(((ImageFs *)fs)->rootfs, file->id, buffer, length, offset, error);
}

static GPtrArray *image_list(ElfdepsFs *fs, const char *path)
{
  OciNode *directory = oci_rootfs_find(((ImageFs *)fs)->rootfs, path);
  if (directory == NULL || directory->inode->metadata.type != OCI_FILE_DIRECTORY)
    return NULL;
  g_autoptr(GPtrArray) children = oci_node_children(directory);
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < children->len; i++)
    g_ptr_array_add(names, g_strdup(((OciNode *)children->pdata[i])->name));
  return names;
}

ElfdepsFs *keep_image_fs_new(OciRootfs *rootfs)
{
  ImageFs *image = g_new0(ImageFs, 1);
  image->fs = (ElfdepsFs){.find = image_find, .pread = image_pread, .list = image_list};
  image->rootfs = rootfs;
  image->paths = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  return &image->fs;
}

void keep_image_fs_free(ElfdepsFs *fs)
{
  if (fs == NULL)
    return;
  ImageFs *image = (ImageFs *)fs;
  g_hash_table_unref(image->paths);
  g_free(image);
}

gboolean keep_image_fs_file(ElfdepsFs *fs, OciNode *node, ElfdepsFile *file)
{
  if (node->inode->metadata.type != OCI_FILE_REGULAR)
    return FALSE;
  fill((ImageFs *)fs, node, file);
  return TRUE;
}
