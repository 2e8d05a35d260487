/* Blobs: files and ranges of them by pread(), so that nothing is mapped and the page cache is not counted as ours. */
#include "oci/blob.h"

#include "oci/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define COPY_BUFFER ((gsize)256 << 10)

typedef enum
{
  BLOB_FD,
  BLOB_RANGE,
  BLOB_BYTES,
  BLOB_SPOOL,
} BlobKind;

typedef struct
{
  GMutex lock; /* of all that follows */
  GCond grown;
  guint64 length;
  gboolean ended;
  GError *error; /* why it ended early */
} Spool;

struct oci_blob
{
  gint references;
  BlobKind kind;
  guint64 offset; /* FD: in the file; RANGE: in the parent */
  guint64 size;   /* FD, RANGE, BYTES */
  int fd;         /* FD, SPOOL */
  OciBlob *parent;
  GBytes *bytes;
  Spool *spool;
};

static OciBlob *blob_new(BlobKind kind, guint64 offset, guint64 size)
{
  OciBlob *blob = g_new0(OciBlob, 1);
  blob->references = 1;
  blob->kind = kind;
  blob->offset = offset;
  blob->size = size;
  blob->fd = -1;
  return blob;
}

static gboolean fail_errno(int code, const char *what, GError **error)
{
  gboolean full = code == ENOSPC || code == EDQUOT;
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "%s: %s%s", what, g_strerror(code),
              full ? "\nhint: set TMPDIR to a directory with more space" : "");
  return FALSE;
}

/* Reads until length bytes are there or the file ends. */
static gssize read_file(int fd, guint8 *buffer, gsize length, guint64 offset, GError **error)
{
  gsize done = 0;
  while (done < length)
  {
    ssize_t got = pread(fd, buffer + done, length - done, (off_t)(offset + done));
    if (got == 0)
      break;
    if (got < 0 && errno != EINTR)
    {
      fail_errno(errno, "reading failed", error);
      return -1;
    }
    done += got > 0 ? (gsize)got : 0;
  }
  return (gssize)done;
}

/* Waits until a spool holds the bytes up to end, or until it ends. Returns: its length, or -1 with error set. */
static gint64 spool_wait(Spool *spool, guint64 end, GError **error)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&spool->lock);
  while (spool->length < end && !spool->ended)
    g_cond_wait(&spool->grown, &spool->lock);
  if (spool->length < end && spool->error != NULL)
  {
    g_propagate_error(error, g_error_copy(spool->error));
    return -1;
  }
  return (gint64)spool->length;
}

static gssize read_spool(OciBlob *blob, void *buffer, gsize length, guint64 offset, GError **error)
{
  guint64 end = length > (guint64)G_MAXINT64 - offset ? (guint64)G_MAXINT64 : offset + length;
  gint64 there = spool_wait(blob->spool, end, error);
  if (there < 0)
    return -1;
  if (offset >= (guint64)there)
    return 0;
  gsize wanted = MIN(length, (guint64)there - offset);
  gssize got = read_file(blob->fd, buffer, wanted, offset, error);
  if (got >= 0 && (gsize)got < wanted)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the spool became shorter");
    return -1;
  }
  return got;
}

/* Unnamed where the file system can, otherwise without a name a moment later. */
static int open_unnamed(const char *directory)
{
  int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL))
    return fd;
  g_autofree char *path = g_build_filename(directory, "ocislim-XXXXXX", NULL);
  fd = mkostemp(path, O_CLOEXEC);
  if (fd >= 0)
    unlink(path);
  return fd;
}

static gboolean write_all(int fd, const guint8 *bytes, gsize length, guint64 offset, GError **error)
{
  while (length > 0)
  {
    ssize_t put = pwrite(fd, bytes, length, (off_t)offset);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return fail_errno(errno, "writing a temporary file failed", error);
    bytes += put;
    length -= (gsize)put;
    offset += (guint64)put;
  }
  return TRUE;
}

OciBlob *oci_blob_new_fd(int fd, guint64 offset, guint64 size)
{
  OciBlob *blob = blob_new(BLOB_FD, offset, size);
  blob->fd = fd;
  return blob;
}

OciBlob *oci_blob_new_range(OciBlob *parent, guint64 offset, guint64 size)
{
  OciBlob *blob = blob_new(BLOB_RANGE, offset, size);
  blob->parent = oci_blob_ref(parent);
  return blob;
}

OciBlob *oci_blob_new_bytes(GBytes *bytes)
{
  OciBlob *blob = blob_new(BLOB_BYTES, 0, g_bytes_get_size(bytes));
  blob->bytes = g_bytes_ref(bytes);
  return blob;
}

OciBlob *oci_blob_new_spool(const char *directory, GError **error)
{
  const char *fallback = g_getenv("TMPDIR");
  if (fallback == NULL || *fallback == '\0')
    fallback = "/var/tmp";
  if (directory == NULL)
    directory = fallback;
  int fd = open_unnamed(directory);
  if (fd < 0)
  {
    g_autofree char *quoted = oci_quote(directory);
    g_autofree char *what = g_strconcat("creating a temporary file in ", quoted, " failed", NULL);
    fail_errno(errno, what, error);
    return NULL;
  }
  OciBlob *blob = blob_new(BLOB_SPOOL, 0, 0);
  blob->fd = fd;
  blob->spool = g_new0(Spool, 1);
  g_mutex_init(&blob->spool->lock);
  g_cond_init(&blob->spool->grown);
  return blob;
}

gboolean oci_blob_spool_append(OciBlob *blob, const void *bytes, gsize length, GError **error)
{
  Spool *spool = blob->spool;
  /* Only this thread changes the length; the lock is not held while writing, so that readers go on. */
  guint64 offset = oci_blob_spool_length(blob);
  if (!write_all(blob->fd, bytes, length, offset, error))
    return FALSE;
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&spool->lock);
  spool->length += length;
  g_cond_broadcast(&spool->grown);
  return TRUE;
}

void oci_blob_spool_end(OciBlob *blob, const GError *error)
{
  Spool *spool = blob->spool;
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&spool->lock);
  if (spool->ended)
    return;
  spool->ended = TRUE;
  spool->error = error != NULL ? g_error_copy(error) : NULL;
  g_cond_broadcast(&spool->grown);
}

guint64 oci_blob_spool_length(OciBlob *blob)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&blob->spool->lock);
  return blob->spool->length;
}

OciBlob *oci_blob_ref(OciBlob *blob)
{
  g_atomic_int_inc(&blob->references);
  return blob;
}

void oci_blob_unref(OciBlob *blob)
{
  if (blob == NULL || !g_atomic_int_dec_and_test(&blob->references))
    return;
  if (blob->fd >= 0)
    close(blob->fd);
  oci_blob_unref(blob->parent);
  g_clear_pointer(&blob->bytes, g_bytes_unref);
  if (blob->spool != NULL)
  {
    g_mutex_clear(&blob->spool->lock);
    g_cond_clear(&blob->spool->grown);
    g_clear_error(&blob->spool->error);
    g_free(blob->spool);
  }
  g_free(blob);
}

guint64 oci_blob_size(OciBlob *blob)
{
  return blob->kind == BLOB_SPOOL ? oci_blob_spool_length(blob) : blob->size;
}

gssize oci_blob_pread(OciBlob *blob, void *buffer, gsize length, guint64 offset, GError **error)
{
  if (blob->kind == BLOB_SPOOL)
    return read_spool(blob, buffer, MIN(length, (gsize)G_MAXSSIZE), offset, error);
  if (offset >= blob->size)
    return 0;
  gsize wanted = MIN(MIN(length, (gsize)G_MAXSSIZE), blob->size - offset);
  if (blob->kind == BLOB_BYTES)
  {
    memcpy(buffer, (const guint8 *)g_bytes_get_data(blob->bytes, NULL) + offset, wanted);
    return (gssize)wanted;
  }
  gssize got = blob->kind == BLOB_FD ? read_file(blob->fd, buffer, wanted, blob->offset + offset, error)
                                     : oci_blob_pread(blob->parent, buffer, wanted, blob->offset + offset, error);
  if (got >= 0 && (gsize)got < wanted)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "input ends after %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes",
                offset + (guint64)got, blob->size);
    return -1;
  }
  return got;
}

static gboolean write_named(int fd, const guint8 *bytes, gsize length, const char *name, GError **error)
{
  while (length > 0)
  {
    ssize_t put = write(fd, bytes, length);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
    {
      int code = errno;
      g_autofree char *quoted = oci_quote(name);
      g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "cannot write %s: %s", quoted, g_strerror(code));
      return FALSE;
    }
    bytes += put;
    length -= (gsize)put;
  }
  return TRUE;
}

gboolean oci_blob_write(OciBlob *blob, int fd, const char *name, GError **error)
{
  g_autofree guint8 *buffer = g_malloc(COPY_BUFFER);
  gssize got = 0;
  for (guint64 offset = 0; (got = oci_blob_pread(blob, buffer, COPY_BUFFER, offset, error)) > 0; offset += (guint64)got)
    if (!write_named(fd, buffer, (gsize)got, name, error))
      return FALSE;
  return got == 0;
}
