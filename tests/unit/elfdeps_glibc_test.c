/* glibc's search, rule by rule; each closure whole, and compared with ld.so itself. */
#include "tests/unit/elfdeps_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>

static const char interp[] = TREE_GLIBC_LOADER;

#define INTERP(program) TREE_INTERP(program, TREE_GLIBC_LOADER)

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
              INTERP("/bin/app") "/bin/app needed liba.so -> /usr/lib/liba.so (default directory)\n"
                                 "/bin/app needed libb.so -> /lib/libb.so (default directory)\n"
                                 "/usr/lib/liba.so needed libc.so -> /lib/libc.so (default directory)\n"
                                 "/usr/lib/liba.so needed ld-linux-x86-64.so.2 -> /lib64/ld-linux-x86-64.so.2 (already loaded)\n"
                                 "/lib/libb.so needed liba.so -> /usr/lib/liba.so (already loaded)\n"
                                 "/lib/libb.so needed libd.so -> /lib/x86_64-linux-gnu/libd.so (default directory)\n"
                                 "/lib/x86_64-linux-gnu/libd.so needed libd.so -> /lib/x86_64-linux-gnu/libd.so (already loaded)\n"
                                 "/lib/x86_64-linux-gnu/libd.so needed linux-vdso.so.1 -> - (built in)\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* G2: the loader of an object is what caused its first load in this program. */
static void depends_on_the_program(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/one", &(ElfSpec){.interp = interp, .needed = "liba.so libb.so"});
  tree_elf(tree, "/bin/two", &(ElfSpec){.interp = interp, .needed = "libb.so liba.so"});
  tree_elf(tree, "/lib/liba.so", &(ElfSpec){.rpath = "/from/a", .needed = "libx.so"});
  tree_elf(tree, "/lib/libb.so", &(ElfSpec){.rpath = "/from/b", .needed = "libx.so"});
  tree_elf(tree, "/from/a/libx.so", &(ElfSpec){.needed = "liby.so"});
  tree_elf(tree, "/from/b/libx.so", &(ElfSpec){.needed = "liby.so"});
  tree_elf(tree, "/from/a/liby.so", &(ElfSpec){.soname = "liby.so"});
  tree_elf(tree, "/from/b/liby.so", &(ElfSpec){.soname = "liby.so"});
  tree_expect(tree, "/bin/one",
              INTERP("/bin/one") "/bin/one needed liba.so -> /lib/liba.so (default directory)\n"
                                 "/bin/one needed libb.so -> /lib/libb.so (default directory)\n"
                                 "/lib/liba.so needed libx.so -> /from/a/libx.so (rpath) of /lib/liba.so\n"
                                 "/lib/libb.so needed libx.so -> /from/a/libx.so (already loaded)\n"
                                 "/from/a/libx.so needed liby.so -> /from/a/liby.so (rpath) of /lib/liba.so\n");
  tree_expect(tree, "/bin/two",
              INTERP("/bin/two") "/bin/two needed libb.so -> /lib/libb.so (default directory)\n"
                                 "/bin/two needed liba.so -> /lib/liba.so (default directory)\n"
                                 "/lib/libb.so needed libx.so -> /from/b/libx.so (rpath) of /lib/libb.so\n"
                                 "/lib/liba.so needed libx.so -> /from/b/libx.so (already loaded)\n"
                                 "/from/b/libx.so needed liby.so -> /from/b/liby.so (rpath) of /lib/libb.so\n");
  tree_expect_as_loader(tree, "/bin/one");
  tree_expect_as_loader(tree, "/bin/two");
}

/* G3: a soname matches before any search; two names of one inode are one object. */
static void matches_names(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "/opt/whatever.so libx.so liblink.so libfile.so /opt/whatever.so"});
  tree_elf(tree, "/opt/whatever.so", &(ElfSpec){.soname = "libx.so"});
  tree_elf(tree, "/lib/libx.so", &(ElfSpec){.soname = "libx.so"});
  tree_elf(tree, "/lib/libfile.so", &(ElfSpec){.needed = "libfile.so"});
  tree_link(tree, "/lib/liblink.so", "libfile.so");
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed /opt/whatever.so -> /opt/whatever.so (path)\n"
                                 "/bin/app needed libx.so -> /opt/whatever.so (already loaded)\n"
                                 "/bin/app needed liblink.so -> /lib/liblink.so (default directory)\n"
                                 "/bin/app needed libfile.so -> /lib/libfile.so (already loaded)\n"
                                 "/bin/app needed /opt/whatever.so -> /opt/whatever.so (already loaded)\n"
                                 "/lib/liblink.so needed libfile.so -> /lib/liblink.so (already loaded)\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* G4: names with a slash, relative and with tokens; no other file when one does not fit. */
static void takes_paths_as_they_are(void **state)
{
  Tree *tree = *state;
  tree->environment.working_dir = "/work";
  tree->environment.library_path = "/lib";
  tree_elf(tree, "/work/app",
           &(ElfSpec){.interp = interp, .needed = "./liba.so $ORIGIN/sub/libb.so sub/a:b.so ${LIB}/libd.so lib/$ORIGINx libe.so"});
  tree_elf(tree, "/work/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/work/sub/libb.so", &(ElfSpec){.soname = "libb.so"});
  tree_elf(tree, "/work/sub/a:b.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/work/lib/x86_64-linux-gnu/libd.so", &(ElfSpec){.soname = "libd.so"});
  tree_elf(tree, "/work/lib/$ORIGINx", &(ElfSpec){.soname = "libe.so"});
  tree_expect(tree, "/work/app",
              INTERP("/work/app") "/work/app needed ./liba.so -> /work/./liba.so (path)\n"
                                  "/work/app needed $ORIGIN/sub/libb.so -> /work/sub/libb.so (path)\n"
                                  "/work/app needed sub/a:b.so -> /work/sub/a:b.so (path)\n"
                                  "/work/app needed ${LIB}/libd.so -> /work/lib/x86_64-linux-gnu/libd.so (path)\n"
                                  "/work/app needed lib/$ORIGINx -> /work/lib/$ORIGINx (path)\n"
                                  "/work/app needed libe.so -> /work/lib/$ORIGINx (already loaded)\n");
  tree_expect_as_loader(tree, "/work/app");
}

/* G5: own RPATH, then that of what loaded it, through an object with RUNPATH, which itself is not asked. */
static void inherits_rpath(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .rpath = "/app", .needed = "liba.so"});
  tree_elf(tree, "/app/liba.so", &(ElfSpec){.runpath = "/runpath", .needed = "libb.so"});
  tree_elf(tree, "/runpath/libb.so", &(ElfSpec){.rpath = "/b", .needed = "libc.so libd.so libe.so"});
  tree_elf(tree, "/b/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/app/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/app/libd.so", &(ElfSpec){.soname = "libd.so"});
  tree_elf(tree, "/runpath/libe.so", &(ElfSpec){.soname = "libe.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /app/liba.so (rpath) of /bin/app\n"
                                 "/app/liba.so needed libb.so -> /runpath/libb.so (runpath) of /app/liba.so\n"
                                 "/runpath/libb.so needed libc.so -> /b/libc.so (rpath) of /runpath/libb.so\n"
                                 "/runpath/libb.so needed libd.so -> /app/libd.so (rpath) of /bin/app\n"
                                 "/runpath/libb.so needed libe.so -> MISSING (missing)\n"
                                 "  tried /b/libe.so\n"
                                 "  tried /app/libe.so\n"
                                 "  tried /lib/x86_64-linux-gnu/libe.so\n"
                                 "  tried /usr/lib/x86_64-linux-gnu/libe.so\n"
                                 "  tried /lib/libe.so\n"
                                 "  tried /usr/lib/libe.so\n"
                                 "1 missing\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* G5: with a RUNPATH the object's RPATH and the inherited ones are out; the order is environment, RUNPATH, default. */
static void prefers_environment_to_runpath(void **state)
{
  Tree *tree = *state;
  tree->environment.library_path = "/env;/env2";
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .rpath = "/app", .needed = "liba.so"});
  tree_elf(tree, "/app/liba.so", &(ElfSpec){.rpath = "/rpath", .runpath = "/runpath", .needed = "libb.so libc.so libd.so libe.so"});
  const char *directories[] = {"/app", "/rpath", "/env2", "/runpath", "/lib"};
  for (gsize i = 0; i < G_N_ELEMENTS(directories); i++)
  {
    g_autofree char *path = g_strconcat(directories[i], "/libb.so", NULL);
    tree_elf(tree, path, &(ElfSpec){.soname = "libb.so"});
  }
  tree_elf(tree, "/app/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/runpath/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/lib/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/lib/libd.so", &(ElfSpec){.soname = "libd.so"});
  tree_elf(tree, "/env/libe.so", &(ElfSpec){.soname = "libe.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /app/liba.so (rpath) of /bin/app\n"
                                 "/app/liba.so needed libb.so -> /env2/libb.so (LD_LIBRARY_PATH)\n"
                                 "/app/liba.so needed libc.so -> /runpath/libc.so (runpath) of /app/liba.so\n"
                                 "/app/liba.so needed libd.so -> /lib/libd.so (default directory)\n"
                                 "/app/liba.so needed libe.so -> /env/libe.so (LD_LIBRARY_PATH)\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* G5: DF_1_NODEFLIB. */
static void leaves_out_default_directories(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .flags_1 = DF_1_NODEFLIB, .runpath = "/opt", .needed = "liba.so libb.so"});
  tree_elf(tree, "/opt/liba.so", &(ElfSpec){.needed = "libc.so"});
  tree_elf(tree, "/lib/libb.so", &(ElfSpec){.soname = "libb.so"});
  tree_elf(tree, "/lib/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /opt/liba.so (runpath) of /bin/app\n"
                                 "/bin/app needed libb.so -> MISSING (missing)\n"
                                 "  tried /opt/libb.so\n"
                                 "/opt/liba.so needed libc.so -> /lib/libc.so (default directory)\n"
                                 "1 missing\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* G7: empty elements are the working directory, slashes at the end and repetitions go away. */
static void splits_lists(void **state)
{
  Tree *tree = *state;
  tree->environment.working_dir = "/work";
  tree_elf(tree, "/bin/app",
           &(ElfSpec){.interp = interp,
                      .runpath = "/opt/a//:/opt/a::relative:$ORIGIN/../up/",
                      .needed = "liba.so libb.so libc.so libd.so libe.so"});
  tree_elf(tree, "/opt/a/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/work/libb.so", &(ElfSpec){.soname = "libb.so"});
  tree_elf(tree, "/work/relative/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/up/libd.so", &(ElfSpec){.soname = "libd.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /opt/a/liba.so (runpath) of /bin/app\n"
                                 "/bin/app needed libb.so -> /work/libb.so (runpath) of /bin/app\n"
                                 "/bin/app needed libc.so -> /work/relative/libc.so (runpath) of /bin/app\n"
                                 "/bin/app needed libd.so -> /bin/../up/libd.so (runpath) of /bin/app\n"
                                 "/bin/app needed libe.so -> MISSING (missing)\n"
                                 "  tried /opt/a/libe.so\n"
                                 "  tried /work/libe.so\n"
                                 "  tried /work/relative/libe.so\n"
                                 "  tried /bin/../up/libe.so\n"
                                 "  tried /lib/x86_64-linux-gnu/libe.so\n"
                                 "  tried /usr/lib/x86_64-linux-gnu/libe.so\n"
                                 "  tried /lib/libe.so\n"
                                 "  tried /usr/lib/libe.so\n"
                                 "1 missing\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* G8: the program's origin is its real place, a library's the path it was opened by. */
static void knows_origins(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/opt/real/app", &(ElfSpec){.interp = interp, .runpath = "$ORIGIN/lib:/links", .needed = "liba.so libb.so"});
  tree_link(tree, "/bin/app", "../opt/real/app");
  tree_elf(tree, "/opt/real/lib/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/elsewhere/libb.so", &(ElfSpec){.runpath = "${ORIGIN}/more", .needed = "libc.so"});
  tree_link(tree, "/links/libb.so", "/elsewhere/libb.so");
  tree_elf(tree, "/links/more/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/elsewhere/more/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /opt/real/lib/liba.so (runpath) of /bin/app\n"
                                 "/bin/app needed libb.so -> /links/libb.so (runpath) of /bin/app\n"
                                 "/links/libb.so needed libc.so -> /links/more/libc.so (runpath) of /links/libb.so\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* G8: $PLATFORM depends on the processor: what exists is kept, the commonest is the last word. */
static void keeps_every_platform(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .runpath = "/p/$PLATFORM:/q", .needed = "liba.so libb.so"});
  tree_elf(tree, "/p/haswell/liba.so", &(ElfSpec){.needed = "libc.so"});
  tree_elf(tree, "/p/x86_64/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/p/xeon_phi/libb.so", &(ElfSpec){.soname = "libb.so"});
  tree_elf(tree, "/q/libb.so", &(ElfSpec){.soname = "libb.so"});
  tree_elf(tree, "/lib/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /p/haswell/liba.so (runpath) of /bin/app variant\n"
                                 "/bin/app needed liba.so -> /p/x86_64/liba.so (runpath) of /bin/app\n"
                                 "/bin/app needed libb.so -> /p/xeon_phi/libb.so (runpath) of /bin/app variant\n"
                                 "/bin/app needed libb.so -> /q/libb.so (runpath) of /bin/app\n"
                                 "/p/haswell/liba.so needed libc.so -> /lib/libc.so (default directory)\n");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(breadth_first, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(depends_on_the_program, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(matches_names, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(takes_paths_as_they_are, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(inherits_rpath, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(prefers_environment_to_runpath, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(leaves_out_default_directories, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(splits_lists, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(knows_origins, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(keeps_every_platform, tree_setup_glibc, tree_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
