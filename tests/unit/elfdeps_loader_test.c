/* Loaders told by their bytes, and what is usual where they tell nothing. */
#include "elfdeps/loader.h"
#include "tests/unit/elfdeps_host_fs.h"
#include "tests/unit/elfdeps_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <elf.h>

static int setup(void **state)
{
  Tree *tree = g_new0(Tree, 1);
  tree_init(tree);
  *state = tree;
  return 0;
}

static int teardown(void **state)
{
  tree_clear(*state);
  g_free(*state);
  return 0;
}

static char *print_loader(const ElfdepsLoader *loader)
{
  static const char *const names[] = {"unknown", "glibc", "musl"};
  GString *text = g_string_new(names[loader->libc]);
  for (guint i = 0; i < loader->directories->len; i++)
    g_string_append_printf(text, "%s%s", i == 0 ? " " : ":", (const char *)loader->directories->pdata[i]);
  if (loader->lib != NULL)
    g_string_append_printf(text, " lib=%s", loader->lib);
  if (loader->cache != NULL)
    g_string_append_printf(text, " cache=%s", loader->cache);
  if (loader->preload != NULL)
    g_string_append_printf(text, " preload=%s", loader->preload);
  if (loader->config != NULL)
    g_string_append_printf(text, " config=%s", loader->config);
  g_string_append_printf(text, "%s%s", loader->levels ? " levels" : "", loader->legacy ? " legacy" : "");
  return g_string_free(text, FALSE);
}

static void expect_scan(const char *bytes, gsize length, const char *expected)
{
  ElfdepsLoader loader = {.directories = g_ptr_array_new_with_free_func(g_free)};
  g_autofree guint8 *exact = g_memdup2(bytes, length);
  elfdeps_loader_scan(&loader, exact, length);
  g_autofree char *text = print_loader(&loader);
  assert_string_equal(text, expected);
  g_ptr_array_unref(loader.directories);
  g_free(loader.lib);
  g_free(loader.cache);
  g_free(loader.preload);
  g_free(loader.config);
}

#define BYTES(text) text, sizeof(text) - 1

/* L2: one run of directories; the version; places of the cache below any prefix. */
static void reads_glibc(void **state)
{
  (void)state;
  expect_scan(BYTES("\0GLIBC_2.4\0/var/tmp\0/lib/aarch64-linux-gnu/\0/usr/lib/aarch64-linux-gnu/\0/lib/\0/usr/lib/\0other\0"
                    "lib/aarch64-linux-gnu\0/etc/ld.so.cache\0/etc/ld.so.preload\0stable release version 2.31.\0"),
              "glibc /lib/aarch64-linux-gnu:/usr/lib/aarch64-linux-gnu:/lib:/usr/lib lib=lib/aarch64-linux-gnu cache=/etc/ld.so.cache "
              "preload=/etc/ld.so.preload legacy");
  expect_scan(BYTES("\0/lib64/\0/usr/lib64/\0\0lib64\0--glibc-hwcaps-prepend\0/etc/ld.so.cache\0release version 2.39.\n\0"),
              "glibc /lib64:/usr/lib64 lib=lib64 cache=/etc/ld.so.cache levels");
  expect_scan(BYTES("\0/nix/store/abc-glibc-2.38/lib/\0/nix/store/abc-glibc-2.38/etc/ld.so.cache\0release version 2.38\0glibc-hwcaps\0"),
              "glibc /nix/store/abc-glibc-2.38/lib cache=/nix/store/abc-glibc-2.38/etc/ld.so.cache levels");
  expect_scan(BYTES("nothing of interest"), "unknown");
  expect_scan(BYTES("/lib/\0/etc/ld.so.cache\0release version 2.3636363636363636"), "glibc /lib cache=/etc/ld.so.cache");
}

static void reads_musl(void **state)
{
  (void)state;
  expect_scan(BYTES("\0/lib:/usr/local/lib:/usr/lib\0%.*s/etc/ld-musl-armhf.path\0"), "musl config=armhf");
  expect_scan(BYTES("%.*s/etc/ld-musl-x86_64"), "musl");
}

static void expect_loader(Tree *tree, const ElfdepsObject *program, const char *interp, const char *expected)
{
  g_autoptr(GError) error = NULL;
  ElfdepsFs *fs = host_fs_new(tree->root);
  g_autoptr(ElfdepsLoader) loader = elfdeps_loader_new(fs, program, interp, "/", &error);
  assert_non_null(loader);
  g_autofree char *text = print_loader(loader);
  assert_string_equal(text, expected);
  host_fs_free(fs);
}

/* Where the interpreter is missing or silent, what exists decides. */
static void falls_back_to_what_is_usual(void **state)
{
  Tree *tree = *state;
  g_autoptr(GPtrArray) needed = g_ptr_array_new();
  ElfdepsObject arm64 = {.class = ELFCLASS64, .data = ELFDATA2LSB, .machine = EM_AARCH64, .needed = needed};
  ElfdepsObject i386 = {.class = ELFCLASS32, .data = ELFDATA2LSB, .machine = EM_386, .needed = needed};
  static const char rest[] = "cache=/etc/ld.so.cache preload=/etc/ld.so.preload";
  g_autofree char *plain = g_strdup_printf("glibc /lib:/usr/lib lib=lib %s legacy", rest);
  expect_loader(tree, &arm64, "/lib/none", plain);
  tree_directory(tree, "/usr/lib64");
  g_autofree char *wide = g_strdup_printf("glibc /lib64:/usr/lib64:/lib:/usr/lib lib=lib64 %s legacy", rest);
  expect_loader(tree, &arm64, "/lib/none", wide);
  expect_loader(tree, &i386, "/lib/none", plain);
  tree_directory(tree, "/usr/lib/aarch64-linux-gnu");
  g_autofree char *debian =
      g_strdup_printf("glibc /lib/aarch64-linux-gnu:/usr/lib/aarch64-linux-gnu:/lib:/usr/lib lib=lib/aarch64-linux-gnu %s legacy", rest);
  expect_loader(tree, &arm64, "/lib/none", debian);
  expect_loader(tree, &arm64, "/lib/ld-musl-aarch64.so.1", "musl /lib:/usr/local/lib:/usr/lib lib= config=/etc/ld-musl-aarch64.path");
}

/* A library names no interpreter: its C library's usual one is looked for. */
static void chooses_for_libraries(void **state)
{
  Tree *tree = *state;
  g_autoptr(GPtrArray) needed = g_ptr_array_new();
  ElfdepsObject library = {.class = ELFCLASS64, .data = ELFDATA2LSB, .machine = EM_X86_64, .needed = needed};
  tree_copy(tree, "/lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2");
  expect_loader(tree, &library, NULL,
                "glibc /lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib:/usr/lib lib=lib/x86_64-linux-gnu cache=/etc/ld.so.cache "
                "preload=/etc/ld.so.preload levels legacy");
  tree_copy(tree, "/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-x86_64.so.1");
  g_ptr_array_add(needed, (gpointer)(guintptr) "libc.musl-x86_64.so.1");
  expect_loader(tree, &library, NULL, "musl /lib:/usr/local/lib:/usr/lib lib= config=/etc/ld-musl-x86_64.path");
}

/* An ABI of another kind on the same machine is passed over. */
static void compares_abis(void **state)
{
  (void)state;
  ElfdepsLoader loader = {.libc = ELFDEPS_LIBC_GLIBC,
                          .kind = {.class = ELFCLASS64, .data = ELFDATA2LSB, .machine = EM_RISCV, .flags = EF_RISCV_FLOAT_ABI_DOUBLE}};
  ElfdepsObject object = loader.kind;
  gboolean skip = TRUE;
  object.type = ET_DYN;
  object.ident_version = EV_CURRENT;
  assert_null(elfdeps_loader_refuses(&loader, &object, &skip));
  assert_false(skip);
  object.flags = EF_RISCV_FLOAT_ABI_SOFT;
  assert_string_equal(elfdeps_loader_refuses(&loader, &object, &skip), "other machine");
  assert_true(skip);
  loader.kind.machine = object.machine = EM_ARM;
  loader.kind.flags = EF_ARM_ABI_FLOAT_HARD;
  object.flags = EF_ARM_ABI_FLOAT_SOFT;
  assert_non_null(elfdeps_loader_refuses(&loader, &object, &skip));
  assert_true(skip);
  object.flags = 0;
  assert_null(elfdeps_loader_refuses(&loader, &object, &skip));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_glibc),
      cmocka_unit_test(reads_musl),
      cmocka_unit_test_setup_teardown(falls_back_to_what_is_usual, setup, teardown),
      cmocka_unit_test_setup_teardown(chooses_for_libraries, setup, teardown),
      cmocka_unit_test(compares_abis),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
