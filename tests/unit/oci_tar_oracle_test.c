/* The tar reader and libarchive's must say the same about what libarchive writes, in every format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first. */
#include <cmocka.h>

#include "oci/limits.h"
#include "oci/tar_read.h"

#include "tar_dump.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/sysmacros.h>

#define ENTRIES 400
#define ROOM    ((gsize)8 << 20)

/* A path that is neither cleaned nor repeated; sometimes longer than any header holds. */
static char *make_path(GRand *rand, guint i)
{
  GString *path = g_string_new("d");
  for (int depth = g_rand_int_range(rand, 0, i % 7 == 0 ? 9 : 3); depth > 0; depth--)
    g_string_append_printf(path, "/%0*u", g_rand_int_range(rand, 1, 60), i);
  g_string_append_printf(path, "/e%u", i);
  return g_string_free(path, FALSE);
}

static void set_times_and_owner(struct archive_entry *entry, GRand *rand, gboolean pax)
{
  archive_entry_set_mtime(entry, g_rand_int_range(rand, 0, G_MAXINT32), pax ? g_rand_int_range(rand, 0, 1000000000) : 0);
  archive_entry_set_uid(entry, g_rand_int_range(rand, 0, pax ? G_MAXINT32 : 0777777));
  archive_entry_set_gid(entry, g_rand_int_range(rand, 0, pax ? G_MAXINT32 : 0777777));
  archive_entry_set_perm(entry, (mode_t)g_rand_int_range(rand, 0, 010000));
}

static void write_entry(struct archive *out, GRand *rand, guint i, gboolean pax, const char *earlier)
{
  struct archive_entry *entry = archive_entry_new();
  g_autofree char *path = make_path(rand, i);
  static const guint types[] = {AE_IFREG, AE_IFREG, AE_IFDIR, AE_IFLNK, AE_IFIFO, AE_IFCHR};
  guint type = i == 0 ? AE_IFREG : types[g_rand_int_range(rand, 0, G_N_ELEMENTS(types))];
  guint8 content[3000];
  gsize size = type == AE_IFREG ? (gsize)g_rand_int_range(rand, 0, sizeof(content)) : 0;
  memset(content, (int)(i & 0xff), sizeof(content));
  archive_entry_set_pathname(entry, i == 0 ? "first" : path);
  archive_entry_set_filetype(entry, type);
  set_times_and_owner(entry, rand, pax);
  archive_entry_set_size(entry, (la_int64_t)size);
  if (type == AE_IFLNK)
    archive_entry_set_symlink(entry, path + 1);
  if (type == AE_IFCHR)
    archive_entry_set_rdev(entry, makedev(i % 200, i));
  if (i > 0 && i % 11 == 0)
  {
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_hardlink(entry, earlier);
    archive_entry_set_size(entry, 0);
    size = 0;
  }
  if (pax && i % 5 == 0)
    archive_entry_xattr_add_entry(entry, "user.test", content, i % 30);
  assert_int_equal(archive_write_header(out, entry), ARCHIVE_OK);
  if (size > 0)
    assert_int_equal(archive_write_data(out, content, size), size);
  archive_entry_free(entry);
}

static gsize write_archive(int format, guint32 seed, guint8 *room)
{
  struct archive *out = archive_write_new();
  gsize used = 0;
  assert_int_equal(archive_write_set_format(out, format), ARCHIVE_OK);
  assert_int_equal(archive_write_open_memory(out, room, ROOM, &used), ARCHIVE_OK);
  g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
  for (guint i = 0; i < ENTRIES; i++)
    write_entry(out, rand, i, format == ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, "first");
  assert_int_equal(archive_write_close(out), ARCHIVE_OK);
  archive_write_free(out);
  return used;
}

static OciFileType type_of(struct archive_entry *entry)
{
  if (archive_entry_hardlink(entry) != NULL)
    return OCI_FILE_HARDLINK;
  guint type = archive_entry_filetype(entry);
  return type == AE_IFDIR   ? OCI_FILE_DIRECTORY
         : type == AE_IFLNK ? OCI_FILE_SYMLINK
         : type == AE_IFIFO ? OCI_FILE_FIFO
         : type == AE_IFCHR ? OCI_FILE_CHARACTER
                            : OCI_FILE_REGULAR;
}

/* What libarchive's reader says, in our words. */
static void dump_foreign(GString *dump, struct archive_entry *from)
{
  g_autofree char *path = g_strdup(archive_entry_pathname(from));
  if (g_str_has_suffix(path, "/"))
    path[strlen(path) - 1] = '\0';
  OciEntry entry = {.path = path};
  OciMetadata *metadata = &entry.metadata;
  metadata->type = type_of(from);
  metadata->mode = archive_entry_perm(from);
  metadata->uid = (guint32)archive_entry_uid(from);
  metadata->gid = (guint32)archive_entry_gid(from);
  metadata->mtime = archive_entry_mtime(from);
  metadata->mtime_ns = (guint32)archive_entry_mtime_nsec(from);
  metadata->size = metadata->type == OCI_FILE_REGULAR ? (guint64)archive_entry_size(from) : 0;
  metadata->target = metadata->type == OCI_FILE_HARDLINK ? archive_entry_hardlink(from) : archive_entry_symlink(from);
  if (metadata->type == OCI_FILE_CHARACTER)
  {
    metadata->device_major = (guint32)archive_entry_rdevmajor(from);
    metadata->device_minor = (guint32)archive_entry_rdevminor(from);
  }
  OciXattr xattr = {0};
  const void *value = NULL;
  archive_entry_xattr_reset(from);
  if (archive_entry_xattr_next(from, &xattr.name, &value, &xattr.length) == ARCHIVE_OK)
  {
    xattr.value = value;
    metadata->xattrs = (OciXattrs){&xattr, 1};
  }
  dump_entry(dump, &entry);
  g_string_append_c(dump, '\n');
}

static char *dump_by_libarchive(const guint8 *bytes, gsize length)
{
  g_autoptr(GString) dump = g_string_new(NULL);
  struct archive *in = archive_read_new();
  archive_read_support_format_tar(in);
  assert_int_equal(archive_read_open_memory(in, bytes, length), ARCHIVE_OK);
  struct archive_entry *entry;
  while (archive_read_next_header(in, &entry) == ARCHIVE_OK)
    dump_foreign(dump, entry);
  archive_read_free(in);
  return g_strdup(dump->str);
}

static char *dump_by_us(const guint8 *bytes, gsize length)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(GError) error = NULL;
  g_autofree char *dump = dump_tar(bytes, length, 10000, TRUE, &limits, &error);
  if (dump == NULL)
    fail_msg("%s", error->message);
  g_autoptr(GRegex) offsets = g_regex_new(" @[0-9]+,[0-9]+$", G_REGEX_MULTILINE, 0, NULL);
  return g_regex_replace_literal(offsets, dump, -1, 0, "", 0, NULL);
}

static void test_formats(void **state)
{
  (void)state;
  static const int formats[] = {ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FORMAT_TAR_GNUTAR};
  g_autofree guint8 *room = g_malloc(ROOM);
  for (gsize i = 0; i < G_N_ELEMENTS(formats); i++)
    for (guint32 seed = 0; seed < 5; seed++)
    {
      gsize length = write_archive(formats[i], seed, room);
      g_autofree char *expected = dump_by_libarchive(room, length);
      g_autofree char *got = dump_by_us(room, length);
      assert_string_equal(got, expected);
      assert_int_equal(strlen(expected) > 20 * ENTRIES, 1);
    }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_formats)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
