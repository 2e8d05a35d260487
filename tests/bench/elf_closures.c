/*
 * Closures of all programs below a root, for comparison with ld.so --list and
 * for timing.
 *
 * usage: elf_closures [--time] [--tree] ROOT [PATH…]
 * Without PATH: every ELF program in /usr/bin and /usr/sbin of ROOT. Prints for
 * each "program: path path …", the objects that the loader opens, sorted.
 */
#include "elfdeps/graph.h"
#include "tests/unit/elfdeps_host_fs.h"

#include <stdio.h>
#include <string.h>

static gint compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_once(GPtrArray *paths, const char *path)
{
  for (guint i = 0; i < paths->len; i++)
    if (strcmp(paths->pdata[i], path) == 0)
      return;
  g_ptr_array_add(paths, (gpointer)(guintptr)path);
}

static void print_closure(const char *program, const ElfdepsClosure *closure)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new();
  g_autoptr(GPtrArray) missing = g_ptr_array_new();
  for (guint i = 0; i < closure->nodes->len; i++)
  {
    const ElfdepsNode *node = closure->nodes->pdata[i];
    for (guint j = 0; j < node->edges->len; j++)
    {
      const ElfdepsEdge *edge = node->edges->pdata[j];
      if (edge->missing)
        add_once(missing, edge->name);
      else if (edge->opened != NULL && !edge->variant)
        add_once(paths, edge->opened);
    }
  }
  g_ptr_array_sort(paths, compare_names);
  g_ptr_array_sort(missing, compare_names);
  printf("%s:", program);
  for (guint i = 0; i < paths->len; i++)
    printf(" %s", (const char *)paths->pdata[i]);
  for (guint i = 0; i < missing->len; i++)
    printf(" MISSING=%s", (const char *)missing->pdata[i]);
  putchar('\n');
}

static void print_tree(const char *program, const ElfdepsClosure *closure)
{
  printf("%s\n", program);
  for (guint i = 0; i < closure->nodes->len; i++)
  {
    const ElfdepsNode *node = closure->nodes->pdata[i];
    printf("  %s%s%s\n", node->path, node->problem == NULL ? "" : ": ", node->problem == NULL ? "" : node->problem);
    for (guint j = 0; j < node->edges->len; j++)
    {
      const ElfdepsEdge *edge = node->edges->pdata[j];
      printf("    %s %s -> %s (%s)%s\n", elfdeps_edge_kind_name(edge->kind), edge->name, edge->target == NULL ? "-" : edge->target->path,
             edge->missing ? "missing" : elfdeps_found_name(edge->found), edge->variant ? " [variant]" : "");
    }
  }
  for (guint i = 0; i < closure->data_files->len; i++)
    printf("  reads %s\n", (const char *)closure->data_files->pdata[i]);
  for (guint i = 0; i < closure->warnings->len; i++)
    printf("  warning: %s\n", (const char *)closure->warnings->pdata[i]);
}

static void add_programs(ElfdepsFs *fs, const char *directory, GPtrArray *paths)
{
  g_autoptr(GPtrArray) names = fs->list(fs, directory);
  for (guint i = 0; names != NULL && i < names->len; i++)
    g_ptr_array_add(paths, g_strconcat(directory, "/", (const char *)names->pdata[i], NULL));
}

int main(int argc, char **argv)
{
  gboolean timed = FALSE;
  gboolean tree = FALSE;
  GOptionEntry options[] = {{"time", 't', 0, G_OPTION_ARG_NONE, &timed, "Print the time on standard error, no closures", NULL},
                            {"tree", 'T', 0, G_OPTION_ARG_NONE, &tree, "Print edges", NULL},
                            {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
  g_autoptr(GOptionContext) context = g_option_context_new("ROOT [PATH…]");
  g_autoptr(GError) error = NULL;
  g_option_context_add_main_entries(context, options, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error) || argc < 2)
  {
    fprintf(stderr, "%s\n", error == NULL ? "a root directory is needed" : error->message);
    return 2;
  }
  gint64 start = g_get_monotonic_time();
  ElfdepsFs *fs = host_fs_new(argv[1]);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  for (int i = 2; i < argc; i++)
    g_ptr_array_add(paths, g_strdup(argv[i]));
  if (argc == 2)
  {
    add_programs(fs, "/usr/bin", paths);
    add_programs(fs, "/usr/sbin", paths);
  }
  const ElfdepsEnvironment environment = {.library_path = g_getenv("ELF_LIBRARY_PATH"), .preload = g_getenv("ELF_PRELOAD")};
  ElfdepsResolver *resolver = elfdeps_resolver_new(fs, &environment);
  guint programs = 0;
  guint objects = 0;
  for (guint i = 0; i < paths->len; i++)
  {
    g_autoptr(GError) problem = NULL;
    g_autoptr(ElfdepsClosure) closure = elfdeps_closure_new(resolver, paths->pdata[i], &problem);
    if (closure == NULL && argc > 2)
      fprintf(stderr, "%s\n", problem->message);
    if (closure == NULL || closure->root->object->interp == NULL)
      continue;
    programs++;
    objects += closure->nodes->len;
    if (tree)
      print_tree(paths->pdata[i], closure);
    else if (!timed)
      print_closure(paths->pdata[i], closure);
  }
  elfdeps_resolver_free(resolver);
  host_fs_free(fs);
  if (timed)
    fprintf(stderr, "%u programs, %u objects, %.1f ms\n", programs, objects, (double)(g_get_monotonic_time() - start) / 1000);
  return 0;
}
