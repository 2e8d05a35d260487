/* Lists of directories. */
#include "elfdeps/pathlist.h"

#include "elfdeps/limits.h"

#include <string.h>

char *elfdeps_path_join(const char *directory, const char *name)
{
  return g_strconcat(directory, g_str_has_suffix(directory, "/") ? "" : "/", name, NULL);
}

char *elfdeps_path_absolute(const char *path, const char *working_dir)
{
  return path[0] == '/' ? g_strdup(path) : elfdeps_path_join(working_dir, path);
}

char *elfdeps_path_directory(const char *path)
{
  const char *slash = strrchr(path, '/');
  return slash == NULL || slash == path ? g_strdup("/") : g_strndup(path, (gsize)(slash - path));
}

static void add_directory(GArray *list, const char *path, gboolean variant, const char *working_dir, GStringChunk *strings)
{
  g_autofree char *whole = *path == '\0' ? g_strdup(working_dir) : elfdeps_path_absolute(path, working_dir);
  gsize length = strlen(whole);
  while (length > 1 && whole[length - 1] == '/')
    whole[--length] = '\0';
  if (length > ELFDEPS_LIMIT_PATH_BYTES || list->len >= ELFDEPS_LIMIT_PATH_LIST_ELEMENTS)
    return;
  ElfdepsDirectory directory = {.path = g_string_chunk_insert_const(strings, whole), .variant = variant};
  for (guint i = 0; i < list->len; i++)
    if (g_array_index(list, ElfdepsDirectory, i).path == directory.path)
      return;
  g_array_append_val(list, directory);
}

static void add_element(GArray *list, const char *element, const ElfdepsTokens *tokens, const char *working_dir, GStringChunk *strings)
{
  if (strchr(element, '$') == NULL)
  {
    add_directory(list, element, FALSE, working_dir, strings);
    return;
  }
  g_autoptr(GPtrArray) expansions = elfdeps_token_expand(element, tokens);
  for (guint i = expansions->len; i > 0; i--) /* the commonest platform is the last word */
    if (*(const char *)expansions->pdata[i - 1] != '\0')
      add_directory(list, expansions->pdata[i - 1], i > 1, working_dir, strings);
}

GArray *elfdeps_path_list_parse(const char *list, const char *separators, const ElfdepsTokens *tokens, const char *working_dir,
                                GStringChunk *strings)
{
  GArray *directories = g_array_new(FALSE, FALSE, sizeof(ElfdepsDirectory));
  if (*list == '\0')
    return directories;
  for (const char *at = list;;)
  {
    gsize length = strcspn(at, separators);
    g_autofree char *element = g_strndup(at, length);
    add_element(directories, element, tokens, working_dir, strings);
    if (at[length] == '\0' || directories->len >= ELFDEPS_LIMIT_PATH_LIST_ELEMENTS)
      return directories;
    at += length + 1;
  }
}

GArray *elfdeps_path_list_parse_musl(const char *list, const char *working_dir, GStringChunk *strings)
{
  GArray *directories = g_array_new(FALSE, FALSE, sizeof(ElfdepsDirectory));
  for (const char *at = list + strspn(list, ":\n"); *at != '\0' && directories->len < ELFDEPS_LIMIT_PATH_LIST_ELEMENTS;)
  {
    gsize length = strcspn(at, ":\n");
    g_autofree char *element = g_strndup(at, length);
    add_directory(directories, element, FALSE, working_dir, strings);
    at += length;
    at += strspn(at, ":\n");
  }
  return directories;
}
