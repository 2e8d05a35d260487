/*
 * Sizes as people write them: "30MB", "1.5 GiB", "4096".
 */
#ifndef SLIM_REPORT_BYTES_H
#define SLIM_REPORT_BYTES_H

#include <glib.h>

/* Decimal, as docker shows it: "9.9 MB". Returns: a new string. */
char *report_bytes_format(guint64 bytes);

/*
 * kB, MB, GB, TB are powers of 1000, KiB … TiB of 1024; a bare number is
 * bytes; case and a space before the unit do not matter.
 *
 * Errors: SLIM_ERROR_USAGE.
 */
gboolean report_bytes_parse(const char *text, guint64 *bytes, GError **error);

#endif
