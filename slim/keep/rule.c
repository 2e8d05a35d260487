/* Reads one rule, and refuses what it does not know. */
#include "slim/keep/rule.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/keep/glob.h"

#include <string.h>

typedef struct
{
  const char *origin;
  const char *id;
} Place;

static void set_error(const Place *place, const char *what, GError **error)
{
  g_autofree char *id = oci_quote(place->id);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s: rule %s: %s", place->origin, id, what);
}

static KeepGlob *read_glob(const char *text, const Place *place, GError **error)
{
  g_autoptr(GError) failure = NULL;
  KeepGlob *glob = keep_glob_new(text, &failure);
  if (glob == NULL)
    set_error(place, failure->message, error);
  return glob;
}

static void when_free(gpointer data)
{
  KeepWhen *when = data;
  if (when->kind == KEEP_WHEN_PATH)
    keep_glob_free(when->matcher);
  else if (when->matcher != NULL)
    g_pattern_spec_free(when->matcher);
  g_clear_pointer(&when->all, g_ptr_array_unref);
  g_free(when);
}

static void add_free(gpointer data)
{
  KeepAdd *add = data;
  g_ptr_array_unref(add->texts);
  g_free(add);
}

static gboolean when_kind(const char *key, KeepWhenKind *kind)
{
  static const char *const names[] = {"import", "soname", "path", "env", "interpreter", "string", "package", "rule", "all"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(key, names[i]) == 0)
    {
      *kind = (KeepWhenKind)i;
      return TRUE;
    }
  return FALSE;
}

static GPtrArray *read_conditions(json_t *array, const Place *place, gboolean nested, GError **error);

static gboolean fill_when(KeepWhen *when, json_t *value, const Place *place, gboolean nested, GError **error)
{
  if (when->kind == KEEP_WHEN_ALL)
  {
    if (nested)
    {
      set_error(place, "\"all\" inside \"all\"", error);
      return FALSE;
    }
    when->all = read_conditions(value, place, TRUE, error);
    return when->all != NULL;
  }
  when->text = json_string_value(value);
  if (when->text == NULL || *when->text == '\0')
  {
    set_error(place, "a condition needs a text", error);
    return FALSE;
  }
  if (when->kind == KEEP_WHEN_SONAME || when->kind == KEEP_WHEN_INTERPRETER || when->kind == KEEP_WHEN_STRING)
    when->matcher = g_pattern_spec_new(when->text);
  if (when->kind == KEEP_WHEN_PATH)
    when->matcher = read_glob(when->text, place, error);
  return when->kind != KEEP_WHEN_PATH || when->matcher != NULL;
}

static KeepWhen *read_condition(json_t *object, const Place *place, gboolean nested, GError **error)
{
  const char *key = json_object_iter_key(json_object_iter(object));
  KeepWhenKind kind = KEEP_WHEN_ALL;
  if (json_object_size(object) != 1 || !when_kind(key, &kind))
  {
    set_error(place, "a condition is an object with one of import, soname, path, env, interpreter, string, package, rule, all", error);
    return NULL;
  }
  KeepWhen *when = g_new0(KeepWhen, 1);
  when->kind = kind;
  if (!fill_when(when, json_object_get(object, key), place, nested, error))
    g_clear_pointer(&when, when_free);
  return when;
}

static GPtrArray *read_conditions(json_t *array, const Place *place, gboolean nested, GError **error)
{
  g_autoptr(GPtrArray) conditions = g_ptr_array_new_with_free_func(when_free);
  if (!json_is_array(array) || json_array_size(array) == 0)
  {
    set_error(place, "conditions are a list with at least one element", error);
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

/* A glob without placeholders is tried now, so that a mistake is found when the rule is read. */
static gboolean check_glob(const char *text, const Place *place, GError **error)
{
  if (strchr(text, '{') != NULL)
    return TRUE;
  g_autoptr(KeepGlob) glob = read_glob(text, place, error);
  return glob != NULL;
}

static gboolean read_texts(GPtrArray *texts, json_t *array, gboolean globs, const Place *place, GError **error)
{
  for (gsize i = 0; i < json_array_size(array); i++)
  {
    const char *text = json_string_value(json_array_get(array, i));
    if (text == NULL)
    {
      set_error(place, "what is added or excepted is a list of texts", error);
      return FALSE;
    }
    if (globs && !check_glob(text, place, error))
      return FALSE;
    g_ptr_array_add(texts, (gpointer)(guintptr)text);
  }
  if (texts->len == 0)
    set_error(place, "what is added or excepted is a list with at least one element", error);
  return texts->len > 0;
}

static gboolean add_kind(json_t *object, KeepAddKind *kind, const char **key)
{
  static const char *const names[] = {"files", "directories", "libraries", "programs", "names-in"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (json_object_get(object, names[i]) != NULL)
    {
      *kind = (KeepAddKind)i;
      *key = names[i];
      return TRUE;
    }
  return FALSE;
}

static KeepAdd *read_addition(json_t *object, const Place *place, GError **error)
{
  KeepAddKind kind = KEEP_ADD_FILES;
  const char *key = NULL;
  if (!add_kind(object, &kind, &key) || json_object_size(object) != (kind == KEEP_ADD_NAMES_IN ? 2 : 1))
  {
    set_error(place, "an addition is one of files, directories, libraries, programs, or names-in with as", error);
    return NULL;
  }
  KeepAdd *add = g_new0(KeepAdd, 1);
  *add = (KeepAdd){.kind = kind, .texts = g_ptr_array_new()};
  json_t *value = json_object_get(object, key);
  gboolean ok = TRUE;
  if (kind == KEEP_ADD_NAMES_IN)
  {
    add->reader = json_string_value(json_object_get(object, "as"));
    g_ptr_array_add(add->texts, (gpointer)(guintptr)json_string_value(value));
    ok = add->texts->pdata[0] != NULL && g_strcmp0(add->reader, "nsswitch") == 0;
    if (!ok)
      set_error(place, "names-in is a path, and as is nsswitch", error);
  }
  else
    ok = read_texts(add->texts, value, kind == KEEP_ADD_FILES || kind == KEEP_ADD_DIRECTORIES, place, error);
  if (!ok)
    g_clear_pointer(&add, add_free);
  return add;
}

static gboolean read_additions(KeepRule *rule, json_t *array, const Place *place, GError **error)
{
  if (!json_is_array(array) || json_array_size(array) == 0)
  {
    set_error(place, "\"add\" is a list with at least one element", error);
    return FALSE;
  }
  for (gsize i = 0; i < json_array_size(array); i++)
  {
    KeepAdd *add = read_addition(json_array_get(array, i), place, error);
    if (add == NULL)
      return FALSE;
    g_ptr_array_add(rule->add, add);
  }
  return TRUE;
}

static gboolean mentions_subject(GPtrArray *texts)
{
  static const char *const names[] = {"{path}", "{dir}", "{prefix}", "{name}", "{appdir}"};
  for (guint i = 0; i < texts->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS(names); j++)
      if (strstr(texts->pdata[i], names[j]) != NULL)
        return TRUE;
  return FALSE;
}

/* Members that a rule may have: a mistyped one is refused. */
static gboolean check_members(const KeepRule *rule, const Place *place, GError **error)
{
  gsize members = json_object_get(rule->document, "except") != NULL ? 5 : 4;
  if (rule->id != NULL && rule->why != NULL && json_object_size(rule->document) == members)
    return TRUE;
  set_error(place, "a rule has id, why, when and add, perhaps except, and nothing else", error);
  return FALSE;
}

KeepRule *keep_rule_new(json_t *document, const char *origin, GError **error)
{
  g_autoptr(KeepRule) rule = g_new0(KeepRule, 1);
  rule->document = json_incref(document);
  rule->add = g_ptr_array_new_with_free_func(add_free);
  rule->except = g_ptr_array_new();
  rule->id = json_string_value(json_object_get(document, "id"));
  rule->why = json_string_value(json_object_get(document, "why"));
  Place place = {.origin = origin, .id = rule->id != NULL ? rule->id : "?"};
  if (!check_members(rule, &place, error))
    return NULL;
  rule->when = read_conditions(json_object_get(document, "when"), &place, FALSE, error);
  if (rule->when == NULL || !read_additions(rule, json_object_get(document, "add"), &place, error))
    return NULL;
  json_t *except = json_object_get(document, "except");
  if (except != NULL && !read_texts(rule->except, except, TRUE, &place, error))
    return NULL;
  for (guint i = 0; i < rule->add->len; i++)
    rule->per_subject = rule->per_subject || mentions_subject(((KeepAdd *)rule->add->pdata[i])->texts);
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
