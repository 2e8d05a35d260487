/*
 * zstd by libzstd. Skippable frames are passed over.
 *
 * A frame can be as long as a layer, so that a state in its middle must be
 * copied too. The library has no call for that; but a context that lives in
 * memory of ours (ZSTD_initStaticDCtx) keeps all it knows in there, with
 * pointers into the same memory. A copy of the used memory, put back to the
 * same address, is the state of then. It follows that a snapshot is good for
 * the state it was taken from only.
 */
#define ZSTD_STATIC_LINKING_ONLY
#include "oci/codec_stream.h"

#include "oci/error.h"

#include <string.h>
#include <zstd.h>

/* 128 MiB: what "zstd --long" writes, and what other readers of layers take. */
#define WINDOW_LOG_MAX 27

/* Larger windows are not copied: a layer of such frames starts again at a frame. */
#define SNAPSHOT_MAX (12u << 20)

typedef struct
{
  ZSTD_DCtx *context; /* NULL until a frame's header is complete */
  guint8 *workspace;  /* where the context lives */
  gsize workspace_bytes;
  guint generation;                        /* of the workspace */
  guint8 header[ZSTD_FRAMEHEADERSIZE_MAX]; /* of the frame, until it is complete and the window's size known */
  gsize header_length;
  gboolean in_header;
} State;

typedef struct
{
  guint generation;
  gsize length;
  guint8 bytes[];
} Snapshot;

static gboolean can_begin(guint8 byte)
{
  return byte == 0x28 || (byte & 0xf0) == 0x50;
}

static gpointer state_new(void)
{
  return g_new0(State, 1);
}

static void state_free(gpointer data)
{
  State *state = data;
  g_free(state->workspace); /* the context is inside */
  g_free(state);
}

static void begin(gpointer data)
{
  State *state = data;
  state->header_length = 0;
  state->in_header = TRUE;
}

static gboolean fail(OciErrorCode code, const char *why, GError **error)
{
  g_set_error(error, OCI_ERROR, (int)code, "zstd data %s", why);
  return FALSE;
}

static gboolean fail_zstd(gsize result, GError **error)
{
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "zstd data cannot be decompressed: %s", ZSTD_getErrorName(result));
  return FALSE;
}

static gboolean start_frame(State *state, const ZSTD_frameHeader *header, GError **error)
{
  if (header->windowSize > (guint64)1 << WINDOW_LOG_MAX)
    return fail(OCI_ERROR_UNSUPPORTED, "needs a window of more than 128 MiB", error);
  gsize needed = ZSTD_estimateDStreamSize((gsize)header->windowSize);
  if (needed > state->workspace_bytes)
  {
    g_free(state->workspace);
    state->workspace = g_malloc(needed);
    state->workspace_bytes = needed;
    state->generation++;
  }
  state->context = ZSTD_initStaticDCtx(state->workspace, state->workspace_bytes);
  if (state->context == NULL)
    g_error("libzstd: ZSTD_initStaticDCtx failed");
  gsize result = ZSTD_DCtx_setParameter(state->context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
  if (ZSTD_isError(result))
    return fail_zstd(result, error);
  ZSTD_inBuffer in = {state->header, state->header_length, 0};
  guint8 nothing;
  ZSTD_outBuffer out = {&nothing, 0, 0};
  result = ZSTD_decompressStream(state->context, &out, &in);
  if (ZSTD_isError(result))
    return fail_zstd(result, error);
  if (in.pos != in.size)
    return fail(OCI_ERROR_MALFORMED, "has a frame header that cannot be read", error);
  state->in_header = FALSE;
  return TRUE;
}

/* Collects the frame's header. */
static gboolean take_header(State *state, OciCodecBuffers *buffers, GError **error)
{
  for (;;)
  {
    ZSTD_frameHeader header;
    gsize needed = ZSTD_getFrameHeader(&header, state->header, state->header_length);
    if (ZSTD_isError(needed))
      return fail_zstd(needed, error);
    if (needed == 0)
      return start_frame(state, &header, error);
    if (buffers->in_left == 0)
      return TRUE;
    g_assert(needed <= sizeof(state->header) && needed > state->header_length);
    gsize length = MIN(needed - state->header_length, buffers->in_left);
    memcpy(state->header + state->header_length, buffers->in, length);
    state->header_length += length;
    buffers->in += length;
    buffers->in_left -= length;
  }
}

static gboolean run(gpointer data, OciCodecBuffers *buffers, gboolean *ended, GError **error)
{
  State *state = data;
  *ended = FALSE;
  if (state->in_header && !take_header(state, buffers, error))
    return FALSE;
  if (state->in_header)
    return TRUE;
  ZSTD_inBuffer in = {buffers->in, buffers->in_left, 0};
  ZSTD_outBuffer out = {buffers->out, buffers->out_left, 0};
  gsize result = ZSTD_decompressStream(state->context, &out, &in);
  buffers->in += in.pos;
  buffers->in_left -= in.pos;
  buffers->out += out.pos;
  buffers->out_left -= out.pos;
  if (ZSTD_isError(result))
    return fail_zstd(result, error);
  *ended = result == 0;
  return TRUE;
}

static gpointer save(gpointer data, gsize *bytes)
{
  const State *state = data;
  if (state->in_header || state->workspace_bytes > SNAPSHOT_MAX)
    return NULL;
  Snapshot *snapshot = g_malloc(sizeof(Snapshot) + state->workspace_bytes);
  snapshot->generation = state->generation;
  snapshot->length = state->workspace_bytes;
  memcpy(snapshot->bytes, state->workspace, state->workspace_bytes);
  *bytes = sizeof(Snapshot) + snapshot->length;
  return snapshot;
}

static gboolean restore(gpointer data, gconstpointer copy)
{
  State *state = data;
  const Snapshot *snapshot = copy;
  if (snapshot->generation != state->generation)
    return FALSE;
  memcpy(state->workspace, snapshot->bytes, snapshot->length);
  state->context = (ZSTD_DCtx *)(gpointer)state->workspace;
  state->in_header = FALSE;
  return TRUE;
}

const OciCodec oci_codec_zstd = {
    .name = "zstd",
    .unit = "frame",
    .can_begin = can_begin,
    .state_new = state_new,
    .state_free = state_free,
    .begin = begin,
    .run = run,
    .save = save,
    .restore = restore,
    .snapshot_free = g_free,
    .cheap_save = FALSE,
};
