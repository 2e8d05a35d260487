/* A leaf that comes true lowers the count of its group; a group at zero fires its rule. */
#include "slim/keep/facts.h"

/* One rule can fire for that many paths, so that a hostile image cannot make it fire for ever. */
#define SUBJECTS_MAX 4096u

/* What is known of one file, for conditions that "all" joins. */
typedef struct
{
  GHashTable *leaves; /* set of leaf indices */
  gconstpointer program;
  gpointer data;
} SubjectFacts;

struct keep_facts
{
  const KeepRules *rules;
  GArray *groups; /* guint: conditions that are still to come true */
  guint8 *leaf_true;
  GHashTable *subjects; /* char* → SubjectFacts* */
  GHashTable *fired;    /* KeepRule* → a set of char*: for whom it fired */
  GQueue *waiting;      /* KeepFired* */
  GStringChunk *strings;
};

static void subject_free(gpointer data)
{
  SubjectFacts *subject = data;
  g_hash_table_unref(subject->leaves);
  g_free(subject);
}

KeepFacts *keep_facts_new(const KeepRules *rules)
{
  KeepFacts *facts = g_new0(KeepFacts, 1);
  facts->rules = rules;
  facts->groups = g_array_copy(keep_rules_group_sizes(rules));
  facts->leaf_true = g_malloc0(keep_rules_leaf_count(rules) + 1);
  facts->subjects = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, subject_free);
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
  g_hash_table_unref(facts->subjects);
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
  gconstpointer program;
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

/* For whom a rule fires: once for the image, or for each file, each program, or each of both. */
static const char *key_of(KeepFacts *facts, const KeepRule *rule, const Fact *fact)
{
  const char *subject = rule->per_subject && fact->subject != NULL ? fact->subject : "";
  if (!rule->per_program || fact->program == NULL)
    return g_string_chunk_insert_const(facts->strings, subject);
  g_autofree char *key = g_strdup_printf("%p %s", fact->program, subject);
  return g_string_chunk_insert_const(facts->strings, key);
}

static gboolean is_first(KeepFacts *facts, const KeepRule *rule, const Fact *fact)
{
  GHashTable *keys = g_hash_table_lookup(facts->fired, rule);
  if (keys == NULL)
  {
    keys = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(facts->fired, (gpointer)(guintptr)rule, keys);
  }
  else if ((!rule->per_subject && !rule->per_program) || g_hash_table_size(keys) >= SUBJECTS_MAX)
    return FALSE;
  return g_hash_table_add(keys, (gpointer)(guintptr)key_of(facts, rule, fact));
}

static void fire(const Fact *fact, guint rule_index)
{
  KeepFacts *facts = fact->facts;
  const KeepRule *rule = keep_rules_get(facts->rules, rule_index);
  if (!is_first(facts, rule, fact))
    return;
  g_autofree char *evidence = g_strconcat(verb(fact->kind), " ", fact->text, NULL);
  KeepFired *fired = g_new0(KeepFired, 1);
  *fired = (KeepFired){.rule = rule,
                       .subject = fact->subject,
                       .evidence = g_string_chunk_insert_const(facts->strings, evidence),
                       .program = fact->program,
                       .data = fact->data};
  g_queue_push_tail(facts->waiting, fired);
}

/* Whether a condition is about a file, and not about the image. */
static gboolean is_of_file(KeepWhenKind kind)
{
  return kind != KEEP_WHEN_ENV && kind != KEEP_WHEN_PACKAGE && kind != KEEP_WHEN_RULE;
}

/* Whether all conditions of a leaf's group hold; the leaves of a group stand beside each other. */
static gboolean is_complete(const KeepFacts *facts, guint index, const SubjectFacts *subject)
{
  guint group = keep_rules_leaf(facts->rules, index)->group;
  while (index > 0 && keep_rules_leaf(facts->rules, index - 1)->group == group)
    index--;
  for (; index < keep_rules_leaf_count(facts->rules) && keep_rules_leaf(facts->rules, index)->group == group; index++)
    if (!facts->leaf_true[index] && !(subject != NULL && g_hash_table_contains(subject->leaves, GUINT_TO_POINTER(index))))
      return FALSE;
  return TRUE;
}

static void fire_for(const Fact *fact, guint rule, const char *path, const SubjectFacts *subject)
{
  Fact of_subject = *fact;
  of_subject.subject = path;
  of_subject.program = subject->program;
  of_subject.data = subject->data;
  fire(&of_subject, rule);
}

/* One of several conditions about one file came true. */
static void make_true_of(const Fact *fact, guint index, const KeepLeaf *leaf)
{
  KeepFacts *facts = fact->facts;
  SubjectFacts *subject = g_hash_table_lookup(facts->subjects, fact->subject);
  if (subject == NULL)
  {
    subject = g_new0(SubjectFacts, 1);
    subject->leaves = g_hash_table_new(NULL, NULL);
    g_hash_table_insert(facts->subjects, (gpointer)(guintptr)fact->subject, subject);
  }
  g_hash_table_add(subject->leaves, GUINT_TO_POINTER(index));
  if (fact->data != NULL)
  {
    subject->data = fact->data;
    subject->program = fact->program;
  }
  if (is_complete(facts, index, subject))
    fire_for(fact, leaf->rule, fact->subject, subject);
}

/* One of several conditions came true that is about the image: it may be the last one of several files. */
static void make_true_of_image(const Fact *fact, guint index, const KeepLeaf *leaf)
{
  KeepFacts *facts = fact->facts;
  GHashTableIter iter;
  gpointer path;
  gpointer subject;
  facts->leaf_true[index] = 1;
  if (is_complete(facts, index, NULL))
    fire(fact, leaf->rule);
  g_hash_table_iter_init(&iter, facts->subjects);
  while (g_hash_table_iter_next(&iter, &path, &subject))
    if (is_complete(facts, index, subject))
      fire_for(fact, leaf->rule, path, subject);
}

static void make_true(guint index, gpointer data)
{
  const Fact *fact = data;
  KeepFacts *facts = fact->facts;
  const KeepLeaf *leaf = keep_rules_leaf(facts->rules, index);
  if (keep_rules_get(facts->rules, leaf->rule)->per_subject && g_array_index(keep_rules_group_sizes(facts->rules), guint, leaf->group) > 1)
  {
    if (fact->subject != NULL && is_of_file(fact->kind))
      make_true_of(fact, index, leaf);
    else
      make_true_of_image(fact, index, leaf);
    return;
  }
  guint *left = &g_array_index(facts->groups, guint, leaf->group);
  if (!facts->leaf_true[index])
  {
    facts->leaf_true[index] = 1;
    (*left)--;
  }
  if (*left == 0)
    fire(fact, leaf->rule);
}

void keep_facts_add_in(KeepFacts *facts, gconstpointer program, KeepWhenKind kind, const char *text, const char *subject, gpointer data)
{
  Fact fact = {.facts = facts, .kind = kind, .text = text, .subject = subject, .program = program, .data = data};
  keep_rules_match(facts->rules, kind, text, make_true, &fact);
}

void keep_facts_add(KeepFacts *facts, KeepWhenKind kind, const char *text, const char *subject, gpointer data)
{
  keep_facts_add_in(facts, NULL, kind, text, subject, data);
}

gboolean keep_facts_take(KeepFacts *facts, KeepFired *fired)
{
  g_autofree KeepFired *next = g_queue_pop_head(facts->waiting);
  if (next == NULL)
    return FALSE;
  *fired = *next;
  keep_facts_add_in(facts, fired->program, KEEP_WHEN_RULE, fired->rule->id, fired->subject, fired->data);
  return TRUE;
}

gboolean keep_facts_waiting(const KeepFacts *facts)
{
  return facts->waiting->head != NULL;
}
