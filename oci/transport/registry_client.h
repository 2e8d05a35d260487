/*
 * One repository of a registry: requests with authentication and patience.
 *
 * Thread-safe.
 * Spec: distribution-spec.
 */
#ifndef OCI_TRANSPORT_REGISTRY_CLIENT_H
#define OCI_TRANSPORT_REGISTRY_CLIENT_H

#include "oci/transport/http.h"
#include "oci/transport/registry_name.h"

#include "oci/access.h"

typedef struct oci_registry OciRegistry;

typedef struct
{
  gboolean push;
  const char *mount_from; /* another repository whose blobs may be mounted; NULL as a rule */
  const gint *cancelled;  /* may be NULL */
} OciRegistryUse;

/*
 * Finds out how the registry is spoken to: HTTPS, or HTTP when access is
 * insecure and there is no HTTPS.
 *
 * name, access: borrowed for as long as this lives.
 * Errors: OCI_ERROR_IO when it cannot be reached, or does not answer like a
 * registry.
 */
OciRegistry *oci_registry_open(const OciRegistryName *name, const OciAccess *access, const OciRegistryUse *use, GError **error);
void oci_registry_stop(OciRegistry *registry); /* see oci_http_stop() */
void oci_registry_free(OciRegistry *registry);

/* "https://HOST/v2/NAME/" and what. Returns: a new string. */
char *oci_registry_url(const OciRegistry *registry, const char *what);

/*
 * Sends a request, shows what the registry wants to see, and sends it again
 * on 429 and 5xx, and when again is set also when the connection breaks off.
 *
 * request: its authorization is set here.
 * Returns: TRUE for an answer of any status.
 */
gboolean oci_registry_call(OciRegistry *registry, OciHttpRequest *request, gboolean again, OciHttpResponse *response, GError **error);

/* Whether one more attempt is allowed after so many, and then waits as long as is right; response: may be NULL. */
gboolean oci_registry_wait(OciRegistry *registry, guint attempts, const OciHttpResponse *response);

/*
 * Sets the error for an answer that is none of the good ones.
 *
 * what: was asked for, e.g. "manifest 'app:1'".
 * Returns: FALSE.
 * Errors: OCI_ERROR_NOT_FOUND for 404, otherwise OCI_ERROR_IO.
 */
gboolean oci_registry_fail(const OciRegistry *registry, const OciHttpResponse *response, const char *what, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciRegistry, oci_registry_free)

#endif
