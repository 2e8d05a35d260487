/*
 * Rules for people and for programs: all that are in force, or those that an
 * image made fire.
 */
#ifndef SLIM_REPORT_RULES_H
#define SLIM_REPORT_RULES_H

#include "oci/json.h"
#include "slim/keep/closure.h"

/*
 * {"rules": [{"id", "origin", "why", "fired": [{"path", "evidence"}]}]}, in
 * the order of the documents.
 *
 * closure: run to its end: only rules that fired are listed; NULL: all are,
 * without "fired".
 * Returns: new.
 */
json_t *report_rules_json(const KeepRules *rules, KeepClosure *closure);

/* The same as lines: "id (origin): why", and below each its evidence. Returns: new. */
char *report_rules_text(const json_t *document);

#endif
