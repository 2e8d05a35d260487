/* Starts the largest layer first, then compares every digest that anybody promised. */
#include "oci/image_layers.h"

#include "oci/error.h"

#include <string.h>

#define HASH_BUFFER ((gsize)256 << 10)

typedef struct
{
  const char *member;              /* borrowed */
  const OciDescriptor *descriptor; /* borrowed; NULL in a docker archive */
  OciBlob *blob;
  OciLayer *layer;
} Work;

static void work_free(gpointer data)
{
  Work *work = data;
  oci_blob_unref(work->blob);
  oci_layer_unref(work->layer);
  g_free(work);
}

static const OciDescriptor *layer_descriptor(const OciSelection *selection, guint position)
{
  return selection->manifest == NULL ? NULL : g_ptr_array_index(selection->manifest->layers, position);
}

static gboolean fail_missing(const Work *work, GError **error)
{
  const char *type = work->descriptor == NULL ? "" : work->descriptor->media_type;
  gboolean foreign = strstr(type, ".foreign.") != NULL || strstr(type, ".nondistributable.") != NULL;
  g_autofree char *quoted = oci_quote(work->member);
  g_set_error(error, OCI_ERROR, OCI_ERROR_NOT_FOUND, "layer %s is not here%s", quoted,
              foreign ? "\nhint: it is a foreign layer, which is never fetched; save the image with its foreign layers" : "");
  return FALSE;
}

static gboolean check_size(const Work *work, const OciDescriptor *descriptor, GError **error)
{
  guint64 size = oci_blob_size(work->blob);
  if (descriptor == NULL || descriptor->size == size)
    return TRUE;
  g_autofree char *quoted = oci_quote(work->member);
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH,
              "layer %s has %" G_GUINT64_FORMAT " bytes, its descriptor says %" G_GUINT64_FORMAT, quoted, size, descriptor->size);
  return FALSE;
}

static gboolean find_blob(OciSource *source, Work *work, GError **error)
{
  if (work->descriptor != NULL && work->descriptor->data != NULL)
    work->blob = oci_blob_new_bytes(work->descriptor->data);
  else if (!source->ops->find(source, work->member, &work->blob, error))
    return FALSE;
  if (work->blob == NULL)
    return fail_missing(work, error);
  return TRUE;
}

static gint compare_size(gconstpointer a, gconstpointer b)
{
  guint64 left = oci_blob_size((*(const Work *const *)a)->blob);
  guint64 right = oci_blob_size((*(const Work *const *)b)->blob);
  return left < right ? 1 : left > right ? -1 : 0;
}

/* One work for each member, though a layer may be in the stack several times. */
static gboolean collect(OciSource *source, const OciSelection *selection, GHashTable *by_member, GPtrArray *works, GError **error)
{
  for (guint i = 0; i < selection->members->len; i++)
  {
    const char *member = g_ptr_array_index(selection->members, i);
    Work *work = g_hash_table_lookup(by_member, member);
    if (work == NULL)
    {
      work = g_new0(Work, 1);
      work->member = member;
      work->descriptor = layer_descriptor(selection, i);
      g_ptr_array_add(works, work);
      g_hash_table_insert(by_member, g_strdup(member), work);
      if (!find_blob(source, work, error))
        return FALSE;
    }
    if (!check_size(work, layer_descriptor(selection, i), error))
      return FALSE;
  }
  return TRUE;
}

static void start(OciSource *source, GPtrArray *works, OciIndexer *indexer)
{
  g_ptr_array_sort(works, compare_size);
  for (guint i = 0; i < works->len; i++)
  {
    Work *work = g_ptr_array_index(works, i);
    if (source->ops->find_layer != NULL)
      work->layer = source->ops->find_layer(source, work->member);
    if (work->layer == NULL)
      work->layer = oci_indexer_add(indexer, work->blob, work->member);
  }
}

/* The indexer computes sha256; for another algorithm the blob is read once more. */
static gboolean compute_digest(const Work *work, OciDigestAlgorithm algorithm, OciDigest *digest, GError **error)
{
  if (algorithm == OCI_DIGEST_SHA256)
  {
    *digest = *oci_layer_digest(work->layer);
    return TRUE;
  }
  g_autoptr(OciHasher) hasher = oci_hasher_new(algorithm);
  g_autofree guint8 *buffer = g_malloc(HASH_BUFFER);
  guint64 offset = 0;
  gssize got = 0;
  while ((got = oci_blob_pread(work->blob, buffer, HASH_BUFFER, offset, error)) > 0)
  {
    oci_hasher_update(hasher, buffer, (gsize)got);
    offset += (guint64)got;
  }
  oci_hasher_finish(hasher, digest);
  return got == 0;
}

static gboolean fail_digest(const char *what, guint position, const OciDigest *found, const OciDigest *wanted, const char *who,
                            GError **error)
{
  g_autofree char *is = oci_digest_format(found);
  g_autofree char *should = oci_digest_format(wanted);
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH, "layer %u has the %s %s, the %s says %s", position, what, is, who, should);
  return FALSE;
}

/* What the blob's digest must be: from the descriptor, or from a member's name. */
static gboolean find_promise(const OciDescriptor *descriptor, const char *member, OciDigest *promised)
{
  if (descriptor != NULL)
    *promised = descriptor->digest;
  else if (g_str_has_prefix(member, "blobs/sha256/"))
  {
    g_autofree char *text = g_strconcat("sha256:", member + strlen("blobs/sha256/"), NULL);
    return oci_digest_parse(text, promised, NULL);
  }
  return descriptor != NULL;
}

static gboolean verify_blob(const Work *work, const OciDescriptor *descriptor, guint position, GError **error)
{
  OciDigest promised;
  OciDigest found;
  if (!find_promise(descriptor, work->member, &promised))
    return TRUE;
  if (!compute_digest(work, promised.algorithm, &found, error))
    return FALSE;
  return oci_digest_equal(&found, &promised) ||
         fail_digest("digest", position, &found, &promised, descriptor == NULL ? "archive" : "manifest", error);
}

static gboolean verify_diff_id(const Work *work, const OciDigest *diff_id, guint position, GError **error)
{
  if (diff_id->algorithm != OCI_DIGEST_SHA256)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_UNSUPPORTED, ".rootfs.diff_ids[%u] is not a sha256 digest", position);
    return FALSE;
  }
  const OciDigest *found = oci_layer_diff_id(work->layer);
  return oci_digest_equal(found, diff_id) || fail_digest("diff_id", position, found, diff_id, "config", error);
}

static void warn_compression(const Work *work, const OciDescriptor *descriptor, guint position, GPtrArray *warnings)
{
  OciCompression promised = OCI_COMPRESSION_NONE;
  OciCompression found = oci_layer_compression(work->layer);
  if (descriptor == NULL || !oci_media_layer_compression(descriptor->media_type, &promised) || promised == found)
    return;
  g_ptr_array_add(warnings, g_strdup_printf("layer %u: its media type says %s, its bytes say %s", position, oci_compression_name(promised),
                                            oci_compression_name(found)));
}

static gboolean check_counts(const OciSelection *selection, const GPtrArray *diff_ids, GError **error)
{
  if (selection->members->len == 0)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_UNSUPPORTED, "the image has no layers: there is nothing in it");
    return FALSE;
  }
  if (selection->members->len == diff_ids->len)
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH, "the manifest has %u layers, the config has %u diff_ids",
              selection->members->len, diff_ids->len);
  return FALSE;
}

static gboolean finish(OciSelection *selection, GHashTable *by_member, const GPtrArray *diff_ids, GPtrArray *layers, GError **error)
{
  for (guint i = 0; i < selection->members->len; i++)
  {
    const Work *work = g_hash_table_lookup(by_member, g_ptr_array_index(selection->members, i));
    const OciDescriptor *descriptor = layer_descriptor(selection, i);
    if (!oci_layer_wait(work->layer, error) || !verify_blob(work, descriptor, i, error) ||
        !verify_diff_id(work, g_ptr_array_index(diff_ids, i), i, error))
      return FALSE;
    warn_compression(work, descriptor, i, selection->warnings);
    GPtrArray *own = oci_layer_warnings(work->layer);
    for (guint j = 0; j < own->len; j++)
      g_ptr_array_add(selection->warnings, g_strdup_printf("layer %u: %s", i, (const char *)g_ptr_array_index(own, j)));
    g_ptr_array_add(layers, oci_layer_ref(work->layer));
  }
  return TRUE;
}

GPtrArray *oci_image_index_layers(OciSource *source, OciSelection *selection, OciIndexer *indexer, GError **error)
{
  g_autoptr(GPtrArray) diff_ids = oci_config_diff_ids(selection->config);
  g_autoptr(GHashTable) by_member = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) works = g_ptr_array_new_with_free_func(work_free);
  g_autoptr(GPtrArray) layers = g_ptr_array_new_with_free_func((GDestroyNotify)oci_layer_unref);
  if (!check_counts(selection, diff_ids, error) || !collect(source, selection, by_member, works, error))
    return NULL;
  start(source, works, indexer);
  return finish(selection, by_member, diff_ids, layers, error) ? g_steal_pointer(&layers) : NULL;
}
