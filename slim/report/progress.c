/* At most ten lines a second, and the first one only after a moment. */
#include "slim/report/progress.h"

#include "slim/report/bytes.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_US    300000
#define INTERVAL_US 100000

struct report_progress
{
  GMutex lock;
  const char *label;
  gboolean visible; /* there is a terminal */
  gboolean drawn;
  guint64 bytes;
  gint64 started_us;
  gint64 next_us;
};

ReportProgress *report_progress_new(const char *label, gboolean wanted)
{
  ReportProgress *progress = g_new0(ReportProgress, 1);
  const char *term = g_getenv("TERM");
  g_mutex_init(&progress->lock);
  progress->label = label;
  progress->visible = wanted && isatty(STDERR_FILENO) && g_strcmp0(term, "dumb") != 0;
  progress->started_us = g_get_monotonic_time();
  progress->next_us = progress->started_us + FIRST_US;
  return progress;
}

static void draw(ReportProgress *progress, gint64 now)
{
  g_autofree char *done = report_bytes_format(progress->bytes);
  g_autofree char *rate = report_bytes_format(progress->bytes * 1000000u / (guint64)(now - progress->started_us));
  fprintf(stderr, "\r\033[K%s %s, %s/s", progress->label, done, rate);
  fflush(stderr);
  progress->drawn = TRUE;
}

void report_progress_add(guint64 bytes, gpointer data)
{
  ReportProgress *progress = data;
  if (!progress->visible)
    return;
  g_mutex_lock(&progress->lock);
  gint64 now = g_get_monotonic_time();
  progress->bytes += bytes;
  if (now >= progress->next_us)
  {
    draw(progress, now);
    progress->next_us = now + INTERVAL_US;
  }
  g_mutex_unlock(&progress->lock);
}

void report_progress_free(ReportProgress *progress)
{
  if (progress == NULL)
    return;
  if (progress->drawn)
    fputs("\r\033[K", stderr);
  g_mutex_clear(&progress->lock);
  g_free(progress);
}
