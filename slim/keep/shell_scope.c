/*
 * Variables, functions and the values of words.
 */
#include "slim/keep/shell_scope.h"
#include "slim/keep/shell.h"

#include <string.h>

typedef struct
{
  const char *text; /* of the scope; NULL: not known */
  gboolean arguments;
} Field;

typedef struct
{
  GPtrArray *values; /* GArray of Field: each the fields of one value */
  gboolean unknown;
  gboolean array;
} Variable;

struct KeepShellScope
{
  GHashTable *variables; /* name -> Variable */
  GHashTable *functions; /* name -> KeepShellFunction */
  GStringChunk *strings;
  gsize bytes; /* that expansions made */
  gboolean frozen;
  gboolean truncated;
};

/* The values of something that is one field. */
typedef struct
{
  GPtrArray *values; /* char *, owned */
  gboolean unknown;
  gboolean arguments;
} Scalar;

static void variable_free(gpointer data)
{
  Variable *variable = data;
  g_ptr_array_unref(variable->values);
  g_free(variable);
}

static Variable *get_variable(KeepShellScope *scope, const char *name)
{
  Variable *variable = g_hash_table_lookup(scope->variables, name);
  if (variable == NULL)
  {
    variable = g_new0(Variable, 1);
    variable->values = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_hash_table_insert(scope->variables, g_strdup(name), variable);
  }
  return variable;
}

static gboolean same_fields(const GArray *a, const GArray *b)
{
  gboolean same = a->len == b->len;
  for (guint i = 0; same && i < a->len; i++)
  {
    const Field *x = &g_array_index(a, Field, i), *y = &g_array_index(b, Field, i);
    same = x->arguments == y->arguments && g_strcmp0(x->text, y->text) == 0;
  }
  return same;
}

/* Takes ownership of fields. */
static void add_value(KeepShellScope *scope, const char *name, GArray *fields, gboolean array)
{
  g_autoptr(GArray) owned = fields;
  if (scope->frozen)
    return;
  Variable *variable = get_variable(scope, name);
  variable->array = variable->array || array;
  for (guint i = 0; i < variable->values->len; i++)
    if (same_fields(variable->values->pdata[i], fields))
      return;
  if (variable->values->len < KEEP_SHELL_VALUES)
    g_ptr_array_add(variable->values, g_steal_pointer(&owned));
  else
    variable->unknown = TRUE;
}

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

static void add_text(Scalar *scalar, const char *text)
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

static void scalar_clear(Scalar *scalar)
{
  g_ptr_array_unref(scalar->values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scalar, scalar_clear)

static Scalar expand_scalar(KeepShellScope *scope, const KeepShellWord *word);

static void add_operand(KeepShellScope *scope, const KeepShellPart *part, Scalar *result)
{
  g_auto(Scalar) operand = expand_scalar(scope, part->operand);
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

/* The variable of a part; the positional parameters are the one with the name "@". */
static const Variable *find_variable(KeepShellScope *scope, const KeepShellPart *part)
{
  if (part->kind == KEEP_SHELL_PART_ARGUMENTS)
    return part->text->len == 0 ? NULL : g_hash_table_lookup(scope->variables, "@");
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

static void add_variable(KeepShellScope *scope, const KeepShellPart *part, Scalar *result)
{
  const Variable *variable = find_variable(scope, part);
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
    const Field *field = index < fields->len ? &g_array_index(fields, Field, index) : NULL;
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
  Scalar unseen = expand_scalar(scope, word);
  scalar_clear(&unseen);
}

static Scalar expand_part(KeepShellScope *scope, const KeepShellPart *part)
{
  Scalar result = {.values = g_ptr_array_new_with_free_func(g_free)};
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
static void append_part(KeepShellScope *scope, Scalar *left, const Scalar *right, gboolean paid)
{
  Scalar result = {.values = g_ptr_array_new_with_free_func(g_free)};
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

/* Operands nest no deeper than KEEP_SHELL_NESTING. */
static Scalar expand_scalar(KeepShellScope *scope, const KeepShellWord *word)
{
  if (word->parts->len == 1)
    return expand_part(scope, word->parts->pdata[0]);
  Scalar result = {.values = g_ptr_array_new_with_free_func(g_free)};
  add_text(&result, "");
  for (guint i = 0; i < word->parts->len; i++)
  {
    g_auto(Scalar) part = expand_part(scope, word->parts->pdata[i]);
    if (i == 0)
      result.arguments = part.arguments && ((const KeepShellPart *)word->parts->pdata[0])->whole;
    append_part(scope, &result, &part, ((const KeepShellPart *)word->parts->pdata[i])->kind != KEEP_SHELL_PART_LITERAL);
  }
  return result;
}

static void slot_free(gpointer data)
{
  KeepShellSlot *slot = data;
  g_ptr_array_unref(slot->values);
  g_free(slot);
}

GPtrArray *keep_shell_slots_new(void)
{
  return g_ptr_array_new_with_free_func(slot_free);
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
static void expand_fields(KeepShellScope *scope, const Variable *variable, const KeepShellWord *word, GPtrArray *slots)
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
      const Field *field = &g_array_index(fields, Field, j);
      KeepShellSlot *slot = slot_at(slots, base + j, word);
      if (field->text != NULL)
        slot_add_text(scope, slot, field->text);
      slot->arguments = slot->arguments || field->arguments;
      slot->unknown = slot->unknown || (field->text == NULL && !field->arguments);
    }
  }
}

void keep_shell_scope_expand(KeepShellScope *scope, const KeepShellWord *word, GPtrArray *slots)
{
  const KeepShellPart *only = word->parts->len == 1 ? word->parts->pdata[0] : NULL;
  gboolean named = only != NULL && (only->kind == KEEP_SHELL_PART_PARAMETER || only->kind == KEEP_SHELL_PART_ARGUMENTS);
  const Variable *variable = named && only->whole && only->operation == KEEP_SHELL_OPERATION_NONE ? find_variable(scope, only) : NULL;
  if (variable != NULL)
  {
    expand_fields(scope, variable, word, slots);
    return;
  }
  guint base = slots->len;
  g_auto(Scalar) scalar = expand_scalar(scope, word);
  KeepShellSlot *slot = slot_at(slots, base, word);
  slot->arguments = scalar.arguments;
  slot->unknown = scalar.unknown;
  gboolean pattern = keep_shell_word_is_pattern(word);
  slot->unknown = slot->unknown || pattern;
  for (guint i = 0; i < scalar.values->len && !pattern; i++)
    if (named && !only->quoted)
      add_split(scope, slots, base, scalar.values->pdata[i], word);
    else
      slot_add_text(scope, slot, scalar.values->pdata[i]);
}

/* Adds a value of one field. */
static void add_field(KeepShellScope *scope, const char *name, Field field)
{
  GArray *fields = g_array_new(FALSE, FALSE, sizeof(Field));
  g_array_append_val(fields, field);
  add_value(scope, name, fields, FALSE);
}

static void assign_word(KeepShellScope *scope, const char *name, const KeepShellWord *word)
{
  g_auto(Scalar) scalar = expand_scalar(scope, word);
  gboolean pattern = keep_shell_word_is_pattern(word);
  for (guint i = 0; i < scalar.values->len && !pattern; i++)
    add_field(scope, name, (Field){.text = g_string_chunk_insert_const(scope->strings, scalar.values->pdata[i])});
  if (scalar.arguments)
    add_field(scope, name, (Field){.arguments = TRUE});
  if (scalar.unknown || pattern)
    keep_shell_scope_forget(scope, name);
}

/* One value for each value of the first field, which is most often a command; of the other fields the first value counts. */
static void assign_slots(KeepShellScope *scope, const char *name, const GPtrArray *slots, guint from)
{
  guint count = from < slots->len ? ((const KeepShellSlot *)slots->pdata[from])->values->len : 0;
  for (guint value = 0; value < MAX(count, 1); value++)
  {
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(Field));
    for (guint i = from; i < slots->len && i - from < KEEP_SHELL_FIELDS; i++)
    {
      const KeepShellSlot *slot = slots->pdata[i];
      guint index = i == from ? value : 0;
      Field field = {.text = index < slot->values->len ? slot->values->pdata[index] : NULL, .arguments = slot->arguments};
      g_array_append_val(fields, field);
    }
    add_value(scope, name, fields, TRUE);
  }
}

void keep_shell_scope_assign(KeepShellScope *scope, const char *name, const GPtrArray *words, gboolean array)
{
  if (!array)
  {
    assign_word(scope, name, words->pdata[0]);
    return;
  }
  g_autoptr(GPtrArray) slots = keep_shell_slots_new();
  for (guint i = 0; i < words->len && slots->len < KEEP_SHELL_FIELDS; i++)
    keep_shell_scope_expand(scope, words->pdata[i], slots);
  assign_slots(scope, name, slots, 0);
}

void keep_shell_scope_append(KeepShellScope *scope, const char *name, const GPtrArray *words)
{
  const Variable *variable = g_hash_table_lookup(scope->variables, name);
  gboolean begins = variable == NULL;
  for (guint i = 0; variable != NULL && i < variable->values->len; i++)
    begins = begins || ((const GArray *)variable->values->pdata[i])->len == 0;
  if (begins)
    keep_shell_scope_assign(scope, name, words, TRUE);
}

void keep_shell_scope_assign_arguments(KeepShellScope *scope, const char *name)
{
  add_field(scope, name, (Field){.arguments = TRUE});
}

void keep_shell_scope_assign_each(KeepShellScope *scope, const char *name, const KeepShellWord *word)
{
  g_autoptr(GPtrArray) slots = keep_shell_slots_new();
  keep_shell_scope_expand(scope, word, slots);
  for (guint i = 0; i < slots->len; i++)
  {
    const KeepShellSlot *slot = slots->pdata[i];
    for (guint j = 0; j < slot->values->len; j++)
      add_field(scope, name, (Field){.text = slot->values->pdata[j]});
    if (slot->arguments)
      add_field(scope, name, (Field){.arguments = TRUE});
    if (slot->unknown)
      keep_shell_scope_forget(scope, name);
  }
}

void keep_shell_scope_set_arguments(KeepShellScope *scope, const GPtrArray *slots, guint from)
{
  if (from < slots->len)
    assign_slots(scope, "@", slots, from);
}

void keep_shell_scope_forget(KeepShellScope *scope, const char *name)
{
  if (!scope->frozen)
    get_variable(scope, name)->unknown = TRUE;
}

KeepShellFunction *keep_shell_scope_define(KeepShellScope *scope, const char *name)
{
  KeepShellFunction *function = g_hash_table_lookup(scope->functions, name);
  if (function == NULL)
  {
    function = g_new0(KeepShellFunction, 1);
    g_hash_table_insert(scope->functions, g_strdup(name), function);
  }
  return function;
}

KeepShellFunction *keep_shell_scope_find_function(KeepShellScope *scope, const char *name)
{
  return g_hash_table_lookup(scope->functions, name);
}

KeepShellScope *keep_shell_scope_new(const char *const *environment)
{
  KeepShellScope *scope = g_new0(KeepShellScope, 1);
  scope->variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, variable_free);
  scope->functions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  scope->strings = g_string_chunk_new(4096);
  for (gsize i = 0; environment != NULL && environment[i] != NULL; i++)
  {
    gsize length = keep_shell_name_length(environment[i]);
    if (length == 0 || environment[i][length] != '=')
      continue;
    g_autofree char *name = g_strndup(environment[i], length);
    add_field(scope, name, (Field){.text = g_string_chunk_insert_const(scope->strings, environment[i] + length + 1)});
  }
  return scope;
}

void keep_shell_scope_free(KeepShellScope *scope)
{
  if (scope == NULL)
    return;
  g_hash_table_unref(scope->variables);
  g_hash_table_unref(scope->functions);
  g_string_chunk_free(scope->strings);
  g_free(scope);
}

void keep_shell_scope_freeze(KeepShellScope *scope)
{
  scope->frozen = TRUE;
}

gboolean keep_shell_scope_is_truncated(const KeepShellScope *scope)
{
  return scope->truncated;
}
