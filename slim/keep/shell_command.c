/*
 * What one simple command of a shell text runs, sources and names.
 */
#include "slim/keep/shell_command.h"
#include "slim/keep/shell.h"
#include "slim/keep/shell_command_state.h"

#include <string.h>

static void note_paths(KeepShellReading *reading, const KeepShellSlot *slot)
{
  for (guint i = 0; i < slot->values->len; i++)
  {
    const char *value = slot->values->pdata[i];
    if (value[0] == '/' && value[1] != '\0' && keep_shell_is_name(value))
      keep_shell_reading_note(reading, KEEP_SHELL_FINDING_PATH, value, slot->word, TRUE);
  }
}

/* One value of a slot that may be a command. */
static void read_value(KeepShellSimple *command, guint index, const KeepShellSlot *slot, const char *value)
{
  guint8 marks = command->marks[index];
  KeepShellReading *reading = command->reading;
  gsize name = keep_shell_name_length(value);
  if (value[0] == '-' || (name > 0 && value[name] == '='))
  {
    keep_shell_simple_mark(command, index + 1, marks); /* `time -p a`, `eval "$ASSIGNMENT" a` */
    return;
  }
  const KeepShellFunction *function = keep_shell_scope_find_function(reading->scope, value);
  if (function != NULL && marks == KEEP_SHELL_MARK_DIRECT)
  {
    if (function->runs_arguments)
      keep_shell_simple_mark(command, index + 1 + function->first, KEEP_SHELL_MARK_DIRECT);
    return;
  }
  const KeepShellProgram *program = keep_shell_tables_find_builtin(value);
  gboolean builtin = program != NULL && (marks & (KEEP_SHELL_MARK_DIRECT | KEEP_SHELL_MARK_COMMAND)) != 0;
  program = builtin ? program : keep_shell_tables_find_program(value);
  gboolean external = (marks & KEEP_SHELL_MARK_EXTERNAL) != 0 || ((marks & ~KEEP_SHELL_MARK_APPLET) != 0 && !builtin);
  if (external && keep_shell_is_name(value))
    keep_shell_reading_note(reading, KEEP_SHELL_FINDING_COMMAND, value, slot->word, TRUE);
  if (program != NULL)
    keep_shell_act(command, program, index + 1);
}

/* A function that runs its own arguments makes a command of what it is called with. */
static void learn_arguments(KeepShellSimple *command, const KeepShellSlot *slot)
{
  KeepShellReading *reading = command->reading;
  if (reading->function == NULL || !reading->learning)
    return;
  KeepShellFunction *function = keep_shell_scope_define(reading->scope, reading->function);
  const KeepShellPart *part = slot->word->parts->len > 0 ? slot->word->parts->pdata[0] : NULL;
  if (function->runs_arguments || part == NULL || part->kind != KEEP_SHELL_PART_ARGUMENTS)
    return;
  guint64 number = part->whole ? 1 : g_ascii_strtoull(part->text->str, NULL, 10);
  function->runs_arguments = number > 0 && number < KEEP_SHELL_FIELDS;
  function->first = function->shifts + (function->runs_arguments ? (guint)number - 1 : 0);
}

/* The word may be nothing at all: then the next one is what it would have been. */
static void mark_next_word(KeepShellSimple *command, guint index)
{
  guint next = index;
  for (const KeepShellSlot *slot = keep_shell_simple_get_slot(command, index), *at = slot; at != NULL && at->word == slot->word;
       at = keep_shell_simple_get_slot(command, next))
    next++;
  keep_shell_simple_mark(command, next, command->marks[index]);
}

static void read_slot(KeepShellSimple *command, guint index)
{
  const KeepShellSlot *slot = keep_shell_simple_get_slot(command, index);
  if (command->marks[index] == 0)
    note_paths(command->reading, slot);
  if ((command->marks[index] & ~KEEP_SHELL_MARK_NO_PATH) == 0)
    return;
  for (guint i = 0; i < slot->values->len; i++)
    if (((const char *)slot->values->pdata[i])[0] != '\0')
      read_value(command, index, slot, slot->values->pdata[i]);
  if (slot->vanishes)
    mark_next_word(command, index);
  if (slot->arguments)
    learn_arguments(command, slot);
  if (slot->unknown)
    keep_shell_reading_note_undetermined(command->reading, KEEP_SHELL_FINDING_COMMAND, slot->word);
}

const KeepShellSlot *keep_shell_simple_get_slot(const KeepShellSimple *command, guint index)
{
  return index < command->slots->len ? command->slots->pdata[index] : NULL;
}

const char *keep_shell_simple_get_value(const KeepShellSimple *command, guint index)
{
  const KeepShellSlot *slot = keep_shell_simple_get_slot(command, index);
  return slot != NULL && slot->values->len > 0 ? slot->values->pdata[0] : NULL;
}

void keep_shell_simple_mark(KeepShellSimple *command, guint index, guint8 marks)
{
  command->marks[MIN(index, command->slots->len)] |= marks;
}

void keep_shell_reading_note(KeepShellReading *reading, KeepShellFindingKind kind, const char *text, const KeepShellWord *word,
                             gboolean determined)
{
  if (reading->learning)
    return;
  KeepShellFinding finding = {.kind = kind, .determined = determined, .line = word->line, .start = word->start};
  finding.word = g_string_chunk_insert_const(reading->strings, text);
  if (kind == KEEP_SHELL_FINDING_COMMAND && determined)
    reading->program = finding.word;
  else if (kind == KEEP_SHELL_FINDING_PATH)
    finding.program = reading->program;
  g_array_append_val(reading->findings, finding);
}

gboolean keep_shell_is_name(const char *text)
{
  const char *at = text;
  while (*at != '\0' && !g_ascii_iscntrl(*at))
    at++;
  return at > text && *at == '\0';
}

void keep_shell_reading_note_undetermined(KeepShellReading *reading, KeepShellFindingKind kind, const KeepShellWord *word)
{
  gsize length = word->end - word->start;
  if (length > KEEP_SHELL_WORD_BYTES)
  {
    reading->truncated = TRUE;
    return;
  }
  g_autofree char *text = g_strndup(reading->source + word->start, length);
  keep_shell_reading_note(reading, kind, text, word, FALSE);
}

void keep_shell_command_read(KeepShellReading *reading, const GPtrArray *words)
{
  g_autoptr(GPtrArray) slots = keep_shell_slots_new();
  for (guint i = 0; i < words->len; i++)
    keep_shell_scope_expand(reading->scope, words->pdata[i], slots);
  g_autofree guint8 *marks = g_new0(guint8, slots->len + 1);
  KeepShellSimple command = {.reading = reading, .slots = slots, .marks = marks};
  keep_shell_simple_mark(&command, 0, KEEP_SHELL_MARK_DIRECT);
  reading->program = NULL;
  for (guint i = 0; i < slots->len; i++)
    read_slot(&command, i);
  reading->program = NULL;
}

void keep_shell_command_note_word(KeepShellReading *reading, const KeepShellWord *word)
{
  g_autoptr(GPtrArray) slots = keep_shell_slots_new();
  keep_shell_scope_expand(reading->scope, word, slots);
  for (guint i = 0; i < slots->len; i++)
    note_paths(reading, slots->pdata[i]);
}

void keep_shell_command_expand_word(KeepShellReading *reading, const KeepShellWord *word)
{
  g_autoptr(GPtrArray) slots = keep_shell_slots_new();
  keep_shell_scope_expand(reading->scope, word, slots);
}

void keep_shell_inner_text_free(KeepShellInnerText *text)
{
  if (text == NULL)
    return;
  g_free(text->text);
  g_free(text);
}
