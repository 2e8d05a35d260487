/* Paths through the tree: by hand, and against the kernel on a real directory. */
#include "oci/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "layer_fixture.h"
#include "scratch_folder.h"

static void append_passed(OciNode *node, gpointer data)
{
  g_autofree char *path = oci_node_path(node);
  g_string_append_printf(data, "%s ", path);
}

static void assert_walk(OciRootfs *rootfs, const char *path, OciWalkFlags flags, OciWalkResult result, const char *end, const char *passed)
{
  g_autoptr(GString) seen = g_string_new(NULL);
  OciNode *node = NULL;
  assert_int_equal(oci_rootfs_walk(rootfs, NULL, path, flags, append_passed, seen, &node), result);
  g_autofree char *found = node != NULL ? oci_node_path(node) : g_strdup("none");
  assert_string_equal(found, end);
  assert_string_equal(seen->str, passed);
}

static const char tree[] = "D usr\nD usr/lib\nF usr/lib/libc.so.6\nL usr/lib/libc.so libc.so.6\nL lib usr/lib\nL abs /usr/lib\n"
                           "L up ../../../usr\nL loop loop\nL dangling none/x\nL slash usr/lib/\nL file_slash usr/lib/libc.so.6/\n";

static void test_walk(void **state)
{
  (void)state;
  const char *layers[] = {tree, NULL};
  g_autoptr(OciRootfs) rootfs = fixture_tree(layers, NULL);
  const OciWalkFlags follow = OCI_WALK_FOLLOW;
  const OciWalkFlags stay = OCI_WALK_NOFOLLOW;
  assert_walk(rootfs, "/", follow, OCI_WALK_FOUND, "/", "");
  assert_walk(rootfs, "", follow, OCI_WALK_MISSING, "none", "");
  assert_walk(rootfs, "/usr/lib/libc.so.6", follow, OCI_WALK_FOUND, "/usr/lib/libc.so.6", "/usr /usr/lib /usr/lib/libc.so.6 ");
  assert_walk(rootfs, "usr//lib/.//libc.so.6", follow, OCI_WALK_FOUND, "/usr/lib/libc.so.6", "/usr /usr/lib /usr/lib/libc.so.6 ");
  assert_walk(rootfs, "/lib/libc.so", follow, OCI_WALK_FOUND, "/usr/lib/libc.so.6",
              "/lib /usr /usr/lib /usr/lib/libc.so /usr/lib/libc.so.6 ");
  assert_walk(rootfs, "/lib/libc.so", stay, OCI_WALK_FOUND, "/usr/lib/libc.so", "/lib /usr /usr/lib /usr/lib/libc.so ");
  assert_walk(rootfs, "/abs/libc.so.6", follow, OCI_WALK_FOUND, "/usr/lib/libc.so.6", "/abs /usr /usr/lib /usr/lib/libc.so.6 ");
  assert_walk(rootfs, "/abs", stay, OCI_WALK_FOUND, "/abs", "/abs ");
  assert_walk(rootfs, "/abs/", stay, OCI_WALK_FOUND, "/usr/lib", "/abs /usr /usr/lib ");
  assert_walk(rootfs, "/../../usr/../lib/..", follow, OCI_WALK_FOUND, "/usr", "/usr /lib /usr /usr/lib ");
  assert_walk(rootfs, "/up/lib", follow, OCI_WALK_FOUND, "/usr/lib", "/up /usr /usr/lib ");
  assert_walk(rootfs, "/usr/none/x", follow, OCI_WALK_MISSING, "none", "/usr ");
  assert_walk(rootfs, "/dangling", follow, OCI_WALK_MISSING, "none", "/dangling ");
  assert_walk(rootfs, "/dangling", stay, OCI_WALK_FOUND, "/dangling", "/dangling ");
  assert_walk(rootfs, "/usr/lib/libc.so.6/", follow, OCI_WALK_NOT_DIRECTORY, "none", "/usr /usr/lib /usr/lib/libc.so.6 ");
  assert_walk(rootfs, "/usr/lib/libc.so.6/..", follow, OCI_WALK_NOT_DIRECTORY, "none", "/usr /usr/lib /usr/lib/libc.so.6 ");
  assert_walk(rootfs, "/slash", follow, OCI_WALK_FOUND, "/usr/lib", "/slash /usr /usr/lib ");
  assert_walk(rootfs, "/file_slash", follow, OCI_WALK_NOT_DIRECTORY, "none", "/file_slash /usr /usr/lib /usr/lib/libc.so.6 ");
}

static void test_walk_from_a_directory(void **state)
{
  (void)state;
  const char *layers[] = {tree, NULL};
  g_autoptr(OciRootfs) rootfs = fixture_tree(layers, NULL);
  OciNode *node = NULL;
  OciNode *lib = oci_rootfs_find(rootfs, "/lib");
  assert_int_equal(oci_rootfs_walk(rootfs, lib, "libc.so", OCI_WALK_FOLLOW, NULL, NULL, &node), OCI_WALK_FOUND);
  assert_string_equal(node->name, "libc.so.6");
  assert_int_equal(oci_rootfs_walk(rootfs, lib, "/lib", OCI_WALK_FOLLOW, NULL, NULL, &node), OCI_WALK_FOUND);
  assert_ptr_equal(node, lib);
  assert_int_equal(oci_rootfs_walk(rootfs, lib, "../..", OCI_WALK_FOLLOW, NULL, NULL, &node), OCI_WALK_FOUND);
  assert_ptr_equal(node, oci_rootfs_root(rootfs));
  OciNode *file = oci_rootfs_find(rootfs, "/lib/libc.so");
  assert_int_equal(oci_rootfs_walk(rootfs, file, "x", OCI_WALK_FOLLOW, NULL, NULL, &node), OCI_WALK_NOT_DIRECTORY);
}

/* A chain of links, each to the next; the last one to a file. */
static OciWalkResult walk_chain(guint links)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < links; i++)
    g_string_append_printf(text, "L %u %u\n", i, i + 1);
  g_string_append_printf(text, "F %u\n", links);
  const char *layers[] = {text->str, NULL};
  g_autoptr(OciRootfs) rootfs = fixture_tree(layers, NULL);
  OciNode *node = NULL;
  return oci_rootfs_walk(rootfs, NULL, "/0", OCI_WALK_FOLLOW, NULL, NULL, &node);
}

static void test_limits(void **state)
{
  (void)state;
  assert_int_equal(walk_chain(40), OCI_WALK_FOUND);
  assert_int_equal(walk_chain(41), OCI_WALK_LOOP);
  const char *layers[] = {tree, NULL};
  g_autoptr(OciRootfs) rootfs = fixture_tree(layers, NULL);
  g_autofree char *long_name = g_strnfill(256, 'n');
  g_autofree char *name = g_strnfill(255, 'n');
  g_autofree char *long_path = g_strnfill(4096, '/');
  g_autofree char *path = g_strnfill(4095, '/');
  assert_walk(rootfs, long_name, OCI_WALK_FOLLOW, OCI_WALK_TOO_LONG, "none", "");
  assert_walk(rootfs, name, OCI_WALK_FOLLOW, OCI_WALK_MISSING, "none", "");
  assert_walk(rootfs, long_path, OCI_WALK_FOLLOW, OCI_WALK_TOO_LONG, "none", "");
  assert_walk(rootfs, path, OCI_WALK_FOLLOW, OCI_WALK_FOUND, "/", "");
  assert_walk(rootfs, "/loop", OCI_WALK_NOFOLLOW, OCI_WALK_FOUND, "/loop", "/loop ");
}

static void test_paths_of_nodes(void **state)
{
  (void)state;
  const char *layers[] = {tree, NULL};
  g_autoptr(OciRootfs) rootfs = fixture_tree(layers, NULL);
  g_autofree char *path = oci_node_path(oci_rootfs_find(rootfs, "/lib/libc.so.6"));
  assert_string_equal(path, "/usr/lib/libc.so.6");
  g_autofree char *root = oci_node_path(oci_rootfs_root(rootfs));
  assert_string_equal(root, "/");
}

/* --- the kernel as the oracle --- */

static const char *const components[] = {"a", "b", "c", "f", "l", "m", "n", "o", "p", "loop", "none", ".", "..", "", "/"};

static void make_directory(int fd)
{
  assert_int_equal(mkdirat(fd, "a", 0700), 0);
  assert_int_equal(mkdirat(fd, "a/b", 0700), 0);
  assert_int_equal(mkdirat(fd, "a/b/c", 0700), 0);
  close(openat(fd, "f", O_CREAT | O_WRONLY, 0600));
  close(openat(fd, "a/b/f", O_CREAT | O_WRONLY, 0600));
  assert_int_equal(symlinkat("a/b", fd, "l"), 0);
  assert_int_equal(symlinkat("/a/b/c/", fd, "a/m"), 0);
  assert_int_equal(symlinkat("../../../l/../f", fd, "a/b/n"), 0);
  assert_int_equal(symlinkat("n/", fd, "a/b/o"), 0);
  assert_int_equal(symlinkat("../none", fd, "a/b/p"), 0);
  assert_int_equal(symlinkat("/a/loop", fd, "loop"), 0);
  assert_int_equal(symlinkat("../loop", fd, "a/loop"), 0);
  assert_int_equal(symlinkat("..", fd, "a/b/c/l"), 0);
}

/* What the kernel says: a path below the root, or the name of an error. */
static char *ask_kernel(int root_fd, const char *root, const char *path, gboolean follow)
{
  struct open_how how = {.flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), .resolve = RESOLVE_IN_ROOT};
  int fd = -1;
  do /* ".." is not certain while anything is renamed on the machine */
    fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof how);
  while (fd < 0 && errno == EAGAIN);
  if (fd < 0)
    return g_strdup(g_strerror(errno));
  g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);
  g_autofree char *target = g_file_read_link(link, NULL);
  close(fd);
  return g_strdup(strcmp(target, root) == 0 ? "/" : target + strlen(root));
}

static char *ask_tree(OciRootfs *rootfs, const char *path, gboolean follow)
{
  OciNode *node = NULL;
  switch (oci_rootfs_walk(rootfs, NULL, path, follow ? OCI_WALK_FOLLOW : OCI_WALK_NOFOLLOW, NULL, NULL, &node))
  {
  case OCI_WALK_FOUND:
    return oci_node_path(node);
  case OCI_WALK_MISSING:
    return g_strdup(g_strerror(ENOENT));
  case OCI_WALK_NOT_DIRECTORY:
    return g_strdup(g_strerror(ENOTDIR));
  case OCI_WALK_LOOP:
    return g_strdup(g_strerror(ELOOP));
  case OCI_WALK_TOO_LONG:
    return g_strdup(g_strerror(ENAMETOOLONG));
  }
  g_assert_not_reached();
}

static void test_same_as_the_kernel(void **state)
{
  g_autofree char *root = realpath(*state, NULL);
  int fd = open(root, O_RDONLY | O_DIRECTORY);
  make_directory(fd);
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(OciRootfs) rootfs = oci_rootfs_new_directory(fcntl(fd, F_DUPFD_CLOEXEC, 0), &limits, NULL);
  assert_non_null(rootfs);
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  for (int i = 0; i < 20000; i++)
  {
    g_autoptr(GString) path = g_string_new(NULL);
    for (int left = g_rand_int_range(rand, 1, 7); left > 0; left--)
      g_string_append_printf(path, "%s%s", components[g_rand_int_range(rand, 0, G_N_ELEMENTS(components))], left > 1 ? "/" : "");
    for (int follow = 0; follow < 2; follow++)
    {
      g_autofree char *kernel = ask_kernel(fd, root, path->str, follow);
      g_autofree char *ours = ask_tree(rootfs, path->str, follow);
      if (strcmp(kernel, ours) != 0)
        fail_msg("'%s' (%s): the kernel says %s, the tree says %s", path->str, follow ? "follow" : "nofollow", kernel, ours);
    }
  }
  close(fd);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_walk),           cmocka_unit_test(test_walk_from_a_directory), cmocka_unit_test(test_limits),
      cmocka_unit_test(test_paths_of_nodes), scratch_test(test_same_as_the_kernel),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
