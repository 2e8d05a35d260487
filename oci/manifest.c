/* Manifests: strict about what they are, silent about what they carry besides. */
#include "oci/manifest.h"

#include "oci/error.h"

#include <string.h>

void oci_manifest_free(OciManifest *manifest)
{
  if (manifest == NULL)
    return;
  oci_descriptor_free(manifest->config);
  g_clear_pointer(&manifest->layers, g_ptr_array_unref);
  g_clear_pointer(&manifest->annotations, g_hash_table_unref);
  g_free(manifest);
}

OciManifest *oci_manifest_new(void)
{
  OciManifest *manifest = g_new0(OciManifest, 1);
  manifest->layers = g_ptr_array_new_with_free_func((GDestroyNotify)oci_descriptor_free);
  manifest->annotations = oci_string_map_new();
  return manifest;
}

static gboolean check_version(const json_t *json, const char *name, GError **error)
{
  gint64 version = 0;
  if (!oci_json_integer(json, "schemaVersion", "", &version, error))
  {
    g_prefix_error(error, "%s: ", name);
    return FALSE;
  }
  if (version == 1)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_UNSUPPORTED,
                "%s has schema version 1, which Docker gave up in 2016\nhint: push or save the image again with a current engine", name);
    return FALSE;
  }
  if (version != 2)
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s: .schemaVersion is not 2", name);
  return version == 2;
}

/* Two readers must not see two different images in one document (CVE-2021-41190). */
static gboolean check_unambiguous(const json_t *json, OciMediaKind kind, const char *name, GError **error)
{
  static const char *const of_index[] = {"manifests", "fsLayers", "history", NULL};
  static const char *const of_manifest[] = {"config", "layers", "fsLayers", "history", NULL};
  const char *const *keys = kind == OCI_MEDIA_INDEX ? of_manifest : of_index;
  for (; *keys != NULL; keys++)
  {
    json_t *value = json_object_get(json, *keys);
    if (value == NULL || json_is_null(value))
      continue;
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s is ambiguous: it also has .%s", name, *keys);
    return FALSE;
  }
  return TRUE;
}

static gboolean check_media_type(const json_t *json, OciMediaKind kind, const char *expected, const char *name, GError **error)
{
  const char *own = NULL;
  if (!oci_json_string(json, "mediaType", "", &own, error))
  {
    g_prefix_error(error, "%s: ", name);
    return FALSE;
  }
  if (own == NULL) /* image-spec 1.0 had none */
    return TRUE;
  if (oci_media_kind(own) == kind && (expected == NULL || strcmp(own, expected) == 0))
    return TRUE;
  g_autofree char *quoted = oci_quote(own);
  g_autofree char *wanted =
      expected == NULL ? g_strdup(kind == OCI_MEDIA_INDEX ? "an image index" : "an image manifest") : oci_quote(expected);
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s calls itself %s, but is referred to as %s", name, quoted, wanted);
  return FALSE;
}

gboolean oci_manifest_check_form(const json_t *json, OciMediaKind kind, const char *media_type, const char *name, GError **error)
{
  if (!json_is_object(json))
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s is not an object", name);
    return FALSE;
  }
  return check_version(json, name, error) && check_unambiguous(json, kind, name, error) &&
         check_media_type(json, kind, media_type, name, error);
}

static gboolean fail_artifact(const char *what, const char *type, GError **error)
{
  g_autofree char *quoted = oci_quote(type);
  g_set_error(error, OCI_ERROR, OCI_ERROR_UNSUPPORTED, "not a container image: the manifest's %s has the media type %s", what, quoted);
  return FALSE;
}

static gboolean check_image(const OciManifest *manifest, GError **error)
{
  if (oci_media_kind(manifest->config->media_type) != OCI_MEDIA_CONFIG)
    return fail_artifact("config", manifest->config->media_type, error);
  for (guint i = 0; i < manifest->layers->len; i++)
  {
    const OciDescriptor *layer = g_ptr_array_index(manifest->layers, i);
    g_autofree char *what = g_strdup_printf("layer %u", i);
    if (oci_media_kind(layer->media_type) != OCI_MEDIA_LAYER)
      return fail_artifact(what, layer->media_type, error);
  }
  return TRUE;
}

static OciManifest *parse_json(const json_t *json, const OciLimits *limits, GError **error)
{
  g_autoptr(OciManifest) manifest = g_new0(OciManifest, 1);
  json_t *config = NULL;
  if (!oci_json_object(json, "config", "", &config, error))
    return NULL;
  if (config == NULL)
  {
    oci_json_fail(error, "", "config", "is missing");
    return NULL;
  }
  manifest->config = oci_descriptor_parse(config, ".config", error);
  if (manifest->config == NULL)
    return NULL;
  manifest->layers = oci_descriptor_parse_array(json, "layers", error);
  if (manifest->layers == NULL)
    return NULL;
  manifest->annotations = oci_json_string_map(json, "annotations", "", error);
  if (manifest->annotations == NULL)
    return NULL;
  if (manifest->layers->len > limits->layers)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "%u layers are more than layers (%" G_GUINT64_FORMAT ")", manifest->layers->len,
                limits->layers);
    return NULL;
  }
  return g_steal_pointer(&manifest);
}

OciManifest *oci_manifest_parse(const void *bytes, gsize length, const char *media_type, const OciLimits *limits, GError **error)
{
  g_autoptr(json_t) json = oci_json_parse(bytes, length, limits->document_bytes, "manifest", error);
  if (json == NULL || !oci_manifest_check_form(json, OCI_MEDIA_MANIFEST, media_type, "manifest", error))
    return NULL;
  g_autoptr(OciManifest) manifest = parse_json(json, limits, error);
  if (manifest == NULL)
  {
    g_prefix_error(error, "manifest: ");
    return NULL;
  }
  return check_image(manifest, error) ? g_steal_pointer(&manifest) : NULL;
}

GBytes *oci_manifest_format(const OciManifest *manifest)
{
  g_autoptr(json_t) json = json_object();
  json_object_set_new(json, "schemaVersion", json_integer(2));
  json_object_set_new(json, "mediaType", json_string(OCI_MEDIATYPE_MANIFEST));
  json_object_set_new(json, "config", oci_descriptor_format(manifest->config));
  json_t *layers = json_array();
  for (guint i = 0; i < manifest->layers->len; i++)
    json_array_append_new(layers, oci_descriptor_format(g_ptr_array_index(manifest->layers, i)));
  json_object_set_new(json, "layers", layers);
  if (g_hash_table_size(manifest->annotations) > 0)
    json_object_set_new(json, "annotations", oci_json_from_string_map(manifest->annotations));
  return oci_json_format(json);
}
