/*
 * Closures of all programs below a root, for comparison with ld.so --list and
 * for timing.
 *
 * usage: elf_closures [--time [--repeat N]] [--tree] ROOT [PATH…]
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

typedef struct
{
  gboolean timed;
  gboolean tree;
  gint repeat;
} Options;

typedef struct
{
  guint programs;
  guint objects;
  gint64 microseconds;
} Pass;

/* Everything from the start: no pass knows what the one before has read. */
static Pass run_pass(const char *root, char **arguments, const Options *options)
{
  Pass pass = {0, 0, g_get_monotonic_time()};
  ElfdepsFs *fs = host_fs_new(root);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add(paths, g_strdup(arguments[i]));
  if (arguments[0] == NULL)
  {
    add_programs(fs, "/usr/bin", paths);
    add_programs(fs, "/usr/sbin", paths);
  }
  ElfdepsResolver *resolver = elfdeps_resolver_new(fs, NULL);
  for (guint i = 0; i < paths->len; i++)
  {
    g_autoptr(GError) problem = NULL;
    g_autoptr(ElfdepsClosure) closure = elfdeps_closure_new(resolver, paths->pdata[i], &problem);
    if (closure == NULL && arguments[0] != NULL)
      fprintf(stderr, "%s\n", problem->message);
    if (closure == NULL || closure->root->object->interp == NULL)
      continue;
    pass.programs++;
    pass.objects += closure->nodes->len;
    if (options->tree)
      print_tree(paths->pdata[i], closure);
    else if (!options->timed)
      print_closure(paths->pdata[i], closure);
  }
  elfdeps_resolver_free(resolver);
  host_fs_free(fs);
  pass.microseconds = g_get_monotonic_time() - pass.microseconds;
  return pass;
}

int main(int argc, char **argv)
{
  Options options = {FALSE, FALSE, 1};
  GOptionEntry entries[] = {
      {"time", 't', 0, G_OPTION_ARG_NONE, &options.timed, "Print the time on standard error, no closures", NULL},
      {"repeat", 'r', 0, G_OPTION_ARG_INT, &options.repeat, "With --time: the fastest of N passes, each from the start", "N"},
      {"tree", 'T', 0, G_OPTION_ARG_NONE, &options.tree, "Print edges", NULL},
      {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
  g_autoptr(GOptionContext) context = g_option_context_new("ROOT [PATH…]");
  g_autoptr(GError) error = NULL;
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error) || argc < 2)
  {
    fprintf(stderr, "%s\n", error == NULL ? "a root directory is needed" : error->message);
    return 2;
  }
  Pass best = run_pass(argv[1], argv + 2, &options);
  for (gint i = 1; options.timed && i < options.repeat; i++)
  {
    Pass pass = run_pass(argv[1], argv + 2, &options);
    if (pass.microseconds < best.microseconds)
      best = pass;
  }
  if (options.timed)
    fprintf(stderr, "%u programs, %u objects, %.2f ms\n", best.programs, best.objects, (double)best.microseconds / 1000);
  return 0;
}
