/* Option tables, and the options about a source. */
#include "slim/cmd/options.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/interrupt.h"
#include "slim/report/bytes.h"

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

void cmd_registry_options_clear(RegistryOptions *options)
{
  g_clear_pointer(&options->credentials, g_free);
  g_clear_pointer(&options->tls_verify, g_free);
  g_clear_pointer(&options->cert_dir, g_free);
}

void cmd_source_options_clear(SourceOptions *options)
{
  cmd_registry_options_clear(&options->registry);
  g_clear_pointer(&options->authfile, g_free);
  g_clear_pointer(&options->retry_times, g_free);
  g_clear_pointer(&options->platforms, g_strfreev);
  g_clear_pointer(&options->max_uncompressed, g_free);
}

void cmd_source_options_entries(SourceOptions *options, GOptionEntry entries[CMD_SOURCE_OPTION_COUNT])
{
  const GOptionEntry table[CMD_SOURCE_OPTION_COUNT] = {
      {"platform", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->platforms, "image of an index (default: this machine's)", "OS/ARCH"},
      {"threads", 0, 0, G_OPTION_ARG_INT, &options->threads, "work on N layers at once", "N"},
      {"max-uncompressed", 0, 0, G_OPTION_ARG_STRING, &options->max_uncompressed, "limit of all layers inflated (64GiB)", "SIZE"},
      {"max-ratio", 0, 0, G_OPTION_ARG_INT, &options->max_ratio, "limit of inflated to stored (1000)", "N"},
      {"authfile", 0, 0, G_OPTION_ARG_FILENAME, &options->authfile, "credentials of registries", "FILE"},
      {"src-creds", 0, 0, G_OPTION_ARG_STRING, &options->registry.credentials, "user of the source's registry", "USER:PASS"},
      {"src-tls-verify", 0, 0, G_OPTION_ARG_STRING, &options->registry.tls_verify, "false: trust any certificate, take HTTP", "BOOL"},
      {"src-cert-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->registry.cert_dir, "certificates for the source's registry", "DIR"},
      {"retry-times", 0, 0, G_OPTION_ARG_STRING, &options->retry_times, "tries after a registry's failure (5)", "N"},
      {0},
  };
  memcpy(entries, table, sizeof table);
}

static gboolean parse_bool(const char *text, const char *name, gboolean *value, GError **error)
{
  static const char *const no[] = {"false", "0", "f", "no"};
  static const char *const yes[] = {"true", "1", "t", "yes"};
  for (guint i = 0; i < G_N_ELEMENTS(no); i++)
    if (g_ascii_strcasecmp(text, no[i]) == 0 || g_ascii_strcasecmp(text, yes[i]) == 0)
    {
      *value = g_ascii_strcasecmp(text, yes[i]) == 0;
      return TRUE;
    }
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--%s-tls-verify takes true or false, not %s", name, quoted);
  return FALSE;
}

gboolean cmd_source_access(const SourceOptions *options, const RegistryOptions *side, const char *name, OciAccess *access, GError **error)
{
  gboolean verify = TRUE;
  guint64 retries = OCI_ACCESS_RETRIES;
  if (side->tls_verify != NULL && !parse_bool(side->tls_verify, name, &verify, error))
    return FALSE;
  if (options->retry_times != NULL && !g_ascii_string_to_unsigned(options->retry_times, 10, 0, 100, &retries, NULL))
  {
    g_autofree char *quoted = oci_quote(options->retry_times);
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--retry-times takes 0 to 100, not %s", quoted);
    return FALSE;
  }
  *access = (OciAccess){.authfile = options->authfile,
                        .credentials = side->credentials,
                        .cert_dir = side->cert_dir,
                        .insecure = !verify,
                        .retries = (guint)retries};
  return TRUE;
}

guint cmd_source_threads(const SourceOptions *options)
{
  return options->threads > 0 ? (guint)options->threads : g_get_num_processors();
}

GPtrArray *cmd_source_platforms(const SourceOptions *options, GError **error)
{
  g_autoptr(GPtrArray) platforms = g_ptr_array_new_with_free_func((GDestroyNotify)oci_platform_free);
  for (guint i = 0; options->platforms != NULL && options->platforms[i] != NULL; i++)
  {
    g_auto(GStrv) words = g_strsplit(options->platforms[i], ",", -1);
    for (guint j = 0; words[j] != NULL; j++)
    {
      OciPlatform *platform = oci_platform_parse(words[j], error);
      if (platform == NULL)
        return NULL;
      if (oci_platform_is_in(platforms, platform))
        oci_platform_free(platform);
      else
        g_ptr_array_add(platforms, platform);
    }
  }
  return g_steal_pointer(&platforms);
}

static gboolean fill_options(const SourceOptions *options, OciOpenOptions *open, GError **error)
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
  return options->max_uncompressed == NULL || report_bytes_parse(options->max_uncompressed, &open->limits.uncompressed_bytes, error);
}

void cmd_place_free(CmdPlace *place)
{
  if (place == NULL)
    return;
  g_clear_pointer(&place->place, oci_place_free);
  g_clear_pointer(&place->progress, report_progress_free);
  g_clear_pointer(&place->reference, oci_reference_free);
  g_free(place);
}

CmdPlace *cmd_place_open(const char *text, const SourceOptions *options, gboolean progress, GError **error)
{
  OciOpenOptions open = {0};
  g_autoptr(CmdPlace) place = g_new0(CmdPlace, 1);
  place->reference = oci_reference_parse(text, error);
  if (place->reference == NULL || !fill_options(options, &open, error) ||
      !cmd_source_access(options, &options->registry, "src", &place->access, error))
    return NULL;
  if (place->reference->transport == OCI_TRANSPORT_STREAM && isatty(STDIN_FILENO))
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE,
                "standard input is a terminal, not an image\nhint: docker save IMAGE | ocislim slim - -");
    return NULL;
  }
  place->progress = report_progress_new("reading", progress);
  open.access = &place->access;
  open.progress = report_progress_add;
  open.progress_data = place->progress;
  place->place = oci_place_open(place->reference, &open, error);
  return place->place == NULL ? NULL : g_steal_pointer(&place);
}

OciImage *cmd_source_open(const char *text, const SourceOptions *options, gboolean progress, GError **error)
{
  g_autoptr(GPtrArray) platforms = cmd_source_platforms(options, error);
  if (platforms == NULL)
    return NULL;
  if (platforms->len > 1)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "several platforms, where one image is looked at\nhint: name one --platform");
    return NULL;
  }
  g_autoptr(CmdPlace) place = cmd_place_open(text, options, progress, error);
  return place == NULL ? NULL : oci_place_image(place->place, platforms->len == 0 ? NULL : platforms->pdata[0], error);
}
