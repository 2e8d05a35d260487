/*
 * Placeholders in a rule's texts: {path}, {dir}, {prefix}, {name}, {env:NAME}.
 */
#ifndef SLIM_KEEP_TEMPLATE_H
#define SLIM_KEEP_TEMPLATE_H

#include "oci/config.h"

/*
 * subject: the path that is the evidence, or NULL.
 * as_glob: what is filled in is escaped, so that it stands for itself in a
 * glob.
 *
 * Returns: a new string, or NULL when a placeholder has no value or is
 * unknown.
 */
char *keep_template_expand(const char *text, const char *subject, const OciConfig *config, gboolean as_glob);

#endif
