/*
 * Temporary files and folders that become a result by rename, or go away.
 *
 * Everything that is written under a name first stands beside it under a
 * temporary one and is listed here, so that a handler of SIGINT and SIGTERM
 * can remove it.
 */
#ifndef OCI_PENDING_H
#define OCI_PENDING_H

#include <glib.h>

typedef struct oci_pending OciPending;

/* A new file (or directory) beside path with a temporary name. */
OciPending *oci_pending_new_file(const char *path, GError **error);
OciPending *oci_pending_new_directory(const char *path, GError **error);
int oci_pending_fd(OciPending *pending);            /* borrowed */
const char *oci_pending_path(OciPending *pending);  /* the temporary path; borrowed */
/* Renames it to its path. A directory replaces only an empty one. */
gboolean oci_pending_commit(OciPending *pending, GError **error);
/* Removes it unless committed. */
void oci_pending_free(OciPending *pending);

/*
 * Removes everything that is pending in this process. For a thread that
 * waits for signals, just before the process ends.
 */
void oci_pending_remove_all(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciPending, oci_pending_free)

#endif
