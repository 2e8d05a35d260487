/*
 * An image layout in a directory. No name leaves it: not by "..", not by a
 * symbolic link.
 */
#include "oci/error.h"
#include "oci/open_beneath.h"
#include "oci/transport/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct
{
  OciSource source;
  int fd;
} Layout;

/* A FIFO must not block, a device must not act. */
#define FILE_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static int open_beneath(int fd, const char *name)
{
  struct open_how how = {.flags = FILE_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  int opened = -1;
  do
    opened = (int)syscall(SYS_openat2, fd, name, &how, sizeof how);
  while (opened < 0 && (errno == EAGAIN || errno == EINTR));
  if (opened < 0 && (errno == ENOSYS || errno == EPERM))
    return oci_open_beneath_by_steps(fd, name, FILE_FLAGS); /* then no link at all */
  return opened;
}

static gboolean layout_find(OciSource *source, const char *name, OciBlob **blob, GError **error)
{
  Layout *layout = (Layout *)source;
  struct stat status;
  *blob = NULL;
  int fd = open_beneath(layout->fd, name);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    return TRUE;
  g_autofree char *quoted = oci_quote(name);
  if (fd < 0)
  {
    const char *why = errno == EXDEV ? "it leads out of the layout" : g_strerror(errno);
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "cannot open %s: %s", quoted, why);
    return FALSE;
  }
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
  {
    close(fd);
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s is not a regular file", quoted);
    return FALSE;
  }
  *blob = oci_blob_new_fd(fd, 0, (guint64)status.st_size);
  return TRUE;
}

static void layout_free(OciSource *source)
{
  close(((Layout *)source)->fd);
  g_free(source);
}

static const OciSourceOps layout_ops = {.find = layout_find, .free = layout_free};

OciSource *oci_layout_open(const char *path, GError **error)
{
  int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
  {
    g_autofree char *quoted = oci_quote(path);
    g_set_error(error, OCI_ERROR, errno == ENOENT ? OCI_ERROR_NOT_FOUND : OCI_ERROR_IO, "cannot open %s: %s", quoted, g_strerror(errno));
    return NULL;
  }
  Layout *layout = g_new0(Layout, 1);
  layout->source.ops = &layout_ops;
  layout->fd = fd;
  return &layout->source;
}
