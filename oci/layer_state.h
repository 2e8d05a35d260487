/*
 * What a layer consists of, between those who make it and read it.
 *
 * Private to oci/layer_*.c.
 */
#ifndef OCI_LAYER_STATE_H
#define OCI_LAYER_STATE_H

#include "oci/checkpoints.h"
#include "oci/layer_list.h"
#include "oci/page_cache.h"

/* What the layers of one indexer have in common; they outlive it. */
typedef struct
{
  gint references;
  OciLimits limits;
  OciCheckpointPool *checkpoints;
  OciPageCache *pages;
  GMutex lock;      /* of the sums */
  guint64 inflated; /* bytes of all layers */
  guint64 entries;  /* of all layers */
} OciLayerShared;

OciLayerShared *oci_layer_shared_new(const OciLimits *limits);
OciLayerShared *oci_layer_shared_ref(OciLayerShared *shared);
void oci_layer_shared_unref(OciLayerShared *shared);

/* Add to the sums. Errors: OCI_ERROR_LIMIT. */
gboolean oci_layer_shared_add_bytes(OciLayerShared *shared, guint64 bytes, GError **error);
gboolean oci_layer_shared_add_entry(OciLayerShared *shared, GError **error);

struct oci_layer
{
  gint references;
  OciLayerShared *shared;
  OciBlob *blob;
  char *name;

  GMutex lock; /* of done */
  GCond finished;
  gboolean done;

  /* Written by the thread that indexes it, read by everybody after done. */
  GError *error;
  OciCompression compression;
  const OciCodec *codec;
  OciDigest digest;
  OciDigest diff_id;
  guint64 size;
  guint64 uncompressed_size;
  GPtrArray *warnings; /* char* */
  OciLayerList *list;
  OciCheckpoints *checkpoints;

  GMutex reading;      /* of what follows */
  OciDecoder *decoder; /* NULL until needed; the indexer leaves its own where the codec's snapshots need that */
  guint8 *page;        /* OCI_PAGE_BYTES */
};

OciLayer *oci_layer_new(OciLayerShared *shared, OciBlob *blob, const char *name);

/* The end of indexing. error: owned afterwards; NULL: it went well. */
void oci_layer_finish(OciLayer *layer, GError *error);

#endif
