/* ocislim deps SOURCE [PATH...] */
#include "slim/report/deps.h"
#include "slim/cmd/command.h"
#include "slim/cmd/options.h"
#include "slim/error.h"
#include "slim/keep/closure.h"
#include "slim/keep/script.h"

#include "oci/error.h"

#include <stdio.h>
#include <string.h>

#define SYNOPSIS      "SOURCE [PATH...]\n\nShows what the dynamic loader would load."
#define SCRIPT_LEVELS 5 /* as many as the kernel follows */

static const char description[] = "SOURCE is oci:DIR[:REF], oci-archive:FILE[:REF], docker-archive:FILE[:REF],\n"
                                  "docker://NAME[:TAG|@DIGEST], docker-daemon:NAME[:TAG], dir:DIR, rootfs:DIR,\n"
                                  "- for standard input, or a bare path. Without PATH the image's entrypoint or\n"
                                  "command is shown. Nothing of the image is run.\n"
                                  "\n"
                                  "Examples:\n"
                                  "  ocislim deps rootfs:/ /usr/bin/openssl\n"
                                  "  docker save app | ocislim deps --json - /usr/local/bin/app\n";

typedef struct
{
  SourceOptions source;
  gboolean json;
  gboolean all;
} DepsOptions;

typedef struct
{
  OciRootfs *rootfs;
  KeepClosure *closure; /* looks programs up, and holds the resolver */
  GString *text;
  json_t *programs;
  guint missing;
} Deps;

static gboolean show_elf(Deps *deps, const char *path, GError **error)
{
  g_autoptr(ElfdepsClosure) graph = elfdeps_closure_new(keep_closure_resolver(deps->closure), path, error);
  if (graph == NULL)
  {
    g_prefix_error(error, "%s: ", path);
    return FALSE;
  }
  deps->missing += graph->missing;
  if (deps->programs != NULL)
    json_array_append_new(deps->programs, report_deps_json(graph));
  else
    report_deps_text(graph, deps->text);
  return TRUE;
}

/* The program behind a script's first line; NULL when path is no script. */
static char *interpreter_of(Deps *deps, const OciInode *inode, GError **error)
{
  guint8 head[KEEP_SCRIPT_HEAD_BYTES];
  g_auto(KeepShebang) shebang = {0};
  gssize length = oci_rootfs_pread(deps->rootfs, inode, head, sizeof head, 0, error);
  if (length < 0 || !keep_shebang_parse(head, (gsize)length, &shebang))
    return NULL;
  g_autofree char *name = g_path_get_basename(shebang.interpreter);
  g_autofree char *program = strcmp(name, "env") == 0 && shebang.argument != NULL ? keep_shebang_env_program(shebang.argument) : NULL;
  return keep_closure_find_program(deps->closure, program != NULL ? program : shebang.interpreter);
}

static gboolean show(Deps *deps, const char *name, GError **error)
{
  g_autofree char *found = keep_closure_find_program(deps->closure, name);
  g_autofree char *path = found != NULL ? g_steal_pointer(&found) : g_strdup(name);
  for (guint level = 0; level < SCRIPT_LEVELS; level++)
  {
    OciNode *node = oci_rootfs_find(deps->rootfs, path);
    if (node == NULL || node->inode->metadata.type != OCI_FILE_REGULAR)
    {
      g_autofree char *quoted = oci_quote(name);
      g_set_error(error, SLIM_ERROR, SLIM_ERROR_MISSING, "%s is not in the image, or is no file", quoted);
      return FALSE;
    }
    GError *failure = NULL;
    g_autofree char *interpreter = interpreter_of(deps, node->inode, &failure);
    if (failure != NULL)
    {
      g_propagate_error(error, failure);
      return FALSE;
    }
    if (interpreter == NULL)
      break;
    if (deps->programs == NULL)
      g_string_append_printf(deps->text, "%s is a script, run by %s\n", path, interpreter);
    g_free(path);
    path = g_steal_pointer(&interpreter);
  }
  return show_elf(deps, path, error);
}

static gboolean is_dynamic_program(Deps *deps, OciNode *node)
{
  guint8 magic[4] = {0};
  const OciMetadata *metadata = &node->inode->metadata;
  if (metadata->type != OCI_FILE_REGULAR || (metadata->mode & 0111) == 0 ||
      oci_rootfs_pread(deps->rootfs, node->inode, magic, sizeof magic, 0, NULL) != 4 || memcmp(magic, "\177ELF", 4) != 0)
    return FALSE;
  return keep_closure_has_interp(deps->closure, node);
}

static gboolean show_all(Deps *deps, GError **error)
{
  GQueue nodes = G_QUEUE_INIT;
  gboolean ok = TRUE;
  g_queue_push_tail(&nodes, oci_rootfs_root(deps->rootfs));
  for (OciNode *node = g_queue_pop_head(&nodes); node != NULL && ok; node = g_queue_pop_head(&nodes))
  {
    if (node->inode->metadata.type == OCI_FILE_DIRECTORY)
    {
      g_autoptr(GPtrArray) children = oci_node_children(node);
      for (guint i = 0; i < children->len; i++)
        g_queue_push_tail(&nodes, children->pdata[i]);
    }
    else if (is_dynamic_program(deps, node))
    {
      g_autofree char *path = oci_node_path(node);
      ok = show_elf(deps, path, error);
    }
  }
  g_queue_clear(&nodes);
  return ok;
}

static gboolean show_entrypoint(Deps *deps, OciConfig *config, GError **error)
{
  g_autoptr(GPtrArray) roots = keep_roots_new(config, NULL, NULL, error);
  if (roots == NULL)
    return FALSE;
  if (roots->len == 0)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "the image has no entrypoint and no command\nhint: name a program");
    return FALSE;
  }
  const KeepRoot *root = roots->pdata[0];
  return show(deps, root->argv->pdata[0], error);
}

static gboolean show_chosen(Deps *deps, const DepsOptions *options, OciConfig *config, char **paths, GError **error)
{
  if (options->all)
    return show_all(deps, error);
  if (paths[0] == NULL)
    return show_entrypoint(deps, config, error);
  for (guint i = 0; paths[i] != NULL; i++)
    if (!show(deps, paths[i], error))
      return FALSE;
  return TRUE;
}

static gboolean run_deps(const DepsOptions *options, char **operands, GError **error)
{
  g_autoptr(OciImage) image = cmd_source_open(operands[0], &options->source, TRUE, error);
  g_autoptr(KeepRules) rules = image == NULL ? NULL : keep_rules_new(error);
  if (rules == NULL)
    return FALSE;
  g_autoptr(KeepClosure) closure = keep_closure_new(oci_image_rootfs(image), oci_image_config(image), rules);
  g_autoptr(json_t) programs = options->json ? json_array() : NULL;
  g_autoptr(GString) text = g_string_new(NULL);
  Deps deps = {.rootfs = oci_image_rootfs(image), .closure = closure, .text = text, .programs = programs};
  if (!show_chosen(&deps, options, oci_image_config(image), operands + 1, error))
    return FALSE;
  fputs(text->str, stdout);
  if (programs != NULL)
  {
    g_autoptr(json_t) document = json_pack("{s:O}", "programs", programs);
    json_dumpf(document, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
  }
  if (deps.missing == 0)
    return TRUE;
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_MISSING, "%u needed %s not in the image", deps.missing,
              deps.missing == 1 ? "object is" : "objects are");
  return FALSE;
}

gboolean cmd_deps(char ***arguments, GError **error)
{
  DepsOptions options = {0};
  GOptionEntry source_entries[CMD_SOURCE_OPTION_COUNT];
  cmd_source_options_entries(&options.source, source_entries);
  const GOptionEntry entries[] = {
      {"all", 'a', 0, G_OPTION_ARG_NONE, &options.all, "every dynamic program of the image", NULL},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "as JSON", NULL},
      {0},
  };
  const GOptionEntry *const tables[] = {entries, source_entries, NULL};
  gboolean ok =
      cmd_options_parse("deps", SYNOPSIS, description, tables, 1, G_MAXUINT, arguments, error) && run_deps(&options, *arguments + 1, error);
  cmd_source_options_clear(&options.source);
  return ok;
}
