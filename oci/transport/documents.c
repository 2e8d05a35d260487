/* What of an image goes into a layout or an archive, by digest. */
#include "oci/transport/transport.h"

static void named_blob_free(gpointer data)
{
  OciNamedBlob *named = data;
  oci_blob_unref(named->blob);
  g_free(named);
}

/* blob: taken. */
static void add_blob(GPtrArray *blobs, const OciDigest *digest, OciBlob *blob)
{
  for (guint i = 0; i < blobs->len; i++)
    if (oci_digest_equal(&((const OciNamedBlob *)blobs->pdata[i])->digest, digest))
    {
      oci_blob_unref(blob);
      return;
    }
  OciNamedBlob *named = g_new(OciNamedBlob, 1);
  *named = (OciNamedBlob){.digest = *digest, .blob = blob};
  g_ptr_array_add(blobs, named);
}

GPtrArray *oci_documents_blobs(const OciDocuments *documents)
{
  GPtrArray *blobs = g_ptr_array_new_with_free_func(named_blob_free);
  if (documents->index != NULL)
    add_blob(blobs, &documents->index_digest, oci_blob_new_bytes(documents->index));
  for (guint i = 0; i < documents->results->len; i++)
  {
    const OciResult *result = documents->results->pdata[i];
    add_blob(blobs, &result->manifest_digest, oci_blob_new_bytes(result->manifest));
    add_blob(blobs, &result->config_digest, oci_blob_new_bytes(result->config));
  }
  for (guint i = 0; i < documents->results->len; i++)
  {
    const OciResult *result = documents->results->pdata[i];
    add_blob(blobs, &result->layer->digest, oci_blob_ref(result->layer->blob));
  }
  return blobs;
}
