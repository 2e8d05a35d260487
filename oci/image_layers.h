/*
 * The layers of a selected image, indexed side by side and verified.
 *
 * Private to oci/image.c.
 */
#ifndef OCI_IMAGE_LAYERS_H
#define OCI_IMAGE_LAYERS_H

#include "oci/select.h"

/*
 * Returns: OciLayer*, lowest first, owned by the caller.
 * Errors: OCI_ERROR_NOT_FOUND for a layer that is not here;
 * OCI_ERROR_DIGEST_MISMATCH names both digests or sizes;
 * OCI_ERROR_UNSUPPORTED for an image without layers.
 */
GPtrArray *oci_image_index_layers(OciSource *source, OciSelection *selection, OciIndexer *indexer, GError **error);

#endif
