/*
 * The records of a pax extended header: "<length> <key>=<value>\n".
 *
 * Private to oci/tar_*.c.
 */
#ifndef OCI_TAR_PAX_H
#define OCI_TAR_PAX_H

#include "oci/entry.h"
#include "oci/limits.h"

typedef enum
{
  OCI_PAX_SIZE = 1 << 0,
  OCI_PAX_UID = 1 << 1,
  OCI_PAX_GID = 1 << 2,
  OCI_PAX_MTIME = 1 << 3,
  OCI_PAX_SPARSE_SIZE = 1 << 4,
} OciPaxFields;

/* What the strings and xattrs point into lives as long as the next oci_pax_clear(). */
typedef struct
{
  guint fields;     /* OciPaxFields: which of the numbers are set */
  const char *path; /* NULL: not set; so for all strings */
  const char *target;
  guint64 size;
  guint64 uid;
  guint64 gid;
  gint64 mtime;
  guint32 mtime_ns;
  GArray *xattrs; /* OciXattr, sorted by name */

  const char *sparse_name; /* GNU.sparse.name */
  const char *sparse_major;
  const char *sparse_minor;
  guint64 sparse_size; /* GNU.sparse.size or .realsize: of the expanded file */
  GArray *sparse_map;  /* guint64: offset, length, offset, length, …; of formats 0.0 and 0.1 */

  GByteArray *records;
  GArray *other_xattrs; /* private: OciXattr as libarchive writes them too */
} OciPax;

void oci_pax_init(OciPax *pax);
void oci_pax_clear(OciPax *pax); /* as after _init; memory is kept */
void oci_pax_release(OciPax *pax);

/*
 * Parses what stands in pax->records, which is changed by it.
 *
 * Errors: OCI_ERROR_MALFORMED, OCI_ERROR_LIMIT.
 * Spec: POSIX.1-2017 pax, "pax Extended Header"; GNU tar, "Sparse Formats".
 */
gboolean oci_pax_parse(OciPax *pax, const OciLimits *limits, GError **error);

/* TRUE when any GNU.sparse key is set. */
gboolean oci_pax_is_sparse(const OciPax *pax);

#endif
