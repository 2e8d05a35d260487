/*
 * An archive that comes through a pipe. What says which of its members are
 * layers comes last, so that everything is kept in a spool, and whatever
 * looks like a layer is indexed while it arrives: the other threads read from
 * the spool behind this one.
 */
#include "oci/codec.h"
#include "oci/error.h"
#include "oci/transport/members.h"
#include "oci/transport/stream_input.h"
#include "oci/transport/transport.h"

#include <string.h>

#define BUFFER_BYTES ((gsize)256 << 10)
#define HEAD_BYTES   512 /* a tar header */
#define MAGIC_OFFSET 257 /* of "ustar" in it */

typedef struct
{
  OciSource source;
  OciBlob *spool;
  OciMembers *members;
} Stream;

/* Lends what it reads to the tar reader, and leaves a copy in the spool. */
typedef struct
{
  OciTarSource source;
  OciStreamInput *input;
  OciBlob *spool;
  guint8 *buffer;
} Tee;

static gssize tee_next(OciTarSource *source, const guint8 **bytes, GError **error)
{
  Tee *tee = (Tee *)source;
  gssize got = oci_stream_input_read(tee->input, tee->buffer, BUFFER_BYTES, error);
  if (got > 0 && !oci_blob_spool_append(tee->spool, tee->buffer, (gsize)got, error))
    return -1;
  *bytes = tee->buffer;
  return got;
}

static gboolean looks_like_layer(const guint8 *head, gsize length)
{
  if (oci_compression_sniff(head, length) != OCI_COMPRESSION_NONE)
    return TRUE;
  return length == HEAD_BYTES && memcmp(head + MAGIC_OFFSET, "ustar", 5) == 0;
}

/* Returns: how many of the member's first bytes there are, or -1 with error set. */
static gssize read_head(OciTarReader *reader, guint8 *head, GError **error)
{
  gsize filled = 0;
  while (filled < HEAD_BYTES)
  {
    const guint8 *bytes = NULL;
    gssize got = oci_tar_reader_data(reader, &bytes, error);
    if (got < 0)
      return -1;
    if (got == 0)
      break;
    gsize wanted = MIN((gsize)got, HEAD_BYTES - filled);
    memcpy(head + filled, bytes, wanted);
    filled += wanted;
  }
  return (gssize)filled;
}

static gboolean add_member(Stream *stream, OciTarReader *reader, const OciTarEntry *entry, OciIndexer *indexer, GError **error)
{
  guint8 head[HEAD_BYTES];
  OciMember *member = NULL;
  if (!oci_members_add(stream->members, entry, &member, error))
    return FALSE;
  if (member == NULL || member->size == 0)
    return TRUE;
  g_autofree char *name = g_strdup(entry->entry.path); /* the entry is gone with the next read */
  gssize length = read_head(reader, head, error);
  if (length < 0)
    return FALSE;
  if (!looks_like_layer(head, (gsize)length))
    return TRUE;
  g_autoptr(OciBlob) blob = oci_blob_new_range(stream->spool, member->offset, member->size);
  member->layer = oci_indexer_add(indexer, blob, name);
  return TRUE;
}

static gboolean read_members(Stream *stream, Tee *tee, const OciSourceContext *context, GError **error)
{
  g_autoptr(OciTarReader) reader = oci_tar_reader_new(&tee->source, context->limits, NULL);
  const OciTarEntry *entry = NULL;
  do
    if (!oci_tar_reader_next(reader, &entry, error))
      return FALSE;
  while (entry != NULL && add_member(stream, reader, entry, context->indexer, error));
  return entry == NULL;
}

static gboolean read_all(Stream *stream, int fd, const OciSourceContext *context, GError **error)
{
  g_autoptr(OciStreamInput) input = oci_stream_input_new(fd, context->cancelled);
  g_autofree guint8 *buffer = g_malloc(BUFFER_BYTES);
  Tee tee = {.source = {.next = tee_next}, .input = input, .spool = stream->spool, .buffer = buffer};
  g_autoptr(GError) failure = NULL;
  gboolean done = read_members(stream, &tee, context, &failure);
  if (oci_blob_spool_length(stream->spool) == 0 && (done || g_error_matches(failure, OCI_ERROR, OCI_ERROR_MALFORMED)))
  {
    g_clear_error(&failure);
    failure = g_error_new(OCI_ERROR, OCI_ERROR_MALFORMED, "it is empty\nhint: did the command before the pipe fail?");
    done = FALSE;
  }
  oci_blob_spool_end(stream->spool, failure);
  if (!done)
    g_propagate_error(error, g_steal_pointer(&failure));
  return done;
}

static gboolean stream_find(OciSource *source, const char *name, OciBlob **blob, GError **error)
{
  (void)error;
  Stream *stream = (Stream *)source;
  const OciMember *member = oci_members_find(stream->members, name);
  *blob = member == NULL ? NULL : oci_blob_new_range(stream->spool, member->offset, member->size);
  return TRUE;
}

static OciLayer *stream_find_layer(OciSource *source, const char *name)
{
  const OciMember *member = oci_members_find(((Stream *)source)->members, name);
  return member == NULL || member->layer == NULL ? NULL : oci_layer_ref(member->layer);
}

static void stream_free(OciSource *source)
{
  Stream *stream = (Stream *)source;
  oci_members_free(stream->members);
  oci_blob_unref(stream->spool);
  g_free(stream);
}

static const OciSourceOps stream_ops = {.find = stream_find, .find_layer = stream_find_layer, .free = stream_free};

OciSource *oci_stream_open(int fd, const char *name, const OciSourceContext *context, GError **error)
{
  Stream *stream = g_new0(Stream, 1);
  g_autoptr(OciSource) source = &stream->source;
  stream->source.ops = &stream_ops;
  stream->members = oci_members_new();
  stream->spool = oci_blob_new_spool(context->spool_directory, error);
  if (stream->spool == NULL || !read_all(stream, fd, context, error))
  {
    if (name != NULL)
      g_prefix_error(error, "%s: ", name);
    return NULL;
  }
  return g_steal_pointer(&source);
}
