/* Files in the order of the container tools; within a file a helper for the host, then entries, then the store. */
#include "oci/transport/credentials.h"

#include "oci/error.h"
#include "oci/json.h"
#include "oci/transport/credential_helper.h"

#include <string.h>

#define FILE_MAX ((gsize)1 << 20)

void oci_credentials_free(OciCredentials *credentials)
{
  if (credentials == NULL)
    return;
  g_free(credentials->username);
  g_free(credentials->password);
  g_free(credentials->token);
  g_free(credentials);
}

OciCredentials *oci_credentials_parse(const char *text, GError **error)
{
  const char *colon = strchr(text, ':');
  if (*text == '\0' || colon == text)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "credentials have no user\nhint: USER:PASSWORD");
    return NULL;
  }
  OciCredentials *credentials = g_new0(OciCredentials, 1);
  credentials->username = colon == NULL ? g_strdup(text) : g_strndup(text, (gsize)(colon - text));
  credentials->password = g_strdup(colon == NULL ? "" : colon + 1);
  return credentials;
}

char *oci_credentials_basic(const OciCredentials *credentials)
{
  if (credentials == NULL || credentials->username == NULL)
    return NULL;
  g_autofree char *pair = g_strconcat(credentials->username, ":", credentials->password, NULL);
  g_autofree char *encoded = g_base64_encode((const guchar *)pair, strlen(pair));
  return g_strconcat("Basic ", encoded, NULL);
}

/* Keys are hosts, paths below them, or URLs of Docker's first registry. Returns: a new string. */
static char *normalise(const char *key)
{
  static const char *const ends[] = {"/v1/", "/v2/", "/v1", "/v2", "/"};
  const char *start = strstr(key, "://");
  g_autofree char *text = g_strdup(start == NULL ? key : start + 3);
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
    if (g_str_has_suffix(text, ends[i]))
    {
      text[strlen(text) - strlen(ends[i])] = '\0';
      break;
    }
  if (g_str_has_prefix(text, "index.docker.io") && strchr("/", text[strlen("index.docker.io")]) != NULL)
    return g_strdup(text + strlen("index."));
  return g_steal_pointer(&text);
}

/* The value whose key means that host or path. Returns: borrowed, or NULL. */
static const json_t *find_key(const json_t *object, const char *wanted)
{
  const char *key = NULL;
  json_t *value = NULL;
  json_object_foreach((json_t *)(guintptr)object, key, value)
  {
    g_autofree char *normal = normalise(key);
    if (strcmp(normal, wanted) == 0)
      return value;
  }
  return NULL;
}

/* From "host/a/b" over "host/a" to "host". */
static const json_t *find_longest(const json_t *object, const char *host, const char *repository)
{
  g_autofree char *wanted = g_strconcat(host, "/", repository, NULL);
  for (char *slash = wanted + strlen(wanted); slash != NULL; slash = strrchr(wanted, '/'))
  {
    *slash = '\0';
    const json_t *value = find_key(object, wanted);
    if (value != NULL)
      return value;
  }
  return NULL;
}

static OciCredentials *decode_pair(const char *encoded, const char *name, GError **error)
{
  gsize length = 0;
  g_autofree guchar *bytes = g_base64_decode(encoded, &length);
  g_autofree char *pair = g_strndup((const char *)bytes, length);
  g_strchomp(pair);
  if (strlen(pair) >= 2 && strchr(pair, ':') > pair)
    return oci_credentials_parse(pair, error);
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s: an \"auth\" is not the base64 of USER:PASSWORD", name);
  return NULL;
}

/* One of "auths"; an empty one means that a store has it. */
static gboolean read_entry(const json_t *entry, const char *name, OciCredentials **credentials, GError **error)
{
  const char *pair = NULL;
  const char *token = NULL;
  const char *username = NULL;
  const char *password = NULL;
  if (!json_is_object(entry))
    return oci_json_fail(error, name, "auths", "has an entry that is no object");
  if (!oci_json_string(entry, "auth", ".auths", &pair, error) || !oci_json_string(entry, "identitytoken", ".auths", &token, error) ||
      !oci_json_string(entry, "username", ".auths", &username, error) || !oci_json_string(entry, "password", ".auths", &password, error))
  {
    g_prefix_error(error, "%s: ", name);
    return FALSE;
  }
  if (pair != NULL && *pair != '\0')
  {
    *credentials = decode_pair(pair, name, error);
    if (*credentials == NULL)
      return FALSE;
  }
  else if (username != NULL && *username != '\0')
  {
    *credentials = g_new0(OciCredentials, 1);
    (*credentials)->username = g_strdup(username);
    (*credentials)->password = g_strdup(password == NULL ? "" : password);
  }
  else if (token != NULL && *token != '\0')
    *credentials = g_new0(OciCredentials, 1);
  if (*credentials != NULL && token != NULL && *token != '\0')
    (*credentials)->token = g_strdup(token);
  return TRUE;
}

static gboolean find_in_json(const json_t *json, const char *name, const char *host, const char *repository, OciCredentials **credentials,
                             GError **error)
{
  json_t *helpers = NULL;
  json_t *auths = NULL;
  const char *store = NULL;
  if (!oci_json_object(json, "credHelpers", "", &helpers, error) || !oci_json_object(json, "auths", "", &auths, error) ||
      !oci_json_string(json, "credsStore", "", &store, error))
  {
    g_prefix_error(error, "%s: ", name);
    return FALSE;
  }
  const json_t *helper = helpers == NULL ? NULL : find_longest(helpers, host, repository);
  if (json_is_string(helper) && !oci_credential_helper_get(json_string_value(helper), host, credentials, error))
    return FALSE;
  const json_t *entry = auths == NULL || *credentials != NULL ? NULL : find_longest(auths, host, repository);
  if (entry != NULL && !read_entry(entry, name, credentials, error))
    return FALSE;
  if (*credentials != NULL || store == NULL || *store == '\0' || helper != NULL)
    return TRUE;
  return oci_credential_helper_get(store, host, credentials, error);
}

gboolean oci_credentials_find_in(const char *text, gsize length, const char *name, const char *host, const char *repository,
                                 OciCredentials **credentials, GError **error)
{
  *credentials = NULL;
  g_autoptr(json_t) json = oci_json_parse(text, length, FILE_MAX, name, error);
  return json != NULL && find_in_json(json, name, host, repository, credentials, error);
}

/* must: whether it is an error that there is no such file. */
static gboolean find_in_file(const char *path, gboolean must, const char *host, const char *repository, OciCredentials **credentials,
                             GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr(GError) failure = NULL;
  g_autofree char *quoted = oci_quote(path);
  if (g_file_get_contents(path, &text, &length, &failure))
    return length == 0 || oci_credentials_find_in(text, length, quoted, host, repository, credentials, error);
  if (!must && (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT) || g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOTDIR) ||
                g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_ACCES)))
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "reading credentials: %s", failure->message);
  return FALSE;
}

/* A folder that an environment variable names, else one below home. Returns: a new string, or NULL. */
static char *folder(const char *variable, const char *below_home)
{
  const char *value = g_getenv(variable);
  if (value != NULL && *value != '\0')
    return g_strdup(value);
  return below_home == NULL ? NULL : g_build_filename(g_get_home_dir(), below_home, NULL);
}

gboolean oci_credentials_find(const OciAccess *access, const char *host, const char *repository, OciCredentials **credentials,
                              GError **error)
{
  static const struct
  {
    const char *variable;
    const char *below_home;
    const char *file;
  } places[] = {{"XDG_RUNTIME_DIR", NULL, "containers/auth.json"},
                {"XDG_CONFIG_HOME", ".config", "containers/auth.json"},
                {"DOCKER_CONFIG", ".docker", "config.json"}};
  *credentials = NULL;
  if (access->credentials != NULL)
  {
    *credentials = oci_credentials_parse(access->credentials, error);
    return *credentials != NULL;
  }
  const char *named = access->authfile != NULL ? access->authfile : g_getenv("REGISTRY_AUTH_FILE");
  if (named != NULL && *named != '\0')
    return find_in_file(named, access->authfile != NULL, host, repository, credentials, error);
  for (guint i = 0; i < G_N_ELEMENTS(places) && *credentials == NULL; i++)
  {
    g_autofree char *directory = folder(places[i].variable, places[i].below_home);
    g_autofree char *path = directory == NULL ? NULL : g_build_filename(directory, places[i].file, NULL);
    if (path != NULL && !find_in_file(path, FALSE, host, repository, credentials, error))
      return FALSE;
  }
  return TRUE;
}
