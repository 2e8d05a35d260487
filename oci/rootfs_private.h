/*
 * Inside the merged tree: its state, and what building it takes.
 */
#ifndef OCI_ROOTFS_PRIVATE_H
#define OCI_ROOTFS_PRIVATE_H

#include "oci/rootfs.h"

/* A node as the tree keeps it; the public part first. */
typedef struct
{
  OciNode node;
  OciNode *previous_sibling;
  guint32 name_length;
  guint32 layer;    /* that put the name here; of a directory source always 0 */
  gboolean listed;  /* its children are here; always so when it came from a layer */
  OciRootfs *owner; /* only of the root */
  guint32 hash;     /* of parent and name */
} RootfsNode;

/* Where files of a directory of the host come from; see rootfs_host.h. */
typedef struct rootfs_host RootfsHost;
typedef struct rootfs_scan RootfsScan;

struct oci_rootfs
{
  GRecMutex lock; /* of names, arenas and strings while a directory of the host is still being listed */
  RootfsNode *root;
  GHashTable *names; /* RootfsNode*, a set keyed by parent and name */
  GPtrArray *arenas; /* blocks of nodes and inodes */
  GStringChunk *strings;
  guint8 *block;     /* the arena that is being filled */
  gsize block_left;  /* bytes */
  GPtrArray *layers; /* OciLayer*; NULL for a directory */
  RootfsHost *host;  /* NULL for layers */
  RootfsScan *scan;  /* NULL for layers */
  GPtrArray *warnings;
  guint64 warnings_left_out;
  guint64 seed; /* of the hashes: names are chosen by others */
  OciLimits limits;
  guint64 bytes;
  guint64 count;
};

/* An empty tree whose root is a directory of mode 0755. */
OciRootfs *rootfs_new(const OciLimits *limits);

/* Zeroed, as long-lived as the tree. */
gpointer rootfs_alloc(OciRootfs *rootfs, gsize size);

const char *rootfs_string(OciRootfs *rootfs, const char *text, gssize length);
void rootfs_warn(OciRootfs *rootfs, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A new name; the caller has seen to it that it is free. The inode gains a link. */
OciNode *rootfs_add(OciRootfs *rootfs, OciNode *parent, const char *name, gsize length, OciInode *inode, guint32 layer);

/* Takes a name away, with everything below it. */
void rootfs_remove(OciRootfs *rootfs, OciNode *node);

/* Labels and marks of the machine that made the image, not of the image. */
gboolean rootfs_is_foreign_xattr(const char *name);

/* Leaves out the extended attributes that are not the image's. While the tree is built. */
void rootfs_filter_xattrs(OciRootfs *rootfs, OciMetadata *metadata);

/* Sums up bytes and names, once the tree is complete. */
void rootfs_finish(OciRootfs *rootfs);

/* --- rootfs_directory.c --- */

/* Reads the names in a directory of the host, the first time that it is asked for. */
void rootfs_list(OciRootfs *rootfs, const OciNode *directory);
void rootfs_scan_free(RootfsScan *scan);

/* --- rootfs_host.c --- */
gssize rootfs_host_pread(OciRootfs *rootfs, const OciInode *inode, void *buffer, gsize length, guint64 offset, GError **error);
gboolean rootfs_host_xattrs(OciRootfs *rootfs, const OciInode *inode, OciXattrs *xattrs, GError **error);
void rootfs_host_free(RootfsHost *host);

#endif
