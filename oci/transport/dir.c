/*
 * A directory as skopeo's dir: has it: version, manifest.json, and each blob
 * under its digest's digits; of an index, what it names is DIGITS.manifest.json.
 * It is read as if it were a layout.
 */
#include "oci/error.h"
#include "oci/index.h"
#include "oci/mediatype.h"
#include "oci/transport/transport.h"

#include <string.h>

#define VERSION_PREFIX "Directory Transport Version: "

typedef struct
{
  OciSource source;
  OciSource *files;  /* by their own names */
  GBytes *index;     /* what an index.json would say */
  GBytes *manifest;  /* manifest.json */
  char *manifest_at; /* its name in a layout */
} Dir;

static gboolean dir_find(OciSource *source, const char *name, OciBlob **blob, GError **error)
{
  const Dir *dir = (const Dir *)source;
  *blob = NULL;
  if (strcmp(name, "oci-layout") == 0)
  {
    g_autoptr(GBytes) bytes = g_bytes_new_static(OCI_LAYOUT_FILE, strlen(OCI_LAYOUT_FILE));
    *blob = oci_blob_new_bytes(bytes);
  }
  else if (strcmp(name, "index.json") == 0)
    *blob = oci_blob_new_bytes(dir->index);
  else if (strcmp(name, dir->manifest_at) == 0)
    *blob = oci_blob_new_bytes(dir->manifest);
  const char *digits = strrchr(name, '/');
  if (*blob != NULL || digits == NULL)
    return TRUE;
  if (!dir->files->ops->find(dir->files, digits + 1, blob, error))
    return FALSE;
  g_autofree char *manifest = g_strconcat(digits + 1, ".manifest.json", NULL);
  return *blob != NULL || dir->files->ops->find(dir->files, manifest, blob, error);
}

static void dir_free(OciSource *source)
{
  Dir *dir = (Dir *)source;
  oci_source_free(dir->files);
  g_clear_pointer(&dir->index, g_bytes_unref);
  g_clear_pointer(&dir->manifest, g_bytes_unref);
  g_free(dir->manifest_at);
  g_free(dir);
}

static const OciSourceOps dir_ops = {.find = dir_find, .free = dir_free};

/* What manifest.json is: by its own word, or by what is in it. Returns: borrowed from json, or NULL with error set. */
static const char *manifest_type(const json_t *json, GError **error)
{
  const char *own = NULL;
  if (!oci_json_string(json, "mediaType", "manifest.json: ", &own, error))
    return NULL;
  if (own != NULL)
    return own;
  return json_object_get(json, "manifests") != NULL ? OCI_MEDIATYPE_INDEX : OCI_MEDIATYPE_MANIFEST;
}

static gboolean make_index(Dir *dir, const OciLimits *limits, GError **error)
{
  OciDigest digest;
  gsize size = g_bytes_get_size(dir->manifest);
  const void *bytes = g_bytes_get_data(dir->manifest, NULL);
  g_autoptr(json_t) json = oci_json_parse(bytes, size, limits->document_bytes, "manifest.json", error);
  const char *type = json == NULL ? NULL : manifest_type(json, error);
  if (type == NULL)
    return FALSE;
  oci_digest_compute(OCI_DIGEST_SHA256, bytes, size, &digest);
  g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func((GDestroyNotify)oci_descriptor_free);
  g_ptr_array_add(entries, oci_descriptor_new(type, &digest, size));
  g_autoptr(json_t) index = oci_index_json(entries);
  dir->index = oci_json_format(index);
  dir->manifest_at = oci_blob_name(&digest);
  return TRUE;
}

OciSource *oci_dir_open(const char *path, const OciLimits *limits, GError **error)
{
  g_autoptr(GBytes) version = NULL;
  Dir *dir = g_new0(Dir, 1);
  g_autoptr(OciSource) source = &dir->source;
  dir->source.ops = &dir_ops;
  dir->files = oci_layout_open(path, error);
  if (dir->files == NULL || !oci_source_read(dir->files, "version", limits->document_bytes, &version, error) ||
      !oci_source_read(dir->files, "manifest.json", limits->document_bytes, &dir->manifest, error))
    return NULL;
  gsize length = 0;
  const char *text = version == NULL ? "" : g_bytes_get_data(version, &length);
  if (dir->manifest == NULL || length < strlen(VERSION_PREFIX) || memcmp(text, VERSION_PREFIX, strlen(VERSION_PREFIX)) != 0)
  {
    g_autofree char *quoted = oci_quote(path);
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s is no directory as skopeo's dir: writes it: there is no %s", quoted,
                dir->manifest == NULL ? "manifest.json" : "version");
    return NULL;
  }
  return make_index(dir, limits, error) ? g_steal_pointer(&source) : NULL;
}
