/* What is pending becomes a result whole, or leaves nothing behind. */
#include "oci/error.h"
#include "oci/pending.h"
#include "oci/remove.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "scratch_folder.h"

/* The names in a folder, sorted, with a space between. */
static char *names_in(const char *folder)
{
  GSList *names = NULL;
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  assert_non_null(dir);
  for (const char *name; (name = g_dir_read_name(dir)) != NULL;)
    names = g_slist_insert_sorted(names, g_strdup(name), (GCompareFunc)strcmp);
  GString *out = g_string_new(NULL);
  for (GSList *i = names; i != NULL; i = i->next)
    g_string_append_printf(out, "%s%s", out->len ? " " : "", (char *)i->data);
  g_slist_free_full(names, g_free);
  return g_string_free(out, FALSE);
}

static void assert_names(const char *folder, const char *expected)
{
  g_autofree char *names = names_in(folder);
  assert_string_equal(names, expected);
}

static char *in(void **state, const char *name)
{
  return g_build_filename(*state, name, NULL);
}

static void assert_content(const char *path, const char *expected)
{
  g_autofree char *content = NULL;
  assert_true(g_file_get_contents(path, &content, NULL, NULL));
  assert_string_equal(content, expected);
}

static void test_file_replaces_at_commit(void **state)
{
  g_autofree char *path = in(state, "out");
  g_autoptr(GError) error = NULL;
  assert_true(g_file_set_contents(path, "old", -1, NULL));
  g_autoptr(OciPending) pending = oci_pending_new_file(path, &error);
  assert_null(error);
  assert_int_equal(write(oci_pending_fd(pending), "new", 3), 3);
  assert_content(path, "old");
  assert_content(oci_pending_path(pending), "new");
  g_autofree char *prefix = in(state, ".out.ocislim-");
  assert_true(g_str_has_prefix(oci_pending_path(pending), prefix));
  assert_int_equal(strlen(oci_pending_path(pending)), strlen(prefix) + 6);
  assert_true(oci_pending_commit(pending, &error));
  assert_content(path, "new");
  assert_names(*state, "out");
  struct stat status;
  assert_int_equal(stat(path, &status), 0);
  mode_t mask = umask(0);
  umask(mask);
  assert_int_equal(status.st_mode, S_IFREG | (0666 & ~mask));
}

static void test_file_without_commit_is_gone(void **state)
{
  g_autofree char *path = in(state, "out");
  oci_pending_free(oci_pending_new_file(path, NULL));
  oci_pending_free(NULL);
  assert_names(*state, "");
}

static void test_file_follows_link(void **state)
{
  g_autofree char *real = in(state, "real");
  g_autofree char *link = in(state, "link");
  assert_true(g_file_set_contents(real, "old", -1, NULL));
  assert_int_equal(symlink("real", link), 0);
  g_autoptr(OciPending) pending = oci_pending_new_file(link, NULL);
  assert_int_equal(write(oci_pending_fd(pending), "new", 3), 3);
  assert_true(oci_pending_commit(pending, NULL));
  assert_content(real, "new");
  assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
}

static void assert_refused(OciPending *(*make)(const char *, GError **), const char *path, const char *format)
{
  g_autoptr(GError) error = NULL;
  assert_null(make(path, &error));
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
  g_autofree char *expected = g_strdup_printf("%s", format);
  char **parts = g_strsplit(expected, "PATH", 2);
  g_autofree char *quoted = oci_quote(path);
  g_autofree char *message = g_strjoinv(quoted, parts);
  g_strfreev(parts);
  assert_string_equal(error->message, message);
}

static void test_refusals(void **state)
{
  g_autofree char *fifo = in(state, "fifo");
  g_autofree char *file = in(state, "file");
  g_autofree char *nowhere = in(state, "none/out");
  g_autofree char *below = in(state, "file/out");
  assert_int_equal(mkfifo(fifo, 0600), 0);
  assert_true(g_file_set_contents(file, "", -1, NULL));
  assert_refused(oci_pending_new_file, fifo, "cannot replace PATH: not a regular file\nhint: '-' writes to standard output");
  assert_refused(oci_pending_new_file, *state, "cannot write PATH: Is a directory");
  assert_refused(oci_pending_new_file, nowhere, "cannot write PATH: No such file or directory");
  assert_refused(oci_pending_new_file, below, "cannot write PATH: Not a directory");
  assert_refused(oci_pending_new_directory, file, "cannot write into PATH: Not a directory");
  assert_refused(oci_pending_new_directory, *state, "cannot write into PATH: Directory not empty\nhint: name a new or an empty directory");
  assert_names(*state, "fifo file");
}

static void fill(int fd)
{
  assert_int_equal(mkdirat(fd, "a", 0700), 0);
  assert_int_equal(mkdirat(fd, "a/b", 0700), 0);
  int file = openat(fd, "a/b/f", O_CREAT | O_WRONLY, 0600);
  assert_true(file >= 0);
  close(file);
}

static void test_directory_replaces_only_empty(void **state)
{
  g_autofree char *path = in(state, "out/");
  g_autofree char *file = in(state, "out/a/b/f");
  g_autoptr(GError) error = NULL;
  g_autoptr(OciPending) pending = oci_pending_new_directory(path, &error);
  assert_null(error);
  fill(oci_pending_fd(pending));
  assert_int_equal(g_mkdir(path, 0700), 0); /* meanwhile */
  assert_true(oci_pending_commit(pending, &error));
  assert_true(g_file_test(file, G_FILE_TEST_IS_REGULAR));
  assert_names(*state, "out");
}

static void test_directory_filled_meanwhile_stays(void **state)
{
  g_autofree char *path = in(state, "out");
  g_autofree char *file = in(state, "out/mine");
  g_autoptr(GError) error = NULL;
  OciPending *pending = oci_pending_new_directory(path, NULL);
  fill(oci_pending_fd(pending));
  assert_int_equal(g_mkdir(path, 0700), 0);
  assert_true(g_file_set_contents(file, "mine", -1, NULL));
  assert_false(oci_pending_commit(pending, &error));
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
  oci_pending_free(pending);
  assert_content(file, "mine");
  assert_names(*state, "out");
}

/* A deep tree with links out of it, and modes that forbid everything. */
static void test_removal_is_deep_and_follows_nothing(void **state)
{
  g_autofree char *outside = in(state, "outside");
  g_autofree char *kept = in(state, "outside/kept");
  g_autofree char *path = in(state, "out");
  assert_int_equal(g_mkdir(outside, 0700), 0);
  assert_true(g_file_set_contents(kept, "kept", -1, NULL));
  OciPending *pending = oci_pending_new_directory(path, NULL);
  int fd = dup(oci_pending_fd(pending));
  for (int depth = 0; depth < 1200; depth++)
  {
    assert_int_equal(mkdirat(fd, "d", 0700), 0);
    assert_int_equal(symlinkat(outside, fd, "link"), 0);
    assert_int_equal(mkdirat(fd, ".removed-1", 0), 0);
    int next = openat(fd, "d", O_RDONLY | O_DIRECTORY);
    assert_true(next >= 0);
    assert_int_equal(fchmodat(fd, "d", depth % 7 ? 0700 : 0, 0), 0);
    close(fd);
    fd = next;
  }
  close(fd);
  oci_pending_free(pending);
  assert_names(*state, "outside");
  assert_content(kept, "kept");
}

static void test_removal_without_privilege(void **state)
{
  pid_t pid = fork();
  if (pid == 0)
  {
    if (geteuid() == 0 && (chmod(*state, 0777) != 0 || setresuid(65534, 65534, 65534) != 0))
      _exit(2);
    g_autofree char *path = in(state, "out");
    OciPending *pending = oci_pending_new_directory(path, NULL);
    if (pending == NULL)
      _exit(3);
    fill(oci_pending_fd(pending));
    int fd = oci_pending_fd(pending);
    if (fchmodat(fd, "a/b", 0, 0) != 0 || fchmodat(fd, "a", 0, 0) != 0 || fchmod(fd, 0) != 0)
      _exit(4);
    oci_pending_free(pending);
    _exit(0);
  }
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_int_equal(status, 0);
  assert_names(*state, "");
}

/* Bounded: a writer that is faster than the removal would keep it busy for ever. */
static gpointer write_meanwhile(gpointer data)
{
  OciPending *pending = data;
  g_autoptr(GError) error = NULL;
  for (int made = 0; oci_pending_check(pending, &error); made++)
  {
    char name[32];
    g_snprintf(name, sizeof name, "d%d", made);
    if (mkdirat(oci_pending_fd(pending), name, 0700) != 0)
      break;
  }
  return NULL;
}

/* In a child, for nothing can be created afterwards. Returns its exit status. */
static int remove_all(const char *folder)
{
  g_autofree char *file_path = g_build_filename(folder, "file", NULL);
  g_autofree char *tree_path = g_build_filename(folder, "tree", NULL);
  g_autofree char *done_path = g_build_filename(folder, "done", NULL);
  OciPending *done = oci_pending_new_file(done_path, NULL);
  OciPending *file = oci_pending_new_file(file_path, NULL);
  OciPending *tree = oci_pending_new_directory(tree_path, NULL);
  if (!oci_pending_commit(done, NULL))
    return 1;
  GThread *writer = g_thread_new("writer", write_meanwhile, tree);
  g_usleep(20000);
  oci_pending_remove_all();
  g_thread_join(writer);
  g_autoptr(GError) commit_error = NULL;
  g_autoptr(GError) new_error = NULL;
  if (oci_pending_commit(file, &commit_error) || !g_error_matches(commit_error, OCI_ERROR, OCI_ERROR_CANCELLED))
    return 2;
  if (oci_pending_new_file(file_path, &new_error) != NULL || !g_error_matches(new_error, OCI_ERROR, OCI_ERROR_CANCELLED))
    return 3;
  oci_pending_free(done);
  oci_pending_free(file);
  oci_pending_free(tree);
  return 0;
}

static void test_remove_all(void **state)
{
  pid_t pid = fork();
  if (pid == 0)
    _exit(remove_all(*state));
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_int_equal(status, 0);
  assert_names(*state, "done");
}

/* What a killed process left: files, folders with something in them; not what somebody writes, not what only looks alike. */
static void test_sweeps_what_nobody_writes(void **state)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = in(state, "out");
  g_autofree char *stale = in(state, ".other.ocislim-ab12cd");
  g_autofree char *folder = in(state, ".dir.ocislim-zzzzz9");
  g_autofree char *deep = g_build_filename(folder, "a", "b", NULL);
  g_autofree char *link = in(state, ".link.ocislim-aaaaaa");
  static const char *const alike[] = {"x.ocislim-ab12cd", ".x.ocislim-ab12c", ".x.ocislim-ab12cde", ".x.ocislim-AB12cd", ".ocislim"};
  OciPending *live = oci_pending_new_file(path, &error);
  OciPending *live_folder = oci_pending_new_directory(deep, &error);
  assert_null(live_folder); /* its folder is not there */
  g_clear_error(&error);
  assert_true(g_file_set_contents(stale, "x", -1, NULL));
  assert_int_equal(g_mkdir_with_parents(deep, 0777), 0);
  assert_int_equal(symlink("out", link), 0);
  for (gsize i = 0; i < G_N_ELEMENTS(alike); i++)
  {
    g_autofree char *name = in(state, alike[i]);
    assert_true(g_file_set_contents(name, "x", -1, NULL));
  }
  g_autofree char *second = in(state, "second");
  OciPending *next = oci_pending_new_directory(second, &error);
  assert_true(g_file_test(oci_pending_path(live), G_FILE_TEST_IS_REGULAR));
  assert_true(g_file_test(oci_pending_path(next), G_FILE_TEST_IS_DIR));
  assert_false(g_file_test(stale, G_FILE_TEST_EXISTS));
  assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
  for (gsize i = 0; i < G_N_ELEMENTS(alike); i++)
  {
    g_autofree char *name = in(state, alike[i]);
    assert_true(g_file_test(name, G_FILE_TEST_EXISTS));
  }
  struct stat status;
  assert_int_equal(lstat(link, &status), 0);
  assert_true(oci_pending_commit(live, &error));
  assert_true(oci_pending_commit(next, &error));
  oci_pending_free(live);
  oci_pending_free(next);
}

static void test_remove_missing_directory(void **state)
{
  int fd = open(*state, O_PATH);
  assert_true(oci_remove_directory(fd, "none"));
  close(fd);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      scratch_test(test_file_replaces_at_commit),
      scratch_test(test_file_without_commit_is_gone),
      scratch_test(test_file_follows_link),
      scratch_test(test_refusals),
      scratch_test(test_directory_replaces_only_empty),
      scratch_test(test_directory_filled_meanwhile_stays),
      scratch_test(test_removal_is_deep_and_follows_nothing),
      scratch_test(test_removal_without_privilege),
      scratch_test(test_remove_all),
      scratch_test(test_sweeps_what_nobody_writes),
      scratch_test(test_remove_missing_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
