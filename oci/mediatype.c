/* The media types that are known, as one table. */
#include "oci/mediatype.h"

#include <string.h>

typedef struct
{
  const char *type;
  OciMediaKind kind;
  OciCompression compression;
} MediaType;

#define DOCKER "application/vnd.docker."
#define OCI    "application/vnd.oci.image."

static const MediaType known[] = {
    {OCI_MEDIATYPE_INDEX, OCI_MEDIA_INDEX, OCI_COMPRESSION_NONE},
    {OCI_MEDIATYPE_MANIFEST, OCI_MEDIA_MANIFEST, OCI_COMPRESSION_NONE},
    {OCI_MEDIATYPE_CONFIG, OCI_MEDIA_CONFIG, OCI_COMPRESSION_NONE},
    {OCI_MEDIATYPE_LAYER, OCI_MEDIA_LAYER, OCI_COMPRESSION_NONE},
    {OCI_MEDIATYPE_LAYER_GZIP, OCI_MEDIA_LAYER, OCI_COMPRESSION_GZIP},
    {OCI_MEDIATYPE_LAYER_ZSTD, OCI_MEDIA_LAYER, OCI_COMPRESSION_ZSTD},
    {OCI "layer.nondistributable.v1.tar", OCI_MEDIA_LAYER, OCI_COMPRESSION_NONE},
    {OCI "layer.nondistributable.v1.tar+gzip", OCI_MEDIA_LAYER, OCI_COMPRESSION_GZIP},
    {OCI "layer.nondistributable.v1.tar+zstd", OCI_MEDIA_LAYER, OCI_COMPRESSION_ZSTD},
    {DOCKER "distribution.manifest.list.v2+json", OCI_MEDIA_INDEX, OCI_COMPRESSION_NONE},
    {DOCKER "distribution.manifest.v2+json", OCI_MEDIA_MANIFEST, OCI_COMPRESSION_NONE},
    {DOCKER "distribution.manifest.v1+json", OCI_MEDIA_SCHEMA1, OCI_COMPRESSION_NONE},
    {DOCKER "distribution.manifest.v1+prettyjws", OCI_MEDIA_SCHEMA1, OCI_COMPRESSION_NONE},
    {DOCKER "container.image.v1+json", OCI_MEDIA_CONFIG, OCI_COMPRESSION_NONE},
    {DOCKER "image.rootfs.diff.tar", OCI_MEDIA_LAYER, OCI_COMPRESSION_NONE},
    {DOCKER "image.rootfs.diff.tar.gzip", OCI_MEDIA_LAYER, OCI_COMPRESSION_GZIP},
    {DOCKER "image.rootfs.diff.tar.zstd", OCI_MEDIA_LAYER, OCI_COMPRESSION_ZSTD},
    {DOCKER "image.rootfs.foreign.diff.tar", OCI_MEDIA_LAYER, OCI_COMPRESSION_NONE},
    {DOCKER "image.rootfs.foreign.diff.tar.gzip", OCI_MEDIA_LAYER, OCI_COMPRESSION_GZIP},
};

static const MediaType *find(const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if (strcmp(known[i].type, type) == 0)
      return &known[i];
  return NULL;
}

OciMediaKind oci_media_kind(const char *type)
{
  const MediaType *found = find(type);
  return found == NULL ? OCI_MEDIA_OTHER : found->kind;
}

gboolean oci_media_layer_compression(const char *type, OciCompression *compression)
{
  const MediaType *found = find(type);
  if (found == NULL || found->kind != OCI_MEDIA_LAYER)
    return FALSE;
  *compression = found->compression;
  return TRUE;
}

const char *oci_media_layer_type(OciCompression compression)
{
  switch (compression)
  {
  case OCI_COMPRESSION_NONE:
    return OCI_MEDIATYPE_LAYER;
  case OCI_COMPRESSION_GZIP:
    return OCI_MEDIATYPE_LAYER_GZIP;
  case OCI_COMPRESSION_ZSTD:
    return OCI_MEDIATYPE_LAYER_ZSTD;
  }
  g_assert_not_reached();
}
