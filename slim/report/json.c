/* The report as JSON. */
#include "slim/report/report.h"

#include "oci/error.h"

/* Bytes that are not UTF-8 cannot stand in JSON: they are escaped as in messages. */
static json_t *text(const char *bytes)
{
  if (bytes == NULL)
    return json_null();
  json_t *string = json_string(bytes);
  if (string != NULL)
    return string;
  g_autofree char *quoted = oci_quote(bytes);
  return json_string(quoted);
}

static json_t *digest_text(const OciDigest *digest)
{
  g_autofree char *formatted = digest == NULL ? NULL : oci_digest_format(digest);
  return text(formatted);
}

static const char *type_name(OciFileType type)
{
  switch (type)
  {
  case OCI_FILE_REGULAR:
    return "file";
  case OCI_FILE_DIRECTORY:
    return "directory";
  case OCI_FILE_SYMLINK:
    return "symlink";
  case OCI_FILE_CHARACTER:
    return "character device";
  case OCI_FILE_BLOCK:
    return "block device";
  case OCI_FILE_FIFO:
    return "fifo";
  case OCI_FILE_HARDLINK:
    return "hardlink";
  }
  g_assert_not_reached();
}

static json_t *kept_json(const EmitEntry *entry)
{
  const OciMetadata *metadata = &entry->kept->node->inode->metadata;
  json_t *object = json_object();
  json_object_set_new(object, "path", text(entry->kept->path));
  json_object_set_new(object, "type", text(type_name(entry->link_to != NULL ? OCI_FILE_HARDLINK : metadata->type)));
  json_object_set_new(object, "size", json_integer(entry->link_to != NULL ? 0 : (json_int_t)metadata->size));
  if (entry->link_to != NULL || metadata->target != NULL)
    json_object_set_new(object, "target", text(entry->link_to != NULL ? entry->link_to->path : metadata->target));
  json_t *reason = json_object();
  json_object_set_new(reason, "kind", text(keep_reason_kind_name(entry->kept->reason.kind)));
  json_object_set_new(reason, "from", text(entry->kept->reason.from));
  json_object_set_new(reason, "detail", text(entry->kept->reason.detail));
  json_object_set_new(object, "reason", reason);
  return object;
}

static json_t *kept_list(const EmitPlan *plan)
{
  json_t *array = json_array();
  for (guint i = 0; i < emit_plan_count(plan); i++)
    json_array_append_new(array, kept_json(emit_plan_get(plan, i)));
  return array;
}

static json_t *missing_list(GPtrArray *missing)
{
  json_t *array = json_array();
  for (guint i = 0; i < missing->len; i++)
  {
    const KeepMissing *item = missing->pdata[i];
    json_t *object = json_object();
    json_object_set_new(object, "name", text(item->name));
    json_object_set_new(object, "from", text(item->from));
    json_object_set_new(object, "required", json_boolean(item->required));
    json_t *tried = json_array();
    for (guint j = 0; j < item->tried->len; j++)
      json_array_append_new(tried, text(item->tried->pdata[j]));
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
    json_object_set_new(object, "id", text(item->rule->id));
    json_object_set_new(object, "why", text(item->rule->why));
    json_object_set_new(object, "from", text(item->subject));
    json_object_set_new(object, "evidence", text(item->evidence));
    json_array_append_new(array, object);
  }
  return array;
}

static json_t *source_json(OciImage *source)
{
  json_t *object = json_object();
  OciRootfs *rootfs = oci_image_rootfs(source);
  json_object_set_new(object, "name", text(oci_image_name(source)));
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
  if (report->written != NULL)
  {
    json_object_set_new(object, "digest", digest_text(&report->written->manifest_digest));
    json_object_set_new(object, "config", digest_text(&report->written->config_digest));
  }
  if (report->layer != NULL)
  {
    json_object_set_new(object, "layer", digest_text(&report->layer->digest));
    json_object_set_new(object, "diff_id", digest_text(&report->layer->diff_id));
    json_object_set_new(object, "compression", text(oci_compression_name(report->layer->compression)));
    json_object_set_new(object, "stored", json_integer((json_int_t)oci_blob_size(report->layer->blob)));
  }
  json_object_set_new(object, "bytes", json_integer((json_int_t)emit_plan_bytes(report->plan)));
  json_object_set_new(object, "paths", json_integer((json_int_t)emit_plan_count(report->plan) - 1));
  return object;
}

static json_t *text_list(GPtrArray *texts)
{
  json_t *array = json_array();
  for (guint i = 0; i < texts->len; i++)
    json_array_append_new(array, text(texts->pdata[i]));
  return array;
}

json_t *report_json(const Report *report)
{
  json_t *object = json_object();
  json_object_set_new(object, "schema", json_integer(1));
  json_object_set_new(object, "source", source_json(report->source));
  json_object_set_new(object, "result", result_json(report));
  json_object_set_new(object, "kept", kept_list(report->plan));
  json_object_set_new(object, "missing", missing_list(keep_closure_missing(report->closure)));
  json_object_set_new(object, "rules", rule_list(keep_closure_fired(report->closure)));
  json_object_set_new(object, "warnings", text_list(report->warnings));
  return object;
}
