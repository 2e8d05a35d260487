/* An image of the engine: one thread takes what it sends, another reads the archive at the other end of a pipe. */
#include "oci/error.h"
#include "oci/transport/daemon.h"
#include "oci/transport/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  OciDaemon *daemon;
  char *url;
  char *quoted; /* the image's name, for messages */
  int fd;       /* to write to; closed by the thread */
  GError *error;
} Export;

static gboolean pass_on(const OciHttpResponse *response, const void *bytes, gsize length, gpointer data, GError **error)
{
  (void)response;
  const guint8 *at = bytes;
  while (length > 0)
  {
    ssize_t put = write(((const Export *)data)->fd, at, length);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0) /* the reader has had enough, and says why */
    {
      g_set_error(error, OCI_ERROR, OCI_ERROR_CANCELLED, "cancelled");
      return FALSE;
    }
    at += put;
    length -= (gsize)put;
  }
  return TRUE;
}

static gpointer run(gpointer data)
{
  Export *export = data;
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  OciHttpRequest request = {.method = "GET", .url = export->url, .write = pass_on, .data = export};
  if (oci_http_perform(export->daemon->http, &request, &response, &export->error) && response.status != 200)
    oci_daemon_fail(&response, export->quoted, &export->error);
  close(export->fd);
  return NULL;
}

OciSource *oci_daemon_source_open(const char *name, const OciSourceContext *context, GError **error)
{
  int ends[2];
  g_autoptr(OciDaemon) daemon = oci_daemon_open(context->cancelled, error);
  if (daemon == NULL)
    return NULL;
  if (pipe2(ends, O_CLOEXEC) != 0)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "making a pipe failed: %s", g_strerror(errno));
    return NULL;
  }
  g_autofree char *escaped = g_uri_escape_string(name, "/:", FALSE);
  g_autofree char *url = g_strconcat(daemon->base, "/images/", escaped, "/get", NULL);
  g_autofree char *quoted = oci_quote(name);
  Export export = {.daemon = daemon, .url = url, .quoted = quoted, .fd = ends[1]};
  GThread *thread = g_thread_new("export", run, &export);
  g_autoptr(GError) failure = NULL;
  g_autoptr(OciSource) source = oci_stream_open(ends[0], NULL, context, &failure);
  close(ends[0]);
  g_thread_join(thread);
  if (g_error_matches(export.error, OCI_ERROR, OCI_ERROR_CANCELLED)) /* the reader had what it wanted, or knows why not */
    g_clear_error(&export.error);
  if (export.error == NULL && failure == NULL)
    return g_steal_pointer(&source);
  if (export.error == NULL)
    g_propagate_error(error, g_steal_pointer(&failure));
  else /* that is why the archive ends early */
    g_propagate_error(error, export.error);
  return NULL;
}
