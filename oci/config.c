/* An image's configuration: the JSON itself, checked once, with typed views. */
#include "oci/config.h"

#include "oci/descriptor.h"
#include "oci/error.h"

#include <string.h>

struct oci_config
{
  json_t *json;
};

static const char *const root_strings[] = {"created", "author", "architecture", "os", "os.version", "variant"};
static const char *const config_strings[] = {"User", "WorkingDir", "StopSignal"};
static const char *const config_arrays[] = {"Env", "Entrypoint", "Cmd", "OnBuild", "Shell"};
static const char *const config_objects[] = {"ExposedPorts", "Volumes"};
static const char *const check_integers[] = {"Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"};

static gboolean check_strings(const json_t *object, const char *where, const char *const *keys, gsize count, GError **error)
{
  const char *value = NULL;
  for (gsize i = 0; i < count; i++)
    if (!oci_json_string(object, keys[i], where, &value, error))
      return FALSE;
  return TRUE;
}

static gboolean check_healthcheck(const json_t *config, GError **error)
{
  static const char where[] = ".config.Healthcheck";
  json_t *check = NULL;
  json_t *test = NULL;
  gint64 value = 0;
  if (!oci_json_object(config, "Healthcheck", ".config", &check, error) || !oci_json_strings(check, "Test", where, &test, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(check_integers); i++)
    if (!oci_json_integer(check, check_integers[i], where, &value, error))
      return FALSE;
  return TRUE;
}

static gboolean check_config(const json_t *json, GError **error)
{
  json_t *config = NULL;
  json_t *value = NULL;
  if (!oci_json_object(json, "config", "", &config, error) ||
      !check_strings(config, ".config", config_strings, G_N_ELEMENTS(config_strings), error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(config_arrays); i++)
    if (!oci_json_strings(config, config_arrays[i], ".config", &value, error))
      return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(config_objects); i++)
    if (!oci_json_object(config, config_objects[i], ".config", &value, error))
      return FALSE;
  g_autoptr(GHashTable) labels = oci_json_string_map(config, "Labels", ".config", error);
  return labels != NULL && check_healthcheck(config, error);
}

static gboolean check_diff_ids(const json_t *rootfs, GError **error)
{
  json_t *ids = NULL;
  OciDigest digest;
  if (!oci_json_strings(rootfs, "diff_ids", ".rootfs", &ids, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size(ids); i++)
  {
    if (oci_digest_parse(json_string_value(json_array_get(ids, i)), &digest, error))
      continue;
    g_prefix_error(error, ".rootfs.diff_ids[%" G_GSIZE_FORMAT "]: ", i);
    return FALSE;
  }
  return TRUE;
}

static gboolean check_rootfs(const json_t *json, GError **error)
{
  json_t *rootfs = NULL;
  const char *type = NULL;
  if (!oci_json_object(json, "rootfs", "", &rootfs, error) || !oci_json_string(rootfs, "type", ".rootfs", &type, error))
    return FALSE;
  if (rootfs == NULL)
    return oci_json_fail(error, "", "rootfs", "is missing");
  if (g_strcmp0(type, "layers") != 0)
    return oci_json_fail(error, ".rootfs", "type", "is not \"layers\"");
  return check_diff_ids(rootfs, error);
}

static gboolean check_history(const json_t *json, GError **error)
{
  json_t *history = NULL;
  if (!oci_json_array(json, "history", "", &history, error))
    return FALSE;
  for (gsize i = 0; i < json_array_size(history); i++)
  {
    if (json_is_object(json_array_get(history, i)))
      continue;
    g_autofree char *element = g_strdup_printf("history[%" G_GSIZE_FORMAT "]", i);
    return oci_json_fail(error, "", element, "is not an object");
  }
  return TRUE;
}

OciConfig *oci_config_parse(const void *bytes, gsize length, const OciLimits *limits, GError **error)
{
  g_autoptr(json_t) json = oci_json_parse(bytes, length, limits->document_bytes, "image config", error);
  if (json == NULL)
    return NULL;
  if (!json_is_object(json))
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "image config is not an object");
    return NULL;
  }
  if (!check_strings(json, "", root_strings, G_N_ELEMENTS(root_strings), error) || !check_config(json, error) ||
      !check_rootfs(json, error) || !check_history(json, error))
  {
    g_prefix_error(error, "image config: ");
    return NULL;
  }
  OciConfig *config = g_new0(OciConfig, 1);
  config->json = g_steal_pointer(&json);
  return config;
}

OciConfig *oci_config_new(const OciPlatform *platform)
{
  OciConfig *config = g_new0(OciConfig, 1);
  config->json = json_object();
  json_object_set_new(config->json, "architecture", json_string(platform->architecture));
  json_object_set_new(config->json, "os", json_string(platform->os));
  if (*platform->variant != '\0')
    json_object_set_new(config->json, "variant", json_string(platform->variant));
  json_object_set_new(config->json, "config", json_object());
  json_t *rootfs = json_object();
  json_object_set_new(rootfs, "type", json_string("layers"));
  json_object_set_new(rootfs, "diff_ids", json_array());
  json_object_set_new(config->json, "rootfs", rootfs);
  return config;
}

OciConfig *oci_config_dup(const OciConfig *config)
{
  OciConfig *copy = g_new0(OciConfig, 1);
  copy->json = json_deep_copy(config->json);
  return copy;
}

void oci_config_free(OciConfig *config)
{
  if (config == NULL)
    return;
  json_decref(config->json);
  g_free(config);
}

GBytes *oci_config_format(const OciConfig *config)
{
  return oci_json_format(config->json);
}

json_t *oci_config_json(OciConfig *config)
{
  return config->json;
}

OciPlatform *oci_config_platform(const OciConfig *config)
{
  return oci_platform_from_json(config->json, "", NULL); /* checked when parsed */
}

GPtrArray *oci_config_diff_ids(const OciConfig *config)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
  const json_t *array = json_object_get(json_object_get(config->json, "rootfs"), "diff_ids");
  for (gsize i = 0; i < json_array_size(array); i++)
  {
    OciDigest *digest = g_new0(OciDigest, 1);
    g_ptr_array_add(ids, digest);
    oci_digest_parse(json_string_value(json_array_get(array, i)), digest, NULL); /* checked when parsed */
  }
  return ids;
}

static const json_t *find(const OciConfig *config, const char *key)
{
  return json_object_get(json_object_get(config->json, "config"), key);
}

/* The strings of an array from a position on. */
static GPtrArray *dup_strings(const json_t *array, gsize from)
{
  GPtrArray *strings = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = from; i < json_array_size(array); i++)
    g_ptr_array_add(strings, g_strdup(json_string_value(json_array_get(array, i))));
  return strings;
}

GPtrArray *oci_config_entrypoint(const OciConfig *config)
{
  return dup_strings(find(config, "Entrypoint"), 0);
}

GPtrArray *oci_config_cmd(const OciConfig *config)
{
  return dup_strings(find(config, "Cmd"), 0);
}

GPtrArray *oci_config_env(const OciConfig *config)
{
  return dup_strings(find(config, "Env"), 0);
}

GPtrArray *oci_config_volumes(const OciConfig *config)
{
  GPtrArray *volumes = g_ptr_array_new_with_free_func(g_free);
  json_t *object = json_object_get(json_object_get(config->json, "config"), "Volumes");
  for (void *i = json_object_iter(object); i != NULL; i = json_object_iter_next(object, i))
    g_ptr_array_add(volumes, g_strdup(json_object_iter_key(i)));
  return volumes;
}

GPtrArray *oci_config_healthcheck(const OciConfig *config, gboolean *shell)
{
  const json_t *test = json_object_get(find(config, "Healthcheck"), "Test");
  const char *kind = json_string_value(json_array_get(test, 0));
  *shell = g_strcmp0(kind, "CMD-SHELL") == 0;
  return dup_strings(*shell || g_strcmp0(kind, "CMD") == 0 ? test : NULL, 1);
}

GPtrArray *oci_config_shell(const OciConfig *config)
{
  GPtrArray *shell = dup_strings(find(config, "Shell"), 0);
  if (shell->len == 0)
  {
    g_ptr_array_add(shell, g_strdup("/bin/sh"));
    g_ptr_array_add(shell, g_strdup("-c"));
  }
  return shell;
}

const char *oci_config_getenv(const OciConfig *config, const char *name)
{
  const json_t *env = find(config, "Env");
  gsize length = strlen(name);
  for (gsize i = json_array_size(env); i > 0; i--)
  {
    const char *text = json_string_value(json_array_get(env, i - 1));
    if (strncmp(text, name, length) == 0 && text[length] == '=')
      return text + length + 1;
  }
  return NULL;
}

const char *oci_config_user(const OciConfig *config)
{
  return json_string_value(find(config, "User"));
}

const char *oci_config_working_dir(const OciConfig *config)
{
  return json_string_value(find(config, "WorkingDir"));
}

const char *oci_config_label(const OciConfig *config, const char *name)
{
  return json_string_value(json_object_get(find(config, "Labels"), name));
}

const char *oci_config_created(const OciConfig *config)
{
  return json_string_value(json_object_get(config->json, "created"));
}

static gboolean is_id_or_name(const char *part)
{
  const char *digits = *part == '+' || *part == '-' ? part + 1 : part;
  if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits))
    return TRUE; /* a name, for the user database to know */
  guint64 value = 0;
  return digits == part && g_ascii_string_to_unsigned(part, 10, 0, G_MAXUINT32 - 1, &value, NULL);
}

gboolean oci_config_check_user(const OciConfig *config, GError **error)
{
  const char *user = oci_config_user(config);
  if (user == NULL)
    return TRUE;
  g_auto(GStrv) parts = g_strsplit(user, ":", 2);
  for (guint i = 0; parts[i] != NULL; i++)
  {
    if (is_id_or_name(parts[i]))
      continue;
    g_autofree char *quoted = oci_quote(user);
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, ".config.User %s is out of range: an ID is 0 to 4294967294", quoted);
    return FALSE;
  }
  return TRUE;
}

void oci_config_set_single_layer(OciConfig *config, const OciDigest *diff_id, const char *created, const char *created_by)
{
  json_t *rootfs = json_object_get(config->json, "rootfs");
  if (!json_is_object(rootfs))
  {
    rootfs = json_object();
    json_object_set_new(config->json, "rootfs", rootfs);
  }
  g_autofree char *digest = oci_digest_format(diff_id);
  json_object_set_new(rootfs, "type", json_string("layers"));
  json_object_set_new(rootfs, "diff_ids", json_pack("[s]", digest));
  if (created != NULL)
    json_object_set_new(config->json, "created", json_string(created));
  json_t *entry = json_object();
  if (oci_config_created(config) != NULL)
    json_object_set_new(entry, "created", json_string(oci_config_created(config)));
  json_object_set_new(entry, "created_by", json_string(created_by));
  json_object_set_new(config->json, "history", json_pack("[o]", entry));
}
