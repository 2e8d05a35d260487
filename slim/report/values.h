/*
 * How single values stand in reports.
 */
#ifndef SLIM_REPORT_VALUES_H
#define SLIM_REPORT_VALUES_H

#include "oci/entry.h"
#include "oci/json.h"

/*
 * Bytes that are not UTF-8 cannot stand in JSON: they are escaped as in
 * messages. NULL is null. Returns: a new reference.
 */
json_t *report_text_json(const char *bytes);

/*
 * Bytes for a person: as they are, or quoted as in messages when something in
 * them has to be escaped. Returns: a new string.
 */
char *report_word(const char *bytes);

/* "file", "directory", …: stable words of the report. */
const char *report_type_name(OciFileType type);

#endif
