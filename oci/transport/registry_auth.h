/*
 * What a registry is shown in "Authorization", and where it comes from.
 *
 * Thread-safe.
 * Spec: distribution-spec; Docker's token authentication.
 */
#ifndef OCI_TRANSPORT_REGISTRY_AUTH_H
#define OCI_TRANSPORT_REGISTRY_AUTH_H

#include "oci/transport/credentials.h"
#include "oci/transport/http.h"

typedef struct oci_registry_auth OciRegistryAuth;

/*
 * http: borrowed. credentials: owned afterwards; may be NULL.
 * scopes: char*, e.g. "repository:app:pull"; a new reference.
 */
OciRegistryAuth *oci_registry_auth_new(OciHttp *http, OciCredentials *credentials, GPtrArray *scopes);
void oci_registry_auth_free(OciRegistryAuth *auth);

/* What is shown at present. Returns: a new string, or NULL. */
char *oci_registry_auth_dup(OciRegistryAuth *auth);

/*
 * Answers a 401.
 *
 * url: of the registry, which was asked.
 * challenge: the header WWW-Authenticate; may be NULL.
 * shown: what was refused; when another thread has got something newer
 * meanwhile, that will do.
 *
 * Errors: OCI_ERROR_IO when nothing can be shown: no credentials, wrong ones,
 * a token service without TLS for a registry with it.
 */
gboolean oci_registry_auth_answer(OciRegistryAuth *auth, const char *url, const char *challenge, const char *shown, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciRegistryAuth, oci_registry_auth_free)

#endif
