/*
 * The options that say what is kept: of slim, why and rules.
 */
#ifndef SLIM_CMD_KEEP_OPTIONS_H
#define SLIM_CMD_KEEP_OPTIONS_H

#include "slim/cmd/slim_run.h"
#include "slim/keep/rules.h"

#define CMD_KEEP_OPTION_COUNT 11

/* entries: storage for the table. */
void cmd_keep_options_entries(SlimOptions *options, GOptionEntry entries[CMD_KEEP_OPTION_COUNT]);

/* Reads what has to be read in them. Errors: SLIM_ERROR_USAGE. */
gboolean cmd_keep_options_check(SlimOptions *options, GError **error);

/* The rules that are in force. Returns: new. */
KeepRules *cmd_keep_options_rules(const SlimOptions *options, GError **error);

void cmd_slim_options_clear(SlimOptions *options);

#endif
