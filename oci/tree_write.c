/*
 * Entries into a new directory of the host. Everything is created below the
 * pending directory's descriptor, with names of its own making first: no link
 * of the image is ever followed. Directories get their modes and times last,
 * the deepest first.
 */
#include "oci/image.h"

#include "oci/error.h"
#include "oci/open_beneath.h"
#include "oci/pending.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/* A directory whose metadata is still to be set. */
typedef struct
{
  char *path;
  OciMetadata metadata; /* xattrs are set at once */
} Directory;

struct oci_tree_writer
{
  OciEntrySink sink;
  OciPending *pending;
  GPtrArray *directories; /* Directory*, parents first */
  GPtrArray *warnings;    /* char* */
  gboolean privileged;    /* may give files away */
  char *parent_path;      /* the directory that is open, or NULL */
  int parent_fd;
  int file_fd; /* the regular file that takes data, or -1 */
  char *file_path;
  OciMetadata file_metadata;
  guint64 file_left; /* bytes that are still to come */
};

static void directory_free(gpointer data)
{
  Directory *directory = data;
  g_free(directory->path);
  g_free(directory);
}

static gboolean fail(const char *what, const char *path, GError **error)
{
  int number = errno;
  g_autofree char *quoted = oci_quote(path);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "%s %s: %s", what, quoted, g_strerror(number));
  return FALSE;
}

OciTreeWriter *oci_tree_writer_new(const char *path, GError **error)
{
  g_autoptr(OciTreeWriter) writer = g_new0(OciTreeWriter, 1);
  writer->parent_fd = -1;
  writer->file_fd = -1;
  writer->directories = g_ptr_array_new_with_free_func(directory_free);
  writer->warnings = g_ptr_array_new_with_free_func(g_free);
  writer->privileged = geteuid() == 0;
  writer->pending = oci_pending_new_directory(path, error);
  if (writer->pending == NULL)
    return NULL;
  if (fchmod(oci_pending_fd(writer->pending), 0700) != 0)
  {
    fail("closing to others", path, error);
    return NULL;
  }
  return g_steal_pointer(&writer);
}

void oci_tree_writer_free(OciTreeWriter *writer)
{
  if (writer == NULL)
    return;
  if (writer->file_fd >= 0)
    close(writer->file_fd);
  if (writer->parent_fd >= 0)
    close(writer->parent_fd);
  oci_pending_free(writer->pending);
  g_clear_pointer(&writer->directories, g_ptr_array_unref);
  g_clear_pointer(&writer->warnings, g_ptr_array_unref);
  g_free(writer->parent_path);
  g_free(writer->file_path);
  g_free(writer);
}

static const char *last_component(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

/* The directory above a path, kept open from entry to entry. */
static int open_parent(OciTreeWriter *writer, const char *path, GError **error)
{
  g_autofree char *parent = g_strndup(path, (gsize)(last_component(path) - path));
  if (writer->parent_fd >= 0 && strcmp(parent, writer->parent_path) == 0)
    return writer->parent_fd;
  if (writer->parent_fd >= 0)
    close(writer->parent_fd);
  g_free(writer->parent_path);
  writer->parent_path = g_strdup(parent);
  writer->parent_fd = oci_open_beneath(oci_pending_fd(writer->pending), parent, O_RDONLY | O_DIRECTORY);
  if (writer->parent_fd < 0)
    fail("opening the directory of", path, error);
  return writer->parent_fd;
}

/* Only root can set some; for anybody else that is worth a warning. */
static gboolean set_xattrs(OciTreeWriter *writer, int fd, const char *path, const OciXattrs *xattrs, GError **error)
{
  for (guint i = 0; i < xattrs->count; i++)
  {
    const OciXattr *xattr = &xattrs->items[i];
    if (fsetxattr(fd, xattr->name, xattr->value, xattr->length, 0) == 0)
      continue;
    if (writer->privileged)
      return fail("setting an extended attribute of", path, error);
    g_autofree char *quoted = oci_quote(path);
    g_ptr_array_add(writer->warnings, g_strdup_printf("%s has lost its attribute %s: %s", quoted, xattr->name, g_strerror(errno)));
  }
  return TRUE;
}

static void times_of(const OciMetadata *metadata, struct timespec times[2])
{
  times[0] = (struct timespec){.tv_sec = metadata->mtime, .tv_nsec = metadata->mtime_ns};
  times[1] = times[0];
}

/*
 * Owner first: giving a file away clears its setuid bit and its capabilities.
 * The mode behind the attributes: it may forbid to write them.
 */
static gboolean set_metadata(OciTreeWriter *writer, int fd, const char *path, const OciMetadata *metadata, const OciXattrs *xattrs,
                             GError **error)
{
  struct timespec times[2];
  times_of(metadata, times);
  if (writer->privileged && fchown(fd, metadata->uid, metadata->gid) != 0)
    return fail("setting the owner of", path, error);
  if (!set_xattrs(writer, fd, path, xattrs, error))
    return FALSE;
  if (fchmod(fd, metadata->mode) != 0)
    return fail("setting the mode of", path, error);
  return futimens(fd, times) == 0 || fail("setting the time of", path, error);
}

static gboolean add_directory(OciTreeWriter *writer, const OciEntry *entry, GError **error)
{
  if (entry->path[0] != '\0')
  {
    int parent = open_parent(writer, entry->path, error);
    if (parent < 0)
      return FALSE;
    if (mkdirat(parent, last_component(entry->path), 0700) != 0)
      return fail("making the directory", entry->path, error);
  }
  Directory *directory = g_new0(Directory, 1);
  *directory = (Directory){.path = g_strdup(entry->path), .metadata = entry->metadata};
  g_ptr_array_add(writer->directories, directory);
  return TRUE;
}

/* The regular file is complete. */
static gboolean finish_file(OciTreeWriter *writer, GError **error)
{
  if (writer->file_fd < 0)
    return TRUE;
  if (writer->file_left > 0)
  {
    errno = EIO;
    return fail("too few bytes for", writer->file_path, error);
  }
  gboolean ok = set_metadata(writer, writer->file_fd, writer->file_path, &writer->file_metadata, &writer->file_metadata.xattrs, error);
  if (close(writer->file_fd) != 0 && ok)
    ok = fail("closing", writer->file_path, error);
  writer->file_fd = -1;
  g_clear_pointer(&writer->file_path, g_free);
  return ok;
}

static gboolean add_file(OciTreeWriter *writer, int parent, const OciEntry *entry, GError **error)
{
  writer->file_fd = openat(parent, last_component(entry->path), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (writer->file_fd < 0)
    return fail("creating", entry->path, error);
  writer->file_path = g_strdup(entry->path);
  writer->file_metadata = entry->metadata;
  writer->file_left = entry->metadata.size;
  return entry->metadata.size > 0 || finish_file(writer, error);
}

static gboolean add_hard_link(OciTreeWriter *writer, int parent, const OciEntry *entry, GError **error)
{
  const char *target = entry->metadata.target;
  g_autofree char *directory = g_strndup(target, (gsize)(last_component(target) - target));
  int target_parent = oci_open_beneath(oci_pending_fd(writer->pending), directory, O_RDONLY | O_DIRECTORY);
  if (target_parent < 0)
    return fail("opening the directory of", target, error);
  int result = linkat(target_parent, last_component(target), parent, last_component(entry->path), 0);
  int number = errno;
  close(target_parent);
  errno = number;
  return result == 0 || fail("linking", entry->path, error);
}

/* Owner and time of what cannot be opened. */
static gboolean set_by_name(OciTreeWriter *writer, int parent, const OciEntry *entry, GError **error)
{
  struct timespec times[2];
  const char *name = last_component(entry->path);
  times_of(&entry->metadata, times);
  if (writer->privileged && fchownat(parent, name, entry->metadata.uid, entry->metadata.gid, AT_SYMLINK_NOFOLLOW) != 0)
    return fail("setting the owner of", entry->path, error);
  if (entry->metadata.type != OCI_FILE_SYMLINK && fchmodat(parent, name, entry->metadata.mode, 0) != 0)
    return fail("setting the mode of", entry->path, error);
  return utimensat(parent, name, times, AT_SYMLINK_NOFOLLOW) == 0 || fail("setting the time of", entry->path, error);
}

static gboolean add_symlink(OciTreeWriter *writer, int parent, const OciEntry *entry, GError **error)
{
  if (symlinkat(entry->metadata.target, parent, last_component(entry->path)) != 0)
    return fail("making the link", entry->path, error);
  return set_by_name(writer, parent, entry, error);
}

static gboolean add_special(OciTreeWriter *writer, int parent, const OciEntry *entry, mode_t type, GError **error)
{
  dev_t device = makedev(entry->metadata.device_major, entry->metadata.device_minor);
  int result = mknodat(parent, last_component(entry->path), type | 0600, device);
  if (result != 0 && errno == EPERM && !writer->privileged && type != S_IFIFO)
  {
    g_autofree char *quoted = oci_quote(entry->path);
    g_ptr_array_add(writer->warnings, g_strdup_printf("%s is left out: only root can make devices", quoted));
    return TRUE;
  }
  if (result != 0)
    return fail("making the node", entry->path, error);
  return set_by_name(writer, parent, entry, error);
}

static gboolean add_entry(OciEntrySink *sink, const OciEntry *entry, GError **error)
{
  OciTreeWriter *writer = (OciTreeWriter *)sink;
  if (!oci_pending_check(writer->pending, error) || !finish_file(writer, error))
    return FALSE;
  if (entry->metadata.type == OCI_FILE_DIRECTORY)
    return add_directory(writer, entry, error);
  int parent = open_parent(writer, entry->path, error);
  if (parent < 0)
    return FALSE;
  switch (entry->metadata.type)
  {
  case OCI_FILE_REGULAR:
    return add_file(writer, parent, entry, error);
  case OCI_FILE_SYMLINK:
    return add_symlink(writer, parent, entry, error);
  case OCI_FILE_HARDLINK:
    return add_hard_link(writer, parent, entry, error);
  case OCI_FILE_FIFO:
    return add_special(writer, parent, entry, S_IFIFO, error);
  case OCI_FILE_CHARACTER:
    return add_special(writer, parent, entry, S_IFCHR, error);
  case OCI_FILE_BLOCK:
    return add_special(writer, parent, entry, S_IFBLK, error);
  case OCI_FILE_DIRECTORY:
    break;
  }
  g_assert_not_reached();
}

static gboolean add_data(OciEntrySink *sink, const void *bytes, gsize length, GError **error)
{
  OciTreeWriter *writer = (OciTreeWriter *)sink;
  const guint8 *from = bytes;
  g_return_val_if_fail(writer->file_fd >= 0 && length <= writer->file_left, FALSE);
  while (length > 0)
  {
    ssize_t put = write(writer->file_fd, from, length);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return fail("writing", writer->file_path, error);
    from += put;
    length -= (gsize)put;
    writer->file_left -= (guint64)put;
  }
  return writer->file_left > 0 || finish_file(writer, error);
}

OciEntrySink *oci_tree_writer_sink(OciTreeWriter *writer)
{
  writer->sink = (OciEntrySink){.add = add_entry, .data = add_data};
  return &writer->sink;
}

static gboolean finish_directory(OciTreeWriter *writer, const Directory *directory, GError **error)
{
  int fd = oci_open_beneath(oci_pending_fd(writer->pending), directory->path, O_RDONLY | O_DIRECTORY);
  if (fd < 0)
    return fail("opening", directory->path, error);
  gboolean ok = set_metadata(writer, fd, directory->path, &directory->metadata, &directory->metadata.xattrs, error);
  close(fd);
  return ok;
}

gboolean oci_tree_writer_finish(OciTreeWriter *writer, GError **error)
{
  if (!finish_file(writer, error))
    return FALSE;
  for (guint i = writer->directories->len; i > 0; i--)
    if (!finish_directory(writer, writer->directories->pdata[i - 1], error))
      return FALSE;
  if (!writer->privileged)
    g_ptr_array_add(writer->warnings, g_strdup("files belong to you: only root can give them their owners"));
  return oci_pending_commit(writer->pending, error);
}

GPtrArray *oci_tree_writer_warnings(OciTreeWriter *writer)
{
  return writer->warnings;
}
