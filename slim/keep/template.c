/* Fills placeholders in. */
#include "slim/keep/template.h"

#include <string.h>

#define VALUES_MAX 256u
#define LOCALE_MAX 255 /* NAME_MAX */

/* A folder that holds more than an application: one of the system's, or where programs are looked up. */
static gboolean is_shared(const KeepValues *values, const char *dir)
{
  static const char *const folders[] = {"/",          "/boot",          "/dev",
                                        "/etc",       "/home",          "/lib",
                                        "/lib64",     "/media",         "/mnt",
                                        "/opt",       "/proc",          "/run",
                                        "/sys",       "/tmp",           "/usr",
                                        "/usr/lib",   "/usr/lib64",     "/usr/libexec",
                                        "/usr/local", "/usr/local/lib", "/usr/local/share",
                                        "/usr/share", "/usr/src",       "/var",
                                        "/var/lib",   "/var/tmp",       NULL};
  g_autofree char *name = g_path_get_basename(dir);
  return strcmp(name, "bin") == 0 || strcmp(name, "sbin") == 0 || g_strv_contains(folders, dir) ||
         g_strv_contains((const char *const *)values->program_dirs, dir);
}

/* The working directory, when it is an application's own. */
static const char *workdir_of(const KeepValues *values)
{
  const char *workdir = oci_config_working_dir(values->config);
  return workdir == NULL || workdir[0] != '/' || is_shared(values, workdir) ? NULL : workdir;
}

static gboolean is_below(const char *path, const char *dir)
{
  gsize length = strlen(dir);
  return strncmp(path, dir, length) == 0 && path[length] == '/';
}

/* "1" to "9". */
static gboolean is_group(const char *name)
{
  return name[0] >= '1' && name[0] <= '9' && name[1] == '\0';
}

static char *group_of(const KeepValues *values, guint number)
{
  for (guint i = 0; values->groups != NULL && values->groups[i] != NULL; i++)
    if (i + 1 == number)
      return g_strdup(values->groups[i]);
  return NULL;
}

/*
 * An encoding in the form of directories' names: "UTF-8" is utf8, "8859-1" is iso88591.
 *
 * Spec: glibc's intl/l10nflist.c, _nl_normalize_codeset.
 */
static char *normal_codeset(const char *codeset)
{
  g_autoptr(GString) normal = g_string_new(NULL);
  gboolean has_letters = FALSE;
  for (; *codeset != '\0'; codeset++)
  {
    has_letters = has_letters || g_ascii_isalpha(*codeset);
    if (g_ascii_isalnum(*codeset))
      g_string_append_c(normal, g_ascii_tolower(*codeset));
  }
  return g_strconcat(has_letters ? "" : "iso", normal->str, NULL);
}

/* "de_DE.UTF-8@euro" as the C library looks for it, with colons between. */
static char *locale_names(const char *locale)
{
  if (locale == NULL || strlen(locale) > LOCALE_MAX || strcspn(locale, ":/") != strlen(locale))
    return NULL;
  g_autofree char *language = g_strndup(locale, strcspn(locale, "_.@"));
  g_autofree char *territory = g_strndup(locale, strcspn(locale, ".@"));
  const char *dot = strchr(locale, '.');
  const char *modifier = strchr(locale, '@') != NULL ? strchr(locale, '@') : "";
  g_autofree char *codeset = dot == NULL ? g_strdup("") : g_strndup(dot + 1, strcspn(dot + 1, "@"));
  g_autofree char *normal = normal_codeset(codeset);
  if (dot == NULL)
    return g_strconcat(locale, ":", territory, ":", language, modifier, ":", language, NULL);
  return g_strconcat(locale, ":", territory, ".", normal, modifier, ":", territory, ".", normal, ":", territory, modifier, ":", territory,
                     ":", language, ".", normal, ":", language, modifier, ":", language, NULL);
}

static char *nearest(const KeepValues *values, const char *name)
{
  g_autofree char *dir = g_path_get_dirname(values->subject);
  while (dir[0] == '/' && dir[1] != '\0')
  {
    g_autofree char *path = g_build_filename(dir, name, NULL);
    if (!is_shared(values, dir) && oci_rootfs_find(values->rootfs, path) != NULL)
      return g_steal_pointer(&dir);
    char *parent = g_path_get_dirname(dir);
    g_free(dir);
    dir = parent;
  }
  return NULL;
}

static char *value_of(const KeepValues *values, const char *name)
{
  if (g_str_has_prefix(name, "env:"))
    return g_strdup(oci_config_getenv(values->config, name + strlen("env:")));
  if (g_str_has_prefix(name, "locale:"))
    return locale_names(oci_config_getenv(values->config, name + strlen("locale:")));
  if (is_group(name))
    return group_of(values, (guint)(name[0] - '0'));
  const char *workdir = workdir_of(values);
  if (strcmp(name, "workdir") == 0)
    return g_strdup(workdir);
  if (values->subject == NULL)
    return NULL;
  if (strcmp(name, "own") == 0)
    return g_strdup(values->own);
  if (g_str_has_prefix(name, "nearest:"))
    return nearest(values, name + strlen("nearest:"));
  if (strcmp(name, "path") == 0)
    return g_strdup(values->subject);
  if (strcmp(name, "name") == 0)
    return g_path_get_basename(values->subject);
  g_autofree char *dir = g_path_get_dirname(values->subject);
  if (strcmp(name, "appdir") == 0 && workdir != NULL && is_below(values->subject, workdir))
    return g_strdup(workdir);
  if (strcmp(name, "dir") == 0 || (strcmp(name, "appdir") == 0 && !is_shared(values, dir)))
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

/* All the texts that one placeholder turns the texts so far into. */
static GPtrArray *fill(const KeepValues *values, GPtrArray *texts, const char *name, gboolean as_glob, gboolean slash_follows)
{
  g_autofree char *value = value_of(values, name);
  gboolean is_list = g_str_has_prefix(name, "env:") || g_str_has_prefix(name, "locale:");
  g_auto(GStrv) parts = g_strsplit(value != NULL ? value : "", is_list ? ":" : "\n", -1);
  GPtrArray *filled = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < texts->len; i++)
    for (guint j = 0; parts[j] != NULL && filled->len < VALUES_MAX; j++)
    {
      if (parts[j][0] == '\0')
        continue;
      GString *text = g_string_new(texts->pdata[i]);
      append_value(text, parts[j], as_glob && !is_group(name), slash_follows);
      g_ptr_array_add(filled, g_string_free(text, FALSE));
    }
  g_ptr_array_unref(texts);
  return filled;
}

static void append_plain(GPtrArray *texts, const char *plain, gsize length)
{
  for (guint i = 0; i < texts->len && length > 0; i++)
  {
    char *longer = g_strdup_printf("%s%.*s", (char *)texts->pdata[i], (int)length, plain);
    g_free(texts->pdata[i]);
    texts->pdata[i] = longer;
  }
}

GPtrArray *keep_template_expand(const char *text, const KeepValues *values, gboolean as_glob)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(texts, g_strdup(""));
  while (*text != '\0')
  {
    gsize plain = strcspn(text, "{");
    append_plain(texts, text, plain);
    text += plain;
    const char *close = strchr(text, '}');
    if (close == NULL)
    {
      append_plain(texts, text, strlen(text));
      break;
    }
    g_autofree char *name = g_strndup(text + 1, (gsize)(close - text - 1));
    texts = fill(values, texts, name, as_glob, close[1] == '/');
    text = close + 1;
  }
  return texts;
}
