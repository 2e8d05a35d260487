/* A directory of the host as a tree: a folder's names are read once, when they are asked for, following nothing. */
#include "oci/error.h"
#include "oci/rootfs_host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202
#endif
#ifndef CONFIGFS_MAGIC
#define CONFIGFS_MAGIC 0x62656570
#endif
#ifndef FUSE_CTL_SUPER_MAGIC
#define FUSE_CTL_SUPER_MAGIC 0x65735543
#endif

struct rootfs_scan
{
  GHashTable *links; /* HostFile*, files with several names → OciInode* */
  guint64 entries;
};

static guint id_hash(gconstpointer key)
{
  const HostFile *file = key;
  return (guint)file->id.number * 31u + (guint)file->id.device;
}

static gboolean id_equal(gconstpointer a, gconstpointer b)
{
  const HostFile *x = a;
  const HostFile *y = b;
  return x->id.number == y->id.number && x->id.device == y->id.device;
}

/* File systems that show the kernel, not files. */
static gboolean is_pseudo(int fd)
{
  struct statfs fs;
  if (fstatfs(fd, &fs) != 0)
    return FALSE;
  switch ((guint32)fs.f_type)
  {
  case PROC_SUPER_MAGIC:
  case SYSFS_MAGIC:
  case DEBUGFS_MAGIC:
  case TRACEFS_MAGIC:
  case SECURITYFS_MAGIC:
  case CGROUP_SUPER_MAGIC:
  case CGROUP2_SUPER_MAGIC:
  case DEVPTS_SUPER_MAGIC:
  case BPF_FS_MAGIC:
  case PSTOREFS_MAGIC:
  case HUGETLBFS_MAGIC:
  case BINFMTFS_MAGIC:
  case NSFS_MAGIC:
  case EFIVARFS_MAGIC:
  case SELINUX_MAGIC:
  case MQUEUE_MAGIC:
  case CONFIGFS_MAGIC:
  case FUSE_CTL_SUPER_MAGIC:
    return TRUE;
  default:
    return FALSE;
  }
}

static gboolean file_type(mode_t mode, OciFileType *type)
{
  switch (mode & S_IFMT)
  {
  case S_IFREG:
    *type = OCI_FILE_REGULAR;
    return TRUE;
  case S_IFDIR:
    *type = OCI_FILE_DIRECTORY;
    return TRUE;
  case S_IFLNK:
    *type = OCI_FILE_SYMLINK;
    return TRUE;
  case S_IFCHR:
    *type = OCI_FILE_CHARACTER;
    return TRUE;
  case S_IFBLK:
    *type = OCI_FILE_BLOCK;
    return TRUE;
  case S_IFIFO:
    *type = OCI_FILE_FIFO;
    return TRUE;
  default:
    return FALSE;
  }
}

static void fill_metadata(const struct stat *st, OciFileType type, OciMetadata *metadata)
{
  gboolean is_device = type == OCI_FILE_CHARACTER || type == OCI_FILE_BLOCK;
  *metadata = (OciMetadata){
      .type = type,
      .mode = st->st_mode & 07777,
      .uid = st->st_uid,
      .gid = st->st_gid,
      .mtime = st->st_mtim.tv_sec,
      .mtime_ns = (guint32)st->st_mtim.tv_nsec,
      .size = type == OCI_FILE_REGULAR ? (guint64)st->st_size : 0,
      .device_major = is_device ? major(st->st_rdev) : 0,
      .device_minor = is_device ? minor(st->st_rdev) : 0,
  };
}

static OciInode *new_inode(OciRootfs *rootfs, const struct stat *st, OciFileType type)
{
  OciInode *inode = rootfs_alloc(rootfs, sizeof *inode);
  HostFile *file = rootfs_alloc(rootfs, sizeof *file);
  fill_metadata(st, type, &inode->metadata);
  file->id = (FileId){.device = st->st_dev, .number = st->st_ino};
  inode->detail = file;
  return inode;
}

/* The inode of a name: a new one, or that of another name of the same file. */
static OciInode *inode_of(OciRootfs *rootfs, const struct stat *st, OciFileType type)
{
  if (type == OCI_FILE_DIRECTORY || st->st_nlink < 2)
    return new_inode(rootfs, st, type);
  HostFile key = {.id = {.device = st->st_dev, .number = st->st_ino}};
  OciInode *inode = g_hash_table_lookup(rootfs->scan->links, &key);
  if (inode == NULL)
  {
    inode = new_inode(rootfs, st, type);
    g_hash_table_insert(rootfs->scan->links, (gpointer)(guintptr)inode->detail, inode);
  }
  return inode;
}

static void warn_about(OciRootfs *rootfs, const OciNode *directory, const char *name, const char *what)
{
  g_autofree char *path = oci_node_path(directory);
  g_autofree char *full = name == NULL ? g_strdup(path) : g_build_filename(path, name, NULL);
  g_autofree char *quoted = oci_quote(full);
  rootfs_warn(rootfs, "%s: %s", quoted, what);
}

static void read_target(OciRootfs *rootfs, int directory_fd, const char *name, OciInode *inode)
{
  g_autofree char *target = g_malloc(rootfs->limits.path_bytes + 1);
  ssize_t length = readlinkat(directory_fd, name, target, rootfs->limits.path_bytes);
  inode->metadata.target = rootfs_string(rootfs, target, length < 0 ? 0 : length);
}

/* The time of such a mount is when the host was booted: not the image's. */
static void forget_time_of_pseudo(int directory_fd, const char *name, OciMetadata *metadata)
{
  int fd = openat(directory_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return;
  if (is_pseudo(fd))
  {
    metadata->mtime = 0;
    metadata->mtime_ns = 0;
  }
  close(fd);
}

static void scan_name(OciRootfs *rootfs, OciNode *directory, int directory_fd, const char *name)
{
  struct stat st;
  OciFileType type;
  if (fstatat(directory_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return; /* gone since the directory was read */
  if (!file_type(st.st_mode, &type))
  {
    warn_about(rootfs, directory, name, "a socket is left out");
    return;
  }
  OciInode *inode = inode_of(rootfs, &st, type);
  if (type == OCI_FILE_SYMLINK && inode->metadata.target == NULL)
    read_target(rootfs, directory_fd, name, inode);
  if (type == OCI_FILE_DIRECTORY && st.st_dev != ((const HostFile *)directory->inode->detail)->id.device)
    forget_time_of_pseudo(directory_fd, name, &inode->metadata);
  OciNode *node = rootfs_add(rootfs, directory, name, strlen(name), inode, 0);
  ((HostFile *)(guintptr)inode->detail)->name = node;
  rootfs->scan->entries++;
}

static void scan_directory(OciRootfs *rootfs, OciNode *directory)
{
  g_autofree char *path = oci_node_path(directory);
  int fd = rootfs_host_open(rootfs->host, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  if (fd >= 0 && is_pseudo(fd))
  {
    close(fd);
    return;
  }
  DIR *dir = fd < 0 ? NULL : fdopendir(fd);
  if (dir == NULL)
  {
    warn_about(rootfs, directory, NULL, g_strerror(errno));
    if (fd >= 0)
      close(fd);
    return;
  }
  struct dirent *entry = NULL;
  while (rootfs->scan->entries < rootfs->limits.entries && (entry = readdir(dir)) != NULL)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      scan_name(rootfs, directory, fd, entry->d_name);
  if (rootfs->scan->entries >= rootfs->limits.entries)
    warn_about(rootfs, directory, NULL, "not read to its end: the limit of entries is reached");
  closedir(dir);
}

void rootfs_list(OciRootfs *rootfs, const OciNode *directory)
{
  RootfsNode *node = (RootfsNode *)(guintptr)directory;
  g_rec_mutex_lock(&rootfs->lock);
  if (!node->listed && directory->inode->metadata.type == OCI_FILE_DIRECTORY)
  {
    node->listed = TRUE;
    scan_directory(rootfs, &node->node);
  }
  g_rec_mutex_unlock(&rootfs->lock);
}

void rootfs_scan_free(RootfsScan *scan)
{
  g_hash_table_unref(scan->links);
  g_free(scan);
}

static gboolean scan_root(OciRootfs *rootfs, GError **error)
{
  struct stat st;
  if (fstat(rootfs_host_fd(rootfs->host), &st) != 0)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the directory: %s", g_strerror(errno));
    return FALSE;
  }
  OciInode *root = oci_rootfs_root(rootfs)->inode;
  HostFile *file = rootfs_alloc(rootfs, sizeof *file);
  *file = (HostFile){.id = {.device = st.st_dev, .number = st.st_ino}, .name = oci_rootfs_root(rootfs)};
  fill_metadata(&st, OCI_FILE_DIRECTORY, &root->metadata);
  root->detail = file;
  return TRUE;
}

OciRootfs *oci_rootfs_new_directory(int directory_fd, const OciLimits *limits, GError **error)
{
  g_autoptr(OciRootfs) rootfs = rootfs_new(limits);
  rootfs->host = rootfs_host_new(directory_fd);
  rootfs->scan = g_new0(RootfsScan, 1);
  rootfs->scan->links = g_hash_table_new(id_hash, id_equal);
  return scan_root(rootfs, error) ? g_steal_pointer(&rootfs) : NULL;
}
