/*
 * rpm's "ndb" database: pages of slots, each of which says where a package's
 * header lies.
 *
 * Spec: rpm's lib/backend/ndb/rpmpkg.c, "Packages.db".
 */
#ifndef SLIM_KEEP_PACKAGES_RPM_NDB_H
#define SLIM_KEEP_PACKAGES_RPM_NDB_H

#include <glib.h>

/*
 * Calls found() with each header, in the order of the slots.
 *
 * Returns: FALSE when the file is no such database or contradicts itself;
 * what was found before counts.
 */
gboolean keep_rpm_ndb_each(const guint8 *bytes, gsize length, void (*found)(const void *blob, gsize length, gpointer data), gpointer data);

/*
 * A database of these headers.
 *
 * headers: GBytes*; numbered from 1 in this order.
 * Returns: the file, owned by the caller; NULL when there are more headers than such a file may have.
 */
GBytes *keep_rpm_ndb_new(GPtrArray *headers);

#endif
