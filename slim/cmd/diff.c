/* ocislim diff A B */
#include "slim/report/diff.h"

#include "slim/cmd/command.h"
#include "slim/cmd/options.h"

#include <stdio.h>

#define SYNOPSIS "A B — show what went, changed and came"

static const char description[] = "A and B are sources as slim takes them; one of them may be -. Sizes are those of\n"
                                  "the files, not of the layers. The packages are those of the image's own package\n"
                                  "database: of B for what B has, else of A.\n"
                                  "\n"
                                  "Examples:\n"
                                  "  ocislim diff oci:build oci:slim\n"
                                  "  ocislim diff --json oci-archive:old.tar oci-archive:new.tar\n";

typedef struct
{
  SourceOptions source;
  gboolean json;
} DiffOptions;

static KeepPackages *read_packages(OciImage *image, GPtrArray *warnings, GError **error)
{
  return image == NULL ? NULL : keep_packages_new(oci_image_rootfs(image), warnings, error);
}

static gboolean run_diff(const DiffOptions *options, char **operands, GError **error)
{
  g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(OciImage) before = cmd_source_open(operands[0], &options->source, TRUE, error);
  g_autoptr(KeepPackages) before_packages = read_packages(before, warnings, error);
  g_autoptr(OciImage) after = before_packages == NULL ? NULL : cmd_source_open(operands[1], &options->source, TRUE, error);
  g_autoptr(KeepPackages) after_packages = read_packages(after, warnings, error);
  if (after_packages == NULL)
    return FALSE;
  g_autoptr(ReportDiff) diff = report_diff_new(oci_image_rootfs(before), before_packages, oci_image_rootfs(after), after_packages, error);
  if (diff == NULL)
    return FALSE;
  for (guint i = 0; i < warnings->len; i++)
    fprintf(stderr, "warning: %s\n", (const char *)warnings->pdata[i]);
  if (options->json)
  {
    g_autoptr(json_t) document = report_diff_json(diff);
    json_dumpf(document, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    return TRUE;
  }
  g_autofree char *text = report_diff_text(diff);
  fputs(text, stdout);
  return TRUE;
}

gboolean cmd_diff(char ***arguments, GError **error)
{
  DiffOptions options = {0};
  GOptionEntry source_entries[CMD_SOURCE_OPTION_COUNT];
  cmd_source_options_entries(&options.source, source_entries);
  const GOptionEntry entries[] = {
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "every path, package and folder as JSON", NULL},
      {0},
  };
  const GOptionEntry *const tables[] = {entries, source_entries, NULL};
  gboolean ok =
      cmd_options_parse("diff", SYNOPSIS, description, tables, 2, 2, arguments, error) && run_diff(&options, *arguments + 1, error);
  cmd_source_options_clear(&options.source);
  return ok;
}
