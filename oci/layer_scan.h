/*
 * One layer from its first to its last byte: decoded, hashed, listed.
 *
 * Private to oci/layer_*.c.
 */
#ifndef OCI_LAYER_SCAN_H
#define OCI_LAYER_SCAN_H

#include "oci/chunks.h"
#include "oci/layer_state.h"

typedef struct
{
  OciProgressFunc progress; /* may be NULL */
  gpointer data;
  const gint *cancelled; /* may be NULL */
  const gint *stopped;
} OciScanControl;

typedef struct oci_layer_scan OciLayerScan;

/*
 * layer, control: borrowed. Reads the first bytes, which may wait.
 *
 * Errors: as oci_blob_pread().
 */
OciLayerScan *oci_layer_scan_new(OciLayer *layer, const OciScanControl *control, GError **error);

/* Waits for a helper to leave. */
void oci_layer_scan_free(OciLayerScan *scan);

gboolean oci_layer_scan_run(OciLayerScan *scan, GError **error);

/* For other threads, while it runs: the chunks, borrowed, and the stored bytes that are left. */
OciChunks *oci_layer_scan_chunks(OciLayerScan *scan);
guint64 oci_layer_scan_left(OciLayerScan *scan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciLayerScan, oci_layer_scan_free)

#endif
