/*
 * /etc/nsswitch.conf: which modules glibc's look-ups load.
 *
 * Spec: nsswitch.conf(5).
 */
#ifndef SLIM_KEEP_NSSWITCH_H
#define SLIM_KEEP_NSSWITCH_H

#include <glib.h>

/*
 * The services of all databases, each once, in order of appearance; actions
 * in brackets and comments are left out, and so are names that cannot be part
 * of a soname.
 *
 * Returns: array of char*, owned by the caller.
 */
GPtrArray *keep_nsswitch_services(const char *text, gsize length);

#endif
