/*
 * Opens a path below a directory of the host, with no symbolic link and no
 * ".." on the way: for paths that came from an image.
 */
#ifndef OCI_OPEN_BENEATH_H
#define OCI_OPEN_BENEATH_H

/*
 * path: relative, or with slashes before it; "" is the directory itself.
 * flags: of open(2); O_CLOEXEC and O_NOFOLLOW are added.
 *
 * Returns: a descriptor owned by the caller, or -1 with errno.
 */
int oci_open_beneath(int directory_fd, const char *path, int flags);

/* The same for a kernel without openat2(2). */
int oci_open_beneath_by_steps(int directory_fd, const char *path, int flags);

#endif
