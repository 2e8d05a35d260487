/* Blocks out of pieces of any size. */
#include "oci/tar_input.h"

#include "oci/error.h"

#include <string.h>

static gboolean fail_end(GError **error)
{
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "tar archive ends too early");
  return FALSE;
}

gssize oci_tar_input_lend(OciTarInput *input, guint64 limit, const guint8 **bytes, GError **error)
{
  if (input->piece_left == 0)
  {
    gssize got = input->source->next(input->source, &input->piece, error);
    input->failed = got < 0;
    if (got <= 0)
      return got;
    input->piece_left = (gsize)got;
  }
  gsize length = MIN(input->piece_left, limit);
  *bytes = input->piece;
  input->piece += length;
  input->piece_left -= length;
  input->offset += length;
  return (gssize)length;
}

OciTarInputResult oci_tar_input_block(OciTarInput *input, guint8 *block, GError **error)
{
  for (gsize filled = 0; filled < OCI_TAR_BLOCK;)
  {
    const guint8 *bytes;
    gssize got = oci_tar_input_lend(input, OCI_TAR_BLOCK - filled, &bytes, error);
    if (got < 0)
      return OCI_TAR_INPUT_FAILED;
    if (got == 0 && filled == 0)
      return OCI_TAR_INPUT_END;
    if (got == 0)
    {
      fail_end(error);
      return OCI_TAR_INPUT_FAILED;
    }
    memcpy(block + filled, bytes, (gsize)got);
    filled += (gsize)got;
  }
  return OCI_TAR_INPUT_BLOCK;
}

gboolean oci_tar_input_skip(OciTarInput *input, guint64 length, GError **error)
{
  while (length > 0)
  {
    if (input->piece_left == 0 && input->source->skip != NULL)
    {
      input->failed = !input->source->skip(input->source, length, error);
      input->offset += length;
      return !input->failed;
    }
    const guint8 *bytes;
    gssize got = oci_tar_input_lend(input, length, &bytes, error);
    if (got < 0)
      return FALSE;
    if (got == 0)
      return fail_end(error);
    length -= (guint64)got;
  }
  return TRUE;
}
