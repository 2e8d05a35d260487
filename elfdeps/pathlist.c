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

typedef struct
{
  GArray *list;
  const char *working_dir;
  GStringChunk *strings;
  gsize total; /* bytes of all directories */
  gboolean cut;
} Builder;

static void add_directory(Builder *builder, const char *path, gboolean variant)
{
  GArray *list = builder->list;
  g_autofree char *whole = *path == '\0' ? g_strdup(builder->working_dir) : elfdeps_path_absolute(path, builder->working_dir);
  gsize length = strlen(whole);
  while (length > 1 && whole[length - 1] == '/')
    whole[--length] = '\0';
  if (length > ELFDEPS_LIMIT_PATH_BYTES) /* no loader opens it either */
    return;
  builder->total += length;
  builder->cut = builder->cut || list->len >= ELFDEPS_LIMIT_PATH_LIST_ELEMENTS || builder->total > ELFDEPS_LIMIT_PATH_LIST_EXPANDED_BYTES;
  if (builder->cut)
    return;
  ElfdepsDirectory directory = {.path = g_string_chunk_insert_const(builder->strings, whole), .variant = variant};
  for (guint i = 0; i < list->len; i++)
    if (g_array_index(list, ElfdepsDirectory, i).path == directory.path)
      return;
  g_array_append_val(list, directory);
}

static void add_element(Builder *builder, const char *element, const ElfdepsTokens *tokens)
{
  if (strchr(element, '$') == NULL)
  {
    add_directory(builder, element, FALSE);
    return;
  }
  g_autoptr(GPtrArray) expansions = elfdeps_token_expand(element, tokens);
  for (guint i = expansions->len; i > 0; i--) /* the commonest platform is the last word */
    if (*(const char *)expansions->pdata[i - 1] != '\0')
      add_directory(builder, expansions->pdata[i - 1], i > 1);
}

GArray *elfdeps_path_list_parse(const char *list, const char *separators, const ElfdepsTokens *tokens, const char *working_dir,
                                GStringChunk *strings, gboolean *cut)
{
  Builder builder = {g_array_new(FALSE, FALSE, sizeof(ElfdepsDirectory)), working_dir, strings, 0, FALSE};
  for (const char *at = list; *list != '\0' && !builder.cut;)
  {
    gsize length = strcspn(at, separators);
    g_autofree char *element = g_strndup(at, length);
    add_element(&builder, element, tokens);
    if (at[length] == '\0')
      break;
    at += length + 1;
  }
  *cut = builder.cut;
  return builder.list;
}

GArray *elfdeps_path_list_parse_musl(const char *list, const char *working_dir, GStringChunk *strings, gboolean *cut)
{
  Builder builder = {g_array_new(FALSE, FALSE, sizeof(ElfdepsDirectory)), working_dir, strings, 0, FALSE};
  for (const char *at = list + strspn(list, ":\n"); *at != '\0' && !builder.cut;)
  {
    gsize length = strcspn(at, ":\n");
    g_autofree char *element = g_strndup(at, length);
    add_directory(&builder, element, FALSE);
    at += length;
    at += strspn(at, ":\n");
  }
  *cut = builder.cut;
  return builder.list;
}
