/*
 * The image's user database, read as text: never through the host's NSS.
 *
 * Spec: passwd(5).
 */
#ifndef SLIM_KEEP_ACCOUNT_H
#define SLIM_KEEP_ACCOUNT_H

#include "oci/rootfs.h"

/*
 * The home directory of the user part of a config's User ("app",
 * "1000:1000", NULL for root).
 *
 * Returns: a new string, or NULL when there is no such account or no usable
 * database.
 */
char *keep_account_home(OciRootfs *rootfs, const char *user);

/* Whether a config's User names a user or a group, so that an engine must look it up in the image. */
gboolean keep_account_is_named(const char *user);

#endif
