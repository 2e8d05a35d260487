/*
 * Who we are to a registry: from the command line, from the files that the
 * container tools keep, or from their helpers.
 *
 * Spec: containers-auth.json(5), docker's config.json.
 */
#ifndef OCI_TRANSPORT_CREDENTIALS_H
#define OCI_TRANSPORT_CREDENTIALS_H

#include "oci/access.h"

typedef struct
{
  char *username; /* NULL beside a token */
  char *password;
  char *token; /* an identity token, to be exchanged; NULL as a rule */
} OciCredentials;

/*
 * host, repository: as in an OciRegistryName; keys of files are looked up
 * from the longest path to the host alone.
 * credentials: set to what is owned by the caller, or NULL for nobody.
 *
 * Errors: OCI_ERROR_IO for a file that was named and cannot be read, and for
 * a helper that fails otherwise than by not knowing the host;
 * OCI_ERROR_MALFORMED for a file that is broken.
 */
gboolean oci_credentials_find(const OciAccess *access, const char *host, const char *repository, OciCredentials **credentials,
                              GError **error);

/*
 * The same in the text of one file.
 *
 * name: for messages.
 */
gboolean oci_credentials_find_in(const char *text, gsize length, const char *name, const char *host, const char *repository,
                                 OciCredentials **credentials, GError **error);

/* "USER[:PASSWORD]". Errors: OCI_ERROR_USAGE. */
OciCredentials *oci_credentials_parse(const char *text, GError **error);
void oci_credentials_free(OciCredentials *credentials);

/* "Basic …". Returns: a new string, NULL without a username. */
char *oci_credentials_basic(const OciCredentials *credentials);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciCredentials, oci_credentials_free)

#endif
