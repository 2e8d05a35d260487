/* Dependencies between installed packages: names, alternatives, virtual names, and rpm's files. */
#include "slim/keep/packages_private.h"

#include <string.h>

typedef struct
{
  KeepPackages *packages;
  const PackageRecord *record; /* who depends */
  GPtrArray *found;
  GHashTable *seen;
} Resolution;

static void index_provides(KeepPackages *packages, PackageRecord *record)
{
  const char *at = record->provides;
  const char *end = at == NULL ? NULL : at + strlen(at);
  const char *line;
  gsize length;
  while (keep_packages_next_line(packages, &at, end, &line, &length))
  {
    g_autofree char *name = g_strndup(line, length);
    GPtrArray *records = g_hash_table_lookup(packages->providers, name);
    if (records == NULL)
    {
      records = g_ptr_array_new();
      g_hash_table_insert(packages->providers, g_steal_pointer(&name), records);
    }
    if (records->len == 0 || records->pdata[records->len - 1] != record)
      g_ptr_array_add(records, record);
  }
}

static void find_providers(KeepPackages *packages)
{
  packages->providers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < packages->records->len; i++)
    index_provides(packages, packages->records->pdata[i]);
}

static gboolean is_universal(const char *architecture)
{
  return *architecture == '\0' || strcmp(architecture, "all") == 0 || strcmp(architecture, "noarch") == 0;
}

/* Whether both are of one database and could run in one process. */
static gboolean fits(const PackageRecord *a, const PackageRecord *b)
{
  return a->package.kind == b->package.kind && (strcmp(a->package.architecture, b->package.architecture) == 0 ||
                                                is_universal(a->package.architecture) || is_universal(b->package.architecture));
}

static void add(Resolution *resolution, const PackageRecord *record)
{
  if (record != resolution->record && g_hash_table_add(resolution->seen, (gpointer)(guintptr)record))
    g_ptr_array_add(resolution->found, (gpointer)(guintptr)record);
}

/* The first that fits, or all of them; of another architecture only when no other is there. */
static gboolean add_from(Resolution *resolution, GPtrArray *candidates, gboolean all)
{
  const PackageRecord *other = NULL;
  gboolean found = FALSE;
  for (guint i = 0; candidates != NULL && i < candidates->len && (all || !found); i++)
  {
    const PackageRecord *candidate = candidates->pdata[i];
    if (fits(candidate, resolution->record))
    {
      add(resolution, candidate);
      found = TRUE;
    }
    else if (other == NULL && candidate->package.kind == resolution->record->package.kind)
      other = candidate;
  }
  if (!found && other != NULL)
    add(resolution, other);
  return found || other != NULL;
}

/* rpm's packages may ask for a path that nobody lists as provided. */
static gboolean add_owner(Resolution *resolution, const char *path)
{
  OciNode *node = NULL;
  if (path[0] != '/' || oci_rootfs_walk(resolution->packages->rootfs, NULL, path, OCI_WALK_NOFOLLOW, NULL, NULL, &node) != OCI_WALK_FOUND)
    return FALSE;
  const KeepPackage *owner = keep_packages_owner(resolution->packages, node);
  if (owner == NULL)
    return FALSE;
  add(resolution, (const PackageRecord *)owner);
  return TRUE;
}

static void resolve_clause(Resolution *resolution, char *clause)
{
  KeepPackages *packages = resolution->packages;
  for (char *name = clause; name != NULL;)
  {
    char *bar = strchr(name, '|');
    if (bar != NULL)
      *bar = '\0';
    if (add_from(resolution, g_hash_table_lookup(packages->names, name), FALSE) ||
        add_from(resolution, g_hash_table_lookup(packages->providers, name), TRUE) || add_owner(resolution, name))
      return;
    name = bar != NULL ? bar + 1 : NULL;
  }
}

GPtrArray *keep_packages_dependencies(KeepPackages *packages, const KeepPackage *package)
{
  if (packages->providers == NULL)
    find_providers(packages);
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  Resolution resolution = {
      .packages = packages,
      .record = (const PackageRecord *)package,
      .found = g_ptr_array_new(),
      .seen = seen,
  };
  const char *at = resolution.record->requires;
  const char *end = at == NULL ? NULL : at + strlen(at);
  const char *line;
  gsize length;
  while (keep_packages_next_line(packages, &at, end, &line, &length))
  {
    g_autofree char *clause = g_strndup(line, length);
    resolve_clause(&resolution, clause);
  }
  return resolution.found;
}
