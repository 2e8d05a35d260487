/*
 * JSON documents from outside: strict, bounded, with the place of an error.
 *
 * This header is the only door to jansson in this library.
 * Spec: RFC 8259; duplicate keys are refused.
 */
#ifndef OCI_JSON_H
#define OCI_JSON_H

#include <glib.h>
#include <jansson.h>

/*
 * name: for messages.
 * Returns: a new reference.
 * Errors: OCI_ERROR_MALFORMED with line and column, OCI_ERROR_LIMIT.
 */
json_t *oci_json_parse(const void *bytes, gsize length, guint64 limit, const char *name, GError **error);

/* Compact, in insertion order, terminated by nothing. Returns: owned by the caller. */
GBytes *oci_json_format(const json_t *json);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

#endif
