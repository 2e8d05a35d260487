/*
 * What the readers of a rule's parts share; only slim/keep/rule*.c include it.
 */
#ifndef SLIM_KEEP_RULE_PRIVATE_H
#define SLIM_KEEP_RULE_PRIVATE_H

#include "slim/keep/glob.h"
#include "slim/keep/rule.h"

/* For messages: the document and the rule in it. */
typedef struct
{
  const char *origin;
  const char *id;
} KeepRulePlace;

void keep_rule_set_error(const KeepRulePlace *place, const char *what, GError **error);

/* Errors: SLIM_ERROR_USAGE with the place. */
KeepGlob *keep_rule_read_glob(const char *text, const KeepRulePlace *place, GError **error);

/*
 * A list of texts with at least one element.
 *
 * texts: gets char*, borrowed from array.
 * globs: each has to be one, unless it has placeholders.
 * Errors: SLIM_ERROR_USAGE with the place.
 */
gboolean keep_rule_read_texts(GPtrArray *texts, json_t *array, gboolean globs, const KeepRulePlace *place, GError **error);

/* additions: gets KeepAdd*. Errors: SLIM_ERROR_USAGE with the place. */
gboolean keep_rule_read_additions(GPtrArray *additions, json_t *array, const KeepRulePlace *place, GError **error);
void keep_rule_add_free(gpointer add);

#endif
