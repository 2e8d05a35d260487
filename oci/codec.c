/* How a compression is recognised and named, and the one that is none. */
#include "oci/codec_stream.h"

#include <string.h>

static gboolean can_begin(guint8 byte)
{
  (void)byte;
  return TRUE;
}

static gpointer state_new(void)
{
  return g_new0(guint8, 1);
}

static void begin(gpointer state)
{
  (void)state;
}

static gboolean run(gpointer state, OciCodecBuffers *buffers, gboolean *ended, GError **error)
{
  (void)state;
  (void)error;
  gsize length = MIN(buffers->in_left, buffers->out_left);
  memcpy(buffers->out, buffers->in, length);
  buffers->in += length;
  buffers->in_left -= length;
  buffers->out += length;
  buffers->out_left -= length;
  *ended = TRUE; /* it may end anywhere */
  return TRUE;
}

static gpointer save(gpointer state, gsize *bytes)
{
  (void)state;
  *bytes = 1;
  return g_new0(guint8, 1);
}

static gboolean restore(gpointer state, gconstpointer snapshot)
{
  (void)state;
  (void)snapshot;
  return TRUE;
}

const OciCodec oci_codec_none = {
    .name = "plain",
    .unit = "part",
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

const OciCodec *oci_codec_get(OciCompression compression)
{
  switch (compression)
  {
  case OCI_COMPRESSION_NONE:
    return &oci_codec_none;
  case OCI_COMPRESSION_GZIP:
#ifdef OCI_HAVE_ISAL
    return &oci_codec_gzip_isal;
#else
    return &oci_codec_gzip_zlib;
#endif
  case OCI_COMPRESSION_ZSTD:
    return &oci_codec_zstd;
  }
  g_assert_not_reached();
}

OciCompression oci_compression_sniff(const guint8 *head, gsize length)
{
  if (length >= 2 && head[0] == 0x1f && head[1] == 0x8b)
    return OCI_COMPRESSION_GZIP;
  if (length >= 4 && head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd)
    return OCI_COMPRESSION_ZSTD;
  if (length >= 4 && (head[0] & 0xf0) == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18)
    return OCI_COMPRESSION_ZSTD;
  return OCI_COMPRESSION_NONE;
}

const char *oci_compression_name(OciCompression compression)
{
  switch (compression)
  {
  case OCI_COMPRESSION_NONE:
    return "none";
  case OCI_COMPRESSION_GZIP:
    return "gzip";
  case OCI_COMPRESSION_ZSTD:
    return "zstd";
  }
  g_assert_not_reached();
}
