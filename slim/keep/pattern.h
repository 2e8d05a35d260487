/*
 * Plain patterns: "*" is any bytes, "?" one byte, everything else itself.
 *
 * Bytes, not characters: names in an image need not be UTF-8. Slashes are
 * nothing special; for paths there is glob.h.
 */
#ifndef SLIM_KEEP_PATTERN_H
#define SLIM_KEEP_PATTERN_H

#include <glib.h>

/* Takes time proportional to pattern times text, whatever they are. */
gboolean keep_pattern_match(const char *pattern, const char *text);

#endif
