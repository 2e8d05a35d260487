/* "#!" lines, and what env(1) makes of its argument. */
#include "slim/keep/script.h"

#include <string.h>

static gboolean is_blank(char c)
{
  return c == ' ' || c == '\t';
}

gboolean keep_shebang_parse(const void *head, gsize length, KeepShebang *shebang)
{
  const char *text = head;
  length = MIN(length, KEEP_SCRIPT_HEAD_BYTES);
  if (length < 2 || text[0] != '#' || text[1] != '!')
    return FALSE;
  const char *newline = memchr(text, '\n', length);
  const char *end = newline != NULL ? newline : text + length;
  const char *p = text + 2;
  while (p < end && is_blank(*p))
    p++;
  const char *word = p;
  while (p < end && !is_blank(*p) && *p != '\0')
    p++;
  /* an interpreter that the kernel's buffer cuts off is refused */
  if (p == word || (newline == NULL && length == KEEP_SCRIPT_HEAD_BYTES && p == end))
    return FALSE;
  shebang->interpreter = g_strndup(word, (gsize)(p - word));
  while (p < end && is_blank(*p))
    p++;
  const char *nul = memchr(p, '\0', (gsize)(end - p));
  if (nul != NULL)
    end = nul;
  while (end > p && is_blank(end[-1]))
    end--;
  shebang->argument = end > p ? g_strndup(p, (gsize)(end - p)) : NULL;
  return TRUE;
}

void keep_shebang_clear(KeepShebang *shebang)
{
  g_clear_pointer(&shebang->interpreter, g_free);
  g_clear_pointer(&shebang->argument, g_free);
}

/* -u NAME and its like take a word of their own. */
static gboolean takes_word(const char *option)
{
  return strcmp(option, "-u") == 0 || strcmp(option, "-C") == 0 || strcmp(option, "--unset") == 0 || strcmp(option, "--chdir") == 0;
}

static char *program_of_words(char **words)
{
  for (guint i = 0; words[i] != NULL; i++)
  {
    if (strcmp(words[i], "--") == 0)
      return g_strdup(words[i + 1]);
    if (takes_word(words[i]) && words[i + 1] != NULL)
      i++;
    else if (words[i][0] != '-' && strchr(words[i], '=') == NULL)
      return g_strdup(words[i]);
  }
  return NULL;
}

/* The text behind -S, -vS, --split-string=; NULL when the argument is one word for env. */
static const char *split_string(const char *argument)
{
  if (g_str_has_prefix(argument, "--split-string"))
  {
    const char *rest = argument + strlen("--split-string");
    return *rest == '=' || is_blank(*rest) ? rest + 1 : NULL;
  }
  if (argument[0] != '-' || argument[1] == '-')
    return NULL;
  const char *flags_end = argument + strcspn(argument, " \t");
  const char *s = memchr(argument, 'S', (gsize)(flags_end - argument));
  return s == NULL ? NULL : s + 1;
}

char *keep_shebang_env_program(const char *argument)
{
  const char *split = split_string(argument);
  if (split == NULL)
    return argument[0] != '-' && strchr(argument, '=') == NULL ? g_strdup(argument) : NULL;
  g_auto(GStrv) words = NULL;
  if (!g_shell_parse_argv(split, NULL, &words, NULL))
    return NULL;
  return program_of_words(words);
}
