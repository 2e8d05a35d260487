/* A path walk as the kernel does it, with the tree's root as the root. */
#include "oci/rootfs_private.h"

#include <string.h>

typedef struct
{
  OciRootfs *rootfs;
  OciNode *at;
  const char *rest; /* what is still to be walked */
  char *expanded;   /* holds rest once a link was crossed */
  guint64 links;
  gboolean nofollow;
  OciWalkFunc passed;
  gpointer data;
} Walk;

/* Puts a link's text in front of the rest. */
static OciWalkResult cross_link(Walk *walk, const OciNode *link, const char *after)
{
  const char *target = link->inode->metadata.target;
  if (++walk->links > walk->rootfs->limits.symlinks)
    return OCI_WALK_LOOP;
  if (target == NULL || *target == '\0')
    return OCI_WALK_MISSING;
  if (strlen(target) >= walk->rootfs->limits.path_bytes)
    return OCI_WALK_TOO_LONG;
  char *expanded = *after == '\0' ? g_strdup(target) : g_strconcat(target, "/", after, NULL);
  g_free(walk->expanded);
  walk->expanded = expanded;
  walk->rest = expanded;
  if (*target == '/')
    walk->at = oci_rootfs_root(walk->rootfs);
  return OCI_WALK_FOUND;
}

/* One component of length bytes at the beginning of the rest. */
static OciWalkResult step(Walk *walk, gsize length)
{
  const char *name = walk->rest;
  const char *after = name + length;
  if (walk->at->inode->metadata.type != OCI_FILE_DIRECTORY)
    return OCI_WALK_NOT_DIRECTORY;
  if (length > walk->rootfs->limits.component_bytes)
    return OCI_WALK_TOO_LONG;
  walk->rest = after;
  if (length == 1 && name[0] == '.')
    return OCI_WALK_FOUND;
  if (length == 2 && name[0] == '.' && name[1] == '.')
  {
    if (walk->at->parent != NULL)
      walk->at = walk->at->parent;
    return OCI_WALK_FOUND;
  }
  OciNode *child = oci_rootfs_find_child(walk->rootfs, walk->at, name, length);
  if (child == NULL)
    return OCI_WALK_MISSING;
  if (walk->passed != NULL)
    walk->passed(child, walk->data);
  gboolean is_link = child->inode->metadata.type == OCI_FILE_SYMLINK;
  if (is_link && !(walk->nofollow && *after == '\0'))
    return cross_link(walk, child, after);
  walk->at = child;
  return OCI_WALK_FOUND;
}

static OciWalkResult run(Walk *walk)
{
  gboolean wants_directory = FALSE;
  for (;;)
  {
    gsize slashes = strspn(walk->rest, "/");
    wants_directory = slashes > 0;
    walk->rest += slashes;
    if (*walk->rest == '\0')
      break;
    OciWalkResult result = step(walk, strcspn(walk->rest, "/"));
    if (result != OCI_WALK_FOUND)
      return result;
  }
  return wants_directory && walk->at->inode->metadata.type != OCI_FILE_DIRECTORY ? OCI_WALK_NOT_DIRECTORY : OCI_WALK_FOUND;
}

OciWalkResult oci_rootfs_walk(OciRootfs *rootfs, OciNode *base, const char *path, OciWalkFlags flags, OciWalkFunc passed, gpointer data,
                              OciNode **node)
{
  Walk walk = {
      .rootfs = rootfs,
      .at = base == NULL || *path == '/' ? oci_rootfs_root(rootfs) : base,
      .rest = path,
      .nofollow = (flags & OCI_WALK_NOFOLLOW) != 0,
      .passed = passed,
      .data = data,
  };
  if (*path == '\0')
    return OCI_WALK_MISSING;
  if (strlen(path) >= rootfs->limits.path_bytes)
    return OCI_WALK_TOO_LONG;
  OciWalkResult result = run(&walk);
  g_free(walk.expanded);
  if (result == OCI_WALK_FOUND)
    *node = walk.at;
  return result;
}

OciNode *oci_rootfs_find(OciRootfs *rootfs, const char *path)
{
  OciNode *node = NULL;
  return oci_rootfs_walk(rootfs, NULL, path, OCI_WALK_FOLLOW, NULL, NULL, &node) == OCI_WALK_FOUND ? node : NULL;
}
