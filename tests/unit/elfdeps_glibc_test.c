/* glibc's search, rule by rule; each closure whole, and compared with ld.so itself. */
#include "tests/unit/elfdeps_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char interp[] = "/lib64/ld-linux-x86-64.so.2";

static int setup(void **state)
{
  Tree *tree = g_new0(Tree, 1);
  tree_init(tree);
  tree_copy(tree, interp, interp);
  *state = tree;
  return 0;
}

static int teardown(void **state)
{
  tree_clear(*state);
  g_free(*state);
  return 0;
}

/* G1, G5.5: breadth first, default directories. */
static void breadth_first(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "liba.so libb.so"});
  tree_elf(tree, "/usr/lib/liba.so", &(ElfSpec){.soname = "liba.so", .needed = "libc.so ld-linux-x86-64.so.2"});
  tree_elf(tree, "/lib/libb.so", &(ElfSpec){.soname = "libb.so", .needed = "liba.so libd.so"});
  tree_elf(tree, "/lib/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/lib/x86_64-linux-gnu/libd.so", &(ElfSpec){.needed = "libd.so linux-vdso.so.1"});
  tree_expect(tree, "/bin/app",
              "/bin/app interpreter /lib64/ld-linux-x86-64.so.2 -> /lib64/ld-linux-x86-64.so.2 (interpreter)\n"
              "/bin/app needed liba.so -> /usr/lib/liba.so (default directory)\n"
              "/bin/app needed libb.so -> /lib/libb.so (default directory)\n"
              "/usr/lib/liba.so needed libc.so -> /lib/libc.so (default directory)\n"
              "/usr/lib/liba.so needed ld-linux-x86-64.so.2 -> /lib64/ld-linux-x86-64.so.2 (already loaded)\n"
              "/lib/libb.so needed liba.so -> /usr/lib/liba.so (already loaded)\n"
              "/lib/libb.so needed libd.so -> /lib/x86_64-linux-gnu/libd.so (default directory)\n"
              "/lib/x86_64-linux-gnu/libd.so needed libd.so -> /lib/x86_64-linux-gnu/libd.so (already loaded)\n"
              "/lib/x86_64-linux-gnu/libd.so needed linux-vdso.so.1 -> - (built in)\n");
  tree_expect_as_loader(tree, "/bin/app");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(breadth_first, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
