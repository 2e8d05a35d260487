/* ocislim why SOURCE-or-REPORT PATH */
#include "slim/report/why.h"

#include "oci/error.h"
#include "slim/cmd/command.h"
#include "slim/cmd/keep_options.h"
#include "slim/cmd/slim_closure.h"
#include "slim/emit/plan.h"
#include "slim/error.h"
#include "slim/report/removed.h"
#include "slim/report/report.h"

#include <stdio.h>

#define SYNOPSIS         "SOURCE-OR-REPORT PATH — show why a path is kept"
#define REPORT_MAX_BYTES ((guint64)256 << 20)

static const char description[] = "The first operand is a JSON report that slim wrote, or a SOURCE as slim takes\n"
                                  "it; then the options say what would be kept. Lines lead from what is declared\n"
                                  "to PATH. For a path that was left out, its package is named.\n"
                                  "\n"
                                  "Examples:\n"
                                  "  ocislim why slim.json /usr/lib/x86_64-linux-gnu/libz.so.1\n"
                                  "  ocislim why rootfs:build --entrypoint /usr/bin/app /etc/ssl/openssl.cnf\n";

/* A file that begins with "{" is a report: no image does. FALSE with no error: it is none. */
static gboolean read_report(const char *name, json_t **document, GError **error)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  FILE *file = g_file_test(name, G_FILE_TEST_IS_REGULAR) ? fopen(name, "re") : NULL;
  if (file == NULL)
    return FALSE;
  int first = fgetc(file);
  fclose(file);
  if (first != '{' || !g_file_get_contents(name, &text, &length, error))
    return FALSE;
  *document = oci_json_parse(text, length, REPORT_MAX_BYTES, name, error);
  return *document != NULL;
}

static const char *platform_of(const json_t *report)
{
  return json_string_value(json_object_get(json_object_get(report, "source"), "platform"));
}

/* Of a report of several platforms, the one that is asked for, or the host's. Returns: borrowed. */
static json_t *find_platform(const json_t *platforms, const GPtrArray *wanted, GError **error)
{
  g_autoptr(OciPlatform) host = oci_platform_new_host();
  g_autofree char *name = oci_platform_format(wanted->len > 0 ? wanted->pdata[0] : host);
  g_autoptr(GString) list = g_string_new(NULL);
  for (gsize i = 0; i < json_array_size(platforms); i++)
  {
    json_t *report = json_array_get(platforms, i);
    const char *platform = platform_of(report);
    if (g_strcmp0(platform, name) == 0)
      return report;
    g_autofree char *quoted = oci_quote(platform == NULL ? "" : platform);
    g_string_append_printf(list, "%s%s", i == 0 ? "" : ", ", quoted);
  }
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "the report has nothing of %s\nhint: --platform with one of: %s", name, list->str);
  return NULL;
}

/* document: taken. Returns: a new reference to the report of one image. */
static json_t *choose_report(json_t *document, const SlimOptions *options, GError **error)
{
  json_t *platforms = json_object_get(document, "platforms");
  if (platforms == NULL)
    return document;
  g_autoptr(GPtrArray) wanted = cmd_source_platforms(&options->source, error);
  json_t *report = wanted == NULL ? NULL : json_incref(find_platform(platforms, wanted, error));
  json_decref(document);
  return report;
}

static json_t *plan_report(const SlimOptions *options, const char *source, const char *path, GError **error)
{
  g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(OciImage) image = cmd_source_open(source, &options->source, TRUE, error);
  g_autoptr(KeepRules) rules = image == NULL ? NULL : cmd_keep_options_rules(options, error);
  g_autoptr(KeepClosure) closure = rules == NULL ? NULL : slim_closure_new(options, image, rules, error);
  KeepPackages *packages = closure == NULL ? NULL : keep_closure_packages(closure, error);
  if (packages == NULL)
    return NULL;
  if (options->keep_level == KEEP_LEVEL_PACKAGE)
    keep_level_add_packages(closure, packages);
  g_autoptr(GHashTable) contents = emit_contents_new();
  if (!emit_package_db_add(options->package_db_mode, closure, contents, error))
    return NULL;
  g_autoptr(EmitPlan) plan = emit_plan_new(keep_closure_set(closure), oci_image_rootfs(image), contents, warnings);
  const Report report = {
      .source = image,
      .closure = closure,
      .plan = plan,
      .level = options->keep_level,
      .packages = packages,
      .warnings = warnings,
  };
  json_t *document = report_json(&report);
  if (json_is_null(json_object_get(document, "removed")))
    json_object_set_new(document, "removed", report_removed_path_json(oci_image_rootfs(image), keep_closure_set(closure), packages, path));
  return document;
}

static gboolean run_why(const SlimOptions *options, char **operands, GError **error)
{
  g_autoptr(json_t) document = NULL;
  GError *failure = NULL;
  if (read_report(operands[0], &document, &failure))
    document = choose_report(document, options, &failure);
  else if (failure == NULL)
    document = plan_report(options, operands[0], operands[1], &failure);
  g_autofree char *text = failure != NULL ? NULL : report_why_text(document, operands[1], &failure);
  if (failure != NULL)
  {
    g_propagate_error(error, failure);
    return FALSE;
  }
  fputs(text, stdout);
  return TRUE;
}

gboolean cmd_why(char ***arguments, GError **error)
{
  SlimOptions options = {0};
  GOptionEntry source_entries[CMD_SOURCE_OPTION_COUNT];
  GOptionEntry keep_entries[CMD_KEEP_OPTION_COUNT];
  cmd_source_options_entries(&options.source, source_entries);
  cmd_keep_options_entries(&options, keep_entries);
  const GOptionEntry *const tables[] = {keep_entries, source_entries, NULL};
  gboolean ok = cmd_options_parse("why", SYNOPSIS, description, tables, 2, 2, arguments, error) &&
                cmd_keep_options_check(&options, error) && run_why(&options, *arguments + 1, error);
  cmd_slim_options_clear(&options);
  return ok;
}
