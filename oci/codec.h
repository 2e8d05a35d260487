/*
 * Compression of layers: gzip, zstd, none.
 */
#ifndef OCI_CODEC_H
#define OCI_CODEC_H

#include <glib.h>

typedef enum
{
  OCI_COMPRESSION_NONE,
  OCI_COMPRESSION_GZIP,
  OCI_COMPRESSION_ZSTD,
} OciCompression;

/*
 * By the first bytes: gzip 1f 8b, zstd 28 b5 2f fd and its skippable frames,
 * otherwise none.
 */
OciCompression oci_compression_sniff(const guint8 *head, gsize length);

/* "gzip", "zstd", "none". */
const char *oci_compression_name(OciCompression compression);

#endif
