/*
 * The bytes of a tar archive, by blocks or by what is at hand.
 *
 * Private to oci/tar_*.c.
 */
#ifndef OCI_TAR_INPUT_H
#define OCI_TAR_INPUT_H

#include "oci/tar_header.h"
#include "oci/tar_read.h"

typedef struct
{
  OciTarSource *source;
  const guint8 *piece;
  gsize piece_left;
  guint64 offset;  /* of the next byte in the archive */
  gboolean failed; /* the source did: its error stands for itself */
} OciTarInput;

typedef enum
{
  OCI_TAR_INPUT_FAILED,
  OCI_TAR_INPUT_END, /* nothing was left */
  OCI_TAR_INPUT_BLOCK,
} OciTarInputResult;

/* A block may be cut by the ends of pieces; one that is cut by the end of the archive is an error. */
OciTarInputResult oci_tar_input_block(OciTarInput *input, guint8 *block, GError **error);

/* Lends what is at hand, at most limit bytes, and passes it. Returns: 0 at the end, -1 with error set. */
gssize oci_tar_input_lend(OciTarInput *input, guint64 limit, const guint8 **bytes, GError **error);

/* Errors: OCI_ERROR_MALFORMED when the archive ends before. */
gboolean oci_tar_input_skip(OciTarInput *input, guint64 length, GError **error);

#endif
