/* Who is left, and which files of a database speak of them. */
#include "slim/keep/packages_filter_private.h"

#include <string.h>

void keep_database_file_free(KeepDatabaseFile *file)
{
  if (file == NULL)
    return;
  g_free(file->path);
  g_clear_pointer(&file->content, g_bytes_unref);
  g_free(file);
}

GPtrArray *keep_packages_remaining(KeepPackages *packages, KeepSet *set)
{
  keep_packages_need_owners(packages);
  g_autoptr(GHashTable) owners = g_hash_table_new(NULL, NULL);
  g_autoptr(GPtrArray) entries = keep_set_entries(set);
  for (guint i = 0; i < entries->len; i++)
  {
    const OciNode *node = ((const KeepEntry *)entries->pdata[i])->node;
    gpointer owner = g_hash_table_lookup(packages->owners, node);
    const GPtrArray *others = owner == NULL ? NULL : g_hash_table_lookup(packages->shared, node);
    if (owner != NULL)
      g_hash_table_add(owners, owner);
    for (guint j = 0; others != NULL && j < others->len; j++)
      g_hash_table_add(owners, others->pdata[j]);
  }
  GPtrArray *remaining = g_ptr_array_new();
  for (guint i = 0; i < packages->records->len; i++)
    if (g_hash_table_contains(owners, packages->records->pdata[i]))
      g_ptr_array_add(remaining, packages->records->pdata[i]);
  return remaining;
}

gboolean keep_packages_filter_keeps(PackageFilter *filter, const char *path)
{
  const OciNode *node = keep_packages_locate(filter->locator, path);
  return node != NULL && keep_set_find(filter->set, node) != NULL;
}

void keep_packages_filter_add(PackageFilter *filter, const char *path, OciNode *node, GBytes *content)
{
  KeepDatabaseFile *file = g_new(KeepDatabaseFile, 1);
  *file = (KeepDatabaseFile){.path = g_strdup(path), .node = node, .content = content};
  g_ptr_array_add(filter->files, file);
}

static gint compare_places(gconstpointer a, gconstpointer b)
{
  const PackageRecord *x = *(const PackageRecord *const *)a;
  const PackageRecord *y = *(const PackageRecord *const *)b;
  int order = strcmp(x->database, y->database);
  return order != 0 ? order : x->place < y->place ? -1 : x->place > y->place;
}

static gboolean filter_database(PackageFilter *filter, GPtrArray *records, GError **error)
{
  switch (((const PackageRecord *)records->pdata[0])->package.kind)
  {
  case KEEP_PACKAGE_DPKG:
    keep_packages_filter_dpkg(filter, records);
    return TRUE;
  case KEEP_PACKAGE_APK:
    keep_packages_filter_apk(filter, records);
    return TRUE;
  case KEEP_PACKAGE_RPM:
    return keep_packages_filter_rpm(filter, records, error);
  }
  g_assert_not_reached();
}

GPtrArray *keep_packages_filter(KeepPackages *packages, GPtrArray *remaining, KeepSet *set, GError **error)
{
  g_autoptr(PackageLocator) locator = keep_packages_locator_new(packages->rootfs);
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)keep_database_file_free);
  PackageFilter filter = {.packages = packages, .set = set, .locator = locator, .files = files};
  g_autoptr(GPtrArray) sorted = g_ptr_array_copy(remaining, NULL, NULL);
  g_ptr_array_sort(sorted, compare_places);
  for (guint i = 0; i < sorted->len;)
  {
    g_autoptr(GPtrArray) records = g_ptr_array_new();
    const PackageRecord *first = sorted->pdata[i];
    for (; i < sorted->len && ((const PackageRecord *)sorted->pdata[i])->node == first->node; i++)
      g_ptr_array_add(records, sorted->pdata[i]);
    if (!filter_database(&filter, records, error))
      return NULL;
  }
  return g_steal_pointer(&files);
}
