/* Conditions are flattened into leaves; texts without wildcards are found by hash, the others are few. */
#include "slim/keep/rules.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/keep/builtin_rules.h"
#include "slim/keep/glob.h"
#include "slim/keep/pattern.h"

#include <string.h>

#define DOCUMENT_MAX_BYTES (4u << 20)

struct keep_rules
{
  GPtrArray *rules;
  GPtrArray *origins;                 /* char*, one for each rule */
  GArray *leaves;                     /* KeepLeaf */
  GArray *group_sizes;                /* guint */
  GHashTable *exact[KEEP_WHEN_KINDS]; /* text → GArray of leaf indices */
  GArray *patterns[KEEP_WHEN_KINDS];  /* leaf indices */
  gboolean add_literals;              /* some rule does */
};

static gboolean adds_literals(const KeepRule *rule)
{
  for (guint i = 0; i < rule->add->len; i++)
    if (((const KeepAdd *)rule->add->pdata[i])->kind == KEEP_ADD_LITERALS)
      return TRUE;
  return FALSE;
}

static gboolean has_wildcards(const KeepWhen *when)
{
  return when->kind == KEEP_WHEN_PATH || when->wild;
}

static void add_leaf(KeepRules *rules, const KeepWhen *when, guint rule, guint group)
{
  guint index = rules->leaves->len;
  KeepLeaf leaf = {.when = when, .rule = rule, .group = group};
  g_array_append_val(rules->leaves, leaf);
  GArray *leaves = rules->patterns[when->kind];
  if (!has_wildcards(when))
  {
    leaves = g_hash_table_lookup(rules->exact[when->kind], when->text);
    if (leaves == NULL)
    {
      leaves = g_array_new(FALSE, FALSE, sizeof(guint));
      g_hash_table_insert(rules->exact[when->kind], (gpointer)(guintptr)when->text, leaves);
    }
  }
  g_array_append_val(leaves, index);
}

static void add_group(KeepRules *rules, const KeepWhen *when, guint rule)
{
  guint group = rules->group_sizes->len;
  guint size = when->kind == KEEP_WHEN_ALL ? when->all->len : 1;
  g_array_append_val(rules->group_sizes, size);
  if (when->kind != KEEP_WHEN_ALL)
    add_leaf(rules, when, rule, group);
  for (guint i = 0; when->kind == KEEP_WHEN_ALL && i < when->all->len; i++)
    add_leaf(rules, when->all->pdata[i], rule, group);
}

static const KeepRule *find_rule(const KeepRules *rules, const char *id)
{
  for (guint i = 0; i < rules->rules->len; i++)
    if (strcmp(((const KeepRule *)rules->rules->pdata[i])->id, id) == 0)
      return rules->rules->pdata[i];
  return NULL;
}

static gboolean check_id(const KeepRules *rules, const KeepRule *rule, const char *origin, GError **error)
{
  if (find_rule(rules, rule->id) == NULL)
    return TRUE;
  g_autofree char *quoted = oci_quote(rule->id);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s: there is a rule %s already", origin, quoted);
  return FALSE;
}

/* Conditions may name rules that stand later, so that this is looked at in the end. */
static gboolean check_rule_names(const KeepRules *rules, GError **error)
{
  for (guint i = 0; i < rules->leaves->len; i++)
  {
    const KeepLeaf *leaf = &g_array_index(rules->leaves, KeepLeaf, i);
    if (leaf->when->kind != KEEP_WHEN_RULE || find_rule(rules, leaf->when->text) != NULL)
      continue;
    g_autofree char *quoted = oci_quote(leaf->when->text);
    const KeepRule *rule = rules->rules->pdata[leaf->rule];
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s: rule '%s' waits for rule %s, which there is not",
                (const char *)rules->origins->pdata[leaf->rule], rule->id, quoted);
    return FALSE;
  }
  return TRUE;
}

/* Whatever is wrong with the user's files is the command line's mistake, not the image's. */
static gboolean usage(GError *failure, GError **error)
{
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s", failure->message);
  return FALSE;
}

static gboolean add_document(KeepRules *rules, const char *origin, const char *text, gsize length, GError **error)
{
  g_autoptr(json_t) document = oci_json_parse(text, length, DOCUMENT_MAX_BYTES, origin, error);
  if (document == NULL)
    return FALSE;
  json_t *list = json_object_get(document, "rules");
  if (!json_is_array(list) || json_object_size(document) != 1)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s: a document of rules is {\"rules\": [...]}", origin);
    return FALSE;
  }
  for (gsize i = 0; i < json_array_size(list); i++)
  {
    KeepRule *rule = keep_rule_new(json_array_get(list, i), origin, error);
    if (rule == NULL || !check_id(rules, rule, origin, error))
    {
      keep_rule_free(rule);
      return FALSE;
    }
    for (guint j = 0; j < rule->when->len; j++)
      add_group(rules, rule->when->pdata[j], rules->rules->len);
    rules->add_literals = rules->add_literals || adds_literals(rule);
    g_ptr_array_add(rules->rules, rule);
    g_ptr_array_add(rules->origins, g_strdup(origin));
  }
  return TRUE;
}

KeepRules *keep_rules_new_empty(void)
{
  KeepRules *rules = g_new0(KeepRules, 1);
  rules->rules = g_ptr_array_new_with_free_func((GDestroyNotify)keep_rule_free);
  rules->origins = g_ptr_array_new_with_free_func(g_free);
  rules->leaves = g_array_new(FALSE, FALSE, sizeof(KeepLeaf));
  rules->group_sizes = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint kind = 0; kind < KEEP_WHEN_KINDS; kind++)
  {
    rules->exact[kind] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
    rules->patterns[kind] = g_array_new(FALSE, FALSE, sizeof(guint));
  }
  return rules;
}

KeepRules *keep_rules_new(GError **error)
{
  g_autoptr(KeepRules) rules = keep_rules_new_empty();
  for (guint i = 0; i < keep_builtin_rules_count; i++)
    if (!add_document(rules, keep_builtin_rules[i].name, keep_builtin_rules[i].text, strlen(keep_builtin_rules[i].text), error))
      return NULL;
  return check_rule_names(rules, error) ? g_steal_pointer(&rules) : NULL;
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *json_files(const char *directory, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(GDir) dir = g_dir_open(directory, 0, &failure);
  if (dir == NULL)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "rules: %s", failure->message);
    return NULL;
  }
  GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
  for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
    if (g_str_has_suffix(name, ".json"))
      g_ptr_array_add(files, g_build_filename(directory, name, NULL));
  g_ptr_array_sort(files, compare_names);
  return files;
}

gboolean keep_rules_add_directory(KeepRules *rules, const char *directory, GError **error)
{
  g_autoptr(GPtrArray) files = json_files(directory, error);
  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
  {
    g_autofree char *text = NULL;
    gsize length = 0;
    g_autoptr(GError) failure = NULL;
    if (!g_file_get_contents(files->pdata[i], &text, &length, &failure) || !add_document(rules, files->pdata[i], text, length, &failure))
      return usage(failure, error);
  }
  return check_rule_names(rules, error);
}

void keep_rules_free(KeepRules *rules)
{
  if (rules == NULL)
    return;
  for (guint kind = 0; kind < KEEP_WHEN_KINDS; kind++)
  {
    g_hash_table_unref(rules->exact[kind]);
    g_array_unref(rules->patterns[kind]);
  }
  g_array_unref(rules->leaves);
  g_array_unref(rules->group_sizes);
  g_ptr_array_unref(rules->origins);
  g_ptr_array_unref(rules->rules);
  g_free(rules);
}

guint keep_rules_count(const KeepRules *rules)
{
  return rules->rules->len;
}

const KeepRule *keep_rules_get(const KeepRules *rules, guint index)
{
  return rules->rules->pdata[index];
}

const char *keep_rules_origin(const KeepRules *rules, guint index)
{
  return rules->origins->pdata[index];
}

gboolean keep_rules_want(const KeepRules *rules, KeepWhenKind kind, const char *text)
{
  return g_hash_table_contains(rules->exact[kind], text);
}

gboolean keep_rules_have(const KeepRules *rules, KeepWhenKind kind)
{
  return rules->patterns[kind]->len > 0 || g_hash_table_size(rules->exact[kind]) > 0;
}

gboolean keep_rules_read_texts(const KeepRules *rules)
{
  return rules->add_literals || keep_rules_have(rules, KEEP_WHEN_STRING);
}

/* What the last component of a glob begins with, up to its first wildcard; "" after a "**". */
static gsize plain_tail(const char *glob, const char **tail)
{
  const char *slash = strrchr(glob, '/');
  *tail = slash != NULL ? slash + 1 : glob;
  return strcspn(*tail, "*?[\\");
}

/* A glob is asked only when the cheap signs are there: every kept path meets every rule. */
static gboolean matches_path(const KeepWhen *when, const char *text)
{
  const char *tail;
  gsize length = plain_tail(when->text, &tail);
  const char *name = strrchr(text, '/') + 1;
  return strncmp(name, tail, length) == 0 && g_str_has_prefix(text, keep_glob_base(when->glob)) && keep_glob_match(when->glob, text, FALSE);
}

static gboolean matches(const KeepWhen *when, const char *text)
{
  if (when->kind == KEEP_WHEN_PATH)
    return matches_path(when, text);
  return (text[0] == when->text[0] || strchr("*?", when->text[0]) != NULL) && keep_pattern_match(when->text, text);
}

void keep_rules_match(const KeepRules *rules, KeepWhenKind kind, const char *text, void (*found)(guint leaf, gpointer data), gpointer data)
{
  GArray *exact = g_hash_table_lookup(rules->exact[kind], text);
  for (guint i = 0; exact != NULL && i < exact->len; i++)
    found(g_array_index(exact, guint, i), data);
  for (guint i = 0; i < rules->patterns[kind]->len; i++)
  {
    guint index = g_array_index(rules->patterns[kind], guint, i);
    if (matches(keep_rules_leaf(rules, index)->when, text))
      found(index, data);
  }
}

const KeepLeaf *keep_rules_leaf(const KeepRules *rules, guint index)
{
  return &g_array_index(rules->leaves, KeepLeaf, index);
}

guint keep_rules_leaf_count(const KeepRules *rules)
{
  return rules->leaves->len;
}

GArray *keep_rules_group_sizes(const KeepRules *rules)
{
  return rules->group_sizes;
}
