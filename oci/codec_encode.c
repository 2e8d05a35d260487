/* Members are filled one after the other, compressed by a pool, and given out in order. */
#include "oci/codec_encode.h"

#include "oci/error.h"

#include <libdeflate.h>
#include <string.h>
#include <zstd.h>

/* Larger members compress a little better and leave less to do side by side. */
#define MEMBER_BYTES ((gsize)1 << 20)

typedef struct
{
  guint8 *in;
  gsize in_length;
  guint8 *out;
  gsize out_length; /* 0: the codec failed */
  gboolean done;
} Member;

struct oci_encoder
{
  OciCompression compression;
  int level;
  OciEncodedFunc encoded;
  gpointer data;
  GThreadPool *pool; /* NULL for none */
  guint waiting_max;
  GQueue waiting;  /* Member*, in order */
  Member *filling; /* or NULL */
  gboolean wrote;  /* at least one member was begun */
  GMutex lock;
  GCond changed;
};

static void member_free(gpointer data)
{
  Member *member = data;
  g_free(member->in);
  g_free(member->out);
  g_free(member);
}

static void encode_gzip(int level, Member *member)
{
  struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
  if (compressor == NULL)
    return;
  gsize bound = libdeflate_gzip_compress_bound(compressor, member->in_length);
  member->out = g_malloc(bound);
  member->out_length = libdeflate_gzip_compress(compressor, member->in, member->in_length, member->out, bound);
  libdeflate_free_compressor(compressor);
}

static void encode_zstd(int level, Member *member)
{
  ZSTD_CCtx *context = ZSTD_createCCtx();
  if (context == NULL)
    return;
  gsize bound = ZSTD_compressBound(member->in_length);
  member->out = g_malloc(bound);
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  gsize length = ZSTD_compress2(context, member->out, bound, member->in, member->in_length);
  member->out_length = ZSTD_isError(length) ? 0 : length;
  ZSTD_freeCCtx(context);
}

static void encode(gpointer data, gpointer user_data)
{
  Member *member = data;
  OciEncoder *encoder = user_data;
  if (encoder->compression == OCI_COMPRESSION_GZIP)
    encode_gzip(encoder->level, member);
  else
    encode_zstd(encoder->level, member);
  g_mutex_lock(&encoder->lock);
  member->done = TRUE;
  g_cond_signal(&encoder->changed);
  g_mutex_unlock(&encoder->lock);
}

static gboolean check_level(OciCompression compression, int *level, GError **error)
{
  int most = 0;
  int usual = -1;
  switch (compression)
  {
  case OCI_COMPRESSION_NONE:
    break;
  case OCI_COMPRESSION_GZIP:
    most = 12;
    usual = 6;
    break;
  case OCI_COMPRESSION_ZSTD:
    most = 19;
    usual = 3;
    break;
  }
  if (*level == -1)
    *level = usual;
  if (*level == usual || (*level >= 1 && *level <= most))
    return TRUE;
  if (most == 0)
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "compression none has no level");
  else
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "%s has the levels 1 to %d, not %d", oci_compression_name(compression), most, *level);
  return FALSE;
}

OciEncoder *oci_encoder_new(OciCompression compression, int level, guint threads, OciEncodedFunc encoded, gpointer data, GError **error)
{
  if (!check_level(compression, &level, error))
    return NULL;
  OciEncoder *encoder = g_new0(OciEncoder, 1);
  encoder->compression = compression;
  encoder->level = level;
  encoder->encoded = encoded;
  encoder->data = data;
  encoder->waiting_max = 2 * threads;
  g_mutex_init(&encoder->lock);
  g_cond_init(&encoder->changed);
  if (compression != OCI_COMPRESSION_NONE)
    encoder->pool = g_thread_pool_new(encode, encoder, (gint)threads, FALSE, NULL);
  return encoder;
}

void oci_encoder_free(OciEncoder *encoder)
{
  if (encoder == NULL)
    return;
  if (encoder->pool != NULL)
    g_thread_pool_free(encoder->pool, FALSE, TRUE);
  g_queue_clear_full(&encoder->waiting, member_free);
  g_clear_pointer(&encoder->filling, member_free);
  g_mutex_clear(&encoder->lock);
  g_cond_clear(&encoder->changed);
  g_free(encoder);
}

/* Gives out the oldest member, once it is ready. */
static gboolean give_out(OciEncoder *encoder, GError **error)
{
  Member *member = g_queue_pop_head(&encoder->waiting);
  g_mutex_lock(&encoder->lock);
  while (!member->done)
    g_cond_wait(&encoder->changed, &encoder->lock);
  g_mutex_unlock(&encoder->lock);
  gboolean ok = member->out_length > 0;
  if (!ok)
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "compressing with %s failed", oci_compression_name(encoder->compression));
  ok = ok && encoder->encoded(member->out, member->out_length, encoder->data, error);
  member_free(member);
  return ok;
}

static gboolean start(OciEncoder *encoder, GError **error)
{
  Member *member = g_steal_pointer(&encoder->filling);
  g_queue_push_tail(&encoder->waiting, member);
  g_thread_pool_push(encoder->pool, member, NULL);
  return encoder->waiting.length < encoder->waiting_max || give_out(encoder, error);
}

static void begin(OciEncoder *encoder)
{
  encoder->filling = g_new0(Member, 1);
  encoder->filling->in = g_malloc(MEMBER_BYTES);
  encoder->wrote = TRUE;
}

gboolean oci_encoder_write(OciEncoder *encoder, const void *bytes, gsize length, GError **error)
{
  const guint8 *from = bytes;
  if (encoder->compression == OCI_COMPRESSION_NONE)
    return encoder->encoded(bytes, length, encoder->data, error);
  while (length > 0)
  {
    if (encoder->filling == NULL)
      begin(encoder);
    gsize part = MIN(length, MEMBER_BYTES - encoder->filling->in_length);
    memcpy(encoder->filling->in + encoder->filling->in_length, from, part);
    encoder->filling->in_length += part;
    from += part;
    length -= part;
    if (encoder->filling->in_length == MEMBER_BYTES && !start(encoder, error))
      return FALSE;
  }
  return TRUE;
}

gboolean oci_encoder_finish(OciEncoder *encoder, GError **error)
{
  if (encoder->compression == OCI_COMPRESSION_NONE)
    return TRUE;
  if (!encoder->wrote)
    begin(encoder); /* nothing at all is one empty member */
  if (encoder->filling != NULL && !start(encoder, error))
    return FALSE;
  while (encoder->waiting.length > 0)
    if (!give_out(encoder, error))
      return FALSE;
  return TRUE;
}
