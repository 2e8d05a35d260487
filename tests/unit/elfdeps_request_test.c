/* What asks for objects besides DT_NEEDED: preloads, audit modules, filters, dlopen. */
#include "elfdeps/error.h"
#include "tests/unit/elfdeps_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>

static const char interp[] = TREE_GLIBC_LOADER;

#define INTERP(program) TREE_INTERP(program, TREE_GLIBC_LOADER)

/* G1, G3, G7: both lists, comments, order; a soname of a preload satisfies a need. */
static void preloads(void **state)
{
  Tree *tree = *state;
  tree->environment.preload = "/opt/one.so libtwo.so:/opt/none.so";
  tree_text(tree, "/etc/ld.so.preload", "# a comment /opt/no.so\n/opt/three.so\t/opt/four.so:libfive.so # more\n");
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .runpath = "/r", .needed = "libone.so libsix.so"});
  tree_elf(tree, "/opt/one.so", &(ElfSpec){.soname = "libone.so", .needed = "libsix.so"});
  tree_elf(tree, "/r/libtwo.so", &(ElfSpec){.soname = "libtwo.so"});
  tree_elf(tree, "/opt/three.so", &(ElfSpec){.rpath = "/three", .needed = "libsix.so"});
  tree_elf(tree, "/opt/four.so", &(ElfSpec){.soname = "four.so"});
  tree_elf(tree, "/lib/libfive.so", &(ElfSpec){.soname = "libfive.so"});
  tree_elf(tree, "/r/libsix.so", &(ElfSpec){.soname = "libsix.so"});
  tree_elf(tree, "/three/libsix.so", &(ElfSpec){.soname = "libsix.so"});
  tree_elf(tree, "/lib/libone.so", &(ElfSpec){.soname = "libone.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app preload /opt/one.so -> /opt/one.so (path) optional\n"
                                 "/bin/app preload libtwo.so -> /r/libtwo.so (runpath) of /bin/app optional\n"
                                 "/bin/app preload /opt/none.so -> MISSING (missing) optional\n"
                                 "  tried /opt/none.so\n"
                                 "/bin/app preload /opt/three.so -> /opt/three.so (path) optional\n"
                                 "/bin/app preload /opt/four.so -> /opt/four.so (path) optional\n"
                                 "/bin/app preload libfive.so -> /lib/libfive.so (default directory) optional\n"
                                 "/bin/app needed libone.so -> /opt/one.so (already loaded)\n"
                                 "/bin/app needed libsix.so -> /r/libsix.so (runpath) of /bin/app\n"
                                 "/opt/one.so needed libsix.so -> /r/libsix.so (already loaded)\n"
                                 "/opt/three.so needed libsix.so -> /r/libsix.so (already loaded)\n"
                                 "reads /etc/ld.so.preload\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* A file of comments names nothing and is not needed. */
static void ignores_an_empty_preload_file(void **state)
{
  Tree *tree = *state;
  tree_text(tree, "/etc/ld.so.preload", "# nothing\n\n");
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp});
  tree_expect(tree, "/bin/app", INTERP("/bin/app"));
}

/* G12: filters are loaded in front of their object, what they need before what is next. */
static void loads_filters(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .needed = "liba.so libb.so"});
  tree_elf(tree, "/lib/liba.so", &(ElfSpec){.runpath = "/f", .needed = "aux:libnone.so filter:libf.so libc.so aux:libg.so"});
  tree_elf(tree, "/lib/libb.so", &(ElfSpec){.rpath = "/b", .needed = "libx.so"});
  tree_elf(tree, "/lib/libc.so", &(ElfSpec){.soname = "libc.so"});
  tree_elf(tree, "/f/libf.so", &(ElfSpec){.rpath = "/fx", .needed = "libx.so"});
  tree_elf(tree, "/f/libg.so", &(ElfSpec){.soname = "libg.so"});
  tree_elf(tree, "/b/libx.so", &(ElfSpec){.soname = "libx.so"});
  tree_elf(tree, "/fx/libx.so", &(ElfSpec){.soname = "libx.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app needed liba.so -> /lib/liba.so (default directory)\n"
                                 "/bin/app needed libb.so -> /lib/libb.so (default directory)\n"
                                 "/lib/liba.so auxiliary libnone.so -> MISSING (missing) optional\n"
                                 "  tried /f/libnone.so\n"
                                 "  tried /lib/x86_64-linux-gnu/libnone.so\n"
                                 "  tried /usr/lib/x86_64-linux-gnu/libnone.so\n"
                                 "  tried /lib/libnone.so\n"
                                 "  tried /usr/lib/libnone.so\n"
                                 "/lib/liba.so filter libf.so -> /f/libf.so (runpath) of /lib/liba.so\n"
                                 "/lib/liba.so needed libc.so -> /lib/libc.so (default directory)\n"
                                 "/lib/liba.so auxiliary libg.so -> /f/libg.so (runpath) of /lib/liba.so optional\n"
                                 "/lib/libb.so needed libx.so -> /fx/libx.so (already loaded)\n"
                                 "/f/libf.so needed libx.so -> /fx/libx.so (rpath) of /f/libf.so\n");
  tree_expect_as_loader(tree, "/bin/app");
}

/* G12: a filter that is missing stops the program. */
static void misses_a_filter(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .flags_1 = DF_1_NODEFLIB, .needed = "filter:libf.so"});
  tree_expect(tree, "/bin/app", INTERP("/bin/app") "/bin/app filter libf.so -> MISSING (missing)\n1 missing\n");
}

/* G12: audit modules of the program and the environment, each with a name space of its own. */
static void loads_audit_modules(void **state)
{
  Tree *tree = *state;
  tree->environment.audit = "/opt/env.so";
  tree_elf(tree, "/bin/app",
           &(ElfSpec){.interp = interp, .runpath = "/r", .audit = "libone.so:libnone.so", .depaudit = "libtwo.so", .needed = "liba.so"});
  tree_elf(tree, "/opt/env.so", &(ElfSpec){.soname = "env.so"});
  tree_elf(tree, "/r/libone.so", &(ElfSpec){.rpath = "/one", .needed = "liba.so ld-linux-x86-64.so.2"});
  tree_elf(tree, "/r/libtwo.so", &(ElfSpec){.needed = "liba.so"});
  tree_elf(tree, "/one/liba.so", &(ElfSpec){.audit = "libnever.so"});
  tree_elf(tree, "/r/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_elf(tree, "/lib/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_expect(tree, "/bin/app",
              INTERP("/bin/app") "/bin/app audit /opt/env.so -> /opt/env.so (path) optional\n"
                                 "/bin/app audit libone.so -> /r/libone.so (runpath) of /bin/app optional\n"
                                 "/bin/app audit libnone.so -> MISSING (missing) optional\n"
                                 "  tried /r/libnone.so\n"
                                 "  tried /lib/x86_64-linux-gnu/libnone.so\n"
                                 "  tried /usr/lib/x86_64-linux-gnu/libnone.so\n"
                                 "  tried /lib/libnone.so\n"
                                 "  tried /usr/lib/libnone.so\n"
                                 "/bin/app audit libtwo.so -> /r/libtwo.so (runpath) of /bin/app optional\n"
                                 "/bin/app needed liba.so -> /r/liba.so (runpath) of /bin/app\n"
                                 "/r/libone.so needed liba.so -> /one/liba.so (rpath) of /r/libone.so\n"
                                 "/r/libone.so needed ld-linux-x86-64.so.2 -> /lib64/ld-linux-x86-64.so.2 (already loaded)\n"
                                 "/r/libtwo.so needed liba.so -> /lib/liba.so (default directory)\n");
}

/* G6: dlopen searches for the object that calls; the new object inherits from the program only. */
static void opens_later(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp, .rpath = "/app", .needed = "liba.so"});
  tree_elf(tree, "/app/liba.so", &(ElfSpec){.soname = "liba.so", .runpath = "/plugins"});
  tree_elf(tree, "/plugins/plugin.so", &(ElfSpec){.needed = "libx.so liby.so liba.so"});
  tree_elf(tree, "/plugins/libx.so", &(ElfSpec){.soname = "libx.so"});
  tree_elf(tree, "/app/liby.so", &(ElfSpec){.soname = "liby.so"});
  g_autoptr(ElfdepsClosure) closure = tree_closure(tree, "/bin/app");
  assert_int_equal(closure->nodes->len, 3);
  ElfdepsNode *caller = closure->nodes->pdata[2];
  const ElfdepsEdge *edge = elfdeps_closure_dlopen(closure, caller, "plugin.so");
  assert_false(edge->missing);
  assert_string_equal(edge->target->path, "/plugins/plugin.so");
  edge = elfdeps_closure_dlopen(closure, caller, "plugin.so");
  assert_int_equal(edge->found, ELFDEPS_FOUND_LOADED);
  edge = elfdeps_closure_dlopen(closure, closure->root, "libx.so");
  assert_true(edge->missing);
  edge = elfdeps_closure_dlopen(closure, closure->root, "/plugins/libx.so");
  assert_int_equal(edge->found, ELFDEPS_FOUND_PATH);
  g_autofree char *text = tree_print(closure);
  assert_string_equal(text, INTERP("/bin/app") "/bin/app needed liba.so -> /app/liba.so (rpath) of /bin/app\n"
                                               "/bin/app dlopen libx.so -> MISSING (missing) optional\n"
                                               "  tried /app/libx.so\n"
                                               "  tried /lib/x86_64-linux-gnu/libx.so\n"
                                               "  tried /usr/lib/x86_64-linux-gnu/libx.so\n"
                                               "  tried /lib/libx.so\n"
                                               "  tried /usr/lib/libx.so\n"
                                               "/bin/app dlopen /plugins/libx.so -> /plugins/libx.so (path) optional\n"
                                               "/app/liba.so dlopen plugin.so -> /plugins/plugin.so (runpath) of /app/liba.so optional\n"
                                               "/app/liba.so dlopen plugin.so -> /plugins/plugin.so (already loaded) optional\n"
                                               "/plugins/plugin.so needed libx.so -> MISSING (missing)\n"
                                               "  tried /app/libx.so\n"
                                               "  tried /lib/x86_64-linux-gnu/libx.so\n"
                                               "  tried /usr/lib/x86_64-linux-gnu/libx.so\n"
                                               "  tried /lib/libx.so\n"
                                               "  tried /usr/lib/libx.so\n"
                                               "/plugins/plugin.so needed liby.so -> /app/liby.so (rpath) of /bin/app\n"
                                               "/plugins/plugin.so needed liba.so -> /app/liba.so (already loaded)\n");
}

/* Without its interpreter a program does not start; the rest is still worked out. */
static void misses_the_interpreter(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = "/lib/none.so", .needed = "liba.so"});
  tree_elf(tree, "/usr/lib/liba.so", &(ElfSpec){.soname = "liba.so"});
  tree_expect(tree, "/bin/app",
              "/bin/app interpreter /lib/none.so -> MISSING (missing)\n"
              "  tried /lib/none.so\n"
              "/bin/app needed liba.so -> /usr/lib/liba.so (default directory)\n"
              "1 missing\n");
}

/* A library as a root: the machine's usual loader, and nothing is preloaded. */
static void takes_a_library_as_root(void **state)
{
  Tree *tree = *state;
  tree->environment.preload = "/lib/liba.so";
  tree_elf(tree, "/opt/plugin.so", &(ElfSpec){.soname = "plugin.so", .needed = "liba.so ld-linux-x86-64.so.2"});
  tree_elf(tree, "/usr/lib/x86_64-linux-gnu/liba.so", &(ElfSpec){.needed = "plugin.so"});
  tree_link(tree, "/lib/ld-linux-x86-64.so.2", "../lib64/ld-linux-x86-64.so.2");
  tree_expect(tree, "/opt/plugin.so",
              "/opt/plugin.so needed liba.so -> /usr/lib/x86_64-linux-gnu/liba.so (default directory)\n"
              "/opt/plugin.so needed ld-linux-x86-64.so.2 -> /lib/ld-linux-x86-64.so.2 (default directory)\n"
              "/usr/lib/x86_64-linux-gnu/liba.so needed plugin.so -> /opt/plugin.so (already loaded)\n");
}

static void expect_error(Tree *tree, const char *path, ElfdepsErrorCode code, const char *message)
{
  g_autoptr(GError) error = NULL;
  assert_null(elfdeps_closure_new(tree->resolver, path, &error));
  assert_true(g_error_matches(error, ELFDEPS_ERROR, (gint)code));
  assert_string_equal(error->message, message);
}

static void refuses_what_is_no_program(void **state)
{
  Tree *tree = *state;
  tree_elf(tree, "/bin/app", &(ElfSpec){.interp = interp});
  tree_text(tree, "/bin/script", "#!/bin/sh\n");
  elfdeps_closure_free(tree_closure(tree, "/bin/app"));
  expect_error(tree, "/bin/none", ELFDEPS_ERROR_NOT_FOUND, "no such file: '/bin/none'");
  expect_error(tree, "/bin", ELFDEPS_ERROR_NOT_ELF, "not an ELF file but a directory: '/bin'");
  expect_error(tree, "/bin/script", ELFDEPS_ERROR_NOT_ELF, "'/bin/script': not an ELF file");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(preloads, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(ignores_an_empty_preload_file, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(loads_filters, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(misses_a_filter, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(loads_audit_modules, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(opens_later, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(misses_the_interpreter, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(takes_a_library_as_root, tree_setup_glibc, tree_teardown),
      cmocka_unit_test_setup_teardown(refuses_what_is_no_program, tree_setup_glibc, tree_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
