/*
 * Bytes of a descriptor that can be read once, without the compression that
 * they may have as a whole.
 */
#ifndef OCI_TRANSPORT_STREAM_INPUT_H
#define OCI_TRANSPORT_STREAM_INPUT_H

#include <glib.h>

typedef struct oci_stream_input OciStreamInput;

/* fd: borrowed. cancelled: may be NULL; looked at before each read. */
OciStreamInput *oci_stream_input_new(int fd, const gint *cancelled);
void oci_stream_input_free(OciStreamInput *input);

/*
 * Returns: how many bytes (at least 1), 0 at the end, -1 with error set.
 * Errors: OCI_ERROR_IO, OCI_ERROR_MALFORMED (damaged compression),
 * OCI_ERROR_CANCELLED.
 */
gssize oci_stream_input_read(OciStreamInput *input, void *buffer, gsize length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciStreamInput, oci_stream_input_free)

#endif
