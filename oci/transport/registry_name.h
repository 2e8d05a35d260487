/*
 * What "docker://" is followed by: [HOST[:PORT]/]NAME[:TAG|@DIGEST].
 *
 * Spec: distribution's reference grammar, with Docker Hub's short names.
 */
#ifndef OCI_TRANSPORT_REGISTRY_NAME_H
#define OCI_TRANSPORT_REGISTRY_NAME_H

#include <glib.h>

typedef struct
{
  char *host;       /* as in names: "docker.io", "localhost:5000" */
  char *server;     /* who is asked: "registry-1.docker.io" for "docker.io" */
  char *repository; /* "library/app" */
  char *reference;  /* the tag, or the digest as it is written */
  gboolean by_digest;
} OciRegistryName;

/*
 * Errors: OCI_ERROR_USAGE, also for a name with a tag and a digest: which of
 * them is meant is not clear when they disagree.
 */
OciRegistryName *oci_registry_name_parse(const char *text, GError **error);

/* "docker.io/library/app:1" or "…@sha256:…". Returns: a new string. */
char *oci_registry_name_format(const OciRegistryName *name);
void oci_registry_name_free(OciRegistryName *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciRegistryName, oci_registry_name_free)

#endif
