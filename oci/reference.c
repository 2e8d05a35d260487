/* The grammar of SOURCE and DEST. */
#include "oci/reference.h"

#include "oci/digest.h"
#include "oci/error.h"
#include "oci/name.h"
#include "oci/transport/registry_name.h"

#include <string.h>

typedef struct
{
  const char *name;
  OciTransport transport;
} Known;

static const Known known[] = {
    {"oci", OCI_TRANSPORT_OCI},         {"oci-archive", OCI_TRANSPORT_OCI_ARCHIVE}, {"docker-archive", OCI_TRANSPORT_DOCKER_ARCHIVE},
    {"docker", OCI_TRANSPORT_REGISTRY}, {"docker-daemon", OCI_TRANSPORT_DAEMON},    {"dir", OCI_TRANSPORT_DIR},
    {"rootfs", OCI_TRANSPORT_ROOTFS},
};

/* Transports of other programs, which a user may well try. */
static const char *const foreign[] = {"containers-storage", "ostree", "sif", "tarball", "ocidir"};

#define TRANSPORTS                                                                                                                         \
  "oci:DIR[:REF], oci-archive:FILE[:REF], docker-archive:FILE[:NAME:TAG], docker://NAME[:TAG], docker-daemon:NAME[:TAG], "                 \
  "dir:DIR, rootfs:DIR, -"

/* Levenshtein's distance of two short names; longer ones are far from everything. */
#define NAME_MAX_LENGTH 24
static guint distance(const char *a, const char *b)
{
  gsize m = strlen(a);
  gsize n = strlen(b);
  if (m > NAME_MAX_LENGTH || n > NAME_MAX_LENGTH)
    return G_MAXUINT;
  guint row[NAME_MAX_LENGTH + 1];
  for (gsize j = 0; j <= n; j++)
    row[j] = (guint)j;
  for (gsize i = 1; i <= m; i++)
  {
    guint diagonal = row[0];
    row[0] = (guint)i;
    for (gsize j = 1; j <= n; j++)
    {
      guint above = row[j];
      guint changed = diagonal + (g_ascii_tolower(a[i - 1]) != b[j - 1]);
      row[j] = MIN(changed, MIN(above, row[j - 1]) + 1);
      diagonal = above;
    }
  }
  return row[n];
}

static const char *find_nearest(const char *name)
{
  const char *nearest = NULL;
  guint best = 4; /* further away it is another word, not a mistyped one */
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
  {
    guint d = distance(name, known[i].name);
    if (d < best && d < strlen(known[i].name))
    {
      best = d;
      nearest = known[i].name;
    }
  }
  return nearest;
}

static gboolean is_foreign(const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS(foreign); i++)
    if (strcmp(foreign[i], name) == 0)
      return TRUE;
  return FALSE;
}

static OciReference *fail_transport(const char *name, GError **error)
{
  g_autofree char *quoted = oci_quote(name);
  const char *nearest = is_foreign(name) ? NULL : find_nearest(name);
  if (nearest != NULL)
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "no transport %s\nhint: did you mean '%s:'? There are: " TRANSPORTS, quoted, nearest);
  else
    g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "no transport %s\nhint: there are: " TRANSPORTS, quoted);
  return NULL;
}

static OciReference *fail_text(const char *text, const char *why, GError **error)
{
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "%s %s\nhint: there are: " TRANSPORTS, quoted, why);
  return NULL;
}

static OciReference *reference_new(OciTransport transport, const char *path, gsize path_length, const char *ref)
{
  OciReference *reference = g_new0(OciReference, 1);
  reference->transport = transport;
  reference->path = path == NULL ? NULL : g_strndup(path, path_length);
  reference->ref = g_strdup(ref);
  return reference;
}

/* Behind "docker:". */
static OciReference *parse_registry(const char *text, const char *rest, GError **error)
{
  if (!g_str_has_prefix(rest, "//"))
    return fail_text(text, "has no // behind docker:", error);
  g_autoptr(OciRegistryName) name = oci_registry_name_parse(rest + 2, error);
  return name == NULL ? NULL : reference_new(OCI_TRANSPORT_REGISTRY, rest + 2, strlen(rest + 2), NULL);
}

/* An engine would save every tag of a name without one. */
static OciReference *parse_daemon(const char *rest, GError **error)
{
  OciDigest id;
  if (oci_digest_parse(rest, &id, NULL))
    return reference_new(OCI_TRANSPORT_DAEMON, rest, strlen(rest), NULL);
  g_autoptr(OciName) name = oci_name_parse(rest, error);
  return name == NULL ? NULL : reference_new(OCI_TRANSPORT_DAEMON, name->familiar, strlen(name->familiar), NULL);
}

static OciReference *parse_rest(OciTransport transport, const char *text, const char *rest, GError **error)
{
  if (transport == OCI_TRANSPORT_REGISTRY)
    return parse_registry(text, rest, error);
  if (transport == OCI_TRANSPORT_DAEMON)
    return parse_daemon(rest, error);
  if (transport == OCI_TRANSPORT_ROOTFS || transport == OCI_TRANSPORT_DIR) /* a directory's name may have colons: nothing can follow it */
    return *rest == '\0' ? fail_text(text, "names no path", error) : reference_new(transport, rest, strlen(rest), NULL);
  gsize length = strcspn(rest, ":");
  if (length == 0)
    return fail_text(text, "names no path", error);
  if (rest[length] == '\0')
    return reference_new(transport, rest, length, NULL);
  const char *ref = rest + length + 1;
  if (*ref == '\0')
    return fail_text(text, "ends with a colon where a reference should follow", error);
  return reference_new(transport, rest, length, ref);
}

/* A path has a slash before any colon, or no colon at all. */
static gboolean is_bare_path(const char *text)
{
  gsize length = strcspn(text, ":");
  return text[length] == '\0' || memchr(text, '/', length) != NULL;
}

OciReference *oci_reference_parse(const char *text, GError **error)
{
  if (*text == '\0')
    return fail_text(text, "is empty", error);
  if (strcmp(text, "-") == 0)
    return reference_new(OCI_TRANSPORT_STREAM, NULL, 0, NULL);
  if (is_bare_path(text))
    return reference_new(OCI_TRANSPORT_PATH, text, strlen(text), NULL);
  gsize length = strcspn(text, ":");
  g_autofree char *name = g_strndup(text, length);
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if (strcmp(known[i].name, name) == 0)
      return parse_rest(known[i].transport, text, text + length + 1, error);
  return fail_transport(name, error);
}

static const char *transport_name(OciTransport transport)
{
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if (known[i].transport == transport)
      return known[i].name;
  return NULL;
}

char *oci_reference_format(const OciReference *reference)
{
  if (reference->transport == OCI_TRANSPORT_STREAM)
    return g_strdup("-");
  const char *name = transport_name(reference->transport);
  GString *text = g_string_new(NULL);
  if (name != NULL)
    g_string_append_printf(text, "%s:%s", name, reference->transport == OCI_TRANSPORT_REGISTRY ? "//" : "");
  g_string_append(text, reference->path);
  if (reference->ref != NULL)
    g_string_append_printf(text, ":%s", reference->ref);
  return g_string_free(text, FALSE);
}

void oci_reference_free(OciReference *reference)
{
  if (reference == NULL)
    return;
  g_free(reference->path);
  g_free(reference->ref);
  g_free(reference);
}
