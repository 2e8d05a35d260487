/*
 * Compression of what is written: in members that stand alone, several side
 * by side, in order. The bytes depend on the level and the library's version,
 * never on the number of threads.
 *
 * Spec: RFC 1952 section 2.2 (members); RFC 8878 section 3.1 (frames).
 */
#ifndef OCI_CODEC_ENCODE_H
#define OCI_CODEC_ENCODE_H

#include "oci/codec.h"

typedef struct oci_encoder OciEncoder;

/* Takes compressed bytes, in order, in the caller's thread. */
typedef gboolean (*OciEncodedFunc)(const void *bytes, gsize length, gpointer data, GError **error);

/*
 * level: -1 is the default (gzip 6, zstd 3).
 * threads: at least 1.
 * Errors: OCI_ERROR_USAGE when the codec has no such level.
 */
OciEncoder *oci_encoder_new(OciCompression compression, int level, guint threads, OciEncodedFunc encoded, gpointer data, GError **error);
void oci_encoder_free(OciEncoder *encoder); /* what is under way is thrown away */

gboolean oci_encoder_write(OciEncoder *encoder, const void *bytes, gsize length, GError **error);
gboolean oci_encoder_finish(OciEncoder *encoder, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciEncoder, oci_encoder_free)

#endif
