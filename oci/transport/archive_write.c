/*
 * One tar for every reader: an OCI layout for those that look for
 * index.json, a docker archive for those that look for manifest.json. What
 * says what the blobs are comes first, so that a pipe can be read in one go.
 */
#include "oci/error.h"
#include "oci/index.h"
#include "oci/pending.h"
#include "oci/transport/transport.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BUFFER ((gsize)256 << 10)

typedef struct archive Tar;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tar, archive_write_free)
typedef struct archive_entry TarEntry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TarEntry, archive_entry_free)

typedef struct
{
  int fd;
  int code;           /* errno of the write that failed */
  gboolean abandoned; /* nothing more is written */
} Output;

static la_ssize_t write_output(struct archive *tar, void *data, const void *bytes, size_t length)
{
  Output *output = data;
  ssize_t put = -1;
  if (output->abandoned)
    return -1;
  do
    put = write(output->fd, bytes, length);
  while (put < 0 && errno == EINTR);
  if (put < 0)
  {
    output->code = errno;
    archive_set_error(tar, errno, "write failed");
    return -1;
  }
  return put;
}

static gboolean fail(const Output *output, Tar *tar, GError **error)
{
  int code = output->code != 0 ? output->code : archive_errno(tar);
  const char *hint = code == EPIPE ? "\nhint: the command behind the pipe has ended early" : "";
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "writing the archive failed: %s%s", g_strerror(code), hint);
  return FALSE;
}

static gboolean add_header(Output *output, Tar *tar, const char *name, mode_t type, guint64 size, GError **error)
{
  g_autoptr(TarEntry) entry = archive_entry_new();
  archive_entry_set_pathname(entry, name);
  archive_entry_set_filetype(entry, type);
  archive_entry_set_perm(entry, type == AE_IFDIR ? 0755 : 0644);
  archive_entry_set_size(entry, (la_int64_t)size);
  archive_entry_set_mtime(entry, 0, 0);
  return archive_write_header(tar, entry) == ARCHIVE_OK || fail(output, tar, error);
}

static gboolean add_data(Output *output, Tar *tar, const void *bytes, gsize length, GError **error)
{
  return archive_write_data(tar, bytes, length) == (la_ssize_t)length || fail(output, tar, error);
}

static gboolean add_bytes(Output *output, Tar *tar, const char *name, const void *bytes, gsize length, GError **error)
{
  return add_header(output, tar, name, AE_IFREG, length, error) && add_data(output, tar, bytes, length, error);
}

static gboolean add_json(Output *output, Tar *tar, const char *name, const json_t *json, GError **error)
{
  g_autoptr(GBytes) bytes = oci_json_format(json);
  return add_bytes(output, tar, name, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error);
}

static gboolean add_blob(Output *output, Tar *tar, const OciNamedBlob *named, GError **error)
{
  g_autofree char *name = oci_blob_name(&named->digest);
  g_autofree guint8 *buffer = g_malloc(COPY_BUFFER);
  guint64 offset = 0;
  gssize got = 0;
  if (!add_header(output, tar, name, AE_IFREG, oci_blob_size(named->blob), error))
    return FALSE;
  while ((got = oci_blob_pread(named->blob, buffer, COPY_BUFFER, offset, error)) > 0)
  {
    if (!add_data(output, tar, buffer, (gsize)got, error))
      return FALSE;
    offset += (guint64)got;
  }
  return got == 0;
}

/* What docker load reads; it takes compressed layers, and of several platforms one. */
static json_t *docker_manifest(const OciDocuments *documents)
{
  const OciResult *result = documents->results->pdata[0];
  g_autofree char *config = oci_blob_name(&result->config_digest);
  g_autofree char *layer = oci_blob_name(&result->layer->digest);
  json_t *tags = json_array();
  for (guint i = 0; i < documents->repo_tags->len; i++)
    json_array_append_new(tags, json_string(g_ptr_array_index(documents->repo_tags, i)));
  json_t *image = json_object();
  json_object_set_new(image, "Config", json_string(config));
  json_object_set_new(image, "RepoTags", tags);
  json_object_set_new(image, "Layers", json_pack("[s]", layer));
  return json_pack("[o]", image);
}

static gboolean add_all(Output *output, Tar *tar, const OciDocuments *documents, GError **error)
{
  g_autoptr(json_t) index = oci_index_json(documents->entries);
  g_autoptr(json_t) docker = docker_manifest(documents);
  g_autoptr(GPtrArray) blobs = oci_documents_blobs(documents);
  if (!add_bytes(output, tar, "oci-layout", OCI_LAYOUT_FILE, strlen(OCI_LAYOUT_FILE), error) ||
      !add_json(output, tar, "index.json", index, error) || !add_json(output, tar, "manifest.json", docker, error) ||
      !add_header(output, tar, "blobs/", AE_IFDIR, 0, error) || !add_header(output, tar, "blobs/sha256/", AE_IFDIR, 0, error))
    return FALSE;
  for (guint i = 0; i < blobs->len; i++)
    if (!add_blob(output, tar, blobs->pdata[i], error))
      return FALSE;
  return TRUE;
}

gboolean oci_archive_write_fd(int fd, const OciDocuments *documents, GError **error)
{
  Output output = {.fd = fd};
  g_autoptr(Tar) tar = archive_write_new();
  /* ustar, with a pax header only where a layer is too large for it */
  archive_write_set_format_pax_restricted(tar);
  archive_write_set_bytes_per_block(tar, COPY_BUFFER);
  archive_write_set_bytes_in_last_block(tar, 1);
  if (archive_write_open(tar, &output, NULL, write_output, NULL) != ARCHIVE_OK)
    return fail(&output, tar, error);
  if (!add_all(&output, tar, documents, error))
  {
    output.abandoned = TRUE;
    archive_write_close(tar); /* alone, archive_write_free() forgets a buffer after a failure */
    return FALSE;
  }
  return archive_write_close(tar) == ARCHIVE_OK || fail(&output, tar, error);
}

gboolean oci_archive_write(const char *path, const OciDocuments *documents, GError **error)
{
  if (path == NULL)
    return oci_archive_write_fd(STDOUT_FILENO, documents, error);
  g_autoptr(OciPending) pending = oci_pending_new_file(path, error);
  return pending != NULL && oci_archive_write_fd(oci_pending_fd(pending), documents, error) && oci_pending_commit(pending, error);
}
