/* Reads files of an indexed layer: from the cache of pages, or decoded again from the checkpoint before them. */
#include "oci/error.h"
#include "oci/layer_index.h"
#include "oci/layer_state.h"

#include <string.h>

/* There may be as many decoders as layers, so less than when indexing. */
#define INPUT_BYTES ((gsize)64 << 10)

static gboolean fail_changed(OciLayer *layer, GError **error)
{
  g_autofree char *quoted = oci_quote(layer->name);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "layer %s has changed since it was indexed", quoted);
  return FALSE;
}

/* Decodes the next page of the layer's decoder into layer->page. */
static gboolean decode_page(OciLayer *layer, gsize *length, GError **error)
{
  gssize got = oci_decoder_read(layer->decoder, layer->page, OCI_PAGE_BYTES, error);
  if (got < 0)
  {
    g_autofree char *quoted = oci_quote(layer->name);
    g_prefix_error(error, "layer %s: ", quoted);
    return FALSE;
  }
  *length = (gsize)got;
  return got > 0 || fail_changed(layer, error);
}

/* Brings the decoder to the page's first byte, if need be from a checkpoint; all stops are at pages. */
static gboolean go_to_page(OciLayer *layer, guint64 start, GError **error)
{
  if (layer->decoder == NULL)
    layer->decoder = oci_decoder_new(layer->blob, layer->codec, INPUT_BYTES);
  if (layer->page == NULL)
    layer->page = g_malloc(OCI_PAGE_BYTES);
  guint64 at = oci_decoder_offset(layer->decoder);
  if (at > start || at % OCI_PAGE_BYTES != 0 || oci_checkpoints_floor(layer->checkpoints, start) > at)
    oci_checkpoints_restore(layer->checkpoints, layer->decoder, start);
  while (oci_decoder_offset(layer->decoder) < start)
  {
    gsize length;
    if (!decode_page(layer, &length, error))
      return FALSE;
  }
  return oci_decoder_offset(layer->decoder) == start || fail_changed(layer, error);
}

/* At most up to the end of the page. */
static gssize read_page(OciLayer *layer, guint8 *buffer, gsize length, guint64 offset, GError **error)
{
  OciPageCache *pages = layer->shared->pages;
  guint64 number = offset / OCI_PAGE_BYTES;
  gsize within = (gsize)(offset % OCI_PAGE_BYTES);
  gsize got;
  if (oci_page_cache_read(pages, layer, number, within, buffer, length, &got))
    return (gssize)got;
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&layer->reading);
  if (oci_page_cache_read(pages, layer, number, within, buffer, length, &got)) /* made while we waited */
    return (gssize)got;
  gsize page_length;
  if (!go_to_page(layer, offset - within, error) || !decode_page(layer, &page_length, error))
    return -1;
  oci_page_cache_insert(pages, layer, number, layer->page, page_length);
  got = within < page_length ? MIN(length, page_length - within) : 0;
  memcpy(buffer, layer->page + within, got);
  return (gssize)got;
}

/* Bytes of the uncompressed tar. */
static gboolean read_tar(OciLayer *layer, guint8 *buffer, gsize length, guint64 offset, GError **error)
{
  while (length > 0)
  {
    gsize wanted = MIN(length, OCI_PAGE_BYTES - (gsize)(offset % OCI_PAGE_BYTES));
    gssize got = layer->compression == OCI_COMPRESSION_NONE ? oci_blob_pread(layer->blob, buffer, length, offset, error)
                                                            : read_page(layer, buffer, wanted, offset, error);
    if (got < 0)
      return FALSE;
    if (got == 0)
      return fail_changed(layer, error);
    buffer += got;
    length -= (gsize)got;
    offset += (guint64)got;
  }
  return TRUE;
}

/* Returns: how many segments end at or before offset. stored: set to the bytes that these have. */
static guint32 segments_before(const OciLayerEntry *entry, guint64 offset, guint64 *stored)
{
  guint32 count = 0;
  *stored = 0;
  for (; count < entry->segment_count && entry->segments[count].offset + entry->segments[count].length <= offset; count++)
    *stored += entry->segments[count].length;
  return count;
}

/* Zeros with the segments laid over them. */
static gboolean read_sparse(OciLayer *layer, const OciLayerEntry *entry, guint8 *buffer, gsize length, guint64 offset, GError **error)
{
  memset(buffer, 0, length);
  guint64 stored;
  guint64 end = offset + length;
  for (guint32 i = segments_before(entry, offset, &stored); i < entry->segment_count && entry->segments[i].offset < end; i++)
  {
    const OciSparseSegment *segment = &entry->segments[i];
    guint64 from = MAX(offset, segment->offset);
    guint64 until = MIN(end, segment->offset + segment->length);
    if (!read_tar(layer, buffer + (from - offset), (gsize)(until - from), entry->data_offset + stored + (from - segment->offset), error))
      return FALSE;
    stored += segment->length;
  }
  return TRUE;
}

gssize oci_layer_pread(OciLayer *layer, const OciLayerEntry *entry, void *buffer, gsize length, guint64 offset, GError **error)
{
  guint64 size = entry->entry.metadata.size;
  if (offset >= size)
    return 0;
  gsize wanted = MIN(MIN(length, (gsize)G_MAXSSIZE), size - offset);
  gboolean ok = entry->segments != NULL ? read_sparse(layer, entry, buffer, wanted, offset, error)
                                        : read_tar(layer, buffer, wanted, entry->data_offset + offset, error);
  return ok ? (gssize)wanted : -1;
}
