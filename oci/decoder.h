/*
 * The bytes of a blob without their compression, piece by piece from the
 * front or from a checkpoint. A decoder is for one thread at a time.
 *
 * Private to the reading of layers and archives.
 */
#ifndef OCI_DECODER_H
#define OCI_DECODER_H

#include "oci/blob.h"
#include "oci/codec_stream.h"
#include "oci/digest.h"

typedef struct oci_decoder OciDecoder;

/* A point between two decoded bytes where decoding can start again. */
typedef struct
{
  guint64 offset;     /* in the decoded bytes */
  guint64 stored;     /* in the blob: the first byte that was not consumed */
  gboolean in_member; /* snapshot is needed and there */
  gpointer snapshot;
  gsize bytes; /* of memory, in all */
} OciCheckpoint;

/*
 * blob: a reference is taken. input_bytes: size of the buffer of stored
 * bytes, at least 4 KiB.
 */
OciDecoder *oci_decoder_new(OciBlob *blob, const OciCodec *codec, gsize input_bytes);
void oci_decoder_free(OciDecoder *decoder);

/*
 * hasher: gets every stored byte that is read from now on, in order, at the
 * latest when more are read; borrowed, or NULL. After the end of the blob
 * was reached it has all.
 */
void oci_decoder_set_hasher(OciDecoder *decoder, OciHasher *hasher);

/*
 * Takes over the hashing of what was read but not yet given to the hasher.
 *
 * bytes: set to what stays valid until the next call.
 * Returns: how many, 0 for none.
 */
gsize oci_decoder_take_unhashed(OciDecoder *decoder, const guint8 **bytes);

/* cancelled: may be NULL; looked at whenever stored bytes are read. */
void oci_decoder_set_cancelled(OciDecoder *decoder, const gint *cancelled);

/*
 * Decodes up to length bytes.
 *
 * Returns: how many (fewer only at the end, 0: the end was reached and is
 * sound), or -1 with error set.
 * Errors: OCI_ERROR_MALFORMED for damaged, truncated or trailing bytes, with
 * the offset in the blob; OCI_ERROR_CANCELLED; as oci_blob_pread().
 */
gssize oci_decoder_read(OciDecoder *decoder, void *buffer, gsize length, GError **error);

guint64 oci_decoder_offset(const OciDecoder *decoder); /* decoded bytes until now */
guint64 oci_decoder_stored(const OciDecoder *decoder); /* stored bytes that were read from the blob */

/* Returns: a new checkpoint, or NULL where there can be none. */
OciCheckpoint *oci_decoder_save(OciDecoder *decoder);

/*
 * Goes to a checkpoint of this decoder, or of another one of the same blob
 * and codec where the codec is gzip or none. NULL: the beginning.
 *
 * Returns: FALSE when this checkpoint cannot be used any more.
 */
gboolean oci_decoder_restore(OciDecoder *decoder, const OciCheckpoint *checkpoint);

void oci_checkpoint_free(OciCheckpoint *checkpoint, const OciCodec *codec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciDecoder, oci_decoder_free)

#endif
