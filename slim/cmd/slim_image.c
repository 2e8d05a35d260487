/* The way from an open image to a finished one. */
#include "slim/cmd/slim_image.h"

#include "slim/cmd/keep_options.h"
#include "slim/cmd/slim_closure.h"
#include "slim/emit/config.h"
#include "slim/error.h"
#include "slim/report/bytes.h"

void slim_image_free(SlimImage *image)
{
  if (image == NULL)
    return;
  g_clear_pointer(&image->result, oci_result_free);
  g_clear_pointer(&image->plan, emit_plan_free);
  g_clear_pointer(&image->contents, g_hash_table_unref);
  g_clear_pointer(&image->closure, keep_closure_free);
  g_clear_pointer(&image->rules, keep_rules_free);
  g_clear_pointer(&image->source, oci_image_free);
  g_clear_pointer(&image->warnings, g_ptr_array_unref);
  g_free(image);
}

static void add_warnings(GPtrArray *to, GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add(to, g_strdup(from->pdata[i]));
}

/* The image's package databases cost time: they are read when something asks for them. */
static gboolean take_packages(SlimImage *image, const SlimOptions *options, GError **error)
{
  if (options->report != NULL || options->json || options->keep_level == KEEP_LEVEL_PACKAGE)
  {
    image->packages = keep_closure_packages(image->closure, error);
    if (image->packages == NULL)
      return FALSE;
  }
  if (options->keep_level == KEEP_LEVEL_PACKAGE)
    keep_level_add_packages(image->closure, image->packages);
  image->contents = emit_contents_new();
  return emit_package_db_add(options->package_db_mode, image->closure, image->contents, error);
}

SlimImage *slim_image_new(const SlimOptions *options, OciImage *source, GError **error)
{
  g_autoptr(SlimImage) image = g_new0(SlimImage, 1);
  image->source = source;
  image->warnings = g_ptr_array_new_with_free_func(g_free);
  image->rules = cmd_keep_options_rules(options, error);
  if (image->rules == NULL)
    return NULL;
  add_warnings(image->warnings, oci_image_warnings(source));
  image->closure = slim_closure_new(options, source, image->rules, error);
  if (image->closure == NULL)
    return NULL;
  if (!oci_rootfs_is_counted(oci_image_rootfs(source))) /* read only now, where it was needed */
    add_warnings(image->warnings, oci_rootfs_warnings(oci_image_rootfs(source)));
  if (!slim_closure_check(options, image->closure, keep_closure_warnings(image->closure), error) || !take_packages(image, options, error))
    return NULL;
  add_warnings(image->warnings, keep_closure_warnings(image->closure));
  image->plan = emit_plan_new(keep_closure_set(image->closure), oci_image_rootfs(source), image->contents, image->warnings);
  return g_steal_pointer(&image);
}

gboolean slim_image_check_size(const SlimImage *image, const SlimOptions *options, GError **error)
{
  guint64 limit = 0;
  guint64 size = emit_plan_bytes(image->plan);
  if (options->max_size == NULL)
    return TRUE;
  if (!report_bytes_parse(options->max_size, &limit, error))
    return FALSE;
  if (size <= limit)
    return TRUE;
  g_autofree char *is = report_bytes_format(size);
  g_autofree char *may = report_bytes_format(limit);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_POLICY, "the new image has %s, more than --max-size %s\nhint: -v says why each path is kept",
              is, may);
  return FALSE;
}

static OciLayerBlob *make_layer(const SlimImage *image, const OciLayerWriteOptions *options, gint64 epoch, GError **error)
{
  g_autoptr(OciLayerWriter) writer = oci_layer_writer_new(options, error);
  if (writer == NULL || !emit_plan_send(image->plan, epoch, oci_layer_writer_sink(writer), error))
    return NULL;
  return oci_layer_writer_finish(writer, error);
}

gboolean slim_image_pack(SlimImage *image, const SlimOptions *options, const OciLayerWriteOptions *layer_options, const Metadata *metadata,
                         GError **error)
{
  g_autoptr(GPtrArray) entrypoint = NULL;
  if (options->entrypoints != NULL && options->entrypoints[0] != NULL)
  {
    entrypoint = keep_command_words(options->entrypoints[0], error);
    if (entrypoint == NULL)
      return FALSE;
  }
  g_autofree char *created = NULL;
  if (metadata->epoch != G_MAXINT64)
  {
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(metadata->epoch);
    created = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
  }
  OciLayerBlob *layer = make_layer(image, layer_options, metadata->epoch, error);
  if (layer == NULL)
    return FALSE;
  EmitConfigChanges changes = {.entrypoint = entrypoint, .created = created, .labels = metadata->labels};
  g_autoptr(OciConfig) config = emit_config_new(image->source, &changes, &layer->diff_id);
  g_autoptr(GHashTable) annotations = emit_annotations_new(image->source);
  oci_string_map_merge(annotations, metadata->annotations);
  image->result = oci_result_new(config, layer, annotations, error);
  return image->result != NULL;
}
