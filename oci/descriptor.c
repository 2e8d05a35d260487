/* Descriptors: parsed with all checks that need nothing but the descriptor. */
#include "oci/descriptor.h"

#include "oci/error.h"
#include "oci/mediatype.h"

#include <string.h>

void oci_descriptor_free(OciDescriptor *descriptor)
{
  if (descriptor == NULL)
    return;
  g_free(descriptor->media_type);
  g_free(descriptor->artifact_type);
  oci_platform_free(descriptor->platform);
  g_clear_pointer(&descriptor->annotations, g_hash_table_unref);
  g_clear_pointer(&descriptor->data, g_bytes_unref);
  g_free(descriptor);
}

OciDescriptor *oci_descriptor_new(const char *media_type, const OciDigest *digest, guint64 size)
{
  OciDescriptor *descriptor = g_new0(OciDescriptor, 1);
  descriptor->media_type = g_strdup(media_type);
  descriptor->digest = *digest;
  descriptor->size = size;
  descriptor->annotations = oci_string_map_new();
  return descriptor;
}

OciPlatform *oci_platform_from_json(const json_t *json, const char *where, GError **error)
{
  const char *os = NULL;
  const char *architecture = NULL;
  const char *variant = NULL;
  if (!oci_json_string(json, "os", where, &os, error) || !oci_json_string(json, "architecture", where, &architecture, error) ||
      !oci_json_string(json, "variant", where, &variant, error))
    return NULL;
  return oci_platform_new(os == NULL ? "" : os, architecture == NULL ? "" : architecture, variant == NULL ? "" : variant);
}

static gboolean parse_digest(const json_t *json, const char *where, OciDigest *digest, GError **error)
{
  const char *text = NULL;
  if (!oci_json_string(json, "digest", where, &text, error))
    return FALSE;
  if (text == NULL)
    return oci_json_fail(error, where, "digest", "is missing");
  if (oci_digest_parse(text, digest, error))
    return TRUE;
  g_prefix_error(error, "%s.digest: ", where);
  return FALSE;
}

static gboolean parse_size(const json_t *json, const char *where, guint64 *size, GError **error)
{
  gint64 value = -1;
  if (json_is_null(json_object_get(json, "size")) || json_object_get(json, "size") == NULL)
    return oci_json_fail(error, where, "size", "is missing");
  if (!oci_json_integer(json, "size", where, &value, error))
    return FALSE;
  if (value < 0)
    return oci_json_fail(error, where, "size", "is negative");
  *size = (guint64)value;
  return TRUE;
}

static gboolean is_base64(const char *text, gsize length)
{
  gsize padding = 0;
  for (gsize i = 0; i < length; i++)
  {
    if (text[i] == '=' && i + 2 >= length)
      padding++;
    else if (padding > 0 || (!g_ascii_isalnum(text[i]) && text[i] != '+' && text[i] != '/'))
      return FALSE;
  }
  return length % 4 == 0;
}

/* The embedded copy of the blob: never longer than the document that has it. */
static gboolean parse_data(const json_t *json, const char *where, OciDescriptor *descriptor, GError **error)
{
  const char *text = NULL;
  if (!oci_json_string(json, "data", where, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (!is_base64(text, strlen(text)))
    return oci_json_fail(error, where, "data", "is not base64");
  gsize length = 0;
  guchar *bytes = *text == '\0' ? NULL : g_base64_decode(text, &length);
  descriptor->data = g_bytes_new_take(bytes, length);
  OciDigest digest;
  oci_digest_compute(descriptor->digest.algorithm, bytes, length, &digest);
  if (length == descriptor->size && oci_digest_equal(&digest, &descriptor->digest))
    return TRUE;
  g_autofree char *found = oci_digest_format(&digest);
  g_autofree char *wanted = oci_digest_format(&descriptor->digest);
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH,
              "%s.data is %s (%" G_GSIZE_FORMAT " bytes), its descriptor says %s (%" G_GUINT64_FORMAT " bytes)", where, found, length,
              wanted, descriptor->size);
  return FALSE;
}

static gboolean parse_names(const json_t *json, const char *where, OciDescriptor *descriptor, GError **error)
{
  const char *media_type = NULL;
  const char *artifact_type = NULL;
  if (!oci_json_string(json, "mediaType", where, &media_type, error) ||
      !oci_json_string(json, "artifactType", where, &artifact_type, error))
    return FALSE;
  if (media_type == NULL)
    return oci_json_fail(error, where, "mediaType", "is missing");
  descriptor->media_type = g_strdup(media_type);
  descriptor->artifact_type = g_strdup(artifact_type);
  descriptor->annotations = oci_json_string_map(json, "annotations", where, error);
  return descriptor->annotations != NULL;
}

OciDescriptor *oci_descriptor_parse(const json_t *json, const char *where, GError **error)
{
  if (!json_is_object(json))
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s is not a descriptor", where);
    return NULL;
  }
  g_autoptr(OciDescriptor) descriptor = g_new0(OciDescriptor, 1);
  json_t *platform = NULL;
  if (!parse_names(json, where, descriptor, error) || !parse_digest(json, where, &descriptor->digest, error) ||
      !parse_size(json, where, &descriptor->size, error) || !parse_data(json, where, descriptor, error) ||
      !oci_json_object(json, "platform", where, &platform, error))
    return NULL;
  if (platform != NULL)
  {
    g_autofree char *place = g_strconcat(where, ".platform", NULL);
    descriptor->platform = oci_platform_from_json(platform, place, error);
    if (descriptor->platform == NULL)
      return NULL;
  }
  return g_steal_pointer(&descriptor);
}

GPtrArray *oci_descriptor_parse_array(const json_t *object, const char *key, GError **error)
{
  json_t *items = NULL;
  if (!oci_json_array(object, key, "", &items, error))
    return NULL;
  g_autoptr(GPtrArray) descriptors = g_ptr_array_new_with_free_func((GDestroyNotify)oci_descriptor_free);
  for (gsize i = 0; i < json_array_size(items); i++)
  {
    g_autofree char *where = g_strdup_printf(".%s[%" G_GSIZE_FORMAT "]", key, i);
    OciDescriptor *descriptor = oci_descriptor_parse(json_array_get(items, i), where, error);
    if (descriptor == NULL)
      return NULL;
    g_ptr_array_add(descriptors, descriptor);
  }
  return g_steal_pointer(&descriptors);
}

static json_t *format_platform(const OciPlatform *platform)
{
  json_t *json = json_object();
  json_object_set_new(json, "architecture", json_string(platform->architecture));
  json_object_set_new(json, "os", json_string(platform->os));
  if (*platform->variant != '\0')
    json_object_set_new(json, "variant", json_string(platform->variant));
  return json;
}

json_t *oci_descriptor_format(const OciDescriptor *descriptor)
{
  g_autofree char *digest = oci_digest_format(&descriptor->digest);
  json_t *json = json_object();
  json_object_set_new(json, "mediaType", json_string(descriptor->media_type));
  json_object_set_new(json, "digest", json_string(digest));
  json_object_set_new(json, "size", json_integer((json_int_t)descriptor->size));
  if (descriptor->artifact_type != NULL)
    json_object_set_new(json, "artifactType", json_string(descriptor->artifact_type));
  if (g_hash_table_size(descriptor->annotations) > 0)
    json_object_set_new(json, "annotations", oci_json_from_string_map(descriptor->annotations));
  if (descriptor->platform != NULL)
    json_object_set_new(json, "platform", format_platform(descriptor->platform));
  return json;
}

gboolean oci_descriptor_is_attestation(const OciDescriptor *descriptor)
{
  const OciPlatform *platform = descriptor->platform;
  if (platform != NULL && strcmp(platform->os, "unknown") == 0 && strcmp(platform->architecture, "unknown") == 0)
    return TRUE;
  if (g_hash_table_contains(descriptor->annotations, OCI_ANNOTATION_REFERENCE))
    return TRUE;
  return descriptor->artifact_type != NULL && oci_media_kind(descriptor->artifact_type) == OCI_MEDIA_OTHER;
}
