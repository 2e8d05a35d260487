/* Whole packages: those of the kept files, then along their dependencies. */
#include "slim/keep/level.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/keep/closure_private.h"

#include <string.h>

static const char *const documentation[] = {
    "/usr/share/doc", "/usr/share/man", "/usr/share/info", "/usr/share/locale", "/usr/share/lintian", "/usr/share/bug",
};

const char *keep_level_name(KeepLevel level)
{
  switch (level)
  {
  case KEEP_LEVEL_STRICT:
    return "strict";
  case KEEP_LEVEL_SAFE:
    return "safe";
  case KEEP_LEVEL_PACKAGE:
    return "package";
  }
  g_assert_not_reached();
}

gboolean keep_level_parse(const char *text, KeepLevel *level, GError **error)
{
  static const KeepLevel all[] = {KEEP_LEVEL_STRICT, KEEP_LEVEL_SAFE, KEEP_LEVEL_PACKAGE};
  for (guint i = 0; i < G_N_ELEMENTS(all); i++)
    if (strcmp(text, keep_level_name(all[i])) == 0)
    {
      *level = all[i];
      return TRUE;
    }
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--keep %s is none of strict, safe, package", quoted);
  return FALSE;
}

/* A package, and why its files are wanted. */
typedef struct
{
  const KeepPackage *package;
  const char *from; /* a kept path of it, or NULL */
  char *detail;
} Wanted;

static void free_wanted(gpointer data)
{
  Wanted *wanted = data;
  g_free(wanted->detail);
  g_free(wanted);
}

static void want(GPtrArray *list, GHashTable *seen, const KeepPackage *package, const char *from, char *detail)
{
  if (!g_hash_table_add(seen, (gpointer)(guintptr)package))
  {
    g_free(detail);
    return;
  }
  Wanted *wanted = g_new(Wanted, 1);
  *wanted = (Wanted){.package = package, .from = from, .detail = detail};
  g_ptr_array_add(list, wanted);
}

/* Array of Wanted*: owners of kept files by path, then what they depend on, breadth first. */
static GPtrArray *wanted_packages(KeepClosure *closure, KeepPackages *packages)
{
  GPtrArray *list = g_ptr_array_new_with_free_func(free_wanted);
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) entries = keep_set_entries(closure->set);
  for (guint i = 0; i < entries->len; i++)
  {
    const KeepEntry *entry = entries->pdata[i];
    const KeepPackage *owner = keep_packages_owner(packages, entry->node);
    if (owner != NULL)
      want(list, seen, owner, entry->path, g_strdup_printf("package %s", owner->name));
  }
  for (guint i = 0; i < list->len; i++)
  {
    const KeepPackage *package = ((Wanted *)list->pdata[i])->package;
    g_autoptr(GPtrArray) dependencies = keep_packages_dependencies(packages, package);
    for (guint j = 0; j < dependencies->len; j++)
    {
      const KeepPackage *dependency = dependencies->pdata[j];
      want(list, seen, dependency, NULL, g_strdup_printf("package %s, which %s depends on", dependency->name, package->name));
    }
  }
  return list;
}

static gboolean is_documentation(const OciNode *node)
{
  g_autofree char *path = oci_node_path(node);
  for (guint i = 0; i < G_N_ELEMENTS(documentation); i++)
  {
    gsize length = strlen(documentation[i]);
    if (strncmp(path, documentation[i], length) == 0 && (path[length] == '/' || path[length] == '\0'))
      return TRUE;
  }
  return FALSE;
}

/* Nodes of a package that are not kept yet and may be; array of OciNode*. */
static GPtrArray *new_nodes(KeepClosure *closure, KeepPackages *packages, const KeepPackage *package)
{
  g_autoptr(GPtrArray) nodes = keep_packages_nodes(packages, package);
  GPtrArray *fresh = g_ptr_array_new();
  for (guint i = 0; i < nodes->len; i++)
    if (keep_set_find(closure->set, nodes->pdata[i]) == NULL && !is_documentation(nodes->pdata[i]) &&
        !closure_is_excluded(closure, nodes->pdata[i]))
      g_ptr_array_add(fresh, nodes->pdata[i]);
  return fresh;
}

void keep_level_add_packages(KeepClosure *closure, KeepPackages *packages)
{
  g_autoptr(GPtrArray) list = wanted_packages(closure, packages);
  for (guint i = 0; i < list->len; i++)
  {
    const Wanted *wanted = list->pdata[i];
    g_autoptr(GPtrArray) nodes = new_nodes(closure, packages, wanted->package);
    KeepReason reason = {.kind = KEEP_REASON_PACKAGE, .from = wanted->from, .detail = wanted->detail};
    for (guint j = 0; j < nodes->len; j++)
      keep_set_add(closure->set, nodes->pdata[j], &reason);
  }
}

KeepPackageCost keep_level_package_cost(KeepClosure *closure, KeepPackages *packages)
{
  g_autoptr(GPtrArray) list = wanted_packages(closure, packages);
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  KeepPackageCost cost = {.packages = list->len};
  for (guint i = 0; i < list->len; i++)
  {
    g_autoptr(GPtrArray) nodes = new_nodes(closure, packages, ((const Wanted *)list->pdata[i])->package);
    for (guint j = 0; j < nodes->len; j++)
    {
      OciNode *node = nodes->pdata[j];
      cost.paths += g_hash_table_add(seen, node) ? 1 : 0;
      if (node->inode->metadata.type == OCI_FILE_REGULAR && g_hash_table_add(seen, node->inode))
        cost.bytes += node->inode->metadata.size;
    }
  }
  return cost;
}
