/*
 * gzip by ISA-L: twice as fast as zlib where its assembler is at home.
 *
 * inflate_state is plain memory: what it points to are only our two buffers.
 */
#include "oci/codec_stream.h"

#ifdef OCI_HAVE_ISAL

#include "oci/error.h"

#include <isa-l/igzip_lib.h>
#include <string.h>

/* Debian's 2.30 counts in 32 bits: never let it near that. */
#define CALL_MAX (1u << 20)

/* The state without its window, and what is in use of that. */
typedef struct
{
  gsize length;
  guint8 bytes[];
} Snapshot;

static gboolean can_begin(guint8 byte)
{
  return byte == 0x1f;
}

static gpointer state_new(void)
{
  return g_new0(struct inflate_state, 1);
}

static void begin(gpointer data)
{
  struct inflate_state *state = data;
  isal_inflate_reset(state);
  state->crc_flag = ISAL_GZIP;
}

static const char *describe(int code)
{
  switch (code)
  {
  case ISAL_INVALID_WRAPPER:
  case ISAL_UNSUPPORTED_METHOD:
    return "is not a gzip header";
  case ISAL_INCORRECT_CHECKSUM:
    return "does not match its checksum or size";
  case ISAL_INVALID_BLOCK:
  case ISAL_INVALID_SYMBOL:
  case ISAL_INVALID_LOOKBACK:
    return "is damaged";
  default: /* not an enum: codes of the library */
    return "cannot be inflated";
  }
}

static gboolean run(gpointer data, OciCodecBuffers *buffers, gboolean *ended, GError **error)
{
  struct inflate_state *state = data;
  guint32 in = (guint32)MIN(buffers->in_left, CALL_MAX);
  guint32 out = (guint32)MIN(buffers->out_left, CALL_MAX);
  state->next_in = (guint8 *)(guintptr)buffers->in; /* the library only reads it */
  state->avail_in = in;
  state->next_out = buffers->out;
  state->avail_out = out;
  int code = isal_inflate(state);
  buffers->in += in - state->avail_in;
  buffers->in_left -= in - state->avail_in;
  buffers->out += out - state->avail_out;
  buffers->out_left -= out - state->avail_out;
  if (code != ISAL_DECOMP_OK && code != ISAL_END_INPUT && code != ISAL_OUT_OVERFLOW)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "gzip data %s", describe(code));
    return FALSE;
  }
  *ended = state->block_state == ISAL_BLOCK_FINISH;
  return TRUE;
}

static gpointer save(gpointer data, gsize *bytes)
{
  const struct inflate_state *state = data;
  gsize length = G_STRUCT_OFFSET(struct inflate_state, tmp_out_buffer) + (gsize)state->tmp_out_valid;
  Snapshot *snapshot = g_malloc(sizeof(Snapshot) + length);
  snapshot->length = length;
  memcpy(snapshot->bytes, state, length);
  *bytes = sizeof(Snapshot) + length;
  return snapshot;
}

static gboolean restore(gpointer data, gconstpointer copy)
{
  const Snapshot *snapshot = copy;
  memcpy(data, snapshot->bytes, snapshot->length);
  return TRUE;
}

const OciCodec oci_codec_gzip_isal = {
    .name = "gzip",
    .unit = "member",
    .can_begin = can_begin,
    .state_new = state_new,
    .state_free = g_free,
    .begin = begin,
    .run = run,
    .save = save,
    .restore = restore,
    .snapshot_free = g_free,
    .cheap_save = TRUE,
};

#endif
