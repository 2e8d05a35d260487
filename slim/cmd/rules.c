/* ocislim rules [SOURCE] */
#include "slim/report/rules.h"

#include "slim/cmd/command.h"
#include "slim/cmd/keep_options.h"
#include "slim/cmd/slim_closure.h"
#include "slim/error.h"

#include <stdio.h>

#define SYNOPSIS "[SOURCE] — list rules, or those that fire"

static const char description[] = "Rules are what is known about software that a loader cannot see. With a SOURCE,\n"
                                  "as slim takes it, only the rules that fire are listed, with their evidence.\n"
                                  "--rules adds a folder of rules of your own.\n"
                                  "\n"
                                  "Examples:\n"
                                  "  ocislim rules\n"
                                  "  ocislim rules --json oci:build\n";

static gboolean run_rules(const SlimOptions *options, const char *source, GError **error)
{
  g_autoptr(KeepRules) rules = cmd_keep_options_rules(options, error);
  g_autoptr(OciImage) image = rules == NULL || source == NULL ? NULL : cmd_source_open(source, &options->source, TRUE, error);
  g_autoptr(KeepClosure) closure = image == NULL ? NULL : slim_closure_new(options, image, rules, error);
  if (rules == NULL || (source != NULL && closure == NULL))
    return FALSE;
  g_autoptr(json_t) document = report_rules_json(rules, closure);
  g_autofree char *text = options->json ? json_dumps(document, JSON_INDENT(2)) : report_rules_text(document);
  fputs(text, stdout);
  if (options->json)
    fputc('\n', stdout);
  return TRUE;
}

gboolean cmd_rules(char ***arguments, GError **error)
{
  SlimOptions options = {0};
  GOptionEntry source_entries[CMD_SOURCE_OPTION_COUNT];
  GOptionEntry keep_entries[CMD_KEEP_OPTION_COUNT];
  const GOptionEntry own_entries[] = {{"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "write JSON", NULL}, {0}};
  cmd_source_options_entries(&options.source, source_entries);
  cmd_keep_options_entries(&options, keep_entries);
  const GOptionEntry *const tables[] = {own_entries, keep_entries, source_entries, NULL};
  gboolean ok = cmd_options_parse("rules", SYNOPSIS, description, tables, 0, 1, arguments, error) &&
                cmd_keep_options_check(&options, error) && run_rules(&options, (*arguments)[1], error);
  cmd_slim_options_clear(&options);
  return ok;
}
