/* Option tables, and the options about a source. */
#include "slim/cmd/options.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/interrupt.h"
#include "slim/report/bytes.h"
#include "slim/report/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void set_usage(const char *command, const char *what, GError **error)
{
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s\nhint: see 'ocislim %s --help'", what, command);
}

gboolean cmd_options_parse(const char *command, const char *synopsis, const char *description, const GOptionEntry *const *tables,
                           guint least, guint most, char ***arguments, GError **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new(synopsis);
  for (guint i = 0; tables[i] != NULL; i++)
    g_option_context_add_main_entries(context, tables[i], NULL);
  g_option_context_set_description(context, description);
  /* the context takes the first word for the program's name */
  g_autofree char *name = g_strdup_printf("ocislim %s", command);
  g_set_prgname(name);
  if (!g_option_context_parse_strv(context, arguments, error))
  {
    g_prefix_error(error, "%s: ", command);
    g_autofree char *hint = g_strdup_printf("\nhint: see 'ocislim %s --help'", command);
    if (error != NULL)
    {
      g_autofree char *message = g_strconcat((*error)->message, hint, NULL);
      g_free((*error)->message);
      (*error)->message = g_steal_pointer(&message);
    }
    return FALSE;
  }
  guint count = g_strv_length(*arguments + 1);
  if (count >= least && count <= most)
    return TRUE;
  set_usage(command, count < least ? "an operand is missing" : "there are too many operands", error);
  return FALSE;
}

void cmd_source_options_clear(SourceOptions *options)
{
  g_clear_pointer(&options->platform, g_free);
  g_clear_pointer(&options->max_uncompressed, g_free);
}

void cmd_source_options_entries(SourceOptions *options, GOptionEntry entries[CMD_SOURCE_OPTION_COUNT])
{
  const GOptionEntry table[CMD_SOURCE_OPTION_COUNT] = {
      {"platform", 0, 0, G_OPTION_ARG_STRING, &options->platform, "image of an index (default: this machine's)", "OS/ARCH"},
      {"threads", 0, 0, G_OPTION_ARG_INT, &options->threads, "work on N layers at once", "N"},
      {"max-uncompressed", 0, 0, G_OPTION_ARG_STRING, &options->max_uncompressed, "limit of all layers inflated (64GiB)", "SIZE"},
      {"max-ratio", 0, 0, G_OPTION_ARG_INT, &options->max_ratio, "limit of inflated to stored (1000)", "N"},
      {0},
  };
  memcpy(entries, table, sizeof table);
}

guint cmd_source_threads(const SourceOptions *options)
{
  return options->threads > 0 ? (guint)options->threads : g_get_num_processors();
}

static gboolean fill_options(const SourceOptions *options, OciOpenOptions *open, OciPlatform **platform, GError **error)
{
  oci_limits_init(&open->limits);
  open->threads = cmd_source_threads(options);
  open->cancelled = slim_interrupt_flag();
  if (options->threads < 0 || options->threads > 256 || options->max_ratio < 0)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--threads takes 1 to 256, --max-ratio a positive number");
    return FALSE;
  }
  if (options->max_ratio > 0)
    open->limits.ratio = (guint64)options->max_ratio;
  if (options->max_uncompressed != NULL && !report_bytes_parse(options->max_uncompressed, &open->limits.uncompressed_bytes, error))
    return FALSE;
  if (options->platform == NULL)
    return TRUE;
  *platform = oci_platform_parse(options->platform, error);
  open->platform = *platform;
  return *platform != NULL;
}

OciImage *cmd_source_open(const char *text, const SourceOptions *options, gboolean progress, GError **error)
{
  OciOpenOptions open = {0};
  g_autoptr(OciPlatform) platform = NULL;
  g_autoptr(OciReference) reference = oci_reference_parse(text, error);
  if (reference == NULL || !fill_options(options, &open, &platform, error))
    return NULL;
  if (reference->transport == OCI_TRANSPORT_STREAM && isatty(STDIN_FILENO))
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE,
                "standard input is a terminal, not an image\nhint: docker save IMAGE | ocislim slim - -");
    return NULL;
  }
  g_autoptr(ReportProgress) line = report_progress_new("reading", progress);
  open.progress = report_progress_add;
  open.progress_data = line;
  return oci_image_open(reference, &open, error);
}
