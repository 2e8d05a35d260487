/* What the tests of package databases share: a folder as an image, and all that is known about its packages as text. */
#ifndef TESTS_UNIT_SLIM_PACKAGES_TREE_H
#define TESTS_UNIT_SLIM_PACKAGES_TREE_H

#include "slim/keep/packages.h"

/* A folder of the host with its packages. */
typedef struct
{
  OciRootfs *rootfs;
  KeepPackages *packages;
  GPtrArray *warnings; /* char* */
} PackagesTree;

/* Writes a file of the folder, with the directories above it. */
void tree_write(const char *folder, const char *path, const void *bytes, gsize length);
void tree_text(const char *folder, const char *path, const char *text);
void tree_link(const char *folder, const char *path, const char *target);

PackagesTree tree_open(const char *folder);
void tree_close(PackagesTree *tree);

/*
 * "kind name version architecture source [files] -> dependencies" for each
 * package, then "warning: …" for each warning. Asked for twice, the same text
 * must come.
 *
 * Returns: a new string.
 */
char *tree_print(PackagesTree *tree);

/* "path: owner" for each path, "-" for none, "?" for what is not in the image. */
char *tree_owners(PackagesTree *tree, const char *const *paths);

/* The paths of a package's nodes, separated by a space. */
char *tree_nodes(PackagesTree *tree, const char *name);

#endif
