/*
 * A descriptor: what a document says about a blob that it points to.
 *
 * Spec: image-spec descriptor.md.
 */
#ifndef OCI_DESCRIPTOR_H
#define OCI_DESCRIPTOR_H

#include "oci/digest.h"
#include "oci/json.h"
#include "oci/platform.h"

#define OCI_ANNOTATION_REF_NAME   "org.opencontainers.image.ref.name"
#define OCI_ANNOTATION_IMAGE_NAME "io.containerd.image.name"
#define OCI_ANNOTATION_REFERENCE  "vnd.docker.reference.type"

typedef struct
{
  char *media_type;
  char *artifact_type; /* NULL when absent */
  OciDigest digest;
  guint64 size;            /* of the blob, in bytes */
  OciPlatform *platform;   /* NULL when absent */
  GHashTable *annotations; /* char* → char*, never NULL */
  GBytes *data;            /* the blob itself, verified; NULL when absent */
} OciDescriptor;

/*
 * where: the descriptor's place in its document, e.g. ".layers[3]".
 *
 * Errors: OCI_ERROR_MALFORMED, OCI_ERROR_UNSUPPORTED (digest algorithm),
 * OCI_ERROR_DIGEST_MISMATCH (data is not what digest or size says).
 */
OciDescriptor *oci_descriptor_parse(const json_t *json, const char *where, GError **error);

/* An array of descriptors: OciDescriptor*, owned by the caller; NULL with error set. Absent is empty. */
GPtrArray *oci_descriptor_parse_array(const json_t *object, const char *key, GError **error);

OciDescriptor *oci_descriptor_new(const char *media_type, const OciDigest *digest, guint64 size);
json_t *oci_descriptor_format(const OciDescriptor *descriptor); /* a new reference; without data */
void oci_descriptor_free(OciDescriptor *descriptor);

/* A new platform from a platform object; NULL with error set. */
OciPlatform *oci_platform_from_json(const json_t *json, const char *where, GError **error);

/*
 * Whether a manifest stands beside images but is none: an attestation
 * (platform unknown/unknown, or marked as BuildKit marks them) or another
 * artifact.
 */
gboolean oci_descriptor_is_attestation(const OciDescriptor *descriptor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciDescriptor, oci_descriptor_free)

#endif
