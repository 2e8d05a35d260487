/*
 * What one simple command of a shell text runs, sources and names.
 *
 * The command and its arguments are slots, each with its possible values. A
 * slot that may be a command has a mark. Marks move to the right only, so that
 * one walk over the slots sees them all.
 */
#include "slim/keep/shell_command.h"
#include "slim/keep/shell.h"
#include "slim/keep/shell_tables.h"

#include <string.h>

/* As what a slot may be a command. */
enum
{
  MARK_DIRECT = 1,   /* functions and builtins come first */
  MARK_COMMAND = 2,  /* builtins come first */
  MARK_EXTERNAL = 4, /* a program starts it */
  MARK_APPLET = 8,   /* a program that is kept anyway has it inside */
  MARK_NO_PATH = 16  /* no command, and noted in another list than the paths */
};

typedef struct
{
  KeepShellReading *reading;
  GPtrArray *slots;
  guint8 *marks;     /* one more than there are slots */
  gboolean searched; /* the options that have a command as argument were looked for up to the end */
} Command;

static const KeepShellSlot *slot_get(const Command *command, guint index)
{
  return index < command->slots->len ? command->slots->pdata[index] : NULL;
}

/* The first value of a slot, or NULL. */
static const char *value_get(const Command *command, guint index)
{
  const KeepShellSlot *slot = slot_get(command, index);
  return slot != NULL && slot->values->len > 0 ? slot->values->pdata[0] : NULL;
}

static gboolean is_option(const Command *command, guint index)
{
  const char *value = value_get(command, index);
  return value != NULL && value[0] == '-';
}

static void mark(Command *command, guint index, guint8 marks)
{
  command->marks[MIN(index, command->slots->len)] |= marks;
}

static void note(KeepShellReading *reading, KeepShellFindingKind kind, const char *text, const KeepShellWord *word, gboolean determined)
{
  if (reading->learning)
    return;
  KeepShellFinding finding = {.kind = kind, .determined = determined, .line = word->line, .start = word->start};
  finding.word = g_string_chunk_insert_const(reading->strings, text);
  g_array_append_val(reading->findings, finding);
}

/* A name with control characters is text that was taken for a command. */
static gboolean is_name(const char *text)
{
  const char *at = text;
  while (*at != '\0' && !g_ascii_iscntrl(*at))
    at++;
  return at > text && *at == '\0';
}

static void note_undetermined(KeepShellReading *reading, KeepShellFindingKind kind, const KeepShellWord *word)
{
  gsize length = word->end - word->start;
  if (length > KEEP_SHELL_WORD_BYTES)
  {
    reading->truncated = TRUE;
    return;
  }
  g_autofree char *text = g_strndup(reading->source + word->start, length);
  note(reading, kind, text, word, FALSE);
}

static void note_paths(KeepShellReading *reading, const KeepShellSlot *slot)
{
  for (guint i = 0; i < slot->values->len; i++)
  {
    const char *value = slot->values->pdata[i];
    if (value[0] == '/' && value[1] != '\0' && is_name(value))
      note(reading, KEEP_SHELL_FINDING_PATH, value, slot->word, TRUE);
  }
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
static void read_text(Command *command, guint index)
{
  const KeepShellSlot *slot = slot_get(command, index);
  if (slot == NULL)
    return;
  mark(command, index, MARK_NO_PATH);
  for (guint i = 0; i < slot->values->len; i++)
    add_text(command->reading, slot->values->pdata[i], slot->word);
  if (!slot->unknown)
    return;
  g_autofree char *text = keep_shell_word_dup_text(slot->word, command->reading->source);
  add_text(command->reading, text, slot->word);
}

/* All arguments from index on are one shell text. */
static void read_eval(Command *command, guint index)
{
  const KeepShellSlot *first = slot_get(command, index);
  if (first == NULL || slot_get(command, index + 1) == NULL)
  {
    read_text(command, index);
    return;
  }
  g_autoptr(GString) text = g_string_new(NULL);
  const KeepShellWord *last = NULL;
  for (guint i = index; i < command->slots->len; i++)
  {
    const KeepShellSlot *slot = slot_get(command, i);
    mark(command, i, MARK_NO_PATH);
    if (!slot->unknown && slot->values->len == 1)
      g_string_append_printf(text, "%s ", value_get(command, i));
    else if (slot->word != last)
    {
      g_autofree char *word = keep_shell_word_dup_text(slot->word, command->reading->source);
      g_string_append_printf(text, "%s ", word);
    }
    last = slot->word;
  }
  add_text(command->reading, text->str, first->word);
}

static void note_sourced(Command *command, guint index)
{
  const KeepShellSlot *slot = slot_get(command, index);
  if (slot == NULL)
    return;
  mark(command, index, MARK_NO_PATH);
  for (guint i = 0; i < slot->values->len; i++)
    if (is_name(slot->values->pdata[i]))
      note(command->reading, KEEP_SHELL_FINDING_SOURCED, slot->values->pdata[i], slot->word, TRUE);
  if (slot->unknown)
    note_undetermined(command->reading, KEEP_SHELL_FINDING_SOURCED, slot->word);
}

/* Commands that the text asks for by name. */
static void read_ask(Command *command, guint index)
{
  for (guint i = index; i < command->slots->len; i++)
  {
    const KeepShellSlot *slot = slot_get(command, i);
    for (guint j = 0; j < slot->values->len; j++)
    {
      const char *value = slot->values->pdata[j];
      gboolean own =
          keep_shell_tables_find_builtin(value) != NULL || keep_shell_scope_find_function(command->reading->scope, value) != NULL;
      if (value[0] != '-' && is_name(value) && !own)
        note(command->reading, KEEP_SHELL_FINDING_COMMAND, value, slot->word, TRUE);
    }
  }
}

static void read_command_builtin(Command *command, guint index)
{
  for (; is_option(command, index); index++)
    if (strpbrk(value_get(command, index), "vV") != NULL)
    {
      read_ask(command, index + 1);
      return;
    }
  mark(command, index, MARK_COMMAND);
}

static void read_assignments(Command *command, guint index)
{
  const KeepShellWord *last = NULL;
  for (guint i = index; i < command->slots->len; i++)
  {
    const KeepShellWord *word = slot_get(command, i)->word;
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

static void read_names(Command *command, guint index)
{
  for (guint i = index; i < command->slots->len; i++)
  {
    const char *value = value_get(command, i);
    gsize length = value != NULL ? keep_shell_name_length(value) : 0;
    if (length > 0 && value[length] == '\0')
      keep_shell_scope_forget(command->reading->scope, value);
  }
}

/* `set -- WORD…` gives the text new arguments; `set -e` does not. */
static void read_set(Command *command, guint index)
{
  const char *value = value_get(command, index);
  if (value != NULL && strcmp(value, "--") == 0)
    keep_shell_scope_set_arguments(command->reading->scope, command->slots, index + 1);
  else if (value != NULL && value[0] != '-' && value[0] != '+')
    keep_shell_scope_set_arguments(command->reading->scope, command->slots, index);
}

static void read_shift(Command *command, guint index)
{
  const char *value = value_get(command, index);
  guint64 count = value != NULL ? g_ascii_strtoull(value, NULL, 10) : 1;
  if (command->reading->function != NULL && command->reading->learning)
    keep_shell_scope_define(command->reading->scope, command->reading->function)->shifts += (guint)MIN(count, KEEP_SHELL_FIELDS);
}

/* Options, positional arguments, then a command. */
static void read_wrapper(Command *command, const KeepShellProgram *program, guint index)
{
  guint positional = program->positional;
  for (; index < command->slots->len; index++)
  {
    const char *value = value_get(command, index);
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
  mark(command, index, MARK_EXTERNAL);
}

static void read_option_arguments(Command *command, const KeepShellProgram *program, guint index)
{
  if (command->searched)
    return;
  command->searched = TRUE;
  for (guint i = index; i < command->slots->len; i++)
  {
    const char *value = value_get(command, i);
    if (value != NULL && value[0] == '-' && keep_shell_program_has_option(program, value))
      mark(command, i + 1, MARK_EXTERNAL);
  }
}

/* sh [options] FILE, sh [options] -c TEXT */
static void read_shell(Command *command, guint index)
{
  gboolean text = FALSE;
  for (;; index++)
  {
    const char *value = value_get(command, index);
    if (value == NULL || (value[0] != '-' && value[0] != '+') || strcmp(value, "--") == 0)
      break;
    gboolean cluster = value[1] != '-' && value[1] != '\0';
    text = text || (cluster && value[0] == '-' && strchr(value, 'c') != NULL);
    gsize length = strlen(value);
    if ((cluster && (value[length - 1] == 'o' || value[length - 1] == 'O')) || strcmp(value, "--rcfile") == 0 ||
        strcmp(value, "--init-file") == 0)
      index++;
  }
  index += g_strcmp0(value_get(command, index), "--") == 0 ? 1 : 0;
  if (text)
    read_text(command, index);
  else
    note_sourced(command, index);
}

static void act(Command *command, const KeepShellProgram *program, guint index)
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
    mark(command, index, MARK_COMMAND);
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
    mark(command, index, MARK_APPLET);
    break;
  }
}

/* One value of a slot that may be a command. */
static void read_value(Command *command, guint index, const KeepShellSlot *slot, const char *value)
{
  guint8 marks = command->marks[index];
  KeepShellReading *reading = command->reading;
  if (value[0] == '-')
  {
    mark(command, index + 1, marks); /* `time -p` */
    return;
  }
  const KeepShellFunction *function = keep_shell_scope_find_function(reading->scope, value);
  if (function != NULL && marks == MARK_DIRECT)
  {
    if (function->runs_arguments)
      mark(command, index + 1 + function->first, MARK_DIRECT);
    return;
  }
  const KeepShellProgram *program = keep_shell_tables_find_builtin(value);
  gboolean builtin = program != NULL && (marks & (MARK_DIRECT | MARK_COMMAND)) != 0;
  program = builtin ? program : keep_shell_tables_find_program(value);
  gboolean external = (marks & MARK_EXTERNAL) != 0 || ((marks & ~MARK_APPLET) != 0 && !builtin);
  if (external && is_name(value))
    note(reading, KEEP_SHELL_FINDING_COMMAND, value, slot->word, TRUE);
  if (program != NULL)
    act(command, program, index + 1);
}

/* A function that runs its own arguments makes a command of what it is called with. */
static void learn_arguments(Command *command, const KeepShellSlot *slot)
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
static void mark_next_word(Command *command, guint index)
{
  guint next = index;
  for (const KeepShellSlot *slot = slot_get(command, index), *at = slot; at != NULL && at->word == slot->word; at = slot_get(command, next))
    next++;
  mark(command, next, command->marks[index]);
}

static void read_slot(Command *command, guint index)
{
  const KeepShellSlot *slot = slot_get(command, index);
  if (command->marks[index] == 0)
    note_paths(command->reading, slot);
  if ((command->marks[index] & ~MARK_NO_PATH) == 0)
    return;
  for (guint i = 0; i < slot->values->len; i++)
    if (((const char *)slot->values->pdata[i])[0] != '\0')
      read_value(command, index, slot, slot->values->pdata[i]);
  if (slot->vanishes)
    mark_next_word(command, index);
  if (slot->arguments)
    learn_arguments(command, slot);
  if (slot->unknown)
    note_undetermined(command->reading, KEEP_SHELL_FINDING_COMMAND, slot->word);
}

void keep_shell_command_read(KeepShellReading *reading, const GPtrArray *words)
{
  g_autoptr(GPtrArray) slots = keep_shell_slots_new();
  for (guint i = 0; i < words->len; i++)
    keep_shell_scope_expand(reading->scope, words->pdata[i], slots);
  g_autofree guint8 *marks = g_new0(guint8, slots->len + 1);
  Command command = {.reading = reading, .slots = slots, .marks = marks};
  mark(&command, 0, MARK_DIRECT);
  for (guint i = 0; i < slots->len; i++)
    read_slot(&command, i);
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
