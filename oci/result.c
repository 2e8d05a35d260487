/* Builds the documents of a finished image. */
#include "oci/result.h"

#include "oci/error.h"
#include "oci/manifest.h"

void oci_result_free(OciResult *result)
{
  if (result == NULL)
    return;
  g_clear_pointer(&result->config, g_bytes_unref);
  g_clear_pointer(&result->manifest, g_bytes_unref);
  oci_platform_free(result->platform);
  g_clear_pointer(&result->layer, oci_layer_blob_free);
  g_free(result);
}

static void digest_bytes(GBytes *bytes, OciDigest *digest)
{
  oci_digest_compute(OCI_DIGEST_SHA256, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), digest);
}

static gboolean check_diff_ids(const OciConfig *config, const OciLayerBlob *layer, GError **error)
{
  g_autoptr(GPtrArray) diff_ids = oci_config_diff_ids(config);
  if (diff_ids->len == 1 && oci_digest_equal(g_ptr_array_index(diff_ids, 0), &layer->diff_id))
    return TRUE;
  g_autofree char *diff_id = oci_digest_format(&layer->diff_id);
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH, "the config to be written does not describe its one layer, %s", diff_id);
  return FALSE;
}

static GBytes *make_manifest(const OciResult *result, GHashTable *annotations)
{
  g_autoptr(OciManifest) manifest = oci_manifest_new();
  const OciLayerBlob *layer = result->layer;
  manifest->config = oci_descriptor_new(OCI_MEDIATYPE_CONFIG, &result->config_digest, g_bytes_get_size(result->config));
  g_ptr_array_add(manifest->layers,
                  oci_descriptor_new(oci_media_layer_type(layer->compression), &layer->digest, oci_blob_size(layer->blob)));
  oci_string_map_merge(manifest->annotations, annotations);
  return oci_manifest_format(manifest);
}

static OciPlatform *find_platform(const OciConfig *config)
{
  g_autoptr(OciPlatform) platform = oci_config_platform(config);
  if (*platform->os == '\0' || *platform->architecture == '\0')
    return NULL;
  return g_steal_pointer(&platform);
}

OciResult *oci_result_new(const OciConfig *config, OciLayerBlob *layer, GHashTable *annotations, GError **error)
{
  g_autoptr(OciResult) result = g_new0(OciResult, 1);
  result->layer = layer;
  if (!check_diff_ids(config, layer, error))
    return NULL;
  result->config = oci_config_format(config);
  digest_bytes(result->config, &result->config_digest);
  result->manifest = make_manifest(result, annotations);
  digest_bytes(result->manifest, &result->manifest_digest);
  result->platform = find_platform(config);
  return g_steal_pointer(&result);
}
