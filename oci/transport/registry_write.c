/* An image into a registry: blobs first, then the manifest under its digest, its names last, so that a name never means half an image. */
#include "oci/error.h"
#include "oci/mediatype.h"
#include "oci/transport/registry_upload.h"
#include "oci/transport/transport.h"

#include <string.h>

/* A manifest or an index. */
typedef struct
{
  const char *media_type;
  GBytes *bytes;
  const OciDigest *digest;
} Document;

/* reference: a tag, or the digest. */
static gboolean put_manifest(OciRegistry *registry, const Document *document, const char *reference, GError **error)
{
  g_autofree char *type = g_strconcat("Content-Type: ", document->media_type, NULL);
  const char *const headers[] = {type, NULL};
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  g_autoptr(OciBlob) body = oci_blob_new_bytes(document->bytes);
  g_autofree char *path = g_strconcat("manifests/", reference, NULL);
  g_autofree char *url = oci_registry_url(registry, path);
  OciHttpRequest request = {.method = "PUT", .url = url, .headers = headers, .body = body, .body_length = oci_blob_size(body)};
  if (!oci_registry_call(registry, &request, TRUE, &response, error))
    return FALSE;
  if (response.status != 201)
  {
    g_autofree char *quoted = oci_quote(reference);
    g_autofree char *what = g_strconcat("pushing the manifest ", quoted, NULL);
    return oci_registry_fail(registry, &response, what, error);
  }
  OciDigest stored;
  const char *digest = oci_http_response_header(&response, "docker-content-digest");
  if (digest == NULL || !oci_digest_parse(digest, &stored, NULL) || stored.algorithm != document->digest->algorithm ||
      oci_digest_equal(&stored, document->digest))
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH, "the registry has stored another manifest: %s", digest);
  return FALSE;
}

/* The tags of the destination and of --tag. Returns: char*, owned by the caller. */
static GPtrArray *collect_tags(const OciRegistryName *name, const OciDocuments *documents, GError **error)
{
  g_autoptr(GPtrArray) tags = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(tags, g_strdup(name->reference));
  for (guint i = 0; i < documents->repo_tags->len; i++)
  {
    const char *text = g_ptr_array_index(documents->repo_tags, i);
    g_autoptr(OciRegistryName) other = oci_registry_name_parse(text, error);
    if (other == NULL)
      return NULL;
    if (strcmp(other->host, name->host) != 0 || strcmp(other->repository, name->repository) != 0)
    {
      g_autofree char *quoted = oci_quote(text);
      g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "--tag %s is not of the repository that is pushed to, %s/%s", quoted, name->host,
                  name->repository);
      return NULL;
    }
    if (!g_ptr_array_find_with_equal_func(tags, other->reference, g_str_equal, NULL))
      g_ptr_array_add(tags, g_strdup(other->reference));
  }
  return g_steal_pointer(&tags);
}

static gboolean push_by_digest(OciRegistry *registry, const Document *document, GError **error)
{
  g_autofree char *digest = oci_digest_format(document->digest);
  return put_manifest(registry, document, digest, error);
}

static gboolean push_result(OciRegistry *registry, const OciResult *result, const char *mount_from, GError **error)
{
  g_autoptr(OciBlob) config = oci_blob_new_bytes(result->config);
  Document manifest = {.media_type = OCI_MEDIATYPE_MANIFEST, .bytes = result->manifest, .digest = &result->manifest_digest};
  return oci_registry_upload(registry, result->layer->blob, &result->layer->digest, mount_from, error) &&
         oci_registry_upload(registry, config, &result->config_digest, mount_from, error) && push_by_digest(registry, &manifest, error);
}

static gboolean push(OciRegistry *registry, const OciDocuments *documents, const char *mount_from, const GPtrArray *tags, GError **error)
{
  const OciResult *first = documents->results->pdata[0];
  Document root = {.media_type = OCI_MEDIATYPE_MANIFEST, .bytes = first->manifest, .digest = &first->manifest_digest};
  for (guint i = 0; i < documents->results->len; i++)
    if (!push_result(registry, documents->results->pdata[i], mount_from, error))
      return FALSE;
  if (documents->index != NULL)
  {
    root = (Document){.media_type = OCI_MEDIATYPE_INDEX, .bytes = documents->index, .digest = &documents->index_digest};
    if (!push_by_digest(registry, &root, error))
      return FALSE;
  }
  for (guint i = 0; i < tags->len; i++)
    if (!put_manifest(registry, &root, g_ptr_array_index(tags, i), error))
      return FALSE;
  return TRUE;
}

gboolean oci_registry_write(const char *text, const OciDocuments *documents, const OciTarget *target, GError **error)
{
  static const OciAccess ordinary = {.retries = OCI_ACCESS_RETRIES};
  g_autoptr(OciRegistryName) name = oci_registry_name_parse(text, error);
  g_autoptr(OciRegistryName) source = target->source == NULL ? NULL : oci_registry_name_parse(target->source, NULL);
  if (name == NULL)
    return FALSE;
  g_autoptr(GPtrArray) tags = collect_tags(name, documents, error);
  if (tags == NULL)
    return FALSE;
  gboolean is_near = source != NULL && strcmp(source->host, name->host) == 0 && strcmp(source->repository, name->repository) != 0;
  OciRegistryUse use = {.push = TRUE, .mount_from = is_near ? source->repository : NULL, .cancelled = target->cancelled};
  g_autoptr(OciRegistry) registry = oci_registry_open(name, target->access != NULL ? target->access : &ordinary, &use, error);
  return registry != NULL && push(registry, documents, use.mount_from, tags, error);
}
