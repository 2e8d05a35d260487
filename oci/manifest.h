/*
 * An image manifest: one config, an ordered list of layers.
 *
 * Spec: image-spec manifest.md; Docker's schema 2 is read alike.
 */
#ifndef OCI_MANIFEST_H
#define OCI_MANIFEST_H

#include "oci/descriptor.h"
#include "oci/limits.h"
#include "oci/mediatype.h"

typedef struct
{
  OciDescriptor *config;
  GPtrArray *layers;       /* OciDescriptor*, lowest first */
  GHashTable *annotations; /* char* → char*, never NULL */
} OciManifest;

/*
 * media_type: what the descriptor that led here says, which the document's
 * own mediaType must not contradict; NULL when nothing did.
 *
 * Errors: OCI_ERROR_MALFORMED (ambiguous with an index included),
 * OCI_ERROR_UNSUPPORTED (schema 1, or not the manifest of a container image).
 */
OciManifest *oci_manifest_parse(const void *bytes, gsize length, const char *media_type, const OciLimits *limits, GError **error);

OciManifest *oci_manifest_new(void); /* config to be set by the caller */
GBytes *oci_manifest_format(const OciManifest *manifest);
void oci_manifest_free(OciManifest *manifest);

/*
 * What manifests and indexes have in common: the version, no members of the
 * other kind, and a mediaType that does not contradict its descriptor's.
 *
 * kind: OCI_MEDIA_MANIFEST or OCI_MEDIA_INDEX.
 * name: for messages.
 */
gboolean oci_manifest_check_form(const json_t *json, OciMediaKind kind, const char *media_type, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciManifest, oci_manifest_free)

#endif
