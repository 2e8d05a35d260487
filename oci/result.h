/*
 * A finished image that is not yet anywhere: one layer, its config and the
 * manifest that names both.
 */
#ifndef OCI_RESULT_H
#define OCI_RESULT_H

#include "oci/config.h"
#include "oci/layer_write.h"
#include "oci/platform.h"

typedef struct
{
  GBytes *config;
  OciDigest config_digest;
  GBytes *manifest;
  OciDigest manifest_digest;
  OciPlatform *platform; /* NULL when the config names none */
  OciLayerBlob *layer;
} OciResult;

/*
 * config: must describe the layer.
 * layer: taken, also on failure.
 * annotations: of the manifest, char* → char*; may be NULL.
 *
 * Errors: OCI_ERROR_DIGEST_MISMATCH when config and layer are not of one
 * image.
 */
OciResult *oci_result_new(const OciConfig *config, OciLayerBlob *layer, GHashTable *annotations, GError **error);
void oci_result_free(OciResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciResult, oci_result_free)

#endif
