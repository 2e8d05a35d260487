/*
 * rpm's sqlite database: one table of headers.
 *
 * Spec: rpm's lib/backend/sqlite.c, table "Packages".
 */
#ifndef SLIM_KEEP_PACKAGES_RPM_SQLITE_H
#define SLIM_KEEP_PACKAGES_RPM_SQLITE_H

#include <glib.h>

/*
 * Calls found() with each header, in the order of their numbers.
 *
 * bytes: the file; changed in two places.
 * Returns: NULL, or why it could not be read to its end; owned by the caller.
 */
char *keep_rpm_sqlite_each(guint8 *bytes, gsize length, void (*found)(const void *blob, gsize length, gpointer data), gpointer data);

/* Whether a file begins as one of sqlite's. */
gboolean keep_rpm_sqlite_is(GBytes *bytes);

/*
 * A database of these headers and nothing else, as scanners read it; rpm's
 * own indexes come back with rpm --rebuilddb.
 *
 * headers: GBytes*; numbered from 1 in this order.
 * Returns: the file, owned by the caller, or NULL when sqlite failed. Its bytes do not depend on sqlite's version.
 */
GBytes *keep_rpm_sqlite_new(GPtrArray *headers);

#endif
