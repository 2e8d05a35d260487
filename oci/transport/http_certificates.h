/*
 * A folder of certificates, as container tools have them.
 *
 * Private to oci/transport/http*.c.
 * Spec: containers-certs.d(5).
 */
#ifndef OCI_TRANSPORT_HTTP_CERTIFICATES_H
#define OCI_TRANSPORT_HTTP_CERTIFICATES_H

#include <glib.h>

typedef struct oci_http_certificates OciHttpCertificates;

/*
 * directory: NULL for none.
 * Errors: OCI_ERROR_IO.
 */
OciHttpCertificates *oci_http_certificates_new(const char *directory, GError **error);
void oci_http_certificates_free(OciHttpCertificates *certificates);

/* handle: a CURL*. */
void oci_http_certificates_apply(const OciHttpCertificates *certificates, void *handle);

#endif
