/* URLs by libcurl's own parser: what it connects to is what was looked at. */
#include "oci/transport/http_url.h"

#include "oci/error.h"

#include <curl/curl.h>
#include <string.h>

typedef CURLU Url;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Url, curl_url_cleanup)

/* Returns: a new string, or NULL. */
static char *get_part(Url *url, CURLUPart part)
{
  char *text = NULL;
  if (curl_url_get(url, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
    return NULL;
  char *copy = g_strdup(text);
  curl_free(text);
  return copy;
}

static Url *parse(const char *text)
{
  g_autoptr(Url) url = curl_url();
  if (url == NULL || curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) != CURLUE_OK)
    return NULL;
  return g_steal_pointer(&url);
}

static char *fail(const char *location, const char *why, GError **error)
{
  g_autofree char *quoted = oci_quote(location);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the server points to %s, %s", quoted, why);
  return NULL;
}

static gboolean is_visible(const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar)*text <= ' ' || *text == '\177')
      return FALSE;
  return TRUE;
}

char *oci_http_url_resolve(const char *base, const char *location, GError **error)
{
  g_autoptr(Url) url = parse(base);
  g_autofree char *from = url == NULL ? NULL : get_part(url, CURLUPART_SCHEME);
  if (from == NULL || !is_visible(location) || curl_url_set(url, CURLUPART_URL, location, CURLU_DISALLOW_USER) != CURLUE_OK)
    return fail(location, "which is no URL of http or https without a user", error);
  g_autofree char *to = get_part(url, CURLUPART_SCHEME);
  if (g_strcmp0(to, "https") != 0 && g_strcmp0(to, "http") != 0)
    return fail(location, "which is neither http nor https", error);
  if (strcmp(from, "https") == 0 && strcmp(to, "http") == 0)
    return fail(location, "which is http, from https", error);
  curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
  char *text = NULL;
  if (curl_url_get(url, CURLUPART_URL, &text, 0) != CURLUE_OK)
    return fail(location, "which cannot be asked", error);
  char *copy = g_strdup(text);
  curl_free(text);
  return copy;
}

static gboolean same_part(Url *a, Url *b, CURLUPart part)
{
  g_autofree char *left = get_part(a, part);
  g_autofree char *right = get_part(b, part);
  return left != NULL && right != NULL && g_ascii_strcasecmp(left, right) == 0;
}

gboolean oci_http_url_same_origin(const char *a, const char *b)
{
  g_autoptr(Url) left = parse(a);
  g_autoptr(Url) right = parse(b);
  return left != NULL && right != NULL && same_part(left, right, CURLUPART_SCHEME) && same_part(left, right, CURLUPART_HOST) &&
         same_part(left, right, CURLUPART_PORT);
}

char *oci_http_url_host(const char *text)
{
  const char *start = strstr(text, "://");
  start = start == NULL ? text : start + 3;
  return g_strndup(start, strcspn(start, "/?#"));
}

char *oci_http_url_add(const char *url, const char *name, const char *value)
{
  g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
  return g_strconcat(url, strchr(url, '?') == NULL ? "?" : "&", name, "=", escaped, NULL);
}
