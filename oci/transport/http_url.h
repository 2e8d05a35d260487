/*
 * URLs that a server names.
 */
#ifndef OCI_TRANSPORT_HTTP_URL_H
#define OCI_TRANSPORT_HTTP_URL_H

#include <glib.h>

/*
 * What a Location header means: absolute, or relative to the URL that was
 * asked.
 *
 * Returns: a new string.
 * Errors: OCI_ERROR_IO for another scheme than http and https, for http
 * behind https, and for one with a user in it.
 */
char *oci_http_url_resolve(const char *base, const char *location, GError **error);

/* Whether scheme, host and port are the same. */
gboolean oci_http_url_same_origin(const char *a, const char *b);

/* "host" or "host:port", for messages. Returns: a new string. */
char *oci_http_url_host(const char *url);

/* Adds "name=value" to the query, value escaped. Returns: a new string. */
char *oci_http_url_add(const char *url, const char *name, const char *value);

#endif
