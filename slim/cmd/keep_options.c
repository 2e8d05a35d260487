/* One table, used by every command that plans an image. */
#include "slim/cmd/keep_options.h"

#include "oci/error.h"
#include "slim/error.h"

#include <string.h>

void cmd_keep_options_entries(SlimOptions *options, GOptionEntry entries[CMD_KEEP_OPTION_COUNT])
{
  const GOptionEntry table[CMD_KEEP_OPTION_COUNT] = {
      {"entrypoint", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->entrypoints, "program to run instead of the image's", "PATH"},
      {"exec", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->execs, "another program to keep, may be repeated", "PATH"},
      {"include", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->includes, "keep what matches, may be repeated", "GLOB"},
      {"exclude", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->excludes, "leave out what matches, may be repeated", "GLOB"},
      {"include-from", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->include_files, "globs of a file; ! before one excludes", "FILE"},
      {"keep", 0, 0, G_OPTION_ARG_STRING, &options->keep, "strict, safe (default) or package", "LEVEL"},
      {"package-db", 0, 0, G_OPTION_ARG_STRING, &options->package_db, "filtered (default), keep or none", "MODE"},
      {"rules", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->rules, "add the rules in a folder, may be repeated", "DIR"},
      {"dlopen", 0, 0, G_OPTION_ARG_STRING, &options->dlopen, "notes: required, recommended or suggested", "PRIORITY"},
      {"allow-missing", 0, 0, G_OPTION_ARG_NONE, &options->allow_missing, "only warn when something needed is missing", NULL},
      {0},
  };
  memcpy(entries, table, sizeof table);
}

static gboolean parse_priority(const char *text, ElfdepsPriority *priority, GError **error)
{
  for (*priority = ELFDEPS_PRIORITY_REQUIRED; *priority <= ELFDEPS_PRIORITY_SUGGESTED; (*priority)++)
    if (strcmp(text, elfdeps_priority_name(*priority)) == 0)
      return TRUE;
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--dlopen %s is none of required, recommended, suggested", quoted);
  return FALSE;
}

gboolean cmd_keep_options_check(SlimOptions *options, GError **error)
{
  options->keep_level = KEEP_LEVEL_SAFE;
  options->package_db_mode = EMIT_PACKAGE_DB_FILTERED;
  options->dlopen_priority = ELFDEPS_PRIORITY_RECOMMENDED;
  return (options->keep == NULL || keep_level_parse(options->keep, &options->keep_level, error)) &&
         (options->package_db == NULL || emit_package_db_parse(options->package_db, &options->package_db_mode, error)) &&
         (options->dlopen == NULL || parse_priority(options->dlopen, &options->dlopen_priority, error));
}

KeepRules *cmd_keep_options_rules(const SlimOptions *options, GError **error)
{
  g_autoptr(KeepRules) rules = options->keep_level == KEEP_LEVEL_STRICT ? keep_rules_new_empty() : keep_rules_new(error);
  for (guint i = 0; rules != NULL && options->rules != NULL && options->rules[i] != NULL; i++)
    if (!keep_rules_add_directory(rules, options->rules[i], error))
      return NULL;
  return g_steal_pointer(&rules);
}

void cmd_slim_options_clear(SlimOptions *options)
{
  cmd_source_options_clear(&options->source);
  cmd_registry_options_clear(&options->destination);
  cmd_metadata_options_clear(&options->metadata);
  g_strfreev(options->tags);
  g_strfreev(options->entrypoints);
  g_strfreev(options->execs);
  g_strfreev(options->includes);
  g_strfreev(options->excludes);
  g_strfreev(options->include_files);
  g_strfreev(options->rules);
  g_free(options->keep);
  g_free(options->package_db);
  g_free(options->dlopen);
  g_free(options->compression);
  g_free(options->report);
  g_free(options->max_size);
}
