/* Entrypoint and command, the user's programs, the health check. */
#include "slim/keep/roots.h"

#include "oci/error.h"
#include "slim/error.h"

#include <string.h>

static void root_free(gpointer data)
{
  KeepRoot *root = data;
  g_ptr_array_unref(root->argv);
  g_free(root);
}

static void add_root(GPtrArray *roots, KeepReasonKind kind, GPtrArray *argv, gboolean shell, gboolean required)
{
  if (argv->len == 0)
  {
    g_ptr_array_unref(argv);
    return;
  }
  KeepRoot *root = g_new0(KeepRoot, 1);
  *root = (KeepRoot){.kind = kind, .argv = argv, .shell = shell, .required = required};
  g_ptr_array_add(roots, root);
}

GPtrArray *keep_command_words(const char *text, GError **error)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
  if (text[0] != '[')
  {
    g_ptr_array_add(words, g_strdup(text));
    return g_steal_pointer(&words);
  }
  g_autoptr(json_t) array = oci_json_parse(text, strlen(text), G_MAXUINT16, "command", NULL);
  gboolean usable = json_is_array(array) && json_array_size(array) > 0;
  for (gsize i = 0; usable && i < json_array_size(array); i++)
  {
    const char *word = json_string_value(json_array_get(array, i));
    usable = word != NULL;
    g_ptr_array_add(words, g_strdup(word));
  }
  if (!usable)
  {
    g_autofree char *quoted = oci_quote(text);
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE,
                "%s is no JSON array of words\nhint: write a path, a name, or [\"/bin/app\",\"--flag\"]", quoted);
    return NULL;
  }
  return g_steal_pointer(&words);
}

static gboolean add_named(GPtrArray *roots, char *const *texts, KeepReasonKind kind, GError **error)
{
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
  {
    GPtrArray *words = keep_command_words(texts[i], error);
    if (words == NULL)
      return FALSE;
    add_root(roots, kind, words, FALSE, TRUE);
  }
  return TRUE;
}

/* Entrypoint followed by command, as an engine joins them. An entrypoint script often runs its command: that word may be a program. */
static void add_image_command(GPtrArray *roots, const OciConfig *config)
{
  GPtrArray *argv = oci_config_entrypoint(config);
  guint command = argv->len;
  g_ptr_array_extend_and_steal(argv, oci_config_cmd(config));
  guint before = roots->len;
  add_root(roots, KEEP_REASON_ENTRYPOINT, argv, FALSE, TRUE);
  if (roots->len > before)
    ((KeepRoot *)roots->pdata[before])->command = command;
}

static void add_healthcheck(GPtrArray *roots, const OciConfig *config)
{
  gboolean shell = FALSE;
  g_autoptr(GPtrArray) test = oci_config_healthcheck(config, &shell);
  GPtrArray *argv = shell && test->len > 0 ? oci_config_shell(config) : g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_extend_and_steal(argv, g_steal_pointer(&test));
  add_root(roots, KEEP_REASON_HEALTHCHECK, argv, shell, FALSE);
}

GPtrArray *keep_roots_new(const OciConfig *config, char *const *entrypoints, char *const *execs, GError **error)
{
  g_autoptr(GPtrArray) roots = g_ptr_array_new_with_free_func(root_free);
  if (entrypoints == NULL || entrypoints[0] == NULL)
    add_image_command(roots, config);
  if (!add_named(roots, entrypoints, KEEP_REASON_ENTRYPOINT, error) || !add_named(roots, execs, KEEP_REASON_EXEC, error))
    return NULL;
  add_healthcheck(roots, config);
  return g_steal_pointer(&roots);
}
