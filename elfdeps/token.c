/* Tokens in paths. */
#include "elfdeps/token.h"

#include "elfdeps/limits.h"

#include <string.h>

typedef enum
{
  TOKEN_NONE,
  TOKEN_ORIGIN,
  TOKEN_LIB,
  TOKEN_PLATFORM,
} Token;

/* The token after a '$'; length: of its text without the '$'. */
static Token match_token(const char *text, gsize *length)
{
  static const struct
  {
    Token token;
    const char *name;
  } table[] = {{TOKEN_ORIGIN, "ORIGIN"}, {TOKEN_LIB, "LIB"}, {TOKEN_PLATFORM, "PLATFORM"}};
  gboolean braced = *text == '{';
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
  {
    gsize size = strlen(table[i].name);
    if (strncmp(text + braced, table[i].name, size) != 0)
      continue;
    char next = text[braced + size];
    if (braced ? next != '}' : (g_ascii_isalnum(next) || next == '_'))
      continue;
    *length = size + (braced ? 2 : 0);
    return table[i].token;
  }
  return TOKEN_NONE;
}

gboolean elfdeps_token_has(const char *text)
{
  gsize length;
  for (const char *at = strchr(text, '$'); at != NULL; at = strchr(at + 1, '$'))
    if (match_token(at + 1, &length) != TOKEN_NONE)
      return TRUE;
  return FALSE;
}

/* Without ".", ".." and double slashes. */
static char *normalize(const char *path)
{
  g_autofree char *whole = g_canonicalize_filename(path, "/");
  return g_strconcat(whole, "/", NULL);
}

static gboolean is_trusted(const char *path, const GPtrArray *trusted)
{
  g_autofree char *normal = normalize(path);
  for (guint i = 0; i < trusted->len; i++)
  {
    g_autofree char *prefix = normalize(trusted->pdata[i]);
    if (g_str_has_prefix(normal, prefix))
      return TRUE;
  }
  return FALSE;
}

static gboolean origin_allowed(const char *text, const char *at, gsize length, const ElfdepsTokens *tokens)
{
  char next = at[1 + length];
  return tokens->origin != NULL && (!tokens->secure || (at == text && (next == '\0' || next == '/')));
}

/* Returns: new, or NULL when the text is refused. */
static char *expand_one(const char *text, const ElfdepsTokens *tokens, const char *platform)
{
  g_autoptr(GString) result = g_string_new(NULL);
  gboolean has_origin = FALSE;
  for (const char *at = text; *at != '\0';)
  {
    gsize length = 0;
    Token token = *at == '$' ? match_token(at + 1, &length) : TOKEN_NONE;
    if (result->len > ELFDEPS_LIMIT_PATH_BYTES)
      return NULL;
    switch (token)
    {
    case TOKEN_NONE:
      g_string_append_c(result, *at++);
      continue;
    case TOKEN_ORIGIN:
      if (!origin_allowed(text, at, length, tokens))
        return NULL;
      has_origin = TRUE;
      g_string_append(result, tokens->origin);
      break;
    case TOKEN_LIB:
      g_string_append(result, tokens->lib);
      break;
    case TOKEN_PLATFORM:
      g_string_append(result, platform);
      break;
    }
    at += 1 + length;
  }
  if (result->len > ELFDEPS_LIMIT_PATH_BYTES)
    return NULL;
  if (has_origin && tokens->secure && tokens->trusted != NULL && !is_trusted(result->str, tokens->trusted))
    return NULL;
  return g_string_free(g_steal_pointer(&result), FALSE);
}

static gboolean has_platform(const char *text)
{
  gsize length;
  for (const char *at = strchr(text, '$'); at != NULL; at = strchr(at + 1, '$'))
    if (match_token(at + 1, &length) == TOKEN_PLATFORM)
      return TRUE;
  return FALSE;
}

GPtrArray *elfdeps_token_expand(const char *text, const ElfdepsTokens *tokens)
{
  static const char *const none[] = {"", NULL};
  GPtrArray *expansions = g_ptr_array_new_with_free_func(g_free);
  const char *const *platforms = has_platform(text) && tokens->platforms != NULL ? tokens->platforms : none;
  for (gsize i = 0; platforms[i] != NULL; i++)
  {
    char *expansion = expand_one(text, tokens, platforms[i]);
    if (expansion != NULL)
      g_ptr_array_add(expansions, expansion);
  }
  return expansions;
}

char *elfdeps_token_expand_musl(const char *list, const char *origin)
{
  g_autoptr(GString) result = g_string_new(NULL);
  for (const char *at = list; *at != '\0';)
  {
    if (result->len > ELFDEPS_LIMIT_PATH_LIST_BYTES)
      return NULL;
    if (*at != '$')
    {
      g_string_append_c(result, *at++);
      continue;
    }
    if (g_str_has_prefix(at, "$ORIGIN"))
      at += strlen("$ORIGIN");
    else if (g_str_has_prefix(at, "${ORIGIN}"))
      at += strlen("${ORIGIN}");
    else
      return NULL;
    g_string_append(result, origin);
  }
  return g_string_free(g_steal_pointer(&result), FALSE);
}
