/*
 * The engine of this machine, or of another: Docker's interface, which podman
 * speaks too.
 *
 * Private to oci/transport/daemon*.c.
 * Spec: Docker Engine API.
 */
#ifndef OCI_TRANSPORT_DAEMON_H
#define OCI_TRANSPORT_DAEMON_H

#include "oci/transport/http.h"

typedef struct
{
  OciHttp *http;
  char *base; /* of URLs: "http://HOST/v1.41", in the version that both know */
} OciDaemon;

/*
 * By $DOCKER_HOST, else the socket of Docker or podman that is there.
 *
 * Errors: OCI_ERROR_IO when nobody answers, OCI_ERROR_USAGE for a
 * DOCKER_HOST of another kind than unix:// and tcp://.
 */
OciDaemon *oci_daemon_open(const gint *cancelled, GError **error);
void oci_daemon_free(OciDaemon *daemon);

/*
 * Sets the error for an answer that is not the good one. Returns: FALSE.
 *
 * what: was asked for.
 * Errors: OCI_ERROR_NOT_FOUND for 404, otherwise OCI_ERROR_IO.
 */
gboolean oci_daemon_fail(const OciHttpResponse *response, const char *what, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciDaemon, oci_daemon_free)

#endif
