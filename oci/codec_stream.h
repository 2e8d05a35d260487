/*
 * What the decoder asks of a compression: a stream of members (gzip) or
 * frames (zstd), whose state can be saved and restored.
 *
 * Private to oci/decoder.c, the codecs and their tests.
 */
#ifndef OCI_CODEC_STREAM_H
#define OCI_CODEC_STREAM_H

#include "oci/codec.h"

typedef struct
{
  const guint8 *in;
  gsize in_left;
  guint8 *out;
  gsize out_left;
} OciCodecBuffers;

typedef struct
{
  const char *name;                   /* for messages: "gzip" */
  const char *unit;                   /* "member", "frame" */
  gboolean (*can_begin)(guint8 byte); /* whether a member may start with it */
  gpointer (*state_new)(void);
  void (*state_free)(gpointer state);

  /* Before the first byte of a member. */
  void (*begin)(gpointer state);
  /*
   * Consumes from in, produces to out, as far as both go. ended: set when the
   * member's end was passed and all of it was produced.
   * Errors: OCI_ERROR_MALFORMED, OCI_ERROR_UNSUPPORTED.
   */
  gboolean (*run)(gpointer state, OciCodecBuffers *buffers, gboolean *ended, GError **error);

  /*
   * A copy of the state between two calls of run(). bytes: set to what it
   * takes in memory. Returns: NULL where the state cannot be copied.
   */
  gpointer (*save)(gpointer state, gsize *bytes);
  /* Returns: FALSE when the state has outgrown the snapshot: then start at an earlier one. */
  gboolean (*restore)(gpointer state, gconstpointer snapshot);
  void (*snapshot_free)(gpointer snapshot);
  gboolean cheap_save; /* small and fast enough to be taken for every chunk */
} OciCodec;

extern const OciCodec oci_codec_gzip_zlib;
#ifdef OCI_HAVE_ISAL
extern const OciCodec oci_codec_gzip_isal;
#endif
extern const OciCodec oci_codec_zstd;
extern const OciCodec oci_codec_none;

/* The fastest at hand. Borrowed. */
const OciCodec *oci_codec_get(OciCompression compression);

#endif
