/* How a compression is recognised and named. */
#include "oci/codec.h"

OciCompression oci_compression_sniff(const guint8 *head, gsize length)
{
  if (length >= 2 && head[0] == 0x1f && head[1] == 0x8b)
    return OCI_COMPRESSION_GZIP;
  if (length >= 4 && head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd)
    return OCI_COMPRESSION_ZSTD;
  if (length >= 4 && (head[0] & 0xf0) == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18)
    return OCI_COMPRESSION_ZSTD;
  return OCI_COMPRESSION_NONE;
}

const char *oci_compression_name(OciCompression compression)
{
  switch (compression)
  {
  case OCI_COMPRESSION_NONE:
    return "none";
  case OCI_COMPRESSION_GZIP:
    return "gzip";
  case OCI_COMPRESSION_ZSTD:
    return "zstd";
  }
  g_assert_not_reached();
}
