/* A directory of the host that is written, and read again as a tree. */
#include "oci/error.h"
#include "oci/image.h"

#include <fcntl.h>
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

#include "layer_fixture.h"
#include "scratch_folder.h"

static const OciXattr attribute = {.name = "user.note", .value = (const guint8 *)"yes", .length = 3};

static const OciEntry entries[] = {
    {"", {.type = OCI_FILE_DIRECTORY, .mode = 0755, .mtime = 1000}},
    {"d", {.type = OCI_FILE_DIRECTORY, .mode = 0555, .uid = 7, .gid = 8, .mtime = 1001}},
    {"d/f", {.type = OCI_FILE_REGULAR, .mode = 04555, .uid = 7, .mtime = 1002, .mtime_ns = 5, .size = 5, .xattrs = {&attribute, 1}}},
    {"d/h", {.type = OCI_FILE_HARDLINK, .target = "d/f"}},
    {"d/l", {.type = OCI_FILE_SYMLINK, .mode = 0777, .uid = 9, .mtime = 1003, .target = "/etc/passwd"}},
    {"d/p", {.type = OCI_FILE_FIFO, .mode = 0620, .mtime = 1004}},
    {"empty", {.type = OCI_FILE_REGULAR, .mode = 0, .mtime = 1005}},
};

static const char expected[] = "D /d 555\nF /d/f hello x2\nF /d/h hello x2\nL /d/l /etc/passwd\nP /d/p\nF /empty\n";

static gboolean write_all(OciTreeWriter *writer, GError **error)
{
  OciEntrySink *sink = oci_tree_writer_sink(writer);
  for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
  {
    if (!sink->add(sink, &entries[i], error))
      return FALSE;
    if (entries[i].metadata.size == 5 && (!sink->data(sink, "he", 2, error) || !sink->data(sink, "llo", 3, error)))
      return FALSE;
  }
  return TRUE;
}

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

static void assert_metadata(OciRootfs *rootfs, const OciEntry *entry, gboolean with_owner)
{
  OciNode *node = oci_rootfs_root(rootfs);
  g_autofree char *path = g_strconcat("/", entry->path, NULL);
  assert_int_equal(oci_rootfs_walk(rootfs, NULL, path, OCI_WALK_NOFOLLOW, NULL, NULL, &node), OCI_WALK_FOUND);
  const OciMetadata *metadata = &node->inode->metadata;
  if (entry->metadata.type == OCI_FILE_HARDLINK)
    return;
  assert_int_equal(metadata->mode, entry->metadata.mode);
  assert_int_equal(metadata->mtime, entry->metadata.mtime);
  assert_int_equal(metadata->mtime_ns, entry->metadata.mtime_ns);
  if (with_owner)
  {
    assert_int_equal(metadata->uid, entry->metadata.uid);
    assert_int_equal(metadata->gid, entry->metadata.gid);
  }
}

static void assert_written(const char *path, gboolean with_owner)
{
  g_autoptr(OciRootfs) rootfs = open_tree(path);
  g_autofree char *dump = fixture_dump(rootfs);
  assert_string_equal(dump, expected);
  for (gsize i = 0; i < G_N_ELEMENTS(entries); i++)
    assert_metadata(rootfs, &entries[i], with_owner);
  OciXattrs xattrs;
  assert_true(oci_rootfs_xattrs(rootfs, oci_rootfs_find(rootfs, "/d/f")->inode, &xattrs, NULL));
  assert_int_equal(xattrs.count, 1);
  assert_string_equal(xattrs.items[0].name, attribute.name);
  assert_int_equal(xattrs.items[0].length, attribute.length);
  assert_memory_equal(xattrs.items[0].value, attribute.value, attribute.length);
}

static void test_tree_is_complete(void **state)
{
  g_autofree char *path = g_build_filename(*state, "out", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(OciTreeWriter) writer = oci_tree_writer_new(path, &error);
  if (writer == NULL || !write_all(writer, &error))
    fail_msg("%s", error->message);
  assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
  if (!oci_tree_writer_finish(writer, &error))
    fail_msg("%s", error->message);
  assert_written(path, geteuid() == 0);
  assert_int_equal(oci_tree_writer_warnings(writer)->len, geteuid() == 0 ? 0 : 1);
}

/* Returns: an exit status. */
static int write_unprivileged(const char *folder)
{
  g_autofree char *path = g_build_filename(folder, "out", NULL);
  g_autoptr(GError) error = NULL;
  if (geteuid() == 0 && (chmod(folder, 0777) != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0))
    return 1;
  g_autoptr(OciTreeWriter) writer = oci_tree_writer_new(path, &error);
  if (writer == NULL || !write_all(writer, &error))
    return 2;
  OciEntrySink *sink = oci_tree_writer_sink(writer);
  OciEntry device = {"null", {.type = OCI_FILE_CHARACTER, .mode = 0666, .device_major = 1, .device_minor = 3}};
  if (!sink->add(sink, &device, &error) || !oci_tree_writer_finish(writer, &error))
    return 3;
  GPtrArray *warnings = oci_tree_writer_warnings(writer);
  if (warnings->len != 2 || strcmp(warnings->pdata[0], "'null' is left out: only root can make devices") != 0 ||
      strcmp(warnings->pdata[1], "files belong to you: only root can give them their owners") != 0)
    return 4;
  return 0;
}

static void test_without_privilege(void **state)
{
  pid_t pid = fork();
  if (pid == 0)
    _exit(write_unprivileged(*state));
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_int_equal(status, 0);
  g_autofree char *path = g_build_filename(*state, "out", NULL);
  assert_written(path, FALSE);
}

/* Nothing is there before the end, and nothing remains without it. */
static void test_nothing_remains(void **state)
{
  g_autofree char *path = g_build_filename(*state, "out", NULL);
  OciTreeWriter *writer = oci_tree_writer_new(path, NULL);
  assert_true(write_all(writer, NULL));
  oci_tree_writer_free(writer);
  g_autoptr(GDir) dir = g_dir_open(*state, 0, NULL);
  assert_null(g_dir_read_name(dir));
}

/* What an attacker would try: names that lead out, through a link of their own. */
static void assert_refused(const char *folder, const OciEntry *first, const OciEntry *second)
{
  g_autofree char *path = g_build_filename(folder, "out", NULL);
  g_autofree char *outside = g_build_filename(folder, "outside", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(OciTreeWriter) writer = oci_tree_writer_new(path, &error);
  OciEntrySink *sink = oci_tree_writer_sink(writer);
  assert_true(sink->add(sink, first, &error));
  assert_false(sink->add(sink, second, &error));
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
  g_autoptr(GDir) dir = g_dir_open(outside, 0, NULL);
  assert_null(g_dir_read_name(dir));
}

static void test_no_way_out(void **state)
{
  g_autofree char *outside = g_build_filename(*state, "outside", NULL);
  assert_int_equal(mkdir(outside, 0777), 0);
  const OciEntry link = {"l", {.type = OCI_FILE_SYMLINK, .target = outside}};
  const OciEntry root = {"", {.type = OCI_FILE_DIRECTORY, .mode = 0755}};
  assert_refused(*state, &link, &(OciEntry){"l/f", {.type = OCI_FILE_REGULAR}});
  assert_refused(*state, &link, &(OciEntry){"l/d", {.type = OCI_FILE_DIRECTORY}});
  assert_refused(*state, &link, &(OciEntry){"l", {.type = OCI_FILE_REGULAR}});
  assert_refused(*state, &link, &(OciEntry){"h", {.type = OCI_FILE_HARDLINK, .target = "l/x"}});
  assert_refused(*state, &root, &(OciEntry){"../outside/f", {.type = OCI_FILE_REGULAR}});
  assert_refused(*state, &root, &(OciEntry){"h", {.type = OCI_FILE_HARDLINK, .target = "../outside"}});
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      scratch_test(test_tree_is_complete),
      scratch_test(test_without_privilege),
      scratch_test(test_nothing_remains),
      scratch_test(test_no_way_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
