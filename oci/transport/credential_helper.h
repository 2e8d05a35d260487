/*
 * Programs that keep credentials: "docker-credential-NAME get".
 *
 * Spec: docker-credential-helpers.
 */
#ifndef OCI_TRANSPORT_CREDENTIAL_HELPER_H
#define OCI_TRANSPORT_CREDENTIAL_HELPER_H

#include "oci/transport/credentials.h"

/*
 * Runs the helper, for 30 seconds at most.
 *
 * name: of letters, digits, ".", "_" and "-".
 * credentials: stays NULL when the helper knows none for the host.
 * Errors: OCI_ERROR_IO when the helper cannot be run or fails otherwise:
 * asking on as nobody would not be what the user has set up.
 */
gboolean oci_credential_helper_get(const char *name, const char *host, OciCredentials **credentials, GError **error);

#endif
