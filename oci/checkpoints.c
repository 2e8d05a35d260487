/*
 * Which checkpoints are kept: a coarse grid everywhere, and finer where an
 * ELF file starts, for its headers are read in any order. When memory is used
 * up, the closest ones go first.
 */
#include "oci/checkpoints.h"

struct oci_checkpoint_pool
{
  gint references;
  gsize limit;
  GMutex lock; /* of what follows, and of all lists */
  gsize bytes;
  guint64 min_gap;  /* between two checkpoints of a layer */
  GPtrArray *lists; /* OciCheckpoints*, borrowed */
};

struct oci_checkpoints
{
  OciCheckpointPool *pool;
  const OciCodec *codec;
  GPtrArray *items; /* OciCheckpoint*, by offset */
};

static OciCheckpoint *item(const OciCheckpoints *checkpoints, guint index)
{
  return g_ptr_array_index(checkpoints->items, index);
}

/* Drops those that are too close to the one before. */
static void thin_list(OciCheckpoints *checkpoints)
{
  guint kept = 0;
  guint64 last = 0;
  for (guint i = 0; i < checkpoints->items->len; i++)
  {
    OciCheckpoint *checkpoint = item(checkpoints, i);
    if (checkpoint->offset - last < checkpoints->pool->min_gap)
    {
      checkpoints->pool->bytes -= checkpoint->bytes;
      oci_checkpoint_free(checkpoint, checkpoints->codec);
      continue;
    }
    last = checkpoint->offset;
    checkpoints->items->pdata[kept++] = checkpoint;
  }
  g_ptr_array_set_size(checkpoints->items, (gint)kept);
}

static void thin_pool(OciCheckpointPool *pool)
{
  while (pool->bytes > pool->limit)
  {
    pool->min_gap *= 2;
    for (guint i = 0; i < pool->lists->len; i++)
      thin_list(g_ptr_array_index(pool->lists, i));
  }
}

/* Returns: how many items are at or before offset. */
static guint count_until(const OciCheckpoints *checkpoints, guint64 offset)
{
  guint low = 0;
  guint high = checkpoints->items->len;
  while (low < high)
  {
    guint middle = low + (high - low) / 2;
    if (item(checkpoints, middle)->offset <= offset)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

OciCheckpointPool *oci_checkpoint_pool_new(gsize limit)
{
  OciCheckpointPool *pool = g_new0(OciCheckpointPool, 1);
  pool->references = 1;
  pool->limit = limit;
  pool->min_gap = OCI_CHECKPOINT_GRID / 16;
  g_mutex_init(&pool->lock);
  pool->lists = g_ptr_array_new();
  return pool;
}

OciCheckpointPool *oci_checkpoint_pool_ref(OciCheckpointPool *pool)
{
  g_atomic_int_inc(&pool->references);
  return pool;
}

void oci_checkpoint_pool_unref(OciCheckpointPool *pool)
{
  if (!g_atomic_int_dec_and_test(&pool->references))
    return;
  g_mutex_clear(&pool->lock);
  g_ptr_array_unref(pool->lists);
  g_free(pool);
}

gsize oci_checkpoint_pool_bytes(OciCheckpointPool *pool)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&pool->lock);
  return pool->bytes;
}

OciCheckpoints *oci_checkpoints_new(OciCheckpointPool *pool, const OciCodec *codec)
{
  OciCheckpoints *checkpoints = g_new0(OciCheckpoints, 1);
  checkpoints->pool = oci_checkpoint_pool_ref(pool);
  checkpoints->codec = codec;
  checkpoints->items = g_ptr_array_new();
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&pool->lock);
  g_ptr_array_add(pool->lists, checkpoints);
  return checkpoints;
}

void oci_checkpoints_free(OciCheckpoints *checkpoints)
{
  if (checkpoints == NULL)
    return;
  OciCheckpointPool *pool = checkpoints->pool;
  g_mutex_lock(&pool->lock);
  g_ptr_array_remove_fast(pool->lists, checkpoints);
  for (guint i = 0; i < checkpoints->items->len; i++)
  {
    pool->bytes -= item(checkpoints, i)->bytes;
    oci_checkpoint_free(item(checkpoints, i), checkpoints->codec);
  }
  g_mutex_unlock(&pool->lock);
  g_ptr_array_unref(checkpoints->items);
  oci_checkpoint_pool_unref(pool);
  g_free(checkpoints);
}

void oci_checkpoints_offer(OciCheckpoints *checkpoints, OciCheckpoint *checkpoint, gboolean wanted)
{
  if (checkpoint == NULL)
    return;
  OciCheckpointPool *pool = checkpoints->pool;
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&pool->lock);
  guint count = checkpoints->items->len;
  guint64 gap = checkpoint->offset - (count > 0 ? item(checkpoints, count - 1)->offset : 0);
  guint64 needed = MAX(pool->min_gap, wanted ? 0 : OCI_CHECKPOINT_GRID);
  if (!checkpoints->codec->cheap_save)
    needed = MAX(needed, OCI_CHECKPOINT_FACTOR * (guint64)checkpoint->bytes);
  if (gap < needed)
  {
    oci_checkpoint_free(checkpoint, checkpoints->codec);
    return;
  }
  g_ptr_array_add(checkpoints->items, checkpoint);
  pool->bytes += checkpoint->bytes;
  thin_pool(pool);
}

guint64 oci_checkpoints_gap(OciCheckpoints *checkpoints)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&checkpoints->pool->lock);
  return checkpoints->pool->min_gap;
}

guint64 oci_checkpoints_floor(OciCheckpoints *checkpoints, guint64 offset)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&checkpoints->pool->lock);
  guint count = count_until(checkpoints, offset);
  return count > 0 ? item(checkpoints, count - 1)->offset : 0;
}

void oci_checkpoints_restore(OciCheckpoints *checkpoints, OciDecoder *decoder, guint64 offset)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&checkpoints->pool->lock);
  for (guint count = count_until(checkpoints, offset); count > 0; count--)
    if (oci_decoder_restore(decoder, item(checkpoints, count - 1)))
      return;
  oci_decoder_restore(decoder, NULL);
}

gboolean oci_checkpoints_any(OciCheckpoints *checkpoints)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&checkpoints->pool->lock);
  return checkpoints->items->len > 0;
}
