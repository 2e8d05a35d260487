/* The way through the program, once. */
#include "slim/cmd/slim_run.h"

#include "oci/error.h"
#include "oci/pending.h"
#include "slim/cmd/slim_image.h"
#include "slim/cmd/slim_records.h"
#include "slim/error.h"
#include "slim/interrupt.h"
#include "slim/report/report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What a run needs from its beginning, and what it makes, in that order. */
typedef struct
{
  const SlimOptions *options;
  OciReference *origin;
  OciReference *target;
  OciAccess access; /* of the destination */
  OciLayerWriteOptions layer;
  Metadata metadata;
  SlimRecords *records; /* begun before the destination, as the report */
  OciPending *report;   /* begun before the destination, which shall not change when there is no place for it */
  CmdPlace *place;      /* NULL again when the last image is open */
  GPtrArray *platforms; /* OciPlatform*; NULL for the one image that there is */
  GPtrArray *results;   /* OciResult* */
  json_t *documents;    /* array of the images' reports, when one is wanted */
  FILE *text;           /* writes to summary */
  char *summary;        /* what is shown when all is done */
  gsize summary_length;
} Run;

static void run_clear(Run *run)
{
  if (run->text != NULL)
    fclose(run->text);
  free(run->summary);
  g_clear_pointer(&run->place, cmd_place_free);
  g_clear_pointer(&run->report, oci_pending_free);
  g_clear_pointer(&run->records, slim_records_free);
  metadata_clear(&run->metadata);
  g_clear_pointer(&run->origin, oci_reference_free);
  g_clear_pointer(&run->target, oci_reference_free);
  g_clear_pointer(&run->platforms, g_ptr_array_unref);
  g_clear_pointer(&run->results, g_ptr_array_unref);
  g_clear_pointer(&run->documents, json_decref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

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

static void print_reasons(const EmitPlan *plan, FILE *out)
{
  for (guint i = 0; i < emit_plan_count(plan); i++)
  {
    const KeepEntry *kept = emit_plan_get(plan, i)->kept;
    if (kept->reason.kind == KEEP_REASON_PARENT)
      continue;
    g_autofree char *quoted = oci_quote(kept->path);
    fprintf(out, "%s: %s%s%s%s%s\n", quoted, keep_reason_kind_name(kept->reason.kind), kept->reason.from != NULL ? " of " : "",
            kept->reason.from != NULL ? kept->reason.from : "", kept->reason.detail != NULL ? ": " : "",
            kept->reason.detail != NULL ? kept->reason.detail : "");
  }
}

/* Spec: no-color.org. */
static gboolean wants_bold(void)
{
  const char *no_color = g_getenv("NO_COLOR");
  return isatty(STDERR_FILENO) && (no_color == NULL || *no_color == '\0') && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

static gboolean is_directory(const Run *run)
{
  return run->target->transport == OCI_TRANSPORT_ROOTFS;
}

static gboolean has_several(const Run *run)
{
  return run->platforms->len > 1;
}

/* The report as a document of its own; index: NULL when nothing was written. */
static json_t *finish_document(const Run *run, const OciDigest *index)
{
  return has_several(run) ? report_platforms_json(run->documents, index) : json_incref(json_array_get(run->documents, 0));
}

static gboolean write_report(Run *run, const OciDigest *index, GError **error)
{
  if (run->documents == NULL)
    return TRUE;
  g_autoptr(json_t) document = finish_document(run, index);
  g_autofree char *text = json_dumps(document, JSON_INDENT(2));
  if (run->options->json)
    puts(text);
  if (run->report == NULL)
    return TRUE;
  FILE *out = fdopen(dup(oci_pending_fd(run->report)), "w");
  gboolean written = out != NULL && fprintf(out, "%s\n", text) >= 0;
  if ((out != NULL && fclose(out) != 0) || !written)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_FAILED, "%s: %s", run->options->report, g_strerror(errno));
    return FALSE;
  }
  return oci_pending_commit(run->report, error);
}

static Report report_of(const Run *run, const SlimImage *image)
{
  return (Report){
      .source = image->source,
      .closure = image->closure,
      .plan = image->plan,
      .level = run->options->keep_level,
      .packages = image->packages,
      .result = image->result,
      .warnings = image->warnings,
  };
}

static void add_document(Run *run, const SlimImage *image)
{
  Report report = report_of(run, image);
  if (run->documents != NULL)
    json_array_append_new(run->documents, report_json(&report));
}

static void add_summary(Run *run, const SlimImage *image)
{
  Report report = report_of(run, image);
  g_autoptr(OciPlatform) platform = oci_config_platform(oci_image_config(image->source));
  g_autofree char *name = oci_platform_format(platform);
  g_autofree char *quoted = oci_quote(name);
  if (has_several(run) && !run->options->quiet)
    fprintf(run->text, "%s\n", quoted);
  if (run->options->verbose)
    print_reasons(image->plan, run->text);
  if (!run->options->quiet && !run->options->json)
    report_text(&report, wants_bold(), run->text);
}

static gboolean write_directory(const Run *run, SlimImage *image, GError **error)
{
  g_autoptr(OciTreeWriter) writer = oci_tree_writer_new(run->target->path, error);
  if (writer == NULL || !emit_plan_send(image->plan, run->metadata.epoch, oci_tree_writer_sink(writer), error) ||
      !oci_tree_writer_finish(writer, error))
    return FALSE;
  const GPtrArray *warnings = oci_tree_writer_warnings(writer);
  for (guint i = 0; i < warnings->len; i++)
    g_ptr_array_add(image->warnings, g_strdup(warnings->pdata[i]));
  return TRUE;
}

/* An image that is open, until nothing of it is needed any more but its result. */
typedef struct
{
  Run *run;
  OciImage *source;
  GError *error;
} Work;

static gboolean make(Run *run, OciImage *source, GError **error)
{
  g_autoptr(SlimImage) image = slim_image_new(run->options, source, error);
  if (image == NULL)
    return FALSE;
  if (!slim_image_check_size(image, run->options, error))
  {
    add_document(run, image); /* a gate that says no leaves a report all the same: it is what tells why */
    return FALSE;
  }
  if (is_directory(run) ? !write_directory(run, image, error) : !slim_image_pack(image, run->options, &run->layer, &run->metadata, error))
    return FALSE;
  add_document(run, image);
  add_summary(run, image);
  if (image->result != NULL)
    g_ptr_array_add(run->results, g_steal_pointer(&image->result));
  return TRUE;
}

static gpointer work(gpointer data)
{
  Work *own = data;
  make(own->run, own->source, &own->error);
  return NULL;
}

static gboolean name_platform(const Run *run, guint position, GError **error)
{
  const OciPlatform *platform = run->platforms->pdata[position];
  if (!has_several(run))
    return FALSE;
  g_autofree char *name = oci_platform_format(platform);
  g_prefix_error(error, "%s: ", name);
  return FALSE;
}

static gboolean finish_work(const Run *run, guint position, GThread *thread, Work *own, GError **error)
{
  if (thread == NULL)
    return TRUE;
  g_thread_join(thread);
  if (own->error == NULL)
    return TRUE;
  g_propagate_error(error, own->error);
  return name_platform(run, position, error);
}

/* The index keeps what it said; an option that names the same wins. */
static void take_annotations(Run *run, OciImage *source)
{
  g_autoptr(GHashTable) given = run->metadata.index_annotations;
  run->metadata.index_annotations = oci_string_map_new();
  oci_string_map_merge(run->metadata.index_annotations, oci_image_index_annotations(source));
  oci_string_map_merge(run->metadata.index_annotations, given);
}

/* While one image is made slim the next is being read: never more than these two are in memory. */
static gboolean make_all(Run *run, GError **error)
{
  GThread *thread = NULL;
  Work own = {.run = run};
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < run->platforms->len; i++)
  {
    g_autoptr(GError) failure = NULL;
    OciImage *source = oci_place_image(run->place->place, run->platforms->pdata[i], &failure);
    ok = finish_work(run, i - 1, g_steal_pointer(&thread), &own, error);
    if (ok && source == NULL)
    {
      g_propagate_error(error, g_steal_pointer(&failure));
      ok = name_platform(run, i, error);
    }
    if (!ok)
    {
      g_clear_pointer(&source, oci_image_free);
      continue;
    }
    if (i == 0)
      take_annotations(run, source);
    if (i + 1 == run->platforms->len)
      g_clear_pointer(&run->place, cmd_place_free);
    own = (Work){.run = run, .source = source};
    thread = g_thread_new("slim", work, &own);
  }
  return ok && finish_work(run, run->platforms->len - 1, thread, &own, error);
}

/* The image, and the files that say which it is. */
static gboolean write_image(const Run *run, OciDigest *digest, GError **error)
{
  g_autoptr(GPtrArray) tags = g_ptr_array_new();
  for (guint i = 0; run->options->tags != NULL && run->options->tags[i] != NULL; i++)
    g_ptr_array_add(tags, run->options->tags[i]);
  OciImageParts parts = {.results = run->results, .tags = tags, .index_annotations = run->metadata.index_annotations};
  g_autoptr(OciDescriptor) written = NULL;
  parts.target = (OciTarget){.access = &run->access, .cancelled = slim_interrupt_flag()};
  if (run->origin->transport == OCI_TRANSPORT_REGISTRY)
    parts.target.source = run->origin->path;
  if (!oci_image_write(run->target, &parts, &written, error))
    return FALSE;
  *digest = written->digest;
  return slim_records_write(run->records, run->results, written, tags, error);
}

/* A directory has no config and no manifest that could say anything. */
static gboolean check_directory(const Run *run, GError **error)
{
  const MetadataOptions *options = &run->options->metadata;
  if (!is_directory(run) || (options->labels == NULL && options->annotations == NULL && options->iidfile == NULL &&
                             options->digestfile == NULL && options->metadata_file == NULL))
    return TRUE;
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE,
              "a directory is no image: it has no labels, no annotations and no digest\nhint: write to oci:DIR or oci-archive:FILE");
  return FALSE;
}

static gboolean begin(Run *run, const char *source, const char *destination, GError **error)
{
  const SlimOptions *options = run->options;
  run->target = oci_reference_parse(destination, error);
  run->origin = run->target == NULL ? NULL : oci_reference_parse(source, error);
  if (run->origin == NULL || !check_outputs(options, run->target, error) || !oci_image_check_destination(run->target, error) ||
      !cmd_source_access(&options->source, &options->destination, "dest", &run->access, error) ||
      !read_layer_options(options, &run->layer, error) || !cmd_metadata_options_read(&options->metadata, &run->metadata, error) ||
      !check_directory(run, error))
    return FALSE;
  run->report = options->report == NULL ? NULL : oci_pending_new_file(options->report, error);
  if (options->report != NULL && run->report == NULL)
    return FALSE;
  run->records = slim_records_new(&options->metadata, error);
  if (run->records == NULL)
    return FALSE;
  run->results = g_ptr_array_new_with_free_func((GDestroyNotify)oci_result_free);
  run->documents = options->report != NULL || options->json ? json_array() : NULL;
  run->text = open_memstream(&run->summary, &run->summary_length);
  if (run->text != NULL)
    return TRUE;
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_FAILED, "%s", g_strerror(errno));
  return FALSE;
}

static gboolean check_several(const Run *run, GError **error)
{
  OciTransport to = run->target->transport;
  if (!has_several(run))
    return TRUE;
  if (to != OCI_TRANSPORT_ROOTFS && to != OCI_TRANSPORT_DOCKER_ARCHIVE && run->origin->transport != OCI_TRANSPORT_ROOTFS)
    return TRUE;
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "%s has room for one platform, and here are %u\nhint: %s",
              to == OCI_TRANSPORT_DOCKER_ARCHIVE ? "a docker archive" : "a directory", run->platforms->len,
              "name one --platform, or write to oci:DIR, oci-archive:FILE or docker://NAME");
  return FALSE;
}

/* Sets the platforms: what the options say, or with --all the index; one NULL for the image as a rule. */
static gboolean choose_platforms(Run *run, GError **error)
{
  const SlimOptions *options = run->options;
  run->platforms = options->all ? oci_place_platforms(run->place->place, error) : cmd_source_platforms(&options->source, error);
  if (run->platforms != NULL && run->platforms->len == 0)
    g_ptr_array_add(run->platforms, NULL);
  return run->platforms != NULL;
}

gboolean slim_run(const SlimOptions *options, const char *source, const char *destination, GError **error)
{
  g_auto(Run) run = {.options = options};
  OciDigest digest;
  if (!begin(&run, source, destination, error))
    return FALSE;
  run.place = cmd_place_open(source, &options->source, !options->quiet, error);
  if (run.place == NULL || !choose_platforms(&run, error) || !check_several(&run, error))
    return FALSE;
  GError *failure = NULL;
  if (!make_all(&run, &failure))
  {
    if (!g_error_matches(failure, SLIM_ERROR, SLIM_ERROR_POLICY) || write_report(&run, NULL, error))
      g_propagate_error(error, failure);
    else
      g_error_free(failure);
    return FALSE;
  }
  if ((!is_directory(&run) && !write_image(&run, &digest, error)) || !write_report(&run, is_directory(&run) ? NULL : &digest, error))
    return FALSE;
  fflush(run.text);
  fwrite(run.summary, 1, run.summary_length, stderr);
  return TRUE;
}
