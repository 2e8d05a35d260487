/* Who the engine is, and which version of the interface it speaks. */
#include "oci/transport/daemon.h"

#include "oci/error.h"
#include "oci/json.h"

#include <string.h>
#include <unistd.h>

#define OWN_MINOR   41 /* 1.41 has all that is used here */
#define LEAST_MINOR 24

void oci_daemon_free(OciDaemon *daemon)
{
  if (daemon == NULL)
    return;
  oci_http_free(daemon->http);
  g_free(daemon->base);
  g_free(daemon);
}

/* The first socket that is there; Docker's when there is none. Returns: a new string. */
static char *find_socket(void)
{
  const char *runtime = g_getenv("XDG_RUNTIME_DIR");
  g_autofree char *rootless = runtime == NULL ? NULL : g_build_filename(runtime, "docker.sock", NULL);
  g_autofree char *podman = runtime == NULL ? NULL : g_build_filename(runtime, "podman/podman.sock", NULL);
  const char *const places[] = {"/var/run/docker.sock", "/run/podman/podman.sock", rootless, podman};
  for (guint i = 0; i < G_N_ELEMENTS(places); i++)
    if (places[i] != NULL && access(places[i], R_OK | W_OK) == 0)
      return g_strdup(places[i]);
  return g_strdup(places[0]);
}

/* Client certificates as the docker client has them. Returns: a new string, NULL without TLS. */
static char *find_certificates(void)
{
  const char *verify = g_getenv("DOCKER_TLS_VERIFY");
  const char *path = g_getenv("DOCKER_CERT_PATH");
  if (verify == NULL || *verify == '\0')
    return NULL;
  return path != NULL && *path != '\0' ? g_strdup(path) : g_build_filename(g_get_home_dir(), ".docker", NULL);
}

static gboolean open_host(OciDaemon *daemon, const char *host, const gint *cancelled, GError **error)
{
  g_autofree char *socket = host == NULL ? find_socket() : g_str_has_prefix(host, "unix://") ? g_strdup(host + strlen("unix://")) : NULL;
  g_autofree char *certificates = socket == NULL ? find_certificates() : NULL;
  if (socket == NULL && !g_str_has_prefix(host, "tcp://"))
  {
    g_autofree char *quoted = oci_quote(host);
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE,
                "DOCKER_HOST %s is neither unix:// nor tcp://\nhint: docker save IMAGE | ocislim slim - -", quoted);
    return FALSE;
  }
  OciHttpOptions options = {.unix_socket = socket, .cert_dir = certificates, .cancelled = cancelled, .is_patient = TRUE};
  daemon->base = socket != NULL ? g_strdup("http://localhost")
                                : g_strconcat(certificates != NULL ? "https://" : "http://", host + strlen("tcp://"), NULL);
  daemon->http = oci_http_new(&options, error);
  return daemon->http != NULL;
}

/* "1.MINOR". Returns: 0 when it is no such version. */
static guint parse_minor(const char *version)
{
  guint64 minor = 0;
  if (version == NULL || !g_str_has_prefix(version, "1.") || !g_ascii_string_to_unsigned(version + 2, 10, 1, 999, &minor, NULL))
    return 0;
  return (guint)minor;
}

static gboolean agree(OciDaemon *daemon, GError **error)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  g_autofree char *url = g_strconcat(daemon->base, "/_ping", NULL);
  OciHttpRequest request = {.method = "GET", .url = url};
  if (!oci_http_perform(daemon->http, &request, &response, error))
  {
    g_prefix_error(error, "the container engine does not answer: ");
    if (error != NULL)
    {
      g_autofree char *text =
          g_strconcat((*error)->message, "\nhint: does it run, and may you use it? DOCKER_HOST names another one", NULL);
      g_free((*error)->message);
      (*error)->message = g_steal_pointer(&text);
    }
    return FALSE;
  }
  if (response.status != 200)
    return oci_daemon_fail(&response, "the container engine", error);
  const char *forced = g_getenv("DOCKER_API_VERSION");
  guint minor = parse_minor(oci_http_response_header(&response, "api-version"));
  minor = minor == 0 ? LEAST_MINOR : MIN(minor, OWN_MINOR);
  minor = parse_minor(forced) != 0 ? parse_minor(forced) : minor;
  char *base = g_strdup_printf("%s/v1.%u", daemon->base, minor);
  g_free(daemon->base);
  daemon->base = base;
  return TRUE;
}

OciDaemon *oci_daemon_open(const gint *cancelled, GError **error)
{
  g_autoptr(OciDaemon) daemon = g_new0(OciDaemon, 1);
  const char *host = g_getenv("DOCKER_HOST");
  if (!open_host(daemon, host == NULL || *host == '\0' ? NULL : host, cancelled, error) || !agree(daemon, error))
    return NULL;
  return g_steal_pointer(&daemon);
}

gboolean oci_daemon_fail(const OciHttpResponse *response, const char *what, GError **error)
{
  const char *message = NULL;
  const GByteArray *body = response->body;
  g_autoptr(json_t) json = oci_json_parse(body->data, body->len, body->len, "the answer", NULL);
  if (json != NULL)
    oci_json_string(json, "message", "", &message, NULL);
  g_autofree char *quoted = message == NULL ? g_strdup_printf("it says %u", response->status) : oci_quote(message);
  gboolean missing = response->status == 404;
  g_set_error(error, OCI_ERROR, missing ? OCI_ERROR_NOT_FOUND : OCI_ERROR_IO, "the engine %s %s: %s%s",
              missing ? "does not have" : "fails at", what, quoted,
              missing ? "\nhint: docker images lists what it has; docker:// reads from a registry" : "");
  return FALSE;
}
