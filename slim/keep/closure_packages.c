/* Packages as evidence, and as what a rule adds. */
#include "slim/keep/closure_private.h"

#include "slim/keep/pattern.h"

#include <string.h>

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
