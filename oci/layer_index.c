/*
 * The indexer: one thread per layer. Threads that have no layer left help
 * those that still have one by decoding for them.
 */
#include "oci/layer_index.h"

#include "oci/error.h"
#include "oci/layer_scan.h"
#include "oci/layer_state.h"

/* A helper is worth its coming when at least so many stored bytes are left. */
#define HELP_FROM ((guint64)1 << 20)

struct oci_indexer
{
  OciLayerShared *shared;
  OciScanControl control;
  GPtrArray *threads; /* GThread* */

  gint stopped; /* atomic */
  gint busy;    /* atomic: a layer waits for a thread, helpers go there */

  GMutex lock; /* of what follows */
  GCond changed;
  GQueue waiting;     /* OciLayer*, owned */
  GPtrArray *running; /* OciLayerScan*, borrowed */
};

static void update_busy(OciIndexer *indexer)
{
  g_atomic_int_set(&indexer->busy, indexer->waiting.length > 0 || g_atomic_int_get(&indexer->stopped) != 0);
}

/* The running scan that has most left and no helper: reserved, its chunks. Called with the lock. */
static OciChunks *find_work(OciIndexer *indexer)
{
  OciLayerScan *best = NULL;
  guint64 most = HELP_FROM;
  for (guint i = 0; i < indexer->running->len; i++)
  {
    OciLayerScan *scan = g_ptr_array_index(indexer->running, i);
    guint64 left = oci_layer_scan_left(scan);
    if (left > most && !oci_chunks_helped(oci_layer_scan_chunks(scan)))
    {
      best = scan;
      most = left;
    }
  }
  if (best == NULL || !oci_chunks_reserve(oci_layer_scan_chunks(best)))
    return NULL;
  return oci_layer_scan_chunks(best);
}

static void index_layer(OciIndexer *indexer, OciLayer *layer)
{
  GError *error = NULL;
  OciLayerScan *scan = oci_layer_scan_new(layer, &indexer->control, &error);
  if (scan != NULL)
  {
    g_mutex_lock(&indexer->lock);
    g_ptr_array_add(indexer->running, scan);
    g_cond_broadcast(&indexer->changed);
    g_mutex_unlock(&indexer->lock);
    oci_layer_scan_run(scan, &error);
    g_mutex_lock(&indexer->lock);
    g_ptr_array_remove_fast(indexer->running, scan);
    g_mutex_unlock(&indexer->lock);
    oci_layer_scan_free(scan);
  }
  oci_layer_finish(layer, error);
  oci_layer_unref(layer);
}

static gpointer work(gpointer data)
{
  OciIndexer *indexer = data;
  g_mutex_lock(&indexer->lock);
  while (g_atomic_int_get(&indexer->stopped) == 0)
  {
    OciLayer *layer = g_queue_pop_head(&indexer->waiting);
    update_busy(indexer);
    OciChunks *chunks = layer == NULL ? find_work(indexer) : NULL;
    if (layer == NULL && chunks == NULL)
    {
      g_cond_wait(&indexer->changed, &indexer->lock);
      continue;
    }
    g_mutex_unlock(&indexer->lock);
    if (layer != NULL)
      index_layer(indexer, layer);
    else
      oci_chunks_help(chunks, &indexer->busy);
    g_mutex_lock(&indexer->lock);
  }
  g_mutex_unlock(&indexer->lock);
  return NULL;
}

OciIndexer *oci_indexer_new(guint threads, const OciLimits *limits, OciProgressFunc progress, gpointer data, const gint *cancelled)
{
  OciIndexer *indexer = g_new0(OciIndexer, 1);
  indexer->shared = oci_layer_shared_new(limits);
  indexer->control = (OciScanControl){progress, data, cancelled, &indexer->stopped};
  g_mutex_init(&indexer->lock);
  g_cond_init(&indexer->changed);
  g_queue_init(&indexer->waiting);
  indexer->running = g_ptr_array_new();
  indexer->threads = g_ptr_array_new();
  for (guint i = 0; i < MAX(threads, 1); i++)
    g_ptr_array_add(indexer->threads, g_thread_new("layer", work, indexer));
  return indexer;
}

void oci_indexer_free(OciIndexer *indexer)
{
  if (indexer == NULL)
    return;
  g_mutex_lock(&indexer->lock);
  g_atomic_int_set(&indexer->stopped, 1);
  update_busy(indexer);
  g_cond_broadcast(&indexer->changed);
  g_mutex_unlock(&indexer->lock);
  for (guint i = 0; i < indexer->threads->len; i++)
    g_thread_join(g_ptr_array_index(indexer->threads, i));
  for (OciLayer *layer = g_queue_pop_head(&indexer->waiting); layer != NULL; layer = g_queue_pop_head(&indexer->waiting))
  {
    oci_layer_finish(layer, g_error_new(OCI_ERROR, OCI_ERROR_CANCELLED, "cancelled"));
    oci_layer_unref(layer);
  }
  g_ptr_array_unref(indexer->threads);
  g_ptr_array_unref(indexer->running);
  g_mutex_clear(&indexer->lock);
  g_cond_clear(&indexer->changed);
  oci_layer_shared_unref(indexer->shared);
  g_free(indexer);
}

OciLayer *oci_indexer_add(OciIndexer *indexer, OciBlob *blob, const char *name)
{
  OciLayer *layer = oci_layer_new(indexer->shared, blob, name);
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&indexer->lock);
  g_queue_push_tail(&indexer->waiting, oci_layer_ref(layer));
  update_busy(indexer);
  g_cond_broadcast(&indexer->changed);
  return layer;
}
