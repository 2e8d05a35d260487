/* Strict JSON by jansson, and typed access to members. */
#include "oci/json.h"

#include "oci/error.h"

#include <stdlib.h>
#include <string.h>

/* jansson's sentences may end with bytes of the document: cut off. */
static char *describe(const json_error_t *failure)
{
  const char *near = strstr(failure->text, " near ");
  return near == NULL ? g_strdup(failure->text) : g_strndup(failure->text, (gsize)(near - failure->text));
}

json_t *oci_json_parse(const void *bytes, gsize length, guint64 limit, const char *name, GError **error)
{
  if (length > limit)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "%s has %" G_GSIZE_FORMAT " bytes, more than document_bytes (%" G_GUINT64_FORMAT ")",
                name, length, limit);
    return NULL;
  }
  json_error_t failure;
  json_t *json = json_loadb(length == 0 ? "" : bytes, length, JSON_REJECT_DUPLICATES, &failure);
  if (json == NULL)
  {
    g_autofree char *why = describe(&failure);
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s is not JSON: line %d, column %d: %s", name, failure.line, failure.column, why);
  }
  return json;
}

GBytes *oci_json_format(const json_t *json)
{
  char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
  if (text == NULL) /* only without memory: a json_t holds nothing that cannot be written */
    g_error("jansson: json_dumps failed");
  return g_bytes_new_with_free_func(text, strlen(text), free, text);
}

gboolean oci_json_fail(GError **error, const char *where, const char *key, const char *what)
{
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "%s.%s %s", where, key, what);
  return FALSE;
}

static json_t *find(const json_t *object, const char *key)
{
  json_t *value = json_object_get(object, key);
  return json_is_null(value) ? NULL : value;
}

gboolean oci_json_string(const json_t *object, const char *key, const char *where, const char **value, GError **error)
{
  json_t *found = find(object, key);
  if (found != NULL && !json_is_string(found))
    return oci_json_fail(error, where, key, "is not a string");
  *value = json_string_value(found);
  return TRUE;
}

gboolean oci_json_object(const json_t *object, const char *key, const char *where, json_t **value, GError **error)
{
  json_t *found = find(object, key);
  if (found != NULL && !json_is_object(found))
    return oci_json_fail(error, where, key, "is not an object");
  *value = found;
  return TRUE;
}

gboolean oci_json_array(const json_t *object, const char *key, const char *where, json_t **value, GError **error)
{
  json_t *found = find(object, key);
  if (found != NULL && !json_is_array(found))
    return oci_json_fail(error, where, key, "is not an array");
  *value = found;
  return TRUE;
}

gboolean oci_json_strings(const json_t *object, const char *key, const char *where, json_t **value, GError **error)
{
  json_t *found = NULL;
  if (!oci_json_array(object, key, where, &found, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size(found); i++)
  {
    if (json_is_string(json_array_get(found, i)))
      continue;
    g_autofree char *element = g_strdup_printf("%s[%" G_GSIZE_FORMAT "]", key, i);
    return oci_json_fail(error, where, element, "is not a string");
  }
  *value = found;
  return TRUE;
}

gboolean oci_json_integer(const json_t *object, const char *key, const char *where, gint64 *value, GError **error)
{
  json_t *found = find(object, key);
  if (found == NULL)
    return TRUE;
  if (!json_is_integer(found))
    return oci_json_fail(error, where, key, "is not an integer");
  *value = json_integer_value(found);
  return TRUE;
}

GHashTable *oci_string_map_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void oci_string_map_merge(GHashTable *into, GHashTable *from)
{
  GHashTableIter i;
  gpointer key = NULL;
  gpointer value = NULL;
  if (from == NULL)
    return;
  g_hash_table_iter_init(&i, from);
  while (g_hash_table_iter_next(&i, &key, &value))
    g_hash_table_replace(into, g_strdup(key), g_strdup(value));
}

GHashTable *oci_json_string_map(const json_t *object, const char *key, const char *where, GError **error)
{
  json_t *found = NULL;
  if (!oci_json_object(object, key, where, &found, error))
    return NULL;
  g_autoptr(GHashTable) map = oci_string_map_new();
  for (void *i = json_object_iter(found); i != NULL; i = json_object_iter_next(found, i))
  {
    json_t *value = json_object_iter_value(i);
    if (json_is_null(value))
      continue;
    if (!json_is_string(value))
    {
      g_autofree char *name = oci_quote(json_object_iter_key(i));
      g_autofree char *member = g_strdup_printf("%s[%s]", key, name);
      oci_json_fail(error, where, member, "is not a string");
      return NULL;
    }
    g_hash_table_insert(map, g_strdup(json_object_iter_key(i)), g_strdup(json_string_value(value)));
  }
  return g_steal_pointer(&map);
}

static gint compare_keys(gconstpointer a, gconstpointer b)
{
  return strcmp(a, b);
}

json_t *oci_json_from_string_map(GHashTable *map)
{
  json_t *object = json_object();
  g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(map), compare_keys);
  for (GList *i = keys; i != NULL; i = i->next)
    json_object_set_new(object, i->data, json_string(g_hash_table_lookup(map, i->data)));
  return object;
}
