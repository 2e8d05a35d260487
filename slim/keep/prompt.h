/*
 * Commands that only open a prompt: a shell, or an interpreter that is given
 * nothing to run. Base images have them, and slimming one by its command
 * would leave next to nothing of it.
 */
#ifndef SLIM_KEEP_PROMPT_H
#define SLIM_KEEP_PROMPT_H

#include "slim/keep/closure.h"

/*
 * The word of a root that opens a prompt, for example "bash"; NULL when the
 * root runs something. A command behind an entrypoint counts when the
 * entrypoint is a script, or a program that only hands on.
 *
 * Returns: borrowed from the root.
 * Errors: reading the image fails.
 */
gboolean keep_prompt_find(KeepClosure *closure, const KeepRoot *root, const char **word, GError **error);

#endif
