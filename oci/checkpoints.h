/*
 * The checkpoints of all layers of an image, within one budget of memory.
 * Thread-safe.
 *
 * Private to oci/layer_*.c.
 */
#ifndef OCI_CHECKPOINTS_H
#define OCI_CHECKPOINTS_H

#include "oci/decoder.h"

/* At 540 MB/s of decoding, a stretch of the grid costs 8 ms at most. */
#define OCI_CHECKPOINT_GRID ((guint64)4 << 20)

/* A large snapshot must save the decoding of so many times what it takes. */
#define OCI_CHECKPOINT_FACTOR 16

typedef struct oci_checkpoint_pool OciCheckpointPool; /* reference counted */
typedef struct oci_checkpoints OciCheckpoints;        /* of one layer */

/* limit: bytes of memory. */
OciCheckpointPool *oci_checkpoint_pool_new(gsize limit);
OciCheckpointPool *oci_checkpoint_pool_ref(OciCheckpointPool *pool);
void oci_checkpoint_pool_unref(OciCheckpointPool *pool);
gsize oci_checkpoint_pool_bytes(OciCheckpointPool *pool); /* in use */

OciCheckpoints *oci_checkpoints_new(OciCheckpointPool *pool, const OciCodec *codec);
void oci_checkpoints_free(OciCheckpoints *checkpoints);

/*
 * Takes a checkpoint behind all others; keeps it when the distance from the
 * last one is large enough, and then thins out all layers when the budget is
 * used up.
 *
 * checkpoint: owned afterwards; may be NULL.
 * wanted: something starts behind it that is likely to be read.
 */
void oci_checkpoints_offer(OciCheckpoints *checkpoints, OciCheckpoint *checkpoint, gboolean wanted);

/* What is closer behind the last one is not kept, wanted or not. It only grows. */
guint64 oci_checkpoints_gap(OciCheckpoints *checkpoints);

/* The last offset up to offset where decoding can start; 0 is always one. */
guint64 oci_checkpoints_floor(OciCheckpoints *checkpoints, guint64 offset);

/* Puts a decoder there. */
void oci_checkpoints_restore(OciCheckpoints *checkpoints, OciDecoder *decoder, guint64 offset);

/* TRUE when some lie inside members, so that the decoder they come from must be kept for codecs that need it. */
gboolean oci_checkpoints_any(OciCheckpoints *checkpoints);

#endif
