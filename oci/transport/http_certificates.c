/* "*.crt" are authorities; "x.cert" with "x.key" is what the client shows. Docker's own folders have "ca.pem", "cert.pem", "key.pem". */
#include "oci/transport/http_certificates.h"

#include "oci/error.h"

#include <curl/curl.h>
#include <string.h>

#define CERTIFICATES_MAX ((gsize)16 << 20) /* bytes of all together */

struct oci_http_certificates
{
  GString *authorities; /* PEM, one behind the other */
  char *client_certificate;
  char *client_key;
};

static gboolean add_authority(OciHttpCertificates *certificates, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr(GError) failure = NULL;
  if (!g_file_get_contents(path, &text, &length, &failure))
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "reading a certificate: %s", failure->message);
    return FALSE;
  }
  if (length > CERTIFICATES_MAX - certificates->authorities->len)
  {
    g_autofree char *quoted = oci_quote(path);
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "too many certificates, at %s", quoted);
    return FALSE;
  }
  g_string_append_len(certificates->authorities, text, (gssize)length);
  g_string_append_c(certificates->authorities, '\n');
  return TRUE;
}

static gboolean add_file(OciHttpCertificates *certificates, const char *path, GError **error)
{
  const char *ending = g_str_has_suffix(path, "/cert.pem") ? "cert.pem" : "cert";
  if (g_str_has_suffix(path, ".crt") || g_str_has_suffix(path, "/ca.pem"))
    return add_authority(certificates, path, error);
  if ((!g_str_has_suffix(path, ".cert") && !g_str_has_suffix(path, "/cert.pem")) || certificates->client_certificate != NULL)
    return TRUE;
  g_autofree char *stem = g_strndup(path, strlen(path) - strlen(ending));
  certificates->client_certificate = g_strdup(path);
  certificates->client_key = g_strconcat(stem, strcmp(ending, "cert") == 0 ? "key" : "key.pem", NULL);
  return TRUE;
}

static gboolean read_directory(OciHttpCertificates *certificates, const char *directory, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(GDir) dir = g_dir_open(directory, 0, &failure);
  const char *name = NULL;
  if (dir == NULL)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "reading certificates: %s", failure->message);
    return FALSE;
  }
  while ((name = g_dir_read_name(dir)) != NULL)
  {
    g_autofree char *path = g_build_filename(directory, name, NULL);
    if (!add_file(certificates, path, error))
      return FALSE;
  }
  return TRUE;
}

OciHttpCertificates *oci_http_certificates_new(const char *directory, GError **error)
{
  OciHttpCertificates *certificates = g_new0(OciHttpCertificates, 1);
  certificates->authorities = g_string_new(NULL);
  if (directory == NULL || read_directory(certificates, directory, error))
    return certificates;
  oci_http_certificates_free(certificates);
  return NULL;
}

void oci_http_certificates_free(OciHttpCertificates *certificates)
{
  g_string_free(certificates->authorities, TRUE);
  g_free(certificates->client_certificate);
  g_free(certificates->client_key);
  g_free(certificates);
}

void oci_http_certificates_apply(const OciHttpCertificates *certificates, void *handle)
{
  if (certificates->authorities->len > 0)
  {
    struct curl_blob blob = {.data = certificates->authorities->str, .len = certificates->authorities->len, .flags = CURL_BLOB_NOCOPY};
    curl_easy_setopt(handle, CURLOPT_CAINFO_BLOB, &blob);
  }
  if (certificates->client_certificate != NULL)
  {
    curl_easy_setopt(handle, CURLOPT_SSLCERT, certificates->client_certificate);
    curl_easy_setopt(handle, CURLOPT_SSLKEY, certificates->client_key);
  }
}
