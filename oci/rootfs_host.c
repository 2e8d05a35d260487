/* Files of the host: opened below one descriptor, a few kept open, each seen to be the one that was listed. */
#include "oci/rootfs_host.h"

#include "oci/error.h"
#include "oci/open_beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define XATTR_LIST_MAX_BYTES (64u << 10)
#define OPEN_FILES_MAX       16u

/* A regular file that is open. */
typedef struct
{
  const OciInode *inode;
  int fd;
} OpenFile;

struct rootfs_host
{
  int fd;
  GMutex lock;
  GArray *open_files; /* OpenFile, the oldest first */
  GHashTable *xattrs; /* OciInode* → OciXattrs* */
};

RootfsHost *rootfs_host_new(int fd)
{
  RootfsHost *host = g_new0(RootfsHost, 1);
  host->fd = fd;
  host->open_files = g_array_new(FALSE, FALSE, sizeof(OpenFile));
  host->xattrs = g_hash_table_new(NULL, NULL);
  g_mutex_init(&host->lock);
  return host;
}

void rootfs_host_free(RootfsHost *host)
{
  for (guint i = 0; i < host->open_files->len; i++)
    close(g_array_index(host->open_files, OpenFile, i).fd);
  g_array_unref(host->open_files);
  g_hash_table_unref(host->xattrs);
  g_mutex_clear(&host->lock);
  close(host->fd);
  g_free(host);
}

int rootfs_host_fd(RootfsHost *host)
{
  return host->fd;
}

int rootfs_host_open(RootfsHost *host, const char *path, int flags)
{
  return oci_open_beneath(host->fd, path, flags);
}

static void set_errno_error(const char *path, int number, GError **error)
{
  g_autofree char *quoted = oci_quote(path);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "%s: %s", quoted, g_strerror(number));
}

/* Opens a file or directory and sees to it that it is still the one that was listed. */
static int open_listed(OciRootfs *rootfs, const OciInode *inode, int flags, GError **error)
{
  const HostFile *file = inode->detail;
  g_autofree char *path = oci_node_path(file->name);
  struct stat st;
  int fd = rootfs_host_open(rootfs->host, path, flags);
  if (fd < 0)
  {
    set_errno_error(path, errno, error);
    return -1;
  }
  if (fstat(fd, &st) == 0 && st.st_dev == file->id.device && st.st_ino == file->id.number && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
    return fd;
  close(fd);
  g_autofree char *quoted = oci_quote(path);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "%s was replaced while it was read", quoted);
  return -1;
}

/* Borrowed; the lock is held. */
static int open_cached(OciRootfs *rootfs, const OciInode *inode, GError **error)
{
  GArray *files = rootfs->host->open_files;
  for (guint i = files->len; i > 0; i--)
    if (g_array_index(files, OpenFile, i - 1).inode == inode)
      return g_array_index(files, OpenFile, i - 1).fd;
  OpenFile file = {.inode = inode, .fd = open_listed(rootfs, inode, O_RDONLY | O_NONBLOCK, error)};
  if (file.fd < 0)
    return -1;
  if (files->len == OPEN_FILES_MAX)
  {
    close(g_array_index(files, OpenFile, 0).fd);
    g_array_remove_index(files, 0);
  }
  g_array_append_val(files, file);
  return file.fd;
}

gssize rootfs_host_pread(OciRootfs *rootfs, const OciInode *inode, void *buffer, gsize length, guint64 offset, GError **error)
{
  if (inode->metadata.type != OCI_FILE_REGULAR || offset >= inode->metadata.size)
    return 0;
  length = (gsize)MIN((guint64)length, inode->metadata.size - offset);
  g_mutex_lock(&rootfs->host->lock);
  int fd = open_cached(rootfs, inode, error);
  gsize done = 0;
  ssize_t got = 1;
  while (fd >= 0 && done < length && got > 0)
  {
    got = pread(fd, (guint8 *)buffer + done, length - done, (off_t)(offset + done));
    done += got > 0 ? (gsize)got : 0;
    if (got < 0 && errno == EINTR)
      got = 1;
  }
  int number = errno;
  g_mutex_unlock(&rootfs->host->lock);
  if (fd < 0)
    return -1;
  if (done == length)
    return (gssize)done;
  g_autofree char *path = oci_node_path(((const HostFile *)inode->detail)->name);
  set_errno_error(path, got < 0 ? number : EIO, error);
  if (got == 0)
    g_prefix_error(error, "the file became shorter: ");
  return -1;
}

static gint compare_xattrs(gconstpointer a, gconstpointer b)
{
  return strcmp(((const OciXattr *)a)->name, ((const OciXattr *)b)->name);
}

/* By the descriptor; by its name in /proc when it is only a path, because the file may not be read. */
static ssize_t list_names(int fd, const char *path, char *names, gsize size)
{
  return path == NULL ? flistxattr(fd, names, size) : listxattr(path, names, size);
}

/* One attribute of an open file; FALSE with errno. */
static gboolean read_xattr(OciRootfs *rootfs, int fd, const char *path, const char *name, GArray *items)
{
  gsize size = rootfs->limits.xattr_bytes;
  g_autofree guint8 *value = g_malloc(size);
  ssize_t length = path == NULL ? fgetxattr(fd, name, value, size) : getxattr(path, name, value, size);
  if (length < 0)
    return FALSE;
  guint8 *copy = rootfs_alloc(rootfs, (gsize)length + 1);
  memcpy(copy, value, (gsize)length);
  OciXattr item = {.name = rootfs_string(rootfs, name, -1), .value = copy, .length = (gsize)length};
  g_array_append_val(items, item);
  return TRUE;
}

static gboolean read_xattrs(OciRootfs *rootfs, int fd, const char *path, GArray *items)
{
  g_autofree char *names = g_malloc(XATTR_LIST_MAX_BYTES);
  ssize_t length = list_names(fd, path, names, XATTR_LIST_MAX_BYTES);
  if (length < 0)
    return errno == ENOTSUP;
  for (const char *name = names; name < names + length; name += strlen(name) + 1)
  {
    /* user.* of what may not be read: part of what may not be read */
    if (!rootfs_is_foreign_xattr(name) && !read_xattr(rootfs, fd, path, name, items) && (path == NULL || errno != EACCES))
      return FALSE;
  }
  g_array_sort(items, compare_xattrs);
  return TRUE;
}

static OciXattrs *load_xattrs(OciRootfs *rootfs, const OciInode *inode, GError **error)
{
  g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(OciXattr));
  g_autofree char *path_in_proc = NULL;
  int fd = open_listed(rootfs, inode, O_RDONLY | O_NONBLOCK, NULL);
  if (fd < 0 && (fd = open_listed(rootfs, inode, O_PATH, error)) < 0)
    return NULL;
  if ((fcntl(fd, F_GETFL) & O_PATH) != 0)
    path_in_proc = g_strdup_printf("/proc/self/fd/%d", fd);
  gboolean ok = read_xattrs(rootfs, fd, path_in_proc, items);
  int number = errno;
  close(fd);
  if (!ok)
  {
    g_autofree char *path = oci_node_path(((const HostFile *)inode->detail)->name);
    set_errno_error(path, number, error);
    g_prefix_error(error, "extended attributes: ");
    return NULL;
  }
  OciXattrs *xattrs = rootfs_alloc(rootfs, sizeof *xattrs);
  OciXattr *copy = rootfs_alloc(rootfs, (items->len + 1) * sizeof *copy);
  if (items->len > 0)
    memcpy(copy, items->data, items->len * sizeof *copy);
  *xattrs = (OciXattrs){.items = copy, .count = items->len};
  return xattrs;
}

gboolean rootfs_host_xattrs(OciRootfs *rootfs, const OciInode *inode, OciXattrs *xattrs, GError **error)
{
  *xattrs = (OciXattrs){0};
  if (inode->metadata.type != OCI_FILE_REGULAR && inode->metadata.type != OCI_FILE_DIRECTORY)
    return TRUE;
  g_rec_mutex_lock(&rootfs->lock);
  OciXattrs *known = g_hash_table_lookup(rootfs->host->xattrs, inode);
  if (known == NULL)
  {
    known = load_xattrs(rootfs, inode, error);
    if (known != NULL)
      g_hash_table_insert(rootfs->host->xattrs, (gpointer)(guintptr)inode, known);
  }
  g_rec_mutex_unlock(&rootfs->lock);
  if (known != NULL)
    *xattrs = *known;
  return known != NULL;
}
