/* A ring of a few chunks between the thread that decodes and the one that uses; without a helper they are one. */
#include "oci/chunks.h"

#include <string.h>

#define SLOTS 4

/* Of the tar, where headers and files start. */
#define BLOCK_BYTES ((gsize)512)

/* Stored bytes are read a second time to be hashed, from the page cache. */
#define REREAD_BYTES ((gsize)256 << 10)

typedef enum
{
  HELPER_NONE,
  HELPER_RESERVED, /* is on its way */
  HELPER_WAITING,  /* for the chunk that is being made without it */
  HELPER_ACTIVE,   /* the decoder is its own */
} HelperState;

struct oci_chunks
{
  OciDecoder *decoder;
  const OciCodec *codec;
  OciCheckpoints *checkpoints; /* borrowed; NULL: none */
  guint64 last_saved;          /* where the last checkpoint was made that was not given up */
  gsize last_saved_bytes;

  /* Of the user alone. */
  OciBlob *blob;
  OciHasher *stored_hasher; /* NULL: none */
  OciHasher *hasher;
  guint64 hashed; /* stored bytes, when the helper's are hashed */
  guint8 *reread;
  gboolean in_use; /* slots[taken] was given out */

  GMutex lock; /* of what follows */
  GCond changed;
  HelperState helper;
  gboolean closed;
  guint made; /* chunks; those from taken to made are in the slots */
  guint taken;
  GError *error; /* after the last one */
  OciChunk slots[SLOTS];
};

static void drop_checkpoint(OciChunks *chunks, OciChunk *chunk)
{
  oci_checkpoint_free(chunk->checkpoint, chunks->codec);
  chunk->checkpoint = NULL;
}

static gboolean wants_checkpoint(const OciChunks *chunks, guint64 offset)
{
  guint64 gap = offset - chunks->last_saved;
  if (chunks->codec->cheap_save)
    return chunks->checkpoints != NULL && gap >= oci_checkpoints_gap(chunks->checkpoints);
  return gap >= MAX(OCI_CHECKPOINT_GRID, OCI_CHECKPOINT_FACTOR * (guint64)chunks->last_saved_bytes);
}

/* Whether an ELF file may start in it. */
static gboolean has_elf(const OciChunk *chunk)
{
  for (gsize at = 0; at + 4 <= chunk->length; at += BLOCK_BYTES)
    if (memcmp(chunk->bytes + at, "\177ELF", 4) == 0)
      return TRUE;
  return FALSE;
}

/* A snapshot that nobody will want goes at once, while its memory is warm and this thread's own. */
static void settle_checkpoint(OciChunks *chunks, OciChunk *chunk)
{
  if (chunk->checkpoint == NULL)
    return;
  if (chunks->codec->cheap_save && chunk->offset - chunks->last_saved < OCI_CHECKPOINT_GRID && !has_elf(chunk))
  {
    drop_checkpoint(chunks, chunk);
    return;
  }
  chunks->last_saved = chunk->offset;
  chunks->last_saved_bytes = chunk->checkpoint->bytes;
}

/* By whoever has the decoder. */
static gboolean make_chunk(OciChunks *chunks, OciChunk *chunk, GError **error)
{
  chunk->offset = oci_decoder_offset(chunks->decoder);
  if (wants_checkpoint(chunks, chunk->offset))
    chunk->checkpoint = oci_decoder_save(chunks->decoder);
  gssize got = oci_decoder_read(chunks->decoder, chunk->bytes, OCI_CHUNK_BYTES, error);
  if (got < 0)
    return FALSE;
  chunk->length = (gsize)got;
  chunk->stored = oci_decoder_stored(chunks->decoder);
  settle_checkpoint(chunks, chunk);
  return TRUE;
}

static void hash_both(OciChunks *chunks, const OciChunk *chunk, const guint8 *stored, gsize length)
{
  if (length > 0)
    oci_hasher_update_pair(chunks->hasher, chunk->bytes, chunk->length, chunks->stored_hasher, stored, length);
  else
    oci_hasher_update(chunks->hasher, chunk->bytes, chunk->length);
}

/* A chunk that this thread has made: its stored bytes are still in the decoder's buffer. */
static void hash_own(OciChunks *chunks, const OciChunk *chunk)
{
  const guint8 *stored;
  gsize length = oci_decoder_take_unhashed(chunks->decoder, &stored);
  hash_both(chunks, chunk, stored, length);
}

/* A chunk of the helper: what it has read is read again here. */
static gboolean hash_helped(OciChunks *chunks, const OciChunk *chunk, GError **error)
{
  gboolean first = TRUE;
  if (chunks->stored_hasher != NULL && chunks->reread == NULL)
    chunks->reread = g_malloc(REREAD_BYTES);
  while (chunks->stored_hasher != NULL && chunks->hashed < chunk->stored)
  {
    gsize length = (gsize)MIN(REREAD_BYTES, chunk->stored - chunks->hashed);
    gssize got = oci_blob_pread(chunks->blob, chunks->reread, length, chunks->hashed, error);
    if (got < 0)
      return FALSE;
    g_assert((gsize)got == length); /* the decoder has read it before */
    if (first)
      hash_both(chunks, chunk, chunks->reread, length);
    else
      oci_hasher_update(chunks->stored_hasher, chunks->reread, length);
    first = FALSE;
    chunks->hashed += length;
  }
  if (first)
    hash_both(chunks, chunk, NULL, 0);
  return TRUE;
}

/* Gives the decoder away, or back. */
static void let_decoder_hash(OciChunks *chunks, gboolean yes)
{
  oci_decoder_set_hasher(chunks->decoder, yes ? chunks->stored_hasher : NULL);
  chunks->hashed = oci_decoder_stored(chunks->decoder);
}

/* Returns: the slot of the next chunk, or NULL: it is the user's turn to make it (with error unset), or it failed. Called with the lock. */
static OciChunk *wait_chunk(OciChunks *chunks, GError **error)
{
  /* after a failure nobody may decode any further */
  if (chunks->helper == HELPER_WAITING && chunks->made == chunks->taken && chunks->error == NULL)
  {
    let_decoder_hash(chunks, FALSE);
    chunks->helper = HELPER_ACTIVE;
    g_cond_broadcast(&chunks->changed);
  }
  while (chunks->helper == HELPER_ACTIVE && chunks->made == chunks->taken)
    g_cond_wait(&chunks->changed, &chunks->lock);
  if (chunks->made != chunks->taken)
    return &chunks->slots[chunks->taken % SLOTS];
  if (chunks->error != NULL)
    g_propagate_error(error, g_error_copy(chunks->error));
  return NULL;
}

static void pass_chunk(OciChunks *chunks)
{
  if (!chunks->in_use)
    return;
  drop_checkpoint(chunks, &chunks->slots[chunks->taken % SLOTS]);
  chunks->in_use = FALSE;
  chunks->taken++;
  g_cond_broadcast(&chunks->changed);
}

OciChunks *oci_chunks_new(OciDecoder *decoder, const OciCodec *codec, OciCheckpoints *checkpoints)
{
  OciChunks *chunks = g_new0(OciChunks, 1);
  chunks->checkpoints = checkpoints;
  chunks->decoder = decoder;
  chunks->codec = codec;
  g_mutex_init(&chunks->lock);
  g_cond_init(&chunks->changed);
  return chunks;
}

void oci_chunks_free(OciChunks *chunks)
{
  if (chunks == NULL)
    return;
  g_mutex_lock(&chunks->lock);
  chunks->closed = TRUE;
  g_cond_broadcast(&chunks->changed);
  while (chunks->helper != HELPER_NONE)
    g_cond_wait(&chunks->changed, &chunks->lock);
  g_mutex_unlock(&chunks->lock);
  for (guint i = 0; i < SLOTS; i++)
  {
    drop_checkpoint(chunks, &chunks->slots[i]);
    g_free(chunks->slots[i].bytes);
  }
  oci_decoder_set_hasher(chunks->decoder, NULL);
  g_clear_error(&chunks->error);
  g_free(chunks->reread);
  g_mutex_clear(&chunks->lock);
  g_cond_clear(&chunks->changed);
  g_free(chunks);
}

void oci_chunks_set_hashers(OciChunks *chunks, OciHasher *stored, OciHasher *decoded, OciBlob *blob)
{
  chunks->stored_hasher = stored;
  chunks->hasher = decoded;
  chunks->blob = blob;
  let_decoder_hash(chunks, TRUE);
}

OciChunk *oci_chunks_next(OciChunks *chunks, GError **error)
{
  g_mutex_lock(&chunks->lock);
  pass_chunk(chunks);
  g_autoptr(GError) failure = NULL;
  OciChunk *chunk = wait_chunk(chunks, &failure);
  g_mutex_unlock(&chunks->lock);
  if (failure != NULL)
  {
    g_propagate_error(error, g_steal_pointer(&failure));
    return NULL;
  }
  chunks->in_use = TRUE;
  if (chunk != NULL)
    return hash_helped(chunks, chunk, error) ? chunk : NULL;

  /* no helper: it is this thread's turn, and nobody else looks at the counters */
  let_decoder_hash(chunks, TRUE);
  chunk = &chunks->slots[chunks->taken % SLOTS];
  if (chunk->bytes == NULL)
    chunk->bytes = g_malloc(OCI_CHUNK_BYTES);
  chunks->made++;
  if (!make_chunk(chunks, chunk, error))
    return NULL;
  hash_own(chunks, chunk);
  return chunk;
}

/* Returns: FALSE when the user has gone before the decoder was given away. Called with the lock. */
static gboolean wait_decoder(OciChunks *chunks)
{
  chunks->helper = HELPER_WAITING;
  while (chunks->helper == HELPER_WAITING && !chunks->closed)
    g_cond_wait(&chunks->changed, &chunks->lock);
  return chunks->helper == HELPER_ACTIVE;
}

/* One chunk. Returns: FALSE after the last one. Called with the lock, which is not held while decoding. */
static gboolean help_once(OciChunks *chunks)
{
  while (chunks->made - chunks->taken == SLOTS && !chunks->closed)
    g_cond_wait(&chunks->changed, &chunks->lock);
  if (chunks->closed)
    return FALSE;
  OciChunk *chunk = &chunks->slots[chunks->made % SLOTS];
  g_mutex_unlock(&chunks->lock);
  if (chunk->bytes == NULL)
    chunk->bytes = g_malloc(OCI_CHUNK_BYTES);
  GError *error = NULL;
  gboolean ok = make_chunk(chunks, chunk, &error);
  g_mutex_lock(&chunks->lock);
  chunks->error = error;
  chunks->made += ok ? 1 : 0;
  g_cond_broadcast(&chunks->changed);
  return ok && chunk->length > 0;
}

void oci_chunks_help(OciChunks *chunks, const gint *leave)
{
  g_mutex_lock(&chunks->lock);
  if (wait_decoder(chunks))
    while (help_once(chunks) && __atomic_load_n(leave, __ATOMIC_RELAXED) == 0)
      continue;
  chunks->helper = HELPER_NONE;
  g_cond_broadcast(&chunks->changed);
  g_mutex_unlock(&chunks->lock); /* the user may free the chunks at once */
}

gboolean oci_chunks_helped(OciChunks *chunks)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&chunks->lock);
  return chunks->helper != HELPER_NONE;
}

gboolean oci_chunks_reserve(OciChunks *chunks)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&chunks->lock);
  if (chunks->helper != HELPER_NONE || chunks->closed || chunks->error != NULL)
    return FALSE;
  chunks->helper = HELPER_RESERVED;
  return TRUE;
}
