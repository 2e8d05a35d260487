/*
 * All rules that are in force, and what has made them fire.
 */
#ifndef SLIM_KEEP_RULES_H
#define SLIM_KEEP_RULES_H

#include "slim/keep/rule.h"

typedef struct keep_rules KeepRules;

/*
 * The rules that are built into the program.
 *
 * Errors: SLIM_ERROR_USAGE; the tests see to it that there is none.
 */
KeepRules *keep_rules_new(GError **error);
void keep_rules_free(KeepRules *rules);

guint keep_rules_count(const KeepRules *rules);
const KeepRule *keep_rules_get(const KeepRules *rules, guint index); /* borrowed */

/* Whether any rule asks for this symbol. */
gboolean keep_rules_want_import(const KeepRules *rules, const char *symbol);

/*
 * One pass's memory of what is known about the image. A rule fires once for
 * each subject that fulfils one of its conditions first.
 */
typedef struct keep_facts KeepFacts;
KeepFacts *keep_facts_new(const KeepRules *rules);
void keep_facts_free(KeepFacts *facts);

/*
 * subject: what the fact is about (a path); interned by the caller.
 * Each call reports the rules that the fact makes fire for the first time.
 */
typedef struct
{
  const KeepRule *rule;
  const char *subject;  /* the kept path that is the evidence, or NULL: the image's config */
  const char *evidence; /* "imports getaddrinfo", "soname libssl.so.3"; owned by the facts */
  gpointer data;        /* as given with the fact */
} KeepFired;

void keep_facts_add_import(KeepFacts *facts, const char *symbol, const char *subject, gpointer data);
void keep_facts_add_soname(KeepFacts *facts, const char *soname, const char *subject, gpointer data);
void keep_facts_add_path(KeepFacts *facts, const char *path, const char *subject, gpointer data);
void keep_facts_add_env(KeepFacts *facts, const char *name);

/* The next rule that fired and was not yet taken. */
gboolean keep_facts_take(KeepFacts *facts, KeepFired *fired);
gboolean keep_facts_waiting(const KeepFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepRules, keep_rules_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepFacts, keep_facts_free)

#endif
