/*
 * A tar archive in a file: only its headers are read; what is in it is read
 * where it stands.
 */
#include "oci/error.h"
#include "oci/transport/members.h"
#include "oci/transport/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES 4096 /* a header and what follows it; more would be read for nothing */

typedef struct
{
  OciSource source;
  OciBlob *blob;
  OciMembers *members;
} Archive;

/* Headers come from the blob, data are jumped over. */
typedef struct
{
  OciTarSource source;
  OciBlob *blob;
  guint64 offset;
  guint8 buffer[BUFFER_BYTES];
} Walker;

static gssize walker_next(OciTarSource *source, const guint8 **bytes, GError **error)
{
  Walker *walker = (Walker *)source;
  gssize got = oci_blob_pread(walker->blob, walker->buffer, sizeof walker->buffer, walker->offset, error);
  if (got > 0)
    walker->offset += (guint64)got;
  *bytes = walker->buffer;
  return got;
}

static gboolean walker_skip(OciTarSource *source, guint64 length, GError **error)
{
  Walker *walker = (Walker *)source;
  guint64 left = oci_blob_size(walker->blob) - walker->offset;
  if (length > left)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "the archive is truncated: %" G_GUINT64_FORMAT " bytes are missing", length - left);
    return FALSE;
  }
  walker->offset += length;
  return TRUE;
}

static gboolean walk(Archive *archive, const OciLimits *limits, GError **error)
{
  Walker walker = {.source = {.next = walker_next, .skip = walker_skip}, .blob = archive->blob};
  g_autoptr(OciTarReader) reader = oci_tar_reader_new(&walker.source, limits, NULL);
  const OciTarEntry *entry = NULL;
  OciMember *member = NULL;
  do
    if (!oci_tar_reader_next(reader, &entry, error))
      return FALSE;
  while (entry != NULL && oci_members_add(archive->members, entry, &member, error));
  return entry == NULL;
}

static gboolean archive_find(OciSource *source, const char *name, OciBlob **blob, GError **error)
{
  (void)error;
  Archive *archive = (Archive *)source;
  const OciMember *member = oci_members_find(archive->members, name);
  *blob = member == NULL ? NULL : oci_blob_new_range(archive->blob, member->offset, member->size);
  return TRUE;
}

static void archive_free(OciSource *source)
{
  Archive *archive = (Archive *)source;
  oci_members_free(archive->members);
  oci_blob_unref(archive->blob);
  g_free(archive);
}

static const OciSourceOps archive_ops = {.find = archive_find, .free = archive_free};

static OciSource *archive_new(int fd, guint64 size, const OciLimits *limits, GError **error)
{
  Archive *archive = g_new0(Archive, 1);
  g_autoptr(OciSource) source = &archive->source;
  archive->source.ops = &archive_ops;
  archive->members = oci_members_new();
  archive->blob = oci_blob_new_fd(fd, 0, size);
  return walk(archive, limits, error) ? g_steal_pointer(&source) : NULL;
}

static OciSource *open_fd(int fd, const OciSourceContext *context, GError **error)
{
  struct stat status;
  guint8 head[8] = {0};
  if (fstat(fd, &status) != 0)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "%s", g_strerror(errno));
    close(fd);
    return NULL;
  }
  ssize_t got = S_ISREG(status.st_mode) ? pread(fd, head, sizeof head, 0) : -1;
  if (got >= 0 && oci_compression_sniff(head, (gsize)got) == OCI_COMPRESSION_NONE)
    return archive_new(fd, (guint64)status.st_size, context->limits, error);
  OciSource *source = oci_stream_open(fd, NULL, context, error);
  close(fd);
  return source;
}

OciSource *oci_archive_open(const char *path, const OciSourceContext *context, GError **error)
{
  g_autofree char *quoted = oci_quote(path);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0)
  {
    g_set_error(error, OCI_ERROR, errno == ENOENT ? OCI_ERROR_NOT_FOUND : OCI_ERROR_IO, "cannot open %s: %s", quoted, g_strerror(errno));
    return NULL;
  }
  OciSource *source = open_fd(fd, context, error);
  if (source == NULL)
    g_prefix_error(error, "archive %s: ", quoted);
  return source;
}
