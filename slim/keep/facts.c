/* A leaf that comes true lowers the count of its group; a group at zero fires its rule. */
#include "slim/keep/facts.h"

/* One rule can fire for that many paths, so that a hostile image cannot make it fire for ever. */
#define SUBJECTS_MAX 4096u

struct keep_facts
{
  const KeepRules *rules;
  GArray *groups; /* guint: conditions that are still to come true */
  guint8 *leaf_true;
  GHashTable *fired; /* KeepRule* → its subjects as a set, NULL key for none */
  GQueue *waiting;   /* KeepFired* */
  GStringChunk *strings;
};

KeepFacts *keep_facts_new(const KeepRules *rules)
{
  KeepFacts *facts = g_new0(KeepFacts, 1);
  facts->rules = rules;
  facts->groups = g_array_copy(keep_rules_group_sizes(rules));
  facts->leaf_true = g_malloc0(keep_rules_leaf_count(rules) + 1);
  facts->fired = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);
  facts->waiting = g_queue_new();
  facts->strings = g_string_chunk_new(4096);
  return facts;
}

void keep_facts_free(KeepFacts *facts)
{
  if (facts == NULL)
    return;
  g_queue_free_full(facts->waiting, g_free);
  g_hash_table_unref(facts->fired);
  g_string_chunk_free(facts->strings);
  g_array_unref(facts->groups);
  g_free(facts->leaf_true);
  g_free(facts);
}

typedef struct
{
  KeepFacts *facts;
  KeepWhenKind kind;
  const char *text;
  const char *subject;
  gpointer data;
} Fact;

static const char *verb(KeepWhenKind kind)
{
  switch (kind)
  {
  case KEEP_WHEN_IMPORT:
    return "imports";
  case KEEP_WHEN_SONAME:
    return "soname";
  case KEEP_WHEN_PATH:
    return "path";
  case KEEP_WHEN_ENV:
    return "environment sets";
  case KEEP_WHEN_PROGRAM:
    return "runs";
  case KEEP_WHEN_INTERPRETER:
    return "run by";
  case KEEP_WHEN_STRING:
    return "holds";
  case KEEP_WHEN_PACKAGE:
    return "package";
  case KEEP_WHEN_STATIC:
    return "static program of";
  case KEEP_WHEN_RULE:
    return "rule";
  case KEEP_WHEN_ALL:
  case KEEP_WHEN_KINDS:
    break;
  }
  g_assert_not_reached();
}

/* Whether a rule may fire now: once, or once for each subject. */
static gboolean is_first(KeepFacts *facts, const KeepRule *rule, const char *subject)
{
  GHashTable *subjects = g_hash_table_lookup(facts->fired, rule);
  if (subjects == NULL)
  {
    subjects = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(facts->fired, (gpointer)(guintptr)rule, subjects);
  }
  else if (!rule->per_subject || g_hash_table_size(subjects) >= SUBJECTS_MAX)
    return FALSE;
  return g_hash_table_add(subjects, (gpointer)(guintptr)(subject != NULL ? subject : ""));
}

static void fire(const Fact *fact, guint rule_index)
{
  KeepFacts *facts = fact->facts;
  const KeepRule *rule = keep_rules_get(facts->rules, rule_index);
  if (!is_first(facts, rule, fact->subject))
    return;
  g_autofree char *evidence = g_strconcat(verb(fact->kind), " ", fact->text, NULL);
  KeepFired *fired = g_new0(KeepFired, 1);
  *fired = (KeepFired){
      .rule = rule, .subject = fact->subject, .evidence = g_string_chunk_insert_const(facts->strings, evidence), .data = fact->data};
  g_queue_push_tail(facts->waiting, fired);
}

static void make_true(guint index, gpointer data)
{
  const Fact *fact = data;
  KeepFacts *facts = fact->facts;
  const KeepLeaf *leaf = keep_rules_leaf(facts->rules, index);
  guint *left = &g_array_index(facts->groups, guint, leaf->group);
  if (!facts->leaf_true[index])
  {
    facts->leaf_true[index] = 1;
    (*left)--;
  }
  if (*left == 0)
    fire(fact, leaf->rule);
}

void keep_facts_add(KeepFacts *facts, KeepWhenKind kind, const char *text, const char *subject, gpointer data)
{
  Fact fact = {.facts = facts, .kind = kind, .text = text, .subject = subject, .data = data};
  keep_rules_match(facts->rules, kind, text, make_true, &fact);
}

gboolean keep_facts_take(KeepFacts *facts, KeepFired *fired)
{
  g_autofree KeepFired *next = g_queue_pop_head(facts->waiting);
  if (next == NULL)
    return FALSE;
  *fired = *next;
  keep_facts_add(facts, KEEP_WHEN_RULE, fired->rule->id, fired->subject, fired->data);
  return TRUE;
}

gboolean keep_facts_waiting(const KeepFacts *facts)
{
  return facts->waiting->head != NULL;
}
