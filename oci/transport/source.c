/* What is the same for every place that is read. */
#include "oci/error.h"
#include "oci/transport/transport.h"

void oci_source_free(OciSource *source)
{
  if (source != NULL)
    source->ops->free(source);
}

char *oci_blob_name(const OciDigest *digest)
{
  g_autofree char *text = oci_digest_format(digest);
  return g_strconcat("blobs/", g_strdelimit(text, ":", '/'), NULL);
}

static GBytes *read_blob(OciBlob *blob, const char *name, guint64 limit, GError **error)
{
  guint64 size = oci_blob_size(blob);
  if (size > limit)
  {
    g_autofree char *quoted = oci_quote(name);
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "%s has %" G_GUINT64_FORMAT " bytes, more than document_bytes (%" G_GUINT64_FORMAT ")",
                quoted, size, limit);
    return NULL;
  }
  g_autofree guint8 *bytes = g_malloc(size + 1);
  gssize got = oci_blob_pread(blob, bytes, size, 0, error);
  if (got < 0)
    return NULL;
  return g_bytes_new_take(g_steal_pointer(&bytes), (gsize)got);
}

gboolean oci_source_read(OciSource *source, const char *name, guint64 limit, GBytes **bytes, GError **error)
{
  g_autoptr(OciBlob) blob = NULL;
  *bytes = NULL;
  if (!source->ops->find(source, name, &blob, error))
    return FALSE;
  if (blob == NULL)
    return TRUE;
  *bytes = read_blob(blob, name, limit, error);
  return *bytes != NULL;
}

static gboolean check_size(const OciDescriptor *descriptor, const char *digest, guint64 size, GError **error)
{
  if (size == descriptor->size)
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH,
              "blob %s has %" G_GUINT64_FORMAT " bytes, its descriptor says %" G_GUINT64_FORMAT, digest, size, descriptor->size);
  return FALSE;
}

static gboolean check_digest(const OciDescriptor *descriptor, const char *digest, GBytes *bytes, GError **error)
{
  OciDigest found;
  oci_digest_compute(descriptor->digest.algorithm, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &found);
  if (oci_digest_equal(&found, &descriptor->digest))
    return TRUE;
  g_autofree char *text = oci_digest_format(&found);
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH, "blob %s is not what its name says: its digest is %s", digest, text);
  return FALSE;
}

GBytes *oci_source_read_document(OciSource *source, const OciDescriptor *descriptor, guint64 limit, GError **error)
{
  if (descriptor->data != NULL)
    return g_bytes_ref(descriptor->data);
  g_autofree char *digest = oci_digest_format(&descriptor->digest);
  g_autofree char *name = oci_blob_name(&descriptor->digest);
  g_autoptr(OciBlob) blob = NULL;
  if (!source->ops->find(source, name, &blob, error))
    return NULL;
  if (blob == NULL)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_NOT_FOUND, "blob %s is not here", digest);
    return NULL;
  }
  if (!check_size(descriptor, digest, oci_blob_size(blob), error))
    return NULL;
  g_autoptr(GBytes) bytes = read_blob(blob, name, limit, error);
  if (bytes == NULL || !check_digest(descriptor, digest, bytes, error))
    return NULL;
  return g_steal_pointer(&bytes);
}
