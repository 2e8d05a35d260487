/*
 * A directory tree with ELF files for one test, and what loaders make of it.
 */
#ifndef TESTS_UNIT_ELFDEPS_TREE_H
#define TESTS_UNIT_ELFDEPS_TREE_H

#include "elfdeps/graph.h"
#include "tests/unit/elfdeps_elf_writer.h"

typedef struct
{
  char *root; /* below the host's temporary directory */
  ElfdepsFs *fs;
  ElfdepsResolver *resolver;
  ElfdepsEnvironment environment; /* for the next closure */
} Tree;

void tree_init(Tree *tree);
void tree_clear(Tree *tree); /* and removes the directory */

/* Paths are inside the tree; parents are made. */
void tree_elf(Tree *tree, const char *path, const ElfSpec *spec);
void tree_bytes(Tree *tree, const char *path, const void *bytes, gsize length);
void tree_text(Tree *tree, const char *path, const char *text);
void tree_link(Tree *tree, const char *path, const char *target);
void tree_directory(Tree *tree, const char *path);
void tree_mode(Tree *tree, const char *path, guint mode);
void tree_copy(Tree *tree, const char *path, const char *host_path);

/* The closure with the tree as root. Ends the test when there is none. */
ElfdepsClosure *tree_closure(Tree *tree, const char *path);

/*
 * A closure as text, one line for each edge, in order:
 * "FROM KIND NAME -> OPENED (how)[ of ORIGIN][ variant][ optional]", then "reads FILE" and "warning: TEXT".
 */
char *tree_print(const ElfdepsClosure *closure);

/* Compares tree_print() of a closure. */
void tree_expect(Tree *tree, const char *path, const char *expected);

/*
 * Compares with the loader itself, run in the tree with LD_TRACE_LOADED_OBJECTS: the paths
 * it lists are those of the closure without alternatives, and the names it
 * misses. Needs root (chroot); elsewhere only tree_expect() counts.
 */
void tree_expect_as_loader(Tree *tree, const char *path);

#endif
