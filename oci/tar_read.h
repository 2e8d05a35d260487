/*
 * A strict reader of tar: ustar, pax, and what GNU tar adds (long names,
 * sparse files, base-256 numbers).
 *
 * Readers of tar disagree about malformed input, and an attacker lives from
 * that. What two of them read differently is refused here:
 *   - a body on anything but a regular file,
 *   - a name from a GNU long-name header and from a pax header at once,
 *   - a name with NUL in a pax header, a regular file whose name ends in "/",
 *   - an unknown type, a number that does not fit its field's meaning,
 *   - a lone block of zeros, a root that is not a directory.
 *
 * Grammar: archive = *(entry) 2*(zero block) trailing
 *          entry   = *(pax x | pax g | GNU L | GNU K) header [sparse map] data padding
 */
#ifndef OCI_TAR_READ_H
#define OCI_TAR_READ_H

#include "oci/entry.h"
#include "oci/limits.h"

/*
 * Where the bytes come from: forward only, lent piece by piece.
 */
typedef struct oci_tar_source OciTarSource;
struct oci_tar_source
{
  /*
   * Lends the next bytes, which stay valid until the next call.
   * Returns: how many (at least 1), 0 at the end, -1 with error set.
   */
  gssize (*next)(OciTarSource *source, const guint8 **bytes, GError **error);
  /*
   * May be NULL: then the bytes are read and thrown away. Skips length bytes
   * (at least 1) beyond those that were lent.
   * Returns: FALSE with error set, also when the source ends before.
   */
  gboolean (*skip)(OciTarSource *source, guint64 length, GError **error);
};

/* Bytes that are present in a sparse file; between them are zeros. */
typedef struct
{
  guint64 offset; /* in the expanded file */
  guint64 length;
} OciSparseSegment;

typedef struct
{
  OciEntry entry;                   /* path cleaned of "./", "/", "//" and ".."; a hard link's target alike */
  guint64 header_offset;            /* of the first header that belongs to it, in the tar */
  guint64 data_offset;              /* of the stored bytes, in the tar */
  guint64 data_size;                /* stored bytes: without the holes of a sparse file; 0 unless regular */
  const OciSparseSegment *segments; /* NULL: not sparse; sorted, without overlap, sum of the lengths is data_size */
  guint32 segment_count;
} OciTarEntry;

typedef struct oci_tar_reader OciTarReader;

/*
 * source: borrowed; limits: borrowed; both until the reader is freed.
 * warnings: array of char* that is borrowed and grows by what is odd but
 * harmless; may be NULL.
 */
OciTarReader *oci_tar_reader_new(OciTarSource *source, const OciLimits *limits, GPtrArray *warnings);
void oci_tar_reader_free(OciTarReader *reader);

/*
 * The next entry; what was not read of the one before is skipped. At the
 * end of the archive the source is read to its own end.
 *
 * entry: set to what is valid until the next call; NULL at the end.
 * Returns: FALSE with error set.
 * Errors: OCI_ERROR_MALFORMED, OCI_ERROR_UNSUPPORTED, OCI_ERROR_LIMIT with
 * the offset; whatever the source says.
 * Spec: POSIX.1-2017 pax; GNU tar manual, "Tar Internals"; image-spec
 * layer.md.
 */
gboolean oci_tar_reader_next(OciTarReader *reader, const OciTarEntry **entry, GError **error);

/*
 * Lends the next stored bytes of the current entry, valid until the next call
 * to the reader.
 *
 * Returns: how many, 0 at the end of the entry, -1 with error set.
 */
gssize oci_tar_reader_data(OciTarReader *reader, const guint8 **bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciTarReader, oci_tar_reader_free)

#endif
