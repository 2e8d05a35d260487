/*
 * What the words of a shell text may become.
 */
#include "slim/keep/shell.h"
#include "slim/keep/shell_scope_state.h"

#include <string.h>

/* Pays for what an expansion makes; FALSE: no more may be made. Literal text costs nothing, it is no longer than the input. */
static gboolean spend(KeepShellScope *scope, gsize bytes)
{
  if (scope->bytes > KEEP_SHELL_EXPANSION_BYTES)
  {
    scope->truncated = TRUE;
    return FALSE;
  }
  scope->bytes += bytes;
  return TRUE;
}

static void add_text(KeepShellScalar *scalar, const char *text)
{
  if (strlen(text) > KEEP_SHELL_WORD_BYTES || scalar->values->len >= KEEP_SHELL_VALUES)
    scalar->unknown = TRUE;
  else if (!g_ptr_array_find_with_equal_func(scalar->values, text, g_str_equal, NULL))
    g_ptr_array_add(scalar->values, g_strdup(text));
}

static void slot_add_text(KeepShellScope *scope, KeepShellSlot *slot, const char *text)
{
  const char *kept = g_string_chunk_insert_const(scope->strings, text);
  if (g_ptr_array_find(slot->values, kept, NULL))
    return;
  if (slot->values->len >= KEEP_SHELL_VALUES)
    slot->unknown = TRUE;
  else
    g_ptr_array_add(slot->values, (gpointer)(guintptr)kept);
}

static void add_operand(KeepShellScope *scope, const KeepShellPart *part, KeepShellScalar *result)
{
  g_auto(KeepShellScalar) operand = keep_shell_scope_expand_scalar(scope, part->operand);
  for (guint i = 0; i < operand.values->len; i++)
    add_text(result, operand.values->pdata[i]);
  result->unknown = result->unknown || operand.unknown;
  result->arguments = result->arguments || operand.arguments;
  if (part->operation == KEEP_SHELL_OPERATION_ASSIGN && part->kind == KEEP_SHELL_PART_PARAMETER)
  {
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_ptr_array_add(words, part->operand);
    keep_shell_scope_assign(scope, part->text->str, words, FALSE);
  }
}

/* The variable of a part; the positional parameters are one, too. */
static const KeepShellVariable *find_variable(KeepShellScope *scope, const KeepShellPart *part)
{
  if (part->kind == KEEP_SHELL_PART_ARGUMENTS)
  {
    g_autofree char *name = keep_shell_scope_dup_arguments_name(scope);
    return part->text->len == 0 ? NULL : g_hash_table_lookup(scope->variables, name);
  }
  return g_hash_table_lookup(scope->variables, part->text->str);
}

/* Which field of a value a part that is one field shows: $2 is the second. */
static guint field_index(const KeepShellPart *part)
{
  if (part->kind != KEEP_SHELL_PART_ARGUMENTS || part->whole)
    return 0;
  guint64 number = g_ascii_strtoull(part->text->str, NULL, 10);
  return number > 0 && number < KEEP_SHELL_FIELDS ? (guint)number - 1 : KEEP_SHELL_FIELDS;
}

static void add_variable(KeepShellScope *scope, const KeepShellPart *part, KeepShellScalar *result)
{
  const KeepShellVariable *variable = find_variable(scope, part);
  gboolean replaced = part->operation == KEEP_SHELL_OPERATION_DEFAULT || part->operation == KEEP_SHELL_OPERATION_ASSIGN;
  gboolean arguments = part->kind == KEEP_SHELL_PART_ARGUMENTS;
  result->arguments = arguments;
  if (variable == NULL)
  {
    result->unknown = !replaced && !arguments;
    return;
  }
  result->unknown = variable->unknown;
  for (guint i = 0; i < variable->values->len; i++)
  {
    const GArray *fields = variable->values->pdata[i];
    guint index = field_index(part);
    const KeepShellField *field = index < fields->len ? &g_array_index(fields, KeepShellField, index) : NULL;
    if (field != NULL && field->text != NULL && spend(scope, strlen(field->text) + 1))
      add_text(result, field->text);
    else if (field != NULL && field->arguments)
      result->arguments = TRUE;
    else if (field != NULL)
      result->unknown = TRUE;
    else if (!arguments)
      add_text(result, "");
  }
}

/* Only for what the word assigns. */
static void expand_unseen(KeepShellScope *scope, const KeepShellWord *word)
{
  KeepShellScalar unseen = keep_shell_scope_expand_scalar(scope, word);
  keep_shell_scalar_clear(&unseen);
}

static KeepShellScalar expand_part(KeepShellScope *scope, const KeepShellPart *part)
{
  KeepShellScalar result = {.values = g_ptr_array_new_with_free_func(g_free)};
  if (part->kind == KEEP_SHELL_PART_LITERAL)
    add_text(&result, part->text->str);
  else if (part->kind == KEEP_SHELL_PART_UNKNOWN || part->operation == KEEP_SHELL_OPERATION_OTHER)
  {
    result.unknown = part->kind != KEEP_SHELL_PART_ARGUMENTS;
    result.arguments = part->kind == KEEP_SHELL_PART_ARGUMENTS;
    if (part->operand != NULL)
      expand_unseen(scope, part->operand);
  }
  else if (part->operation == KEEP_SHELL_OPERATION_ALTERNATE)
    add_text(&result, "");
  else
    add_variable(scope, part, &result);
  if (part->operand != NULL && part->operation != KEEP_SHELL_OPERATION_OTHER && part->operation != KEEP_SHELL_OPERATION_NONE)
    add_operand(scope, part, &result);
  return result;
}

/* Every value of left followed by every value of right. What is not literal text is paid for. */
static void append_part(KeepShellScope *scope, KeepShellScalar *left, const KeepShellScalar *right, gboolean paid)
{
  KeepShellScalar result = {.values = g_ptr_array_new_with_free_func(g_free)};
  result.unknown = left->unknown || right->unknown || right->arguments;
  result.arguments = left->arguments;
  for (guint i = 0; i < left->values->len; i++)
    for (guint j = 0; j < right->values->len; j++)
    {
      g_autofree char *text = g_strconcat(left->values->pdata[i], right->values->pdata[j], NULL);
      if (!paid || spend(scope, strlen(text) + 1))
        add_text(&result, text);
      else
        result.unknown = TRUE;
    }
  g_ptr_array_unref(left->values);
  *left = result;
}

static void slot_free(gpointer data)
{
  KeepShellSlot *slot = data;
  g_ptr_array_unref(slot->values);
  g_free(slot);
}

static KeepShellSlot *slot_at(GPtrArray *slots, guint index, const KeepShellWord *word)
{
  while (slots->len <= index)
  {
    KeepShellSlot *slot = g_new0(KeepShellSlot, 1);
    slot->values = g_ptr_array_new();
    slot->word = word;
    g_ptr_array_add(slots, slot);
  }
  return slots->pdata[index];
}

/* Adds a value that the shell splits at blanks; base: the slot of its first field. */
static void add_split(KeepShellScope *scope, GPtrArray *slots, guint base, const char *value, const KeepShellWord *word)
{
  g_auto(GStrv) fields = g_strsplit_set(value, " \t\n", KEEP_SHELL_FIELDS);
  guint index = base;
  for (guint i = 0; fields[i] != NULL; i++)
  {
    if (fields[i][0] == '\0')
      continue;
    KeepShellSlot *slot = slot_at(slots, index++, word);
    slot_add_text(scope, slot, fields[i]);
  }
  if (index == base)
    slot_at(slots, base, word)->vanishes = TRUE;
}

/* "${NAME[@]}", "$@", $NAME of an array. */
static void expand_fields(KeepShellScope *scope, const KeepShellVariable *variable, const KeepShellWord *word, GPtrArray *slots)
{
  guint base = slots->len;
  const KeepShellPart *part = word->parts->pdata[0];
  KeepShellSlot *first = slot_at(slots, base, word);
  first->arguments = part->kind == KEEP_SHELL_PART_ARGUMENTS;
  first->unknown = variable->unknown;
  for (guint i = 0; i < variable->values->len; i++)
  {
    const GArray *fields = variable->values->pdata[i];
    first->vanishes = first->vanishes || fields->len == 0;
    for (guint j = 0; j < fields->len && spend(scope, sizeof(KeepShellSlot)); j++)
    {
      const KeepShellField *field = &g_array_index(fields, KeepShellField, j);
      KeepShellSlot *slot = slot_at(slots, base + j, word);
      if (field->text != NULL)
        slot_add_text(scope, slot, field->text);
      slot->arguments = slot->arguments || field->arguments;
      slot->unknown = slot->unknown || (field->text == NULL && !field->arguments);
    }
  }
}

void keep_shell_scalar_clear(KeepShellScalar *scalar)
{
  g_ptr_array_unref(scalar->values);
}

/* Operands nest no deeper than KEEP_SHELL_NESTING. */
KeepShellScalar keep_shell_scope_expand_scalar(KeepShellScope *scope, const KeepShellWord *word)
{
  if (word->parts->len == 1)
    return expand_part(scope, word->parts->pdata[0]);
  KeepShellScalar result = {.values = g_ptr_array_new_with_free_func(g_free)};
  add_text(&result, "");
  for (guint i = 0; i < word->parts->len; i++)
  {
    g_auto(KeepShellScalar) part = expand_part(scope, word->parts->pdata[i]);
    if (i == 0)
      result.arguments = part.arguments && ((const KeepShellPart *)word->parts->pdata[0])->whole;
    append_part(scope, &result, &part, ((const KeepShellPart *)word->parts->pdata[i])->kind != KEEP_SHELL_PART_LITERAL);
  }
  return result;
}

gboolean keep_shell_is_path_pattern(const char *value)
{
  return value[0] == '/' && strchr(value, '{') == NULL;
}

GPtrArray *keep_shell_slots_new(void)
{
  return g_ptr_array_new_with_free_func(slot_free);
}

void keep_shell_scope_expand(KeepShellScope *scope, const KeepShellWord *word, GPtrArray *slots)
{
  const KeepShellPart *only = word->parts->len == 1 ? word->parts->pdata[0] : NULL;
  gboolean named = only != NULL && (only->kind == KEEP_SHELL_PART_PARAMETER || only->kind == KEEP_SHELL_PART_ARGUMENTS);
  const KeepShellVariable *variable =
      named && only->whole && only->operation == KEEP_SHELL_OPERATION_NONE ? find_variable(scope, only) : NULL;
  if (variable != NULL)
  {
    expand_fields(scope, variable, word, slots);
    return;
  }
  guint base = slots->len;
  g_auto(KeepShellScalar) scalar = keep_shell_scope_expand_scalar(scope, word);
  KeepShellSlot *slot = slot_at(slots, base, word);
  slot->arguments = scalar.arguments;
  slot->unknown = scalar.unknown;
  gboolean pattern = keep_shell_word_is_pattern(word);
  for (guint i = 0; i < scalar.values->len; i++)
    if (pattern && !keep_shell_is_path_pattern(scalar.values->pdata[i]))
      slot->unknown = TRUE;
    else if (named && !only->quoted)
      add_split(scope, slots, base, scalar.values->pdata[i], word);
    else
      slot_add_text(scope, slot, scalar.values->pdata[i]);
}
