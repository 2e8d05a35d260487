/*
 * A word of a shell text.
 */
#include "slim/keep/shell_word.h"

#include <string.h>

static void part_free(gpointer data)
{
  KeepShellPart *part = data;
  g_string_free(part->text, TRUE);
  keep_shell_word_free(part->operand);
  g_free(part);
}

static KeepShellPart *part_copy(const KeepShellPart *part)
{
  KeepShellPart *copy = g_new0(KeepShellPart, 1);
  *copy = *part;
  copy->text = g_string_new_len(part->text->str, (gssize)part->text->len);
  copy->operand = NULL;
  if (part->operand != NULL)
  {
    copy->operand = keep_shell_word_new(part->operand->start, part->operand->line);
    for (guint i = 0; i < part->operand->parts->len; i++)
      g_ptr_array_add(copy->operand->parts, part_copy(part->operand->parts->pdata[i]));
  }
  return copy;
}

gsize keep_shell_name_length(const char *text)
{
  gsize length = 0;
  while (g_ascii_isalpha(text[length]) || text[length] == '_' || (length > 0 && g_ascii_isdigit(text[length])))
    length++;
  return length;
}

KeepShellWord *keep_shell_word_new(gsize start, guint line)
{
  KeepShellWord *word = g_new0(KeepShellWord, 1);
  word->parts = g_ptr_array_new_with_free_func(part_free);
  word->start = start;
  word->end = start;
  word->line = line;
  return word;
}

/* Operands nest no deeper than the lexer lets them, KEEP_SHELL_NESTING. */
void keep_shell_word_free(KeepShellWord *word)
{
  if (word == NULL)
    return;
  g_ptr_array_unref(word->parts);
  g_free(word);
}

KeepShellPart *keep_shell_word_add(KeepShellWord *word, KeepShellPartKind kind, gboolean quoted, gsize start)
{
  KeepShellPart *part = g_new0(KeepShellPart, 1);
  part->kind = kind;
  part->quoted = quoted;
  part->text = g_string_new(NULL);
  part->start = start;
  part->end = start;
  g_ptr_array_add(word->parts, part);
  return part;
}

void keep_shell_word_add_literal(KeepShellWord *word, gboolean quoted, const char *text, gsize length)
{
  KeepShellPart *last = word->parts->len > 0 ? word->parts->pdata[word->parts->len - 1] : NULL;
  if (last == NULL || last->kind != KEEP_SHELL_PART_LITERAL || last->quoted != quoted)
    last = keep_shell_word_add(word, KEEP_SHELL_PART_LITERAL, quoted, 0);
  g_string_append_len(last->text, text, (gssize)length);
}

const char *keep_shell_word_get_plain(const KeepShellWord *word)
{
  if (word->parts->len != 1)
    return NULL;
  const KeepShellPart *part = word->parts->pdata[0];
  return part->kind == KEEP_SHELL_PART_LITERAL && !part->quoted ? part->text->str : NULL;
}

char *keep_shell_word_dup_text(const KeepShellWord *word, const char *source)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < word->parts->len; i++)
  {
    const KeepShellPart *part = word->parts->pdata[i];
    if (part->kind == KEEP_SHELL_PART_LITERAL)
      g_string_append_len(text, part->text->str, (gssize)part->text->len);
    else
      g_string_append_len(text, source + part->start, (gssize)(part->end - part->start));
  }
  return g_string_free(text, FALSE);
}

char *keep_shell_word_dup_assignment(const KeepShellWord *word, KeepShellWord **value, gboolean *append)
{
  if (word->parts->len == 0)
    return NULL;
  const KeepShellPart *first = word->parts->pdata[0];
  if (first->kind != KEEP_SHELL_PART_LITERAL || first->quoted)
    return NULL;
  const char *text = first->text->str;
  gsize name = keep_shell_name_length(text), at = name;
  if (name > 0 && text[at] == '[')
  {
    const char *close = strchr(text + at, ']');
    at = close != NULL ? (gsize)(close - text) + 1 : at;
  }
  *append = text[at] == '+' && text[at + 1] == '=';
  at += *append ? 1 : 0;
  if (name == 0 || text[at] != '=')
    return NULL;
  at++;
  *value = keep_shell_word_new(word->start, word->line);
  (*value)->end = word->end;
  if (text[at] != '\0')
    keep_shell_word_add_literal(*value, FALSE, text + at, first->text->len - at);
  for (guint i = 1; i < word->parts->len; i++)
    g_ptr_array_add((*value)->parts, part_copy(word->parts->pdata[i]));
  return g_strndup(text, name);
}

gboolean keep_shell_word_is_pattern(const KeepShellWord *word)
{
  for (guint i = 0; i < word->parts->len; i++)
  {
    const KeepShellPart *part = word->parts->pdata[i];
    if (part->kind != KEEP_SHELL_PART_LITERAL || part->quoted)
      continue;
    const char *bracket = strchr(part->text->str, '['), *brace = strchr(part->text->str, '{');
    if (strpbrk(part->text->str, "*?") != NULL || (bracket != NULL && strchr(bracket, ']') != NULL) ||
        (brace != NULL && strchr(brace, ',') != NULL && strchr(brace, '}') != NULL))
      return TRUE;
  }
  return FALSE;
}
