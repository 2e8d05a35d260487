/* musl's search, rule by rule; each closure whole, and compared with the loader itself. */
#include "tests/unit/elfdeps_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>

static const char interp[] = TREE_MUSL_LOADER;

#define INTERP(program) TREE_INTERP(program, TREE_MUSL_LOADER)

/* M1, M4.3, M9: reserved names are the loader; the system path without a path file. */
static void knows_reserved_names(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app",
           &(ElfSpec){.interp = interp,
                      .needed = "libc.so libm.so.6 libpthread.so.0 libc.musl-x86_64.so.1 /lib/ld-musl-x86_64.so.1 libcrypt.so.1 libmy.so"});
  tree_elf(tree, "/usr/local/lib/libcrypt.so.1", &(ElfSpec){.soname = "libcrypt.so.1"});
  tree_elf(tree, "/usr/lib/libcrypt.so.1", &(ElfSpec){.soname = "libcrypt.so.1"});
  tree_elf(tree, "/lib/libmy.so", &(ElfSpec){.needed = "libdl.so.2"});
  tree_elf(tree, "/lib/libm.so.6", &(ElfSpec){.soname = "libm.so.6"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed libc.so -> - (built in)\n"
                                 "/bin/app needed libm.so.6 -> - (built in)\n"
                                 "/bin/app needed libpthread.so.0 -> - (built in)\n"
                                 "/bin/app needed libc.musl-x86_64.so.1 -> - (built in)\n"
                                 "/bin/app needed /lib/ld-musl-x86_64.so.1 -> /lib/ld-musl-x86_64.so.1 (already loaded)\n"
                                 "/bin/app needed libcrypt.so.1 -> /usr/local/lib/libcrypt.so.1 (default directory)\n"
                                 "/bin/app needed libmy.so -> /lib/libmy.so (default directory)\n"
                                 "/lib/libmy.so needed libdl.so.2 -> - (built in)\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* M2, M3: no tokens in names; a soname is never used, the short name of a found path is. */
static void matches_short_names_only(void **state)
{
  Tree *tree = *state;
  tree->environment.working_dir = "/work";
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "/opt/liba.so liba.so $ORIGIN/libo.so libb.so libb2.so libx.so"});
  tree_elf(tree, "/opt/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/lib/liba.so", &(ElfSpec){.soname = "libx.so"});
  tree_elf(tree, "/work/$ORIGIN/libo.so", &(ElfSpec){.soname = "libo.so"});
  tree_elf(tree, "/lib/libb.so", &(ElfSpec){.needed = "libb.so"});
  tree_link(tree, "/lib/libb2.so", "libb.so");
  tree_elf(tree, "/usr/lib/libx.so", &(ElfSpec){.soname = "libx.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed /opt/liba.so -> /opt/liba.so (path)\n"
                                 "/bin/app needed liba.so -> /lib/liba.so (default directory)\n"
                                 "/bin/app needed $ORIGIN/libo.so -> /work/$ORIGIN/libo.so (path)\n"
                                 "/bin/app needed libb.so -> /lib/libb.so (default directory)\n"
                                 "/bin/app needed libb2.so -> /lib/libb2.so (already loaded)\n"
                                 "/bin/app needed libx.so -> /usr/lib/libx.so (default directory)\n"
                                 "/lib/libb.so needed libb.so -> /lib/libb.so (already loaded)\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* M4, M6: the environment comes first, RPATH and RUNPATH are inherited alike, empty elements are nothing. */
static void inherits_both_paths(void **state)
{
  Tree *tree = *state;
  tree->environment.library_path = ":/env:\n/env2:";
  tree->environment.working_dir = "/work";
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .runpath = "/app", .needed = "liba.so"});
  tree_elf(tree, "/app/liba.so", &(ElfSpec){.rpath = "/never", .runpath = "::/a", .needed = "libb.so libe.so libcwd.so"});
  tree_elf(tree, "/a/libb.so", &(ElfSpec){.needed = "libc2.so libd.so"});
  tree_elf(tree, "/a/libc2.so", &(ElfSpec){.soname = "libc2.so"});
  tree_elf(tree, "/app/libc2.so", &(ElfSpec){.soname = "libc2.so"});
  tree_elf(tree, "/app/libd.so", &(ElfSpec){.soname = "libd.so"});
  tree_elf(tree, "/never/libd.so", &(ElfSpec){.soname = "libd.so"});
  tree_elf(tree, "/app/libe.so", &(ElfSpec){.soname = "libe.so"});
  tree_elf(tree, "/env2/libe.so", &(ElfSpec){.soname = "libe.so"});
  tree_elf(tree, "/work/libcwd.so", &(ElfSpec){.soname = "libcwd.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /app/liba.so (runpath) of /bin/app\n"
                                 "/app/liba.so needed libb.so -> /a/libb.so (runpath) of /app/liba.so\n"
                                 "/app/liba.so needed libe.so -> /env2/libe.so (LD_LIBRARY_PATH)\n"
                                 "/app/liba.so needed libcwd.so -> MISSING (missing)\n"
                                 "  tried /env/libcwd.so\n"
                                 "  tried /env2/libcwd.so\n"
                                 "  tried /a/libcwd.so\n"
                                 "  tried /app/libcwd.so\n"
                                 "  tried /lib/libcwd.so\n"
                                 "  tried /usr/local/lib/libcwd.so\n"
                                 "  tried /usr/lib/libcwd.so\n"
                                 "/a/libb.so needed libc2.so -> /a/libc2.so (runpath) of /app/liba.so\n"
                                 "/a/libb.so needed libd.so -> /app/libd.so (runpath) of /bin/app\n"
                                 "1 missing\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* M7: only $ORIGIN, glued to anything; any other token and the whole list is out. */
static void expands_origin_only(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/opt/app", &(ElfSpec){.interp = interp, .runpath = "$ORIGINal:${ORIGIN}/b", .needed = "liba.so libb.so libc2.so"});
  tree_elf(tree, "/optal/liba.so", &(ElfSpec){.rpath = "/c:$LIB", .needed = "libc2.so"});
  tree_elf(tree, "/opt/b/libb.so", &(ElfSpec){.soname = "libb.so"});
  tree_elf(tree, "/c/libc2.so", &(ElfSpec){.soname = "libc2.so"});
  tree_elf(tree, "/lib/libc2.so", &(ElfSpec){.soname = "libc2.so"});
  tree_expect(tree, "/opt/app",
              "/opt/app interpreter /lib/ld-musl-x86_64.so.1 -> /lib/ld-musl-x86_64.so.1 (interpreter)\n"
              "/opt/app needed liba.so -> /optal/liba.so (runpath) of /opt/app\n"
              "/opt/app needed libb.so -> /opt/b/libb.so (runpath) of /opt/app\n"
              "/opt/app needed libc2.so -> /lib/libc2.so (default directory)\n"
              "/optal/liba.so needed libc2.so -> /lib/libc2.so (already loaded)\n");
  tree_expect_as_loader(tree, "/opt/app");
}

/* M8: whatever opens first wins; what does not fit stops the program, and what is behind it stays too. */
static void stops_at_the_first(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "liba.so libb.so"});
  tree_elf(tree, "/lib/liba.so", &(ElfSpec){.class = ELFCLASS32, .machine = EM_386});
  tree_elf(tree, "/usr/lib/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_text(tree, "/lib/libb.so", "INPUT(libx.so)");
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /lib/liba.so (default directory) problem: ELF file is for another machine: "
                                 "exec format error\n"
                                 "/bin/app needed liba.so -> /usr/lib/liba.so (default directory)\n"
                                 "/bin/app needed libb.so -> /lib/libb.so (default directory) problem: file too short\n"
                                 "/bin/app needed libb.so -> MISSING (missing)\n"
                                 "  tried /lib/libb.so\n"
                                 "  tried /usr/local/lib/libb.so\n"
                                 "  tried /usr/lib/libb.so\n"
                                 "warning: the loader would stop at '/lib/liba.so': ELF file is for another machine: exec format error\n"
                                 "warning: the loader would stop at '/lib/libb.so': file too short\n"
                                 "1 missing\n");
}

/* M9: the path file is the whole path; its place depends on the interpreter's. */
static void reads_the_path_file(void **state)
{
  Tree *tree = *state;
  tree_text(tree, "/etc/ld-musl-x86_64.path", "/one\n/two:/three\n");
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "liba.so libb.so"});
  tree_elf(tree, "/three/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/lib/libb.so", &(ElfSpec){.soname = "libb.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /three/liba.so (default directory)\n"
                                 "/bin/app needed libb.so -> MISSING (missing)\n"
                                 "  tried /one/libb.so\n"
                                 "  tried /two/libb.so\n"
                                 "  tried /three/libb.so\n"
                                 "reads /etc/ld-musl-x86_64.path\n"
                                 "1 missing\n");
  tree_expect_as_loader(tree, "/bin/app");
  tree_copy(tree, "/opt/x/lib/loader.so", interp);
  tree_text(tree, "/opt/x/etc/ld-musl-x86_64.path", "/four");
  tree_elf(tree, "/bin/other", &(ElfSpec){.interp = "/opt/x/lib/loader.so", .needed = "liba.so"});
  tree_elf(tree, "/four/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_expect(tree, "/bin/other",
              "/bin/other interpreter /opt/x/lib/loader.so -> /opt/x/lib/loader.so (interpreter)\n"
              "/bin/other needed liba.so -> /four/liba.so (default directory)\n"
              "reads /opt/x/etc/ld-musl-x86_64.path\n");
}

/* M6: preloads are needed by nothing; filters, audit modules and NODEFLIB mean nothing. */
static void preloads_without_a_program(void **state)
{
  Tree *tree = *state;
  tree->environment.preload = "libpre.so\t/opt/slash.so:libnone.so";
  tree->environment.audit = "/opt/audit.so";
  tree_text(tree, "/etc/ld.so.preload", "/opt/slash.so\n");
  tree_elf(tree, "/bin/app",
           &(ElfSpec){.interp = interp, .rpath = "/r", .audit = "liba.so", .flags_1 = DF_1_NODEFLIB, .needed = "filter:libf.so liba.so"});
  tree_elf(tree, "/r/libpre.so", &(ElfSpec){.soname = "libpre.so"});
  tree_elf(tree, "/lib/libpre.so", &(ElfSpec){.needed = "liba.so"});
  tree_elf(tree, "/opt/slash.so", &(ElfSpec){.soname = "slash.so"});
  tree_elf(tree, "/usr/lib/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app preload libpre.so -> /lib/libpre.so (default directory) optional\n"
                                 "/bin/app preload /opt/slash.so -> /opt/slash.so (path) optional\n"
                                 "/bin/app preload libnone.so -> MISSING (missing) optional\n"
                                 "  tried /lib/libnone.so\n"
                                 "  tried /usr/local/lib/libnone.so\n"
                                 "  tried /usr/lib/libnone.so\n"
                                 "/bin/app needed liba.so -> /usr/lib/liba.so (default directory)\n"
                                 "/lib/libpre.so needed liba.so -> /usr/lib/liba.so (already loaded)\n");
}

/* M5: dlopen searches as the program does, whoever calls; the new object inherits from itself and the program. */
static void opens_later(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .rpath = "/app", .needed = "liba.so"});
  tree_elf(tree, "/app/liba.so", &(ElfSpec){.runpath = "/plugins"});
  tree_elf(tree, "/plugins/plugin.so", &(ElfSpec){.needed = "libx.so"});
  tree_elf(tree, "/app/other.so", &(ElfSpec){.runpath = "/other", .needed = "libx.so liby.so"});
  tree_elf(tree, "/other/libx.so", &(ElfSpec){.soname = "libx.so"});
  tree_elf(tree, "/app/liby.so", &(ElfSpec){.soname = "liby.so"});
  g_autoptr(ElfdepsClosure) closure = tree_closure(tree, "/bin/app");
  ElfdepsNode *caller = closure->nodes->pdata[2];
  assert_true(elfdeps_closure_dlopen(closure, caller, "plugin.so")->missing);
  assert_false(elfdeps_closure_dlopen(closure, caller, "other.so")->missing);
  g_autofree char *text = tree_print(closure);
  assert_string_equal(text, INTERP("/bin/app") "/bin/app needed liba.so -> /app/liba.so (rpath) of /bin/app\n"
                                               "/app/liba.so dlopen plugin.so -> MISSING (missing) optional\n"
                                               "  tried /app/plugin.so\n"
                                               "  tried /lib/plugin.so\n"
                                               "  tried /usr/local/lib/plugin.so\n"
                                               "  tried /usr/lib/plugin.so\n"
                                               "/app/liba.so dlopen other.so -> /app/other.so (rpath) of /bin/app optional\n"
                                               "/app/other.so needed libx.so -> /other/libx.so (runpath) of /app/other.so\n"
                                               "/app/other.so needed liby.so -> /app/liby.so (rpath) of /bin/app\n");
}

/* M11: what is missing is all reported. */
static void misses_all(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "libno.so /opt/libno.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed libno.so -> MISSING (missing)\n"
                                 "  tried /lib/libno.so\n"
                                 "  tried /usr/local/lib/libno.so\n"
                                 "  tried /usr/lib/libno.so\n"
                                 "/bin/app needed /opt/libno.so -> MISSING (missing)\n"
                                 "  tried /opt/libno.so\n"
                                 "2 missing\n");
  tree_expect_as_loader(tree, "/bin/app");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(knows_reserved_names, tree_setup_musl, tree_teardown),
      cmocka_unit_test_setup_teardown(matches_short_names_only, tree_setup_musl, tree_teardown),
      cmocka_unit_test_setup_teardown(inherits_both_paths, tree_setup_musl, tree_teardown),
      cmocka_unit_test_setup_teardown(expands_origin_only, tree_setup_musl, tree_teardown),
      cmocka_unit_test_setup_teardown(stops_at_the_first, tree_setup_musl, tree_teardown),
      cmocka_unit_test_setup_teardown(reads_the_path_file, tree_setup_musl, tree_teardown),
      cmocka_unit_test_setup_teardown(preloads_without_a_program, tree_setup_musl, tree_teardown),
      cmocka_unit_test_setup_teardown(opens_later, tree_setup_musl, tree_teardown),
      cmocka_unit_test_setup_teardown(misses_all, tree_setup_musl, tree_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
