/*
 * Temporary files and folders that become a result by rename, or go away.
 *
 * Everything that is written under a name first stands beside it under a
 * temporary one and is listed here, so that a thread that waits for SIGINT
 * and SIGTERM can remove it. What a killed process left behind is removed by
 * the next one that writes in the same folder.
 */
#ifndef OCI_PENDING_H
#define OCI_PENDING_H

#include <glib.h>

typedef struct oci_pending OciPending;

/*
 * A new file beside path, named ".<base>.ocislim-XXXXXX", open for reading
 * and writing, with the mode that a new file has (umask).
 *
 * path: what it becomes; a symbolic link is followed first.
 * Errors: OCI_ERROR_IO, also when path is there and is no regular file;
 * OCI_ERROR_CANCELLED after oci_pending_remove_all().
 */
OciPending *oci_pending_new_file(const char *path, GError **error);

/*
 * The same for a directory, with the mode that a new directory has.
 *
 * Errors: as above; OCI_ERROR_IO when path is there and is no empty directory.
 */
OciPending *oci_pending_new_directory(const char *path, GError **error);

int oci_pending_fd(OciPending *pending);           /* borrowed */
const char *oci_pending_path(OciPending *pending); /* the temporary path; borrowed */

/*
 * Whether it is still wanted. Who fills a directory asks before each new
 * name, so that its removal comes to an end.
 *
 * Errors: OCI_ERROR_CANCELLED after oci_pending_remove_all().
 */
gboolean oci_pending_check(OciPending *pending, GError **error);

/*
 * Renames it to its path; a file's bytes are on the disk before. A directory
 * replaces only an empty one.
 *
 * Errors: OCI_ERROR_IO; OCI_ERROR_CANCELLED when it was removed meanwhile.
 */
gboolean oci_pending_commit(OciPending *pending, GError **error);

/* Closes it, and removes it unless committed. May be NULL. */
void oci_pending_free(OciPending *pending);

/*
 * Removes everything that is pending in this process, even while other
 * threads write into it; nothing can be created or committed afterwards. For
 * a thread that waits for signals, just before the process ends.
 */
void oci_pending_remove_all(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciPending, oci_pending_free)

#endif
