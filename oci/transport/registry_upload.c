/*
 * One session per try: POST begins it, PUT ends it, PATCH adds to it when it
 * goes in pieces. Each answer says where the next request goes.
 */
#include "oci/transport/registry_upload.h"

#include "oci/error.h"
#include "oci/transport/http_url.h"

#include <string.h>

#define PIECES_FROM ((guint64)1 << 30)   /* larger blobs go in pieces */
#define PIECE_BYTES ((guint64)256 << 20) /* of those */
#define PIECE_LEAST ((guint64)64 << 10)  /* who takes less than that takes nothing */

typedef struct
{
  OciRegistry *registry;
  OciBlob *blob;
  const char *digest;
  const char *mount_from; /* NULL once it has been tried */
  guint64 piece;          /* bytes of a PATCH; 0: all in one PUT */
  char *location;         /* of the session; NULL: there is none */
} Upload;

typedef enum
{
  STEP_DONE,
  STEP_AGAIN,   /* from the beginning, after a pause */
  STEP_SMALLER, /* from the beginning, in smaller pieces */
  STEP_FAILED,
} Step;

static Step fail(const Upload *upload, const OciHttpResponse *response, GError **error)
{
  g_autofree char *what = g_strconcat("pushing blob ", upload->digest, NULL);
  oci_registry_fail(upload->registry, response, what, error);
  return STEP_FAILED;
}

/* The blob's URL in the repository. Returns: a new string. */
static char *blob_url(const Upload *upload)
{
  g_autofree char *path = g_strconcat("blobs/", upload->digest, NULL);
  return oci_registry_url(upload->registry, path);
}

/* there: whether the registry has the blob already. */
static gboolean look(const Upload *upload, gboolean *there, GError **error)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  g_autofree char *url = blob_url(upload);
  OciHttpRequest request = {.method = "HEAD", .url = url};
  if (!oci_registry_call(upload->registry, &request, TRUE, &response, error))
    return FALSE;
  *there = response.status == 200;
  if (response.status == 200 || response.status == 404)
    return TRUE;
  fail(upload, &response, error);
  return FALSE;
}

/* The session's next URL: relative or absolute, used as it is. */
static gboolean follow(Upload *upload, const OciHttpResponse *response, GError **error)
{
  const char *location = oci_http_response_header(response, "location");
  if (location == NULL)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the registry does not say where to upload to");
    return FALSE;
  }
  char *next = oci_http_url_resolve(response->url, location, error);
  g_free(upload->location);
  upload->location = next;
  return next != NULL;
}

/* done: whether the blob is there without a byte being sent, by a mount. */
static Step begin(Upload *upload, gboolean *done, GError **error)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  g_autofree char *plain = oci_registry_url(upload->registry, "blobs/uploads/");
  g_autofree char *mount = upload->mount_from == NULL ? NULL : oci_http_url_add(plain, "mount", upload->digest);
  g_autofree char *from = mount == NULL ? NULL : oci_http_url_add(mount, "from", upload->mount_from);
  OciHttpRequest request = {.method = "POST", .url = from != NULL ? from : plain};
  if (!oci_registry_call(upload->registry, &request, TRUE, &response, error))
    return STEP_FAILED;
  upload->mount_from = NULL;
  *done = response.status == 201 && from != NULL;
  if (*done)
    return STEP_DONE;
  if (response.status != 202)
    return fail(upload, &response, error);
  const char *least = oci_http_response_header(&response, "oci-chunk-min-length");
  if (least != NULL && upload->piece > 0)
    upload->piece = MAX(upload->piece, MIN(g_ascii_strtoull(least, NULL, 10), PIECE_BYTES));
  return follow(upload, &response, error) ? STEP_DONE : STEP_FAILED;
}

/* What an answer to a PUT or PATCH means; sent: whether there is one. */
static Step judge(const Upload *upload, gboolean sent, guint good, const OciHttpResponse *response, GError **error)
{
  if (!sent)
    return response->outcome == OCI_HTTP_CUT ? STEP_AGAIN : STEP_FAILED;
  if (response->status == good)
    return STEP_DONE;
  fail(upload, response, error);
  if (response->status == 413)
    return STEP_SMALLER;
  /* a session may be forgotten by a server that was started anew */
  return response->status == 404 || response->status == 416 ? STEP_AGAIN : STEP_FAILED;
}

/* A PUT of what has not been sent: everything, or nothing. */
static Step finish(Upload *upload, guint64 offset, GError **error)
{
  static const char *const headers[] = {"Content-Type: application/octet-stream", NULL};
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  g_autofree char *url = oci_http_url_add(upload->location, "digest", upload->digest);
  OciHttpRequest request = {.method = "PUT",
                            .url = url,
                            .headers = headers,
                            .body = upload->blob,
                            .body_offset = offset,
                            .body_length = oci_blob_size(upload->blob) - offset};
  gboolean sent = oci_registry_call(upload->registry, &request, FALSE, &response, error);
  return judge(upload, sent, 201, &response, error);
}

static Step send_piece(Upload *upload, guint64 *offset, GError **error)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  guint64 length = MIN(upload->piece, oci_blob_size(upload->blob) - *offset);
  g_autofree char *range = g_strdup_printf("Content-Range: %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, *offset, *offset + length - 1);
  const char *const headers[] = {"Content-Type: application/octet-stream", range, NULL};
  OciHttpRequest request = {
      .method = "PATCH", .url = upload->location, .headers = headers, .body = upload->blob, .body_offset = *offset, .body_length = length};
  gboolean sent = oci_registry_call(upload->registry, &request, FALSE, &response, error);
  Step step = judge(upload, sent, 202, &response, error);
  if (step != STEP_DONE)
    return step;
  *offset += length;
  return follow(upload, &response, error) ? STEP_DONE : STEP_FAILED;
}

/* After a piece that was cut: how far the registry came. Returns: FALSE when it cannot tell. */
static gboolean catch_up(Upload *upload, guint64 *offset)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  OciHttpRequest request = {.method = "GET", .url = upload->location};
  if (!oci_registry_call(upload->registry, &request, TRUE, &response, NULL) || response.status / 100 != 2)
    return FALSE;
  const char *range = oci_http_response_header(&response, "range");
  if (range == NULL || !g_str_has_prefix(range, "0-"))
    return FALSE;
  guint64 last = g_ascii_strtoull(range + 2, NULL, 10);
  *offset = last == 0 ? 0 : last + 1; /* "0-0" is what a registry says that has nothing */
  return *offset <= oci_blob_size(upload->blob) && follow(upload, &response, NULL);
}

static Step send_pieces(Upload *upload, guint64 *offset, GError **error)
{
  for (guint cuts = 1; *offset < oci_blob_size(upload->blob);)
  {
    g_autoptr(GError) failure = NULL;
    Step step = send_piece(upload, offset, &failure);
    if (step == STEP_AGAIN && oci_registry_wait(upload->registry, cuts++, NULL) && catch_up(upload, offset))
      continue;
    if (step != STEP_DONE)
    {
      g_propagate_error(error, g_steal_pointer(&failure));
      return step;
    }
  }
  return STEP_DONE;
}

static Step send_all(Upload *upload, GError **error)
{
  gboolean done = FALSE;
  guint64 offset = 0;
  Step step = begin(upload, &done, error);
  if (step != STEP_DONE || done)
    return step;
  if (upload->piece > 0)
    step = send_pieces(upload, &offset, error);
  return step == STEP_DONE ? finish(upload, offset, error) : step;
}

/* Best effort: what is not ended the registry forgets in a week. */
static void give_up(Upload *upload)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  OciHttpRequest request = {.method = "DELETE", .url = upload->location};
  if (upload->location != NULL)
    oci_registry_call(upload->registry, &request, FALSE, &response, NULL);
  g_clear_pointer(&upload->location, g_free);
}

static gboolean shrink(Upload *upload)
{
  guint64 sent = upload->piece > 0 ? upload->piece : MIN(oci_blob_size(upload->blob), 2 * PIECE_BYTES);
  upload->piece = MIN(sent / 2, PIECE_BYTES);
  return upload->piece >= PIECE_LEAST;
}

static gboolean send(Upload *upload, GError **error)
{
  for (guint attempts = 1;;)
  {
    g_autoptr(GError) failure = NULL;
    Step step = send_all(upload, &failure);
    if (step == STEP_DONE)
      return TRUE;
    give_up(upload);
    if (step == STEP_SMALLER && shrink(upload))
      continue;
    if (step != STEP_AGAIN || !oci_registry_wait(upload->registry, attempts, NULL))
    {
      g_propagate_error(error, g_steal_pointer(&failure));
      return FALSE;
    }
    attempts++;
  }
}

gboolean oci_registry_upload(OciRegistry *registry, OciBlob *blob, const OciDigest *digest, const char *mount_from, GError **error)
{
  gboolean there = FALSE;
  g_autofree char *text = oci_digest_format(digest);
  Upload upload = {.registry = registry,
                   .blob = blob,
                   .digest = text,
                   .mount_from = mount_from,
                   .piece = oci_blob_size(blob) > PIECES_FROM ? PIECE_BYTES : 0};
  gboolean done = look(&upload, &there, error) && (there || send(&upload, error));
  g_free(upload.location);
  return done;
}
