/* Writes what dir.c reads. */
#include "oci/error.h"
#include "oci/pending.h"
#include "oci/transport/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define VERSION_FILE "Directory Transport Version: 1.1\n"

static gboolean fail(const char *what, const char *name, GError **error)
{
  int code = errno;
  g_autofree char *quoted = oci_quote(name);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "%s %s: %s", what, quoted, g_strerror(code));
  return FALSE;
}

static gboolean add_file(OciPending *directory, const char *name, OciBlob *blob, GError **error)
{
  if (!oci_pending_check(directory, error))
    return FALSE;
  int fd = openat(oci_pending_fd(directory), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd < 0)
    return fail("cannot create", name, error);
  gboolean written = oci_blob_write(blob, fd, name, error);
  if (close(fd) != 0 && written)
    return fail("cannot write", name, error);
  return written;
}

static gboolean add_bytes(OciPending *directory, const char *name, GBytes *bytes, GError **error)
{
  g_autoptr(OciBlob) blob = oci_blob_new_bytes(bytes);
  return add_file(directory, name, blob, error);
}

/* A manifest that an index names. */
static gboolean add_instance(OciPending *directory, const OciResult *result, GError **error)
{
  g_autofree char *digits = oci_digest_hex(&result->manifest_digest);
  g_autofree char *name = g_strconcat(digits, ".manifest.json", NULL);
  return add_bytes(directory, name, result->manifest, error);
}

static gboolean is_manifest(const OciDocuments *documents, const OciDigest *digest)
{
  for (guint i = 0; i < documents->results->len; i++)
    if (oci_digest_equal(&((const OciResult *)documents->results->pdata[i])->manifest_digest, digest))
      return TRUE;
  return documents->index != NULL && oci_digest_equal(&documents->index_digest, digest);
}

static gboolean add_blobs(OciPending *directory, const OciDocuments *documents, GError **error)
{
  g_autoptr(GPtrArray) blobs = oci_documents_blobs(documents);
  for (guint i = 0; i < blobs->len; i++)
  {
    const OciNamedBlob *named = blobs->pdata[i];
    g_autofree char *digits = oci_digest_hex(&named->digest);
    if (!is_manifest(documents, &named->digest) && !add_file(directory, digits, named->blob, error))
      return FALSE;
  }
  return TRUE;
}

gboolean oci_dir_write(const char *path, const OciDocuments *documents, GError **error)
{
  const OciResult *first = documents->results->pdata[0];
  g_autoptr(GBytes) version = g_bytes_new_static(VERSION_FILE, strlen(VERSION_FILE));
  g_autoptr(OciPending) directory = oci_pending_new_directory(path, error);
  if (directory == NULL || !add_bytes(directory, "version", version, error) ||
      !add_bytes(directory, "manifest.json", documents->index != NULL ? documents->index : first->manifest, error) ||
      !add_blobs(directory, documents, error))
    return FALSE;
  for (guint i = 0; documents->index != NULL && i < documents->results->len; i++)
    if (!add_instance(directory, documents->results->pdata[i], error))
      return FALSE;
  return oci_pending_commit(directory, error);
}
