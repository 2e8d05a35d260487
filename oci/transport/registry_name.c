/* A name's parts, by the grammar of oci/name.c. */
#include "oci/transport/registry_name.h"

#include "oci/digest.h"
#include "oci/error.h"
#include "oci/name.h"

#include <string.h>

/* Docker Hub's names and its registry's differ. */
static const char *server_of(const char *host)
{
  return strcmp(host, "docker.io") == 0 ? "registry-1.docker.io" : host;
}

static gboolean fail(const char *text, const char *why, GError **error)
{
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, OCI_ERROR, OCI_ERROR_USAGE, "%s %s\nhint: docker://[HOST[:PORT]/]NAME[:TAG|@DIGEST]", quoted, why);
  return FALSE;
}

static gboolean check_digest(const char *text, const char *named, const char *digest, GError **error)
{
  OciDigest parsed;
  const char *slash = strrchr(named, '/');
  if (strchr(slash == NULL ? named : slash, ':') != NULL)
    return fail(text, "has a tag and a digest, and only one can be meant", error);
  return oci_digest_parse(digest, &parsed, NULL) || fail(text, "has a malformed digest", error);
}

OciRegistryName *oci_registry_name_parse(const char *text, GError **error)
{
  const char *at = strchr(text, '@');
  g_autofree char *named = at == NULL ? g_strdup(text) : g_strndup(text, (gsize)(at - text));
  if (at != NULL && !check_digest(text, named, at + 1, error))
    return NULL;
  g_autoptr(OciName) parsed = oci_name_parse(named, error);
  if (parsed == NULL)
    return NULL;
  const char *slash = strchr(parsed->full, '/');
  const char *colon = strrchr(slash, ':');
  OciRegistryName *name = g_new0(OciRegistryName, 1);
  name->host = g_strndup(parsed->full, (gsize)(slash - parsed->full));
  name->server = g_strdup(server_of(name->host));
  name->repository = g_strndup(slash + 1, (gsize)(colon - slash - 1));
  name->by_digest = at != NULL;
  name->reference = g_strdup(at != NULL ? at + 1 : parsed->tag);
  return name;
}

char *oci_registry_name_format(const OciRegistryName *name)
{
  return g_strconcat(name->host, "/", name->repository, name->by_digest ? "@" : ":", name->reference, NULL);
}

void oci_registry_name_free(OciRegistryName *name)
{
  if (name == NULL)
    return;
  g_free(name->host);
  g_free(name->server);
  g_free(name->repository);
  g_free(name->reference);
  g_free(name);
}
