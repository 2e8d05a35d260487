/* ld.so.cache made by ldconfig, and how closures use it (G14). */
#include "tests/unit/elfdeps_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>
#include <elf.h>

static const char interp[] = "/lib64/ld-linux-x86-64.so.2";

#define INTERP(program) program " interpreter /lib64/ld-linux-x86-64.so.2 -> /lib64/ld-linux-x86-64.so.2 (interpreter)\n"

static int setup(void **state)
{
  Tree *tree = g_new0(Tree, 1);
  tree_init(tree);
  tree_copy(tree, interp, interp);
  tree_directory(tree, "/etc");
  tree_directory(tree, "/lib");
  tree_directory(tree, "/usr/lib");
  *state = tree;
  return 0;
}

static int teardown(void **state)
{
  tree_clear(*state);
  g_free(*state);
  return 0;
}

/* ldconfig -r wants to be root; caches made by hand are in elfdeps_ldcache_test.c. */
static void ldconfig(Tree *tree, const char *format)
{
  if (geteuid() != 0)
    skip();
  const char *argv[] = {"/sbin/ldconfig", "-X", "-r", tree->root, "-c", format, NULL};
  gint status = 0;
  g_autofree char *errors = NULL;
  assert_true(g_spawn_sync(NULL, (char **)(guintptr)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &errors, &status, NULL));
  if (status != 0)
    fail_msg("ldconfig: %s", errors);
}

static void only_through_the_cache(void **state)
{
  Tree *tree = *state;
  tree_text(tree, "/etc/ld.so.conf", "/opt/one\n/opt/two\n");
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "liba.so.1 libb.so.1"});
  tree_elf(tree, "/opt/one/liba.so.1", &(ElfSpec){.soname = "liba.so.1"});
  tree_elf(tree, "/opt/two/liba.so.1", &(ElfSpec){.soname = "liba.so.1"});
  tree_elf(tree, "/usr/lib/libb.so.1", &(ElfSpec){.soname = "libb.so.1"});
  const char *formats[] = {"new", "old", "compat"};
  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
  {
    ldconfig(tree, formats[i]);
    tree_expect(tree, "/bin/app",
                INTERP("/bin/app") "/bin/app needed liba.so.1 -> /opt/one/liba.so.1 (ld.so.cache)\n"
                                   "/bin/app needed libb.so.1 -> /usr/lib/libb.so.1 (ld.so.cache)\n"
                                   "reads /etc/ld.so.cache\n");
    tree_expect_as_loader(tree, "/bin/app");
  }
}

/* Found by both, under one path: the cache can go. */
static void not_needed(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "libb.so.1"});
  tree_elf(tree, "/usr/lib/libb.so.1", &(ElfSpec){.soname = "libb.so.1"});
  ldconfig(tree, "new");
  tree_expect(tree, "/bin/app", INTERP("/bin/app") "/bin/app needed libb.so.1 -> /usr/lib/libb.so.1 (ld.so.cache)\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* One file under two paths: without the cache the other one is opened. */
static void another_path(void **state)
{
  Tree *tree = *state;
  tree_text(tree, "/etc/ld.so.conf", "/opt/one\n");
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "libb.so.1"});
  tree_elf(tree, "/opt/one/libb.so.1", &(ElfSpec){.soname = "libb.so.1"});
  tree_link(tree, "/usr/lib/libb.so.1", "../../opt/one/libb.so.1");
  ldconfig(tree, "new");
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed libb.so.1 -> /usr/lib/libb.so.1 (default directory) variant\n"
                                 "/bin/app needed libb.so.1 -> /opt/one/libb.so.1 (ld.so.cache)\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* One entry is tried; when it is stale, the second one is not, the default directories are. */
static void stale(void **state)
{
  Tree *tree = *state;
  tree_text(tree, "/etc/ld.so.conf", "/opt/one\n/opt/two\n");
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "liba.so.1 libb.so.1"});
  const char *paths[] = {"/opt/one/liba.so.1", "/opt/two/liba.so.1", "/opt/one/libb.so.1", "/opt/two/libb.so.1", "/usr/lib/liba.so.1"};
  for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
    tree_elf(tree, paths[i], &(ElfSpec){.soname = g_str_has_suffix(paths[i], "liba.so.1") ? "liba.so.1" : "libb.so.1"});
  ldconfig(tree, "new");
  g_autofree char *one = g_strconcat(tree->root, "/opt/one/liba.so.1", NULL);
  g_autofree char *other = g_strconcat(tree->root, "/opt/one/libb.so.1", NULL);
  assert_int_equal(unlink(one), 0);
  assert_int_equal(unlink(other), 0);
  tree_expect(
      tree, "/bin/app",
      INTERP("/bin/app") "/bin/app needed liba.so.1 -> /usr/lib/liba.so.1 (default directory)\n"
                         "/bin/app needed libb.so.1 -> MISSING (missing)\n"
                         "  tried /etc/ld.so.cache\n"
                         "  tried /opt/one/libb.so.1\n"
                         "  tried /lib/x86_64-linux-gnu/libb.so.1\n"
                         "  tried /usr/lib/x86_64-linux-gnu/libb.so.1\n"
                         "  tried /lib/libb.so.1\n"
                         "  tried /usr/lib/libb.so.1\n"
                         "warning: 'libb.so.1' is in '/opt/two', which ld.so.conf names, but not found through ld.so.cache: is it stale?\n"
                         "1 missing\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* ld.so never reads ld.so.conf. */
static void configuration_alone_is_nothing(void **state)
{
  Tree *tree = *state;
  tree_text(tree, "/etc/ld.so.conf", "include ld.so.conf.d/*.conf\nhwcap 1 nosegneg\n");
  tree_text(tree, "/etc/ld.so.conf.d/opt.conf", "# comment\n/opt/one\t\n");
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .flags_1 = DF_1_NODEFLIB, .needed = "liba.so.1"});
  tree_elf(tree, "/opt/one/liba.so.1", &(ElfSpec){.soname = "liba.so.1"});
  tree_expect(
      tree, "/bin/app",
      INTERP("/bin/app") "/bin/app needed liba.so.1 -> MISSING (missing)\n"
                         "warning: 'liba.so.1' is in '/opt/one', which ld.so.conf names, but not found through ld.so.cache: is it stale?\n"
                         "1 missing\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* Levels in the cache are alternatives; with NODEFLIB it must not lead into default directories. */
static void levels_and_nodeflib(void **state)
{
  Tree *tree = *state;
  tree_text(tree, "/etc/ld.so.conf", "/opt/one\n");
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .flags_1 = DF_1_NODEFLIB, .needed = "liba.so.1 libb.so.1"});
  tree_elf(tree, "/opt/one/liba.so.1", &(ElfSpec){.soname = "liba.so.1"});
  tree_elf(tree, "/opt/one/glibc-hwcaps/x86-64-v4/liba.so.1", &(ElfSpec){.soname = "liba.so.1"});
  tree_elf(tree, "/opt/one/glibc-hwcaps/x86-64-v2/liba.so.1", &(ElfSpec){.soname = "liba.so.1"});
  tree_elf(tree, "/usr/lib/libb.so.1", &(ElfSpec){.soname = "libb.so.1"});
  ldconfig(tree, "new");
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so.1 -> /opt/one/glibc-hwcaps/x86-64-v2/liba.so.1 (ld.so.cache) variant\n"
                                 "/bin/app needed liba.so.1 -> /opt/one/glibc-hwcaps/x86-64-v4/liba.so.1 (ld.so.cache) variant\n"
                                 "/bin/app needed liba.so.1 -> /opt/one/liba.so.1 (ld.so.cache)\n"
                                 "/bin/app needed libb.so.1 -> MISSING (missing)\n"
                                 "  tried /etc/ld.so.cache\n"
                                 "reads /etc/ld.so.cache\n"
                                 "1 missing\n");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(only_through_the_cache, setup, teardown),
      cmocka_unit_test_setup_teardown(not_needed, setup, teardown),
      cmocka_unit_test_setup_teardown(another_path, setup, teardown),
      cmocka_unit_test_setup_teardown(stale, setup, teardown),
      cmocka_unit_test_setup_teardown(configuration_alone_is_nothing, setup, teardown),
      cmocka_unit_test_setup_teardown(levels_and_nodeflib, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
