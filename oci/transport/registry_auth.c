/* Bearer where the registry speaks it, otherwise Basic. */
#include "oci/transport/registry_auth.h"

#include "oci/error.h"
#include "oci/json.h"
#include "oci/transport/challenge.h"
#include "oci/transport/http_url.h"

#include <string.h>

#define ANSWER_MAX ((guint64)1 << 20)
#define HINT       "\nhint: docker login or skopeo login, --authfile FILE, or --src-creds and --dest-creds USER:PASSWORD"

struct oci_registry_auth
{
  OciHttp *http;
  OciCredentials *credentials;
  GPtrArray *scopes;
  GMutex lock; /* of what follows, and while a token is fetched */
  char *shown;
};

OciRegistryAuth *oci_registry_auth_new(OciHttp *http, OciCredentials *credentials, GPtrArray *scopes)
{
  OciRegistryAuth *auth = g_new0(OciRegistryAuth, 1);
  auth->http = http;
  auth->credentials = credentials;
  auth->scopes = g_ptr_array_ref(scopes);
  g_mutex_init(&auth->lock);
  return auth;
}

void oci_registry_auth_free(OciRegistryAuth *auth)
{
  if (auth == NULL)
    return;
  oci_credentials_free(auth->credentials);
  g_ptr_array_unref(auth->scopes);
  g_mutex_clear(&auth->lock);
  g_free(auth->shown);
  g_free(auth);
}

char *oci_registry_auth_dup(OciRegistryAuth *auth)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&auth->lock);
  return g_strdup(auth->shown);
}

static gboolean fail(const char *url, const char *why, GError **error)
{
  g_autofree char *host = oci_http_url_host(url);
  g_autofree char *quoted = oci_quote(host);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "access denied by %s: %s" HINT, quoted, why);
  return FALSE;
}

/* The token service's URL, checked. Returns: a new string, or NULL. */
static char *find_realm(const char *url, const OciChallenge *challenge, GError **error)
{
  const char *realm = g_hash_table_lookup(challenge->parameters, "realm");
  if (realm == NULL || (!g_str_has_prefix(realm, "https://") && !g_str_has_prefix(realm, "http://")))
  {
    fail(url, "it names no token service", error);
    return NULL;
  }
  g_autofree char *resolved = oci_http_url_resolve(url, realm, error);
  if (resolved == NULL)
    g_prefix_error(error, "the token service cannot be used: ");
  return g_steal_pointer(&resolved);
}

static void append_form(GString *form, const char *name, const char *value)
{
  g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
  g_string_append_printf(form, "%s%s=%s", form->len > 0 ? "&" : "", name, escaped);
}

static gboolean ask_with_password(OciRegistryAuth *auth, const char *realm, const char *service, OciHttpResponse *response, GError **error)
{
  g_autofree char *url = service == NULL ? g_strdup(realm) : oci_http_url_add(realm, "service", service);
  for (guint i = 0; i < auth->scopes->len; i++)
  {
    char *longer = oci_http_url_add(url, "scope", g_ptr_array_index(auth->scopes, i));
    g_free(url);
    url = longer;
  }
  g_autofree char *basic = oci_credentials_basic(auth->credentials);
  OciHttpRequest request = {.method = "GET", .url = url, .authorization = basic, .limit = ANSWER_MAX};
  return oci_http_perform(auth->http, &request, response, error);
}

static gboolean ask_with_token(OciRegistryAuth *auth, const char *realm, const char *service, OciHttpResponse *response, GError **error)
{
  static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
  g_autoptr(GString) form = g_string_new(NULL);
  append_form(form, "grant_type", "refresh_token");
  append_form(form, "client_id", "ocislim");
  if (service != NULL)
    append_form(form, "service", service);
  for (guint i = 0; i < auth->scopes->len; i++)
    append_form(form, "scope", g_ptr_array_index(auth->scopes, i));
  append_form(form, "refresh_token", auth->credentials->token);
  g_autoptr(GBytes) bytes = g_bytes_new(form->str, form->len);
  g_autoptr(OciBlob) body = oci_blob_new_bytes(bytes);
  OciHttpRequest request = {
      .method = "POST", .url = realm, .headers = headers, .body = body, .body_length = form->len, .limit = ANSWER_MAX};
  return oci_http_perform(auth->http, &request, response, error);
}

/* Returns: "Bearer …", a new string, or NULL. */
static char *parse_token(const char *realm, const OciHttpResponse *response, GError **error)
{
  const char *token = NULL;
  const char *access_token = NULL;
  g_autoptr(json_t) json = oci_json_parse(response->body->data, response->body->len, ANSWER_MAX, "the token service's answer", error);
  if (json == NULL || !oci_json_string(json, "token", "", &token, error) ||
      !oci_json_string(json, "access_token", "", &access_token, error))
    return NULL;
  token = token != NULL ? token : access_token;
  for (const char *c = token; c != NULL; c++)
    if (*c == '\0' && c != token)
      return g_strconcat("Bearer ", token, NULL);
    else if (*c <= ' ' || *c == '\177')
      break;
  fail(realm, "the token service gives no token", error);
  return NULL;
}

static char *fetch_token(OciRegistryAuth *auth, const char *url, const OciChallenge *challenge, GError **error)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  const char *service = g_hash_table_lookup(challenge->parameters, "service");
  g_autofree char *realm = find_realm(url, challenge, error);
  gboolean by_token = auth->credentials != NULL && auth->credentials->token != NULL;
  if (realm == NULL ||
      !(by_token ? ask_with_token(auth, realm, service, &response, error) : ask_with_password(auth, realm, service, &response, error)))
    return NULL;
  if (response.status == 200)
    return parse_token(realm, &response, error);
  g_autofree char *status = g_strdup_printf("the token service says %u", response.status);
  if (response.status == 401 || response.status == 403)
    fail(url, auth->credentials == NULL ? "it wants a user" : "wrong user or password", error);
  else
    fail(url, status, error);
  return NULL;
}

/* Called with the lock. Returns: a new string, or NULL. */
static char *make_answer(OciRegistryAuth *auth, const char *url, const char *header, GError **error)
{
  g_autoptr(GPtrArray) challenges = oci_challenges_parse(header == NULL ? "" : header);
  const OciChallenge *bearer = oci_challenges_find(challenges, "bearer");
  if (bearer != NULL)
    return fetch_token(auth, url, bearer, error);
  if (oci_challenges_find(challenges, "basic") == NULL)
    fail(url, "it wants a kind of authentication that is not known here", error);
  else if (auth->credentials == NULL)
    fail(url, "it wants a user and a password", error);
  else if (auth->credentials->username == NULL)
    fail(url, "it wants a password, and there is only a token", error);
  else
    return oci_credentials_basic(auth->credentials);
  return NULL;
}

gboolean oci_registry_auth_answer(OciRegistryAuth *auth, const char *url, const char *challenge, const char *shown, GError **error)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&auth->lock);
  if (g_strcmp0(auth->shown, shown) != 0)
    return TRUE;
  g_autofree char *answer = make_answer(auth, url, challenge, error);
  if (answer == NULL)
    return FALSE;
  if (g_strcmp0(answer, shown) == 0) /* Basic, once more the same */
    return fail(url, "wrong user or password", error);
  g_free(auth->shown);
  auth->shown = g_steal_pointer(&answer);
  return TRUE;
}
