/*
 * A layer that is read: its blob, what is in it, and a way to read from its
 * middle.
 */
#ifndef OCI_LAYER_H
#define OCI_LAYER_H

#include "oci/blob.h"
#include "oci/codec.h"
#include "oci/digest.h"
#include "oci/entry.h"
#include "oci/limits.h"

typedef struct oci_layer OciLayer; /* reference counted */
typedef struct oci_indexer OciIndexer;

/*
 * Indexes layers side by side: each blob is inflated once, hashed in both
 * forms and listed.
 *
 * threads: at least 1.
 * progress: may be NULL; called from any thread with the number of stored
 * bytes read since the last call.
 * cancelled: may be NULL; read from any thread, non-zero stops all work with
 * OCI_ERROR_CANCELLED.
 */
typedef void (*OciProgressFunc)(guint64 bytes, gpointer data);
OciIndexer *oci_indexer_new(guint threads, const OciLimits *limits, OciProgressFunc progress, gpointer data, const gint *cancelled);
void oci_indexer_free(OciIndexer *indexer); /* stops what was not waited for */

/*
 * Begins to index a blob, which may be a range of a spool that is still
 * being filled. Started in the order of the calls; call with the largest
 * first.
 *
 * name: for messages, e.g. the digest or the member's path.
 * Returns: a new reference, to be waited for.
 */
OciLayer *oci_indexer_add(OciIndexer *indexer, OciBlob *blob, const char *name);

/*
 * Waits until a layer is indexed.
 *
 * Errors: what the layer is guilty of, with its name and the offset.
 */
gboolean oci_layer_wait(OciLayer *layer, GError **error);

OciLayer *oci_layer_ref(OciLayer *layer);
void oci_layer_unref(OciLayer *layer);

/* After oci_layer_wait(): */
OciCompression oci_layer_compression(OciLayer *layer); /* by content */
const OciDigest *oci_layer_digest(OciLayer *layer);    /* of the blob as stored; sha256 */
const OciDigest *oci_layer_diff_id(OciLayer *layer);   /* of the uncompressed tar; sha256 */
guint64 oci_layer_size(OciLayer *layer);               /* of the blob, in bytes */
guint64 oci_layer_uncompressed_size(OciLayer *layer);
GPtrArray *oci_layer_warnings(OciLayer *layer); /* char*; borrowed */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciIndexer, oci_indexer_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciLayer, oci_layer_unref)

#endif
