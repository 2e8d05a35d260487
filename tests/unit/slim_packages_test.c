/*
 * dpkg's and apk's databases: what is installed, whose a path is, and what
 * depends on what. Each case compares all of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "scratch_folder.h"
#include "slim_packages_tree.h"

static void check_print(const char *folder, const char *expected)
{
  PackagesTree tree = tree_open(folder);
  g_autofree char *found = tree_print(&tree);
  tree_close(&tree);
  assert_string_equal(found, expected);
}

static void check_owners(PackagesTree *tree, const char *const *paths, const char *expected)
{
  g_autofree char *found = tree_owners(tree, paths);
  assert_string_equal(found, expected);
}

static const char debian_status[] = "Package: libc6\n"
                                    "Status: install ok installed\n"
                                    "Architecture: amd64\n"
                                    "Multi-Arch: same\n"
                                    "Source: glibc (2.36-9)\n"
                                    "Version: 2.36-9+deb12u14\n"
                                    "Description: C library\n"
                                    " Depends: nothing\n"
                                    " .\n"
                                    "\n"
                                    "package: libc6\n"
                                    "status: install ok installed\n"
                                    "architecture: i386\n"
                                    "version: 2.36-9+deb12u14\n"
                                    "\n"
                                    "Package: app\n"
                                    "Status: hold ok half-configured\n"
                                    "Architecture: amd64\n"
                                    "Version: 1:2.0\n"
                                    "Pre-Depends: dpkg (>= 1.17) | missing-tool, shell:any\n"
                                    "Depends: missing | libc6 (>= 2.34) [amd64], default-mta\n"
                                    " | mail-transport-agent,\n"
                                    "\ttool, app\n"
                                    "\n"
                                    "Package: tool\n"
                                    "Status: install ok installed\n"
                                    "Architecture: i386\n"
                                    "Version: 3\n"
                                    "Provides: mail-transport-agent (= 3), shell\n"
                                    "Depends: libc6\n"
                                    "\n"
                                    "Package: mailer\n"
                                    "Status: install ok installed\n"
                                    "Architecture: all\n"
                                    "Version: 4\n"
                                    "Provides: mail-transport-agent\n"
                                    "\n"
                                    "Package: gone\n"
                                    "Status: deinstall ok config-files\n"
                                    "Version: 5\n"
                                    "\n"
                                    "Package: never\n"
                                    "Status: purge ok not-installed\n";

static void make_debian(const char *folder)
{
  tree_text(folder, "/var/lib/dpkg/status", debian_status);
  tree_text(folder, "/var/lib/dpkg/info/libc6:amd64.list",
            "/.\n/lib\n/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu/libc.so.6\n/usr/share/doc/libc6\n");
  tree_text(folder, "/var/lib/dpkg/info/libc6:i386.list", "/.\n/lib\n/lib/ld-linux.so.2\n");
  tree_text(folder, "/var/lib/dpkg/info/app.list", "/.\n/usr\n/usr/bin\n/usr/bin/app\n/usr/bin/tool\n/var/lib/app\n/usr/bin/../bin/app");
  tree_text(folder, "/var/lib/dpkg/info/tool.list", "/.\n/usr/bin/tool\n/usr/bin/local\n/usr/bin/alias\n");
  tree_text(folder, "/var/lib/dpkg/info/mailer.list", "/.\n/usr/bin/alias\n");
  tree_text(folder, "/var/lib/dpkg/diversions",
            "/usr/bin/tool\n/usr/bin/tool.distrib\napp\n/usr/bin/local\n/usr/bin/local.old\n:\n/torn\n");
  tree_link(folder, "/lib", "usr/lib");
  tree_text(folder, "/usr/lib/x86_64-linux-gnu/libc.so.6", "c");
  tree_text(folder, "/usr/lib/ld-linux.so.2", "l");
  tree_text(folder, "/usr/bin/app", "a");
  tree_text(folder, "/usr/bin/tool", "a");
  tree_text(folder, "/usr/bin/tool.distrib", "t");
  tree_text(folder, "/usr/bin/local", "m");
  tree_text(folder, "/usr/bin/local.old", "t");
  tree_link(folder, "/usr/bin/alias", "app");
  tree_text(folder, "/usr/bin/mine", "m");
  tree_text(folder, "/var/lib/app/.keep", "");
}

static void reads_dpkg(void **state)
{
  make_debian(*state);
  check_print(*state, "dpkg app 1:2.0 amd64 app [/usr /usr/bin /usr/bin/app /usr/bin/tool /var/lib/app /usr/bin/../bin/app] -> "
                      "tool:i386 libc6 mailer:all\n"
                      "dpkg libc6 2.36-9+deb12u14 amd64 glibc [/lib /lib/x86_64-linux-gnu /lib/x86_64-linux-gnu/libc.so.6 "
                      "/usr/share/doc/libc6] ->\n"
                      "dpkg libc6 2.36-9+deb12u14 i386 libc6 [/lib /lib/ld-linux.so.2] ->\n"
                      "dpkg mailer 4 all mailer [/usr/bin/alias] ->\n"
                      "dpkg tool 3 i386 tool [/usr/bin/tool.distrib /usr/bin/local.old /usr/bin/alias] -> libc6\n");
}

/* Lists speak of /lib, the tree of /usr/lib; diverted files have their new names. */
static void finds_owners(void **state)
{
  make_debian(*state);
  static const char *const paths[] = {"/lib",
                                      "/lib/x86_64-linux-gnu/libc.so.6",
                                      "/usr/lib/x86_64-linux-gnu/libc.so.6",
                                      "/usr/lib/x86_64-linux-gnu",
                                      "/usr/lib/ld-linux.so.2",
                                      "/usr/bin/app",
                                      "/usr/bin/tool",
                                      "/usr/bin/tool.distrib",
                                      "/usr/bin/local",
                                      "/usr/bin/local.old",
                                      "/usr/bin/alias",
                                      "/usr/bin/mine",
                                      "/",
                                      "/usr/share/doc/libc6",
                                      NULL};
  PackagesTree tree = tree_open(*state);
  check_owners(&tree, paths,
               "/lib: -\n/lib/x86_64-linux-gnu/libc.so.6: libc6\n/usr/lib/x86_64-linux-gnu/libc.so.6: libc6\n"
               "/usr/lib/x86_64-linux-gnu: -\n/usr/lib/ld-linux.so.2: libc6\n/usr/bin/app: app\n/usr/bin/tool: app\n"
               "/usr/bin/tool.distrib: tool\n/usr/bin/local: -\n/usr/bin/local.old: tool\n/usr/bin/alias: mailer\n/usr/bin/mine: -\n"
               "/: -\n/usr/share/doc/libc6: ?\n");
  g_autofree char *nodes = tree_nodes(&tree, "app");
  assert_string_equal(nodes, "/usr /usr/bin /usr/bin/app /usr/bin/tool /var/lib/app");
  assert_null(keep_packages_find(tree.packages, "gone"));
  assert_string_equal(keep_packages_find(tree.packages, "libc6")->architecture, "amd64");
  tree_close(&tree);
}

/* Without dpkg's tools: a folder of stanzas, and checksums for lists. */
static void reads_status_folder(void **state)
{
  tree_text(*state, "/var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12\nArchitecture: amd64\n");
  tree_text(*state, "/var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2024a\nArchitecture: all\nDepends: base-files\n");
  tree_text(*state, "/var/lib/dpkg/status.d/tzdata.md5sums",
            "d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\nd41d8cd98f00b204e9800998ecf8427e  usr/share/a b\nbroken\n");
  tree_text(*state, "/usr/share/zoneinfo/UTC", "");
  check_print(*state, "dpkg base-files 12 amd64 base-files [] ->\n"
                      "dpkg tzdata 2024a all tzdata [/usr/share/zoneinfo/UTC /usr/share/a b] -> base-files:amd64\n");
  PackagesTree tree = tree_open(*state);
  check_owners(&tree, (const char *const[]){"/usr/share/zoneinfo/UTC", NULL}, "/usr/share/zoneinfo/UTC: tzdata\n");
  tree_close(&tree);
}

static const char alpine[] =
    "C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\no:musl\np:so:libc.musl-x86_64.so.1=1\nF:lib\n"
    "R:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1x=\nR:libc.musl-x86_64.so.1\n\n"
    "P:busybox\nV:1.36.1-r5\nA:x86_64\nD:so:libc.musl-x86_64.so.1\np:/bin/sh cmd:sh=1.36.1-r5\n"
    "F:\nR:init\nF:bin\nR:busybox\nF:var/empty\nM:0:0:555\n\n"
    "P:app\nV:1-r0\nA:x86_64\no:app-src\nD:!old /bin/sh musl>=1.2 so:libnone.so.1 cmd:sh busybox~1\nF:usr/bin\nR:app";

static void reads_apk(void **state)
{
  tree_text(*state, "/lib/apk/db/installed", alpine);
  tree_text(*state, "/lib/ld-musl-x86_64.so.1", "l");
  tree_link(*state, "/lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1");
  tree_text(*state, "/init", "i");
  tree_text(*state, "/bin/busybox", "b");
  tree_link(*state, "/bin/sh", "/bin/busybox");
  check_print(*state, "apk app 1-r0 x86_64 app-src [/usr/bin /usr/bin/app] -> busybox musl\n"
                      "apk busybox 1.36.1-r5 x86_64 busybox [/init /bin /bin/busybox /var/empty] -> musl\n"
                      "apk musl 1.2.4-r2 x86_64 musl [/lib /lib/ld-musl-x86_64.so.1 /lib/libc.musl-x86_64.so.1] ->\n");
  PackagesTree tree = tree_open(*state);
  static const char *const paths[] = {"/init", "/bin/busybox", "/bin/sh", "/lib/libc.musl-x86_64.so.1", "/lib", NULL};
  check_owners(&tree, paths, "/init: busybox\n/bin/busybox: busybox\n/bin/sh: -\n/lib/libc.musl-x86_64.so.1: musl\n/lib: -\n");
  tree_close(&tree);
}

static void reads_apk_in_usr(void **state)
{
  tree_text(*state, "/usr/lib/apk/db/installed", "P:musl\nV:1\nA:aarch64\nF:usr/lib\nR:libc.so\n");
  tree_link(*state, "/lib", "usr/lib");
  check_print(*state, "apk musl 1 aarch64 musl [/usr/lib /usr/lib/libc.so] ->\n");
}

static void has_no_packages(void **state)
{
  tree_text(*state, "/usr/bin/app", "a");
  check_print(*state, "");
  PackagesTree tree = tree_open(*state);
  check_owners(&tree, (const char *const[]){"/usr/bin/app", NULL}, "/usr/bin/app: -\n");
  tree_close(&tree);
}

/* Packages of one database never satisfy those of another. */
static void keeps_databases_apart(void **state)
{
  tree_text(*state, "/var/lib/dpkg/status", "Package: a\nVersion: 1\nDepends: b\n\nPackage: c\nVersion: 1\n");
  tree_text(*state, "/lib/apk/db/installed", "P:b\nV:1\nD:c\n\nP:c\nV:2\n");
  check_print(*state, "dpkg a 1  a [] ->\napk b 1  b [] -> c\ndpkg c 1  c [] ->\napk c 2  c [] ->\n");
}

/* A name cannot lead out of the folder of lists; a folder in place of a file is nothing. */
static void distrusts_names(void **state)
{
  tree_text(*state, "/var/lib/dpkg/status",
            "Package: ../secret\nVersion: 1\nArchitecture: all\n\nPackage: dir\nVersion: 1\nDepends: ,,|,(\n");
  tree_text(*state, "/var/lib/dpkg/secret.list", "/etc/shadow\n");
  tree_text(*state, "/var/lib/dpkg/info/dir.list/x", "");
  tree_text(*state, "/lib/apk/db/installed/x", "");
  check_print(*state, "dpkg ../secret 1 all ../secret [] ->\ndpkg dir 1  dir [] ->\n");
}

static void refuses_what_is_too_large(void **state)
{
  g_autofree char *status = g_malloc(17u << 20);
  memset(status, '\n', 17u << 20);
  tree_write(*state, "/var/lib/dpkg/status", status, 17u << 20);
  memset(status, 'x', 2u << 20);
  memcpy(status, "P:", 2);
  memcpy(status + (2u << 20) - 19, "\nP:left\nV:1\nF:a\nR:b", 19);
  tree_write(*state, "/lib/apk/db/installed", status, 2u << 20);
  check_print(*state, "apk left 1  left [/a /a/b] ->\n"
                      "warning: package database '/var/lib/dpkg/status' is larger than 16 MiB and was not read\n"
                      "warning: a line of more than 1 MiB in a package database was left out\n");
}

/* Nothing that a database says may break the reader: bytes that are no text, and every beginning of one that is. */
static void survives_rubbish(void **state)
{
  guint8 rubbish[4096];
  for (gsize i = 0; i < sizeof rubbish; i++)
    rubbish[i] = (guint8)((i * 2654435761u) >> 13);
  tree_write(*state, "/var/lib/dpkg/status", rubbish, sizeof rubbish);
  tree_write(*state, "/var/lib/dpkg/diversions", rubbish, sizeof rubbish);
  tree_write(*state, "/lib/apk/db/installed", rubbish, sizeof rubbish);
  check_print(*state, "");
  for (gsize length = 0; length < sizeof debian_status; length += 7)
  {
    tree_write(*state, "/var/lib/dpkg/status", debian_status, length);
    tree_write(*state, "/lib/apk/db/installed", alpine, MIN(length, sizeof alpine - 1));
    PackagesTree tree = tree_open(*state);
    g_free(tree_print(&tree));
    assert_int_equal(tree.warnings->len, 0);
    tree_close(&tree);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      scratch_test(reads_dpkg),
      scratch_test(finds_owners),
      scratch_test(reads_status_folder),
      scratch_test(reads_apk),
      scratch_test(reads_apk_in_usr),
      scratch_test(has_no_packages),
      scratch_test(keeps_databases_apart),
      scratch_test(distrusts_names),
      scratch_test(refuses_what_is_too_large),
      scratch_test(survives_rubbish),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
