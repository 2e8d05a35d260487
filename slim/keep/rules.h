/*
 * All rules that are in force, indexed by what makes them fire.
 */
#ifndef SLIM_KEEP_RULES_H
#define SLIM_KEEP_RULES_H

#include "slim/keep/rule.h"

typedef struct keep_rules KeepRules;

/* No rules at all: nothing fires. */
KeepRules *keep_rules_new_empty(void);

/*
 * The rules that are built into the program.
 *
 * Errors: SLIM_ERROR_USAGE; the tests see to it that there is none.
 */
KeepRules *keep_rules_new(GError **error);

/*
 * Adds the rules of every *.json of a folder of the host, in the order of
 * their names.
 *
 * Errors: SLIM_ERROR_USAGE with the file and the place in it.
 */
gboolean keep_rules_add_directory(KeepRules *rules, const char *directory, GError **error);

void keep_rules_free(KeepRules *rules);

guint keep_rules_count(const KeepRules *rules);
const KeepRule *keep_rules_get(const KeepRules *rules, guint index); /* borrowed */
const char *keep_rules_origin(const KeepRules *rules, guint index);  /* "rules/names.json"; borrowed */

/* Whether any rule asks for this text; for kinds without wildcards. */
gboolean keep_rules_want(const KeepRules *rules, KeepWhenKind kind, const char *text);

/* Whether any rule has a condition of this kind. */
gboolean keep_rules_have(const KeepRules *rules, KeepWhenKind kind);

/* Whether any rule asks for texts in objects, or adds what these name. */
gboolean keep_rules_read_texts(const KeepRules *rules);

/* One condition, and where it belongs. */
typedef struct
{
  const KeepWhen *when;
  guint rule;
  guint group; /* conditions that must all be true; a single one is a group of its own */
} KeepLeaf;

/*
 * For keep_facts: leaves that a text of this kind makes true.
 *
 * Calls found(index of the leaf, data) for each.
 */
void keep_rules_match(const KeepRules *rules, KeepWhenKind kind, const char *text, void (*found)(guint leaf, gpointer data), gpointer data);
const KeepLeaf *keep_rules_leaf(const KeepRules *rules, guint index); /* borrowed */
guint keep_rules_leaf_count(const KeepRules *rules);
GArray *keep_rules_group_sizes(const KeepRules *rules); /* guint; borrowed */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepRules, keep_rules_free)

#endif
