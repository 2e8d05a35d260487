/* Packages as evidence, and as what a rule adds. */
#include "slim/keep/closure_private.h"

#include "slim/keep/pattern.h"

#include <string.h>

#define OWN_NAME_MIN 4u /* letters of a folder's name that say whose it is */

gboolean closure_state_packages(KeepClosure *closure, GError **error)
{
  if (!keep_rules_have(closure->rules, KEEP_WHEN_PACKAGE))
    return TRUE;
  KeepPackages *packages = keep_closure_packages(closure, error);
  for (guint i = 0; packages != NULL && i < keep_packages_count(packages); i++)
    keep_facts_add(closure->facts, KEEP_WHEN_PACKAGE, keep_packages_get(packages, i)->name, NULL, NULL);
  return packages != NULL;
}

static void keep_files_of(KeepClosure *closure, const KeepPackage *package, GPtrArray *except, const KeepReason *reason)
{
  g_autoptr(GPtrArray) nodes = keep_packages_nodes(closure->packages, package);
  for (guint i = 0; i < nodes->len; i++)
  {
    const OciNode *node = nodes->pdata[i];
    if (closure_is_listed(except, node))
      continue;
    g_autofree char *path = oci_node_path(node);
    if (closure_keep_path(closure, NULL, path, reason) == NULL)
      closure_keep_node(closure, nodes->pdata[i], reason); /* a dangling link */
  }
}

gboolean closure_add_packages(KeepClosure *closure, GPtrArray *names, GPtrArray *except, const KeepReason *reason, GError **error)
{
  const KeepPackages *packages = keep_closure_packages(closure, error);
  for (guint i = 0; packages != NULL && i < keep_packages_count(packages); i++)
    for (guint j = 0; j < names->len; j++)
      if (keep_pattern_match(names->pdata[j], keep_packages_get(packages, i)->name))
      {
        keep_files_of(closure, keep_packages_get(packages, i), except, reason);
        break;
      }
  return packages != NULL;
}

static gboolean brings_data_only(KeepClosure *closure, const KeepPackage *package)
{
  g_autoptr(GPtrArray) nodes = keep_packages_nodes(closure->packages, package);
  for (guint i = 0; i < nodes->len; i++)
  {
    const OciNode *node = nodes->pdata[i];
    const char *folder = node->parent == NULL ? "" : node->parent->name;
    gboolean among_programs = strcmp(folder, "bin") == 0 || strcmp(folder, "sbin") == 0 || strcmp(folder, "games") == 0;
    if (node->inode->metadata.type != OCI_FILE_DIRECTORY && closure_is_code(closure, node) && (among_programs || !closure_is_program(node)))
      return FALSE;
  }
  return nodes->len > 0;
}

/* Whether a package brings no program and no shared object: what depends on it reads it. */
static gboolean is_data(KeepClosure *closure, const KeepPackage *package)
{
  gpointer known = g_hash_table_lookup(closure->data_packages, package);
  if (known == NULL)
  {
    known = GINT_TO_POINTER(brings_data_only(closure, package) ? 1 : -1);
    g_hash_table_insert(closure->data_packages, (gpointer)(guintptr)package, known);
  }
  return GPOINTER_TO_INT(known) == 1;
}

/* A folder below /usr says nothing as long as it is empty; others are written to, or hold what was configured. */
static gboolean is_state(const char *path)
{
  return !g_str_has_prefix(path, "/usr/") && strchr(path + 1, '/') != NULL;
}

static void keep_data_of(KeepClosure *closure, const KeepPackage *package, GPtrArray *except, const KeepReason *reason)
{
  g_autoptr(GPtrArray) nodes = keep_packages_nodes(closure->packages, package);
  for (guint i = 0; i < nodes->len; i++)
  {
    OciNode *node = nodes->pdata[i];
    if (keep_set_find(closure->set, node) != NULL)
      continue;
    g_autofree char *path = oci_node_path(node);
    gboolean is_directory = node->inode->metadata.type == OCI_FILE_DIRECTORY;
    if ((is_directory ? !is_state(path) : closure_is_code(closure, node)) || closure_is_listed(except, node))
      continue;
    if (closure_keep_path(closure, NULL, path, reason) == NULL)
      closure_keep_node(closure, node, reason);
  }
}

/* Each package once for a rule: many programs may stand in one. */
static gboolean is_new(KeepClosure *closure, const KeepPackage *package, const KeepReason *reason)
{
  char *key = g_strdup_printf("package %.*s %p", (int)strcspn(reason->detail, " "), reason->detail, (gconstpointer)package);
  return g_hash_table_add(closure->trees, key);
}

/* A package, what it depends on of the same source, and what it depends on that is only data. */
static void keep_packages_data(KeepClosure *closure, const KeepPackage *first, GPtrArray *except, const KeepReason *reason)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  g_ptr_array_add(list, (gpointer)(guintptr)first);
  for (guint i = 0; i < list->len; i++)
  {
    const KeepPackage *package = list->pdata[i];
    if (!is_new(closure, package, reason))
      continue;
    keep_data_of(closure, package, except, reason);
    g_autoptr(GPtrArray) dependencies = keep_packages_dependencies(closure->packages, package);
    for (guint j = 0; j < dependencies->len; j++)
    {
      const KeepPackage *dependency = dependencies->pdata[j];
      if (strcmp(dependency->source, package->source) == 0 || is_data(closure, dependency))
        g_ptr_array_add(list, dependencies->pdata[j]);
    }
  }
}

gboolean closure_add_package_data(KeepClosure *closure, GPtrArray *files, GPtrArray *except, const KeepReason *reason, GError **error)
{
  KeepPackages *packages = keep_closure_packages(closure, error);
  g_autoptr(GPtrArray) ends = g_ptr_array_new();
  for (guint i = 0; i < files->len; i++)
    closure_find_glob(closure, files->pdata[i], ends);
  for (guint i = 0; packages != NULL && i < ends->len; i++)
  {
    const KeepPackage *owner = keep_packages_owner(packages, ends->pdata[i]);
    if (owner != NULL)
      keep_packages_data(closure, owner, except, reason);
  }
  return packages != NULL;
}

/* "rabbitmq" is of rabbitmq-server, "ldap" of openldap, "dnsmasq.d" of dnsmasq. */
static gboolean is_like(const char *folder, const KeepPackage *package)
{
  g_autofree char *stem = g_strndup(folder, strcspn(folder, "."));
  return strlen(stem) >= OWN_NAME_MIN && (strstr(package->name, stem) != NULL || strstr(package->source, stem) != NULL ||
                                          strstr(stem, package->source) != NULL || strstr(stem, package->name) != NULL);
}

static void add_own_name(GString *names, const char *name)
{
  g_autofree char *line = g_strconcat("\n", name, "\n", NULL);
  if (strpbrk(name, "\n/") == NULL && strstr(names->str, line) == NULL)
    g_string_append(names, line + 1);
}

static char *own_names_of(KeepClosure *closure, const KeepPackage *package)
{
  static const char *const parents[] = {"/etc", "/var/lib", "/var/log", "/var/cache", "/var/spool"};
  g_autoptr(GPtrArray) nodes = keep_packages_nodes(closure->packages, package);
  GString *names = g_string_new("\n");
  add_own_name(names, package->name);
  add_own_name(names, package->source);
  for (guint i = 0; i < nodes->len; i++)
  {
    const OciNode *node = nodes->pdata[i];
    if (node->parent == NULL || node->inode->metadata.type != OCI_FILE_DIRECTORY || !is_like(node->name, package))
      continue;
    g_autofree char *parent = oci_node_path(node->parent);
    for (guint j = 0; j < G_N_ELEMENTS(parents); j++)
      if (strcmp(parent, parents[j]) == 0)
        add_own_name(names, node->name);
  }
  return g_string_free(names, FALSE);
}

const char *closure_own_names(KeepClosure *closure, const char *path)
{
  const OciNode *node = path == NULL ? NULL : oci_rootfs_find(closure->rootfs, path);
  const KeepPackage *owner = node == NULL ? NULL : keep_packages_owner(closure->packages, node);
  if (owner == NULL)
    return NULL;
  char *names = g_hash_table_lookup(closure->own_names, owner);
  if (names == NULL)
    g_hash_table_insert(closure->own_names, (gpointer)(guintptr)owner, names = own_names_of(closure, owner));
  return names;
}
