/*
 * An image in a registry, as if it were a layout: index.json names the one
 * manifest or index that was asked for, the rest is fetched when it is asked
 * for by name. Layers are on their way as soon as it is clear whose they are.
 */
#include "oci/error.h"
#include "oci/index.h"
#include "oci/manifest.h"
#include "oci/mediatype.h"
#include "oci/transport/registry_download.h"
#include "oci/transport/transport.h"

#include <string.h>

#define ACCEPT                                                                                                                             \
  "Accept: " OCI_MEDIATYPE_INDEX ", " OCI_MEDIATYPE_MANIFEST ", application/vnd.docker.distribution.manifest.list.v2+json, "               \
  "application/vnd.docker.distribution.manifest.v2+json"

/* What a document that we have says about one that we may be asked for. */
typedef struct
{
  OciDescriptor *descriptor;
  gboolean is_layer;
  gboolean is_config;
  gboolean is_chosen; /* a manifest that is read only when it is the image's */
} Expected;

typedef struct
{
  OciSource source;
  OciAccess access;
  OciRegistryName *name;
  OciRegistry *registry;
  OciDownloads *downloads;
  OciLimits limits;
  GHashTable *documents; /* char*: a layout's name → GBytes* */
  GHashTable *expected;  /* char*: a layout's name → Expected* */
} RegistrySource;

static void expected_free(gpointer data)
{
  Expected *expected = data;
  oci_descriptor_free(expected->descriptor);
  g_free(expected);
}

/* Returns: borrowed; what was expected before when it was. */
static Expected *expect(RegistrySource *registry, const OciDescriptor *descriptor)
{
  g_autofree char *name = oci_blob_name(&descriptor->digest);
  Expected *expected = g_hash_table_lookup(registry->expected, name);
  if (expected != NULL)
    return expected;
  expected = g_new0(Expected, 1);
  expected->descriptor = oci_descriptor_new(descriptor->media_type, &descriptor->digest, descriptor->size);
  g_hash_table_insert(registry->expected, g_steal_pointer(&name), expected);
  return expected;
}

static void expect_index(RegistrySource *registry, GBytes *bytes, const char *media_type)
{
  g_autoptr(OciIndex) index = oci_index_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), media_type, &registry->limits, NULL);
  for (guint i = 0; index != NULL && i < index->manifests->len; i++)
  {
    const OciDescriptor *descriptor = g_ptr_array_index(index->manifests, i);
    expect(registry, descriptor)->is_chosen = descriptor->platform != NULL;
  }
}

static gint compare_size(gconstpointer a, gconstpointer b)
{
  guint64 left = (*(const OciDescriptor *const *)a)->size;
  guint64 right = (*(const OciDescriptor *const *)b)->size;
  return left < right ? 1 : left > right ? -1 : 0;
}

static gboolean start_layers(RegistrySource *registry, const OciManifest *manifest, GError **error)
{
  g_autoptr(GPtrArray) layers = g_ptr_array_new();
  for (guint i = 0; i < manifest->layers->len; i++)
    g_ptr_array_add(layers, g_ptr_array_index(manifest->layers, i));
  g_ptr_array_sort(layers, compare_size);
  for (guint i = 0; i < layers->len; i++)
  {
    const OciDescriptor *layer = g_ptr_array_index(layers, i);
    g_autoptr(OciBlob) blob = layer->data != NULL ? NULL : oci_downloads_get(registry->downloads, layer, error);
    if (layer->data == NULL && blob == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean expect_manifest(RegistrySource *registry, GBytes *bytes, const char *media_type, gboolean is_chosen, GError **error)
{
  g_autoptr(OciManifest) manifest =
      oci_manifest_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), media_type, &registry->limits, NULL);
  if (manifest == NULL)
    return TRUE; /* who asked will see why */
  expect(registry, manifest->config)->is_config = TRUE;
  guint64 total = 0;
  for (guint i = 0; i < manifest->layers->len; i++)
  {
    const OciDescriptor *layer = g_ptr_array_index(manifest->layers, i);
    expect(registry, layer)->is_layer = TRUE;
    if (layer->size > registry->limits.uncompressed_bytes - total)
    {
      g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT,
                  "layers have more bytes than the limit uncompressed_bytes, %" G_GUINT64_FORMAT "\nhint: raise it with --max-uncompressed",
                  registry->limits.uncompressed_bytes);
      return FALSE;
    }
    total += layer->size;
  }
  return !is_chosen || start_layers(registry, manifest, error);
}

/* Only of what its digest vouches for. */
static gboolean expect_more(RegistrySource *registry, const OciDescriptor *descriptor, GBytes *bytes, gboolean is_chosen, GError **error)
{
  OciDigest found;
  oci_digest_compute(descriptor->digest.algorithm, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &found);
  if (!oci_digest_equal(&found, &descriptor->digest))
    return TRUE;
  if (oci_media_kind(descriptor->media_type) == OCI_MEDIA_INDEX)
    expect_index(registry, bytes, descriptor->media_type);
  else if (oci_media_kind(descriptor->media_type) == OCI_MEDIA_MANIFEST)
    return expect_manifest(registry, bytes, descriptor->media_type, is_chosen, error);
  return TRUE;
}

/* Without its parameters. Returns: a new string. */
static char *content_type(const OciHttpResponse *response)
{
  const char *type = oci_http_response_header(response, "content-type");
  return type == NULL ? g_strdup("") : g_strstrip(g_strndup(type, strcspn(type, ";")));
}

static GBytes *take_body(const OciHttpResponse *response)
{
  return g_bytes_new(response->body->data, response->body->len);
}

/*
 * bytes: set to NULL when the registry does not have it.
 * response: initialised.
 */
static gboolean get(RegistrySource *registry, const char *folder, const char *reference, OciHttpResponse *response, GBytes **bytes,
                    GError **error)
{
  g_autofree char *path = g_strconcat(folder, reference, NULL);
  g_autofree char *url = oci_registry_url(registry->registry, path);
  static const char *const accept[] = {ACCEPT, NULL};
  OciHttpRequest request = {
      .method = "GET", .url = url, .headers = strcmp(folder, "manifests/") == 0 ? accept : NULL, .limit = registry->limits.document_bytes};
  *bytes = NULL;
  if (!oci_registry_call(registry->registry, &request, TRUE, response, error))
  {
    oci_downloads_explain(registry->downloads, error);
    return FALSE;
  }
  if (response->status == 404)
    return TRUE;
  if (response->status != 200)
  {
    g_autofree char *quoted = oci_quote(path);
    return oci_registry_fail(registry->registry, response, quoted, error);
  }
  *bytes = take_body(response);
  return TRUE;
}

static gboolean fail_type(const char *is, const char *should, GError **error)
{
  g_autofree char *left = oci_quote(is);
  g_autofree char *right = oci_quote(should);
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "the registry says that the manifest is %s, and the document says %s", left, right);
  return FALSE;
}

static gboolean fetch_document(RegistrySource *registry, const char *name, const Expected *expected, GError **error)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *digest = oci_digest_format(&expected->descriptor->digest);
  if (!get(registry, expected->is_config ? "blobs/" : "manifests/", digest, &response, &bytes, error))
    return FALSE;
  if (bytes == NULL)
    return TRUE;
  g_autofree char *type = content_type(&response);
  OciMediaKind kind = oci_media_kind(type);
  gboolean says = kind == OCI_MEDIA_INDEX || kind == OCI_MEDIA_MANIFEST || kind == OCI_MEDIA_SCHEMA1;
  if (!expected->is_config && says && strcmp(type, expected->descriptor->media_type) != 0)
    return fail_type(type, expected->descriptor->media_type, error);
  g_hash_table_insert(registry->documents, g_strdup(name), g_bytes_ref(bytes));
  return expected->is_config || expect_more(registry, expected->descriptor, bytes, expected->is_chosen, error);
}

static gboolean registry_find(OciSource *source, const char *name, OciBlob **blob, GError **error)
{
  RegistrySource *registry = (RegistrySource *)source;
  GBytes *bytes = g_hash_table_lookup(registry->documents, name);
  const Expected *expected = bytes != NULL ? NULL : g_hash_table_lookup(registry->expected, name);
  *blob = NULL;
  if (expected != NULL && expected->is_layer)
  {
    *blob = oci_downloads_get(registry->downloads, expected->descriptor, error);
    return *blob != NULL;
  }
  if (expected != NULL && !fetch_document(registry, name, expected, error))
    return FALSE;
  bytes = g_hash_table_lookup(registry->documents, name);
  *blob = bytes == NULL ? NULL : oci_blob_new_bytes(bytes);
  return TRUE;
}

static void registry_free(OciSource *source)
{
  RegistrySource *registry = (RegistrySource *)source;
  oci_downloads_free(registry->downloads);
  oci_registry_free(registry->registry);
  oci_registry_name_free(registry->name);
  g_hash_table_unref(registry->documents);
  g_hash_table_unref(registry->expected);
  g_free(registry);
}

static const OciSourceOps registry_ops = {.find = registry_find, .free = registry_free};

/* What the registry and the document say, which must be the same, or what it looks like. Returns: a new string, or NULL. */
static char *root_type(const OciHttpResponse *response, GBytes *bytes, const OciLimits *limits, GError **error)
{
  const char *own = NULL;
  g_autofree char *said = content_type(response);
  OciMediaKind kind = oci_media_kind(said);
  g_autoptr(json_t) json =
      oci_json_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), limits->document_bytes, "the manifest", error);
  if (json == NULL || !oci_json_string(json, "mediaType", "", &own, error))
    return NULL;
  gboolean says = kind == OCI_MEDIA_INDEX || kind == OCI_MEDIA_MANIFEST || kind == OCI_MEDIA_SCHEMA1; /* and not "application/json" */
  if (says && own != NULL && strcmp(said, own) != 0)
  {
    fail_type(said, own, error);
    return NULL;
  }
  if (says || own != NULL)
    return says ? g_steal_pointer(&said) : g_strdup(own);
  return g_strdup(json_object_get(json, "manifests") != NULL ? OCI_MEDIATYPE_INDEX : OCI_MEDIATYPE_MANIFEST);
}

/* By digest the name says what it must be, by tag the registry does. */
static gboolean check_root(const RegistrySource *registry, const OciHttpResponse *response, GBytes *bytes, OciDigest *digest,
                           GError **error)
{
  OciDigest promised;
  const char *header = oci_http_response_header(response, "docker-content-digest");
  const char *text = registry->name->by_digest ? registry->name->reference : header;
  gboolean is_promised = text != NULL && oci_digest_parse(text, &promised, NULL);
  oci_digest_compute(is_promised ? promised.algorithm : OCI_DIGEST_SHA256, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), digest);
  if (!is_promised || oci_digest_equal(digest, &promised))
    return TRUE;
  g_autofree char *found = oci_digest_format(digest);
  g_autofree char *should = oci_digest_format(&promised);
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH, "the manifest has the digest %s, the %s says %s", found,
              registry->name->by_digest ? "reference" : "registry", should);
  return FALSE;
}

static void make_layout(RegistrySource *registry, const OciDescriptor *root)
{
  g_autoptr(GPtrArray) entries = g_ptr_array_new();
  g_hash_table_insert(root->annotations, g_strdup(OCI_ANNOTATION_IMAGE_NAME), oci_registry_name_format(registry->name));
  g_ptr_array_add(entries, (gpointer)(guintptr)root);
  g_autoptr(json_t) index = oci_index_json(entries);
  g_hash_table_insert(registry->documents, g_strdup("index.json"), oci_json_format(index));
  g_hash_table_insert(registry->documents, g_strdup("oci-layout"), g_bytes_new_static(OCI_LAYOUT_FILE, strlen(OCI_LAYOUT_FILE)));
}

static gboolean fetch_root(RegistrySource *registry, GError **error)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  g_autoptr(GBytes) bytes = NULL;
  OciDigest digest;
  if (!get(registry, "manifests/", registry->name->reference, &response, &bytes, error))
    return FALSE;
  if (bytes == NULL)
  {
    g_autofree char *name = oci_registry_name_format(registry->name);
    g_autofree char *quoted = oci_quote(name);
    return oci_registry_fail(registry->registry, &response, quoted, error);
  }
  if (!check_root(registry, &response, bytes, &digest, error))
    return FALSE;
  g_autofree char *type = root_type(&response, bytes, &registry->limits, error);
  if (type == NULL)
    return FALSE;
  g_autoptr(OciDescriptor) root = oci_descriptor_new(type, &digest, g_bytes_get_size(bytes));
  g_hash_table_insert(registry->documents, oci_blob_name(&digest), g_bytes_ref(bytes));
  make_layout(registry, root);
  return expect_more(registry, root, bytes, TRUE, error);
}

OciSource *oci_registry_source_open(const char *text, const OciSourceContext *context, GError **error)
{
  RegistrySource *registry = g_new0(RegistrySource, 1);
  g_autoptr(OciSource) source = &registry->source;
  registry->source.ops = &registry_ops;
  registry->access = context->access != NULL ? *context->access : (OciAccess){.retries = OCI_ACCESS_RETRIES};
  registry->limits = *context->limits;
  registry->documents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  registry->expected = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, expected_free);
  registry->name = oci_registry_name_parse(text, error);
  if (registry->name == NULL)
    return NULL;
  OciRegistryUse use = {.cancelled = context->cancelled};
  registry->registry = oci_registry_open(registry->name, &registry->access, &use, error);
  if (registry->registry == NULL)
    return NULL;
  registry->downloads = oci_downloads_new(registry->registry, context->spool_directory);
  return fetch_root(registry, error) ? g_steal_pointer(&source) : NULL;
}
