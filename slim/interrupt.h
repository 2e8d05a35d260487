/*
 * SIGINT, SIGTERM and SIGHUP: what is half written is removed, then the
 * process ends by the signal, so that a shell sees 130 or 143. One that was
 * ignored from the beginning stays ignored.
 */
#ifndef SLIM_INTERRUPT_H
#define SLIM_INTERRUPT_H

#include <glib.h>

/*
 * Blocks the signals in all threads and lets one thread wait for them. Call
 * first, before any other thread begins.
 */
void slim_interrupt_start(void);

/* Becomes non-zero when a signal came; for OciOpenOptions. */
const gint *slim_interrupt_flag(void);

#endif
