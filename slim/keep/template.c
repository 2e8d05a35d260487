/* Fills placeholders in. */
#include "slim/keep/template.h"

#include <string.h>

static char *value_of(const char *name, const char *subject, const OciConfig *config)
{
  if (g_str_has_prefix(name, "env:"))
    return g_strdup(oci_config_getenv(config, name + strlen("env:")));
  if (subject == NULL)
    return NULL;
  if (strcmp(name, "path") == 0)
    return g_strdup(subject);
  if (strcmp(name, "name") == 0)
    return g_path_get_basename(subject);
  g_autofree char *dir = g_path_get_dirname(subject);
  if (strcmp(name, "dir") == 0)
    return g_steal_pointer(&dir);
  return strcmp(name, "prefix") == 0 ? g_path_get_dirname(dir) : NULL;
}

/* "/" before another slash would double it. */
static void append_value(GString *out, const char *value, gboolean as_glob, gboolean slash_follows)
{
  if (strcmp(value, "/") == 0 && slash_follows)
    return;
  for (; *value != '\0'; value++)
  {
    if (as_glob && strchr("*?[\\", *value) != NULL)
      g_string_append_c(out, '\\');
    g_string_append_c(out, *value);
  }
}

char *keep_template_expand(const char *text, const char *subject, const OciConfig *config, gboolean as_glob)
{
  g_autoptr(GString) out = g_string_new(NULL);
  while (*text != '\0')
  {
    const char *close = *text == '{' ? strchr(text, '}') : NULL;
    if (close == NULL)
    {
      g_string_append_c(out, *text++);
      continue;
    }
    g_autofree char *name = g_strndup(text + 1, (gsize)(close - text - 1));
    g_autofree char *value = value_of(name, subject, config);
    if (value == NULL || *value == '\0')
      return NULL;
    append_value(out, value, as_glob, close[1] == '/');
    text = close + 1;
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}
