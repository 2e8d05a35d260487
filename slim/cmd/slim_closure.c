/* Options, label and config become roots and globs. */
#include "slim/cmd/slim_closure.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/keep/prompt.h"

#include <string.h>

#define INCLUDE_LABEL   "io.ocislim.include"
#define LABEL_GLOBS_MAX 1000u /* each may walk the whole tree, and an image is not trusted */
#define MISSING_SHOWN   10

typedef struct
{
  char *glob;
  char *detail;
} Include;

static void include_free(gpointer data)
{
  Include *include = data;
  g_free(include->glob);
  g_free(include->detail);
  g_free(include);
}

static void add_include(GPtrArray *includes, const char *glob, const char *detail)
{
  Include *include = g_new0(Include, 1);
  *include = (Include){.glob = g_strdup(glob), .detail = g_strdup(detail)};
  g_ptr_array_add(includes, include);
}

/* White space goes at the end of a line, unless a backslash keeps it. */
static void cut_line(char *line)
{
  gsize length = strlen(line);
  while (length > 0 && g_ascii_isspace(line[length - 1]) && !(length > 1 && line[length - 2] == '\\'))
    length--;
  line[length] = '\0';
}

/* One glob a line; "#" begins a comment, "!" an exclude. */
static gboolean read_include_file(KeepClosure *closure, const char *name, GPtrArray *includes, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  if (!g_file_get_contents(name, &text, &length, error))
  {
    g_prefix_error(error, "--include-from: ");
    return FALSE;
  }
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
  {
    char *line = lines[i];
    cut_line(line);
    g_autofree char *detail = g_strdup_printf("--include-from %s, line %u", name, i + 1);
    if (*line == '\0' || *line == '#')
      continue;
    if (*line != '!')
      add_include(includes, line, detail);
    else if (!keep_closure_exclude(closure, line + 1, error))
    {
      g_prefix_error(error, "%s: ", detail);
      return FALSE;
    }
  }
  return TRUE;
}

/* A JSON array of globs, or globs with white space between them; array of char*, or NULL when it is neither. */
static GPtrArray *label_globs(const char *label)
{
  if (label[0] == '[')
    return keep_command_words(label, NULL);
  GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) globs = g_strsplit_set(label, " \t\r\n", -1);
  for (guint i = 0; globs[i] != NULL; i++)
    if (globs[i][0] != '\0')
      g_ptr_array_add(words, g_strdup(globs[i]));
  return words;
}

static gboolean read_label(const OciConfig *config, GPtrArray *includes, GError **error)
{
  const char *label = oci_config_label(config, INCLUDE_LABEL);
  if (label == NULL)
    return TRUE;
  g_autoptr(GPtrArray) globs = label_globs(label);
  if (globs == NULL)
  {
    g_autofree char *quoted = oci_quote(label);
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_INVALID, "label " INCLUDE_LABEL ": %s is no JSON array of globs", quoted);
    return FALSE;
  }
  if (globs->len > LABEL_GLOBS_MAX)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_INVALID, "label " INCLUDE_LABEL " has %u globs, more than %u", globs->len, LABEL_GLOBS_MAX);
    return FALSE;
  }
  for (guint i = 0; i < globs->len; i++)
    add_include(includes, globs->pdata[i], "label " INCLUDE_LABEL);
  return TRUE;
}

/* Excludes first: they are in force for everything that follows. */
static gboolean add_globs(const SlimOptions *options, const OciConfig *config, KeepClosure *closure, GPtrArray *includes, GError **error)
{
  for (guint i = 0; options->excludes != NULL && options->excludes[i] != NULL; i++)
    if (!keep_closure_exclude(closure, options->excludes[i], error))
      return FALSE;
  for (guint i = 0; options->includes != NULL && options->includes[i] != NULL; i++)
    add_include(includes, options->includes[i], "--include");
  for (guint i = 0; options->include_files != NULL && options->include_files[i] != NULL; i++)
    if (!read_include_file(closure, options->include_files[i], includes, error))
      return FALSE;
  return read_label(config, includes, error);
}

/* Where nothing is declared, the image's own command has to be one that runs something. */
static gboolean check_command(KeepClosure *closure, GPtrArray *roots, GError **error)
{
  if (roots->len == 0)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE,
                "the image has no entrypoint and no command\nhint: name a program with --entrypoint PATH, or files with --include GLOB");
    return FALSE;
  }
  const KeepRoot *first = roots->pdata[0];
  const char *word = NULL;
  if (first->kind == KEEP_REASON_ENTRYPOINT && !keep_prompt_find(closure, first, &word, error))
    return FALSE;
  if (word == NULL)
    return TRUE;
  g_autofree char *quoted = oci_quote(word);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE,
              "the image's command is %s with nothing to run, as a base image has it: next to nothing would be left\n"
              "hint: name the program with --entrypoint PATH, or files with --include GLOB; --entrypoint %s keeps just that",
              quoted, quoted);
  return FALSE;
}

/* Whether the user or the label says what is to be kept. */
static gboolean is_declared(const SlimOptions *options, GPtrArray *includes)
{
  return includes->len > 0 || (options->entrypoints != NULL && options->entrypoints[0] != NULL) ||
         (options->execs != NULL && options->execs[0] != NULL);
}

KeepClosure *slim_closure_new(const SlimOptions *options, OciImage *image, const KeepRules *rules, GError **error)
{
  OciConfig *config = oci_image_config(image);
  g_autoptr(GPtrArray) roots = keep_roots_new(config, options->entrypoints, options->execs, error);
  if (roots == NULL)
    return NULL;
  g_autoptr(KeepClosure) closure = keep_closure_new(oci_image_rootfs(image), config, rules);
  if (options->keep_level != KEEP_LEVEL_STRICT)
    keep_closure_follow_notes(closure, options->dlopen_priority);
  g_autoptr(GPtrArray) includes = g_ptr_array_new_with_free_func(include_free);
  if (!add_globs(options, config, closure, includes, error))
    return NULL;
  if (!is_declared(options, includes) && !check_command(closure, roots, error))
    return NULL;
  for (guint i = 0; i < roots->len; i++)
    keep_closure_add_root(closure, roots->pdata[i]);
  for (guint i = 0; i < includes->len; i++)
  {
    const Include *include = includes->pdata[i];
    if (!keep_closure_include(closure, include->glob, include->detail, error))
      return NULL;
  }
  keep_closure_add_config(closure);
  return keep_closure_run(closure, error) ? g_steal_pointer(&closure) : NULL;
}

static char *describe(const KeepMissing *missing)
{
  g_autofree char *name = oci_quote(missing->name);
  GString *text = g_string_new(name);
  g_string_append_printf(text, ", needed by %s, is not in the image", missing->from != NULL ? missing->from : "the image's config");
  for (guint i = 0; i < MIN(missing->tried->len, MISSING_SHOWN); i++)
    g_string_append_printf(text, "%s%s", i == 0 ? "; tried " : ", ", (const char *)missing->tried->pdata[i]);
  if (missing->tried->len > MISSING_SHOWN)
    g_string_append_printf(text, " and %u more", missing->tried->len - MISSING_SHOWN);
  return g_string_free(text, FALSE);
}

gboolean slim_closure_check(const SlimOptions *options, KeepClosure *closure, GPtrArray *warnings, GError **error)
{
  GPtrArray *missing = keep_closure_missing(closure);
  g_autoptr(GString) required = g_string_new(NULL);
  for (guint i = 0; i < missing->len; i++)
  {
    const KeepMissing *item = missing->pdata[i];
    g_autofree char *text = describe(item);
    if (item->required && !options->allow_missing)
      g_string_append_printf(required, "%s%s", required->len > 0 ? "\n" : "", text);
    else
      g_ptr_array_add(warnings, g_steal_pointer(&text));
  }
  if (required->len == 0)
    return TRUE;
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_MISSING,
              "%s\nhint: the original could not start either; when something sets LD_LIBRARY_PATH or fetches it later, use --allow-missing",
              required->str);
  return FALSE;
}
