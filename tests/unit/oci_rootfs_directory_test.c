/* A directory of the host as a tree. */
#include "oci/error.h"
#include "oci/open_beneath.h"
#include "oci/rootfs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
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

static OciRootfs *open_tree(const char *path)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(GError) error = NULL;
  OciRootfs *rootfs = oci_rootfs_new_directory(open(path, O_RDONLY | O_DIRECTORY), &limits, &error);
  if (rootfs == NULL)
    fail_msg("%s", error->message);
  return rootfs;
}

static void put(int fd, const char *name, const char *content)
{
  int file = openat(fd, name, O_CREAT | O_TRUNC | O_WRONLY, 0644);
  assert_true(file >= 0);
  assert_int_equal(write(file, content, strlen(content)), strlen(content));
  close(file);
}

static int open_folder(void **state)
{
  int fd = open(*state, O_RDONLY | O_DIRECTORY);
  assert_true(fd >= 0);
  return fd;
}

static void test_every_type(void **state)
{
  int fd = open_folder(state);
  assert_int_equal(mkdirat(fd, "d", 0750), 0);
  put(fd, "d/f", "hello");
  assert_int_equal(linkat(fd, "d/f", fd, "d/h", 0), 0);
  assert_int_equal(symlinkat("/etc/passwd", fd, "l"), 0);
  assert_int_equal(symlinkat("d", fd, "m"), 0);
  assert_int_equal(mkfifoat(fd, "p", 0600), 0);
  close(fd);
  g_autoptr(OciRootfs) rootfs = open_tree(*state);
  g_autofree char *dump = fixture_dump(rootfs);
  assert_string_equal(dump, "D /d 750\nF /d/f hello x2\nF /d/h hello x2\nL /l /etc/passwd\nL /m d\nP /p\n");
  assert_int_equal(oci_rootfs_warnings(rootfs)->len, 0);
  assert_null(oci_rootfs_find(rootfs, "/l")); /* not the host's */
}

static void test_sockets_are_left_out(void **state)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_snprintf(address.sun_path, sizeof address.sun_path, "%s/s", (const char *)*state);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
  close(fd);
  g_autoptr(OciRootfs) rootfs = open_tree(*state);
  g_autofree char *dump = fixture_dump(rootfs);
  g_autofree char *warnings = fixture_warnings(rootfs);
  assert_string_equal(dump, "");
  assert_string_equal(warnings, "'/s': a socket is left out\n");
}

/* Whatever the kernel makes up in it. */
static void test_proc_is_empty(void **state)
{
  (void)state;
  g_autoptr(OciRootfs) rootfs = open_tree("/");
  OciNode *proc = oci_rootfs_find(rootfs, "/proc");
  assert_non_null(proc);
  assert_int_equal(proc->inode->metadata.type, OCI_FILE_DIRECTORY);
  assert_int_equal(proc->inode->metadata.mtime, 0);
  g_autoptr(GPtrArray) children = oci_node_children(proc);
  assert_int_equal(children->len, 0);
  assert_null(oci_rootfs_find(rootfs, "/proc/self"));
}

static void assert_unreadable(OciRootfs *rootfs, const OciInode *inode, const char *message)
{
  char byte;
  g_autoptr(GError) error = NULL;
  assert_int_equal(oci_rootfs_pread(rootfs, inode, &byte, 1, 4, &error), -1);
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
  assert_string_equal(error->message, message);
}

static void test_files_that_change(void **state)
{
  int fd = open_folder(state);
  put(fd, "shrinks", "12345");
  put(fd, "replaced", "12345");
  put(fd, "linked", "12345");
  put(fd, "piped", "12345");
  g_autoptr(OciRootfs) rootfs = open_tree(*state);
  g_autoptr(GPtrArray) children = oci_node_children(oci_rootfs_root(rootfs));
  assert_int_equal(children->len, 4);
  put(fd, "shrinks", "1");
  put(fd, "new", "12345");
  assert_int_equal(renameat(fd, "new", fd, "replaced"), 0);
  assert_int_equal(unlinkat(fd, "linked", 0) | symlinkat("/etc/passwd", fd, "linked"), 0);
  assert_int_equal(unlinkat(fd, "piped", 0) | mkfifoat(fd, "piped", 0600), 0);
  close(fd);
  assert_unreadable(rootfs, oci_rootfs_find(rootfs, "/shrinks")->inode, "the file became shorter: '/shrinks': Input/output error");
  assert_unreadable(rootfs, oci_rootfs_find(rootfs, "/replaced")->inode, "'/replaced' was replaced while it was read");
  assert_unreadable(rootfs, oci_rootfs_find(rootfs, "/linked")->inode, "'/linked': Too many levels of symbolic links");
  assert_unreadable(rootfs, oci_rootfs_find(rootfs, "/piped")->inode, "'/piped' was replaced while it was read");
}

/* More files than stay open. */
static void test_many_files(void **state)
{
  int fd = open_folder(state);
  for (int i = 0; i < 100; i++)
  {
    g_autofree char *name = g_strdup_printf("f%d", i);
    put(fd, name, name);
  }
  close(fd);
  g_autoptr(OciRootfs) rootfs = open_tree(*state);
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf("f%d", i);
      char content[8] = {0};
      gssize length = oci_rootfs_pread(rootfs, oci_rootfs_find(rootfs, name)->inode, content, sizeof content, 0, NULL);
      assert_int_equal(length, strlen(name));
      assert_string_equal(content, name);
    }
}

static void test_xattrs(void **state)
{
  int fd = open_folder(state);
  put(fd, "f", "");
  int file = openat(fd, "f", O_RDONLY);
  assert_int_equal(
      fsetxattr(file, "user.b", "2", 1, 0) | fsetxattr(file, "user.a", "\0x", 2, 0) | fsetxattr(file, "user.overlay.x", "", 0, 0), 0);
  close(file);
  close(fd);
  g_autoptr(OciRootfs) rootfs = open_tree(*state);
  OciXattrs xattrs = {0};
  for (int round = 0; round < 2; round++)
    assert_true(oci_rootfs_xattrs(rootfs, oci_rootfs_find(rootfs, "/f")->inode, &xattrs, NULL));
  assert_int_equal(xattrs.count, 2);
  assert_string_equal(xattrs.items[0].name, "user.a");
  assert_int_equal(xattrs.items[0].length, 2);
  assert_memory_equal(xattrs.items[0].value, "\0x", 2);
  assert_string_equal(xattrs.items[1].name, "user.b");
}

/* Returns: an exit status. */
static int read_unprivileged(const char *folder)
{
  if (geteuid() == 0 && (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
    return 1;
  g_autoptr(OciRootfs) rootfs = open_tree(folder);
  OciNode *closed = oci_rootfs_find(rootfs, "/closed");
  if (closed == NULL || oci_rootfs_find(rootfs, "/closed/f") != NULL)
    return 2;
  g_autofree char *warnings = fixture_warnings(rootfs);
  if (strcmp(warnings, "'/closed': Permission denied\n") != 0)
    return 3;
  OciXattrs xattrs;
  return oci_rootfs_xattrs(rootfs, closed->inode, &xattrs, NULL) && xattrs.count == 0 ? 0 : 4;
}

static void test_unreadable_directory(void **state)
{
  int fd = open_folder(state);
  assert_int_equal(mkdirat(fd, "closed", 0700), 0);
  put(fd, "closed/f", "");
  assert_int_equal(fchmodat(fd, "closed", 0, 0) | fchmod(fd, 0755), 0);
  close(fd);
  pid_t pid = fork();
  if (pid == 0)
    _exit(read_unprivileged(*state));
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_int_equal(status, 0);
}

static gpointer walk_all(gpointer data)
{
  guint found = 0;
  for (int i = 0; i < 200; i++)
  {
    g_autofree char *path = g_strdup_printf("/d%d/f", i);
    OciNode *node = oci_rootfs_find(data, path);
    OciXattrs xattrs;
    char byte;
    if (node != NULL && oci_rootfs_xattrs(data, node->inode, &xattrs, NULL) && oci_rootfs_pread(data, node->inode, &byte, 1, 0, NULL) == 1)
      found++;
  }
  return GUINT_TO_POINTER(found);
}

static void test_threads(void **state)
{
  int fd = open_folder(state);
  for (int i = 0; i < 200; i++)
  {
    g_autofree char *directory = g_strdup_printf("d%d", i);
    g_autofree char *file = g_strdup_printf("d%d/f", i);
    assert_int_equal(mkdirat(fd, directory, 0755), 0);
    put(fd, file, "x");
  }
  close(fd);
  g_autoptr(OciRootfs) rootfs = open_tree(*state);
  GThread *threads[4];
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("walk", walk_all, rootfs);
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    assert_int_equal(GPOINTER_TO_UINT(g_thread_join(threads[i])), 200);
}

/* With and without openat2(). */
static void assert_opens(int (*function)(int, const char *, int), int fd)
{
  static const struct
  {
    const char *path;
    int flags;
    int error; /* 0: opened */
  } cases[] = {
      {"", O_RDONLY, 0},         {"/", O_RDONLY, 0},
      {"d", O_RDONLY, 0},        {"d/", O_RDONLY | O_DIRECTORY, 0},
      {"/d/f", O_RDONLY, 0},     {"d/l", O_PATH, 0},
      {"d/l", O_RDONLY, ELOOP},  {"d/none", O_RDONLY, ENOENT},
      {"../x", O_RDONLY, EXDEV}, {"d/../../x", O_RDONLY, EXDEV},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    int opened = function(fd, cases[i].path, cases[i].flags);
    int reason = opened < 0 ? errno : 0;
    if (reason != cases[i].error)
      fail_msg("'%s': %s", cases[i].path, g_strerror(reason));
    if (opened < 0)
      continue;
    assert_int_equal(fcntl(opened, F_GETFD), FD_CLOEXEC);
    close(opened);
  }
  /* a link on the way is none, whatever it is called */
  assert_int_equal(function(fd, "m/f", O_RDONLY), -1);
  assert_true(errno == ELOOP || errno == ENOTDIR);
}

static void test_open_beneath(void **state)
{
  int fd = open_folder(state);
  assert_int_equal(mkdirat(fd, "d", 0755), 0);
  put(fd, "d/f", "");
  assert_int_equal(symlinkat("f", fd, "d/l") | symlinkat("d", fd, "m"), 0);
  assert_opens(oci_open_beneath, fd);
  assert_opens(oci_open_beneath_by_steps, fd);
  close(fd);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      scratch_test(test_every_type),           scratch_test(test_sockets_are_left_out),
      cmocka_unit_test(test_proc_is_empty),    scratch_test(test_files_that_change),
      scratch_test(test_many_files),           scratch_test(test_xattrs),
      scratch_test(test_unreadable_directory), scratch_test(test_threads),
      scratch_test(test_open_beneath),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
