/*
 * Creates an image layout, or adds an image to one. Blobs first, each whole
 * under its name, index.json last: a reader sees the old image or the new.
 */
#include "oci/error.h"
#include "oci/index.h"
#include "oci/mediatype.h"
#include "oci/name.h"
#include "oci/pending.h"
#include "oci/transport/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BUFFER ((gsize)256 << 10)

static gboolean fail(const char *what, const char *path, GError **error)
{
  int code = errno;
  g_autofree char *quoted = oci_quote(path);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "%s %s: %s", what, quoted, g_strerror(code));
  return FALSE;
}

static gboolean make_directory(const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  return mkdir(path, 0777) == 0 || errno == EEXIST || fail("cannot create", path, error);
}

/* Whether a blob that is there already is what its name says. */
static gboolean is_sound(const char *path, const OciDigest *digest, guint64 size)
{
  struct stat status;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (fd < 0)
    return FALSE;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || (guint64)status.st_size != size)
  {
    close(fd);
    return FALSE;
  }
  g_autoptr(OciBlob) blob = oci_blob_new_fd(fd, 0, size);
  g_autoptr(OciHasher) hasher = oci_hasher_new(digest->algorithm);
  g_autofree guint8 *buffer = g_malloc(COPY_BUFFER);
  gssize got = 0;
  for (guint64 offset = 0; (got = oci_blob_pread(blob, buffer, COPY_BUFFER, offset, NULL)) > 0; offset += (guint64)got)
    oci_hasher_update(hasher, buffer, (gsize)got);
  OciDigest found;
  oci_hasher_finish(hasher, &found);
  return got == 0 && oci_digest_equal(&found, digest);
}

/* pending: what is written is added, to be committed with the rest. */
static gboolean add_blob(const char *layout, const OciDigest *digest, OciBlob *blob, GPtrArray *pending, GError **error)
{
  g_autofree char *name = oci_blob_name(digest);
  g_autofree char *path = g_build_filename(layout, name, NULL);
  if (is_sound(path, digest, oci_blob_size(blob)))
    return TRUE;
  OciPending *file = oci_pending_new_file(path, error);
  if (file == NULL)
    return FALSE;
  g_ptr_array_add(pending, file);
  return oci_blob_write(blob, oci_pending_fd(file), path, error);
}

static gboolean add_file(const char *layout, const char *name, GBytes *bytes, GPtrArray *pending, GError **error)
{
  g_autofree char *path = g_build_filename(layout, name, NULL);
  OciPending *file = oci_pending_new_file(path, error);
  if (file == NULL)
    return FALSE;
  g_ptr_array_add(pending, file);
  g_autoptr(OciBlob) blob = oci_blob_new_bytes(bytes);
  return oci_blob_write(blob, oci_pending_fd(file), path, error);
}

/* An entry without a name is the layout's image for its platform, or for all when it is an index. */
static gboolean is_same_platform(const OciDescriptor *a, const OciDescriptor *b)
{
  if (a->platform == NULL || b->platform == NULL)
    return a->platform == b->platform;
  return oci_platform_match(a->platform, b->platform);
}

/* Whether the new entry takes the old one's place. */
static gboolean replaces(const OciDescriptor *new, const OciDescriptor *old)
{
  const char *new_ref = g_hash_table_lookup(new->annotations, OCI_ANNOTATION_REF_NAME);
  const char *old_ref = g_hash_table_lookup(old->annotations, OCI_ANNOTATION_REF_NAME);
  const char *new_name = g_hash_table_lookup(new->annotations, OCI_ANNOTATION_IMAGE_NAME);
  const char *old_name = g_hash_table_lookup(old->annotations, OCI_ANNOTATION_IMAGE_NAME);
  if (new_name != NULL && old_name != NULL)
    return oci_name_equal(new_name, old_name);
  if (new_ref != NULL || old_ref != NULL)
    return g_strcmp0(new_ref, old_ref) == 0;
  if (new_name != NULL || old_name != NULL || oci_descriptor_is_attestation(old))
    return FALSE;
  OciMediaKind kind = oci_media_kind(old->media_type);
  if (oci_media_kind(new->media_type) == OCI_MEDIA_INDEX)
    return kind == OCI_MEDIA_MANIFEST || kind == OCI_MEDIA_INDEX;
  return kind == OCI_MEDIA_MANIFEST && is_same_platform(new, old);
}

static gboolean is_replaced(const OciDocuments *documents, const OciDescriptor *old)
{
  for (guint i = 0; i < documents->entries->len; i++)
    if (replaces(g_ptr_array_index(documents->entries, i), old))
      return TRUE;
  return FALSE;
}

/* The layout's own index with our entries in it; unknown members stay. */
static json_t *merge_index(const char *layout, const OciDocuments *documents, const OciLimits *limits, GError **error)
{
  g_autoptr(OciSource) source = oci_layout_open(layout, error);
  g_autoptr(GBytes) version = NULL;
  g_autoptr(GBytes) bytes = NULL;
  if (source == NULL || !oci_source_read(source, "oci-layout", limits->document_bytes, &version, error) ||
      !oci_source_read(source, "index.json", limits->document_bytes, &bytes, error))
    return NULL;
  if (version == NULL || bytes == NULL)
    return oci_index_json(documents->entries);
  gconstpointer data = g_bytes_get_data(bytes, NULL);
  g_autoptr(OciIndex) index = oci_index_parse(data, g_bytes_get_size(bytes), NULL, limits, error);
  if (index == NULL || !oci_index_check_layout(g_bytes_get_data(version, NULL), g_bytes_get_size(version), limits, error))
    return NULL;
  json_t *json = oci_json_parse(data, g_bytes_get_size(bytes), limits->document_bytes, "image index", error);
  json_t *merged = json_array();
  const json_t *old = json_object_get(json, "manifests");
  for (guint i = 0; i < index->manifests->len; i++)
    if (!is_replaced(documents, g_ptr_array_index(index->manifests, i)))
      json_array_append(merged, json_array_get(old, i));
  for (guint i = 0; i < documents->entries->len; i++)
    json_array_append_new(merged, oci_descriptor_format(g_ptr_array_index(documents->entries, i)));
  json_object_set_new(json, "manifests", merged);
  return json;
}

static gboolean add_documents(const char *layout, const OciDocuments *documents, const OciLimits *limits, GPtrArray *pending,
                              GError **error)
{
  g_autoptr(json_t) index = merge_index(layout, documents, limits, error);
  if (index == NULL)
    return FALSE;
  g_autoptr(GBytes) bytes = oci_json_format(index);
  g_autoptr(GBytes) version = g_bytes_new_static(OCI_LAYOUT_FILE, strlen(OCI_LAYOUT_FILE));
  g_autoptr(GPtrArray) blobs = oci_documents_blobs(documents);
  if (!make_directory(layout, "blobs", error) || !make_directory(layout, "blobs/sha256", error))
    return FALSE;
  for (guint i = 0; i < blobs->len; i++)
  {
    const OciNamedBlob *named = blobs->pdata[i];
    if (!add_blob(layout, &named->digest, named->blob, pending, error))
      return FALSE;
  }
  return add_file(layout, "oci-layout", version, pending, error) && add_file(layout, "index.json", bytes, pending, error);
}

/* All that can fail for want of space is done before the first rename. */
static gboolean fill(const char *layout, const OciDocuments *documents, const OciLimits *limits, GError **error)
{
  g_autoptr(GPtrArray) pending = g_ptr_array_new_with_free_func((GDestroyNotify)oci_pending_free);
  if (!add_documents(layout, documents, limits, pending, error))
    return FALSE;
  for (guint i = 0; i < pending->len; i++)
    if (!oci_pending_commit(g_ptr_array_index(pending, i), error))
      return FALSE;
  return TRUE;
}

/* Other writers of this layout wait, as umoci's do. */
static gboolean fill_locked(const char *path, const OciDocuments *documents, const OciLimits *limits, GError **error)
{
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return fail("cannot open", path, error);
  gboolean done = flock(fd, LOCK_EX) == 0 ? fill(path, documents, limits, error) : fail("cannot lock", path, error);
  close(fd);
  return done;
}

static gboolean create(const char *path, const OciDocuments *documents, const OciLimits *limits, GError **error)
{
  g_autoptr(OciPending) directory = oci_pending_new_directory(path, error);
  return directory != NULL && fill(oci_pending_path(directory), documents, limits, error) && oci_pending_commit(directory, error);
}

gboolean oci_layout_write(const char *path, const OciDocuments *documents, const OciLimits *limits, GError **error)
{
  g_autofree char *marker = g_build_filename(path, "oci-layout", NULL);
  g_autoptr(GError) failure = NULL;
  if (access(marker, F_OK) == 0)
    return fill_locked(path, documents, limits, error);
  if (create(path, documents, limits, &failure))
    return TRUE;
  if (access(marker, F_OK) == 0) /* another writer was faster: the image joins its layout */
    return fill_locked(path, documents, limits, error);
  g_propagate_error(error, g_steal_pointer(&failure));
  return FALSE;
}
