/* Entries through libarchive's pax writer, both digests, the encoder, into a spool. */
#include "oci/layer_write.h"

#include "oci/codec_encode.h"
#include "oci/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

typedef struct archive Tar;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tar, archive_write_free)
typedef struct archive_entry TarEntry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TarEntry, archive_entry_free)

struct oci_layer_writer
{
  OciEntrySink sink;
  Tar *tar;
  OciHasher *diff_id;
  OciHasher *digest;
  OciEncoder *encoder;
  OciBlob *spool;
  OciCompression compression;
  guint64 uncompressed_size;
  guint64 file_left;  /* bytes of the last regular file that are still to come */
  gboolean abandoned; /* nothing more is written */
  GError *failure;    /* of our side of a libarchive callback */
};

void oci_layer_blob_free(OciLayerBlob *layer)
{
  if (layer == NULL)
    return;
  oci_blob_unref(layer->blob);
  g_free(layer);
}

static gboolean take_encoded(const void *bytes, gsize length, gpointer data, GError **error)
{
  OciLayerWriter *writer = data;
  oci_hasher_update(writer->digest, bytes, length);
  return oci_blob_spool_append(writer->spool, bytes, length, error);
}

static la_ssize_t take_tar(struct archive *tar, void *data, const void *bytes, size_t length)
{
  OciLayerWriter *writer = data;
  if (writer->abandoned)
    return -1;
  oci_hasher_update(writer->diff_id, bytes, length);
  writer->uncompressed_size += length;
  if (oci_encoder_write(writer->encoder, bytes, length, writer->failure == NULL ? &writer->failure : NULL))
    return (la_ssize_t)length;
  archive_set_error(tar, EIO, "the layer cannot be written");
  return -1;
}

static gboolean fail(OciLayerWriter *writer, GError **error)
{
  const char *text = archive_error_string(writer->tar);
  if (writer->failure != NULL)
    g_propagate_error(error, g_steal_pointer(&writer->failure));
  else
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "writing the layer failed: %s", text != NULL ? text : "unknown");
  return FALSE;
}

static mode_t file_type(OciFileType type)
{
  switch (type)
  {
  case OCI_FILE_REGULAR:
  case OCI_FILE_HARDLINK:
    return AE_IFREG;
  case OCI_FILE_DIRECTORY:
    return AE_IFDIR;
  case OCI_FILE_SYMLINK:
    return AE_IFLNK;
  case OCI_FILE_CHARACTER:
    return AE_IFCHR;
  case OCI_FILE_BLOCK:
    return AE_IFBLK;
  case OCI_FILE_FIFO:
    return AE_IFIFO;
  }
  g_assert_not_reached();
}

static void fill_header(const OciEntry *entry, TarEntry *header)
{
  const OciMetadata *metadata = &entry->metadata;
  archive_entry_set_pathname(header, entry->path[0] == '\0' ? "." : entry->path);
  archive_entry_set_filetype(header, file_type(metadata->type));
  archive_entry_set_perm(header, metadata->mode);
  archive_entry_set_uid(header, metadata->uid);
  archive_entry_set_gid(header, metadata->gid);
  archive_entry_set_mtime(header, metadata->mtime, (long)metadata->mtime_ns);
  archive_entry_set_size(header, metadata->type == OCI_FILE_REGULAR ? (la_int64_t)metadata->size : 0);
  if (metadata->type == OCI_FILE_SYMLINK)
    archive_entry_set_symlink(header, metadata->target);
  if (metadata->type == OCI_FILE_HARDLINK)
    archive_entry_set_hardlink(header, metadata->target);
  if (metadata->type == OCI_FILE_CHARACTER || metadata->type == OCI_FILE_BLOCK)
  {
    archive_entry_set_rdevmajor(header, metadata->device_major);
    archive_entry_set_rdevminor(header, metadata->device_minor);
  }
  for (guint i = 0; i < metadata->xattrs.count; i++)
  {
    const OciXattr *xattr = &metadata->xattrs.items[i];
    archive_entry_xattr_add_entry(header, xattr->name, xattr->value, xattr->length);
  }
}

/* libarchive would fill up with zeros. */
static gboolean check_complete(const OciLayerWriter *writer, GError **error)
{
  if (writer->file_left == 0)
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "writing the layer failed: a file is %" G_GUINT64_FORMAT " bytes too short",
              writer->file_left);
  return FALSE;
}

/* What every reader supposes of the root when there is no entry for it. */
static gboolean is_plain_root(const OciEntry *entry)
{
  const OciMetadata *metadata = &entry->metadata;
  return entry->path[0] == '\0' && metadata->mode == 0755 && metadata->uid == 0 && metadata->gid == 0 && metadata->xattrs.count == 0;
}

static gboolean add_entry(OciEntrySink *sink, const OciEntry *entry, GError **error)
{
  OciLayerWriter *writer = (OciLayerWriter *)sink;
  if (!check_complete(writer, error))
    return FALSE;
  if (is_plain_root(entry))
    return TRUE;
  writer->file_left = entry->metadata.type == OCI_FILE_REGULAR ? entry->metadata.size : 0;
  g_autoptr(TarEntry) header = archive_entry_new();
  fill_header(entry, header);
  int result = archive_write_header(writer->tar, header);
  /* a warning is about names that are not UTF-8: with hdrcharset=BINARY their bytes are written as they are */
  return result == ARCHIVE_OK || result == ARCHIVE_WARN || fail(writer, error);
}

static gboolean add_data(OciEntrySink *sink, const void *bytes, gsize length, GError **error)
{
  OciLayerWriter *writer = (OciLayerWriter *)sink;
  if (length > writer->file_left)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "writing the layer failed: a file is %" G_GUINT64_FORMAT " bytes too long",
                length - writer->file_left);
    return FALSE;
  }
  writer->file_left -= length;
  return archive_write_data(writer->tar, bytes, length) == (la_ssize_t)length || fail(writer, error);
}

static gboolean open_tar(OciLayerWriter *writer, GError **error)
{
  writer->tar = archive_write_new();
  if (archive_write_set_format_pax(writer->tar) != ARCHIVE_OK ||
      archive_write_set_format_option(writer->tar, "pax", "xattrheader", "SCHILY") != ARCHIVE_OK ||
      archive_write_set_format_option(writer->tar, "pax", "hdrcharset", "BINARY") != ARCHIVE_OK)
    return fail(writer, error);
  archive_write_set_bytes_per_block(writer->tar, 64 << 10);
  archive_write_set_bytes_in_last_block(writer->tar, 1);
  return archive_write_open(writer->tar, writer, NULL, take_tar, NULL) == ARCHIVE_OK || fail(writer, error);
}

OciLayerWriter *oci_layer_writer_new(const OciLayerWriteOptions *options, GError **error)
{
  g_autoptr(OciLayerWriter) writer = g_new0(OciLayerWriter, 1);
  writer->sink = (OciEntrySink){.add = add_entry, .data = add_data};
  writer->compression = options->compression;
  writer->diff_id = oci_hasher_new(OCI_DIGEST_SHA256);
  writer->digest = oci_hasher_new(OCI_DIGEST_SHA256);
  writer->encoder = oci_encoder_new(options->compression, options->level, options->threads, take_encoded, writer, error);
  if (writer->encoder == NULL)
    return NULL;
  writer->spool = oci_blob_new_spool(NULL, error);
  return writer->spool != NULL && open_tar(writer, error) ? g_steal_pointer(&writer) : NULL;
}

OciEntrySink *oci_layer_writer_sink(OciLayerWriter *writer)
{
  return &writer->sink;
}

OciLayerBlob *oci_layer_writer_finish(OciLayerWriter *writer, GError **error)
{
  if (!check_complete(writer, error))
    return NULL;
  if (archive_write_close(writer->tar) != ARCHIVE_OK)
  {
    fail(writer, error);
    return NULL;
  }
  if (!oci_encoder_finish(writer->encoder, error))
    return NULL;
  oci_blob_spool_end(writer->spool, NULL);
  OciLayerBlob *layer = g_new0(OciLayerBlob, 1);
  layer->blob = oci_blob_new_range(writer->spool, 0, oci_blob_spool_length(writer->spool));
  layer->compression = writer->compression;
  layer->uncompressed_size = writer->uncompressed_size;
  oci_hasher_finish(writer->digest, &layer->digest);
  oci_hasher_finish(writer->diff_id, &layer->diff_id);
  return layer;
}

void oci_layer_writer_free(OciLayerWriter *writer)
{
  if (writer == NULL)
    return;
  if (writer->tar != NULL)
  {
    writer->abandoned = TRUE;
    archive_write_close(writer->tar); /* alone, archive_write_free() forgets a buffer after a failure */
    archive_write_free(writer->tar);
  }
  oci_encoder_free(writer->encoder);
  g_clear_pointer(&writer->spool, oci_blob_unref);
  oci_hasher_free(writer->diff_id);
  oci_hasher_free(writer->digest);
  g_clear_error(&writer->failure);
  g_free(writer);
}
