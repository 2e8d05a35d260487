/*
 * An image index, nested in another one or as the index.json of a layout.
 *
 * Spec: image-spec image-index.md, image-layout.md.
 */
#ifndef OCI_INDEX_H
#define OCI_INDEX_H

#include "oci/descriptor.h"
#include "oci/limits.h"

typedef struct
{
  GPtrArray *manifests;    /* OciDescriptor* */
  GHashTable *annotations; /* char* → char*, never NULL */
} OciIndex;

/*
 * media_type: as for oci_manifest_parse(); NULL for an index.json.
 *
 * Errors: OCI_ERROR_MALFORMED, OCI_ERROR_UNSUPPORTED (schema 1).
 */
OciIndex *oci_index_parse(const void *bytes, gsize length, const char *media_type, const OciLimits *limits, GError **error);
OciIndex *oci_index_new(void);
GBytes *oci_index_format(const OciIndex *index);
/* The same for descriptors alone: OciDescriptor*. Returns: a new reference. */
json_t *oci_index_json(const GPtrArray *manifests);
void oci_index_free(OciIndex *index);

/*
 * The entry of a layout's index that a reference means.
 *
 * ref: "@N", "@sha256:…", a name as in org.opencontainers.image.ref.name, or
 * a full one as in io.containerd.image.name; NULL: the only one there is.
 * descriptor: set to what is borrowed from the index; NULL when ref is NULL
 * and the entries differ only in their platforms, so that the index itself is
 * the image's.
 *
 * Errors: OCI_ERROR_NOT_FOUND with the references there are;
 * OCI_ERROR_MALFORMED when two different entries have the same name.
 */
gboolean oci_index_find(const OciIndex *index, const char *ref, const OciDescriptor **descriptor, GError **error);

/* imageLayoutVersion of an oci-layout file. Errors: OCI_ERROR_MALFORMED, OCI_ERROR_UNSUPPORTED. */
gboolean oci_index_check_layout(const void *bytes, gsize length, const OciLimits *limits, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciIndex, oci_index_free)

#endif
