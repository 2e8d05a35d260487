/* An image into the engine: one thread writes the archive into a pipe, the request's body is what comes out of it. */
#include "oci/error.h"
#include "oci/transport/daemon.h"
#include "oci/transport/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MAX ((guint64)4 << 20)

typedef struct
{
  const OciDocuments *documents;
  int fd; /* to write to; closed by the thread */
  GError *error;
} Import;

static gpointer run(gpointer data)
{
  Import *import = data;
  oci_archive_write_fd(import->fd, import->documents, &import->error);
  close(import->fd);
  return NULL;
}

/* An engine says 200 first, and in the lines of its answer how it went. */
static gboolean check_lines(const OciHttpResponse *response, GError **error)
{
  g_autofree char *text = g_strndup((const char *)response->body->data, response->body->len);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
  {
    const char *message = NULL;
    g_autoptr(json_t) json = oci_json_parse(lines[i], strlen(lines[i]), ANSWER_MAX, "the answer", NULL);
    if (json == NULL || !oci_json_string(json, "error", "", &message, NULL) || message == NULL)
      continue;
    g_autofree char *quoted = oci_quote(message);
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the engine does not take the image: %s", quoted);
    return FALSE;
  }
  return TRUE;
}

static gboolean load(OciDaemon *daemon, int fd, GError **error)
{
  static const char *const headers[] = {"Content-Type: application/x-tar", NULL};
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  g_autofree char *url = g_strconcat(daemon->base, "/images/load?quiet=1", NULL);
  OciHttpRequest request = {.method = "POST", .url = url, .headers = headers, .body_fd = fd, .has_body_fd = TRUE, .limit = ANSWER_MAX};
  if (!oci_http_perform(daemon->http, &request, &response, error))
    return FALSE;
  return response.status == 200 ? check_lines(&response, error) : oci_daemon_fail(&response, "loading the image", error);
}

gboolean oci_daemon_write(const OciDocuments *documents, const OciTarget *target, GError **error)
{
  int ends[2];
  g_autoptr(OciDaemon) daemon = oci_daemon_open(target->cancelled, error);
  if (daemon == NULL)
    return FALSE;
  if (pipe2(ends, O_CLOEXEC) != 0)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "making a pipe failed: %s", g_strerror(errno));
    return FALSE;
  }
  Import import = {.documents = documents, .fd = ends[1]};
  g_autoptr(GError) failure = NULL;
  GThread *thread = g_thread_new("import", run, &import);
  gboolean loaded = load(daemon, ends[0], &failure);
  close(ends[0]);
  g_thread_join(thread);
  if (!loaded) /* then the archive's writer may have failed only for the pipe's sake */
  {
    g_clear_error(&import.error);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  if (import.error == NULL)
    return TRUE;
  g_propagate_error(error, import.error);
  return FALSE;
}
