/*
 * Blobs on their way into a registry.
 *
 * Private to oci/transport/registry*.c.
 */
#ifndef OCI_TRANSPORT_REGISTRY_UPLOAD_H
#define OCI_TRANSPORT_REGISTRY_UPLOAD_H

#include "oci/digest.h"
#include "oci/transport/registry_client.h"

/*
 * Puts a blob into the registry, unless it is there, or can be mounted from
 * another repository: in one piece, or in several when it is very large or
 * the registry takes no such pieces. Nothing is visible before it is whole.
 *
 * mount_from: may be NULL.
 */
gboolean oci_registry_upload(OciRegistry *registry, OciBlob *blob, const OciDigest *digest, const char *mount_from, GError **error);

#endif
