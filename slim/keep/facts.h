/*
 * What is known about an image while its closure grows, and the rules that
 * this makes fire.
 */
#ifndef SLIM_KEEP_FACTS_H
#define SLIM_KEEP_FACTS_H

#include "slim/keep/rules.h"

typedef struct keep_facts KeepFacts;

/* rules: must outlive the facts. */
KeepFacts *keep_facts_new(const KeepRules *rules);
void keep_facts_free(KeepFacts *facts);

/*
 * Something is the case.
 *
 * kind: any but KEEP_WHEN_RULE and KEEP_WHEN_ALL, which follow by themselves.
 * text: a symbol, a soname, a path, …
 * subject: the kept path that is the evidence, or NULL: the image as a whole; must outlive the facts.
 * data: handed on with what fires.
 */
void keep_facts_add(KeepFacts *facts, KeepWhenKind kind, const char *text, const char *subject, gpointer data);

/*
 * The same in the name space of one program: a rule that loads objects fires
 * for each program anew.
 *
 * program: what tells programs apart, or NULL.
 */
void keep_facts_add_in(KeepFacts *facts, gconstpointer program, KeepWhenKind kind, const char *text, const char *subject, gpointer data);

typedef struct
{
  const KeepRule *rule;
  const char *subject;
  const char *evidence; /* "imports getaddrinfo"; owned by the facts */
  gconstpointer program;
  gpointer data;
} KeepFired;

/* The next rule that fired and was not yet taken. */
gboolean keep_facts_take(KeepFacts *facts, KeepFired *fired);
gboolean keep_facts_waiting(const KeepFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepFacts, keep_facts_free)

#endif
