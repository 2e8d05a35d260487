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

/*
 * Members of an object by key. Keys are compared exactly; null is the same
 * as absent.
 *
 * where: the object's place in the document, e.g. ".config", for messages.
 * value: set to what is borrowed from the object, NULL when absent.
 * Errors: OCI_ERROR_MALFORMED when it is of another type.
 */
gboolean oci_json_string(const json_t *object, const char *key, const char *where, const char **value, GError **error);
gboolean oci_json_object(const json_t *object, const char *key, const char *where, json_t **value, GError **error);
gboolean oci_json_array(const json_t *object, const char *key, const char *where, json_t **value, GError **error);
/* Like oci_json_array(), and each element is a string. */
gboolean oci_json_strings(const json_t *object, const char *key, const char *where, json_t **value, GError **error);
/* value: untouched when absent. */
gboolean oci_json_integer(const json_t *object, const char *key, const char *where, gint64 *value, GError **error);

/*
 * An object whose values are strings, e.g. annotations.
 *
 * Returns: char* → char*, owned by the caller, empty when absent; NULL with
 * error set.
 */
GHashTable *oci_json_string_map(const json_t *object, const char *key, const char *where, GError **error);
/* An empty one. */
GHashTable *oci_string_map_new(void);
/* Copies every pair of from, which may be NULL; one of the same key is replaced. */
void oci_string_map_merge(GHashTable *into, GHashTable *from);
/* The other way, sorted by key. Returns: a new reference. */
json_t *oci_json_from_string_map(GHashTable *map);

/* Sets an error of the form "WHERE is not …". Returns: FALSE. */
gboolean oci_json_fail(GError **error, const char *where, const char *key, const char *what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

#endif
