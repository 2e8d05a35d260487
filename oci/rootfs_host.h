/*
 * Bytes and extended attributes of a directory of the host, read when they
 * are asked for, always below the directory's own descriptor.
 *
 * Private to the merged tree.
 */
#ifndef OCI_ROOTFS_HOST_H
#define OCI_ROOTFS_HOST_H

#include "oci/rootfs_private.h"

#include <sys/types.h>

typedef struct
{
  dev_t device;
  ino_t number;
} FileId;

/* What an inode remembers of the host; its detail. */
typedef struct
{
  FileId id;
  const OciNode *name; /* one of its names */
} HostFile;

/* fd: owned afterwards. */
RootfsHost *rootfs_host_new(int fd);
int rootfs_host_fd(RootfsHost *host); /* borrowed */

/*
 * Opens a path of the tree without any link on the way.
 *
 * flags: of open(2); O_CLOEXEC and O_NOFOLLOW are added.
 * Returns: a descriptor owned by the caller, or -1 with errno.
 */
int rootfs_host_open(RootfsHost *host, const char *path, int flags);

#endif
