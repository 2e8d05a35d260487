/* The report for a person at a terminal. */
#include "slim/report/report.h"

#include "slim/report/bytes.h"
#include "slim/report/values.h"

#include <string.h>

#define LARGEST_SHOWN  5
#define WARNINGS_SHOWN 20

static const char *style(gboolean bold, const char *sequence)
{
  return bold ? sequence : "";
}

static void print_row(FILE *out, const char *label, guint64 bytes, guint64 files, const char *remark)
{
  g_autofree char *size = report_bytes_format(bytes);
  fprintf(out, "  %-8s %10s  %8" G_GUINT64_FORMAT " paths%s%s\n", label, size, files, remark[0] != '\0' ? "  " : "", remark);
}

static char *source_remark(OciImage *source)
{
  guint layers = oci_image_layer_count(source);
  if (layers == 0)
    return g_strdup("");
  g_autofree char *stored = report_bytes_format(oci_image_stored_bytes(source));
  return g_strdup_printf("%u %s, %s stored", layers, layers == 1 ? "layer" : "layers", stored);
}

static char *result_remark(const Report *report)
{
  if (report->result == NULL)
    return g_strdup("");
  g_autofree char *stored = report_bytes_format(oci_blob_size(report->result->layer->blob));
  return g_strdup_printf("1 layer, %s stored", stored);
}

static gint by_size(gconstpointer a, gconstpointer b)
{
  const EmitEntry *x = *(const EmitEntry *const *)a;
  const EmitEntry *y = *(const EmitEntry *const *)b;
  return x->size < y->size ? 1 : x->size > y->size ? -1 : strcmp(x->kept->path, y->kept->path);
}

static void print_largest(const EmitPlan *plan, FILE *out)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new();
  for (guint i = 0; i < emit_plan_count(plan); i++)
  {
    const EmitEntry *entry = emit_plan_get(plan, i);
    if (entry->link_to == NULL && entry->kept->node->inode->metadata.type == OCI_FILE_REGULAR)
      g_ptr_array_add(files, (gpointer)(guintptr)entry);
  }
  g_ptr_array_sort(files, by_size);
  if (files->len > 0)
    fprintf(out, "  largest\n");
  for (guint i = 0; i < MIN(files->len, LARGEST_SHOWN); i++)
  {
    const EmitEntry *entry = files->pdata[i];
    g_autofree char *size = report_bytes_format(entry->size);
    g_autofree char *path = report_word(entry->kept->path);
    fprintf(out, "  %19s  %s\n", size, path);
  }
}

static void print_warnings(GPtrArray *warnings, FILE *out)
{
  for (guint i = 0; i < MIN(warnings->len, WARNINGS_SHOWN); i++)
    fprintf(out, "warning: %s\n", (const char *)warnings->pdata[i]);
  if (warnings->len > WARNINGS_SHOWN)
    fprintf(out, "warning: and %u more, see --report\n", warnings->len - WARNINGS_SHOWN);
}

static void print_saved(guint64 before, guint64 after, gboolean bold, FILE *out)
{
  double saved = before == 0 ? 0 : 100.0 * (1.0 - (double)after / (double)before);
  char percent[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd(percent, sizeof percent, "%.1f", saved);
  fprintf(out, "  %-8s %s%9s%%%s\n", "saved", style(bold, "\033[1m"), percent, style(bold, "\033[0m"));
}

void report_text(const Report *report, gboolean bold, FILE *out)
{
  OciRootfs *rootfs = oci_image_rootfs(report->source);
  guint64 before = oci_rootfs_bytes(rootfs);
  guint64 after = emit_plan_bytes(report->plan);
  g_autofree char *source = source_remark(report->source);
  g_autofree char *result = result_remark(report);
  gboolean counted = oci_rootfs_is_counted(rootfs);
  if (counted)
    print_row(out, "before", before, oci_rootfs_count(rootfs), source);
  print_row(out, "after", after, emit_plan_count(report->plan) - 1, result);
  if (counted)
  {
    print_row(out, "removed", before - after, oci_rootfs_count(rootfs) - (emit_plan_count(report->plan) - 1), "");
    print_saved(before, after, bold, out);
  }
  print_largest(report->plan, out);
  print_warnings(report->warnings, out);
}
