/*
 * Media types of the documents and layers of an image.
 *
 * Spec: image-spec media-types.md with its compatibility matrix for Docker's
 * types.
 */
#ifndef OCI_MEDIATYPE_H
#define OCI_MEDIATYPE_H

#include "oci/codec.h"

#define OCI_MEDIATYPE_INDEX      "application/vnd.oci.image.index.v1+json"
#define OCI_MEDIATYPE_MANIFEST   "application/vnd.oci.image.manifest.v1+json"
#define OCI_MEDIATYPE_CONFIG     "application/vnd.oci.image.config.v1+json"
#define OCI_MEDIATYPE_LAYER      "application/vnd.oci.image.layer.v1.tar"
#define OCI_MEDIATYPE_LAYER_GZIP OCI_MEDIATYPE_LAYER "+gzip"
#define OCI_MEDIATYPE_LAYER_ZSTD OCI_MEDIATYPE_LAYER "+zstd"

typedef enum
{
  OCI_MEDIA_INDEX,    /* an image index or Docker's manifest list */
  OCI_MEDIA_MANIFEST, /* an image manifest, OCI's or Docker's */
  OCI_MEDIA_SCHEMA1,  /* Docker's manifest of before 2016 */
  OCI_MEDIA_CONFIG,   /* an image configuration */
  OCI_MEDIA_LAYER,    /* a file system layer, foreign and nondistributable ones included */
  OCI_MEDIA_OTHER,
} OciMediaKind;

OciMediaKind oci_media_kind(const char *type);

/*
 * The compression that a layer's media type promises.
 *
 * Returns: FALSE when type is not that of a layer.
 */
gboolean oci_media_layer_compression(const char *type, OciCompression *compression);

/* The media type of a layer that we write. */
const char *oci_media_layer_type(OciCompression compression);

#endif
