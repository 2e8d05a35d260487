/*
 * HTTP requests, with the rules of this program: nothing but http and https,
 * redirects never to a weaker scheme, credentials never to another host, all
 * that comes bounded.
 *
 * The only door to libcurl. Thread-safe: any number of requests may run at
 * once; connections are kept and used again.
 */
#ifndef OCI_TRANSPORT_HTTP_H
#define OCI_TRANSPORT_HTTP_H

#include "oci/blob.h"

typedef struct oci_http OciHttp;

typedef struct
{
  gboolean insecure;       /* certificates are not checked */
  const char *cert_dir;    /* *.crt: CAs beside the system's; *.cert with *.key: the client's; may be NULL */
  const char *unix_socket; /* where to connect to, whatever the URL's host; may be NULL */
  gboolean is_patient;     /* an answer may take as long as it takes */
  const gint *cancelled;   /* may be NULL; must outlive the client */
} OciHttpOptions;

/* Errors: OCI_ERROR_IO when the folder of certificates cannot be read. */
OciHttp *oci_http_new(const OciHttpOptions *options, GError **error);
void oci_http_stop(OciHttp *http); /* every request, running or later, fails with OCI_ERROR_CANCELLED */
void oci_http_free(OciHttp *http);

typedef struct oci_http_response OciHttpResponse;

/* The body of a good answer (2xx), piece by piece. Returns: FALSE with error set to end the request. */
typedef gboolean (*OciHttpWriteFunc)(const OciHttpResponse *response, const void *bytes, gsize length, gpointer data, GError **error);

typedef struct
{
  const char *method;
  const char *url;
  const char *const *headers; /* "Name: value", ended by NULL; may be NULL */
  const char *authorization;  /* a header's value that no other host gets; may be NULL */
  OciBlob *body;              /* may be NULL */
  guint64 body_offset;        /* in the blob, in bytes */
  guint64 body_length;        /* in bytes */
  int body_fd;                /* what to send to its end when has_body_fd */
  gboolean has_body_fd;
  OciHttpWriteFunc write; /* NULL: a good answer's body goes into the response */
  gpointer data;
  guint64 limit; /* of a body in the response, in bytes; 0: 64 KiB */
} OciHttpRequest;

/* Why there is no answer. */
typedef enum
{
  OCI_HTTP_ANSWERED,
  OCI_HTTP_UNREACHABLE, /* no such host, or nobody listens */
  OCI_HTTP_UNTRUSTED,   /* no TLS, or a certificate that is not accepted */
  OCI_HTTP_CUT,         /* it broke off: another try may go well */
  OCI_HTTP_GIVEN_UP,    /* by our own rules */
} OciHttpOutcome;

struct oci_http_response
{
  OciHttpOutcome outcome;
  guint status;       /* 0: none came */
  GPtrArray *headers; /* char*: name in lower case, value, name, … */
  GByteArray *body;   /* of a bad answer at most its beginning */
  char *url;          /* of the last request, after redirects */
};

void oci_http_response_init(OciHttpResponse *response);
void oci_http_response_clear(OciHttpResponse *response);

/* The value of a header, of several ones the first. name: in lower case. Returns: borrowed, or NULL. */
const char *oci_http_response_header(const OciHttpResponse *response, const char *name);

/* The values of all headers of that name, with ", " between them. Returns: a new string, or NULL. */
char *oci_http_response_headers(const OciHttpResponse *response, const char *name);

/*
 * Sends a request and follows the redirects of a GET or HEAD.
 *
 * response: initialised; what was in it goes.
 * Returns: TRUE when there is an answer, of whatever status; otherwise
 * response->outcome says what kind of failure it was.
 * Errors: OCI_ERROR_IO, OCI_ERROR_LIMIT, OCI_ERROR_CANCELLED, what write() says.
 */
gboolean oci_http_perform(OciHttp *http, const OciHttpRequest *request, OciHttpResponse *response, GError **error);

/*
 * The seconds of a Retry-After header, which may be a date; -1 when there is
 * none that can be understood.
 *
 * Spec: RFC 9110, 10.2.3.
 */
gint64 oci_http_retry_after(const OciHttpResponse *response);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciHttp, oci_http_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OciHttpResponse, oci_http_response_clear)

#endif
