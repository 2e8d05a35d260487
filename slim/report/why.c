/* Paths by name in two tables; each reason names the path that asks for it. */
#include "slim/report/why.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/report/values.h"

#include <string.h>

#define CHAIN_MAX 64u /* a report from outside may lead in a circle */
#define LINKS_MAX 40u

static const char *text_of(const json_t *object, const char *key)
{
  return json_string_value(json_object_get(object, key));
}

/* path → object, borrowed; NULL when the document has no such list. */
static GHashTable *index_list(const json_t *document, const char *key)
{
  const json_t *list = json_object_get(document, key);
  if (!json_is_array(list))
    return NULL;
  GHashTable *table = g_hash_table_new(g_str_hash, g_str_equal);
  for (gsize i = 0; i < json_array_size(list); i++)
  {
    json_t *item = json_array_get(list, i);
    const char *path = text_of(item, "path");
    if (path != NULL)
      g_hash_table_insert(table, (gpointer)(guintptr)path, item);
  }
  return table;
}

/* The path with the first link among its directories replaced, or NULL. */
static char *follow_one(GHashTable *kept, const char *path)
{
  for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
  {
    g_autofree char *folder = g_strndup(path, (gsize)(slash - path));
    const json_t *item = g_hash_table_lookup(kept, folder);
    const char *target = item == NULL || g_strcmp0(text_of(item, "type"), "symlink") != 0 ? NULL : text_of(item, "target");
    if (target == NULL)
      continue;
    g_autofree char *parent = g_path_get_dirname(folder);
    g_autofree char *start = g_canonicalize_filename(target, parent);
    return g_canonicalize_filename(slash + 1, start);
  }
  return NULL;
}

static char *resolve(GHashTable *kept, const char *path)
{
  char *resolved = g_canonicalize_filename(path, "/");
  for (guint i = 0; i < LINKS_MAX; i++)
  {
    char *next = follow_one(kept, resolved);
    if (next == NULL)
      break;
    g_free(resolved);
    resolved = next;
  }
  return resolved;
}

static void append_step(GString *text, guint depth, const json_t *item)
{
  g_autofree char *path = report_word(text_of(item, "path"));
  const json_t *reason = json_object_get(item, "reason");
  const char *kind = text_of(reason, "kind");
  const char *detail = text_of(reason, "detail");
  const char *package = text_of(item, "package");
  g_string_append_printf(text, "%*s%s: %s", (int)depth * 2, "", path, kind != NULL ? kind : "kept");
  if (detail != NULL)
  {
    g_autofree char *word = report_word(detail);
    g_string_append_printf(text, ", %s", word);
  }
  if (package != NULL)
  {
    g_autofree char *word = report_word(package);
    g_string_append_printf(text, " (package %s)", word);
  }
  g_string_append_c(text, '\n');
}

static char *chain_text(GHashTable *kept, const json_t *item)
{
  const json_t *chain[CHAIN_MAX];
  guint count = 0;
  for (; item != NULL && count < CHAIN_MAX; count++)
  {
    chain[count] = item;
    const char *from = text_of(json_object_get(item, "reason"), "from");
    item = from == NULL ? NULL : g_hash_table_lookup(kept, from);
  }
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < count; i++)
    append_step(text, i, chain[count - 1 - i]);
  return g_string_free(text, FALSE);
}

static char *removed_text(const json_t *item)
{
  g_autofree char *path = report_word(text_of(item, "path"));
  const char *package = text_of(item, "package");
  if (package == NULL)
    return g_strdup_printf("%s: removed, nothing asked for it; it belongs to no package\n", path);
  g_autofree char *word = report_word(package);
  return g_strdup_printf("%s: removed, nothing asked for it; it belongs to package %s\n", path, word);
}

char *report_why_text(const json_t *document, const char *path, GError **error)
{
  g_autoptr(GHashTable) kept = index_list(document, "kept");
  g_autoptr(GHashTable) removed = index_list(document, "removed");
  if (kept == NULL)
  {
    g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "the document is no report: it lists no kept paths");
    return NULL;
  }
  g_autofree char *resolved = resolve(kept, path);
  const json_t *item = g_hash_table_lookup(kept, resolved);
  if (item != NULL)
    return chain_text(kept, item);
  item = removed == NULL ? NULL : g_hash_table_lookup(removed, resolved);
  if (item != NULL)
    return removed_text(item);
  g_autofree char *quoted = oci_quote(path);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_MISSING,
              removed != NULL ? "%s is not in the image" : "%s is not kept; what was left out is not listed in the report", quoted);
  return NULL;
}
