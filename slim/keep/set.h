/*
 * The set of kept nodes, each with its first reason.
 */
#ifndef SLIM_KEEP_SET_H
#define SLIM_KEEP_SET_H

#include "oci/rootfs.h"
#include "slim/keep/reason.h"

typedef struct
{
  OciNode *node;
  const char *path;  /* absolute; lives as long as the set */
  KeepReason reason; /* its texts live as long as the set */
} KeepEntry;

typedef struct keep_set KeepSet;

KeepSet *keep_set_new(void);
void keep_set_free(KeepSet *set);

/*
 * Keeps a node, and the directories above it. The first reason stays, save
 * that a real one replaces "parent" and "link".
 *
 * reason: copied.
 * Returns: the entry when it was not kept before, else NULL; borrowed.
 */
KeepEntry *keep_set_add(KeepSet *set, OciNode *node, const KeepReason *reason);

KeepEntry *keep_set_find(KeepSet *set, const OciNode *node); /* borrowed, or NULL */

/* A string that lives as long as the set, each text once. */
const char *keep_set_intern(KeepSet *set, const char *text);

/*
 * All entries, sorted bytewise by path, so that parents stand before their
 * children. Returns: array of KeepEntry*, owned by the caller.
 */
GPtrArray *keep_set_entries(KeepSet *set);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepSet, keep_set_free)

#endif
