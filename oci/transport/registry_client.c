/* Requests to one repository. */
#include "oci/transport/registry_client.h"

#include "oci/error.h"
#include "oci/json.h"
#include "oci/transport/http_url.h"
#include "oci/transport/registry_auth.h"

#include <string.h>
#include <sys/stat.h>

#define ANSWERS_MAX   2 /* to a 401 of one request: the scheme may change once */
#define WAIT_FIRST_US (G_USEC_PER_SEC / 2)
#define WAIT_MAX_US   (60 * G_USEC_PER_SEC)
#define NAP_US        (50 * 1000)
#define SHOWN_MAX     3 /* of a registry's own reasons */

struct oci_registry
{
  OciHttp *http;
  OciRegistryAuth *auth;
  const OciRegistryName *name;
  const OciAccess *access;
  const gint *cancelled;
  gint stopped; /* atomic */
  char *base;   /* "https://HOST" */
};

static gboolean is_stopped(OciRegistry *registry)
{
  return g_atomic_int_get(&registry->stopped) != 0 ||
         (registry->cancelled != NULL && __atomic_load_n(registry->cancelled, __ATOMIC_RELAXED) != 0);
}

gboolean oci_registry_wait(OciRegistry *registry, guint attempts, const OciHttpResponse *response)
{
  if (attempts > registry->access->retries)
    return FALSE;
  gint64 asked = response == NULL ? -1 : oci_http_retry_after(response);
  gint64 pause = asked >= 0 ? asked * G_USEC_PER_SEC : WAIT_FIRST_US << MIN(attempts - 1, 7);
  gint64 end = g_get_monotonic_time() + MIN(pause, WAIT_MAX_US);
  while (!is_stopped(registry) && g_get_monotonic_time() < end)
    g_usleep(NAP_US);
  return !is_stopped(registry);
}

static gboolean is_worth_waiting(const OciHttpResponse *response)
{
  static const guint codes[] = {408, 429, 500, 502, 503, 504};
  for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
    if (response->status == codes[i])
      return TRUE;
  return FALSE;
}

/* Only the registry itself is shown anything. Returns: a new string, or NULL. */
static char *shown_to(OciRegistry *registry, const char *url)
{
  return oci_http_url_same_origin(registry->base, url) ? oci_registry_auth_dup(registry->auth) : NULL;
}

gboolean oci_registry_call(OciRegistry *registry, OciHttpRequest *request, gboolean again, OciHttpResponse *response, GError **error)
{
  guint answers = 0;
  for (guint attempts = 1;;)
  {
    g_autoptr(GError) failure = NULL;
    g_autofree char *shown = shown_to(registry, request->url);
    request->authorization = shown;
    gboolean sent = oci_http_perform(registry->http, request, response, &failure);
    request->authorization = NULL;
    if (!sent && again && response->outcome == OCI_HTTP_CUT && oci_registry_wait(registry, attempts, NULL))
    {
      attempts++;
      continue;
    }
    if (!sent)
    {
      g_propagate_error(error, g_steal_pointer(&failure));
      return FALSE;
    }
    if (response->status == 401 && answers < ANSWERS_MAX && oci_http_url_same_origin(registry->base, response->url))
    {
      g_autofree char *challenge = oci_http_response_headers(response, "www-authenticate");
      if (!oci_registry_auth_answer(registry->auth, response->url, challenge, shown, error))
        return FALSE;
      answers++;
      continue;
    }
    if (!is_worth_waiting(response) || !oci_registry_wait(registry, attempts, response))
      return TRUE;
    attempts++;
  }
}

char *oci_registry_url(const OciRegistry *registry, const char *what)
{
  return g_strconcat(registry->base, "/v2/", registry->name->repository, "/", what, NULL);
}

/* What the registry says itself: the members of "errors". */
static void append_reasons(GString *text, const GByteArray *body)
{
  g_autoptr(json_t) json = oci_json_parse(body->data, body->len, body->len, "the answer", NULL);
  json_t *errors = NULL;
  if (json == NULL || !oci_json_array(json, "errors", "", &errors, NULL))
    return;
  for (gsize i = 0; i < MIN(json_array_size(errors), SHOWN_MAX); i++)
  {
    const json_t *item = json_array_get(errors, i);
    const char *code = NULL;
    const char *message = NULL;
    if (!json_is_object(item) || !oci_json_string(item, "code", "", &code, NULL) || !oci_json_string(item, "message", "", &message, NULL))
      continue;
    if (message == NULL && code == NULL)
      continue;
    g_autofree char *quoted = oci_quote(message != NULL && *message != '\0' ? message : code);
    g_string_append_printf(text, "%s%s", i == 0 ? ": " : ", ", quoted);
  }
}

gboolean oci_registry_fail(const OciRegistry *registry, const OciHttpResponse *response, const char *what, GError **error)
{
  g_autofree char *host = oci_quote(registry->name->host);
  g_autoptr(GString) text = g_string_new(NULL);
  guint status = response->status;
  if (status == 404)
    g_string_append_printf(text, "%s is not in the registry %s", what, host);
  else if (status == 401 || status == 403)
    g_string_append_printf(text, "%s: access denied by the registry %s", what, host);
  else
    g_string_append_printf(text, "%s: the registry %s says %u", what, host, status);
  append_reasons(text, response->body);
  if (status == 401 || status == 403)
    g_string_append(text, "\nhint: is the name right, and may this user do that? See --authfile, --src-creds and --dest-creds");
  else if (status == 404)
    g_string_append_printf(text, "\nhint: look for a mistyped name or tag, or whether it needs a login: docker login, --authfile");
  else if (status == 429 || status >= 500)
    g_string_append(text, "\nhint: try again later, or more often with --retry-times");
  g_set_error_literal(error, OCI_ERROR, status == 404 ? OCI_ERROR_NOT_FOUND : OCI_ERROR_IO, text->str);
  return FALSE;
}

/* GET /v2/ over one scheme. */
static gboolean ping(OciRegistry *registry, const char *scheme, OciHttpOutcome *outcome, GError **error)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  g_free(registry->base);
  registry->base = g_strconcat(scheme, "://", registry->name->server, NULL);
  g_autofree char *url = g_strconcat(registry->base, "/v2/", NULL);
  OciHttpRequest request = {.method = "GET", .url = url};
  for (guint attempts = 1;; attempts++)
  {
    g_autoptr(GError) failure = NULL;
    gboolean sent = oci_http_perform(registry->http, &request, &response, &failure);
    *outcome = response.outcome;
    if (sent ? is_worth_waiting(&response) : *outcome == OCI_HTTP_CUT)
      if (oci_registry_wait(registry, attempts, &response))
        continue;
    if (!sent)
    {
      g_propagate_error(error, g_steal_pointer(&failure));
      return FALSE;
    }
    break;
  }
  if (response.status == 200)
    return TRUE;
  g_autofree char *challenge = oci_http_response_headers(&response, "www-authenticate");
  if (response.status == 401)
    return oci_registry_auth_answer(registry->auth, url, challenge, NULL, error);
  return oci_registry_fail(registry, &response, response.status == 404 ? "the interface of registries, /v2/," : "/v2/", error);
}

static gboolean connect_to(OciRegistry *registry, GError **error)
{
  g_autoptr(GError) failure = NULL;
  OciHttpOutcome outcome = OCI_HTTP_ANSWERED;
  if (ping(registry, "https", &outcome, &failure))
    return TRUE;
  gboolean elsewhere = outcome == OCI_HTTP_UNTRUSTED || outcome == OCI_HTTP_UNREACHABLE || outcome == OCI_HTTP_CUT;
  if (registry->access->insecure && elsewhere)
    return ping(registry, "http", &outcome, error);
  const char *hint = "\nhint: --src-cert-dir and --dest-cert-dir name a folder with its authority; "
                     "--src-tls-verify=false and --dest-tls-verify=false trust anybody, and take HTTP";
  g_set_error(error, failure->domain, failure->code, "%s%s", failure->message, outcome == OCI_HTTP_UNTRUSTED ? hint : "");
  return FALSE;
}

static GPtrArray *make_scopes(const OciRegistryName *name, const OciRegistryUse *use)
{
  GPtrArray *scopes = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(scopes, g_strdup_printf("repository:%s:%s", name->repository, use->push ? "pull,push" : "pull"));
  if (use->mount_from != NULL)
    g_ptr_array_add(scopes, g_strdup_printf("repository:%s:pull", use->mount_from));
  return scopes;
}

/* Where the container tools look when no folder is named. Returns: a new string, or NULL. */
static char *find_cert_dir(const OciRegistryName *name)
{
  static const char *const places[] = {"/etc/containers/certs.d", "/etc/docker/certs.d"};
  struct stat status;
  for (guint i = 0; i < G_N_ELEMENTS(places); i++)
  {
    g_autofree char *path = g_build_filename(places[i], name->host, NULL);
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
      return g_steal_pointer(&path);
  }
  return NULL;
}

OciRegistry *oci_registry_open(const OciRegistryName *name, const OciAccess *access, const OciRegistryUse *use, GError **error)
{
  g_autoptr(OciRegistry) registry = g_new0(OciRegistry, 1);
  registry->name = name;
  registry->access = access;
  registry->cancelled = use->cancelled;
  g_autofree char *found = access->cert_dir != NULL ? NULL : find_cert_dir(name);
  OciHttpOptions options = {
      .insecure = access->insecure, .cert_dir = found != NULL ? found : access->cert_dir, .cancelled = use->cancelled};
  registry->http = oci_http_new(&options, error);
  OciCredentials *credentials = NULL;
  if (registry->http == NULL || !oci_credentials_find(access, name->host, name->repository, &credentials, error))
    return NULL;
  g_autoptr(GPtrArray) scopes = make_scopes(name, use);
  registry->auth = oci_registry_auth_new(registry->http, credentials, scopes);
  return connect_to(registry, error) ? g_steal_pointer(&registry) : NULL;
}

void oci_registry_stop(OciRegistry *registry)
{
  g_atomic_int_set(&registry->stopped, 1);
  oci_http_stop(registry->http);
}

void oci_registry_free(OciRegistry *registry)
{
  if (registry == NULL)
    return;
  oci_registry_auth_free(registry->auth);
  oci_http_free(registry->http);
  g_free(registry->base);
  g_free(registry);
}
