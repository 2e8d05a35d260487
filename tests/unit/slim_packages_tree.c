#include "slim_packages_tree.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

static char *place(const char *folder, const char *path)
{
  char *file = g_strconcat(folder, path, NULL);
  g_autofree char *parent = g_path_get_dirname(file);
  assert_int_equal(g_mkdir_with_parents(parent, 0755), 0);
  return file;
}

void tree_write(const char *folder, const char *path, const void *bytes, gsize length)
{
  g_autofree char *file = place(folder, path);
  assert_true(g_file_set_contents(file, bytes, (gssize)length, NULL));
}

void tree_text(const char *folder, const char *path, const char *text)
{
  tree_write(folder, path, text, strlen(text));
}

void tree_link(const char *folder, const char *path, const char *target)
{
  g_autofree char *file = place(folder, path);
  assert_int_equal(symlink(target, file), 0);
}

PackagesTree tree_open(const char *folder)
{
  OciLimits limits;
  GError *error = NULL;
  oci_limits_init(&limits);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  PackagesTree tree = {.rootfs = oci_rootfs_new_directory(fd, &limits, &error), .warnings = g_ptr_array_new_with_free_func(g_free)};
  assert_null(error);
  tree.packages = keep_packages_new(tree.rootfs, tree.warnings, &error);
  assert_null(error);
  return tree;
}

void tree_close(PackagesTree *tree)
{
  keep_packages_free(tree->packages);
  oci_rootfs_free(tree->rootfs);
  g_ptr_array_unref(tree->warnings);
}

static void print_package(PackagesTree *tree, const KeepPackage *package, GString *text)
{
  g_autoptr(GPtrArray) files = keep_packages_files(tree->packages, package);
  g_autoptr(GPtrArray) dependencies = keep_packages_dependencies(tree->packages, package);
  g_string_append_printf(text, "%s %s %s %s %s [", keep_package_kind_name(package->kind), package->name, package->version,
                         package->architecture, package->source);
  for (guint i = 0; i < files->len; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? " " : "", (const char *)files->pdata[i]);
  g_string_append(text, "] ->");
  for (guint i = 0; i < dependencies->len; i++)
  {
    const KeepPackage *dependency = dependencies->pdata[i];
    g_string_append_printf(text, " %s", dependency->name);
    if (strcmp(dependency->architecture, package->architecture) != 0)
      g_string_append_printf(text, ":%s", dependency->architecture);
  }
  g_string_append_c(text, '\n');
}

static char *print_once(PackagesTree *tree)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < keep_packages_count(tree->packages); i++)
    print_package(tree, keep_packages_get(tree->packages, i), text);
  return g_string_free(text, FALSE);
}

char *tree_print(PackagesTree *tree)
{
  g_autofree char *first = print_once(tree);
  g_autofree char *second = print_once(tree);
  assert_string_equal(first, second);
  GString *text = g_string_new(first);
  for (guint i = 0; i < tree->warnings->len; i++)
    g_string_append_printf(text, "warning: %s\n", (const char *)tree->warnings->pdata[i]);
  return g_string_free(text, FALSE);
}

char *tree_owners(PackagesTree *tree, const char *const *paths)
{
  GString *text = g_string_new(NULL);
  for (guint i = 0; paths[i] != NULL; i++)
  {
    OciNode *node = NULL;
    const char *name = "?";
    if (oci_rootfs_walk(tree->rootfs, NULL, paths[i], OCI_WALK_NOFOLLOW, NULL, NULL, &node) == OCI_WALK_FOUND)
    {
      const KeepPackage *owner = keep_packages_owner(tree->packages, node);
      name = owner == NULL ? "-" : owner->name;
    }
    g_string_append_printf(text, "%s: %s\n", paths[i], name);
  }
  return g_string_free(text, FALSE);
}

char *tree_nodes(PackagesTree *tree, const char *name)
{
  const KeepPackage *package = keep_packages_find(tree->packages, name);
  assert_non_null(package);
  g_autoptr(GPtrArray) nodes = keep_packages_nodes(tree->packages, package);
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < nodes->len; i++)
  {
    g_autofree char *path = oci_node_path(nodes->pdata[i]);
    g_string_append_printf(text, "%s%s", i > 0 ? " " : "", path);
  }
  return g_string_free(text, FALSE);
}
