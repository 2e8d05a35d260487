/*
 * What is in an indexed layer, and how its files are read.
 *
 * Only for the merged tree: everybody else sees files through oci/rootfs.h.
 */
#ifndef OCI_LAYER_INDEX_H
#define OCI_LAYER_INDEX_H

#include "oci/layer.h"
#include "oci/tar_read.h"

typedef struct
{
  OciEntry entry;                   /* whiteouts included, as plain entries named ".wh.…"; path and link target cleaned */
  guint64 data_offset;              /* of the file's stored bytes in the uncompressed tar */
  const OciSparseSegment *segments; /* NULL: not sparse */
  guint32 segment_count;
} OciLayerEntry;

/*
 * The entries in the order of the tar, duplicates included. Borrowed.
 */
const OciLayerEntry *oci_layer_entries(OciLayer *layer, guint *count);

/*
 * Reads up to length bytes of a regular file at offset of its expanded form.
 * Thread-safe.
 *
 * Returns: how many were read (short only at the end), or -1 with error set.
 */
gssize oci_layer_pread(OciLayer *layer, const OciLayerEntry *entry, void *buffer, gsize length, guint64 offset, GError **error);

#endif
