/*
 * The places are those that scanners look at: syft's cataloguers "dpkg-db",
 * "apk-db" and "rpm-db" with its list of files that identify a release, and
 * trivy's analyzers of packages and of operating systems. Each database stays
 * in the form that it has: both read a status file and status.d alike, and of
 * the former they read the lists too, to tell a distribution's Python or
 * Node.js packages from others.
 */
#include "slim/emit/package_db.h"

#include "oci/error.h"
#include "slim/error.h"
#include "slim/keep/packages_filter.h"

#include <string.h>

#define RELEASE_MAX_BYTES (64u << 10)
#define RELEASES_MAX      64u

static const char *const folders[] = {
    "/var/lib/dpkg", "/lib/apk/db", "/usr/lib/apk/db", "/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm",
};

static const char *const release_folders[] = {"/etc", "/usr/lib"};
static const char *const release_names[] = {"debian_version", "system-release-cpe"}; /* beside *-release */

const char *emit_package_db_name(EmitPackageDb mode)
{
  switch (mode)
  {
  case EMIT_PACKAGE_DB_FILTERED:
    return "filtered";
  case EMIT_PACKAGE_DB_KEEP:
    return "keep";
  case EMIT_PACKAGE_DB_NONE:
    return "none";
  }
  g_assert_not_reached();
}

gboolean emit_package_db_parse(const char *text, EmitPackageDb *mode, GError **error)
{
  static const EmitPackageDb all[] = {EMIT_PACKAGE_DB_FILTERED, EMIT_PACKAGE_DB_KEEP, EMIT_PACKAGE_DB_NONE};
  for (guint i = 0; i < G_N_ELEMENTS(all); i++)
    if (strcmp(text, emit_package_db_name(all[i])) == 0)
    {
      *mode = all[i];
      return TRUE;
    }
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, SLIM_ERROR, SLIM_ERROR_USAGE, "--package-db %s is none of filtered, keep, none", quoted);
  return FALSE;
}

GHashTable *emit_contents_new(void)
{
  return g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
}

static gboolean is_release_name(const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(release_names); i++)
    if (strcmp(name, release_names[i]) == 0)
      return TRUE;
  return g_str_has_suffix(name, "-release");
}

/* What names the distribution: small files, or links to such. */
static void add_releases(OciRootfs *rootfs, KeepClosure *closure)
{
  const KeepReason reason = {.kind = KEEP_REASON_PACKAGE_DB, .detail = "names the distribution"};
  guint count = 0;
  for (guint i = 0; i < G_N_ELEMENTS(release_folders); i++)
  {
    OciNode *folder = oci_rootfs_find(rootfs, release_folders[i]);
    if (folder == NULL || folder->inode->metadata.type != OCI_FILE_DIRECTORY)
      continue;
    g_autoptr(GPtrArray) children = oci_node_children(folder);
    for (guint j = 0; j < children->len && count < RELEASES_MAX; j++)
    {
      const OciNode *child = children->pdata[j];
      g_autofree char *path = g_build_filename(release_folders[i], child->name, NULL);
      const OciNode *end = is_release_name(child->name) ? oci_rootfs_find(rootfs, path) : NULL;
      if (end == NULL || end->inode->metadata.type != OCI_FILE_REGULAR || end->inode->metadata.size > RELEASE_MAX_BYTES)
        continue;
      keep_closure_add_path(closure, path, FALSE, &reason);
      count++;
    }
  }
}

static void add_whole(OciRootfs *rootfs, KeepClosure *closure)
{
  const KeepReason reason = {.kind = KEEP_REASON_PACKAGE_DB, .detail = "the whole database"};
  gboolean found = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
    if (oci_rootfs_find(rootfs, folders[i]) != NULL)
    {
      keep_closure_add_path(closure, folders[i], TRUE, &reason);
      found = TRUE;
    }
  if (found)
    add_releases(rootfs, closure);
}

/* Whether somebody wants the file for what is in it. */
static gboolean is_wanted_whole(KeepClosure *closure, const OciNode *node)
{
  const KeepEntry *entry = keep_set_find(keep_closure_set(closure), node);
  return entry != NULL && entry->reason.kind != KEEP_REASON_PACKAGE && entry->reason.kind != KEEP_REASON_LINK &&
         entry->reason.kind != KEEP_REASON_PARENT;
}

static void add_file(KeepClosure *closure, const KeepDatabaseFile *file, const KeepReason *reason, GHashTable *contents)
{
  if (is_wanted_whole(closure, file->node))
    return;
  keep_closure_add_path(closure, file->path, FALSE, reason);
  if (file->content != NULL && keep_set_find(keep_closure_set(closure), file->node) != NULL)
    g_hash_table_insert(contents, file->node, g_bytes_ref(file->content));
}

static gboolean add_filtered(OciRootfs *rootfs, KeepClosure *closure, GHashTable *contents, GError **error)
{
  KeepPackages *packages = keep_closure_packages(closure, error);
  if (packages == NULL)
    return FALSE;
  KeepSet *set = keep_closure_set(closure);
  g_autoptr(GPtrArray) remaining = keep_packages_remaining(packages, set);
  if (remaining->len == 0)
    return TRUE;
  add_releases(rootfs, closure);
  g_ptr_array_unref(remaining);
  remaining = keep_packages_remaining(packages, set);
  g_autoptr(GPtrArray) files = keep_packages_filter(packages, remaining, set, error);
  if (files == NULL)
    return FALSE;
  g_autofree char *detail = g_strdup_printf("%u of %u packages are left", remaining->len, keep_packages_count(packages));
  const KeepReason reason = {.kind = KEEP_REASON_PACKAGE_DB, .detail = detail};
  for (guint i = 0; i < files->len; i++)
    add_file(closure, files->pdata[i], &reason, contents);
  return TRUE;
}

gboolean emit_package_db_add(EmitPackageDb mode, KeepClosure *closure, GHashTable *contents, GError **error)
{
  OciRootfs *rootfs = keep_closure_rootfs(closure);
  switch (mode)
  {
  case EMIT_PACKAGE_DB_FILTERED:
    return add_filtered(rootfs, closure, contents, error);
  case EMIT_PACKAGE_DB_KEEP:
    add_whole(rootfs, closure);
    return TRUE;
  case EMIT_PACKAGE_DB_NONE:
    return TRUE;
  }
  g_assert_not_reached();
}
