/* The old config and annotations, mended where they would be wrong now. */
#include "slim/emit/config.h"

#include <string.h>

/* Without a version: the image's ID stays the same from release to release. */
#define CREATED_BY "ocislim slim"

/* Returns: borrowed, an object that is there. */
static json_t *find_object(json_t *parent, const char *key)
{
  json_t *object = json_object_get(parent, key);
  if (json_is_object(object))
    return object;
  object = json_object();
  json_object_set_new(parent, key, object);
  return object;
}

static void set_entrypoint(OciConfig *config, GPtrArray *words)
{
  json_t *section = find_object(oci_config_json(config), "config");
  json_t *array = json_array();
  for (guint i = 0; i < words->len; i++)
    json_array_append_new(array, json_string(words->pdata[i]));
  json_object_set_new(section, "Entrypoint", array);
  json_object_del(section, "Cmd");
}

/* Sorted: the same options give the same bytes. */
static void set_labels(OciConfig *config, GHashTable *labels)
{
  json_t *object = find_object(find_object(oci_config_json(config), "config"), "Labels");
  g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(labels), (GCompareFunc)strcmp);
  for (GList *i = names; i != NULL; i = i->next)
    json_object_set_new(object, i->data, json_string(g_hash_table_lookup(labels, i->data)));
}

OciConfig *emit_config_new(OciImage *source, const EmitConfigChanges *changes, const OciDigest *diff_id)
{
  OciConfig *config = oci_config_dup(oci_image_config(source));
  if (changes->entrypoint != NULL)
    set_entrypoint(config, changes->entrypoint);
  if (changes->labels != NULL && g_hash_table_size(changes->labels) > 0)
    set_labels(config, changes->labels);
  oci_config_set_single_layer(config, diff_id, changes->created, CREATED_BY);
  return config;
}

static gboolean is_about_the_source(const char *key)
{
  return g_str_has_prefix(key, "org.opencontainers.image.base.") || strcmp(key, "org.opencontainers.image.created") == 0;
}

GHashTable *emit_annotations_new(OciImage *source)
{
  GHashTable *annotations = oci_string_map_new();
  GHashTableIter iter;
  gpointer key, value;
  g_hash_table_iter_init(&iter, oci_image_annotations(source));
  while (g_hash_table_iter_next(&iter, &key, &value))
    if (!is_about_the_source(key))
      g_hash_table_insert(annotations, g_strdup(key), g_strdup(value));
  const char *name = oci_image_name(source);
  const OciDigest *digest = oci_image_digest(source);
  const OciDigest *config = oci_image_config_digest(source);
  if (name != NULL)
    g_hash_table_replace(annotations, g_strdup("io.ocislim.source.name"), g_strdup(name));
  if (digest != NULL)
    g_hash_table_replace(annotations, g_strdup("io.ocislim.source.digest"), oci_digest_format(digest));
  if (config != NULL)
    g_hash_table_replace(annotations, g_strdup("io.ocislim.source.config"), oci_digest_format(config));
  return annotations;
}
