/* Reads what a rule adds. */
#include "slim/keep/rule_private.h"

#include <string.h>

#define NOT_AN_ADDITION                                                                                                                    \
  "an addition is one of files, directories, data, libraries, programs, packages, names-in with as or match, literals, named-in-object, "  \
  "package-data"

static const char *const kind_names[] = {"files",    "directories", "data",     "libraries",       "programs",
                                         "packages", "names-in",    "literals", "named-in-object", "package-data"};
static const char *const literal_names[] = {"files", "trees", "own-trees", "modules", "programs", "libraries"};

void keep_rule_add_free(gpointer data)
{
  KeepAdd *add = data;
  g_ptr_array_unref(add->texts);
  g_clear_pointer(&add->match, g_regex_unref);
  g_clear_pointer(&add->then, g_ptr_array_unref);
  g_free(add);
}

/* A glob without placeholders is tried now, so that a mistake is found when the rule is read. */
static gboolean check_glob(const char *text, const KeepRulePlace *place, GError **error)
{
  if (strchr(text, '{') != NULL)
    return TRUE;
  g_autoptr(KeepGlob) glob = keep_rule_read_glob(text, place, error);
  return glob != NULL;
}

gboolean keep_rule_read_texts(GPtrArray *texts, json_t *array, gboolean globs, const KeepRulePlace *place, GError **error)
{
  for (gsize i = 0; i < json_array_size(array); i++)
  {
    const char *text = json_string_value(json_array_get(array, i));
    if (text == NULL)
    {
      keep_rule_set_error(place, "what is added or excepted is a list of texts", error);
      return FALSE;
    }
    if (globs && !check_glob(text, place, error))
      return FALSE;
    g_ptr_array_add(texts, (gpointer)(guintptr)text);
  }
  if (texts->len == 0)
    keep_rule_set_error(place, "what is added or excepted is a list with at least one element", error);
  return texts->len > 0;
}

static gint find_name(const char *const *names, guint count, const char *name)
{
  for (guint i = 0; i < count; i++)
    if (strcmp(names[i], name) == 0)
      return (gint)i;
  return -1;
}

static gboolean takes_globs(KeepAddKind kind)
{
  return kind != KEEP_ADD_LIBRARIES && kind != KEEP_ADD_PROGRAMS && kind != KEEP_ADD_PACKAGES;
}

static KeepAdd *add_new(KeepAddKind kind)
{
  KeepAdd *add = g_new0(KeepAdd, 1);
  *add = (KeepAdd){.kind = kind, .texts = g_ptr_array_new()};
  return add;
}

/* One member "files": [...], or a single text in place of the list. */
static KeepAdd *read_plain(KeepAddKind kind, json_t *value, const KeepRulePlace *place, GError **error)
{
  KeepAdd *add = add_new(kind);
  if (keep_rule_read_texts(add->texts, value, takes_globs(kind), place, error))
    return add;
  keep_rule_add_free(add);
  return NULL;
}

/* What is done with each match: the members of a "names-in" beside itself and "match". */
static gboolean read_then(KeepAdd *add, json_t *object, const KeepRulePlace *place, GError **error)
{
  const char *key;
  json_t *value;
  add->then = g_ptr_array_new_with_free_func(keep_rule_add_free);
  json_object_foreach(object, key, value)
  {
    gint kind = find_name(kind_names, KEEP_ADD_PACKAGES, key);
    if (kind < 0 && strcmp(key, "names-in") != 0 && strcmp(key, "match") != 0)
    {
      keep_rule_set_error(place, "names-in has match, and files, directories, data, libraries or programs", error);
      return FALSE;
    }
    if (kind < 0)
      continue;
    KeepAdd *part = read_plain((KeepAddKind)kind, value, place, error);
    if (part == NULL)
      return FALSE;
    g_ptr_array_add(add->then, part);
  }
  if (add->then->len == 0)
    keep_rule_set_error(place, "names-in with match needs files, directories, data, libraries or programs", error);
  return add->then->len > 0;
}

static gboolean read_match(KeepAdd *add, json_t *object, const KeepRulePlace *place, GError **error)
{
  const char *match = json_string_value(json_object_get(object, "match"));
  g_autoptr(GError) failure = NULL;
  add->match = match == NULL ? NULL : g_regex_new(match, G_REGEX_OPTIMIZE | G_REGEX_RAW, 0, &failure);
  if (add->match == NULL || g_regex_get_capture_count(add->match) < 1 || g_regex_get_capture_count(add->match) > 9)
  {
    keep_rule_set_error(place, failure != NULL ? failure->message : "match is a regular expression with one to nine groups", error);
    return FALSE;
  }
  return read_then(add, object, place, error);
}

static gboolean read_names_in(KeepAdd *add, json_t *object, const KeepRulePlace *place, GError **error)
{
  if (!keep_rule_read_texts(add->texts, json_object_get(object, "names-in"), TRUE, place, error))
    return FALSE;
  json_t *reader = json_object_get(object, "as");
  if (reader == NULL)
    return read_match(add, object, place, error);
  add->reader = json_string_value(reader);
  if (json_object_size(object) == 2 && g_strcmp0(add->reader, "nsswitch") == 0)
    return TRUE;
  keep_rule_set_error(place, "names-in is a list of paths, and as is nsswitch", error);
  return FALSE;
}

static gboolean read_literals(KeepAdd *add, json_t *object, const KeepRulePlace *place, GError **error)
{
  const char *name = json_string_value(json_object_get(object, "literals"));
  gint kind = name == NULL ? -1 : find_name(literal_names, G_N_ELEMENTS(literal_names), name);
  json_t *within = json_object_get(object, "within");
  if (kind < 0 || json_object_size(object) != (within == NULL ? 1 : 2))
  {
    keep_rule_set_error(place, "literals is files, trees, own-trees, modules, programs or libraries, perhaps with within", error);
    return FALSE;
  }
  add->literal = (KeepLiteralKind)kind;
  return within == NULL || keep_rule_read_texts(add->texts, within, TRUE, place, error);
}

static gboolean read_compound(KeepAdd *add, json_t *object, const KeepRulePlace *place, GError **error)
{
  return add->kind == KEEP_ADD_NAMES_IN ? read_names_in(add, object, place, error) : read_literals(add, object, place, error);
}

static KeepAdd *read_addition(json_t *object, const KeepRulePlace *place, GError **error)
{
  static const KeepAddKind compounds[] = {KEEP_ADD_NAMES_IN, KEEP_ADD_LITERALS};
  for (guint i = 0; i < G_N_ELEMENTS(compounds); i++)
    if (json_object_get(object, kind_names[compounds[i]]) != NULL)
    {
      KeepAdd *add = add_new(compounds[i]);
      if (read_compound(add, object, place, error))
        return add;
      keep_rule_add_free(add);
      return NULL;
    }
  const char *key = json_object_iter_key(json_object_iter(object));
  gint kind = key == NULL ? -1 : find_name(kind_names, G_N_ELEMENTS(kind_names), key);
  if (kind >= 0 && json_object_size(object) == 1)
    return read_plain((KeepAddKind)kind, json_object_get(object, key), place, error);
  keep_rule_set_error(place, NOT_AN_ADDITION, error);
  return NULL;
}

gboolean keep_rule_read_additions(GPtrArray *additions, json_t *array, const KeepRulePlace *place, GError **error)
{
  if (!json_is_array(array) || json_array_size(array) == 0)
  {
    keep_rule_set_error(place, "\"add\" is a list with at least one element", error);
    return FALSE;
  }
  for (gsize i = 0; i < json_array_size(array); i++)
  {
    KeepAdd *add = read_addition(json_array_get(array, i), place, error);
    if (add == NULL)
      return FALSE;
    g_ptr_array_add(additions, add);
  }
  return TRUE;
}
