/* Layers become one tree: every rule, the whole tree compared. */
#include "oci/error.h"
#include "oci/rootfs.h"

#include <time.h>

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "layer_fixture.h"

#define LAYERS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void assert_merge(const char *const *layers, const char *expected, const char *expected_warnings)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(OciRootfs) rootfs = fixture_tree(layers, &error);
  if (rootfs == NULL)
    fail_msg("%s", error->message);
  g_autofree char *dump = fixture_dump(rootfs);
  g_autofree char *warnings = fixture_warnings(rootfs);
  assert_string_equal(dump, expected);
  assert_string_equal(warnings, expected_warnings);
}

static void assert_malformed(const char *const *layers, const char *message)
{
  g_autoptr(GError) error = NULL;
  assert_null(fixture_tree(layers, &error));
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_MALFORMED));
  assert_string_equal(error->message, message);
}

static void test_every_type(void **state)
{
  (void)state;
  assert_merge(LAYERS("D d 1777\nF d/f hello\nL d/l ../x\nH d/h d/f\nC null\nO zero\nP fifo\n"),
               "D /d 1777\n"
               "F /d/f hello x2\n"
               "F /d/h hello x2\n"
               "L /d/l ../x\n"
               "P /fifo\n"
               "C /null 1:3\n"
               "C /zero 0:0\n",
               "");
}

static void test_counts_and_root(void **state)
{
  (void)state;
  g_autoptr(OciRootfs) rootfs = fixture_tree(LAYERS("D . 700\nF a 12345\nH b a\nD d\n", "F c 123\nF d/.wh.x\n"), NULL);
  assert_int_equal(oci_rootfs_bytes(rootfs), 8);
  assert_int_equal(oci_rootfs_count(rootfs), 4);
  assert_int_equal(oci_rootfs_root(rootfs)->inode->metadata.mode, 0700);
  assert_string_equal(oci_rootfs_root(rootfs)->name, "");
  assert_null(oci_rootfs_root(rootfs)->parent);
}

static void test_no_layers_is_an_empty_root(void **state)
{
  (void)state;
  const char *const none[] = {NULL};
  assert_merge(none, "", "");
  assert_merge(LAYERS(""), "", "");
}

static void test_whiteouts(void **state)
{
  (void)state;
  assert_merge(LAYERS("D a\nF a/one\nF a/two\nD b\nD b/c\nF b/c/d\n", "D a\nF a/.wh.one\nF .wh.b\nF a/.wh.never\n"), "D /a 755\nF /a/two\n",
               "");
  assert_merge(LAYERS("F a old\n", "F .wh.a\n", "F a new\n"), "F /a new\n", "");
}

/* Wherever the whiteout stands in the layer. */
static void test_whiteouts_act_on_lower_layers_only(void **state)
{
  (void)state;
  static const char warning[] = "'d/x' is added and taken away in one layer: it stays\n";
  assert_merge(LAYERS("D d\nF d/x old\n", "D d\nF d/x new\nF d/.wh.x\n"), "D /d 755\nF /d/x new\n", warning);
  assert_merge(LAYERS("D d\nF d/x old\n", "D d\nF d/.wh.x\nF d/x new\n"), "D /d 755\nF /d/x new\n", warning);
}

static void test_opaque(void **state)
{
  (void)state;
  const char *lower = "D d\nF d/old\nD d/sub\nF d/sub/old\nF out\n";
  static const char expected[] = "D /d 700\nF /d/new\nD /d/sub 755\nF /d/sub/new\nF /out\n";
  assert_merge(LAYERS(lower, "D d 700\nF d/.wh..wh..opq\nF d/new\nD d/sub\nF d/sub/new\n"), expected, "");
  assert_merge(LAYERS(lower, "F d/new\nD d/sub\nF d/sub/new\nD d 700\nF d/.wh..wh..opq\n"), expected, "");
  assert_merge(LAYERS(lower, "F .wh..wh..opq\nF a\n"), "F /a\n", "");
}

/* What overlayfs leaves where a link was removed and a directory made: the link's target is somebody else's. */
static void test_opaque_directory_in_place_of_a_link(void **state)
{
  (void)state;
  const char *lower = "D real\nF real/kept\nL link real\n";
  static const char expected[] = "D /link 755\nF /link/new\nD /real 755\nF /real/kept\n";
  assert_merge(LAYERS(lower, "D link\nF link/.wh..wh..opq\nF link/new\n"), expected, "");
  assert_merge(LAYERS(lower, "D link\nF link/.wh.kept\nF link/new\n"), expected, "");
  assert_merge(LAYERS(lower, "F link/.wh.kept\nF link/new\n"), "L /link real\nD /real 755\nF /real/new\n", "");
}

static void test_one_thing_in_place_of_another(void **state)
{
  (void)state;
  assert_merge(LAYERS("F a\n", "D a\nF a/b\n"), "D /a 755\nF /a/b\n", "");
  assert_merge(LAYERS("D a\nF a/b\n", "F a file\n"), "F /a file\n", "");
  assert_merge(LAYERS("D a\nF a/b\n", "L a c\n", "D a\n"), "D /a 755\n", "");
  assert_merge(LAYERS("D a\nF a/b\n", "F a\n", "D a\nF a/c\n"), "D /a 755\nF /a/c\n", "");
}

static void test_directory_over_directory_changes_metadata(void **state)
{
  (void)state;
  assert_merge(LAYERS("D a 700\nF a/b\n", "D a 1777\n"), "D /a 1777\nF /a/b\n", "");
}

static void test_parents(void **state)
{
  (void)state;
  assert_merge(LAYERS("F a/b/c\n"), "D /a 755\nD /a/b 755\nF /a/b/c\n", "");
  assert_merge(LAYERS("F a\n", "F a/b\n"), "D /a 755\nF /a/b\n", "");
  assert_merge(LAYERS("D usr\nD usr/lib\nL lib usr/lib\n", "F lib/x\n"), "L /lib usr/lib\nD /usr 755\nD /usr/lib 755\nF /usr/lib/x\n", "");
  assert_merge(LAYERS("L l /new/place\n", "F l/x\n"), "L /l /new/place\nD /new 755\nD /new/place 755\nF /new/place/x\n", "");
  assert_merge(LAYERS("D d\nL d/up ../../../..\n", "F d/up/x\n"), "D /d 755\nL /d/up ../../../..\nF /x\n", "");
}

static void test_link_loops(void **state)
{
  (void)state;
  assert_malformed(LAYERS("L a b\nL b a\nF a/x\n"), "layer 1 of 1: 'a/' leads through too many symbolic links");
}

static void test_duplicates(void **state)
{
  (void)state;
  assert_merge(LAYERS("F a one\nF a two\n"), "F /a two\n", "'a' stands twice in one layer: the last one counts\n");
  assert_merge(LAYERS("D a\nD a 700\n"), "D /a 700\n", "");
}

static void test_hard_links(void **state)
{
  (void)state;
  assert_merge(LAYERS("F a one\n", "H b a\n", "H c b\n"), "F /a one x3\nF /b one x3\nF /c one x3\n", "");
  assert_merge(LAYERS("F a one\nH b a\n", "F a two\n"), "F /a two\nF /b one\n", "");
  assert_merge(LAYERS("F a one\nH b a\n", "F .wh.a\n"), "F /b one\n", "");
  assert_merge(LAYERS("L a target\nH b a\n"), "L /a target x2\nL /b target x2\n", "");
  assert_merge(LAYERS("F a one\n", "H a a\n"), "F /a one\n", "");
  assert_merge(LAYERS("D d\nF d/f one\n", "H d d/f\n"), "F /d one\n", "");
  assert_merge(LAYERS("D r\nF r/f one\nL l r\n", "H g l/f\n"), "F /g one x2\nL /l r\nD /r 755\nF /r/f one x2\n", "");
}

static void test_bad_hard_links(void **state)
{
  (void)state;
  assert_malformed(LAYERS("H b a\nF a one\n"), "layer 1 of 1: 'b' is a hard link to 'a', which does not exist");
  assert_malformed(LAYERS("F x\n", "D d\nH b d\n"), "layer 2 of 2: 'b' is a hard link to 'd', a directory");
  assert_malformed(LAYERS("F a\n", "F .wh.a\nH b a\n"), "layer 2 of 2: 'b' is a hard link to 'a', which does not exist");
}

static void test_archive_notes_are_left_out(void **state)
{
  (void)state;
  assert_merge(LAYERS("F stargz.index.json\nF .prefetch.landmark\nF .no.prefetch.landmark\nF d/stargz.index.json\n"),
               "D /d 755\nF /d/stargz.index.json\n", "");
}

static void test_foreign_xattrs_are_left_out(void **state)
{
  (void)state;
  g_autoptr(OciRootfs) rootfs =
      fixture_tree(LAYERS("X a security.selinux x\nX b user.mine yes\nX c trusted.overlay.opaque y\nX d user.overlay.origin y\n"), NULL);
  for (const char *path = "acd"; *path != '\0'; path++)
  {
    OciXattrs xattrs;
    assert_true(oci_rootfs_xattrs(rootfs, oci_rootfs_find_child(rootfs, oci_rootfs_root(rootfs), path, 1)->inode, &xattrs, NULL));
    assert_int_equal(xattrs.count, 0);
  }
  OciXattrs xattrs;
  assert_true(oci_rootfs_xattrs(rootfs, oci_rootfs_find(rootfs, "/b")->inode, &xattrs, NULL));
  assert_int_equal(xattrs.count, 1);
  assert_string_equal(xattrs.items[0].name, "user.mine");
  assert_int_equal(xattrs.items[0].length, 3);
  assert_memory_equal(xattrs.items[0].value, "yes", 3);
}

static void test_reading(void **state)
{
  (void)state;
  g_autoptr(GError) error = NULL;
  g_autoptr(OciRootfs) rootfs = fixture_tree(LAYERS("F a lower\nF b 0123456789\n", "F d/a upper\n"), NULL);
  const OciInode *inode = oci_rootfs_find(rootfs, "/b")->inode;
  char buffer[16] = {0};
  assert_int_equal(oci_rootfs_pread(rootfs, inode, buffer, 4, 3, NULL), 4);
  assert_string_equal(buffer, "3456");
  assert_int_equal(oci_rootfs_pread(rootfs, inode, buffer, sizeof buffer, 8, NULL), 2);
  assert_int_equal(oci_rootfs_pread(rootfs, inode, buffer, sizeof buffer, 10, NULL), 0);
  assert_int_equal(oci_rootfs_pread(rootfs, inode, buffer, sizeof buffer, G_MAXUINT64, NULL), 0);
  assert_int_equal(oci_rootfs_pread(rootfs, oci_rootfs_find(rootfs, "/d")->inode, buffer, sizeof buffer, 0, NULL), 0);
  assert_null(oci_rootfs_read(rootfs, inode, 9, &error));
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_LIMIT));
}

static void test_warnings_are_bounded(void **state)
{
  (void)state;
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < 1000; i++)
    g_string_append(text, "F a\n");
  g_autoptr(OciRootfs) rootfs = fixture_tree(LAYERS(text->str), NULL);
  GPtrArray *warnings = oci_rootfs_warnings(rootfs);
  assert_int_equal(warnings->len, 101);
  assert_string_equal(warnings->pdata[100], "and 899 more like these");
}

/* --- time --- */

/* Of this thread's work: the machine may be busy. */
static double seconds_now(void)
{
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_for(const char *const *layers, guint64 *count)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(OciIndexer) indexer = oci_indexer_new(1, &limits, NULL, NULL, NULL);
  g_autoptr(GPtrArray) indexed = g_ptr_array_new_with_free_func((GDestroyNotify)oci_layer_unref);
  for (; *layers != NULL; layers++)
    g_ptr_array_add(indexed, fixture_layer(indexer, *layers));
  double start = seconds_now();
  g_autoptr(OciRootfs) rootfs = oci_rootfs_new_layers(indexed, &limits, NULL);
  double seconds = seconds_now() - start;
  if (rootfs != NULL)
    *count = oci_rootfs_count(rootfs);
  return seconds;
}

/* Names that every hash of the form h * 33 + c gives the same number. */
static void test_colliding_names(void **state)
{
  (void)state;
  enum
  {
    PAIRS = 15
  };
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < 1u << PAIRS; i++)
  {
    g_string_append(text, "F ");
    for (guint bit = 0; bit < PAIRS; bit++)
      g_string_append(text, i >> bit & 1 ? "Ez" : "FY");
    g_string_append_c(text, '\n');
  }
  guint64 count = 0;
  assert_true(seconds_for(LAYERS(text->str), &count) < 2);
  assert_int_equal(count, 1u << PAIRS);
}

static void test_many_whiteouts_in_one_directory(void **state)
{
  (void)state;
  g_autoptr(GString) lower = g_string_new(NULL);
  g_autoptr(GString) upper = g_string_new(NULL);
  for (guint i = 0; i < 30000; i++)
  {
    g_string_append_printf(lower, "F d/%u\n", i);
    g_string_append_printf(upper, "F d/.wh.%u\n", i);
  }
  guint64 count = 0;
  assert_true(seconds_for(LAYERS(lower->str, upper->str), &count) < 2);
  assert_int_equal(count, 1);
}

static void test_deep_paths(void **state)
{
  (void)state;
  g_autoptr(GString) path = g_string_new("a");
  while (path->len < 4000)
    g_string_append(path, "/a");
  g_autofree char *lower = g_strdup_printf("F %s/f\n", path->str);
  guint64 count = 0;
  assert_true(seconds_for(LAYERS(lower, "F .wh.a\nF b\n"), &count) < 2);
  assert_int_equal(count, 1);
}

/* Each entry would walk 40 links with 2000 components each. */
static void test_work_behind_links_is_bounded(void **state)
{
  (void)state;
  g_autoptr(GString) text = g_string_new(NULL);
  g_autoptr(GString) dots = g_string_new(NULL);
  while (dots->len < 4000)
    g_string_append(dots, "./");
  for (guint i = 0; i < 39; i++)
    g_string_append_printf(text, "L l%u %sl%u\n", i, dots->str, i + 1);
  g_string_append(text, "D l39\n");
  for (guint i = 0; i < 4000; i++)
    g_string_append_printf(text, "F l0/%u\nF x/%u\n", i, i);
  const char *layers[] = {text->str, NULL};
  g_autoptr(GError) error = NULL;
  assert_null(fixture_tree(layers, &error));
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_LIMIT));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_type),
      cmocka_unit_test(test_counts_and_root),
      cmocka_unit_test(test_no_layers_is_an_empty_root),
      cmocka_unit_test(test_whiteouts),
      cmocka_unit_test(test_whiteouts_act_on_lower_layers_only),
      cmocka_unit_test(test_opaque),
      cmocka_unit_test(test_opaque_directory_in_place_of_a_link),
      cmocka_unit_test(test_one_thing_in_place_of_another),
      cmocka_unit_test(test_directory_over_directory_changes_metadata),
      cmocka_unit_test(test_parents),
      cmocka_unit_test(test_link_loops),
      cmocka_unit_test(test_duplicates),
      cmocka_unit_test(test_hard_links),
      cmocka_unit_test(test_bad_hard_links),
      cmocka_unit_test(test_archive_notes_are_left_out),
      cmocka_unit_test(test_foreign_xattrs_are_left_out),
      cmocka_unit_test(test_reading),
      cmocka_unit_test(test_warnings_are_bounded),
      cmocka_unit_test(test_colliding_names),
      cmocka_unit_test(test_many_whiteouts_in_one_directory),
      cmocka_unit_test(test_deep_paths),
      cmocka_unit_test(test_work_behind_links_is_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
