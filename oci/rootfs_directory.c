/* A directory of the host as a tree: names are read once, following nothing. */
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

typedef struct
{
  OciRootfs *rootfs;
  GHashTable *links;  /* HostFile*, files with several names → OciInode* */
  GQueue directories; /* OciNode* that are still to be read */
  guint64 entries;
} Scan;

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

static OciInode *new_inode(Scan *scan, const struct stat *st, OciFileType type)
{
  OciInode *inode = rootfs_alloc(scan->rootfs, sizeof *inode);
  HostFile *file = rootfs_alloc(scan->rootfs, sizeof *file);
  fill_metadata(st, type, &inode->metadata);
  file->id = (FileId){.device = st->st_dev, .number = st->st_ino};
  inode->detail = file;
  return inode;
}

/* The inode of a name: a new one, or that of another name of the same file. */
static OciInode *inode_of(Scan *scan, const struct stat *st, OciFileType type)
{
  if (type == OCI_FILE_DIRECTORY || st->st_nlink < 2)
    return new_inode(scan, st, type);
  HostFile key = {.id = {.device = st->st_dev, .number = st->st_ino}};
  OciInode *inode = g_hash_table_lookup(scan->links, &key);
  if (inode == NULL)
  {
    inode = new_inode(scan, st, type);
    g_hash_table_insert(scan->links, (gpointer)(guintptr)inode->detail, inode);
  }
  return inode;
}

static void warn_about(Scan *scan, const OciNode *directory, const char *name, const char *what)
{
  g_autofree char *path = oci_node_path(directory);
  g_autofree char *full = name == NULL ? g_strdup(path) : g_build_filename(path, name, NULL);
  g_autofree char *quoted = oci_quote(full);
  rootfs_warn(scan->rootfs, "%s %s", quoted, what);
}

static void read_target(Scan *scan, int directory_fd, const char *name, OciInode *inode)
{
  g_autofree char *target = g_malloc(scan->rootfs->limits.path_bytes + 1);
  ssize_t length = readlinkat(directory_fd, name, target, scan->rootfs->limits.path_bytes);
  inode->metadata.target = rootfs_string(scan->rootfs, target, length < 0 ? 0 : length);
}

static void scan_name(Scan *scan, OciNode *directory, int directory_fd, const char *name)
{
  struct stat st;
  OciFileType type;
  if (fstatat(directory_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return; /* gone since the directory was read */
  if (!file_type(st.st_mode, &type))
  {
    warn_about(scan, directory, name, "is a socket and left out");
    return;
  }
  OciInode *inode = inode_of(scan, &st, type);
  if (type == OCI_FILE_SYMLINK && inode->metadata.target == NULL)
    read_target(scan, directory_fd, name, inode);
  OciNode *node = rootfs_add(scan->rootfs, directory, name, strlen(name), inode, 0);
  ((HostFile *)(guintptr)inode->detail)->name = node;
  scan->entries++;
  if (type == OCI_FILE_DIRECTORY)
    g_queue_push_tail(&scan->directories, node);
}

static gboolean scan_directory(Scan *scan, OciNode *directory, GError **error)
{
  g_autofree char *path = oci_node_path(directory);
  int fd = rootfs_host_open(scan->rootfs->host, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  if (fd >= 0 && is_pseudo(fd))
  {
    close(fd);
    return TRUE;
  }
  DIR *dir = fd < 0 ? NULL : fdopendir(fd);
  if (dir == NULL)
  {
    warn_about(scan, directory, NULL, g_strerror(errno));
    if (fd >= 0)
      close(fd);
    return TRUE;
  }
  for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      scan_name(scan, directory, fd, entry->d_name);
  closedir(dir);
  if (scan->entries <= scan->rootfs->limits.entries)
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "the directory has more than %" G_GUINT64_FORMAT " entries", scan->rootfs->limits.entries);
  return FALSE;
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
  if (!scan_root(rootfs, error))
    return NULL;
  g_autoptr(GHashTable) links = g_hash_table_new(id_hash, id_equal);
  Scan scan = {.rootfs = rootfs, .links = links};
  gboolean ok = TRUE;
  for (OciNode *directory = oci_rootfs_root(rootfs); directory != NULL && ok; directory = g_queue_pop_head(&scan.directories))
    ok = scan_directory(&scan, directory, error);
  g_queue_clear(&scan.directories);
  if (!ok)
    return NULL;
  rootfs_finish(rootfs);
  return g_steal_pointer(&rootfs);
}
