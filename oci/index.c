/* Indexes, and how a reference picks an entry of one. */
#include "oci/index.h"

#include "oci/error.h"
#include "oci/manifest.h"
#include "oci/mediatype.h"
#include "oci/name.h"

#include <string.h>

#define LAYOUT_VERSION "1.0.0"
#define LISTED_MAX     20 /* references named in a message */

void oci_index_free(OciIndex *index)
{
  if (index == NULL)
    return;
  g_clear_pointer(&index->manifests, g_ptr_array_unref);
  g_clear_pointer(&index->annotations, g_hash_table_unref);
  g_free(index);
}

OciIndex *oci_index_new(void)
{
  OciIndex *index = g_new0(OciIndex, 1);
  index->manifests = g_ptr_array_new_with_free_func((GDestroyNotify)oci_descriptor_free);
  index->annotations = oci_string_map_new();
  return index;
}

json_t *oci_index_json(const GPtrArray *manifests)
{
  json_t *index = json_object();
  json_t *array = json_array();
  for (guint i = 0; i < manifests->len; i++)
    json_array_append_new(array, oci_descriptor_format(g_ptr_array_index(manifests, i)));
  json_object_set_new(index, "schemaVersion", json_integer(2));
  json_object_set_new(index, "mediaType", json_string(OCI_MEDIATYPE_INDEX));
  json_object_set_new(index, "manifests", array);
  return index;
}

GBytes *oci_index_format(const OciIndex *index)
{
  g_autoptr(json_t) json = oci_index_json(index->manifests);
  if (g_hash_table_size(index->annotations) > 0)
    json_object_set_new(json, "annotations", oci_json_from_string_map(index->annotations));
  return oci_json_format(json);
}

OciIndex *oci_index_parse(const void *bytes, gsize length, const char *media_type, const OciLimits *limits, GError **error)
{
  g_autoptr(json_t) json = oci_json_parse(bytes, length, limits->document_bytes, "image index", error);
  if (json == NULL || !oci_manifest_check_form(json, OCI_MEDIA_INDEX, media_type, "image index", error))
    return NULL;
  g_autoptr(OciIndex) index = g_new0(OciIndex, 1);
  index->manifests = oci_descriptor_parse_array(json, "manifests", error);
  if (index->manifests != NULL)
    index->annotations = oci_json_string_map(json, "annotations", "", error);
  if (index->annotations == NULL)
  {
    g_prefix_error(error, "image index: ");
    return NULL;
  }
  return g_steal_pointer(&index);
}

gboolean oci_index_check_layout(const void *bytes, gsize length, const OciLimits *limits, GError **error)
{
  g_autoptr(json_t) json = oci_json_parse(bytes, length, limits->document_bytes, "oci-layout", error);
  const char *version = NULL;
  if (json == NULL || !oci_json_string(json, "imageLayoutVersion", "oci-layout: ", &version, error))
    return FALSE;
  if (version != NULL && strcmp(version, LAYOUT_VERSION) == 0)
    return TRUE;
  g_autofree char *quoted = oci_quote(version == NULL ? "" : version);
  g_set_error(error, OCI_ERROR, version == NULL ? OCI_ERROR_MALFORMED : OCI_ERROR_UNSUPPORTED,
              "oci-layout: .imageLayoutVersion is %s, not '" LAYOUT_VERSION "'", quoted);
  return FALSE;
}

static const char *annotation(const OciDescriptor *descriptor, const char *key)
{
  return g_hash_table_lookup(descriptor->annotations, key);
}

/* "there are: 'a', 'b'" */
static char *list_names(const OciIndex *index)
{
  GString *text = g_string_new(NULL);
  guint listed = 0;
  for (guint i = 0; i < index->manifests->len && listed < LISTED_MAX; i++)
  {
    const OciDescriptor *descriptor = g_ptr_array_index(index->manifests, i);
    const char *name = annotation(descriptor, OCI_ANNOTATION_IMAGE_NAME);
    name = name == NULL ? annotation(descriptor, OCI_ANNOTATION_REF_NAME) : name;
    g_autofree char *position = g_strdup_printf("@%u", i);
    g_autofree char *quoted = oci_quote(name == NULL ? position : name);
    g_string_append_printf(text, "%s%s", listed++ == 0 ? "hint: there are: " : ", ", quoted);
  }
  if (listed < index->manifests->len)
    g_string_append(text, ", …");
  if (listed == 0)
    g_string_append(text, "hint: the index is empty");
  return g_string_free(text, FALSE);
}

static gboolean fail_choice(const OciIndex *index, const char *what, const char *ref, GError **error)
{
  g_autofree char *quoted = ref == NULL ? g_strdup("") : oci_quote(ref);
  g_autofree char *names = list_names(index);
  g_set_error(error, OCI_ERROR, OCI_ERROR_NOT_FOUND, "%s%s\n%s", what, quoted, names);
  return FALSE;
}

static gboolean find_position(const OciIndex *index, const char *ref, const OciDescriptor **descriptor, GError **error)
{
  guint64 position = 0;
  if (!g_ascii_string_to_unsigned(ref + 1, 10, 0, G_MAXUINT32, &position, NULL) || position >= index->manifests->len)
    return fail_choice(index, "no image at position ", ref, error);
  *descriptor = g_ptr_array_index(index->manifests, position);
  return TRUE;
}

static gboolean find_digest(const OciIndex *index, const char *ref, const OciDescriptor **descriptor, GError **error)
{
  OciDigest digest;
  if (!oci_digest_parse(ref + 1, &digest, error))
    return FALSE;
  for (guint i = 0; i < index->manifests->len; i++)
  {
    const OciDescriptor *candidate = g_ptr_array_index(index->manifests, i);
    if (!oci_digest_equal(&candidate->digest, &digest))
      continue;
    *descriptor = candidate;
    return TRUE;
  }
  return fail_choice(index, "no image with digest ", ref + 1, error);
}

typedef gboolean (*MatchFunc)(const OciDescriptor *descriptor, const char *ref);

static gboolean match_ref_name(const OciDescriptor *descriptor, const char *ref)
{
  return g_strcmp0(annotation(descriptor, OCI_ANNOTATION_REF_NAME), ref) == 0;
}

static gboolean match_image_name(const OciDescriptor *descriptor, const char *ref)
{
  const char *name = annotation(descriptor, OCI_ANNOTATION_IMAGE_NAME);
  return name != NULL && oci_name_equal(name, ref);
}

static gboolean find_match(const OciIndex *index, MatchFunc match, const char *ref, const OciDescriptor **descriptor, GError **error)
{
  const OciDescriptor *found = NULL;
  for (guint i = 0; i < index->manifests->len; i++)
  {
    const OciDescriptor *candidate = g_ptr_array_index(index->manifests, i);
    if (!match(candidate, ref) || (found != NULL && oci_digest_equal(&found->digest, &candidate->digest)))
      continue;
    if (found != NULL)
    {
      g_autofree char *quoted = oci_quote(ref);
      g_autofree char *first = oci_digest_format(&found->digest);
      g_autofree char *second = oci_digest_format(&candidate->digest);
      g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "image index: two images are named %s: %s and %s", quoted, first, second);
      return FALSE;
    }
    found = candidate;
  }
  *descriptor = found;
  return TRUE;
}

/* Several entries without names of their own are one image for several platforms. */
static gboolean is_multi_platform(const OciIndex *index)
{
  for (guint i = 0; i < index->manifests->len; i++)
  {
    const OciDescriptor *descriptor = g_ptr_array_index(index->manifests, i);
    if (oci_descriptor_is_attestation(descriptor))
      continue;
    if (descriptor->platform == NULL || annotation(descriptor, OCI_ANNOTATION_REF_NAME) != NULL ||
        annotation(descriptor, OCI_ANNOTATION_IMAGE_NAME) != NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean find_only(const OciIndex *index, const OciDescriptor **descriptor, GError **error)
{
  const OciDescriptor *found = NULL;
  gboolean several = FALSE;
  for (guint i = 0; i < index->manifests->len; i++)
  {
    const OciDescriptor *candidate = g_ptr_array_index(index->manifests, i);
    if (oci_descriptor_is_attestation(candidate))
      continue;
    several = several || (found != NULL && !oci_digest_equal(&found->digest, &candidate->digest));
    found = found == NULL ? candidate : found;
  }
  if (found == NULL)
    return fail_choice(index, "there is no image", NULL, error);
  if (several && !is_multi_platform(index))
    return fail_choice(index, "there are several images, and no reference says which", NULL, error);
  *descriptor = several ? NULL : found;
  return TRUE;
}

gboolean oci_index_find(const OciIndex *index, const char *ref, const OciDescriptor **descriptor, GError **error)
{
  if (ref == NULL)
    return find_only(index, descriptor, error);
  if (*ref == '@')
    return strchr(ref, ':') != NULL ? find_digest(index, ref, descriptor, error) : find_position(index, ref, descriptor, error);
  const OciDescriptor *found = NULL;
  if (!find_match(index, match_ref_name, ref, &found, error))
    return FALSE;
  if (found == NULL && !find_match(index, match_image_name, ref, &found, error))
    return FALSE;
  if (found == NULL)
    return fail_choice(index, "no image named ", ref, error);
  *descriptor = found;
  return TRUE;
}
