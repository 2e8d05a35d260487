/*
 * A layer's decoded bytes in chunks, made by the thread that wants them, or by
 * another one that helps.
 *
 * With a helper one thread decodes while the other hashes and lists. It comes
 * and goes between two chunks.
 *
 * Private to oci/layer_*.c.
 */
#ifndef OCI_CHUNKS_H
#define OCI_CHUNKS_H

#include "oci/checkpoints.h"

/* Stays in the second-level cache from decoding to hashing. */
#define OCI_CHUNK_BYTES ((gsize)256 << 10)

typedef struct
{
  guint8 *bytes;
  gsize length;              /* less than OCI_CHUNK_BYTES only at the end, then 0 */
  guint64 offset;            /* decoded bytes in front of it */
  guint64 stored;            /* stored bytes that were read when it was made */
  OciCheckpoint *checkpoint; /* before it; may be NULL; owned by the chunk until it is taken */
} OciChunk;

typedef struct oci_chunks OciChunks;

/* Both borrowed. checkpoints: which will be offered the chunks' own; NULL: none are made of a codec that saves cheaply. */
OciChunks *oci_chunks_new(OciDecoder *decoder, const OciCodec *codec, OciCheckpoints *checkpoints);
/* Waits for a helper to leave. */
void oci_chunks_free(OciChunks *chunks);

/*
 * Each chunk is hashed when it is returned, and the stored bytes with it.
 *
 * Returns: the next chunk, valid until the next call; NULL with error set.
 */
OciChunk *oci_chunks_next(OciChunks *chunks, GError **error);

/* Borrowed; stored: of the stored bytes, may be NULL; decoded: of the decoded ones. blob: the decoder's. Once, before the first chunk. */
void oci_chunks_set_hashers(OciChunks *chunks, OciHasher *stored, OciHasher *decoded, OciBlob *blob);

/*
 * For another thread: decodes for the one that calls oci_chunks_next(), until
 * the end or until *leave is not 0. Only one helper at a time, see
 * oci_chunks_reserve().
 */
void oci_chunks_help(OciChunks *chunks, const gint *leave);

/* TRUE while another thread helps. */
gboolean oci_chunks_helped(OciChunks *chunks);

/* Returns: TRUE for the one thread that may call oci_chunks_help() now. */
gboolean oci_chunks_reserve(OciChunks *chunks);

#endif
