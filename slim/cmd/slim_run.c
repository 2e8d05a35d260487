/* The way through the program, once. */
#include "slim/cmd/slim_run.h"

#include "oci/error.h"
#include "oci/pending.h"
#include "slim/cmd/keep_options.h"
#include "slim/cmd/slim_closure.h"
#include "slim/emit/config.h"
#include "slim/emit/plan.h"
#include "slim/error.h"
#include "slim/interrupt.h"
#include "slim/report/bytes.h"
#include "slim/report/report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What a run makes, in the order in which it is made. */
typedef struct
{
  OciImage *image;
  KeepRules *rules;
  KeepClosure *closure;
  KeepPackages *packages; /* borrowed from the closure; NULL unless the report or the level asks for them */
  EmitPlan *plan;
  GPtrArray *warnings;
  const OciReference *source; /* what image was opened from */
  OciAccess access;           /* of the destination */
  OciLayerBlob *layer;
  OciPending *report; /* begun before the destination, which shall not change when there is no place for it */
  OciWritten written;
  gboolean is_image; /* and not a directory */
  gint64 epoch;      /* SOURCE_DATE_EPOCH, or G_MAXINT64 */
} Run;

static void run_clear(Run *run)
{
  g_clear_pointer(&run->report, oci_pending_free);
  g_clear_pointer(&run->layer, oci_layer_blob_free);
  g_clear_pointer(&run->plan, emit_plan_free);
  g_clear_pointer(&run->closure, keep_closure_free);
  g_clear_pointer(&run->rules, keep_rules_free);
  g_clear_pointer(&run->image, oci_image_free);
  g_clear_pointer(&run->warnings, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static gboolean read_epoch(gint64 *epoch, GError **error)
{
  const char *text = g_getenv("SOURCE_DATE_EPOCH");
  *epoch = G_MAXINT64;
  if (text == NULL || *text == '\0')
    return TRUE;
  char *end = NULL;
  *epoch = g_ascii_strtoll(text, &end, 10);
  if (*end == '\0' && *epoch >= 0 && *epoch <= G_GINT64_CONSTANT(253402300799))
    return TRUE;
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "SOURCE_DATE_EPOCH is %s, not a number of seconds since 1970", quoted);
  return FALSE;
}

static gboolean read_layer_options(const SlimOptions *options, OciLayerWriteOptions *layer, GError **error)
{
  static const OciCompression all[] = {OCI_COMPRESSION_GZIP, OCI_COMPRESSION_ZSTD, OCI_COMPRESSION_NONE};
  const char *name = options->compression != NULL ? options->compression : "gzip";
  *layer = (OciLayerWriteOptions){.level = options->level, .threads = cmd_source_threads(&options->source)};
  for (guint i = 0; i < G_N_ELEMENTS(all); i++)
    if (strcmp(name, oci_compression_name(all[i])) == 0)
    {
      layer->compression = all[i];
      return TRUE;
    }
  g_autofree char *quoted = oci_quote(name);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--compression %s is none of gzip, zstd, none", quoted);
  return FALSE;
}

static void add_warnings(GPtrArray *to, GPtrArray *from)
{
  for (guint i = 0; i < from->len; i++)
    g_ptr_array_add(to, g_strdup(from->pdata[i]));
}

/* --json goes to standard output, and so does an image for "-". */
static gboolean check_outputs(const SlimOptions *options, const OciReference *destination, GError **error)
{
  gboolean to_stdout = destination->transport == OCI_TRANSPORT_STREAM;
  if (to_stdout && options->json)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--json and DEST - both want standard output\nhint: use --report FILE");
    return FALSE;
  }
  if (to_stdout && isatty(STDOUT_FILENO))
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE,
                "standard output is a terminal, not a place for an image\nhint: redirect it, or pipe it into docker load");
    return FALSE;
  }
  return TRUE;
}

static gboolean write_directory(Run *run, const OciReference *destination, GError **error)
{
  g_autoptr(OciTreeWriter) writer = oci_tree_writer_new(destination->path, error);
  if (writer == NULL || !emit_plan_send(run->plan, run->epoch, oci_tree_writer_sink(writer), error) ||
      !oci_tree_writer_finish(writer, error))
    return FALSE;
  add_warnings(run->warnings, oci_tree_writer_warnings(writer));
  return TRUE;
}

static gboolean make_layer(Run *run, const OciLayerWriteOptions *options, GError **error)
{
  g_autoptr(OciLayerWriter) writer = oci_layer_writer_new(options, error);
  if (writer == NULL || !emit_plan_send(run->plan, run->epoch, oci_layer_writer_sink(writer), error))
    return FALSE;
  run->layer = oci_layer_writer_finish(writer, error);
  return run->layer != NULL;
}

static gboolean write_image(Run *run, const SlimOptions *options, const OciReference *destination, GError **error)
{
  g_autoptr(GPtrArray) entrypoint = NULL;
  if (options->entrypoints != NULL && options->entrypoints[0] != NULL)
    entrypoint = keep_command_words(options->entrypoints[0], error);
  g_autofree char *created = NULL;
  if (run->epoch != G_MAXINT64)
  {
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(run->epoch);
    created = g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
  }
  g_autoptr(OciConfig) config = emit_config_new(run->image, entrypoint, &run->layer->diff_id, created);
  g_autoptr(GHashTable) annotations = emit_annotations_new(run->image);
  g_autoptr(GPtrArray) tags = g_ptr_array_new();
  for (guint i = 0; options->tags != NULL && options->tags[i] != NULL; i++)
    g_ptr_array_add(tags, options->tags[i]);
  OciImageParts parts = {.config = config, .layer = run->layer, .tags = tags, .annotations = annotations};
  parts.target = (OciTarget){.access = &run->access, .cancelled = slim_interrupt_flag()};
  if (run->source->transport == OCI_TRANSPORT_REGISTRY)
    parts.target.source = run->source->path;
  return oci_image_write(destination, &parts, &run->written, error);
}

static gboolean check_size(const Run *run, const SlimOptions *options, GError **error)
{
  guint64 limit = 0;
  guint64 size = emit_plan_bytes(run->plan);
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

/* pending: where options->report begins, or NULL when there is none. */
static gboolean write_report(const Report *report, const SlimOptions *options, OciPending *pending, GError **error)
{
  if (options->report == NULL && !options->json)
    return TRUE;
  g_autoptr(json_t) document = report_json(report);
  g_autofree char *text = json_dumps(document, JSON_INDENT(2));
  if (options->json)
    puts(text);
  if (pending == NULL)
    return TRUE;
  FILE *out = fdopen(dup(oci_pending_fd(pending)), "w");
  gboolean written = out != NULL && fprintf(out, "%s\n", text) >= 0;
  if ((out != NULL && fclose(out) != 0) || !written)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_FAILED, "%s: %s", options->report, g_strerror(errno));
    return FALSE;
  }
  return oci_pending_commit(pending, error);
}

static void print_reasons(const EmitPlan *plan)
{
  for (guint i = 0; i < emit_plan_count(plan); i++)
  {
    const KeepEntry *kept = emit_plan_get(plan, i)->kept;
    if (kept->reason.kind == KEEP_REASON_PARENT)
      continue;
    g_autofree char *quoted = oci_quote(kept->path);
    fprintf(stderr, "%s: %s%s%s%s%s\n", quoted, keep_reason_kind_name(kept->reason.kind), kept->reason.from != NULL ? " of " : "",
            kept->reason.from != NULL ? kept->reason.from : "", kept->reason.detail != NULL ? ": " : "",
            kept->reason.detail != NULL ? kept->reason.detail : "");
  }
}

static Report report_of(const Run *run, const SlimOptions *options)
{
  return (Report){
      .source = run->image,
      .closure = run->closure,
      .plan = run->plan,
      .level = options->keep_level,
      .packages = run->packages,
      .layer = run->layer,
      .written = run->layer != NULL ? &run->written : NULL,
      .warnings = run->warnings,
  };
}

/* A gate that says no leaves a report all the same: it is what tells why. */
static gboolean pass_gates(const Run *run, const SlimOptions *options, GError **error)
{
  GError *refusal = NULL;
  if (check_size(run, options, &refusal))
    return TRUE;
  Report report = report_of(run, options);
  if (!g_error_matches(refusal, SLIM_ERROR, SLIM_ERROR_POLICY) || write_report(&report, options, run->report, error))
    g_propagate_error(error, refusal);
  else
    g_error_free(refusal);
  return FALSE;
}

/* Spec: no-color.org. */
static gboolean wants_bold(void)
{
  const char *no_color = g_getenv("NO_COLOR");
  return isatty(STDERR_FILENO) && (no_color == NULL || *no_color == '\0') && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

static gboolean finish(Run *run, const SlimOptions *options, GError **error)
{
  Report report = report_of(run, options);
  if (!write_report(&report, options, run->report, error))
    return FALSE;
  if (options->verbose)
    print_reasons(run->plan);
  if (!options->quiet && !options->json)
    report_text(&report, wants_bold(), stderr);
  return TRUE;
}

/* The image's package databases cost time: they are read when something asks for them. */
static gboolean read_packages(Run *run, const SlimOptions *options, GError **error)
{
  if (options->report == NULL && !options->json && options->keep_level != KEEP_LEVEL_PACKAGE)
    return TRUE;
  run->packages = keep_closure_packages(run->closure, error);
  if (run->packages != NULL && options->keep_level == KEEP_LEVEL_PACKAGE)
    keep_level_add_packages(run->closure, run->packages);
  return run->packages != NULL;
}

gboolean slim_run(const SlimOptions *options, const char *source, const char *destination, GError **error)
{
  g_auto(Run) run = {.warnings = g_ptr_array_new_with_free_func(g_free)};
  OciLayerWriteOptions layer_options;
  g_autoptr(OciReference) target = oci_reference_parse(destination, error);
  g_autoptr(OciReference) origin = target == NULL ? NULL : oci_reference_parse(source, error);
  if (origin == NULL || !check_outputs(options, target, error) || !oci_image_check_destination(target, error) ||
      !cmd_source_access(&options->source, &options->destination, "dest", &run.access, error) ||
      !read_layer_options(options, &layer_options, error) || !read_epoch(&run.epoch, error))
    return FALSE;
  run.source = origin;
  run.report = options->report == NULL ? NULL : oci_pending_new_file(options->report, error);
  if (options->report != NULL && run.report == NULL)
    return FALSE;
  run.is_image = target->transport != OCI_TRANSPORT_ROOTFS;
  run.image = cmd_source_open(source, &options->source, !options->quiet, error);
  run.rules = run.image == NULL ? NULL : cmd_keep_options_rules(options, error);
  if (run.rules == NULL)
    return FALSE;
  add_warnings(run.warnings, oci_image_warnings(run.image));
  run.closure = slim_closure_new(options, run.image, run.rules, error);
  if (run.closure == NULL)
    return FALSE;
  if (!oci_rootfs_is_counted(oci_image_rootfs(run.image))) /* read only now, where it was needed */
    add_warnings(run.warnings, oci_rootfs_warnings(oci_image_rootfs(run.image)));
  if (!slim_closure_check(options, run.closure, keep_closure_warnings(run.closure), error) || !read_packages(&run, options, error))
    return FALSE;
  add_warnings(run.warnings, keep_closure_warnings(run.closure));
  run.plan = emit_plan_new(keep_closure_set(run.closure), oci_image_rootfs(run.image), run.warnings);
  if (!pass_gates(&run, options, error))
    return FALSE;
  if (run.is_image ? !make_layer(&run, &layer_options, error) || !write_image(&run, options, target, error)
                   : !write_directory(&run, target, error))
    return FALSE;
  return finish(&run, options, error);
}
