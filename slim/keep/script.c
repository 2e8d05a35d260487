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
  /* without a newline the kernel's last byte is not part of the line */
  const char *end = newline != NULL ? newline : text + MIN(length, KEEP_SCRIPT_HEAD_BYTES - 1);
  const char *p = text + 2;
  while (p < end && is_blank(*p))
    p++;
  const char *word = p;
  while (p < end && !is_blank(*p) && *p != '\0')
    p++;
  /* an interpreter that the kernel's buffer cuts off is refused */
  if (p == word || (length == KEEP_SCRIPT_HEAD_BYTES && p == text + length - 1 && !is_blank(*p) && *p != '\0' && newline == NULL))
    return FALSE;
  shebang->interpreter = g_strndup(word, (gsize)(p - word));
  while (p < end && is_blank(*p))
    p++;
  /* blanks go at the end of the line, or of the kernel's buffer; not before a NUL, which is what follows the end of the file */
  if (newline != NULL || length >= KEEP_SCRIPT_HEAD_BYTES - 1)
    while (end > p && is_blank(end[-1]))
      end--;
  gsize argument_bytes = strnlen(p, (gsize)(end - p));
  shebang->argument = argument_bytes > 0 ? g_strndup(p, argument_bytes) : NULL;
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
  static const char *const options[] = {"-u", "-C", "-a", "--unset", "--chdir", "--argv0"};
  for (guint i = 0; i < G_N_ELEMENTS(options); i++)
    if (strcmp(option, options[i]) == 0)
      return TRUE;
  return FALSE;
}

static char *program_of_words(char **words)
{
  gboolean options = TRUE; /* until "--", or the first word that is none */
  for (guint i = 0; words[i] != NULL; i++)
  {
    gboolean is_option = options && words[i][0] == '-';
    options = is_option && strcmp(words[i], "--") != 0;
    if (is_option)
      i += takes_word(words[i]) && words[i + 1] != NULL;
    else if (strchr(words[i], '=') == NULL)
      return words[i][0] == '\0' || strchr(words[i], '$') != NULL ? NULL : g_strdup(words[i]); /* ${VARIABLE}: known at run time */
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
  if (argument[0] != '-')
    return NULL;
  const char *flag = argument + 1 + strspn(argument + 1, "iv0");
  return *flag == 'S' ? flag + 1 : NULL;
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
