/*
 * The merged tree of an image: what a container would see as its root.
 *
 * Built once from layers (whiteouts applied) or from a directory of the host,
 * read-only afterwards. Paths are resolved inside the tree only. A file's
 * bytes are read on demand; nothing is ever unpacked.
 *
 * Nodes are names, inodes are files: hard links are several nodes with one
 * inode. Both live as long as the tree. The tree may be read by several
 * threads at once.
 */
#ifndef OCI_ROOTFS_H
#define OCI_ROOTFS_H

#include "oci/entry.h"
#include "oci/limits.h"

typedef struct oci_rootfs OciRootfs;

typedef struct oci_inode
{
  OciMetadata metadata; /* type is never OCI_FILE_HARDLINK; xattrs: see oci_rootfs_xattrs() */
  guint32 links;        /* names in the tree */
  guint32 source;       /* private: layer of the content, or the host's */
  guint64 location;     /* private: where in it */
  const void *detail;   /* private */
} OciInode;

typedef struct oci_node OciNode;
struct oci_node
{
  const char *name; /* "" for the root */
  OciNode *parent;  /* NULL for the root */
  OciInode *inode;
  OciNode *first_child; /* private order until oci_node_children() */
  OciNode *next_sibling;
};

/*
 * Layers: array of OciLayer*, lowest first, each indexed.
 *
 * Returns: a new tree that keeps the layers alive.
 * Errors: OCI_ERROR_MALFORMED for a hard link without target or a whiteout
 * that names nothing a name can be.
 * Spec: image-spec layer.md, "Applying Changesets", "Whiteouts".
 */
OciRootfs *oci_rootfs_new_layers(GPtrArray *layers, const OciLimits *limits, GError **error);

/*
 * A directory of the host, read folder by folder when it is asked for: what
 * nobody asks for costs nothing. Pseudo file systems (proc, sysfs, devtmpfs, …)
 * that are mounted in it are empty directories.
 *
 * directory_fd: owned by the tree afterwards.
 */
OciRootfs *oci_rootfs_new_directory(int directory_fd, const OciLimits *limits, GError **error);

void oci_rootfs_free(OciRootfs *rootfs);

/* What went wrong while merging, each a line for the user; array of char*. Borrowed. */
GPtrArray *oci_rootfs_warnings(OciRootfs *rootfs);

OciNode *oci_rootfs_root(OciRootfs *rootfs);

/*
 * Sum of the sizes of all regular files (each inode once), and the number of
 * names without the root. A directory of the host is read where it is needed
 * only, so it is not counted: both are 0 then.
 */
gboolean oci_rootfs_is_counted(OciRootfs *rootfs);
guint64 oci_rootfs_bytes(OciRootfs *rootfs);
guint64 oci_rootfs_count(OciRootfs *rootfs);

/*
 * The child of a directory by name (length bytes), without following
 * anything. Returns: borrowed, or NULL.
 */
OciNode *oci_rootfs_find_child(OciRootfs *rootfs, const OciNode *directory, const char *name, gsize length);

typedef enum
{
  OCI_WALK_FOLLOW = 0,
  OCI_WALK_NOFOLLOW = 1, /* a symbolic link at the end is the result */
} OciWalkFlags;

typedef enum
{
  OCI_WALK_FOUND,
  OCI_WALK_MISSING,       /* ENOENT */
  OCI_WALK_NOT_DIRECTORY, /* ENOTDIR */
  OCI_WALK_LOOP,          /* ELOOP: more than OciLimits.symlinks */
  OCI_WALK_TOO_LONG,      /* ENAMETOOLONG */
} OciWalkResult;

/* Called for every node that the walk passes, in order: directories, symbolic links, the end. */
typedef void (*OciWalkFunc)(OciNode *node, gpointer data);

/*
 * Walks a path the way the kernel would with the tree as its root: "..",
 * symbolic links (absolute ones start again at the tree's root), "//".
 * A trailing slash asks for a directory.
 *
 * base: where a relative path begins; NULL is the root.
 * passed: may be NULL; also called for what was passed before a failure.
 * node: set only when found; borrowed.
 */
OciWalkResult oci_rootfs_walk(OciRootfs *rootfs, OciNode *base, const char *path, OciWalkFlags flags, OciWalkFunc passed, gpointer data,
                              OciNode **node);

/* Shortcut: walk from the root, follow, NULL when not found. */
OciNode *oci_rootfs_find(OciRootfs *rootfs, const char *path);

/* The absolute path of a node, "/" for the root. Returns: a new string. */
char *oci_node_path(const OciNode *node);

/* The children of a directory sorted by name, bytewise; array of OciNode*, owned by the caller. */
GPtrArray *oci_node_children(const OciNode *directory);

/*
 * Reads up to length bytes of a regular file.
 *
 * Returns: how many were read (short only at the end), or -1 with error set.
 * Errors: OCI_ERROR_IO.
 */
gssize oci_rootfs_pread(OciRootfs *rootfs, const OciInode *inode, void *buffer, gsize length, guint64 offset, GError **error);

/*
 * A whole regular file of at most limit bytes.
 *
 * Errors: as oci_rootfs_pread(), OCI_ERROR_LIMIT when it is larger.
 */
GBytes *oci_rootfs_read(OciRootfs *rootfs, const OciInode *inode, gsize limit, GError **error);

/*
 * The extended attributes that belong into an image: without
 * security.selinux, trusted.overlay.* and user.overlay.*.
 *
 * xattrs: set to what lives as long as the tree.
 */
gboolean oci_rootfs_xattrs(OciRootfs *rootfs, const OciInode *inode, OciXattrs *xattrs, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciRootfs, oci_rootfs_free)

#endif
