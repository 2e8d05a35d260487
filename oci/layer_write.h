/*
 * Writes one layer: a deterministic tar, compressed, hashed in both forms, in
 * an unnamed file until somebody links or copies it into place.
 *
 * Also the interface that every receiver of entries has, so that a plan can
 * go into a layer or into a directory of the host alike.
 */
#ifndef OCI_LAYER_WRITE_H
#define OCI_LAYER_WRITE_H

#include "oci/blob.h"
#include "oci/codec.h"
#include "oci/digest.h"
#include "oci/entry.h"

/*
 * A receiver of entries in tar order: parents before children, a hard link
 * after its target. For a regular file add() is followed by data() until
 * metadata.size bytes have come; not so for any other type.
 */
typedef struct oci_entry_sink OciEntrySink;
struct oci_entry_sink
{
  gboolean (*add)(OciEntrySink *sink, const OciEntry *entry, GError **error);
  gboolean (*data)(OciEntrySink *sink, const void *bytes, gsize length, GError **error);
};

typedef struct
{
  OciCompression compression;
  int level;     /* -1: the codec's default */
  guint threads; /* at least 1; the bytes do not depend on it */
} OciLayerWriteOptions;

typedef struct
{
  OciBlob *blob;
  OciCompression compression;
  OciDigest digest;          /* of the blob */
  OciDigest diff_id;         /* of the tar */
  guint64 uncompressed_size; /* of the tar, in bytes */
} OciLayerBlob;

void oci_layer_blob_free(OciLayerBlob *layer);

typedef struct oci_layer_writer OciLayerWriter;
OciLayerWriter *oci_layer_writer_new(const OciLayerWriteOptions *options, GError **error);
OciEntrySink *oci_layer_writer_sink(OciLayerWriter *writer); /* borrowed */
/* Returns: the layer, owned by the caller; the writer can only be freed afterwards. */
OciLayerBlob *oci_layer_writer_finish(OciLayerWriter *writer, GError **error);
void oci_layer_writer_free(OciLayerWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciLayerBlob, oci_layer_blob_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciLayerWriter, oci_layer_writer_free)

#endif
