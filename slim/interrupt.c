/* One thread waits for signals, so that its clean-up may take locks. */
#include "slim/interrupt.h"

#include "oci/pending.h"

#include <signal.h>
#include <unistd.h>

/* Written by the waiting thread only: a signal belongs to the process, and so does its flag. */
static gint interrupted;

/* A signal that was ignored when the program began stays so: nohup(1), a shell's background job. */
static void add_unless_ignored(sigset_t *signals, int number)
{
  struct sigaction action;
  if (sigaction(number, NULL, &action) != 0 || action.sa_handler != SIG_IGN)
    sigaddset(signals, number);
}

static void fill(sigset_t *signals)
{
  sigemptyset(signals);
  add_unless_ignored(signals, SIGINT);
  add_unless_ignored(signals, SIGTERM);
  add_unless_ignored(signals, SIGHUP);
}

static gpointer wait_for_signal(gpointer data)
{
  (void)data;
  sigset_t signals;
  int number = 0;
  fill(&signals);
  if (sigwait(&signals, &number) != 0)
    return NULL;
  g_atomic_int_set(&interrupted, 1);
  oci_pending_remove_all();
  signal(number, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
  kill(getpid(), number);
  return NULL;
}

void slim_interrupt_start(void)
{
  sigset_t signals;
  fill(&signals);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write(2), with a message */
  g_thread_unref(g_thread_new("signals", wait_for_signal, NULL));
}

const gint *slim_interrupt_flag(void)
{
  return &interrupted;
}
