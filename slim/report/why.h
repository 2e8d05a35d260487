/*
 * The chain of reasons of one path, out of a report.
 */
#ifndef SLIM_REPORT_WHY_H
#define SLIM_REPORT_WHY_H

#include "oci/json.h"

/*
 * document: as report_json() makes it, maybe from outside.
 * path: absolute; links of the kept tree are followed up to its last part.
 *
 * Returns: lines from what was declared to the path, or one line that says
 * which package a removed path belonged to; owned by the caller.
 * Errors: SLIM_ERROR_USAGE for a document that is no report,
 * SLIM_ERROR_MISSING for a path that the image does not have.
 */
char *report_why_text(const json_t *document, const char *path, GError **error);

#endif
