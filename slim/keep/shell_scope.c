/*
 * Variables and functions of a shell text.
 */
#include "slim/keep/shell_scope.h"
#include "slim/keep/shell.h"
#include "slim/keep/shell_scope_state.h"

static void variable_free(gpointer data)
{
  KeepShellVariable *variable = data;
  g_ptr_array_unref(variable->values);
  g_free(variable);
}

static KeepShellVariable *get_variable(KeepShellScope *scope, const char *name)
{
  KeepShellVariable *variable = g_hash_table_lookup(scope->variables, name);
  if (variable == NULL)
  {
    variable = g_new0(KeepShellVariable, 1);
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
    const KeepShellField *x = &g_array_index(a, KeepShellField, i), *y = &g_array_index(b, KeepShellField, i);
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
  KeepShellVariable *variable = get_variable(scope, name);
  variable->array = variable->array || array;
  for (guint i = 0; i < variable->values->len; i++)
    if (same_fields(variable->values->pdata[i], fields))
      return;
  if (variable->values->len < KEEP_SHELL_VALUES)
    g_ptr_array_add(variable->values, g_steal_pointer(&owned));
  else
    variable->unknown = TRUE;
}

/* Adds a value of one field. */
static void add_field(KeepShellScope *scope, const char *name, KeepShellField field)
{
  GArray *fields = g_array_new(FALSE, FALSE, sizeof(KeepShellField));
  g_array_append_val(fields, field);
  add_value(scope, name, fields, FALSE);
}

static void assign_word(KeepShellScope *scope, const char *name, const KeepShellWord *word)
{
  g_auto(KeepShellScalar) scalar = keep_shell_scope_expand_scalar(scope, word);
  gboolean pattern = keep_shell_word_is_pattern(word);
  gboolean unknown = scalar.unknown;
  for (guint i = 0; i < scalar.values->len; i++)
    if (pattern && !keep_shell_is_path_pattern(scalar.values->pdata[i]))
      unknown = TRUE;
    else
      add_field(scope, name, (KeepShellField){.text = g_string_chunk_insert_const(scope->strings, scalar.values->pdata[i])});
  if (scalar.arguments)
    add_field(scope, name, (KeepShellField){.arguments = TRUE});
  if (unknown)
    keep_shell_scope_forget(scope, name);
}

/* One value for each value of the first field, which is most often a command; of the other fields the first value counts. */
static void assign_slots(KeepShellScope *scope, const char *name, const GPtrArray *slots, guint from)
{
  guint count = from < slots->len ? ((const KeepShellSlot *)slots->pdata[from])->values->len : 0;
  for (guint value = 0; value < MAX(count, 1); value++)
  {
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(KeepShellField));
    for (guint i = from; i < slots->len && i - from < KEEP_SHELL_FIELDS; i++)
    {
      const KeepShellSlot *slot = slots->pdata[i];
      guint index = i == from ? value : 0;
      KeepShellField field = {.text = index < slot->values->len ? slot->values->pdata[index] : NULL, .arguments = slot->arguments};
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
  const KeepShellVariable *variable = g_hash_table_lookup(scope->variables, name);
  gboolean begins = variable == NULL;
  for (guint i = 0; variable != NULL && i < variable->values->len; i++)
    begins = begins || ((const GArray *)variable->values->pdata[i])->len == 0;
  if (begins)
    keep_shell_scope_assign(scope, name, words, TRUE);
}

void keep_shell_scope_assign_arguments(KeepShellScope *scope, const char *name)
{
  add_field(scope, name, (KeepShellField){.arguments = TRUE});
}

void keep_shell_scope_assign_each(KeepShellScope *scope, const char *name, const KeepShellWord *word)
{
  g_autoptr(GPtrArray) slots = keep_shell_slots_new();
  keep_shell_scope_expand(scope, word, slots);
  for (guint i = 0; i < slots->len; i++)
  {
    const KeepShellSlot *slot = slots->pdata[i];
    for (guint j = 0; j < slot->values->len; j++)
      add_field(scope, name, (KeepShellField){.text = slot->values->pdata[j]});
    if (slot->arguments)
      add_field(scope, name, (KeepShellField){.arguments = TRUE});
    if (slot->unknown)
      keep_shell_scope_forget(scope, name);
  }
}

char *keep_shell_scope_dup_arguments_name(const KeepShellScope *scope)
{
  return g_strconcat("@", scope->function, NULL);
}

void keep_shell_scope_enter(KeepShellScope *scope, const char *function)
{
  scope->function = function == NULL ? NULL : g_string_chunk_insert_const(scope->strings, function);
}

void keep_shell_scope_set_arguments(KeepShellScope *scope, const GPtrArray *slots, guint from)
{
  if (from < slots->len)
  {
    g_autofree char *name = keep_shell_scope_dup_arguments_name(scope);
    assign_slots(scope, name, slots, from);
  }
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
    add_field(scope, name, (KeepShellField){.text = g_string_chunk_insert_const(scope->strings, environment[i] + length + 1)});
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
