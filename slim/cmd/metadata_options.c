/* KEY=VALUE, and the time of a reproducible build. */
#include "slim/cmd/metadata_options.h"

#include "oci/error.h"
#include "oci/json.h"
#include "slim/error.h"

#include <string.h>

#define EPOCH_MAX G_GINT64_CONSTANT(253402300799) /* the last second of the year 9999 */

void cmd_metadata_options_entries(MetadataOptions *options, GOptionEntry entries[CMD_METADATA_OPTION_COUNT])
{
  const GOptionEntry table[CMD_METADATA_OPTION_COUNT] = {
      {"label", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->labels, "set a label, may be repeated", "NAME=VALUE"},
      {"annotation", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->annotations, "of the manifest, or of the index", "NAME=VALUE"},
      {"source-date-epoch", 0, 0, G_OPTION_ARG_STRING, &options->source_date_epoch, "the latest time in the image", "SECONDS"},
      {"iidfile", 0, 0, G_OPTION_ARG_FILENAME, &options->iidfile, "write the image's ID", "FILE"},
      {"digestfile", 0, 0, G_OPTION_ARG_FILENAME, &options->digestfile, "write the manifest's digest", "FILE"},
      {"metadata-file", 0, 0, G_OPTION_ARG_FILENAME, &options->metadata_file, "write digests and names as JSON", "FILE"},
      {0},
  };
  memcpy(entries, table, sizeof table);
}

void cmd_metadata_options_clear(MetadataOptions *options)
{
  g_clear_pointer(&options->labels, g_strfreev);
  g_clear_pointer(&options->annotations, g_strfreev);
  g_clear_pointer(&options->source_date_epoch, g_free);
  g_clear_pointer(&options->iidfile, g_free);
  g_clear_pointer(&options->digestfile, g_free);
  g_clear_pointer(&options->metadata_file, g_free);
}

void metadata_clear(Metadata *metadata)
{
  g_clear_pointer(&metadata->labels, g_hash_table_unref);
  g_clear_pointer(&metadata->annotations, g_hash_table_unref);
  g_clear_pointer(&metadata->index_annotations, g_hash_table_unref);
}

static gboolean add_pair(GHashTable *map, const char *option, const char *text, GError **error)
{
  const char *equals = strchr(text, '=');
  if (equals != NULL && equals > text && g_utf8_validate(text, -1, NULL))
  {
    g_hash_table_replace(map, g_strndup(text, (gsize)(equals - text)), g_strdup(equals + 1));
    return TRUE;
  }
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s takes NAME=VALUE, not %s", option, quoted);
  return FALSE;
}

/* As buildx has it: what stands before a colon, in front of the name, says whose annotation it is. */
static gboolean add_annotation(Metadata *metadata, const char *text, GError **error)
{
  static const char *const unknown[] = {"manifest-descriptor:", "index-descriptor:", "manifest[", "index["};
  for (guint i = 0; i < G_N_ELEMENTS(unknown); i++)
    if (g_str_has_prefix(text, unknown[i]))
    {
      g_autofree char *quoted = oci_quote(text);
      g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--annotation %s: only a manifest: or an index: can be annotated", quoted);
      return FALSE;
    }
  if (g_str_has_prefix(text, "index:"))
    return add_pair(metadata->index_annotations, "--annotation", text + strlen("index:"), error);
  if (g_str_has_prefix(text, "manifest:"))
    text += strlen("manifest:");
  return add_pair(metadata->annotations, "--annotation", text, error);
}

static gboolean read_epoch(const MetadataOptions *options, gint64 *epoch, GError **error)
{
  const char *name = options->source_date_epoch != NULL ? "--source-date-epoch" : "SOURCE_DATE_EPOCH";
  const char *text = options->source_date_epoch != NULL ? options->source_date_epoch : g_getenv(name);
  *epoch = G_MAXINT64;
  if (options->source_date_epoch == NULL && (text == NULL || *text == '\0'))
    return TRUE;
  char *end = NULL;
  *epoch = g_ascii_strtoll(text, &end, 10);
  if (end != text && *end == '\0' && *epoch >= 0 && *epoch <= EPOCH_MAX)
    return TRUE;
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s is %s, not a number of seconds since 1970", name, quoted);
  return FALSE;
}

gboolean cmd_metadata_options_read(const MetadataOptions *options, Metadata *metadata, GError **error)
{
  metadata->labels = oci_string_map_new();
  metadata->annotations = oci_string_map_new();
  metadata->index_annotations = oci_string_map_new();
  for (guint i = 0; options->labels != NULL && options->labels[i] != NULL; i++)
    if (!add_pair(metadata->labels, "--label", options->labels[i], error))
      return FALSE;
  for (guint i = 0; options->annotations != NULL && options->annotations[i] != NULL; i++)
    if (!add_annotation(metadata, options->annotations[i], error))
      return FALSE;
  return read_epoch(options, &metadata->epoch, error);
}
