/* The default limits. */
#include "oci/limits.h"

void oci_limits_init(OciLimits *limits)
{
  *limits = (OciLimits){
      .document_bytes = 4 << 20,
      .layers = 4096,
      .entries = 10 * 1000 * 1000,
      .uncompressed_bytes = (guint64)64 << 30,
      .ratio = 1000,
      .pax_bytes = 1 << 20,
      .path_bytes = 4096,
      .component_bytes = 255,
      .symlinks = 40,
      .xattr_bytes = 64 << 10,
      .sparse_segments = 65536,
      .index_depth = 4,
  };
}
