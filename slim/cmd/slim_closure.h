/*
 * From the options of slim to a finished closure.
 */
#ifndef SLIM_CMD_SLIM_CLOSURE_H
#define SLIM_CMD_SLIM_CLOSURE_H

#include "slim/cmd/slim_run.h"
#include "slim/keep/closure.h"

/*
 * Errors: SLIM_ERROR_USAGE when nothing is declared, SLIM_ERROR_MISSING for
 * an include that is not there.
 */
KeepClosure *slim_closure_new(const SlimOptions *options, OciImage *image, const KeepRules *rules, GError **error);

/*
 * Errors: SLIM_ERROR_MISSING when an entrypoint could not start; what is
 * missing otherwise becomes a warning.
 */
gboolean slim_closure_check(const SlimOptions *options, KeepClosure *closure, GPtrArray *warnings, GError **error);

#endif
