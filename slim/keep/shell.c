/*
 * Two passes over a text: the first learns what variables and functions there
 * are, because a function may use what is set after it; the second reports.
 */
#include "slim/keep/shell.h"
#include "slim/keep/shell_command.h"
#include "slim/keep/shell_parser.h"

#include <string.h>

static void command_free(gpointer data)
{
  KeepShellCommand *command = data;
  g_free(command->word);
  g_free(command);
}

/* Zero bytes are dropped, as shells do. The caller frees the result. */
static char *clean(const char *text, gsize length)
{
  GString *result = g_string_sized_new(length + 1);
  const char *end = text + length;
  while (text < end)
  {
    const char *zero = memchr(text, '\0', (gsize)(end - text));
    const char *until = zero != NULL ? zero : end;
    g_string_append_len(result, text, (gssize)(until - text));
    text = zero != NULL ? zero + 1 : end;
  }
  return g_string_free(result, FALSE);
}

static void add_command(GPtrArray *list, const KeepShellFinding *finding)
{
  KeepShellCommand *command = g_new0(KeepShellCommand, 1);
  command->word = g_strdup(finding->word);
  command->line = finding->line;
  command->determined = finding->determined;
  g_ptr_array_add(list, command);
}

static void argument_free(gpointer data)
{
  KeepShellArgument *argument = data;
  g_free(argument->program);
  g_free(argument->path);
  g_free(argument);
}

/* seen: pairs that are in the list already. */
static void add_argument(KeepShellText *result, GHashTable *seen, const KeepShellFinding *finding)
{
  if (result->arguments->len >= KEEP_SHELL_RESULTS || strlen(finding->word) > KEEP_SHELL_WORD_BYTES ||
      strlen(finding->program) > KEEP_SHELL_WORD_BYTES)
  {
    result->truncated = TRUE;
    return;
  }
  if (!g_hash_table_add(seen, g_strdup_printf("%s\n%s", finding->program, finding->word)))
    return;
  KeepShellArgument *argument = g_new0(KeepShellArgument, 1);
  *argument = (KeepShellArgument){.program = g_strdup(finding->program), .path = g_strdup(finding->word)};
  g_ptr_array_add(result->arguments, argument);
}

/* Findings are in order; the strings are interned, so that equal words are one pointer. */
static void collect(KeepShellText *result, const GArray *findings)
{
  GPtrArray *const lists[] = {[KEEP_SHELL_FINDING_COMMAND] = result->commands,
                              [KEEP_SHELL_FINDING_SOURCED] = result->sourced,
                              [KEEP_SHELL_FINDING_PATH] = result->paths};
  g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal); /* word -> bits of the lists that have it */
  g_autoptr(GHashTable) pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < findings->len; i++)
  {
    const KeepShellFinding *finding = &g_array_index(findings, KeepShellFinding, i);
    if (finding->program != NULL)
      add_argument(result, pairs, finding);
    gpointer word = (gpointer)(guintptr)finding->word;
    guint bits = GPOINTER_TO_UINT(g_hash_table_lookup(seen, word));
    if ((bits & (1u << finding->kind)) != 0)
      continue;
    g_hash_table_insert(seen, word, GUINT_TO_POINTER(bits | (1u << finding->kind)));
    if (lists[finding->kind]->len >= KEEP_SHELL_RESULTS || strlen(finding->word) > KEEP_SHELL_WORD_BYTES)
      result->truncated = TRUE;
    else if (finding->kind == KEEP_SHELL_FINDING_PATH)
      g_ptr_array_add(result->paths, g_strdup(finding->word));
    else
      add_command(lists[finding->kind], finding);
  }
}

KeepShellText *keep_shell_read_in(const char *text, gsize length, const char *const *environment)
{
  KeepShellText *result = g_new0(KeepShellText, 1);
  result->commands = g_ptr_array_new_with_free_func(command_free);
  result->sourced = g_ptr_array_new_with_free_func(command_free);
  result->paths = g_ptr_array_new_with_free_func(g_free);
  result->arguments = g_ptr_array_new_with_free_func(argument_free);
  g_autofree char *cleaned = clean(text, MIN(length, KEEP_SHELL_TEXT_BYTES));
  g_autoptr(KeepShellScope) scope = keep_shell_scope_new(environment);
  g_autoptr(GArray) findings = g_array_new(FALSE, FALSE, sizeof(KeepShellFinding));
  KeepShellReading reading = {.scope = scope, .findings = findings, .learning = TRUE};
  reading.strings = g_string_chunk_new(4096);
  keep_shell_parser_read(&reading, cleaned, 1, FALSE, 0);
  keep_shell_scope_freeze(scope);
  reading.learning = FALSE;
  keep_shell_parser_read(&reading, cleaned, 1, FALSE, 0);
  collect(result, findings);
  result->truncated = result->truncated || reading.truncated || keep_shell_scope_is_truncated(scope) || length > KEEP_SHELL_TEXT_BYTES;
  g_string_chunk_free(reading.strings);
  return result;
}

KeepShellText *keep_shell_read(const char *text, gsize length)
{
  return keep_shell_read_in(text, length, NULL);
}

void keep_shell_text_free(KeepShellText *text)
{
  if (text == NULL)
    return;
  g_ptr_array_unref(text->commands);
  g_ptr_array_unref(text->sourced);
  g_ptr_array_unref(text->paths);
  g_ptr_array_unref(text->arguments);
  g_free(text);
}
