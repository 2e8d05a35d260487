/*
 * What differs between two trees: what went, came or changed, by path, by
 * package and by folder.
 */
#ifndef SLIM_REPORT_DIFF_H
#define SLIM_REPORT_DIFF_H

#include "oci/json.h"
#include "slim/keep/packages.h"

typedef struct report_diff ReportDiff;

/*
 * Files are the same when type, mode, owner, target and size are, and the
 * time or else the bytes. A directory's time does not count. A file's size
 * counts at the first of its names.
 *
 * before, after, and their packages: must outlive the diff.
 * Errors: OCI_ERROR_IO.
 */
ReportDiff *report_diff_new(OciRootfs *before, KeepPackages *before_packages, OciRootfs *after, KeepPackages *after_packages,
                            GError **error);
void report_diff_free(ReportDiff *diff);

/* Three totals, then the largest packages and folders. Returns: a new string. */
char *report_diff_text(const ReportDiff *diff);

/* Everything. Returns: a new reference. */
json_t *report_diff_json(const ReportDiff *diff);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportDiff, report_diff_free)

#endif
