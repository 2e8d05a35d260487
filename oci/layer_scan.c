/* The tar reader pulls chunks, which are hashed when they come; the checkpoint of one is offered when it goes. */
#include "oci/layer_scan.h"

#include "oci/error.h"

#include <string.h>

/* Of stored bytes, per call of pread(). */
#define INPUT_BYTES ((gsize)256 << 10)

/* Below that the ratio says nothing: a layer may be one file of zeros. */
#define RATIO_FROM ((guint64)64 << 20)

struct oci_layer_scan
{
  OciTarSource source; /* the first: it is the scan */
  OciLayer *layer;
  const OciScanControl *control;
  OciDecoder *decoder;
  OciChunks *chunks;
  OciHasher *stored_hasher; /* NULL: stored and decoded bytes are the same */
  OciHasher *hasher;
  OciChunk *chunk;     /* the current one */
  gboolean elf_starts; /* in the current chunk */
  guint64 stored;      /* bytes that were read until now */
};

static gboolean check_stopped(const OciLayerScan *scan, GError **error)
{
  const gint *cancelled = scan->control->cancelled;
  if (__atomic_load_n(scan->control->stopped, __ATOMIC_RELAXED) == 0 &&
      (cancelled == NULL || __atomic_load_n(cancelled, __ATOMIC_RELAXED) == 0))
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_CANCELLED, "cancelled");
  return FALSE;
}

static gboolean check_ratio(const OciLayerScan *scan, GError **error)
{
  guint64 ratio = scan->layer->shared->limits.ratio;
  guint64 decoded = scan->chunk->offset + scan->chunk->length;
  if (decoded <= RATIO_FROM || decoded / MAX(ratio, 1) <= scan->chunk->stored)
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT,
              "%" G_GUINT64_FORMAT " stored bytes inflate to %" G_GUINT64_FORMAT ", more than the limit ratio, %" G_GUINT64_FORMAT
              " : 1\nhint: raise it with --max-ratio",
              scan->chunk->stored, decoded, ratio);
  return FALSE;
}

static void report_progress(OciLayerScan *scan)
{
  guint64 more = scan->chunk->stored - scan->stored;
  __atomic_store_n(&scan->stored, scan->chunk->stored, __ATOMIC_RELAXED);
  if (more > 0 && scan->control->progress != NULL)
    scan->control->progress(more, scan->control->data);
}

static void leave_chunk(OciLayerScan *scan)
{
  if (scan->chunk != NULL && scan->stored_hasher != NULL)
    oci_checkpoints_offer(scan->layer->checkpoints, g_steal_pointer(&scan->chunk->checkpoint), scan->elf_starts);
  scan->elf_starts = FALSE;
}

static gssize next_piece(OciTarSource *source, const guint8 **bytes, GError **error)
{
  OciLayerScan *scan = (OciLayerScan *)source;
  if (!check_stopped(scan, error))
    return -1;
  leave_chunk(scan);
  scan->chunk = oci_chunks_next(scan->chunks, error);
  if (scan->chunk == NULL)
    return -1;
  report_progress(scan);
  if (!oci_layer_shared_add_bytes(scan->layer->shared, scan->chunk->length, error) || !check_ratio(scan, error))
    return -1;
  *bytes = scan->chunk->bytes;
  return (gssize)scan->chunk->length;
}

/* What is dynamically linked will be read by its headers, in any order: a checkpoint close to it is worth its memory. */
static gboolean note_elf(OciLayerScan *scan, OciTarReader *reader, const OciTarEntry *entry, GError **error)
{
  if (scan->stored_hasher == NULL || entry->data_size < 64 || entry->segments != NULL)
    return TRUE;
  const guint8 *bytes;
  gssize got = oci_tar_reader_data(reader, &bytes, error);
  if (got < 0)
    return FALSE;
  scan->elf_starts = scan->elf_starts || (got >= 4 && memcmp(bytes, "\177ELF", 4) == 0);
  return TRUE;
}

static gboolean list_entries(OciLayerScan *scan, GError **error)
{
  OciLayer *layer = scan->layer;
  g_autoptr(OciTarReader) reader = oci_tar_reader_new(&scan->source, &layer->shared->limits, layer->warnings);
  for (;;)
  {
    const OciTarEntry *entry;
    if (!oci_tar_reader_next(reader, &entry, error))
      return FALSE;
    if (entry == NULL)
      return TRUE;
    if (!oci_layer_shared_add_entry(layer->shared, error) || !oci_layer_list_add(layer->list, entry, layer->warnings, error) ||
        !note_elf(scan, reader, entry, error))
      return FALSE;
  }
}

/* The tar reader stops for the last time at a piece of no length; the blob may still have to be read to its end. */
static gboolean finish(OciLayerScan *scan, GError **error)
{
  OciLayer *layer = scan->layer;
  const guint8 *bytes;
  while (scan->chunk == NULL || scan->chunk->length > 0)
    if (next_piece(&scan->source, &bytes, error) < 0)
      return FALSE;
  layer->uncompressed_size = scan->chunk->offset;
  layer->size = scan->chunk->stored;
  oci_hasher_finish(scan->hasher, &layer->diff_id);
  if (scan->stored_hasher != NULL)
    oci_hasher_finish(scan->stored_hasher, &layer->digest);
  else
    layer->digest = layer->diff_id;
  return TRUE;
}

OciLayerScan *oci_layer_scan_new(OciLayer *layer, const OciScanControl *control, GError **error)
{
  guint8 head[4];
  gssize got = oci_blob_pread(layer->blob, head, sizeof(head), 0, error);
  if (got < 0)
    return NULL;
  layer->compression = oci_compression_sniff(head, (gsize)got);
  layer->codec = oci_codec_get(layer->compression);
  layer->checkpoints = oci_checkpoints_new(layer->shared->checkpoints, layer->codec);
  OciLayerScan *scan = g_new0(OciLayerScan, 1);
  scan->source.next = next_piece;
  scan->layer = layer;
  scan->control = control;
  scan->decoder = oci_decoder_new(layer->blob, layer->codec, INPUT_BYTES);
  oci_decoder_set_cancelled(scan->decoder, control->cancelled);
  scan->chunks = oci_chunks_new(scan->decoder, layer->codec, layer->checkpoints);
  scan->hasher = oci_hasher_new(OCI_DIGEST_SHA256);
  if (layer->compression != OCI_COMPRESSION_NONE)
    scan->stored_hasher = oci_hasher_new(OCI_DIGEST_SHA256);
  oci_chunks_set_hashers(scan->chunks, scan->stored_hasher, scan->hasher, layer->blob);
  return scan;
}

gboolean oci_layer_scan_run(OciLayerScan *scan, GError **error)
{
  return list_entries(scan, error) && finish(scan, error);
}

void oci_layer_scan_free(OciLayerScan *scan)
{
  if (scan == NULL)
    return;
  OciLayer *layer = scan->layer;
  oci_chunks_free(scan->chunks);
  if (!layer->codec->cheap_save && oci_checkpoints_any(layer->checkpoints))
  {
    oci_decoder_set_cancelled(scan->decoder, NULL);
    layer->decoder = g_steal_pointer(&scan->decoder); /* its snapshots are good for no other */
  }
  oci_decoder_free(scan->decoder);
  oci_hasher_free(scan->stored_hasher);
  oci_hasher_free(scan->hasher);
  g_free(scan);
}

OciChunks *oci_layer_scan_chunks(OciLayerScan *scan)
{
  return scan->chunks;
}

guint64 oci_layer_scan_left(OciLayerScan *scan)
{
  guint64 size = oci_blob_size(scan->layer->blob);
  guint64 stored = __atomic_load_n(&scan->stored, __ATOMIC_RELAXED);
  return stored < size ? size - stored : 0;
}
