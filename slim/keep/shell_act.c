/*
 * What builtins and programs do with their arguments, as far as it starts programs or reads files.
 */
#include "slim/keep/shell.h"
#include "slim/keep/shell_command_state.h"

#include <string.h>

static gboolean is_option(const KeepShellSimple *command, guint index)
{
  const char *value = keep_shell_simple_get_value(command, index);
  return value != NULL && value[0] == '-';
}

static void add_text(KeepShellReading *reading, const char *text, const KeepShellWord *word)
{
  KeepShellInnerText *inner = g_new0(KeepShellInnerText, 1);
  inner->text = g_strdup(text);
  inner->line = word->line;
  inner->start = word->start;
  g_queue_push_tail(&reading->texts, inner);
}

/* The argument at index is shell text: its values, and when there may be others the word as it stands. */
static void read_text(KeepShellSimple *command, guint index)
{
  const KeepShellSlot *slot = keep_shell_simple_get_slot(command, index);
  if (slot == NULL)
    return;
  keep_shell_simple_mark(command, index, KEEP_SHELL_MARK_NO_PATH);
  for (guint i = 0; i < slot->values->len; i++)
    add_text(command->reading, slot->values->pdata[i], slot->word);
  if (!slot->unknown)
    return;
  g_autofree char *text = keep_shell_word_dup_text(slot->word, command->reading->source);
  add_text(command->reading, text, slot->word);
}

/* All arguments from index on are one shell text. */
static void read_eval(KeepShellSimple *command, guint index)
{
  const KeepShellSlot *first = keep_shell_simple_get_slot(command, index);
  if (first == NULL || keep_shell_simple_get_slot(command, index + 1) == NULL)
  {
    read_text(command, index);
    return;
  }
  g_autoptr(GString) text = g_string_new(NULL);
  const KeepShellWord *last = NULL;
  for (guint i = index; i < command->slots->len; i++)
  {
    const KeepShellSlot *slot = keep_shell_simple_get_slot(command, i);
    keep_shell_simple_mark(command, i, KEEP_SHELL_MARK_NO_PATH);
    if (!slot->unknown && slot->values->len == 1)
      g_string_append_printf(text, "%s ", keep_shell_simple_get_value(command, i));
    else if (slot->word != last)
    {
      g_autofree char *word = keep_shell_word_dup_text(slot->word, command->reading->source);
      g_string_append_printf(text, "%s ", word);
    }
    last = slot->word;
  }
  add_text(command->reading, text->str, first->word);
}

static void note_sourced(KeepShellSimple *command, guint index)
{
  const KeepShellSlot *slot = keep_shell_simple_get_slot(command, index);
  if (slot == NULL)
    return;
  keep_shell_simple_mark(command, index, KEEP_SHELL_MARK_NO_PATH);
  for (guint i = 0; i < slot->values->len; i++)
    if (keep_shell_is_name(slot->values->pdata[i]))
      keep_shell_reading_note(command->reading, KEEP_SHELL_FINDING_SOURCED, slot->values->pdata[i], slot->word, TRUE);
  if (slot->unknown && slot->values->len == 0) /* a default that is known is the answer */
    keep_shell_reading_note_undetermined(command->reading, KEEP_SHELL_FINDING_SOURCED, slot->word);
}

/* Commands that the text asks for by name. */
static void read_ask(KeepShellSimple *command, guint index)
{
  for (guint i = index; i < command->slots->len; i++)
  {
    const KeepShellSlot *slot = keep_shell_simple_get_slot(command, i);
    for (guint j = 0; j < slot->values->len; j++)
    {
      const char *value = slot->values->pdata[j];
      gboolean own =
          keep_shell_tables_find_builtin(value) != NULL || keep_shell_scope_find_function(command->reading->scope, value) != NULL;
      if (value[0] != '-' && keep_shell_is_name(value) && !own)
        keep_shell_reading_note(command->reading, KEEP_SHELL_FINDING_COMMAND, value, slot->word, TRUE);
    }
  }
}

static void read_command_builtin(KeepShellSimple *command, guint index)
{
  for (; is_option(command, index); index++)
    if (strpbrk(keep_shell_simple_get_value(command, index), "vV") != NULL)
    {
      read_ask(command, index + 1);
      return;
    }
  keep_shell_simple_mark(command, index, KEEP_SHELL_MARK_COMMAND);
}

static void read_assignments(KeepShellSimple *command, guint index)
{
  const KeepShellWord *last = NULL;
  for (guint i = index; i < command->slots->len; i++)
  {
    const KeepShellWord *word = keep_shell_simple_get_slot(command, i)->word;
    g_autoptr(KeepShellWord) value = NULL;
    gboolean append = FALSE;
    g_autofree char *name = word != last ? keep_shell_word_dup_assignment(word, &value, &append) : NULL;
    last = word;
    if (name == NULL)
      continue;
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_ptr_array_add(words, value);
    if (append)
      keep_shell_scope_forget(command->reading->scope, name);
    else
      keep_shell_scope_assign(command->reading->scope, name, words, FALSE);
    keep_shell_command_note_word(command->reading, value);
  }
}

static void read_names(KeepShellSimple *command, guint index)
{
  for (guint i = index; i < command->slots->len; i++)
  {
    const char *value = keep_shell_simple_get_value(command, i);
    gsize length = value != NULL ? keep_shell_name_length(value) : 0;
    if (length > 0 && value[length] == '\0')
      keep_shell_scope_forget(command->reading->scope, value);
  }
}

/* `set -- WORD…` gives the text new arguments; `set -e` does not. */
static void read_set(KeepShellSimple *command, guint index)
{
  const char *value = keep_shell_simple_get_value(command, index);
  if (value != NULL && strcmp(value, "--") == 0)
    keep_shell_scope_set_arguments(command->reading->scope, command->slots, index + 1);
  else if (value != NULL && value[0] != '-' && value[0] != '+')
    keep_shell_scope_set_arguments(command->reading->scope, command->slots, index);
}

static void read_shift(KeepShellSimple *command, guint index)
{
  const char *value = keep_shell_simple_get_value(command, index);
  guint64 count = value != NULL ? g_ascii_strtoull(value, NULL, 10) : 1;
  if (command->reading->function != NULL && command->reading->learning)
    keep_shell_scope_define(command->reading->scope, command->reading->function)->shifts += (guint)MIN(count, KEEP_SHELL_FIELDS);
}

/* Options, positional arguments, then a command. */
static void read_wrapper(KeepShellSimple *command, const KeepShellProgram *program, guint index)
{
  guint positional = program->positional;
  for (; index < command->slots->len; index++)
  {
    const char *value = keep_shell_simple_get_value(command, index);
    if (value != NULL && value[0] == '-')
    {
      gboolean takes = keep_shell_program_takes_argument(program, value);
      gsize length = strlen(value);
      if (takes && program->text_letter != '\0' && (value[length - 1] == program->text_letter || strstr(value, "-command") != NULL))
        read_text(command, index + 1);
      if (positional == G_MAXUINT && (strcmp(value, "-u") == 0 || strcmp(value, "--user") == 0))
        positional = takes ? 0 : positional;
      index += takes ? 1 : 0;
    }
    else if (program->assignments && value != NULL && value[keep_shell_name_length(value)] == '=')
      continue;
    else if (positional > 0)
      positional -= positional != G_MAXUINT ? 1 : 0;
    else
      break;
  }
  keep_shell_simple_mark(command, index, KEEP_SHELL_MARK_EXTERNAL);
}

static void read_option_arguments(KeepShellSimple *command, const KeepShellProgram *program, guint index)
{
  if (command->searched)
    return;
  command->searched = TRUE;
  for (guint i = index; i < command->slots->len; i++)
  {
    const char *value = keep_shell_simple_get_value(command, i);
    if (value != NULL && value[0] == '-' && keep_shell_program_has_option(program, value))
      keep_shell_simple_mark(command, i + 1, KEEP_SHELL_MARK_EXTERNAL);
  }
}

/* sh [options] FILE, sh [options] -c TEXT */
static void read_shell(KeepShellSimple *command, guint index)
{
  gboolean text = FALSE;
  for (;; index++)
  {
    const char *value = keep_shell_simple_get_value(command, index);
    if (value == NULL || (value[0] != '-' && value[0] != '+') || strcmp(value, "--") == 0)
      break;
    gboolean cluster = value[1] != '-' && value[1] != '\0';
    text = text || (cluster && value[0] == '-' && strchr(value, 'c') != NULL);
    gsize length = strlen(value);
    if ((cluster && (value[length - 1] == 'o' || value[length - 1] == 'O')) || strcmp(value, "--rcfile") == 0 ||
        strcmp(value, "--init-file") == 0)
      index++;
  }
  index += g_strcmp0(keep_shell_simple_get_value(command, index), "--") == 0 ? 1 : 0;
  if (text)
    read_text(command, index);
  else
    note_sourced(command, index);
}

void keep_shell_act(KeepShellSimple *command, const KeepShellProgram *program, guint index)
{
  switch (program->act)
  {
  case KEEP_SHELL_ACT_NONE:
    break;
  case KEEP_SHELL_ACT_ASK:
    read_ask(command, index);
    break;
  case KEEP_SHELL_ACT_COMMAND:
    read_command_builtin(command, index);
    break;
  case KEEP_SHELL_ACT_BUILTIN:
    keep_shell_simple_mark(command, index, KEEP_SHELL_MARK_COMMAND);
    break;
  case KEEP_SHELL_ACT_EVAL:
    read_eval(command, index);
    break;
  case KEEP_SHELL_ACT_TRAP:
    if (!is_option(command, index))
      read_text(command, index);
    break;
  case KEEP_SHELL_ACT_SOURCE:
    note_sourced(command, index);
    break;
  case KEEP_SHELL_ACT_SET:
    read_set(command, index);
    break;
  case KEEP_SHELL_ACT_SHIFT:
    read_shift(command, index);
    break;
  case KEEP_SHELL_ACT_ASSIGN:
    read_assignments(command, index);
    break;
  case KEEP_SHELL_ACT_READ:
    read_names(command, index);
    break;
  case KEEP_SHELL_ACT_WRAP:
    read_wrapper(command, program, index);
    break;
  case KEEP_SHELL_ACT_OPTION_ARGS:
    read_option_arguments(command, program, index);
    break;
  case KEEP_SHELL_ACT_SHELL:
    read_shell(command, index);
    break;
  case KEEP_SHELL_ACT_APPLET:
    keep_shell_simple_mark(command, index, KEEP_SHELL_MARK_APPLET);
    break;
  }
}
