/*
 * rpm's databases, written as rpm writes them: one header that rpm itself
 * made, and others that are made here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <string.h>

#include "scratch_folder.h"
#include "slim/keep/packages_rpm_header.h"
#include "slim_packages_tree.h"

#define DATABASE "/usr/lib/sysimage/rpm/rpmdb.sqlite"

typedef struct
{
  GByteArray *index;
  GByteArray *data;
} Writer;

static void put_number(GByteArray *bytes, guint32 number, gboolean big)
{
  guint32 value = big ? GUINT32_TO_BE(number) : GUINT32_TO_LE(number);
  g_byte_array_append(bytes, (const guint8 *)&value, sizeof value);
}

static void put_tag(Writer *writer, guint32 tag, guint32 type, guint32 count)
{
  put_number(writer->index, tag, TRUE);
  put_number(writer->index, type, TRUE);
  put_number(writer->index, writer->data->len, TRUE);
  put_number(writer->index, count, TRUE);
}

/* words: separated by a space, none for "". */
static void put_strings(Writer *writer, guint32 tag, const char *words)
{
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  if (list[0] == NULL)
    return;
  put_tag(writer, tag, 8, g_strv_length(list));
  for (guint i = 0; list[i] != NULL; i++)
    g_byte_array_append(writer->data, (const guint8 *)list[i], (guint)strlen(list[i]) + 1);
}

static void put_string(Writer *writer, guint32 tag, const char *text)
{
  put_tag(writer, tag, 6, 1);
  g_byte_array_append(writer->data, (const guint8 *)text, (guint)strlen(text) + 1);
}

typedef struct
{
  const char *name;
  const char *source;
  const char *requires;
  const char *provides;
  const char *folders;
  const char *files;   /* names */
  const char *indexes; /* a digit for each: its folder */
  const char *states;  /* a digit for each */
} Sample;

static GBytes *write_header(const Sample *sample)
{
  Writer writer = {g_byte_array_new(), g_byte_array_new()};
  put_string(&writer, RPM_TAG_NAME, sample->name);
  put_string(&writer, RPM_TAG_VERSION, "5.1");
  put_string(&writer, RPM_TAG_RELEASE, "6.el9");
  put_string(&writer, RPM_TAG_ARCH, "x86_64");
  put_string(&writer, RPM_TAG_SOURCERPM, sample->source);
  put_strings(&writer, RPM_TAG_REQUIRENAME, sample->requires);
  put_strings(&writer, RPM_TAG_PROVIDENAME, sample->provides);
  put_strings(&writer, RPM_TAG_DIRNAMES, sample->folders);
  put_strings(&writer, RPM_TAG_BASENAMES, sample->files);
  put_tag(&writer, RPM_TAG_DIRINDEXES, 4, (guint32)strlen(sample->indexes));
  for (const char *at = sample->indexes; *at != '\0'; at++)
    put_number(writer.data, (guint32)(*at - '0'), TRUE);
  put_tag(&writer, RPM_TAG_FILESTATES, 1, (guint32)strlen(sample->states));
  for (const char *at = sample->states; *at != '\0'; at++)
    g_byte_array_append(writer.data, &(guint8){(guint8)(*at - '0')}, 1);
  GByteArray *blob = g_byte_array_new();
  put_number(blob, writer.index->len / 16, TRUE);
  put_number(blob, writer.data->len, TRUE);
  g_byte_array_append(blob, writer.index->data, writer.index->len);
  g_byte_array_append(blob, writer.data->data, writer.data->len);
  g_byte_array_unref(writer.index);
  g_byte_array_unref(writer.data);
  return g_byte_array_free_to_bytes(blob);
}

static const Sample bash = {"bash",
                            "bash-5.1-6.el9.src.rpm",
                            "libc.so.6()(64bit) rpmlib(CompressedFileNames) filesystem",
                            "bash config(bash)",
                            "/usr/bin/ /usr/share/doc/ /etc/",
                            "bash sh doc old",
                            "0012",
                            "0002"};
static const Sample glibc = {"glibc",   "glibc-2.34-83.el9.src.rpm", "",   "libc.so.6()(64bit) glibc",
                             "/lib64/", "libc.so.6 ld.so",           "00", "01"};
static const Sample key = {"gpg-pubkey", "", "", "", "", "", "", ""};
static const Sample app = {"app", "app-x-1-2.src.rpm", "/bin/sh /usr/bin/bash /none app", "", "/opt/ relative/", "app other", "01", ""};

static void write_sqlite(const char *folder, GBytes *const *headers, const char *schema)
{
  g_autofree char *path = g_strconcat(folder, DATABASE, NULL);
  tree_text(folder, "/usr/lib/sysimage/rpm/.rpm.lock", "");
  sqlite3 *database = NULL;
  sqlite3_stmt *statement = NULL;
  assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
  assert_int_equal(sqlite3_exec(database, "PRAGMA journal_mode=WAL", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_exec(database, schema, NULL, NULL, NULL), SQLITE_OK);
  for (guint i = 0; headers[i] != NULL; i++)
  {
    assert_int_equal(sqlite3_prepare_v2(database, "INSERT INTO Packages(blob) VALUES(?)", -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_blob(statement, 1, g_bytes_get_data(headers[i], NULL), (int)g_bytes_get_size(headers[i]), SQLITE_TRANSIENT);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
  }
  assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static const char rpm_schema[] = "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)";

static void write_samples(const char *folder)
{
  g_autoptr(GBytes) one = write_header(&bash);
  g_autoptr(GBytes) two = write_header(&glibc);
  g_autoptr(GBytes) three = write_header(&key);
  g_autoptr(GBytes) four = write_header(&app);
  GBytes *const headers[] = {one, two, three, four, NULL};
  write_sqlite(folder, headers, rpm_schema);
  tree_link(folder, "/bin", "usr/bin");
  tree_link(folder, "/lib64", "usr/lib64");
  tree_text(folder, "/usr/bin/bash", "b");
  tree_link(folder, "/usr/bin/sh", "bash");
  tree_text(folder, "/usr/lib64/libc.so.6", "c");
  tree_text(folder, "/etc/old", "o");
}

static const char samples_text[] = "rpm app 5.1-6.el9 x86_64 app-x [/opt/app] -> bash\n"
                                   "rpm bash 5.1-6.el9 x86_64 bash [/usr/bin/bash /usr/bin/sh /usr/share/doc/doc] -> glibc\n"
                                   "rpm glibc 5.1-6.el9 x86_64 glibc [/lib64/libc.so.6] ->\n";

static void check_print(const char *folder, const char *expected)
{
  PackagesTree tree = tree_open(folder);
  g_autofree char *found = tree_print(&tree);
  tree_close(&tree);
  assert_string_equal(found, expected);
}

/* The database is read once, though two folders lead to it. */
static void reads_sqlite(void **state)
{
  write_samples(*state);
  tree_link(*state, "/var/lib/rpm", "../../usr/lib/sysimage/rpm");
  check_print(*state, samples_text);
  PackagesTree tree = tree_open(*state);
  static const char *const paths[] = {"/usr/bin/sh", "/lib64/libc.so.6", "/etc/old", "/usr/bin", NULL};
  g_autofree char *owners = tree_owners(&tree, paths);
  assert_string_equal(owners, "/usr/bin/sh: bash\n/lib64/libc.so.6: glibc\n/etc/old: -\n/usr/bin: -\n");
  tree_close(&tree);
}

static GBytes *read_real_header(void)
{
  char *bytes = NULL;
  gsize length = 0;
  assert_true(g_file_get_contents(TESTDATA "/rpm/hello.header", &bytes, &length, NULL));
  return g_bytes_new_take(bytes, length);
}

static void reads_a_header_of_rpm(void **state)
{
  static const Sample base = {"base", "hello-1.0-3.src.rpm", "", "libthing.so.1()(64bit)", "", "", "", ""};
  g_autoptr(GBytes) real = read_real_header();
  g_autoptr(GBytes) other = write_header(&base);
  GBytes *const headers[] = {real, other, NULL};
  write_sqlite(*state, headers, rpm_schema);
  check_print(*state, "rpm base 5.1-6.el9 x86_64 hello [] ->\n"
                      "rpm hello 2:1.0-3 noarch hello [/usr/bin/hello /usr/bin/hi /usr/share/doc/hello /usr/share/doc/hello/README] -> "
                      "base:x86_64\n");
}

static void reads_rich_requirements(void **state)
{
  Writer writer = {g_byte_array_new(), g_byte_array_new()};
  put_string(&writer, RPM_TAG_NAME, "rich");
  put_tag(&writer, RPM_TAG_REQUIRENAME, 8, 1);
  static const char clause[] = "((glibc and libc.so.6()(64bit)) or (nothing if bash))";
  g_byte_array_append(writer.data, (const guint8 *)clause, sizeof clause);
  g_autoptr(GByteArray) blob = g_byte_array_new();
  put_number(blob, writer.index->len / 16, TRUE);
  put_number(blob, writer.data->len, TRUE);
  g_byte_array_append(blob, writer.index->data, writer.index->len);
  g_byte_array_append(blob, writer.data->data, writer.data->len);
  g_byte_array_unref(writer.index);
  g_byte_array_unref(writer.data);
  g_autoptr(GBytes) one = g_bytes_new(blob->data, blob->len);
  g_autoptr(GBytes) two = write_header(&bash);
  g_autoptr(GBytes) three = write_header(&glibc);
  GBytes *const headers[] = {one, two, three, NULL};
  write_sqlite(*state, headers, rpm_schema);
  check_print(*state, "rpm bash 5.1-6.el9 x86_64 bash [/usr/bin/bash /usr/bin/sh /usr/share/doc/doc] -> glibc\n"
                      "rpm glibc 5.1-6.el9 x86_64 glibc [/lib64/libc.so.6] ->\n"
                      "rpm rich -  rich [] -> glibc:x86_64 bash:x86_64\n");
}

static void put_slot(GByteArray *pages, guint32 number, guint32 at, guint32 count)
{
  g_byte_array_append(pages, (const guint8 *)"Slot", 4);
  put_number(pages, number, FALSE);
  put_number(pages, at, FALSE);
  put_number(pages, count, FALSE);
}

static GByteArray *write_ndb(GBytes *const *headers)
{
  GByteArray *pages = g_byte_array_new();
  g_autoptr(GByteArray) blobs = g_byte_array_new();
  g_byte_array_append(pages, (const guint8 *)"RpmP", 4);
  put_number(pages, 0, FALSE);
  put_number(pages, 7, FALSE);
  put_number(pages, 1, FALSE);
  g_byte_array_set_size(pages, 32);
  memset(pages->data + 16, 0, 16);
  put_slot(pages, 0, 0, 0);
  for (guint32 i = 0; headers[i] != NULL; i++)
  {
    guint start = blobs->len;
    gsize length = 0;
    const guint8 *bytes = g_bytes_get_data(headers[i], &length);
    g_byte_array_append(blobs, (const guint8 *)"BlbS", 4);
    put_number(blobs, i + 1, FALSE);
    put_number(blobs, 7, FALSE);
    put_number(blobs, (guint32)length, FALSE);
    g_byte_array_append(blobs, bytes, (guint)length);
    for (; (blobs->len + 12) % 16 != 0;)
      g_byte_array_append(blobs, (const guint8 *)"", 1);
    put_number(blobs, 0, FALSE);
    put_number(blobs, (guint32)length, FALSE);
    g_byte_array_append(blobs, (const guint8 *)"BlbE", 4);
    put_slot(pages, i + 1, (4096 + start) / 16, (blobs->len - start) / 16);
  }
  while (pages->len < 4096)
    put_slot(pages, 0, 0, 0);
  g_byte_array_append(pages, blobs->data, blobs->len);
  return pages;
}

static void reads_ndb(void **state)
{
  g_autoptr(GBytes) one = write_header(&glibc);
  g_autoptr(GBytes) two = read_real_header();
  GBytes *const headers[] = {one, two, NULL};
  g_autoptr(GByteArray) database = write_ndb(headers);
  tree_write(*state, "/var/lib/rpm/Packages.db", database->data, database->len);
  check_print(*state, "rpm glibc 5.1-6.el9 x86_64 glibc [/lib64/libc.so.6] ->\n"
                      "rpm hello 2:1.0-3 noarch hello [/usr/bin/hello /usr/bin/hi /usr/share/doc/hello /usr/share/doc/hello/README] ->\n");
  for (gsize at = 0; at < 96; at++)
  {
    database->data[at] ^= 0xff;
    tree_write(*state, "/var/lib/rpm/Packages.db", database->data, database->len);
    PackagesTree tree = tree_open(*state);
    g_free(tree_print(&tree));
    assert_true(tree.warnings->len <= 1);
    tree_close(&tree);
    database->data[at] ^= 0xff;
  }
  tree_write(*state, "/var/lib/rpm/Packages.db", database->data, database->len - 16);
  check_print(*state, "rpm glibc 5.1-6.el9 x86_64 glibc [/lib64/libc.so.6] ->\n"
                      "warning: the rpm database '/var/lib/rpm/Packages.db' is damaged\n");
}

static void says_what_it_does_not_read(void **state)
{
  tree_text(*state, "/var/lib/rpm/Packages", "\x62\x31\x05");
  tree_text(*state, DATABASE, "SQLite format 3");
  check_print(*state, "warning: the rpm database '/var/lib/rpm/Packages' is of Berkeley DB's format, which is not read\n"
                      "warning: the rpm database '" DATABASE "' cannot be read: the file is too short\n");
}

static void says_that_a_log_is_left(void **state)
{
  write_samples(*state);
  tree_text(*state, DATABASE "-wal", "pages");
  g_autofree char *expected =
      g_strconcat(samples_text, "warning: the rpm database '" DATABASE "' has a write-ahead log that was not read\n", NULL);
  check_print(*state, expected);
}

/* A schema may call a view "Packages", and a view can be a query without end. */
static void runs_no_code_of_a_schema(void **state)
{
  GBytes *const headers[] = {NULL};
  write_sqlite(*state, headers, "CREATE VIEW Packages AS SELECT 1 AS hnum, x'00' AS blob");
  check_print(*state, "warning: the rpm database '" DATABASE "' cannot be read: 'access to view \"Packages\" prohibited'\n");
}

static void skips_broken_headers(void **state)
{
  static const Sample torn = {"torn", "torn-1-1.src.rpm", "", "", "/a/", "one two three", "09", ""};
  g_autoptr(GBytes) one = g_bytes_new_static("\0\0\0\0\0\0\0", 7);
  g_autoptr(GBytes) two = write_header(&torn);
  g_autoptr(GBytes) three = write_header(&glibc);
  GBytes *const headers[] = {one, two, three, NULL};
  write_sqlite(*state, headers, rpm_schema);
  check_print(*state, "rpm glibc 5.1-6.el9 x86_64 glibc [/lib64/libc.so.6] ->\n"
                      "rpm torn 5.1-6.el9 x86_64 torn [/a/one] ->\n"
                      "warning: the rpm database '" DATABASE "' has a package that cannot be read\n"
                      "warning: the rpm database '" DATABASE "' has a broken list of the files of 'torn'\n");
}

static guint read_all(const KeepRpmHeader *header)
{
  static const KeepRpmTag tags[] = {RPM_TAG_NAME,       RPM_TAG_EPOCH,     RPM_TAG_FILESTATES, RPM_TAG_REQUIRENAME,
                                    RPM_TAG_DIRINDEXES, RPM_TAG_BASENAMES, RPM_TAG_DIRNAMES};
  guint sum = 0;
  for (guint i = 0; i < G_N_ELEMENTS(tags); i++)
  {
    const char *text;
    guint32 number;
    guint8 byte;
    KeepRpmValues values = keep_rpm_header_strings(header, tags[i]);
    sum += (guint)strlen(keep_rpm_header_string(header, tags[i]));
    while (keep_rpm_values_next_string(&values, &text))
      sum += (guint)strlen(text);
    values = keep_rpm_header_numbers(header, tags[i]);
    while (keep_rpm_values_next_number(&values, &number))
      sum++;
    values = keep_rpm_header_bytes(header, tags[i]);
    while (keep_rpm_values_next_byte(&values, &byte))
      sum++;
  }
  return sum;
}

/* Every shorter copy of a header is refused, and every changed byte is survived; the copies end where memory ends. */
static void bounds_headers(void **state)
{
  (void)state;
  g_autoptr(GBytes) real = read_real_header();
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data(real, &length);
  KeepRpmHeader header;
  for (gsize i = 0; i < length; i++)
  {
    g_autofree guint8 *copy = g_memdup2(bytes, i);
    assert_false(keep_rpm_header_parse(copy, i, &header));
  }
  g_autofree guint8 *copy = g_memdup2(bytes, length);
  assert_true(keep_rpm_header_parse(copy, length, &header));
  guint sum = read_all(&header);
  for (gsize i = 0; i < length; i++)
  {
    copy[i] ^= 0xff;
    if (keep_rpm_header_parse(copy, length, &header))
      read_all(&header);
    copy[i] ^= 0xff;
  }
  assert_true(keep_rpm_header_parse(copy, length, &header));
  assert_int_equal(read_all(&header), sum);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      scratch_test(reads_sqlite),
      scratch_test(reads_a_header_of_rpm),
      scratch_test(reads_rich_requirements),
      scratch_test(reads_ndb),
      scratch_test(says_what_it_does_not_read),
      scratch_test(says_that_a_log_is_left),
      scratch_test(runs_no_code_of_a_schema),
      scratch_test(skips_broken_headers),
      cmocka_unit_test(bounds_headers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
