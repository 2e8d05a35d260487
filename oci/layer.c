/* The life of a layer, and what may be asked of it. */
#include "oci/layer.h"

#include "oci/error.h"
#include "oci/layer_index.h"
#include "oci/layer_state.h"

/* Memory for all layers of an image together. */
#define CHECKPOINTS_MAX ((gsize)40 << 20)
#define PAGES_MAX       ((gsize)28 << 20)

OciLayerShared *oci_layer_shared_new(const OciLimits *limits)
{
  OciLayerShared *shared = g_new0(OciLayerShared, 1);
  shared->references = 1;
  shared->limits = *limits;
  shared->checkpoints = oci_checkpoint_pool_new(CHECKPOINTS_MAX);
  shared->pages = oci_page_cache_new(PAGES_MAX);
  g_mutex_init(&shared->lock);
  return shared;
}

OciLayerShared *oci_layer_shared_ref(OciLayerShared *shared)
{
  g_atomic_int_inc(&shared->references);
  return shared;
}

void oci_layer_shared_unref(OciLayerShared *shared)
{
  if (!g_atomic_int_dec_and_test(&shared->references))
    return;
  oci_checkpoint_pool_unref(shared->checkpoints);
  oci_page_cache_unref(shared->pages);
  g_mutex_clear(&shared->lock);
  g_free(shared);
}

gboolean oci_layer_shared_add_bytes(OciLayerShared *shared, guint64 bytes, GError **error)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&shared->lock);
  guint64 limit = shared->limits.uncompressed_bytes;
  if (bytes <= limit && shared->inflated <= limit - bytes)
  {
    shared->inflated += bytes;
    return TRUE;
  }
  g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT,
              "layers have more bytes than the limit uncompressed_bytes, %" G_GUINT64_FORMAT "\nhint: raise it with --max-uncompressed",
              limit);
  return FALSE;
}

gboolean oci_layer_shared_add_entry(OciLayerShared *shared, GError **error)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&shared->lock);
  if (shared->entries < shared->limits.entries)
  {
    shared->entries++;
    return TRUE;
  }
  g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "layers have more entries than the limit entries, %" G_GUINT64_FORMAT,
              shared->limits.entries);
  return FALSE;
}

OciLayer *oci_layer_new(OciLayerShared *shared, OciBlob *blob, const char *name)
{
  OciLayer *layer = g_new0(OciLayer, 1);
  layer->references = 1;
  layer->shared = oci_layer_shared_ref(shared);
  layer->blob = oci_blob_ref(blob);
  layer->name = g_strdup(name);
  g_mutex_init(&layer->lock);
  g_cond_init(&layer->finished);
  g_mutex_init(&layer->reading);
  layer->warnings = g_ptr_array_new_with_free_func(g_free);
  layer->list = oci_layer_list_new();
  return layer;
}

void oci_layer_finish(OciLayer *layer, GError *error)
{
  if (error != NULL)
  {
    g_autofree char *quoted = oci_quote(layer->name);
    g_prefix_error(&error, "layer %s: ", quoted);
  }
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&layer->lock);
  layer->error = error;
  layer->done = TRUE;
  g_cond_broadcast(&layer->finished);
}

gboolean oci_layer_wait(OciLayer *layer, GError **error)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&layer->lock);
  while (!layer->done)
    g_cond_wait(&layer->finished, &layer->lock);
  if (layer->error == NULL)
    return TRUE;
  g_propagate_error(error, g_error_copy(layer->error));
  return FALSE;
}

OciLayer *oci_layer_ref(OciLayer *layer)
{
  g_atomic_int_inc(&layer->references);
  return layer;
}

void oci_layer_unref(OciLayer *layer)
{
  if (layer == NULL || !g_atomic_int_dec_and_test(&layer->references))
    return;
  oci_page_cache_drop(layer->shared->pages, layer);
  oci_checkpoints_free(layer->checkpoints);
  oci_decoder_free(layer->decoder);
  g_free(layer->page);
  oci_layer_list_free(layer->list);
  g_ptr_array_unref(layer->warnings);
  g_clear_error(&layer->error);
  g_mutex_clear(&layer->reading);
  g_mutex_clear(&layer->lock);
  g_cond_clear(&layer->finished);
  g_free(layer->name);
  oci_blob_unref(layer->blob);
  oci_layer_shared_unref(layer->shared);
  g_free(layer);
}

OciCompression oci_layer_compression(OciLayer *layer)
{
  return layer->compression;
}

const OciDigest *oci_layer_digest(OciLayer *layer)
{
  return &layer->digest;
}

const OciDigest *oci_layer_diff_id(OciLayer *layer)
{
  return &layer->diff_id;
}

guint64 oci_layer_size(OciLayer *layer)
{
  return layer->size;
}

guint64 oci_layer_uncompressed_size(OciLayer *layer)
{
  return layer->uncompressed_size;
}

GPtrArray *oci_layer_warnings(OciLayer *layer)
{
  return layer->warnings;
}

const OciLayerEntry *oci_layer_entries(OciLayer *layer, guint *count)
{
  return oci_layer_list_entries(layer->list, count);
}
