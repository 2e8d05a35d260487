/*
 * Maps of sparse files, in the four forms GNU tar has written.
 *
 * Private to oci/tar_*.c.
 */
#ifndef OCI_TAR_SPARSE_H
#define OCI_TAR_SPARSE_H

#include "oci/limits.h"
#include "oci/tar_read.h"

typedef struct
{
  GArray *segments;  /* OciSparseSegment */
  guint64 real_size; /* of the expanded file */
} OciSparseMap;

/*
 * Reads the next block of the archive. Returns: FALSE with error set.
 */
typedef gboolean (*OciBlockFunc)(gpointer reader, guint8 *block, GError **error);

/*
 * The old form: four pieces in the header, more in blocks that follow it.
 */
gboolean oci_sparse_parse_old(const guint8 *header, OciBlockFunc next, gpointer reader, const OciLimits *limits, OciSparseMap *map,
                              GError **error);

/*
 * Form 1.0: a list of decimal lines in front of the data, padded to blocks.
 */
gboolean oci_sparse_parse_lines(OciBlockFunc next, gpointer reader, const OciLimits *limits, OciSparseMap *map, GError **error);

/*
 * Forms 0.0 and 0.1: numbers from a pax header, offset and length by turns.
 */
gboolean oci_sparse_take_numbers(const GArray *numbers, OciSparseMap *map, GError **error);

/*
 * Checks that segments are in order, do not overlap, end inside the file and
 * add up to stored bytes; drops empty ones.
 *
 * Errors: OCI_ERROR_MALFORMED.
 */
gboolean oci_sparse_check(OciSparseMap *map, guint64 stored, GError **error);

#endif
