/* gzip by zlib, for where ISA-L is not. */
#include "oci/codec_stream.h"

#include "oci/error.h"

#define ZLIB_CONST
#include <zlib.h>

#define CALL_MAX (1u << 20)

/* What zlib keeps: its state and a window of 32 KiB. */
#define SNAPSHOT_BYTES (40u << 10)

static gboolean can_begin(guint8 byte)
{
  return byte == 0x1f;
}

static gpointer state_new(void)
{
  z_stream *stream = g_new0(z_stream, 1);
  if (inflateInit2(stream, 15 + 16) != Z_OK)
    g_error("zlib: inflateInit2 failed");
  return stream;
}

static void state_free(gpointer data)
{
  inflateEnd(data);
  g_free(data);
}

static void begin(gpointer data)
{
  inflateReset(data);
}

static gboolean run(gpointer data, OciCodecBuffers *buffers, gboolean *ended, GError **error)
{
  z_stream *stream = data;
  guint32 in = (guint32)MIN(buffers->in_left, CALL_MAX);
  guint32 out = (guint32)MIN(buffers->out_left, CALL_MAX);
  stream->next_in = buffers->in;
  stream->avail_in = in;
  stream->next_out = buffers->out;
  stream->avail_out = out;
  int code = inflate(stream, Z_NO_FLUSH);
  buffers->in += in - stream->avail_in;
  buffers->in_left -= in - stream->avail_in;
  buffers->out += out - stream->avail_out;
  buffers->out_left -= out - stream->avail_out;
  if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "gzip data cannot be inflated: %s",
                stream->msg != NULL ? stream->msg : zError(code));
    return FALSE;
  }
  *ended = code == Z_STREAM_END;
  return TRUE;
}

static gpointer save(gpointer data, gsize *bytes)
{
  z_stream *copy = g_new0(z_stream, 1);
  if (inflateCopy(copy, data) != Z_OK)
  {
    g_free(copy);
    return NULL;
  }
  *bytes = SNAPSHOT_BYTES;
  return copy;
}

static gboolean restore(gpointer data, gconstpointer snapshot)
{
  inflateEnd(data); /* the state knows its stream's address: it cannot be copied elsewhere and moved */
  if (inflateCopy(data, (z_streamp)(guintptr)snapshot) != Z_OK)
    g_error("zlib: inflateCopy failed");
  return TRUE;
}

const OciCodec oci_codec_gzip_zlib = {
    .name = "gzip",
    .unit = "member",
    .can_begin = can_begin,
    .state_new = state_new,
    .state_free = state_free,
    .begin = begin,
    .run = run,
    .save = save,
    .restore = restore,
    .snapshot_free = state_free,
    .cheap_save = TRUE,
};
