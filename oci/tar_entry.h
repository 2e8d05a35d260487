/*
 * From the headers of one entry to the entry: here is judged what they say
 * together.
 *
 * Private to oci/tar_*.c.
 */
#ifndef OCI_TAR_ENTRY_H
#define OCI_TAR_ENTRY_H

#include "oci/tar_header.h"
#include "oci/tar_pax.h"
#include "oci/tar_read.h"
#include "oci/tar_sparse.h"

typedef struct
{
  guint64 offset; /* of the first header */
  guint8 block[OCI_TAR_BLOCK];
  OciTarHeader header; /* what the block says */
  gboolean have_pax;
  OciPax pax;
  gboolean have_long_name;
  gboolean have_long_target;
  GString *long_name;
  GString *long_target;
} OciTarParts;

void oci_tar_parts_init(OciTarParts *parts);
void oci_tar_parts_clear(OciTarParts *parts);
void oci_tar_parts_release(OciTarParts *parts);

/* TRUE after an extended header, before the entry's own. */
gboolean oci_tar_parts_pending(const OciTarParts *parts);

typedef struct
{
  OciTarEntry entry; /* offsets and data_size are the reader's business */
  guint64 stored;    /* bytes behind the header, a new sparse map included */
  gboolean escaped;  /* the path had a ".." at the root */
  gboolean sparse;
  OciSparseMap map;
  GString *path;
  GString *target;
} OciTarBuilder;

void oci_tar_builder_init(OciTarBuilder *builder);
void oci_tar_builder_release(OciTarBuilder *builder);

/* Everything but the sparse map. Errors: OCI_ERROR_MALFORMED, _UNSUPPORTED, _LIMIT. */
gboolean oci_tar_builder_begin(OciTarBuilder *builder, const OciTarParts *parts, const OciLimits *limits, GError **error);

/* Reads the sparse map, if there is one. */
gboolean oci_tar_builder_map(OciTarBuilder *builder, const OciTarParts *parts, OciBlockFunc next, gpointer reader, const OciLimits *limits,
                             GError **error);

/* Checks the map against entry.data_size and sets entry.segments. */
gboolean oci_tar_builder_finish(OciTarBuilder *builder, GError **error);

#endif
