/* One pass: a word with "=" behind it is a parameter, another word begins a challenge. */
#include "oci/transport/challenge.h"

#include <string.h>

#define CHALLENGES_MAX 16
#define PARAMETERS_MAX 32 /* of one challenge */

static void challenge_free(gpointer data)
{
  OciChallenge *challenge = data;
  g_free(challenge->scheme);
  g_hash_table_unref(challenge->parameters);
  g_free(challenge);
}

static gboolean is_token(char c)
{
  return g_ascii_isalnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static void skip(const char **at, const char *what)
{
  *at += strspn(*at, what);
}

/* Returns: a new string, or NULL when no word begins here. */
static char *read_word(const char **at)
{
  const char *start = *at;
  while (is_token(**at))
    (*at)++;
  return *at == start ? NULL : g_strndup(start, (gsize)(*at - start));
}

/* Returns: a new string, or NULL when the quotes are not closed. */
static char *read_quoted(const char **at)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for ((*at)++; **at != '"'; (*at)++)
  {
    if (**at == '\\')
      (*at)++;
    if (**at == '\0')
      return NULL;
    g_string_append_c(text, **at);
  }
  (*at)++;
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static OciChallenge *challenge_new(GPtrArray *challenges, const char *scheme)
{
  OciChallenge *challenge = g_new0(OciChallenge, 1);
  challenge->scheme = g_ascii_strdown(scheme, -1);
  challenge->parameters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  g_ptr_array_add(challenges, challenge);
  return challenge;
}

/* Behind a parameter's "=". Returns: FALSE when the value cannot be understood. */
static gboolean read_value(const char **at, OciChallenge *challenge, const char *name)
{
  skip(at, " \t");
  g_autofree char *value = **at == '"' ? read_quoted(at) : read_word(at);
  if (value == NULL || challenge == NULL || g_hash_table_size(challenge->parameters) >= PARAMETERS_MAX)
    return FALSE;
  g_autofree char *lower = g_ascii_strdown(name, -1);
  if (!g_hash_table_contains(challenge->parameters, lower))
    g_hash_table_insert(challenge->parameters, g_steal_pointer(&lower), g_steal_pointer(&value));
  return TRUE;
}

GPtrArray *oci_challenges_parse(const char *header)
{
  GPtrArray *challenges = g_ptr_array_new_with_free_func(challenge_free);
  OciChallenge *current = NULL;
  for (const char *at = header;;)
  {
    skip(&at, " \t,");
    g_autofree char *word = read_word(&at);
    if (word == NULL)
      return challenges;
    skip(&at, " \t");
    if (*at == '=')
    {
      at++;
      if (!read_value(&at, current, word))
        return challenges;
    }
    else if (challenges->len < CHALLENGES_MAX)
      current = challenge_new(challenges, word);
    else
      return challenges;
  }
}

const OciChallenge *oci_challenges_find(const GPtrArray *challenges, const char *scheme)
{
  for (guint i = 0; i < challenges->len; i++)
  {
    const OciChallenge *challenge = g_ptr_array_index(challenges, i);
    if (strcmp(challenge->scheme, scheme) == 0)
      return challenge;
  }
  return NULL;
}
