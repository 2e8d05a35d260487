/*
 * What docker save writes: manifest.json is an array of images, each a
 * config's and some layers' members by name.
 */
#include "oci/error.h"
#include "oci/name.h"
#include "oci/select.h"

#include <string.h>

#define LISTED_MAX 20 /* names in a message */

/* A member's name is relative and stays in the archive. Returns: a new string, or NULL with error set. */
static char *clean_name(const char *text, const char *where, GError **error)
{
  g_auto(GStrv) parts = g_strsplit(text, "/", -1);
  g_autoptr(GPtrArray) kept = g_ptr_array_new();
  gboolean inside = *text != '/';
  for (guint i = 0; parts[i] != NULL; i++)
  {
    inside = inside && strcmp(parts[i], "..") != 0;
    if (*parts[i] != '\0' && strcmp(parts[i], ".") != 0)
      g_ptr_array_add(kept, parts[i]);
  }
  if (!inside || kept->len == 0)
  {
    g_autofree char *quoted = oci_quote(text);
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "manifest.json: %s %s is no name of a member", where, quoted);
    return NULL;
  }
  g_ptr_array_add(kept, NULL);
  return g_strjoinv("/", (char **)kept->pdata);
}

/* "blobs/sha256/<hex>" and "<hex>.json" say what the file's digest is. */
static gboolean named_digest(const char *member, OciDigest *digest)
{
  g_autofree char *base = g_path_get_basename(member);
  if (g_str_has_suffix(base, ".json"))
    base[strlen(base) - strlen(".json")] = '\0';
  else if (!g_str_has_prefix(member, "blobs/sha256/"))
    return FALSE;
  g_autofree char *text = g_strconcat("sha256:", base, NULL);
  return oci_digest_parse(text, digest, NULL);
}

static gboolean load_config(OciSource *source, const json_t *image, const OciLimits *limits, OciSelection *selection, GError **error)
{
  const char *text = NULL;
  if (!oci_json_string(image, "Config", "manifest.json: ", &text, error))
    return FALSE;
  if (text == NULL)
    return oci_json_fail(error, "manifest.json: ", "Config", "is missing");
  g_autofree char *name = clean_name(text, "Config", error);
  g_autoptr(GBytes) bytes = NULL;
  if (name == NULL || !oci_source_read(source, name, limits->document_bytes, &bytes, error))
    return FALSE;
  g_autofree char *quoted = oci_quote(name);
  if (bytes == NULL)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_NOT_FOUND, "image config %s is not here", quoted);
    return FALSE;
  }
  gconstpointer data = g_bytes_get_data(bytes, NULL);
  oci_digest_compute(OCI_DIGEST_SHA256, data, g_bytes_get_size(bytes), &selection->config_digest);
  OciDigest named;
  if (named_digest(name, &named) && !oci_digest_equal(&named, &selection->config_digest))
  {
    g_autofree char *found = oci_digest_format(&selection->config_digest);
    g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH, "image config %s is not what its name says: its digest is %s", quoted, found);
    return FALSE;
  }
  selection->config = oci_config_parse(data, g_bytes_get_size(bytes), limits, error);
  return selection->config != NULL;
}

static gboolean load_layers(const json_t *image, const OciLimits *limits, OciSelection *selection, GError **error)
{
  json_t *layers = NULL;
  if (!oci_json_strings(image, "Layers", "manifest.json: ", &layers, error))
    return FALSE;
  if (json_array_size(layers) > limits->layers)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "manifest.json: %" G_GSIZE_FORMAT " layers are more than layers (%" G_GUINT64_FORMAT ")",
                json_array_size(layers), limits->layers);
    return FALSE;
  }
  for (gsize i = 0; i < json_array_size(layers); i++)
  {
    char *name = clean_name(json_string_value(json_array_get(layers, i)), "layer", error);
    if (name == NULL)
      return FALSE;
    g_ptr_array_add(selection->members, name);
  }
  return TRUE;
}

static const char *find_tag(const json_t *image, const char *ref)
{
  const json_t *tags = json_object_get(image, "RepoTags");
  for (gsize i = 0; i < json_array_size(tags); i++)
  {
    const char *tag = json_string_value(json_array_get(tags, i));
    if (tag != NULL && (ref == NULL || oci_name_equal(tag, ref)))
      return tag;
  }
  return NULL;
}

static const json_t *fail_choice(const json_t *images, const char *what, const char *ref, GError **error)
{
  g_autofree char *quoted = ref == NULL ? g_strdup("") : oci_quote(ref);
  g_autoptr(GString) list = g_string_new(NULL);
  for (gsize i = 0; i < json_array_size(images) && i < LISTED_MAX; i++)
  {
    const char *tag = find_tag(json_array_get(images, i), NULL);
    g_autofree char *position = g_strdup_printf("@%" G_GSIZE_FORMAT, i);
    g_autofree char *name = oci_quote(tag == NULL ? position : tag);
    g_string_append_printf(list, "%s%s", i == 0 ? "\nhint: there are: " : ", ", name);
  }
  g_set_error(error, OCI_ERROR, OCI_ERROR_NOT_FOUND, "%s%s%s", what, quoted, list->str);
  return NULL;
}

static const json_t *find_image(const json_t *images, const char *ref, GError **error)
{
  guint64 position = 0;
  if (json_array_size(images) == 0)
    return fail_choice(images, "there is no image", NULL, error);
  if (ref == NULL)
    return json_array_size(images) == 1 ? json_array_get(images, 0)
                                        : fail_choice(images, "there are several images, and no reference says which", NULL, error);
  if (*ref == '@')
    return g_ascii_string_to_unsigned(ref + 1, 10, 0, json_array_size(images) - 1, &position, NULL)
               ? json_array_get(images, position)
               : fail_choice(images, "no image at position ", ref, error);
  for (gsize i = 0; i < json_array_size(images); i++)
    if (find_tag(json_array_get(images, i), ref) != NULL)
      return json_array_get(images, i);
  return fail_choice(images, "no image named ", ref, error);
}

static json_t *read_images(OciSource *source, const OciLimits *limits, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  if (!oci_source_read(source, "manifest.json", limits->document_bytes, &bytes, error))
    return NULL;
  if (bytes == NULL)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "not a docker archive: there is no manifest.json");
    return NULL;
  }
  g_autoptr(json_t) images =
      oci_json_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), limits->document_bytes, "manifest.json", error);
  if (images == NULL)
    return NULL;
  gboolean valid = json_is_array(images);
  for (gsize i = 0; valid && i < json_array_size(images); i++)
    valid = json_is_object(json_array_get(images, i));
  if (!valid)
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "manifest.json is not an array of images");
  return valid ? g_steal_pointer(&images) : NULL;
}

OciSelection *oci_select_docker(OciSource *source, const OciWanted *wanted, GError **error)
{
  json_t *tags = NULL;
  g_autoptr(json_t) images = read_images(source, wanted->limits, error);
  const json_t *image = images == NULL ? NULL : find_image(images, wanted->ref, error);
  if (image == NULL || !oci_json_strings(image, "RepoTags", "manifest.json: ", &tags, error))
    return NULL;
  g_autoptr(OciSelection) selection = oci_selection_new();
  const char *name = wanted->ref == NULL || *wanted->ref == '@' ? NULL : find_tag(image, wanted->ref);
  selection->name = g_strdup(name != NULL ? name : find_tag(image, NULL));
  if (!load_config(source, image, wanted->limits, selection, error) || !load_layers(image, wanted->limits, selection, error) ||
      !oci_selection_check_platform(selection, wanted->platform, error))
    return NULL;
  return g_steal_pointer(&selection);
}
