/* The report as JSON. */
#include "slim/report/report.h"

#include "slim/report/removed.h"
#include "slim/report/values.h"

static json_t *digest_text(const OciDigest *digest)
{
  g_autofree char *formatted = digest == NULL ? NULL : oci_digest_format(digest);
  return report_text_json(formatted);
}

static json_t *kept_json(KeepPackages *packages, const EmitEntry *entry)
{
  const OciMetadata *metadata = &entry->kept->node->inode->metadata;
  json_t *object = json_object();
  json_object_set_new(object, "path", report_text_json(entry->kept->path));
  json_object_set_new(object, "type", report_text_json(report_type_name(entry->link_to != NULL ? OCI_FILE_HARDLINK : metadata->type)));
  json_object_set_new(object, "size", json_integer((json_int_t)entry->size));
  if (entry->link_to != NULL || metadata->target != NULL)
    json_object_set_new(object, "target", report_text_json(entry->link_to != NULL ? entry->link_to->path : metadata->target));
  json_object_set_new(object, "package", report_package_json(packages, entry->kept->node));
  json_t *reason = json_object();
  json_object_set_new(reason, "kind", report_text_json(keep_reason_kind_name(entry->kept->reason.kind)));
  json_object_set_new(reason, "from", report_text_json(entry->kept->reason.from));
  json_object_set_new(reason, "detail", report_text_json(entry->kept->reason.detail));
  json_object_set_new(object, "reason", reason);
  return object;
}

static json_t *kept_list(const EmitPlan *plan, KeepPackages *packages)
{
  json_t *array = json_array();
  for (guint i = 0; i < emit_plan_count(plan); i++)
    json_array_append_new(array, kept_json(packages, emit_plan_get(plan, i)));
  return array;
}

static json_t *missing_list(GPtrArray *missing)
{
  json_t *array = json_array();
  for (guint i = 0; i < missing->len; i++)
  {
    const KeepMissing *item = missing->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "name", report_text_json(item->name));
    json_object_set_new(object, "from", report_text_json(item->from));
    json_object_set_new(object, "required", json_boolean(item->required));
    json_t *tried = json_array();
    for (guint j = 0; j < item->tried->len; j++)
      json_array_append_new(tried, report_text_json(item->tried->pdata[j]));
    json_object_set_new(object, "tried", tried);
    json_array_append_new(array, object);
  }
  return array;
}

static json_t *rule_list(GPtrArray *fired)
{
  json_t *array = json_array();
  for (guint i = 0; i < fired->len; i++)
  {
    const KeepFiredRule *item = fired->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "id", report_text_json(item->rule->id));
    json_object_set_new(object, "why", report_text_json(item->rule->why));
    json_object_set_new(object, "from", report_text_json(item->subject));
    json_object_set_new(object, "evidence", report_text_json(item->evidence));
    json_array_append_new(array, object);
  }
  return array;
}

static json_t *source_json(OciImage *source)
{
  json_t *object = json_object();
  OciRootfs *rootfs = oci_image_rootfs(source);
  g_autoptr(OciPlatform) platform = oci_config_platform(oci_image_config(source));
  g_autofree char *platform_text = oci_platform_format(platform);
  json_object_set_new(object, "platform", report_text_json(platform_text));
  json_object_set_new(object, "name", report_text_json(oci_image_name(source)));
  json_object_set_new(object, "digest", digest_text(oci_image_digest(source)));
  json_object_set_new(object, "config", digest_text(oci_image_config_digest(source)));
  json_object_set_new(object, "layers", json_integer(oci_image_layer_count(source)));
  json_object_set_new(object, "stored", json_integer((json_int_t)oci_image_stored_bytes(source)));
  gboolean counted = oci_rootfs_is_counted(rootfs);
  json_object_set_new(object, "bytes", counted ? json_integer((json_int_t)oci_rootfs_bytes(rootfs)) : json_null());
  json_object_set_new(object, "paths", counted ? json_integer((json_int_t)oci_rootfs_count(rootfs)) : json_null());
  return object;
}

static json_t *result_json(const Report *report)
{
  json_t *object = json_object();
  const OciResult *result = report->result;
  if (result != NULL)
  {
    json_object_set_new(object, "digest", digest_text(&result->manifest_digest));
    json_object_set_new(object, "config", digest_text(&result->config_digest));
    json_object_set_new(object, "layer", digest_text(&result->layer->digest));
    json_object_set_new(object, "diff_id", digest_text(&result->layer->diff_id));
    json_object_set_new(object, "compression", report_text_json(oci_compression_name(result->layer->compression)));
    json_object_set_new(object, "stored", json_integer((json_int_t)oci_blob_size(result->layer->blob)));
  }
  json_object_set_new(object, "bytes", json_integer((json_int_t)emit_plan_bytes(report->plan)));
  json_object_set_new(object, "paths", json_integer((json_int_t)emit_plan_count(report->plan) - 1));
  return object;
}

static json_t *text_list(GPtrArray *texts)
{
  json_t *array = json_array();
  for (guint i = 0; i < texts->len; i++)
    json_array_append_new(array, report_text_json(texts->pdata[i]));
  return array;
}

/* What "package" would have added; null where it did. */
static json_t *package_level_json(const Report *report)
{
  if (report->level == KEEP_LEVEL_PACKAGE)
    return json_null();
  KeepPackageCost cost = keep_level_package_cost(report->closure, report->packages);
  json_t *object = json_object();
  json_object_set_new(object, "packages", json_integer(cost.packages));
  json_object_set_new(object, "paths", json_integer((json_int_t)cost.paths));
  json_object_set_new(object, "bytes", json_integer((json_int_t)cost.bytes));
  return object;
}

json_t *report_json(const Report *report)
{
  json_t *object = json_object();
  json_object_set_new(object, "schema", json_integer(1));
  json_object_set_new(object, "source", source_json(report->source));
  json_object_set_new(object, "result", result_json(report));
  json_object_set_new(object, "level", report_text_json(keep_level_name(report->level)));
  json_object_set_new(object, "left_out_of_packages", package_level_json(report));
  json_object_set_new(object, "kept", kept_list(report->plan, report->packages));
  json_object_set_new(object, "removed",
                      report_removed_json(oci_image_rootfs(report->source), keep_closure_set(report->closure), report->packages));
  json_object_set_new(object, "missing", missing_list(keep_closure_missing(report->closure)));
  json_object_set_new(object, "rules", rule_list(keep_closure_fired(report->closure)));
  json_object_set_new(object, "warnings", text_list(report->warnings));
  return object;
}

json_t *report_platforms_json(const json_t *platforms, const OciDigest *index)
{
  json_t *object = json_object();
  json_object_set_new(object, "schema", json_integer(1));
  json_object_set_new(object, "digest", digest_text(index));
  json_object_set_new(object, "platforms", json_deep_copy(platforms));
  return object;
}
