/*
 * Removes a directory of the host with everything in it.
 */
#ifndef OCI_REMOVE_H
#define OCI_REMOVE_H

#include <glib.h>

/*
 * Never follows a symbolic link. Works at any depth with three open files:
 * what is deep is moved up before it is emptied.
 *
 * parent_fd, name: the directory.
 * Returns: whether it is gone; errno says why not.
 */
gboolean oci_remove_directory(int parent_fd, const char *name);

#endif
