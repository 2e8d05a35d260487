/* Feeds stored bytes to a codec, member after member to the blob's last byte. */
#include "oci/decoder.h"

#include "oci/error.h"

struct oci_decoder
{
  OciBlob *blob;
  const OciCodec *codec;
  gpointer state;
  OciHasher *hasher;     /* borrowed */
  gboolean unhashed;     /* what is in input was not yet given to it */
  const gint *cancelled; /* borrowed */
  guint8 *input;
  gsize input_bytes; /* room */
  gsize input_used;
  gsize input_filled;
  guint64 stored;  /* offset in the blob behind what is in input */
  guint64 offset;  /* decoded bytes */
  gboolean at_end; /* of the blob */
  gboolean in_member;
};

static gboolean fail(const OciDecoder *decoder, const char *why, GError **error)
{
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s data %s %s", decoder->codec->name, why, decoder->codec->unit);
  return FALSE;
}

/* Some readers ignore such bytes, others do not: whoever hides something there must not come through. */
static gboolean fail_trailing(const OciDecoder *decoder, GError **error)
{
  const OciCodec *codec = decoder->codec;
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "bytes that are not %s follow the last %s", codec->name, codec->unit);
  return FALSE;
}

static void hash_input(OciDecoder *decoder)
{
  if (decoder->unhashed)
    oci_hasher_update(decoder->hasher, decoder->input, decoder->input_filled);
  decoder->unhashed = FALSE;
}

static gboolean fill_input(OciDecoder *decoder, GError **error)
{
  if (decoder->cancelled != NULL && __atomic_load_n(decoder->cancelled, __ATOMIC_RELAXED) != 0)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_CANCELLED, "cancelled");
    return FALSE;
  }
  hash_input(decoder);
  gssize got = oci_blob_pread(decoder->blob, decoder->input, decoder->input_bytes, decoder->stored, error);
  if (got < 0)
    return FALSE;
  decoder->at_end = got == 0;
  decoder->input_used = 0;
  decoder->input_filled = (gsize)got;
  decoder->stored += (guint64)got;
  decoder->unhashed = decoder->hasher != NULL;
  return TRUE;
}

/* One step: out is moved on by what was decoded. */
static gboolean step(OciDecoder *decoder, OciCodecBuffers *buffers, GError **error)
{
  buffers->in = decoder->input + decoder->input_used;
  buffers->in_left = decoder->input_filled - decoder->input_used;
  if (!decoder->in_member && !decoder->codec->can_begin(buffers->in[0]))
    return fail_trailing(decoder, error);
  if (!decoder->in_member)
    decoder->codec->begin(decoder->state);
  decoder->in_member = TRUE;
  gsize in_before = buffers->in_left;
  gsize out_before = buffers->out_left;
  gboolean ended = FALSE;
  if (!decoder->codec->run(decoder->state, buffers, &ended, error))
    return FALSE;
  decoder->input_used += in_before - buffers->in_left;
  decoder->offset += out_before - buffers->out_left;
  decoder->in_member = !ended;
  if (ended || buffers->in_left != in_before || buffers->out_left != out_before)
    return TRUE;
  if (in_before > 0)
    return fail(decoder, "cannot be decoded any further in this", error);
  return !decoder->at_end || fail(decoder, "ends in the middle of a", error);
}

static gboolean decode(OciDecoder *decoder, OciCodecBuffers *buffers, GError **error)
{
  while (buffers->out_left > 0)
  {
    if (decoder->input_used == decoder->input_filled && !decoder->at_end && !fill_input(decoder, error))
      return FALSE;
    if (decoder->at_end && !decoder->in_member)
      return TRUE;
    if (!step(decoder, buffers, error))
      return FALSE;
  }
  return TRUE;
}

OciDecoder *oci_decoder_new(OciBlob *blob, const OciCodec *codec, gsize input_bytes)
{
  OciDecoder *decoder = g_new0(OciDecoder, 1);
  decoder->blob = oci_blob_ref(blob);
  decoder->codec = codec;
  decoder->state = codec->state_new();
  decoder->input = g_malloc(input_bytes);
  decoder->input_bytes = input_bytes;
  return decoder;
}

void oci_decoder_free(OciDecoder *decoder)
{
  if (decoder == NULL)
    return;
  decoder->codec->state_free(decoder->state);
  oci_blob_unref(decoder->blob);
  g_free(decoder->input);
  g_free(decoder);
}

void oci_decoder_set_hasher(OciDecoder *decoder, OciHasher *hasher)
{
  hash_input(decoder);
  decoder->hasher = hasher;
}

gsize oci_decoder_take_unhashed(OciDecoder *decoder, const guint8 **bytes)
{
  gsize length = decoder->unhashed ? decoder->input_filled : 0;
  *bytes = decoder->input;
  decoder->unhashed = FALSE;
  return length;
}

void oci_decoder_set_cancelled(OciDecoder *decoder, const gint *cancelled)
{
  decoder->cancelled = cancelled;
}

gssize oci_decoder_read(OciDecoder *decoder, void *buffer, gsize length, GError **error)
{
  OciCodecBuffers buffers = {.out = buffer, .out_left = length};
  if (!decode(decoder, &buffers, error))
  {
    guint64 consumed = decoder->stored - (decoder->input_filled - decoder->input_used);
    if (error != NULL && g_error_matches(*error, OCI_ERROR, OCI_ERROR_MALFORMED))
      g_prefix_error(error, "at stored byte %" G_GUINT64_FORMAT ": ", consumed);
    return -1;
  }
  return (gssize)(length - buffers.out_left);
}

guint64 oci_decoder_offset(const OciDecoder *decoder)
{
  return decoder->offset;
}

guint64 oci_decoder_stored(const OciDecoder *decoder)
{
  return decoder->stored;
}

OciCheckpoint *oci_decoder_save(OciDecoder *decoder)
{
  OciCheckpoint checkpoint = {
      .offset = decoder->offset,
      .stored = decoder->stored - (decoder->input_filled - decoder->input_used),
      .in_member = decoder->in_member,
      .bytes = sizeof(OciCheckpoint),
  };
  if (decoder->in_member)
  {
    gsize bytes = 0;
    checkpoint.snapshot = decoder->codec->save(decoder->state, &bytes);
    if (checkpoint.snapshot == NULL)
      return NULL;
    checkpoint.bytes += bytes;
  }
  return g_memdup2(&checkpoint, sizeof(checkpoint));
}

gboolean oci_decoder_restore(OciDecoder *decoder, const OciCheckpoint *checkpoint)
{
  static const OciCheckpoint beginning = {0};
  if (checkpoint == NULL)
    checkpoint = &beginning;
  if (checkpoint->in_member && !decoder->codec->restore(decoder->state, checkpoint->snapshot))
    return FALSE;
  hash_input(decoder);
  decoder->in_member = checkpoint->in_member;
  decoder->offset = checkpoint->offset;
  decoder->stored = checkpoint->stored;
  decoder->input_used = 0;
  decoder->input_filled = 0;
  decoder->at_end = FALSE;
  return TRUE;
}

void oci_checkpoint_free(OciCheckpoint *checkpoint, const OciCodec *codec)
{
  if (checkpoint == NULL)
    return;
  if (checkpoint->snapshot != NULL)
    codec->snapshot_free(checkpoint->snapshot);
  g_free(checkpoint);
}
