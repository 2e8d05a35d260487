/* The set of kept nodes: parents, reasons, order. */
#include "slim/keep/set.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* /usr/lib/libz.so, /usr/lib-x, /usr/bin */
typedef struct
{
  char *directory;
  OciRootfs *rootfs;
  OciNode *usr, *lib, *libz, *lib_x, *bin;
} Tree;

/* Below the directory; removed in the opposite order. */
static const char *const paths_made[] = {"usr", "usr/lib", "usr/lib/libz.so", "usr/lib-x", "usr/bin"};

static int set_up(void **state)
{
  Tree *tree = g_new0(Tree, 1);
  tree->directory = g_dir_make_tmp("ocislim-set-XXXXXX", NULL);
  assert_non_null(tree->directory);
  for (guint i = 0; i < G_N_ELEMENTS(paths_made); i++)
  {
    g_autofree char *path = g_build_filename(tree->directory, paths_made[i], NULL);
    assert_int_equal(g_mkdir(path, 0755), 0);
  }
  OciLimits limits;
  oci_limits_init(&limits);
  tree->rootfs = oci_rootfs_new_directory(open(tree->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), &limits, NULL);
  assert_non_null(tree->rootfs);
  tree->usr = oci_rootfs_find(tree->rootfs, "/usr");
  tree->lib = oci_rootfs_find(tree->rootfs, "/usr/lib");
  tree->libz = oci_rootfs_find(tree->rootfs, "/usr/lib/libz.so");
  tree->lib_x = oci_rootfs_find(tree->rootfs, "/usr/lib-x");
  tree->bin = oci_rootfs_find(tree->rootfs, "/usr/bin");
  *state = tree;
  return 0;
}

static int tear_down(void **state)
{
  Tree *tree = *state;
  oci_rootfs_free(tree->rootfs);
  for (guint i = G_N_ELEMENTS(paths_made); i > 0; i--)
  {
    g_autofree char *path = g_build_filename(tree->directory, paths_made[i - 1], NULL);
    g_rmdir(path);
  }
  g_rmdir(tree->directory);
  g_free(tree->directory);
  g_free(tree);
  return 0;
}

/* "path kind from detail", a line each. */
static void check_entries(KeepSet *set, const char *expected)
{
  g_autoptr(GPtrArray) entries = keep_set_entries(set);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < entries->len; i++)
  {
    const KeepEntry *entry = entries->pdata[i];
    g_string_append_printf(text, "%s %s %s %s\n", entry->path, keep_reason_kind_name(entry->reason.kind),
                           entry->reason.from != NULL ? entry->reason.from : "-",
                           entry->reason.detail != NULL ? entry->reason.detail : "-");
  }
  assert_string_equal(text->str, expected);
}

static const KeepReason needed = {.kind = KEEP_REASON_NEEDED, .from = "/bin/app", .detail = "libz.so"};
static const KeepReason included = {.kind = KEEP_REASON_INCLUDE, .detail = "--include"};

static void test_parents_come_along(void **state)
{
  const Tree *tree = *state;
  g_autoptr(KeepSet) set = keep_set_new();
  const KeepEntry *entry = keep_set_add(set, tree->libz, &needed);
  assert_non_null(entry);
  assert_ptr_equal(entry->node, tree->libz);
  assert_ptr_equal(keep_set_find(set, tree->libz), entry);
  assert_null(keep_set_find(set, tree->bin));
  check_entries(set, "/ parent /usr/lib/libz.so -\n"
                     "/usr parent /usr/lib/libz.so -\n"
                     "/usr/lib parent /usr/lib/libz.so -\n"
                     "/usr/lib/libz.so needed /bin/app libz.so\n");
}

static void test_first_reason_stays(void **state)
{
  const Tree *tree = *state;
  g_autoptr(KeepSet) set = keep_set_new();
  assert_non_null(keep_set_add(set, tree->usr, &included));
  assert_null(keep_set_add(set, tree->usr, &needed));
  check_entries(set, "/ parent /usr -\n/usr include - --include\n");
}

/* "parent" and "link" give way to a reason of the node's own, and never the other way. */
static void test_weak_reasons_are_replaced(void **state)
{
  const Tree *tree = *state;
  g_autoptr(KeepSet) set = keep_set_new();
  const KeepReason link = {.kind = KEEP_REASON_LINK, .from = "/usr/lib"};
  const KeepReason parent = {.kind = KEEP_REASON_PARENT, .from = "/usr/x"};
  assert_non_null(keep_set_add(set, tree->lib, &needed));
  assert_non_null(keep_set_add(set, tree->bin, &link));
  assert_null(keep_set_add(set, tree->usr, &included)); /* was a parent */
  assert_null(keep_set_add(set, tree->bin, &needed));   /* was a link */
  assert_null(keep_set_add(set, tree->lib, &link));
  assert_null(keep_set_add(set, tree->lib, &parent));
  check_entries(set, "/ parent /usr/lib -\n"
                     "/usr include - --include\n"
                     "/usr/bin needed /bin/app libz.so\n"
                     "/usr/lib needed /bin/app libz.so\n");
}

/* Bytewise: "-" stands before "/". Whatever came first, the order is the same. */
static void test_order(void **state)
{
  const Tree *tree = *state;
  OciNode *const forwards[] = {tree->libz, tree->lib_x, tree->bin};
  for (guint round = 0; round < 2; round++)
  {
    g_autoptr(KeepSet) set = keep_set_new();
    for (guint i = 0; i < G_N_ELEMENTS(forwards); i++)
      keep_set_add(set, forwards[round == 0 ? i : G_N_ELEMENTS(forwards) - 1 - i], &included);
    g_autoptr(GPtrArray) entries = keep_set_entries(set);
    static const char *const paths[] = {"/", "/usr", "/usr/bin", "/usr/lib", "/usr/lib-x", "/usr/lib/libz.so"};
    assert_int_equal(entries->len, G_N_ELEMENTS(paths));
    for (guint i = 0; i < entries->len; i++)
      assert_string_equal(((const KeepEntry *)entries->pdata[i])->path, paths[i]);
  }
}

/* The texts of a reason are copied: the caller's may go away. */
static void test_texts_are_copied(void **state)
{
  const Tree *tree = *state;
  g_autoptr(KeepSet) set = keep_set_new();
  char from[] = "/bin/app";
  char detail[] = "libz.so";
  keep_set_add(set, tree->usr, &(KeepReason){.kind = KEEP_REASON_NEEDED, .from = from, .detail = detail});
  from[1] = detail[0] = 'X';
  check_entries(set, "/ parent /usr -\n/usr needed /bin/app libz.so\n");
  assert_null(keep_set_intern(set, NULL));
  assert_ptr_equal(keep_set_intern(set, "/bin/app"), keep_set_find(set, tree->usr)->reason.from);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_parents_come_along, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_first_reason_stays, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_weak_reasons_are_replaced, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_order, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_texts_are_copied, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
