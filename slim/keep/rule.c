/* Reads one rule, and refuses what it does not know. */
#include "slim/keep/rule.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/keep/rule_private.h"

#include <string.h>

void keep_rule_set_error(const KeepRulePlace *place, const char *what, GError **error)
{
  g_autofree char *id = oci_quote(place->id);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s: rule %s: %s", place->origin, id, what);
}

KeepGlob *keep_rule_read_glob(const char *text, const KeepRulePlace *place, GError **error)
{
  g_autoptr(GError) failure = NULL;
  KeepGlob *glob = keep_glob_new(text, &failure);
  if (glob == NULL)
    keep_rule_set_error(place, failure->message, error);
  return glob;
}

static void when_free(gpointer data)
{
  KeepWhen *when = data;
  keep_glob_free(when->glob);
  g_clear_pointer(&when->all, g_ptr_array_unref);
  g_free(when);
}

static gboolean when_kind(const char *key, KeepWhenKind *kind)
{
  static const char *const names[] = {"import", "soname",  "path",   "env",  "interpreter", "program",
                                      "string", "package", "static", "rule", "all"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(key, names[i]) == 0)
    {
      *kind = (KeepWhenKind)i;
      return TRUE;
    }
  return FALSE;
}

static GPtrArray *read_conditions(json_t *array, const KeepRulePlace *place, gboolean nested, GError **error);

/* Only files are kept for a reason of their own, so that a glob for directories would never come true. */
static gboolean read_path(KeepWhen *when, const KeepRulePlace *place, GError **error)
{
  if (g_str_has_suffix(when->text, "/"))
  {
    keep_rule_set_error(place, "a \"path\" is that of a file, without a slash at its end", error);
    return FALSE;
  }
  when->glob = keep_rule_read_glob(when->text, place, error);
  return when->glob != NULL;
}

static gboolean fill_when(KeepWhen *when, json_t *value, const KeepRulePlace *place, gboolean nested, GError **error)
{
  if (when->kind == KEEP_WHEN_ALL)
  {
    if (nested)
    {
      keep_rule_set_error(place, "\"all\" inside \"all\"", error);
      return FALSE;
    }
    when->all = read_conditions(value, place, TRUE, error);
    return when->all != NULL;
  }
  when->text = json_string_value(value);
  if (when->text == NULL || *when->text == '\0')
  {
    keep_rule_set_error(place, "a condition needs a text", error);
    return FALSE;
  }
  if (when->kind == KEEP_WHEN_STATIC && strcmp(when->text, "glibc") != 0)
  {
    keep_rule_set_error(place, "\"static\" is glibc", error);
    return FALSE;
  }
  if (when->kind == KEEP_WHEN_STRING && strchr("*?", when->text[0]) != NULL)
  {
    keep_rule_set_error(place, "a \"string\" begins with a plain character", error);
    return FALSE;
  }
  if (when->kind == KEEP_WHEN_PATH)
    return read_path(when, place, error);
  gboolean takes_patterns = when->kind == KEEP_WHEN_SONAME || when->kind == KEEP_WHEN_INTERPRETER || when->kind == KEEP_WHEN_PROGRAM ||
                            when->kind == KEEP_WHEN_STRING || when->kind == KEEP_WHEN_PACKAGE ||
                            (when->kind == KEEP_WHEN_ENV && strchr(when->text, '=') != NULL);
  when->wild = takes_patterns && strpbrk(when->text, "*?") != NULL;
  return TRUE;
}

static KeepWhen *read_condition(json_t *object, const KeepRulePlace *place, gboolean nested, GError **error)
{
  const char *key = json_object_iter_key(json_object_iter(object));
  KeepWhenKind kind = KEEP_WHEN_ALL;
  if (json_object_size(object) != 1 || !when_kind(key, &kind))
  {
    keep_rule_set_error(
        place, "a condition is an object with one of import, soname, path, env, interpreter, program, string, package, static, rule, all",
        error);
    return NULL;
  }
  KeepWhen *when = g_new0(KeepWhen, 1);
  when->kind = kind;
  if (!fill_when(when, json_object_get(object, key), place, nested, error))
    g_clear_pointer(&when, when_free);
  return when;
}

static GPtrArray *read_conditions(json_t *array, const KeepRulePlace *place, gboolean nested, GError **error)
{
  g_autoptr(GPtrArray) conditions = g_ptr_array_new_with_free_func(when_free);
  if (!json_is_array(array) || json_array_size(array) == 0)
  {
    keep_rule_set_error(place, "conditions are a list with at least one element", error);
    return NULL;
  }
  for (gsize i = 0; i < json_array_size(array); i++)
  {
    KeepWhen *when = read_condition(json_array_get(array, i), place, nested, error);
    if (when == NULL)
      return NULL;
    g_ptr_array_add(conditions, when);
  }
  return g_steal_pointer(&conditions);
}

static gboolean mentions_subject(GPtrArray *texts)
{
  static const char *const names[] = {"{path}", "{dir}", "{prefix}", "{name}", "{appdir}", "{own}", "{nearest:"};
  for (guint i = 0; i < texts->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS(names); j++)
      if (strstr(texts->pdata[i], names[j]) != NULL)
        return TRUE;
  return FALSE;
}

static gboolean mentions_package(GPtrArray *additions)
{
  for (guint i = 0; i < additions->len; i++)
  {
    const KeepAdd *add = additions->pdata[i];
    for (guint j = 0; j < add->texts->len; j++)
      if (strstr(add->texts->pdata[j], "{own}") != NULL)
        return TRUE;
  }
  return FALSE;
}

static gboolean adds_by_subject(GPtrArray *additions)
{
  for (guint i = 0; i < additions->len; i++)
  {
    const KeepAdd *add = additions->pdata[i];
    if (add->kind == KEEP_ADD_LITERALS || add->kind == KEEP_ADD_NAMED || mentions_subject(add->texts) ||
        (add->then != NULL && adds_by_subject(add->then)))
      return TRUE;
  }
  return FALSE;
}

static gboolean loads_objects(GPtrArray *additions)
{
  for (guint i = 0; i < additions->len; i++)
  {
    const KeepAdd *add = additions->pdata[i];
    gboolean literal = add->kind == KEEP_ADD_LITERALS && (add->literal == KEEP_LITERAL_MODULES || add->literal == KEEP_LITERAL_LIBRARIES);
    if (add->kind == KEEP_ADD_LIBRARIES || literal || add->reader != NULL || (add->then != NULL && loads_objects(add->then)))
      return TRUE;
  }
  return FALSE;
}

/* Members that a rule may have: a mistyped one is refused. */
static gboolean check_members(const KeepRule *rule, const KeepRulePlace *place, GError **error)
{
  gsize members = json_object_get(rule->document, "except") != NULL ? 5 : 4;
  if (rule->id != NULL && rule->why != NULL && json_object_size(rule->document) == members)
    return TRUE;
  keep_rule_set_error(place, "a rule has id, why, when and add, perhaps except, and nothing else", error);
  return FALSE;
}

KeepRule *keep_rule_new(json_t *document, const char *origin, GError **error)
{
  g_autoptr(KeepRule) rule = g_new0(KeepRule, 1);
  rule->document = json_incref(document);
  rule->add = g_ptr_array_new_with_free_func(keep_rule_add_free);
  rule->except = g_ptr_array_new();
  rule->id = json_string_value(json_object_get(document, "id"));
  rule->why = json_string_value(json_object_get(document, "why"));
  KeepRulePlace place = {.origin = origin, .id = rule->id != NULL ? rule->id : "?"};
  if (!check_members(rule, &place, error))
    return NULL;
  rule->when = read_conditions(json_object_get(document, "when"), &place, FALSE, error);
  if (rule->when == NULL || !keep_rule_read_additions(rule->add, json_object_get(document, "add"), &place, error))
    return NULL;
  json_t *except = json_object_get(document, "except");
  if (except != NULL && !keep_rule_read_texts(rule->except, except, TRUE, &place, error))
    return NULL;
  rule->per_subject = adds_by_subject(rule->add);
  rule->per_package = mentions_package(rule->add);
  rule->per_program = loads_objects(rule->add);
  return g_steal_pointer(&rule);
}

void keep_rule_free(KeepRule *rule)
{
  if (rule == NULL)
    return;
  g_clear_pointer(&rule->when, g_ptr_array_unref);
  g_clear_pointer(&rule->add, g_ptr_array_unref);
  g_clear_pointer(&rule->except, g_ptr_array_unref);
  json_decref(rule->document);
  g_free(rule);
}
