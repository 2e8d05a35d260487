/* ocislim sbom SOURCE */
#include "slim/emit/sbom.h"

#include "oci/error.h"
#include "slim/cmd/command.h"
#include "slim/cmd/metadata_options.h"
#include "slim/cmd/options.h"

#include <stdio.h>

#define SYNOPSIS "SOURCE — list the software of an image"

static const char description[] = "Packages of dpkg, apk and rpm by the image's own databases, and packages of\n"
                                  "Python, Node.js and Ruby that did not come with one of these. The time is that\n"
                                  "of SOURCE_DATE_EPOCH, else the image's: the same image gives the same bytes.\n"
                                  "\n"
                                  "Examples:\n"
                                  "  ocislim sbom oci:slim >app.spdx.json\n"
                                  "  ocislim sbom docker://r.example/app:slim --format cyclonedx\n";

typedef struct
{
  SourceOptions source;
  char *format;
} SbomOptions;

/* The time of the document, without fractions; owned by the caller. */
static char *created_text(OciImage *image, gint64 epoch)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
  const char *created = oci_config_created(oci_image_config(image));
  g_autoptr(GDateTime) time = epoch != G_MAXINT64 ? g_date_time_new_from_unix_utc(epoch)
                              : created != NULL   ? g_date_time_new_from_iso8601(created, utc)
                                                  : NULL;
  g_autoptr(GDateTime) there = time == NULL ? g_date_time_new_from_unix_utc(0) : g_date_time_to_utc(time);
  return g_date_time_format(there, "%Y-%m-%dT%H:%M:%SZ");
}

static void print_warnings(GPtrArray *warnings)
{
  for (guint i = 0; i < warnings->len; i++)
    fprintf(stderr, "warning: %s\n", (const char *)warnings->pdata[i]);
}

static gboolean print_sbom(OciImage *image, EmitSbomFormat format, gint64 epoch, GError **error)
{
  OciRootfs *rootfs = oci_image_rootfs(image);
  g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
  g_auto(EmitDistribution) distribution = {0};
  if (!emit_distribution_read(rootfs, &distribution, error))
    return FALSE;
  g_autoptr(KeepPackages) packages = keep_packages_new(rootfs, warnings, error);
  g_autoptr(GPtrArray) software = packages == NULL ? NULL : emit_software_new(rootfs, packages, &distribution, warnings, error);
  if (software == NULL)
    return FALSE;
  const char *name = oci_image_name(image);
  g_autofree char *shown = name == NULL ? g_strdup("image") : g_utf8_validate(name, -1, NULL) ? g_strdup(name) : oci_quote(name);
  g_autofree char *digest = oci_image_digest(image) == NULL ? NULL : oci_digest_format(oci_image_digest(image));
  g_autofree char *created = created_text(image, epoch);
  const EmitSbom sbom = {.name = shown, .version = digest, .created = created, .distribution = &distribution, .software = software};
  g_autoptr(json_t) document = emit_sbom_json(&sbom, format);
  print_warnings(warnings);
  json_dumpf(document, stdout, JSON_INDENT(2));
  fputc('\n', stdout);
  return TRUE;
}

static gboolean run_sbom(const SbomOptions *options, const char *source, GError **error)
{
  EmitSbomFormat format = EMIT_SBOM_SPDX;
  Metadata metadata = {0};
  const MetadataOptions none = {0};
  if (options->format != NULL && !emit_sbom_format_parse(options->format, &format, error))
    return FALSE;
  gboolean ok = cmd_metadata_options_read(&none, &metadata, error); /* SOURCE_DATE_EPOCH */
  g_autoptr(OciImage) image = ok ? cmd_source_open(source, &options->source, TRUE, error) : NULL;
  ok = image != NULL && print_sbom(image, format, metadata.epoch, error);
  metadata_clear(&metadata);
  return ok;
}

gboolean cmd_sbom(char ***arguments, GError **error)
{
  SbomOptions options = {0};
  GOptionEntry source_entries[CMD_SOURCE_OPTION_COUNT];
  cmd_source_options_entries(&options.source, source_entries);
  const GOptionEntry entries[] = {
      {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "spdx (2.3, default) or cyclonedx (1.6)", "NAME"},
      {0},
  };
  const GOptionEntry *const tables[] = {entries, source_entries, NULL};
  gboolean ok =
      cmd_options_parse("sbom", SYNOPSIS, description, tables, 1, 1, arguments, error) && run_sbom(&options, (*arguments)[1], error);
  cmd_source_options_clear(&options.source);
  g_free(options.format);
  return ok;
}
