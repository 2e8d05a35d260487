/*
 * Conditions are flattened into leaves. A leaf that comes true lowers the
 * count of its group; a group at zero fires its rule.
 */
#include "slim/keep/rules.h"

#include "slim/keep/builtin_rules.h"
#include "slim/keep/glob.h"

#include <string.h>

typedef struct
{
  const KeepWhen *when;
  guint rule;
  guint group;
} Leaf;

struct keep_rules
{
  GPtrArray *rules;
  GArray *leaves;      /* Leaf */
  GArray *group_sizes; /* guint */
  GHashTable *imports; /* symbol → GArray of leaf indices */
  GArray *sonames;     /* leaf indices */
  GArray *paths;
  GHashTable *envs;    /* name → GArray of leaf indices */
  GHashTable *by_rule; /* id → GArray of leaf indices */
};

struct keep_facts
{
  const KeepRules *rules;
  GArray *groups; /* guint: conditions that are still to come true */
  guint8 *leaf_true;
  guint8 *rule_fired;
  GQueue *fired; /* KeepFired* */
  GStringChunk *strings;
};

static void index_leaf(GHashTable *table, const char *key, guint leaf)
{
  GArray *leaves = g_hash_table_lookup(table, key);
  if (leaves == NULL)
  {
    leaves = g_array_new(FALSE, FALSE, sizeof(guint));
    g_hash_table_insert(table, (gpointer)(guintptr)key, leaves);
  }
  g_array_append_val(leaves, leaf);
}

static void add_leaf(KeepRules *rules, const KeepWhen *when, guint rule, guint group)
{
  guint index = rules->leaves->len;
  Leaf leaf = {.when = when, .rule = rule, .group = group};
  g_array_append_val(rules->leaves, leaf);
  switch (when->kind)
  {
  case KEEP_WHEN_IMPORT:
    index_leaf(rules->imports, when->text, index);
    break;
  case KEEP_WHEN_SONAME:
    g_array_append_val(rules->sonames, index);
    break;
  case KEEP_WHEN_PATH:
    g_array_append_val(rules->paths, index);
    break;
  case KEEP_WHEN_ENV:
    index_leaf(rules->envs, when->text, index);
    break;
  case KEEP_WHEN_RULE:
    index_leaf(rules->by_rule, when->text, index);
    break;
  case KEEP_WHEN_ALL:
    g_assert_not_reached();
  }
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

static gboolean add_document(KeepRules *rules, const char *name, const char *text, gsize length, GError **error)
{
  g_autoptr(json_t) document = oci_json_parse(text, length, length, name, error);
  if (document == NULL)
    return FALSE;
  gsize index;
  json_t *object;
  json_array_foreach(json_object_get(document, "rules"), index, object)
  {
    KeepRule *rule = keep_rule_new(object, name, error);
    if (rule == NULL)
      return FALSE;
    for (guint i = 0; i < rule->when->len; i++)
      add_group(rules, rule->when->pdata[i], rules->rules->len);
    g_ptr_array_add(rules->rules, rule);
  }
  return TRUE;
}

static GHashTable *leaf_table_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_array_unref);
}

KeepRules *keep_rules_new(GError **error)
{
  g_autoptr(KeepRules) rules = g_new0(KeepRules, 1);
  rules->rules = g_ptr_array_new_with_free_func((GDestroyNotify)keep_rule_free);
  rules->leaves = g_array_new(FALSE, FALSE, sizeof(Leaf));
  rules->group_sizes = g_array_new(FALSE, FALSE, sizeof(guint));
  rules->sonames = g_array_new(FALSE, FALSE, sizeof(guint));
  rules->paths = g_array_new(FALSE, FALSE, sizeof(guint));
  rules->imports = leaf_table_new();
  rules->envs = leaf_table_new();
  rules->by_rule = leaf_table_new();
  for (guint i = 0; i < keep_builtin_rules_count; i++)
    if (!add_document(rules, keep_builtin_rules[i].name, keep_builtin_rules[i].text, strlen(keep_builtin_rules[i].text), error))
      return NULL;
  return g_steal_pointer(&rules);
}

void keep_rules_free(KeepRules *rules)
{
  if (rules == NULL)
    return;
  g_hash_table_unref(rules->imports);
  g_hash_table_unref(rules->envs);
  g_hash_table_unref(rules->by_rule);
  g_array_unref(rules->leaves);
  g_array_unref(rules->group_sizes);
  g_array_unref(rules->sonames);
  g_array_unref(rules->paths);
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

gboolean keep_rules_want_import(const KeepRules *rules, const char *symbol)
{
  return g_hash_table_contains(rules->imports, symbol);
}

KeepFacts *keep_facts_new(const KeepRules *rules)
{
  KeepFacts *facts = g_new0(KeepFacts, 1);
  facts->rules = rules;
  facts->groups = g_array_copy(rules->group_sizes);
  facts->leaf_true = g_malloc0(rules->leaves->len + 1);
  facts->rule_fired = g_malloc0(rules->rules->len + 1);
  facts->fired = g_queue_new();
  facts->strings = g_string_chunk_new(4096);
  return facts;
}

void keep_facts_free(KeepFacts *facts)
{
  if (facts == NULL)
    return;
  g_queue_free_full(facts->fired, g_free);
  g_string_chunk_free(facts->strings);
  g_array_unref(facts->groups);
  g_free(facts->leaf_true);
  g_free(facts->rule_fired);
  g_free(facts);
}

static void make_true(KeepFacts *facts, guint index, const char *verb, const char *text, const char *subject, gpointer data)
{
  const Leaf *leaf = &g_array_index(facts->rules->leaves, Leaf, index);
  if (facts->leaf_true[index])
    return;
  facts->leaf_true[index] = 1;
  guint *left = &g_array_index(facts->groups, guint, leaf->group);
  (*left)--;
  if (*left > 0 || facts->rule_fired[leaf->rule])
    return;
  facts->rule_fired[leaf->rule] = 1;
  g_autofree char *evidence = g_strconcat(verb, " ", text, NULL);
  KeepFired *fired = g_new0(KeepFired, 1);
  fired->rule = facts->rules->rules->pdata[leaf->rule];
  fired->subject = subject;
  fired->evidence = g_string_chunk_insert_const(facts->strings, evidence);
  fired->data = data;
  g_queue_push_tail(facts->fired, fired);
}

static void make_all_true(KeepFacts *facts, GArray *leaves, const char *verb, const char *text, const char *subject, gpointer data)
{
  for (guint i = 0; leaves != NULL && i < leaves->len; i++)
    make_true(facts, g_array_index(leaves, guint, i), verb, text, subject, data);
}

void keep_facts_add_import(KeepFacts *facts, const char *symbol, const char *subject, gpointer data)
{
  make_all_true(facts, g_hash_table_lookup(facts->rules->imports, symbol), "imports", symbol, subject, data);
}

void keep_facts_add_env(KeepFacts *facts, const char *name)
{
  make_all_true(facts, g_hash_table_lookup(facts->rules->envs, name), "environment sets", name, NULL, NULL);
}

void keep_facts_add_soname(KeepFacts *facts, const char *soname, const char *subject, gpointer data)
{
  for (guint i = 0; i < facts->rules->sonames->len; i++)
  {
    guint index = g_array_index(facts->rules->sonames, guint, i);
    const Leaf *leaf = &g_array_index(facts->rules->leaves, Leaf, index);
    if (!facts->leaf_true[index] && g_pattern_spec_match_string(leaf->when->matcher, soname))
      make_true(facts, index, "soname", soname, subject, data);
  }
}

void keep_facts_add_path(KeepFacts *facts, const char *path, const char *subject, gpointer data)
{
  for (guint i = 0; i < facts->rules->paths->len; i++)
  {
    guint index = g_array_index(facts->rules->paths, guint, i);
    const Leaf *leaf = &g_array_index(facts->rules->leaves, Leaf, index);
    const char *base = keep_glob_base(leaf->when->matcher);
    if (!facts->leaf_true[index] && g_str_has_prefix(path, base) && keep_glob_match(leaf->when->matcher, path, FALSE))
      make_true(facts, index, "path", path, subject, data);
  }
}

gboolean keep_facts_take(KeepFacts *facts, KeepFired *fired)
{
  KeepFired *next = g_queue_pop_head(facts->fired);
  if (next == NULL)
    return FALSE;
  *fired = *next;
  g_free(next);
  make_all_true(facts, g_hash_table_lookup(facts->rules->by_rule, fired->rule->id), "rule", fired->rule->id, fired->subject, fired->data);
  return TRUE;
}

gboolean keep_facts_waiting(const KeepFacts *facts)
{
  return facts->fired->head != NULL;
}
