/*
 * Every size that an input can make grow, with the limit's name.
 *
 * A limit that is reached is OCI_ERROR_LIMIT with the option's name in the
 * message, so that a user who trusts the input can raise it.
 */
#ifndef OCI_LIMITS_H
#define OCI_LIMITS_H

#include <glib.h>

typedef struct
{
  guint64 document_bytes;     /* one JSON document; 4 MiB */
  guint64 layers;             /* layers of one image; 4096 */
  guint64 entries;            /* entries of all layers; 10 million */
  guint64 uncompressed_bytes; /* all layers, inflated; 64 GiB (--max-uncompressed) */
  guint64 ratio;              /* inflated : stored of one layer, after the first 64 MiB; 1000 (--max-ratio) */
  guint64 pax_bytes;          /* one pax header block; 1 MiB */
  guint64 path_bytes;         /* one path; 4096 */
  guint64 component_bytes;    /* one component of a path; 255 */
  guint64 symlinks;           /* links followed in one path walk; 40 */
  guint64 xattr_bytes;        /* one xattr's value; 64 KiB */
  guint64 sparse_segments;    /* segments of one sparse file; 65536 */
  guint64 index_depth;        /* nested image indexes; 4 */
} OciLimits;

/*
 * The defaults named above.
 */
void oci_limits_init(OciLimits *limits);

#endif
