/* The grammar of image names, and Docker's defaults for what is left out. */
#include "oci/name.h"

#include "oci/error.h"

#include <string.h>

#define NAME_MAX_BYTES 255
#define TAG_MAX_BYTES  128

static gboolean is_lower(char c)
{
  return g_ascii_islower(c) || g_ascii_isdigit(c);
}

/* Lower-case words joined by one '.', one or two '_', or any number of '-'. */
static gboolean is_path_component(const char *text)
{
  gboolean word = FALSE;
  for (const char *c = text; *c != '\0';)
  {
    if (is_lower(*c))
    {
      word = TRUE;
      c++;
      continue;
    }
    gsize dots = strspn(c, ".");
    gsize underscores = strspn(c, "_");
    gsize dashes = strspn(c, "-");
    if (!word || (dots != 1 && underscores != 1 && underscores != 2 && dashes == 0))
      return FALSE;
    c += dots + underscores + dashes;
    word = FALSE;
  }
  return word;
}

static gboolean is_host(const char *text)
{
  gsize length = strcspn(text, ":");
  const char *port = text[length] == ':' ? text + length + 1 : NULL;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum(text[i]) && text[i] != '-' && text[i] != '.')
      return FALSE;
  if (length == 0 || !g_ascii_isalnum(text[0]) || !g_ascii_isalnum(text[length - 1]))
    return FALSE;
  return port == NULL || (*port != '\0' && strspn(port, "0123456789") == strlen(port));
}

static gboolean is_tag(const char *text)
{
  gsize length = strlen(text);
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum(text[i]) && text[i] != '_' && (i == 0 || (text[i] != '.' && text[i] != '-')))
      return FALSE;
  return length >= 1 && length <= TAG_MAX_BYTES;
}

/* The first component is a host only if it looks like one. */
static gboolean has_host(const char *first)
{
  return strpbrk(first, ".:") != NULL || strcmp(first, "localhost") == 0;
}

static char *full_repository(const char *repository)
{
  g_auto(GStrv) parts = g_strsplit(repository, "/", -1);
  gboolean host = parts[0] != NULL && parts[1] != NULL && has_host(parts[0]);
  gboolean valid = parts[0] != NULL && strlen(repository) <= NAME_MAX_BYTES && (!host || is_host(parts[0]));
  for (guint i = host ? 1 : 0; valid && parts[i] != NULL; i++)
    valid = is_path_component(parts[i]);
  if (!valid)
    return NULL;
  if (host && strcmp(parts[0], "index.docker.io") != 0 && strcmp(parts[0], "docker.io") != 0)
    return g_strdup(repository);
  const char *path = host ? strchr(repository, '/') + 1 : repository;
  return g_strconcat("docker.io/", strchr(path, '/') == NULL ? "library/" : "", path, NULL);
}

OciName *oci_name_parse(const char *text, GError **error)
{
  const char *slash = strrchr(text, '/');
  const char *colon = strchr(slash == NULL ? text : slash, ':');
  g_autofree char *repository = colon == NULL ? g_strdup(text) : g_strndup(text, (gsize)(colon - text));
  const char *tag = colon == NULL ? "latest" : colon + 1;
  g_autofree char *full = full_repository(repository);
  if (full == NULL || !is_tag(tag))
  {
    g_autofree char *quoted = oci_quote(text);
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "%s is not an image's name\nhint: [host[:port]/]name[:tag] in lower case, e.g. app:1.2",
                quoted);
    return NULL;
  }
  OciName *name = g_new0(OciName, 1);
  name->familiar = g_strconcat(repository, ":", tag, NULL);
  name->full = g_strconcat(full, ":", tag, NULL);
  name->tag = g_strdup(tag);
  return name;
}

void oci_name_free(OciName *name)
{
  if (name == NULL)
    return;
  g_free(name->familiar);
  g_free(name->full);
  g_free(name->tag);
  g_free(name);
}

gboolean oci_name_equal(const char *a, const char *b)
{
  g_autoptr(OciName) left = oci_name_parse(a, NULL);
  g_autoptr(OciName) right = oci_name_parse(b, NULL);
  if (left == NULL || right == NULL)
    return strcmp(a, b) == 0;
  return strcmp(left->full, right->full) == 0;
}
