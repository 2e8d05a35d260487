/*
 * Bytes compressed the way layers are found: by zlib and libzstd, with the
 * parameters that a test wants.
 */
#ifndef TESTS_COMPRESSED_BYTES_H
#define TESTS_COMPRESSED_BYTES_H

#include <glib.h>
#include <zlib.h>
#include <zstd.h>

/* One gzip member at the end of out. extra: with FEXTRA, FNAME, FCOMMENT and a header checksum. */
static inline void gzip_append(GByteArray *out, const void *bytes, gsize length, int level, gboolean extra)
{
  z_stream stream = {0};
  g_assert_cmpint(deflateInit2(&stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  Bytef name[] = "name";
  Bytef comment[] = "comment";
  Bytef field[] = {'S', 'G', 2, 0, 'a', 'b'};
  gz_header header = {.extra = field, .extra_len = sizeof(field), .name = name, .comment = comment, .hcrc = 1};
  if (extra)
    g_assert_cmpint(deflateSetHeader(&stream, &header), ==, Z_OK);
  gsize bound = deflateBound(&stream, (uLong)length);
  guint before = out->len;
  g_byte_array_set_size(out, before + (guint)bound);
  stream.next_in = (Bytef *)(guintptr)bytes;
  stream.avail_in = (uInt)length;
  stream.next_out = out->data + before;
  stream.avail_out = (uInt)bound;
  g_assert_cmpint(deflate(&stream, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_set_size(out, before + (guint)stream.total_out);
  deflateEnd(&stream);
}

/* One zstd frame at the end of out. window_log: 0 is the level's own. */
static inline void zstd_append(GByteArray *out, const void *bytes, gsize length, int level, int window_log)
{
  ZSTD_CCtx *context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  if (window_log != 0)
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  gsize bound = ZSTD_compressBound(length);
  guint before = out->len;
  g_byte_array_set_size(out, before + (guint)bound);
  gsize size = ZSTD_compress2(context, out->data + before, bound, bytes, length);
  g_assert_false(ZSTD_isError(size));
  g_byte_array_set_size(out, before + (guint)size);
  ZSTD_freeCCtx(context);
}

/* Bytes that compress like programs do: runs, repetitions and noise. The same for the same seed. */
static inline GByteArray *sample_bytes(gsize length, guint32 seed)
{
  GByteArray *bytes = g_byte_array_sized_new((guint)length);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  while (bytes->len < length)
  {
    guint8 piece[512];
    guint size = (guint)g_rand_int_range(rand, 1, sizeof(piece));
    size = MIN(size, (guint)(length - bytes->len));
    int kind = g_rand_int_range(rand, 0, 3);
    for (guint i = 0; i < size; i++)
      piece[i] = kind == 0 ? (guint8)g_rand_int(rand) : kind == 1 ? (guint8)(i % 7) : (guint8)("needed\0libc.so.6"[i % 16]);
    if (kind == 2 && bytes->len > 40000)
      memcpy(piece, bytes->data + g_rand_int_range(rand, 0, (gint32)(bytes->len - size)), size);
    g_byte_array_append(bytes, piece, size);
  }
  return bytes;
}

#endif
