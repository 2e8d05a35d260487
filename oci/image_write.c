/* Writes finished images: names them, makes an index of several, picks the transport. */
#include "oci/error.h"
#include "oci/image.h"
#include "oci/index.h"
#include "oci/mediatype.h"
#include "oci/name.h"
#include "oci/transport/registry_name.h"
#include "oci/transport/transport.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void documents_clear(OciDocuments *documents)
{
  g_clear_pointer(&documents->index, g_bytes_unref);
  g_clear_pointer(&documents->entries, g_ptr_array_unref);
  g_clear_pointer(&documents->repo_tags, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OciDocuments, documents_clear)

static OciDescriptor *describe_manifest(const OciResult *result)
{
  OciDescriptor *descriptor = oci_descriptor_new(OCI_MEDIATYPE_MANIFEST, &result->manifest_digest, g_bytes_get_size(result->manifest));
  const OciPlatform *platform = result->platform;
  if (platform != NULL)
    descriptor->platform = oci_platform_new(platform->os, platform->architecture, platform->variant);
  return descriptor;
}

static void make_index(OciDocuments *documents, GHashTable *annotations)
{
  g_autoptr(OciIndex) index = oci_index_new();
  for (guint i = 0; i < documents->results->len; i++)
    g_ptr_array_add(index->manifests, describe_manifest(documents->results->pdata[i]));
  oci_string_map_merge(index->annotations, annotations);
  documents->index = oci_index_format(index);
  oci_digest_compute(OCI_DIGEST_SHA256, g_bytes_get_data(documents->index, NULL), g_bytes_get_size(documents->index),
                     &documents->index_digest);
}

/* What names point to. */
static OciDescriptor *describe_root(const OciDocuments *documents)
{
  if (documents->index == NULL)
    return describe_manifest(documents->results->pdata[0]);
  return oci_descriptor_new(OCI_MEDIATYPE_INDEX, &documents->index_digest, g_bytes_get_size(documents->index));
}

/* One entry of index.json. ref, name: annotations; each may be NULL. */
static void add_entry(OciDocuments *documents, const char *ref, const char *name)
{
  OciDescriptor *entry = describe_root(documents);
  if (ref != NULL)
    g_hash_table_insert(entry->annotations, g_strdup(OCI_ANNOTATION_REF_NAME), g_strdup(ref));
  if (name != NULL)
    g_hash_table_insert(entry->annotations, g_strdup(OCI_ANNOTATION_IMAGE_NAME), g_strdup(name));
  g_ptr_array_add(documents->entries, entry);
}

/* The entry of that reference that has no full name yet; NULL when there is none. */
static OciDescriptor *find_unnamed(const OciDocuments *documents, const char *ref)
{
  for (guint i = 0; i < documents->entries->len; i++)
  {
    OciDescriptor *entry = g_ptr_array_index(documents->entries, i);
    const char *name = g_hash_table_lookup(entry->annotations, OCI_ANNOTATION_REF_NAME);
    if (g_strcmp0(name, ref) == 0 && !g_hash_table_contains(entry->annotations, OCI_ANNOTATION_IMAGE_NAME))
      return entry;
  }
  return NULL;
}

/*
 * containerd's reading: the full name of the image, and the tag alone as the
 * layout's reference. An entry with that reference gets the name: readers
 * refuse a reference that stands there twice.
 */
static gboolean add_tag(OciDocuments *documents, const char *tag, GError **error)
{
  g_autoptr(OciName) name = oci_name_parse(tag, error);
  if (name == NULL)
    return FALSE;
  for (guint i = 0; i < documents->repo_tags->len; i++)
    if (oci_name_equal(g_ptr_array_index(documents->repo_tags, i), name->familiar))
      return TRUE;
  OciDescriptor *entry = find_unnamed(documents, name->tag);
  if (entry != NULL)
    g_hash_table_insert(entry->annotations, g_strdup(OCI_ANNOTATION_IMAGE_NAME), g_strdup(name->full));
  else
    add_entry(documents, name->tag, name->full);
  g_ptr_array_add(documents->repo_tags, g_strdup(name->familiar));
  return TRUE;
}

static gboolean add_names(OciDocuments *documents, OciTransport transport, const char *ref, const OciImageParts *parts, GError **error)
{
  if (ref != NULL && *ref == '@')
  {
    g_autofree char *quoted = oci_quote(ref);
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "%s is no name that an image can be given\nhint: '@' chooses an image that is there",
                quoted);
    return FALSE;
  }
  if (ref != NULL && transport != OCI_TRANSPORT_DOCKER_ARCHIVE && transport != OCI_TRANSPORT_DAEMON)
    add_entry(documents, ref, NULL);
  else if (ref != NULL && !add_tag(documents, ref, error))
    return FALSE;
  for (guint i = 0; parts->tags != NULL && i < parts->tags->len; i++)
    if (!add_tag(documents, g_ptr_array_index(parts->tags, i), error))
      return FALSE;
  if (documents->entries->len == 0)
    add_entry(documents, NULL, NULL);
  return TRUE;
}

static gboolean make_documents(OciDocuments *documents, OciTransport transport, const char *ref, const OciImageParts *parts, GError **error)
{
  documents->results = parts->results;
  documents->entries = g_ptr_array_new_with_free_func((GDestroyNotify)oci_descriptor_free);
  documents->repo_tags = g_ptr_array_new_with_free_func(g_free);
  if (parts->results->len > 1)
    make_index(documents, parts->index_annotations);
  return add_names(documents, transport, ref, parts, error);
}

/* What a bare path as destination means. Returns: FALSE with error set. */
static gboolean recognise_path(const char *path, OciTransport *transport, GError **error)
{
  struct stat status;
  g_autofree char *marker = g_build_filename(path, "oci-layout", NULL);
  gboolean directory = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
  if (directory && access(marker, F_OK) == 0)
    *transport = OCI_TRANSPORT_OCI;
  else if (!directory && g_str_has_suffix(path, ".tar"))
    *transport = OCI_TRANSPORT_OCI_ARCHIVE;
  else
  {
    g_autofree char *quoted = oci_quote(path);
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE,
                "what to write to %s is not clear\nhint: say oci:DIR, oci-archive:FILE, docker-archive:FILE or rootfs:DIR", quoted);
    return FALSE;
  }
  return TRUE;
}

static gboolean write_documents(OciTransport transport, const char *path, const OciDocuments *documents, const OciTarget *target,
                                GError **error)
{
  OciLimits limits;
  switch (transport)
  {
  case OCI_TRANSPORT_OCI:
    oci_limits_init(&limits);
    return oci_layout_write(path, documents, &limits, error);
  case OCI_TRANSPORT_OCI_ARCHIVE:
  case OCI_TRANSPORT_DOCKER_ARCHIVE:
  case OCI_TRANSPORT_STREAM:
    return oci_archive_write(path, documents, error);
  case OCI_TRANSPORT_DIR:
    return oci_dir_write(path, documents, error);
  case OCI_TRANSPORT_DAEMON:
    return oci_daemon_write(documents, target, error);
  case OCI_TRANSPORT_REGISTRY:
    return oci_registry_write(path, documents, target, error);
  case OCI_TRANSPORT_ROOTFS:
  case OCI_TRANSPORT_PATH:
    break;
  }
  g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "an image cannot be written to a plain directory");
  return FALSE;
}

gboolean oci_image_check_destination(const OciReference *destination, GError **error)
{
  OciDigest id;
  if (destination->transport == OCI_TRANSPORT_DAEMON && oci_digest_parse(destination->path, &id, NULL))
  {
    g_autofree char *text = oci_quote(destination->path);
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "%s is an image that is there already\nhint: docker-daemon:NAME:TAG", text);
    return FALSE;
  }
  if (destination->transport != OCI_TRANSPORT_REGISTRY)
    return TRUE;
  g_autoptr(OciRegistryName) name = oci_registry_name_parse(destination->path, error);
  if (name == NULL || !name->by_digest)
    return name != NULL;
  g_autofree char *quoted = oci_quote(destination->path);
  g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "%s cannot be pushed to: its digest is of another image\nhint: name a tag", quoted);
  return FALSE;
}

gboolean oci_image_write(const OciReference *destination, const OciImageParts *parts, OciDescriptor **written, GError **error)
{
  OciTransport transport = destination->transport;
  g_auto(OciDocuments) documents = {0};
  if (transport == OCI_TRANSPORT_PATH && !recognise_path(destination->path, &transport, error))
    return FALSE;
  const char *ref = transport == OCI_TRANSPORT_DAEMON ? destination->path : destination->ref;
  if (!make_documents(&documents, transport, ref, parts, error) ||
      !write_documents(transport, destination->path, &documents, &parts->target, error))
    return FALSE;
  *written = describe_root(&documents);
  return TRUE;
}
