/*
 * Layers on their way from a registry into spools, several at once.
 *
 * Private to oci/transport/registry*.c.
 */
#ifndef OCI_TRANSPORT_REGISTRY_DOWNLOAD_H
#define OCI_TRANSPORT_REGISTRY_DOWNLOAD_H

#include "oci/descriptor.h"
#include "oci/transport/registry_client.h"

typedef struct oci_downloads OciDownloads;

/* registry: borrowed. spool_directory: as for oci_blob_new_spool(). */
OciDownloads *oci_downloads_new(OciRegistry *registry, const char *spool_directory);

/* Stops what is under way; every reader gets an error. */
void oci_downloads_free(OciDownloads *downloads);

/*
 * Begins to download a blob, or finds the one that is on its way. What does
 * not arrive makes reading it fail; its digest is for the reader to check.
 *
 * Returns: a new reference to a blob of the descriptor's size.
 */
OciBlob *oci_downloads_get(OciDownloads *downloads, const OciDescriptor *descriptor, GError **error);

/* An error that only says "cancelled" becomes what the cancelled downloads were stopped for, if they were. */
void oci_downloads_explain(OciDownloads *downloads, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciDownloads, oci_downloads_free)

#endif
