/* One easy handle per running request; idle ones keep their connections. */
#include "oci/transport/http.h"

#include "oci/error.h"
#include "oci/transport/http_certificates.h"
#include "oci/transport/http_url.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define REDIRECTS_MAX   10
#define HEADERS_MAX     256
#define BODY_DEFAULT    ((guint64)64 << 10)
#define CONNECT_SECONDS 20L
#define SLOW_BYTES      64L /* a second: slower than that for so long is no transfer any more */
#define SLOW_SECONDS    30L
#define STORE_SECONDS   300L /* the same for who stores what we send, and answers when it has */
#define RETRY_AFTER_MAX ((gint64)3600)

struct oci_http
{
  gboolean insecure;
  gboolean is_patient;
  char *unix_socket;
  OciHttpCertificates *certificates;
  const gint *cancelled;
  gint stopped; /* atomic */
  GMutex lock;
  GQueue idle; /* CURL* */
};

typedef struct
{
  OciHttp *http;
  CURL *handle;
  const OciHttpRequest *request;
  OciHttpResponse *response;
  guint64 sent;  /* bytes of the body */
  GError *error; /* of one of the functions below */
} Transfer;

void oci_http_response_init(OciHttpResponse *response)
{
  *response = (OciHttpResponse){.headers = g_ptr_array_new_with_free_func(g_free), .body = g_byte_array_new()};
}

void oci_http_response_clear(OciHttpResponse *response)
{
  g_clear_pointer(&response->headers, g_ptr_array_unref);
  g_clear_pointer(&response->body, g_byte_array_unref);
  g_clear_pointer(&response->url, g_free);
}

const char *oci_http_response_header(const OciHttpResponse *response, const char *name)
{
  for (guint i = 0; i + 1 < response->headers->len; i += 2)
    if (strcmp(g_ptr_array_index(response->headers, i), name) == 0)
      return g_ptr_array_index(response->headers, i + 1);
  return NULL;
}

char *oci_http_response_headers(const OciHttpResponse *response, const char *name)
{
  GString *joined = NULL;
  for (guint i = 0; i + 1 < response->headers->len; i += 2)
    if (strcmp(g_ptr_array_index(response->headers, i), name) == 0)
    {
      if (joined == NULL)
        joined = g_string_new(NULL);
      g_string_append_printf(joined, "%s%s", joined->len > 0 ? ", " : "", (const char *)g_ptr_array_index(response->headers, i + 1));
    }
  return joined == NULL ? NULL : g_string_free(joined, FALSE);
}

gint64 oci_http_retry_after(const OciHttpResponse *response)
{
  const char *text = oci_http_response_header(response, "retry-after");
  if (text == NULL || *text == '\0')
    return -1;
  if (strspn(text, "0123456789") == strlen(text))
    return strlen(text) > 9 ? RETRY_AFTER_MAX : MIN(g_ascii_strtoll(text, NULL, 10), RETRY_AFTER_MAX);
  gint64 then = (gint64)curl_getdate(text, NULL);
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  return then < 0 ? -1 : CLAMP(then - now, 0, RETRY_AFTER_MAX);
}

/* Called at each sign of life, and about once a second without one. */
static int look_around(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
  (void)a, (void)b, (void)c, (void)d;
  const OciHttp *http = ((const Transfer *)data)->http;
  return __atomic_load_n(&http->stopped, __ATOMIC_RELAXED) != 0 ||
         (http->cancelled != NULL && __atomic_load_n(http->cancelled, __ATOMIC_RELAXED) != 0);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *data)
{
  OciHttpResponse *response = ((Transfer *)data)->response;
  gsize length = size * count;
  if (length > 5 && memcmp(bytes, "HTTP/", 5) == 0) /* an interim answer's headers are no longer of interest */
    g_ptr_array_set_size(response->headers, 0);
  const char *colon = memchr(bytes, ':', length);
  if (colon == NULL || response->headers->len >= 2 * HEADERS_MAX)
    return length;
  g_ptr_array_add(response->headers, g_ascii_strdown(bytes, colon - bytes));
  g_ptr_array_add(response->headers, g_strstrip(g_strndup(colon + 1, length - (gsize)(colon + 1 - bytes))));
  return length;
}

static gboolean keep_body(Transfer *transfer, const char *bytes, gsize length)
{
  OciHttpResponse *response = transfer->response;
  guint64 limit = transfer->request->limit == 0 ? BODY_DEFAULT : transfer->request->limit;
  gboolean good = response->status / 100 == 2;
  guint64 left = (good ? limit : BODY_DEFAULT) - response->body->len;
  if (length > left && good)
  {
    g_set_error(&transfer->error, OCI_ERROR, OCI_ERROR_LIMIT, "the answer has more than document_bytes (%" G_GUINT64_FORMAT ")", limit);
    return FALSE;
  }
  g_byte_array_append(response->body, (const guint8 *)bytes, (guint)MIN(length, left));
  return TRUE;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *data)
{
  Transfer *transfer = data;
  gsize length = size * count;
  long status = 0;
  curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
  transfer->response->status = (guint)status;
  gboolean taken = status / 100 == 2 && transfer->request->write != NULL
                       ? transfer->request->write(transfer->response, bytes, length, transfer->request->data, &transfer->error)
                       : keep_body(transfer, bytes, length);
  return taken ? length : 0;
}

static size_t give_body(char *buffer, size_t size, size_t count, void *data)
{
  Transfer *transfer = data;
  const OciHttpRequest *request = transfer->request;
  gssize got = 0;
  if (request->has_body_fd)
    do
      got = read(request->body_fd, buffer, size * count);
    while (got < 0 && errno == EINTR);
  else if (request->body != NULL)
  {
    gsize wanted = MIN(size * count, request->body_length - transfer->sent);
    got = oci_blob_pread(request->body, buffer, wanted, request->body_offset + transfer->sent, &transfer->error);
  }
  if (got < 0)
    return CURL_READFUNC_ABORT;
  transfer->sent += (guint64)got;
  return (size_t)got;
}

/* libcurl begins anew when a kept connection turns out to be closed. */
static int rewind_body(void *data, curl_off_t offset, int origin)
{
  Transfer *transfer = data;
  if (transfer->request->has_body_fd || origin != SEEK_SET || offset < 0)
    return CURL_SEEKFUNC_CANTSEEK;
  transfer->sent = (guint64)offset;
  return CURL_SEEKFUNC_OK;
}

static OciHttpOutcome outcome_of(CURLcode code)
{
  static const CURLcode unreachable[] = {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT};
  static const CURLcode untrusted[] = {CURLE_SSL_CONNECT_ERROR,    CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
                                       CURLE_SSL_CACERT_BADFILE,   CURLE_SSL_ISSUER_ERROR,         CURLE_SSL_CIPHER,
                                       CURLE_SSL_ENGINE_NOTFOUND,  CURLE_SSL_INVALIDCERTSTATUS,    CURLE_SSL_PINNEDPUBKEYNOTMATCH,
                                       CURLE_UNSUPPORTED_PROTOCOL, CURLE_SSL_CRL_BADFILE};
  for (guint i = 0; i < G_N_ELEMENTS(unreachable); i++)
    if (code == unreachable[i])
      return OCI_HTTP_UNREACHABLE;
  for (guint i = 0; i < G_N_ELEMENTS(untrusted); i++)
    if (code == untrusted[i])
      return OCI_HTTP_UNTRUSTED;
  return code == CURLE_OK ? OCI_HTTP_ANSWERED : OCI_HTTP_CUT;
}

static gboolean fail_transfer(Transfer *transfer, CURLcode code, const char *detail, GError **error)
{
  OciHttpResponse *response = transfer->response;
  response->outcome = outcome_of(code);
  if (transfer->error != NULL)
  {
    response->outcome = OCI_HTTP_GIVEN_UP;
    g_propagate_error(error, g_steal_pointer(&transfer->error));
    return FALSE;
  }
  if (code == CURLE_ABORTED_BY_CALLBACK)
  {
    response->outcome = OCI_HTTP_GIVEN_UP;
    g_set_error(error, OCI_ERROR, OCI_ERROR_CANCELLED, "cancelled");
    return FALSE;
  }
  g_autofree char *where = transfer->http->unix_socket != NULL ? g_strdup(transfer->http->unix_socket) : oci_http_url_host(response->url);
  g_autofree char *quoted = oci_quote(where);
  g_autofree char *why = g_strdup(*detail != '\0' ? detail : curl_easy_strerror(code));
  for (char *c = why; *c != '\0'; c++) /* it may hold what a certificate says */
    if (g_ascii_iscntrl(*c) || !g_ascii_isprint(*c))
      *c = '?';
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "%s %s: %s",
              response->outcome == OCI_HTTP_CUT ? "the connection failed to" : "cannot connect to", quoted, why);
  return FALSE;
}

static CURL *take_handle(OciHttp *http)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&http->lock);
  CURL *handle = g_queue_pop_head(&http->idle);
  return handle == NULL ? curl_easy_init() : handle;
}

static void put_handle(OciHttp *http, CURL *handle)
{
  curl_easy_reset(handle); /* connections stay */
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&http->lock);
  g_queue_push_head(&http->idle, handle);
}

static void set_method(CURL *handle, const OciHttpRequest *request)
{
  curl_off_t length = request->has_body_fd ? -1 : request->body == NULL ? 0 : (curl_off_t)request->body_length;
  if (strcmp(request->method, "GET") == 0)
    curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
  else if (strcmp(request->method, "HEAD") == 0)
    curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  else
  {
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, length);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, STORE_SECONDS);
  }
}

static void set_connection(const OciHttp *http, CURL *handle)
{
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
  curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "ocislim/" OCISLIM_VERSION);
  curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, 128L << 10);
  if (http->unix_socket != NULL)
  {
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, http->unix_socket);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
  }
  if (!http->is_patient)
  {
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
  }
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, http->insecure ? 0L : 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, http->insecure ? 0L : 2L);
  oci_http_certificates_apply(http->certificates, handle);
}

static void set_functions(Transfer *transfer)
{
  CURL *handle = transfer->handle;
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, give_body);
  curl_easy_setopt(handle, CURLOPT_READDATA, transfer);
  curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, rewind_body);
  curl_easy_setopt(handle, CURLOPT_SEEKDATA, transfer);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, look_around);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

static struct curl_slist *make_headers(const OciHttpRequest *request, gboolean with_authorization)
{
  struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* who does not know it makes us wait */
  for (guint i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
    list = curl_slist_append(list, request->headers[i]);
  if (with_authorization)
  {
    g_autofree char *header = g_strconcat("Authorization: ", request->authorization, NULL);
    list = curl_slist_append(list, header);
  }
  return list;
}

/* One request, no redirect followed. */
static gboolean send_once(OciHttp *http, const OciHttpRequest *request, gboolean with_authorization, OciHttpResponse *response,
                          GError **error)
{
  char detail[CURL_ERROR_SIZE] = "";
  Transfer transfer = {.http = http, .handle = take_handle(http), .request = request, .response = response};
  struct curl_slist *headers = make_headers(request, with_authorization);
  set_connection(http, transfer.handle);
  set_method(transfer.handle, request);
  set_functions(&transfer);
  curl_easy_setopt(transfer.handle, CURLOPT_URL, response->url);
  curl_easy_setopt(transfer.handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(transfer.handle, CURLOPT_ERRORBUFFER, detail);
  CURLcode code = curl_easy_perform(transfer.handle);
  long status = 0;
  curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &status);
  response->status = (guint)status;
  /* who is refused may have the door shut while still speaking */
  gboolean answered = code == CURLE_OK || (status >= 400 && transfer.error == NULL && code != CURLE_ABORTED_BY_CALLBACK);
  gboolean done = answered || fail_transfer(&transfer, code, detail, error);
  put_handle(http, transfer.handle);
  curl_slist_free_all(headers);
  return done;
}

static gboolean is_redirect(const OciHttpRequest *request, const OciHttpResponse *response)
{
  static const guint codes[] = {301, 302, 303, 307, 308};
  if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(codes); i++)
    if (response->status == codes[i])
      return oci_http_response_header(response, "location") != NULL;
  return FALSE;
}

gboolean oci_http_perform(OciHttp *http, const OciHttpRequest *request, OciHttpResponse *response, GError **error)
{
  g_autofree char *url = g_strdup(request->url);
  for (guint i = 0; i <= REDIRECTS_MAX; i++)
  {
    oci_http_response_clear(response);
    oci_http_response_init(response);
    response->url = g_steal_pointer(&url);
    gboolean authorized = request->authorization != NULL && oci_http_url_same_origin(request->url, response->url);
    if (!send_once(http, request, authorized, response, error))
      return FALSE;
    if (!is_redirect(request, response))
      return TRUE;
    url = oci_http_url_resolve(response->url, oci_http_response_header(response, "location"), error);
    if (url == NULL)
    {
      response->outcome = OCI_HTTP_GIVEN_UP;
      return FALSE;
    }
  }
  response->outcome = OCI_HTTP_GIVEN_UP;
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the server redirects more than %d times", REDIRECTS_MAX);
  return FALSE;
}

OciHttp *oci_http_new(const OciHttpOptions *options, GError **error)
{
  static gsize initialised;
  if (g_once_init_enter(&initialised))
  {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    g_once_init_leave(&initialised, 1);
  }
  OciHttpCertificates *certificates = oci_http_certificates_new(options->cert_dir, error);
  if (certificates == NULL)
    return NULL;
  OciHttp *http = g_new0(OciHttp, 1);
  http->insecure = options->insecure;
  http->is_patient = options->is_patient;
  http->unix_socket = g_strdup(options->unix_socket);
  http->certificates = certificates;
  http->cancelled = options->cancelled;
  g_mutex_init(&http->lock);
  g_queue_init(&http->idle);
  return http;
}

void oci_http_stop(OciHttp *http)
{
  g_atomic_int_set(&http->stopped, 1);
}

void oci_http_free(OciHttp *http)
{
  if (http == NULL)
    return;
  for (CURL *handle = g_queue_pop_head(&http->idle); handle != NULL; handle = g_queue_pop_head(&http->idle))
    curl_easy_cleanup(handle);
  g_mutex_clear(&http->lock);
  oci_http_certificates_free(http->certificates);
  g_free(http->unix_socket);
  g_free(http);
}
