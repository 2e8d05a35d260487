/* A pipe, decoded as it comes. */
#include "oci/transport/stream_input.h"

#include "oci/codec_stream.h"
#include "oci/error.h"

#include <errno.h>
#include <unistd.h>

#define BUFFER_BYTES ((gsize)256 << 10)
#define HEAD_BYTES   4 /* what tells a compression */

struct oci_stream_input
{
  int fd;
  const gint *cancelled;
  const OciCodec *codec; /* NULL until the first bytes are there */
  gpointer state;
  guint8 *buffer;
  gsize used;
  gsize filled;
  gboolean at_end;
  gboolean in_member;
};

OciStreamInput *oci_stream_input_new(int fd, const gint *cancelled)
{
  OciStreamInput *input = g_new0(OciStreamInput, 1);
  input->fd = fd;
  input->cancelled = cancelled;
  input->buffer = g_malloc(BUFFER_BYTES);
  return input;
}

void oci_stream_input_free(OciStreamInput *input)
{
  if (input == NULL)
    return;
  if (input->codec != NULL)
    input->codec->state_free(input->state);
  g_free(input->buffer);
  g_free(input);
}

/* One read behind what is in the buffer. */
static gboolean fill(OciStreamInput *input, GError **error)
{
  ssize_t got = -1;
  do
  {
    if (input->cancelled != NULL && __atomic_load_n(input->cancelled, __ATOMIC_SEQ_CST) != 0)
    {
      g_set_error(error, OCI_ERROR, OCI_ERROR_CANCELLED, "cancelled");
      return FALSE;
    }
    got = read(input->fd, input->buffer + input->filled, BUFFER_BYTES - input->filled);
  } while (got < 0 && errno == EINTR);
  if (got < 0)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "reading failed: %s", g_strerror(errno));
    return FALSE;
  }
  input->at_end = got == 0;
  input->filled += (gsize)got;
  return TRUE;
}

static gboolean recognise(OciStreamInput *input, GError **error)
{
  while (input->filled < HEAD_BYTES && !input->at_end)
    if (!fill(input, error))
      return FALSE;
  input->codec = oci_codec_get(oci_compression_sniff(input->buffer, input->filled));
  input->state = input->codec->state_new();
  return TRUE;
}

static gboolean refill(OciStreamInput *input, GError **error)
{
  if (input->used < input->filled || input->at_end)
    return TRUE;
  input->used = 0;
  input->filled = 0;
  return fill(input, error);
}

static gboolean fail(const OciStreamInput *input, const char *why, GError **error)
{
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s data %s %s", input->codec->name, why, input->codec->unit);
  return FALSE;
}

/* One step of decoding. */
static gboolean step(OciStreamInput *input, OciCodecBuffers *buffers, GError **error)
{
  if (!input->in_member)
    input->codec->begin(input->state);
  input->in_member = TRUE;
  buffers->in = input->buffer + input->used;
  buffers->in_left = input->filled - input->used;
  gsize in_before = buffers->in_left;
  gsize out_before = buffers->out_left;
  gboolean ended = FALSE;
  if (!input->codec->run(input->state, buffers, &ended, error))
    return FALSE;
  input->used = input->filled - buffers->in_left;
  input->in_member = !ended;
  if (ended || buffers->in_left != in_before || buffers->out_left != out_before)
    return TRUE;
  if (in_before > 0)
    return fail(input, "cannot be decoded any further in this", error);
  return !input->at_end || fail(input, "ends in the middle of a", error);
}

gssize oci_stream_input_read(OciStreamInput *input, void *buffer, gsize length, GError **error)
{
  OciCodecBuffers buffers = {.out = buffer, .out_left = length};
  if (input->codec == NULL && !recognise(input, error))
    return -1;
  while (buffers.out_left == length)
  {
    if (!refill(input, error))
      return -1;
    if (input->at_end && input->used == input->filled && !input->in_member)
      return 0;
    if (!step(input, &buffers, error))
      return -1;
  }
  return (gssize)(length - buffers.out_left);
}
