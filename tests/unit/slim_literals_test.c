/* What an object's texts name, in a tree that is made here: whole texts of C, and texts without an end. */
#include "slim_packages_tree.h"
#include "tests/unit/elfdeps_segments.h"

#include "slim/keep/image_fs.h"
#include "slim/keep/literals.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/scratch_folder.h"

static void make_tree(const char *folder, const char *texts, gsize length)
{
  const ElfSegment data = {PF_R, texts, length};
  g_autoptr(GByteArray) object = elf_segments_bytes(&data, 1);
  tree_write(folder, "/app", object->data, object->len);
  tree_text(folder, "/etc/app.conf", "x");
  tree_text(folder, "/etc/ssl/certs/ca.crt", "x");
  tree_text(folder, "/usr/share/zone/UTC", "x");
  tree_link(folder, "/etc/link", "ssl");
}

static void count_text(const char *text, gpointer data)
{
  (void)text;
  (*(guint *)data)++;
}

/* Paths, a line each, then libraries; and how many whole texts there were. */
static char *read_tree(const char *folder, guint *texts)
{
  PackagesTree tree = tree_open(folder);
  ElfdepsFs *fs = keep_image_fs_new(tree.rootfs);
  ElfdepsFile file;
  assert_true(keep_image_fs_file(fs, oci_rootfs_find(tree.rootfs, "/app"), &file));
  GString *out = g_string_new(NULL);
  g_autoptr(KeepLiterals) literals = keep_literals_read(fs, &file, tree.rootfs, count_text, texts, NULL);
  assert_non_null(literals);
  for (guint i = 0; i < literals->paths->len; i++)
    g_string_append_printf(out, "%s\n", (char *)literals->paths->pdata[i]);
  for (guint i = 0; i < literals->libraries->len; i++)
    g_string_append_printf(out, "library %s\n", (char *)literals->libraries->pdata[i]);
  keep_image_fs_free(fs);
  tree_close(&tree);
  return g_string_free(out, FALSE);
}

static void expect(void **state, const char *texts, gsize length, const char *expected, guint whole)
{
  guint count = 0;
  make_tree(*state, texts, length);
  g_autofree char *found = read_tree(*state, &count);
  assert_string_equal(found, expected);
  assert_int_equal(count, whole);
}

#define BYTES(literal) literal, sizeof literal - 1

static void test_whole_texts(void **state)
{
  expect(state, BYTES("/etc/app.conf\0/etc/none\0file:///etc/ssl/certs\0/etc/app.conf\0%s/usr/share/zone\0/etc/link/certs\0/\0//\0"),
         "/etc/app.conf\n/etc/ssl/certs\n/usr/share/zone\n/etc/link/certs\n", 7);
}

/* Only a path that goes on to the text's end counts. */
static void test_no_path(void **state)
{
  expect(state, BYTES("/etc/app.conf.bak\0see /etc/app.conf for more\0/etc/app.confx\0/etc/app.conf/x\0etc/app.conf\0"), "", 5);
}

static void test_libraries(void **state)
{
  expect(state, BYTES("libz.so.1\0plugin.so\0lib%s.so\0libfoo.so.1.2.3\0.so\0/lib/libx.so\0libz.so.1\0libz.sox\0a b.so\0libz.so.a\0"),
         "library libz.so.1\nlibrary plugin.so\nlibrary libfoo.so.1.2.3\n", 10);
}

/* As in Go and Rust: one text runs into the next, and none has an end. */
static void test_texts_without_an_end(void **state)
{
  expect(state, BYTES("open /etc/app.confreading/etc/ssl/certs/ca.crtx/etc/ssl/certs/nothing /etc/none/etc/usr/share/zone"),
         "/etc/app.conf\n/etc/ssl/certs/ca.crt\n/etc/ssl/certs\n/usr/share/zone\n", 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      scratch_test(test_whole_texts),
      scratch_test(test_no_path),
      scratch_test(test_libraries),
      scratch_test(test_texts_without_an_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
