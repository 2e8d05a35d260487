/*
 * One line on a terminal that is rewritten while long work goes on. Nothing
 * at all when standard error is no terminal.
 */
#ifndef SLIM_REPORT_PROGRESS_H
#define SLIM_REPORT_PROGRESS_H

#include <glib.h>

typedef struct report_progress ReportProgress;

/* label: "reading"; wanted: whether to show it when there is a terminal. */
ReportProgress *report_progress_new(const char *label, gboolean wanted);

/* An OciProgressFunc: bytes more were read. Any thread. */
void report_progress_add(guint64 bytes, gpointer progress);

/* Removes the line. */
void report_progress_free(ReportProgress *progress);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportProgress, report_progress_free)

#endif
