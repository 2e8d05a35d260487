/* No shell, a bounded answer, a bounded time. */
#include "oci/transport/credential_helper.h"

#include "oci/error.h"
#include "oci/json.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX      ((gsize)64 << 10)
#define PATIENCE_US     (30 * G_USEC_PER_SEC)
#define HELPER_NOT_HERE "credentials not found in native keychain"
#define HELPER_PREFIX   "docker-credential-"

/* Signals are waited for in one thread of ours; a child shall die of them. */
static void unblock_signals(gpointer data)
{
  (void)data;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
}

static gboolean is_name(const char *name)
{
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum(*c) && strchr("._-", *c) == NULL)
      return FALSE;
  return *name != '\0';
}

/* Until the end of the answer, its limit or the deadline. Returns: FALSE for the last. */
static gboolean read_answer(int fd, GString *answer, gint64 deadline)
{
  char buffer[4096];
  while (answer->len < ANSWER_MAX)
  {
    gint64 left = deadline - g_get_monotonic_time();
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (left <= 0)
      return FALSE;
    int ready = poll(&wait, 1, (int)(left / 1000) + 1);
    if (ready <= 0)
      continue;
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got == 0)
      return TRUE;
    if (got > 0)
      g_string_append_len(answer, buffer, got);
    else if (errno != EINTR && errno != EAGAIN)
      return TRUE;
  }
  return TRUE;
}

/* Who has closed its output may still run. Returns: the wait status, -1 when it had to be ended. */
static int await(GPid pid, gint64 deadline)
{
  int status = 0;
  for (pid_t ended = 0; (ended = waitpid(pid, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR);)
  {
    if (g_get_monotonic_time() >= deadline)
    {
      kill(pid, SIGKILL);
      while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
      return -1;
    }
    g_usleep(5000);
  }
  return status;
}

static void send_question(int fd, const char *server)
{
  gsize length = strlen(server);
  for (gsize done = 0; done < length;)
  {
    ssize_t put = write(fd, server + done, length - done);
    if (put < 0 && errno != EINTR)
      break; /* it did not want to know; its status tells */
    done += put > 0 ? (gsize)put : 0;
  }
  close(fd);
}

/* Returns: FALSE with error set when it could not be run; otherwise its answer and wait status. */
static gboolean run(const char *program, const char *server, GString *answer, int *status, GError **error)
{
  char *words[] = {(char *)(guintptr)program, (char[]){"get"}, NULL};
  GPid pid = 0;
  int in = -1;
  int out = -1;
  g_autoptr(GError) failure = NULL;
  GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL;
  if (!g_spawn_async_with_pipes(NULL, words, NULL, flags, unblock_signals, NULL, &pid, &in, &out, NULL, &failure))
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the credential helper cannot be run: %s", failure->message);
    return FALSE;
  }
  gint64 deadline = g_get_monotonic_time() + PATIENCE_US;
  send_question(in, server);
  gboolean in_time = read_answer(out, answer, deadline);
  close(out);
  *status = await(pid, in_time ? deadline : 0);
  g_spawn_close_pid(pid);
  if (*status != -1)
    return TRUE;
  g_autofree char *quoted = oci_quote(program);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the credential helper %s did not end in time", quoted);
  return FALSE;
}

static OciCredentials *parse_answer(const char *program, const GString *answer, GError **error)
{
  const char *username = NULL;
  const char *secret = NULL;
  g_autofree char *quoted = oci_quote(program);
  g_autofree char *name = g_strconcat("the answer of ", quoted, NULL);
  g_autoptr(json_t) json = oci_json_parse(answer->str, answer->len, ANSWER_MAX, name, error);
  if (json == NULL || !oci_json_string(json, "Username", "", &username, error) || !oci_json_string(json, "Secret", "", &secret, error))
    return NULL;
  if (username == NULL || secret == NULL)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s has no Username and Secret", name);
    return NULL;
  }
  OciCredentials *credentials = g_new0(OciCredentials, 1);
  if (strcmp(username, "<token>") == 0)
    credentials->token = g_strdup(secret);
  else
  {
    credentials->username = g_strdup(username);
    credentials->password = g_strdup(secret);
  }
  return credentials;
}

gboolean oci_credential_helper_get(const char *name, const char *host, OciCredentials **credentials, GError **error)
{
  g_autoptr(GString) answer = g_string_new(NULL);
  g_autofree char *program = g_strconcat(HELPER_PREFIX, name, NULL);
  g_autofree char *quoted = oci_quote(program);
  const char *server = strcmp(host, "docker.io") == 0 ? "https://index.docker.io/v1/" : host;
  int status = 0;
  *credentials = NULL;
  if (!is_name(name))
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s is no name of a credential helper", quoted);
    return FALSE;
  }
  if (!run(program, server, answer, &status, error))
    return FALSE;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
  {
    *credentials = parse_answer(program, answer, error);
    return *credentials != NULL;
  }
  if (strstr(answer->str, HELPER_NOT_HERE) != NULL)
    return TRUE;
  g_strchomp(answer->str);
  g_autofree char *said = oci_quote(answer->str);
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the credential helper %s failed: %s", quoted, said);
  return FALSE;
}
