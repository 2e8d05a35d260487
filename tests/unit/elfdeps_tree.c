/* A directory tree with ELF files for one test. */
#include "tests/unit/elfdeps_tree.h"

#include "tests/unit/elfdeps_host_fs.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void tree_init(Tree *tree)
{
  *tree = (Tree){.root = g_dir_make_tmp("elfdeps-XXXXXX", NULL)};
  assert_non_null(tree->root);
}

void tree_clear(Tree *tree)
{
  elfdeps_resolver_free(tree->resolver);
  if (tree->fs != NULL)
    host_fs_free(tree->fs);
  const char *argv[] = {"rm", "-rf", tree->root, NULL};
  assert_true(g_spawn_sync(NULL, (char **)(guintptr)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
  g_free(tree->root);
}

static char *on_host(const Tree *tree, const char *path)
{
  char *whole = g_strconcat(tree->root, path, NULL);
  g_autofree char *parent = g_path_get_dirname(whole);
  assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
  return whole;
}

void tree_bytes(Tree *tree, const char *path, const void *bytes, gsize length)
{
  g_autofree char *whole = on_host(tree, path);
  assert_true(g_file_set_contents(whole, bytes, (gssize)length, NULL));
  assert_int_equal(chmod(whole, 0755), 0);
}

void tree_elf(Tree *tree, const char *path, const ElfSpec *spec)
{
  g_autoptr(GByteArray) bytes = elf_spec_bytes(spec);
  tree_bytes(tree, path, bytes->data, bytes->len);
}

void tree_text(Tree *tree, const char *path, const char *text)
{
  tree_bytes(tree, path, text, strlen(text));
}

void tree_link(Tree *tree, const char *path, const char *target)
{
  g_autofree char *whole = on_host(tree, path);
  assert_int_equal(symlink(target, whole), 0);
}

void tree_directory(Tree *tree, const char *path)
{
  g_autofree char *whole = on_host(tree, path);
  assert_int_equal(g_mkdir_with_parents(whole, 0755), 0);
}

void tree_mode(Tree *tree, const char *path, guint mode)
{
  g_autofree char *whole = on_host(tree, path);
  assert_int_equal(chmod(whole, mode), 0);
}

void tree_copy(Tree *tree, const char *path, const char *host_path)
{
  g_autofree char *bytes = NULL;
  gsize length = 0;
  assert_true(g_file_get_contents(host_path, &bytes, &length, NULL));
  tree_bytes(tree, path, bytes, length);
}

ElfdepsClosure *tree_closure(Tree *tree, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_clear_pointer(&tree->resolver, elfdeps_resolver_free);
  g_clear_pointer(&tree->fs, host_fs_free);
  tree->fs = host_fs_new(tree->root);
  tree->resolver = elfdeps_resolver_new(tree->fs, &tree->environment);
  ElfdepsClosure *closure = elfdeps_closure_new(tree->resolver, path, &error);
  if (closure == NULL)
    fail_msg("%s", error->message);
  return closure;
}

static void print_edge(GString *text, const ElfdepsNode *node, const ElfdepsEdge *edge)
{
  const char *target = edge->opened;
  if (edge->missing)
    target = "MISSING";
  else if (target == NULL)
    target = edge->target == NULL ? "-" : edge->target->path;
  g_string_append_printf(text, "%s %s %s -> %s (%s)", node->path, elfdeps_edge_kind_name(edge->kind), edge->name, target,
                         edge->missing ? "missing" : elfdeps_found_name(edge->found));
  if (edge->origin != NULL)
    g_string_append_printf(text, " of %s", edge->origin);
  if (edge->variant)
    g_string_append(text, " variant");
  if (edge->optional)
    g_string_append(text, " optional");
  if (edge->target != NULL && edge->target->problem != NULL)
    g_string_append_printf(text, " problem: %s", edge->target->problem);
  g_string_append_c(text, '\n');
  for (guint i = 0; edge->tried != NULL && i < edge->tried->len; i++)
    g_string_append_printf(text, "  tried %s\n", (const char *)edge->tried->pdata[i]);
}

char *tree_print(const ElfdepsClosure *closure)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < closure->nodes->len; i++)
  {
    const ElfdepsNode *node = closure->nodes->pdata[i];
    for (guint j = 0; j < node->edges->len; j++)
      print_edge(text, node, node->edges->pdata[j]);
  }
  for (guint i = 0; i < closure->data_files->len; i++)
    g_string_append_printf(text, "reads %s\n", (const char *)closure->data_files->pdata[i]);
  for (guint i = 0; i < closure->warnings->len; i++)
    g_string_append_printf(text, "warning: %s\n", (const char *)closure->warnings->pdata[i]);
  if (closure->missing > 0)
    g_string_append_printf(text, "%u missing\n", closure->missing);
  return g_string_free(text, FALSE);
}

void tree_expect(Tree *tree, const char *path, const char *expected)
{
  for (guint round = 0; round < 2; round++)
  {
    g_autoptr(ElfdepsClosure) closure = tree_closure(tree, path);
    g_autofree char *text = tree_print(closure);
    if (strcmp(text, expected) != 0)
      fprintf(stderr, "%s\nis not what is expected:\n%s\n", text, expected); /* cmocka cuts long texts */
    assert_string_equal(text, expected);
  }
}

/* The paths that are loaded on the commonest processor. */
static void collect(const ElfdepsNode *node, GHashTable *seen, GPtrArray *paths)
{
  for (guint i = 0; i < node->edges->len; i++)
  {
    const ElfdepsEdge *edge = node->edges->pdata[i];
    if (edge->missing && (!edge->optional || edge->kind == ELFDEPS_EDGE_AUXILIARY)) /* ld.so lists this one as well */
      g_ptr_array_add(paths, g_strdup_printf("%s missing", edge->name));
    if (edge->variant || edge->target == NULL || edge->target->problem != NULL || edge->kind == ELFDEPS_EDGE_AUDIT ||
        edge->kind == ELFDEPS_EDGE_INTERP || !g_hash_table_add(seen, edge->target)) /* ld.so lists itself when it is needed by name */
      continue;
    g_ptr_array_add(paths, g_strdup(edge->target->path));
    collect(edge->target, seen, paths);
  }
}

static gint compare_texts(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join_sorted(GPtrArray *texts)
{
  GString *joined = g_string_new(NULL);
  g_ptr_array_sort(texts, compare_texts);
  for (guint i = 0; i < texts->len; i++)
    if (i == 0 || strcmp(texts->pdata[i], texts->pdata[i - 1]) != 0)
      g_string_append_printf(joined, "%s\n", (const char *)texts->pdata[i]);
  return g_string_free(joined, FALSE);
}

typedef struct
{
  const char *root;
  const char *working_dir;
} Place;

static void enter(gpointer data)
{
  const Place *place = data;
  if (chroot(place->root) != 0 || chdir(place->working_dir) != 0)
    _exit(126);
}

/* "NAME => PATH (0x…)", "PATH (0x…)", "NAME => not found" and musl's "Error loading shared library NAME: …". */
static void take_line(GPtrArray *paths, const char *line, const char *working_dir)
{
  static const char error[] = "Error loading shared library ";
  if (g_str_has_prefix(line, error))
  {
    const char *name = line + strlen(error);
    g_ptr_array_add(paths, g_strdup_printf("%.*s missing", (int)strcspn(name, ":"), name));
    return;
  }
  const char *arrow = strstr(line, " => ");
  const char *path = arrow == NULL ? line : arrow + 4;
  const char *address = strstr(path, " (0x");
  if (strcmp(path, "not found") == 0)
    g_ptr_array_add(paths, g_strdup_printf("%.*s missing", (int)(arrow - line), line));
  if (address == NULL || g_str_has_prefix(path, "linux-vdso"))
    return;
  g_autofree char *name = g_strndup(path, (gsize)(address - path));
  g_ptr_array_add(paths, name[0] == '/' ? g_strdup(name) : g_build_filename(working_dir, name, NULL));
}

static void set_environment(Tree *tree, const char *origin, char ***environment)
{
  *environment = g_environ_setenv(*environment, "LD_TRACE_LOADED_OBJECTS", "1", TRUE);
  g_autofree char *directory = g_path_get_dirname(origin); /* /proc is not there */
  *environment = g_environ_setenv(*environment, "LD_ORIGIN_PATH", directory, TRUE);
  if (tree->environment.library_path != NULL)
    *environment = g_environ_setenv(*environment, "LD_LIBRARY_PATH", tree->environment.library_path, TRUE);
  if (tree->environment.preload != NULL)
    *environment = g_environ_setenv(*environment, "LD_PRELOAD", tree->environment.preload, TRUE);
}

static char *run_loader(Tree *tree, const char *path, const ElfdepsNode *root)
{
  gboolean musl = strstr(root->object->interp, "musl") != NULL;
  const char *argv[] = {musl ? root->object->interp : path, musl ? "--list" : NULL, path, NULL};
  Place place = {tree->root, tree->environment.working_dir == NULL ? "/" : tree->environment.working_dir};
  g_auto(GStrv) environment = g_new0(char *, 1);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr(GError) error = NULL;
  set_environment(tree, root->file.real_path, &environment);
  if (!g_spawn_sync(NULL, (char **)(guintptr)argv, environment, G_SPAWN_DEFAULT, enter, &place, &output, &errors, NULL, &error))
    fail_msg("%s", error->message);
  g_autofree char *both = g_strconcat(output, errors, NULL);
  g_auto(GStrv) lines = g_strsplit(both, "\n", -1);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = 0; lines[i] != NULL; i++)
    take_line(paths, g_strstrip(lines[i]), place.working_dir);
  return join_sorted(paths);
}

void tree_expect_as_loader(Tree *tree, const char *path)
{
  g_autoptr(ElfdepsClosure) closure = tree_closure(tree, path);
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  g_hash_table_add(seen, closure->root);
  if (strstr(closure->root->object->interp, "musl") != NULL) /* musl always lists itself */
    g_ptr_array_add(paths, g_strdup(closure->root->object->interp));
  collect(closure->root, seen, paths);
  g_autofree char *ours = join_sorted(paths);
  if (geteuid() != 0)
    return;
  g_autofree char *theirs = run_loader(tree, path, closure->root);
  assert_string_equal(ours, theirs);
}

static int set_up(void **state, const char *loader)
{
  Tree *tree = g_new0(Tree, 1);
  tree_init(tree);
  tree_copy(tree, loader, loader);
  *state = tree;
  return 0;
}

int tree_setup_glibc(void **state)
{
  return set_up(state, TREE_GLIBC_LOADER);
}

int tree_setup_musl(void **state)
{
  return set_up(state, TREE_MUSL_LOADER);
}

int tree_teardown(void **state)
{
  tree_clear(*state);
  g_free(*state);
  return 0;
}
