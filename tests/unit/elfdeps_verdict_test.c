/* What glibc does with a candidate that exists; alternatives; secure mode. */
#include "tests/unit/elfdeps_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <elf.h>

static const char interp[] = TREE_GLIBC_LOADER;

#define INTERP(program) TREE_INTERP(program, TREE_GLIBC_LOADER)

/* G9: another class or machine, a name that leads nowhere: the search goes on. */
static void skips_other_machines(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .runpath = "/a:/b:/c:/file:/d", .needed = "liba.so"});
  tree_elf(tree, "/a/liba.so", &(ElfSpec){.class = ELFCLASS32, .machine = EM_386, .soname = "a name to make it longer than a header"});
  tree_elf(tree, "/b/liba.so", &(ElfSpec){.machine = EM_AARCH64});
  tree_link(tree, "/c/liba.so", "nowhere");
  tree_text(tree, "/file", "no directory");
  tree_elf(tree, "/d/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_expect(tree, "/bin/app", INTERP("/bin/app") "/bin/app needed liba.so -> /d/liba.so (runpath) of /bin/app\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* G9: what stops the loader stays, with the reason, and so does what would be found behind it. */
static void keeps_what_stops(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app",
           &(ElfSpec){
               .interp = interp, .runpath = "/a:/b", .needed = "libtext.so libempty.so libdir.so libbig.so libpie.so libexec.so libno.so"});
  tree_text(tree, "/a/libtext.so", "/* GNU ld script\n   Use the shared library, but some functions are only in the static library. */\n");
  tree_text(tree, "/a/libempty.so", "");
  tree_directory(tree, "/a/libdir.so");
  tree_elf(tree, "/a/libbig.so", &(ElfSpec){.data = ELFDATA2MSB});
  tree_elf(tree, "/a/libpie.so", &(ElfSpec){.flags_1 = DF_1_PIE});
  tree_elf(tree, "/a/libexec.so", &(ElfSpec){.type = ET_EXEC});
  tree_elf(tree, "/b/libtext.so", &(ElfSpec){.soname = "libtext.so"});
  tree_expect(
      tree, "/bin/app",
      INTERP(
          "/bin/app") "/bin/app needed libtext.so -> /a/libtext.so (runpath) of /bin/app problem: invalid ELF header\n"
                      "/bin/app needed libtext.so -> /b/libtext.so (runpath) of /bin/app\n"
                      "/bin/app needed libempty.so -> /a/libempty.so (runpath) of /bin/app problem: file too short\n"
                      "/bin/app needed libempty.so -> MISSING (missing)\n"
                      "  tried /a/libempty.so\n"
                      "  tried /b/libempty.so\n"
                      "  tried /lib/x86_64-linux-gnu/libempty.so\n"
                      "  tried /usr/lib/x86_64-linux-gnu/libempty.so\n"
                      "  tried /lib/libempty.so\n"
                      "  tried /usr/lib/libempty.so\n"
                      "/bin/app needed libdir.so -> /a/libdir.so (runpath) of /bin/app problem: cannot read file data: is a directory\n"
                      "/bin/app needed libdir.so -> MISSING (missing)\n"
                      "  tried /a/libdir.so\n"
                      "  tried /b/libdir.so\n"
                      "  tried /lib/x86_64-linux-gnu/libdir.so\n"
                      "  tried /usr/lib/x86_64-linux-gnu/libdir.so\n"
                      "  tried /lib/libdir.so\n"
                      "  tried /usr/lib/libdir.so\n"
                      "/bin/app needed libbig.so -> /a/libbig.so (runpath) of /bin/app problem: ELF file data encoding is not that of the "
                      "program\n"
                      "/bin/app needed libbig.so -> MISSING (missing)\n"
                      "  tried /a/libbig.so\n"
                      "  tried /b/libbig.so\n"
                      "  tried /lib/x86_64-linux-gnu/libbig.so\n"
                      "  tried /usr/lib/x86_64-linux-gnu/libbig.so\n"
                      "  tried /lib/libbig.so\n"
                      "  tried /usr/lib/libbig.so\n"
                      "/bin/app needed libpie.so -> /a/libpie.so (runpath) of /bin/app problem: cannot dynamically load an executable\n"
                      "/bin/app needed libpie.so -> MISSING (missing)\n"
                      "  tried /a/libpie.so\n"
                      "  tried /b/libpie.so\n"
                      "  tried /lib/x86_64-linux-gnu/libpie.so\n"
                      "  tried /usr/lib/x86_64-linux-gnu/libpie.so\n"
                      "  tried /lib/libpie.so\n"
                      "  tried /usr/lib/libpie.so\n"
                      "/bin/app needed libexec.so -> /a/libexec.so (runpath) of /bin/app problem: cannot dynamically load an executable\n"
                      "/bin/app needed libexec.so -> MISSING (missing)\n"
                      "  tried /a/libexec.so\n"
                      "  tried /b/libexec.so\n"
                      "  tried /lib/x86_64-linux-gnu/libexec.so\n"
                      "  tried /usr/lib/x86_64-linux-gnu/libexec.so\n"
                      "  tried /lib/libexec.so\n"
                      "  tried /usr/lib/libexec.so\n"
                      "/bin/app needed libno.so -> MISSING (missing)\n"
                      "  tried /a/libno.so\n"
                      "  tried /b/libno.so\n"
                      "  tried /lib/x86_64-linux-gnu/libno.so\n"
                      "  tried /usr/lib/x86_64-linux-gnu/libno.so\n"
                      "  tried /lib/libno.so\n"
                      "  tried /usr/lib/libno.so\n"
                      "warning: the loader would stop at '/a/libtext.so': invalid ELF header\n"
                      "warning: the loader would stop at '/a/libempty.so': file too short\n"
                      "warning: the loader would stop at '/a/libdir.so': cannot read file data: is a directory\n"
                      "warning: the loader would stop at '/a/libbig.so': ELF file data encoding is not that of the program\n"
                      "warning: the loader would stop at '/a/libpie.so': cannot dynamically load an executable\n"
                      "warning: the loader would stop at '/a/libexec.so': cannot dynamically load an executable\n"
                      "6 missing\n");
}

/* G9: a device or FIFO is never opened. */
static void never_opens_a_fifo(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .runpath = "/a:/b", .needed = "liba.so"});
  tree_elf(tree, "/b/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_directory(tree, "/a");
  g_autofree char *fifo = g_strconcat(tree->root, "/a/liba.so", NULL);
  assert_int_equal(mkfifo(fifo, 0644), 0);
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /a/liba.so (runpath) of /bin/app problem: not a regular file\n"
                                 "/bin/app needed liba.so -> /b/liba.so (runpath) of /bin/app\n"
                                 "warning: the loader would stop at '/a/liba.so': not a regular file\n");
}

/* G10: all levels of a directory are alternatives with their own needs; the plain one ends the search. */
static void keeps_levels(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "liba.so libb.so"});
  tree_elf(tree, "/lib/glibc-hwcaps/x86-64-v2/liba.so", &(ElfSpec){.soname = "liba.so", .needed = "libv2.so"});
  tree_elf(tree, "/lib/glibc-hwcaps/x86-64-v4/liba.so", &(ElfSpec){.soname = "liba.so", .runpath = "/v4", .needed = "libv4.so libb.so"});
  tree_elf(tree, "/lib/glibc-hwcaps/other/liba.so", &(ElfSpec){.machine = EM_386});
  tree_elf(tree, "/lib/tls/x86_64/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/lib/liba.so", &(ElfSpec){.soname = "liba.so", .needed = "libplain.so"});
  tree_elf(tree, "/usr/lib/glibc-hwcaps/x86-64-v3/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/usr/lib/glibc-hwcaps/x86-64-v3/libb.so", &(ElfSpec){.soname = "libb.so"});
  tree_elf(tree, "/lib/libv2.so", &(ElfSpec){.soname = "libv2.so"});
  tree_elf(tree, "/v4/libv4.so", &(ElfSpec){.soname = "libv4.so"});
  tree_elf(tree, "/lib/libplain.so", &(ElfSpec){.soname = "libplain.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /lib/glibc-hwcaps/x86-64-v4/liba.so (default directory) variant\n"
                                 "/bin/app needed liba.so -> /lib/glibc-hwcaps/x86-64-v2/liba.so (default directory) variant\n"
                                 "/bin/app needed liba.so -> /lib/tls/x86_64/liba.so (default directory) variant\n"
                                 "/bin/app needed liba.so -> /lib/liba.so (default directory)\n"
                                 "/bin/app needed libb.so -> /usr/lib/glibc-hwcaps/x86-64-v3/libb.so (default directory) variant\n"
                                 "/bin/app needed libb.so -> MISSING (missing) optional\n"
                                 "  tried /lib/x86_64-linux-gnu/libb.so\n"
                                 "  tried /usr/lib/x86_64-linux-gnu/libb.so\n"
                                 "  tried /lib/libb.so\n"
                                 "  tried /usr/lib/libb.so\n"
                                 "/lib/glibc-hwcaps/x86-64-v4/liba.so needed libv4.so -> /v4/libv4.so (runpath) of "
                                 "/lib/glibc-hwcaps/x86-64-v4/liba.so\n"
                                 "/lib/glibc-hwcaps/x86-64-v4/liba.so needed libb.so -> /usr/lib/glibc-hwcaps/x86-64-v3/libb.so (default "
                                 "directory) variant\n"
                                 "/lib/glibc-hwcaps/x86-64-v4/liba.so needed libb.so -> MISSING (missing) optional\n"
                                 "  tried /v4/libb.so\n"
                                 "  tried /lib/x86_64-linux-gnu/libb.so\n"
                                 "  tried /usr/lib/x86_64-linux-gnu/libb.so\n"
                                 "  tried /lib/libb.so\n"
                                 "  tried /usr/lib/libb.so\n"
                                 "/lib/glibc-hwcaps/x86-64-v2/liba.so needed libv2.so -> /lib/libv2.so (default directory)\n"
                                 "/lib/liba.so needed libplain.so -> /lib/libplain.so (default directory)\n"
                                 "warning: 'libb.so' is only there for certain processors\n");
}

/* G11: a setuid program may start in secure mode or not: both closures. */
static void unites_secure_mode(void **state)
{
  Tree *tree = *state;
  tree->environment.library_path = "/env";
  tree->environment.preload = "libpre.so:/env/libslash.so";
  tree_elf(tree, "/usr/bin/su",
           &(ElfSpec){.interp = interp, .runpath = "$ORIGIN/../x:$ORIGIN/../lib/su:/opt", .needed = "liba.so libb.so"});
  tree_mode(tree, "/usr/bin/su", 04755);
  tree_elf(tree, "/env/liba.so", &(ElfSpec){.soname = "liba.so", .needed = "libenv.so"});
  tree_elf(tree, "/env/libenv.so", &(ElfSpec){.soname = "libenv.so"});
  tree_elf(tree, "/usr/x/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/usr/lib/su/liba.so", &(ElfSpec){.soname = "liba.so", .needed = "libb.so libsecure.so"});
  tree_elf(tree, "/opt/libb.so", &(ElfSpec){.soname = "libb.so"});
  tree_elf(tree, "/lib/libsecure.so", &(ElfSpec){.soname = "libsecure.so"});
  tree_elf(tree, "/env/libpre.so", &(ElfSpec){.soname = "libpre.so"});
  tree_elf(tree, "/env/libslash.so", &(ElfSpec){.soname = "libslash.so"});
  tree_elf(tree, "/lib/libpre.so", &(ElfSpec){.soname = "libpre.so"});
  tree_elf(tree, "/usr/lib/libpre.so", &(ElfSpec){.soname = "libpre.so"});
  tree_mode(tree, "/usr/lib/libpre.so", 04755);
  tree_expect(tree, "/usr/bin/su",
              INTERP("/usr/bin/su") "/usr/bin/su preload libpre.so -> /env/libpre.so (LD_LIBRARY_PATH) optional\n"
                                    "/usr/bin/su preload /env/libslash.so -> /env/libslash.so (path) optional\n"
                                    "/usr/bin/su needed liba.so -> /env/liba.so (LD_LIBRARY_PATH)\n"
                                    "/usr/bin/su needed libb.so -> /opt/libb.so (runpath) of /usr/bin/su\n"
                                    "/usr/bin/su preload libpre.so -> /usr/lib/libpre.so (default directory) variant optional\n"
                                    "/usr/bin/su needed liba.so -> /usr/bin/../lib/su/liba.so (runpath) of /usr/bin/su variant\n"
                                    "/env/liba.so needed libenv.so -> /env/libenv.so (LD_LIBRARY_PATH)\n"
                                    "/usr/bin/../lib/su/liba.so needed libb.so -> /opt/libb.so (already loaded)\n"
                                    "/usr/bin/../lib/su/liba.so needed libsecure.so -> /lib/libsecure.so (default directory)\n");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(skips_other_machines, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(keeps_what_stops, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(never_opens_a_fifo, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(keeps_levels, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(unites_secure_mode, tree_setup_glibc, tree_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
