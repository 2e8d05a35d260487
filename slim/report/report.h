/*
 * What a run of slim did, for people and for machines.
 *
 * The JSON form holds nothing that differs between two runs on the same
 * input: no time, no path of the host.
 */
#ifndef SLIM_REPORT_REPORT_H
#define SLIM_REPORT_REPORT_H

#include "oci/image.h"
#include "slim/emit/plan.h"
#include "slim/keep/level.h"

#include <stdio.h>

typedef struct
{
  OciImage *source;
  KeepClosure *closure;
  EmitPlan *plan;
  KeepLevel level;
  KeepPackages *packages;  /* for report_json(); else it may be NULL */
  const OciResult *result; /* NULL when the destination is a directory, or when a gate said no */
  GPtrArray *warnings;     /* char*: all of them, in order */
} Report;

/* Returns: a new reference. Schema: slim/report/report.schema.json. */
json_t *report_json(const Report *report);

/*
 * The report of an image for several platforms.
 *
 * platforms: array of what report_json() returned; borrowed.
 * index: digest of the index; NULL when none was written.
 */
json_t *report_platforms_json(const json_t *platforms, const OciDigest *index);

/*
 * A short table: before, after, removed, saved, files, the five largest, warnings.
 *
 * bold: whether the terminal may get control characters.
 */
void report_text(const Report *report, gboolean bold, FILE *out);

#endif
