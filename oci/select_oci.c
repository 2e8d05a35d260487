/*
 * From index.json to one manifest. Documents of other platforms may be
 * missing; attestations stand beside the images and are none.
 */
#include "oci/error.h"
#include "oci/index.h"
#include "oci/select.h"

#include <string.h>

typedef struct
{
  const OciDescriptor *descriptor; /* of a manifest */
  OciPlatform *platform;
} Candidate;

typedef struct
{
  OciSource *source;
  const OciLimits *limits;
  GPtrArray *indexes;    /* OciIndex*: hold the candidates' descriptors */
  GPtrArray *candidates; /* Candidate* */
  guint64 visited;       /* documents */
  guint attestations;
} Search;

#define VISITED_MAX 1000 /* documents that one image's index leads to */

static void candidate_free(gpointer data)
{
  Candidate *candidate = data;
  oci_platform_free(candidate->platform);
  g_free(candidate);
}

/* Returns: TRUE for a document that is not here, which is allowed; bytes is NULL then. */
static gboolean read_sparse(Search *search, const OciDescriptor *descriptor, GBytes **bytes, GError **error)
{
  g_autoptr(GError) failure = NULL;
  if (++search->visited > VISITED_MAX)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "the image index leads to more than documents (%d)", VISITED_MAX);
    return FALSE;
  }
  *bytes = oci_source_read_document(search->source, descriptor, search->limits->document_bytes, &failure);
  if (*bytes != NULL || g_error_matches(failure, OCI_ERROR, OCI_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&failure));
  return FALSE;
}

/* A manifest whose descriptor names no platform: its config does. NULL without error when they are not here. */
static OciPlatform *read_platform(Search *search, const OciDescriptor *descriptor, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GBytes) config_bytes = NULL;
  if (!read_sparse(search, descriptor, &bytes, error) || bytes == NULL)
    return NULL;
  g_autoptr(OciManifest) manifest =
      oci_manifest_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), descriptor->media_type, search->limits, error);
  if (manifest == NULL || !read_sparse(search, manifest->config, &config_bytes, error) || config_bytes == NULL)
    return NULL;
  g_autoptr(OciConfig) config =
      oci_config_parse(g_bytes_get_data(config_bytes, NULL), g_bytes_get_size(config_bytes), search->limits, error);
  return config == NULL ? NULL : oci_config_platform(config);
}

static gboolean add_manifest(Search *search, const OciDescriptor *descriptor, GError **error)
{
  g_autoptr(GError) failure = NULL;
  OciPlatform *platform = descriptor->platform;
  platform = platform != NULL ? oci_platform_new(platform->os, platform->architecture, platform->variant)
                              : read_platform(search, descriptor, &failure);
  if (g_error_matches(failure, OCI_ERROR, OCI_ERROR_UNSUPPORTED)) /* an artifact beside the images */
    return TRUE;
  if (failure != NULL)
  {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  if (platform == NULL)
    return TRUE;
  Candidate *candidate = g_new0(Candidate, 1);
  candidate->descriptor = descriptor;
  candidate->platform = platform;
  g_ptr_array_add(search->candidates, candidate);
  return TRUE;
}

static gboolean add_nested(Search *search, const OciDescriptor *descriptor, guint64 depth, GError **error);

static gboolean add_index(Search *search, const OciIndex *index, guint64 depth, GError **error)
{
  for (guint i = 0; i < index->manifests->len; i++)
  {
    const OciDescriptor *descriptor = g_ptr_array_index(index->manifests, i);
    gboolean done = TRUE;
    if (oci_descriptor_is_attestation(descriptor))
      search->attestations++;
    else if (oci_media_kind(descriptor->media_type) == OCI_MEDIA_INDEX)
      done = add_nested(search, descriptor, depth + 1, error);
    else if (oci_media_kind(descriptor->media_type) == OCI_MEDIA_MANIFEST)
      done = add_manifest(search, descriptor, error);
    if (!done)
      return FALSE;
  }
  return TRUE;
}

/* depth: 1 for an index that index.json names. */
static gboolean add_nested(Search *search, const OciDescriptor *descriptor, guint64 depth, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  if (depth > search->limits->index_depth)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "image indexes are nested deeper than index_depth (%" G_GUINT64_FORMAT ")",
                search->limits->index_depth);
    return FALSE;
  }
  if (!read_sparse(search, descriptor, &bytes, error))
    return FALSE;
  if (bytes == NULL)
    return TRUE;
  OciIndex *index = oci_index_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), descriptor->media_type, search->limits, error);
  if (index == NULL)
    return FALSE;
  g_ptr_array_add(search->indexes, index);
  return add_index(search, index, depth, error);
}

static const OciDescriptor *fail_platform(const Search *search, const OciPlatform *wanted, GError **error)
{
  g_autofree char *text = oci_platform_format(wanted);
  g_autoptr(GString) list = g_string_new(NULL);
  for (guint i = 0; i < search->candidates->len; i++)
  {
    const Candidate *candidate = g_ptr_array_index(search->candidates, i);
    g_autofree char *platform = oci_platform_format(candidate->platform);
    g_autofree char *quoted = oci_quote(platform);
    g_string_append_printf(list, "%s%s", i == 0 ? "" : ", ", quoted);
  }
  g_set_error(error, OCI_ERROR, OCI_ERROR_NOT_FOUND, "no image for %s\nhint: there are: %s", text,
              list->len == 0 ? "none that is here" : list->str);
  return NULL;
}

static gboolean is_only_one(const GPtrArray *candidates)
{
  const Candidate *first = candidates->len == 0 ? NULL : g_ptr_array_index(candidates, 0);
  for (guint i = 1; i < candidates->len; i++)
  {
    const Candidate *other = g_ptr_array_index(candidates, i);
    if (!oci_digest_equal(&first->descriptor->digest, &other->descriptor->digest))
      return FALSE;
  }
  return first != NULL;
}

typedef gboolean (*AcceptFunc)(const OciPlatform *wanted, const OciPlatform *offered);

static const OciDescriptor *choose(const Search *search, const OciPlatform *platform, GError **error)
{
  static const AcceptFunc accept[] = {oci_platform_match, oci_select_accepts}; /* the exact one first */
  if (platform == NULL && is_only_one(search->candidates))
    return ((const Candidate *)g_ptr_array_index(search->candidates, 0))->descriptor;
  g_autoptr(OciPlatform) host = oci_platform_new_host();
  const OciPlatform *wanted = platform == NULL ? host : platform;
  for (guint pass = 0; pass < G_N_ELEMENTS(accept); pass++)
    for (guint i = 0; i < search->candidates->len; i++)
    {
      const Candidate *candidate = g_ptr_array_index(search->candidates, i);
      if (accept[pass](wanted, candidate->platform))
        return candidate->descriptor;
    }
  return fail_platform(search, wanted, error);
}

static gboolean load_config(OciSource *source, const OciLimits *limits, OciSelection *selection, GError **error)
{
  const OciDescriptor *descriptor = selection->manifest->config;
  g_autoptr(GBytes) bytes = oci_source_read_document(source, descriptor, limits->document_bytes, error);
  if (bytes == NULL)
  {
    g_prefix_error(error, "image config: ");
    return FALSE;
  }
  selection->config_digest = descriptor->digest;
  selection->config = oci_config_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), limits, error);
  return selection->config != NULL;
}

static gboolean load(OciSource *source, const OciLimits *limits, const OciDescriptor *descriptor, OciSelection *selection, GError **error)
{
  g_autoptr(GBytes) bytes = oci_source_read_document(source, descriptor, limits->document_bytes, error);
  if (bytes == NULL)
  {
    g_prefix_error(error, "manifest: ");
    return FALSE;
  }
  selection->manifest_digest = descriptor->digest;
  selection->manifest = oci_manifest_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), descriptor->media_type, limits, error);
  if (selection->manifest == NULL || !load_config(source, limits, selection, error))
    return FALSE;
  for (guint i = 0; i < selection->manifest->layers->len; i++)
  {
    const OciDescriptor *layer = g_ptr_array_index(selection->manifest->layers, i);
    g_ptr_array_add(selection->members, oci_blob_name(&layer->digest));
  }
  return TRUE;
}

static OciIndex *read_index(OciSource *source, const OciLimits *limits, GError **error)
{
  g_autoptr(GBytes) layout = NULL;
  g_autoptr(GBytes) bytes = NULL;
  if (!oci_source_read(source, "oci-layout", limits->document_bytes, &layout, error) ||
      !oci_source_read(source, "index.json", limits->document_bytes, &bytes, error))
    return NULL;
  if (layout == NULL || bytes == NULL)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "not an image layout: there is no %s", layout == NULL ? "oci-layout" : "index.json");
    return NULL;
  }
  if (!oci_index_check_layout(g_bytes_get_data(layout, NULL), g_bytes_get_size(layout), limits, error))
    return NULL;
  return oci_index_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL, limits, error);
}

/* Finds the candidates. named: NULL for index.json itself. */
static gboolean search_index(Search *search, const OciIndex *index, const OciDescriptor *named, GError **error)
{
  OciMediaKind kind = named == NULL ? OCI_MEDIA_INDEX : oci_media_kind(named->media_type);
  if (kind == OCI_MEDIA_INDEX)
    return named == NULL ? add_index(search, index, 0, error) : add_nested(search, named, 1, error);
  g_autofree char *quoted = oci_quote(named->media_type);
  if (kind == OCI_MEDIA_SCHEMA1)
    g_set_error(
        error, OCI_ERROR, OCI_ERROR_UNSUPPORTED,
        "the manifest has schema version 1, which Docker gave up in 2016\nhint: push or save the image again with a current engine");
  else
    g_set_error(error, OCI_ERROR, OCI_ERROR_UNSUPPORTED, "not a container image: the media type is %s", quoted);
  return FALSE;
}

static gboolean is_manifest(const OciDescriptor *named)
{
  return named != NULL && oci_media_kind(named->media_type) == OCI_MEDIA_MANIFEST;
}

static const OciDescriptor *search_manifest(Search *search, const OciIndex *index, const OciDescriptor *named, const OciWanted *wanted,
                                            GError **error)
{
  if (is_manifest(named))
    return named;
  return search_index(search, index, named, error) ? choose(search, wanted->platform, error) : NULL;
}

static const char *find_name(const OciDescriptor *descriptor)
{
  const char *name = descriptor == NULL ? NULL : g_hash_table_lookup(descriptor->annotations, OCI_ANNOTATION_IMAGE_NAME);
  return name != NULL || descriptor == NULL ? name : g_hash_table_lookup(descriptor->annotations, OCI_ANNOTATION_REF_NAME);
}

static OciSelection *select_from(Search *search, const OciIndex *index, const OciWanted *wanted, GError **error)
{
  const OciDescriptor *named = NULL;
  if (!oci_index_find(index, wanted->ref, &named, error))
    return NULL;
  const OciDescriptor *descriptor = search_manifest(search, index, named, wanted, error);
  if (descriptor == NULL)
    return NULL;
  g_autoptr(OciSelection) selection = oci_selection_new();
  selection->name = g_strdup(find_name(named));
  if (search->indexes->len > 0) /* the image's own is the first that was read */
    selection->index_annotations = g_hash_table_ref(((const OciIndex *)g_ptr_array_index(search->indexes, 0))->annotations);
  if (!load(search->source, search->limits, descriptor, selection, error) ||
      !oci_selection_check_platform(selection, wanted->platform, error))
    return NULL;
  if (search->attestations > 0)
    g_ptr_array_add(selection->warnings, g_strdup_printf("%u attestation%s of the image left out: what they attest is the original",
                                                         search->attestations, search->attestations == 1 ? "" : "s"));
  return g_steal_pointer(&selection);
}

static GPtrArray *list_platforms(const Search *search)
{
  GPtrArray *platforms = g_ptr_array_new_with_free_func((GDestroyNotify)oci_platform_free);
  for (guint i = 0; i < search->candidates->len; i++)
  {
    const OciPlatform *platform = ((const Candidate *)g_ptr_array_index(search->candidates, i))->platform;
    if (!oci_platform_is_in(platforms, platform))
      g_ptr_array_add(platforms, oci_platform_new(platform->os, platform->architecture, platform->variant));
  }
  return platforms;
}

GPtrArray *oci_select_platforms(OciSource *source, const OciWanted *wanted, GError **error)
{
  const OciDescriptor *named = NULL;
  g_autoptr(OciIndex) index = read_index(source, wanted->limits, error);
  if (index == NULL || !oci_index_find(index, wanted->ref, &named, error))
    return NULL;
  g_autoptr(GPtrArray) indexes = g_ptr_array_new_with_free_func((GDestroyNotify)oci_index_free);
  g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(candidate_free);
  Search search = {.source = source, .limits = wanted->limits, .indexes = indexes, .candidates = candidates};
  if (!is_manifest(named) && !search_index(&search, index, named, error))
    return NULL;
  return list_platforms(&search);
}

OciSelection *oci_select_oci(OciSource *source, const OciWanted *wanted, GError **error)
{
  g_autoptr(OciIndex) index = read_index(source, wanted->limits, error);
  if (index == NULL)
    return NULL;
  g_autoptr(GPtrArray) indexes = g_ptr_array_new_with_free_func((GDestroyNotify)oci_index_free);
  g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(candidate_free);
  Search search = {.source = source, .limits = wanted->limits, .indexes = indexes, .candidates = candidates};
  return select_from(&search, index, wanted, error);
}
