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

/* The loaders of this machine, which a tree gets a copy of, and the line that tree_expect() has of them. */
#define TREE_GLIBC_LOADER            "/lib64/ld-linux-x86-64.so.2"
#define TREE_MUSL_LOADER             "/lib/ld-musl-x86_64.so.1"
#define TREE_INTERP(program, loader) program " interpreter " loader " -> " loader " (interpreter)\n"

/* For cmocka: *state is a Tree* with a loader in it. */
int tree_setup_glibc(void **state);
int tree_setup_musl(void **state);
int tree_teardown(void **state);

#endif
