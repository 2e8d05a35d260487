/* ocislim slim SOURCE DEST */
#include "slim/cmd/command.h"
#include "slim/cmd/keep_options.h"
#include "slim/cmd/output_option.h"
#include "slim/error.h"

#include <string.h>

#define SYNOPSIS "SOURCE [DEST]\n\nMakes a minimal image of an image."

static const char description[] = "SOURCE is oci:DIR[:REF], oci-archive:FILE[:REF], docker-archive:FILE[:REF],\n"
                                  "docker://NAME[:TAG|@DIGEST], docker-daemon:NAME[:TAG], dir:DIR, rootfs:DIR,\n"
                                  "- for standard input, or a bare path. DEST is oci:DIR[:REF], oci-archive:FILE,\n"
                                  "docker-archive:FILE, docker://NAME[:TAG], docker-daemon:NAME[:TAG], dir:DIR,\n"
                                  "rootfs:DIR, or - for standard output; --output, --push or --load stand\n"
                                  "instead of it.\n"
                                  "\n"
                                  "Kept are the entrypoint, the command and the health check's program with what\n"
                                  "their loader would load and what they need at run time, the options' and the\n"
                                  "label io.ocislim.include's globs. Globs are gitignore's.\n"
                                  "\n"
                                  "Examples:\n"
                                  "  docker buildx build -o type=oci,dest=- . | ocislim slim - - | docker load\n"
                                  "  ocislim slim oci:build oci:slim:v1 --include '/srv/app/**' --max-size 30MB\n";

static gboolean check_platforms(const SlimOptions *options, GError **error)
{
  if (!options->all || options->source.platforms == NULL)
    return TRUE;
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--all is every platform, --platform some of them: both together say nothing");
  return FALSE;
}

/* operand: DEST, or NULL. */
static gboolean run(SlimOptions *options, const OutputOptions *output, const char *source, const char *operand, GError **error)
{
  g_autofree char *destination = NULL;
  if (cmd_output_is_given(output) == (operand != NULL))
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s\nhint: see 'ocislim slim --help'",
                operand == NULL ? "an operand is missing: where the image goes" : "DEST and an option both say where the image goes");
    return FALSE;
  }
  destination =
      operand != NULL ? g_strdup(operand) : cmd_output_read(output, &options->tags, &options->compression, &options->level, error);
  return destination != NULL && slim_run(options, source, destination, error);
}

gboolean cmd_slim(char ***arguments, GError **error)
{
  SlimOptions options = {.level = -1};
  OutputOptions output = {0};
  GOptionEntry source_entries[CMD_SOURCE_OPTION_COUNT];
  GOptionEntry metadata_entries[CMD_METADATA_OPTION_COUNT];
  GOptionEntry keep_entries[CMD_KEEP_OPTION_COUNT];
  cmd_source_options_entries(&options.source, source_entries);
  cmd_keep_options_entries(&options, keep_entries);
  cmd_metadata_options_entries(&options.metadata, metadata_entries);
  const GOptionEntry entries[] = {
      {"all", 'a', 0, G_OPTION_ARG_NONE, &options.all, "every platform of an index", NULL},
      {"tag", 't', 0, G_OPTION_ARG_STRING_ARRAY, &options.tags, "name of the new image, may be repeated", "NAME"},
      {"output", 'o', 0, G_OPTION_ARG_STRING, &output.output, "destination as buildx has it", "KEY=VALUE,…"},
      {"push", 0, 0, G_OPTION_ARG_NONE, &output.push, "to the registry that --tag names", NULL},
      {"load", 0, 0, G_OPTION_ARG_NONE, &output.load, "into the container engine, as --tag", NULL},
      {"compression", 0, 0, G_OPTION_ARG_STRING, &options.compression, "gzip (default), zstd or none", "NAME"},
      {"level", 0, 0, G_OPTION_ARG_INT, &options.level, "level of the compression", "N"},
      {"dest-creds", 0, 0, G_OPTION_ARG_STRING, &options.destination.credentials, "user of the destination's registry", "USER:PASS"},
      {"dest-tls-verify", 0, 0, G_OPTION_ARG_STRING, &options.destination.tls_verify, "false: trust any certificate, take HTTP", "BOOL"},
      {"dest-cert-dir", 0, 0, G_OPTION_ARG_FILENAME, &options.destination.cert_dir, "certificates for the destination's registry", "DIR"},
      {"max-size", 0, 0, G_OPTION_ARG_STRING, &options.max_size, "fail when the new image is larger", "SIZE"},
      {"report", 0, 0, G_OPTION_ARG_FILENAME, &options.report, "write a JSON report", "FILE"},
      {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "the report on standard output", NULL},
      {"quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet, "only errors", NULL},
      {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options.verbose, "say why each path is kept", NULL},
      {0},
  };
  const GOptionEntry *const tables[] = {entries, metadata_entries, keep_entries, source_entries, NULL};
  gboolean ok = cmd_options_parse("slim", SYNOPSIS, description, tables, 1, 2, arguments, error) && check_platforms(&options, error) &&
                cmd_keep_options_check(&options, error) && run(&options, &output, (*arguments)[1], (*arguments)[2], error);
  g_free(output.output);
  cmd_slim_options_clear(&options);
  return ok;
}
