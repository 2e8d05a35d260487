/* Layers that are written: the same bytes everywhere, and what was put in comes out. */
#include "oci/error.h"
#include "oci/layer_write.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "compressed_bytes.h"
#include "layer_fixture.h"

static const OciXattr capability = {.name = "security.capability", .value = (const guint8 *)"\1\0\0\2\0\x20\0\0", .length = 8};
static const char deep[] =
    "d/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static void put(OciEntrySink *sink, const OciEntry *entry, const char *content)
{
  g_autoptr(GError) error = NULL;
  if (!sink->add(sink, entry, &error) || (content != NULL && !sink->data(sink, content, strlen(content), &error)))
    fail_msg("%s", error->message);
}

static OciLayerWriter *new_writer(OciCompression compression, guint threads)
{
  g_autoptr(GError) error = NULL;
  OciLayerWriteOptions options = {.compression = compression, .level = -1, .threads = threads};
  OciLayerWriter *writer = oci_layer_writer_new(&options, &error);
  if (writer == NULL)
    fail_msg("%s", error->message);
  return writer;
}

static OciLayerBlob *finish(OciLayerWriter *writer)
{
  g_autoptr(GError) error = NULL;
  OciLayerBlob *layer = oci_layer_writer_finish(writer, &error);
  if (layer == NULL)
    fail_msg("%s", error->message);
  return layer;
}

static GBytes *blob_bytes(OciBlob *blob)
{
  gsize size = oci_blob_size(blob);
  guint8 *bytes = g_malloc(size);
  assert_int_equal(oci_blob_pread(blob, bytes, size, 0, NULL), size);
  return g_bytes_new_take(bytes, size);
}

/* One of everything that the format can say. */
static void put_everything(OciEntrySink *sink)
{
  put(sink, &(OciEntry){"", {.type = OCI_FILE_DIRECTORY, .mode = 0700, .uid = 1, .mtime = 1}}, NULL);
  put(sink, &(OciEntry){"bad\xff", {.type = OCI_FILE_REGULAR, .mode = 0644, .mtime = 2}}, NULL);
  put(sink, &(OciEntry){"big", {.type = OCI_FILE_REGULAR, .mode = 04755, .uid = 3000000, .gid = 4294967294, .mtime = 3, .size = 5}},
      "hello");
  put(sink, &(OciEntry){"caf\xc3\xa9", {.type = OCI_FILE_REGULAR, .mode = 0600, .mtime = -5}}, NULL);
  put(sink, &(OciEntry){"d", {.type = OCI_FILE_DIRECTORY, .mode = 01777, .mtime = 4}}, NULL);
  put(sink, &(OciEntry){deep, {.type = OCI_FILE_REGULAR, .mode = 0644, .mtime = 5, .size = 3}}, "abc");
  put(sink, &(OciEntry){"e", {.type = OCI_FILE_HARDLINK, .mode = 0644, .mtime = 5, .target = deep}}, NULL);
  put(sink, &(OciEntry){"fifo", {.type = OCI_FILE_FIFO, .mode = 0600}}, NULL);
  put(sink, &(OciEntry){"link", {.type = OCI_FILE_SYMLINK, .mode = 0777, .target = "../x"}}, NULL);
  put(sink, &(OciEntry){"null", {.type = OCI_FILE_CHARACTER, .mode = 0666, .device_major = 1, .device_minor = 3}}, NULL);
  put(sink, &(OciEntry){"times", {.type = OCI_FILE_REGULAR, .mode = 0644, .mtime = 6, .mtime_ns = 120000000}}, NULL);
  put(sink, &(OciEntry){"xattr", {.type = OCI_FILE_REGULAR, .mode = 0644, .xattrs = {.items = &capability, .count = 1}}}, NULL);
}

/*
 * These bytes are the identity of every image that is written: a change here
 * changes them all. libarchive 3.6.2 and 3.7.4 agreed on long names, bytes that
 * are no UTF-8, large owners, nanoseconds and attributes, in any locale.
 */
static void test_bytes_are_pinned(void **state)
{
  (void)state;
  g_autoptr(OciLayerWriter) writer = new_writer(OCI_COMPRESSION_NONE, 1);
  put_everything(oci_layer_writer_sink(writer));
  g_autoptr(OciLayerBlob) layer = finish(writer);
  g_autofree char *diff_id = oci_digest_format(&layer->diff_id);
  assert_string_equal(diff_id, "sha256:44e855fe8bed033a3ff96a7f577020d0a9ccb0ed5cca57d42c47dcacc76a0af1");
  assert_true(oci_digest_equal(&layer->digest, &layer->diff_id));
  assert_int_equal(layer->compression, OCI_COMPRESSION_NONE);
  g_autoptr(GBytes) bytes = blob_bytes(layer->blob);
  assert_int_equal(g_bytes_get_size(bytes), layer->uncompressed_size);
  assert_int_equal(layer->uncompressed_size % 512, 0);
  /* two blocks of zeros and nothing behind them */
  static const guint8 zeros[1024] = {0};
  const guint8 *end = (const guint8 *)g_bytes_get_data(bytes, NULL) + layer->uncompressed_size;
  assert_memory_equal(end - 1024, zeros, 1024);
  assert_memory_not_equal(end - 1536, zeros, 512);
}

static OciRootfs *read_back(OciLayerBlob *layer)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(GError) error = NULL;
  g_autoptr(OciIndexer) indexer = oci_indexer_new(1, &limits, NULL, NULL, NULL);
  g_autoptr(OciLayer) read = oci_indexer_add(indexer, layer->blob, "layer");
  if (!oci_layer_wait(read, &error))
    fail_msg("%s", error->message);
  assert_true(oci_digest_equal(oci_layer_digest(read), &layer->digest));
  assert_true(oci_digest_equal(oci_layer_diff_id(read), &layer->diff_id));
  assert_int_equal(oci_layer_uncompressed_size(read), layer->uncompressed_size);
  assert_int_equal(oci_layer_warnings(read)->len, 0);
  g_autoptr(GPtrArray) layers = g_ptr_array_new();
  g_ptr_array_add(layers, read);
  return oci_rootfs_new_layers(layers, &limits, NULL);
}

static const OciMetadata *metadata_of(OciRootfs *rootfs, const char *path)
{
  OciNode *node = NULL;
  assert_int_equal(oci_rootfs_walk(rootfs, NULL, path, OCI_WALK_NOFOLLOW, NULL, NULL, &node), OCI_WALK_FOUND);
  return &node->inode->metadata;
}

static void test_what_was_written_is_read(void **state)
{
  (void)state;
  g_autoptr(OciLayerWriter) writer = new_writer(OCI_COMPRESSION_GZIP, 2);
  put_everything(oci_layer_writer_sink(writer));
  g_autoptr(OciLayerBlob) layer = finish(writer);
  g_autoptr(OciRootfs) rootfs = read_back(layer);
  g_autofree char *dump = fixture_dump(rootfs);
  g_autofree char *expected = g_strdup_printf("F /bad\xff\nF /big hello\nF /caf\xc3\xa9\nD /d 1777\nF /%s abc x2\nF /e abc x2\nP /fifo\n"
                                              "L /link ../x\nC /null 1:3\nF /times\nF /xattr\n",
                                              deep);
  assert_string_equal(dump, expected);
  assert_int_equal(oci_rootfs_root(rootfs)->inode->metadata.mode, 0700);
  assert_int_equal(metadata_of(rootfs, "/big")->uid, 3000000);
  assert_int_equal(metadata_of(rootfs, "/big")->gid, 4294967294);
  assert_int_equal(metadata_of(rootfs, "/big")->mode, 04755);
  assert_int_equal(metadata_of(rootfs, "/caf\xc3\xa9")->mtime, -5);
  assert_int_equal(metadata_of(rootfs, "/times")->mtime, 6);
  assert_int_equal(metadata_of(rootfs, "/times")->mtime_ns, 120000000);
  const OciXattrs *xattrs = &metadata_of(rootfs, "/xattr")->xattrs;
  assert_int_equal(xattrs->count, 1);
  assert_string_equal(xattrs->items[0].name, capability.name);
  assert_int_equal(xattrs->items[0].length, capability.length);
  assert_memory_equal(xattrs->items[0].value, capability.value, capability.length);
}

/* A root that readers suppose anyway is not written. */
static void test_plain_root_is_left_out(void **state)
{
  (void)state;
  g_autoptr(OciLayerWriter) writer = new_writer(OCI_COMPRESSION_NONE, 1);
  put(oci_layer_writer_sink(writer), &(OciEntry){"", {.type = OCI_FILE_DIRECTORY, .mode = 0755, .mtime = 7}}, NULL);
  g_autoptr(OciLayerBlob) layer = finish(writer);
  assert_int_equal(layer->uncompressed_size, 1024);
}

static OciLayerBlob *write_large(OciCompression compression, guint threads, GByteArray *content)
{
  g_autoptr(OciLayerWriter) writer = new_writer(compression, threads);
  OciEntrySink *sink = oci_layer_writer_sink(writer);
  g_autoptr(GError) error = NULL;
  OciEntry entry = {"large", {.type = OCI_FILE_REGULAR, .mode = 0644, .size = content->len}};
  assert_true(sink->add(sink, &entry, &error));
  for (guint done = 0, part = 1; done < content->len; done += part, part = part * 3 + 1)
  {
    part = MIN(part, content->len - done);
    assert_true(sink->data(sink, content->data + done, part, &error));
  }
  return finish(writer);
}

static void assert_threads_do_not_matter(OciCompression compression)
{
  g_autoptr(GByteArray) content = sample_bytes(5 * 1000 * 1000, 1);
  g_autoptr(OciLayerBlob) one = write_large(compression, 1, content);
  g_autoptr(OciRootfs) rootfs = read_back(one);
  g_autoptr(GBytes) read = oci_rootfs_read(rootfs, oci_rootfs_find(rootfs, "/large")->inode, content->len, NULL);
  assert_int_equal(g_bytes_get_size(read), content->len);
  assert_memory_equal(g_bytes_get_data(read, NULL), content->data, content->len);
  for (guint threads = 2; threads < 5; threads++)
  {
    g_autoptr(OciLayerBlob) more = write_large(compression, threads, content);
    assert_true(oci_digest_equal(&one->digest, &more->digest));
    assert_true(oci_digest_equal(&one->diff_id, &more->diff_id));
  }
  g_autoptr(GBytes) bytes = blob_bytes(one->blob);
  assert_int_equal(oci_compression_sniff(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)), compression);
}

static void test_threads_do_not_matter(void **state)
{
  (void)state;
  assert_threads_do_not_matter(OCI_COMPRESSION_NONE);
  assert_threads_do_not_matter(OCI_COMPRESSION_GZIP);
  assert_threads_do_not_matter(OCI_COMPRESSION_ZSTD);
}

static void test_gzip_header_says_nothing(void **state)
{
  (void)state;
  g_autoptr(OciLayerWriter) writer = new_writer(OCI_COMPRESSION_GZIP, 1);
  g_autoptr(OciLayerBlob) layer = finish(writer);
  g_autoptr(GBytes) bytes = blob_bytes(layer->blob);
  static const guint8 head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}; /* no flags, no time, unknown system */
  assert_memory_equal(g_bytes_get_data(bytes, NULL), head, sizeof head);
  assert_int_equal(layer->uncompressed_size, 1024);
}

static void assert_level(OciCompression compression, int level, const char *message)
{
  g_autoptr(GError) error = NULL;
  OciLayerWriteOptions options = {.compression = compression, .level = level, .threads = 1};
  g_autoptr(OciLayerWriter) writer = oci_layer_writer_new(&options, &error);
  assert_int_equal(writer != NULL, message == NULL);
  if (message == NULL)
    return;
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_USAGE));
  assert_string_equal(error->message, message);
}

static void test_levels(void **state)
{
  (void)state;
  assert_level(OCI_COMPRESSION_GZIP, 1, NULL);
  assert_level(OCI_COMPRESSION_GZIP, 12, NULL);
  assert_level(OCI_COMPRESSION_ZSTD, 19, NULL);
  assert_level(OCI_COMPRESSION_GZIP, 0, "gzip has the levels 1 to 12, not 0");
  assert_level(OCI_COMPRESSION_GZIP, 13, "gzip has the levels 1 to 12, not 13");
  assert_level(OCI_COMPRESSION_ZSTD, 20, "zstd has the levels 1 to 19, not 20");
  assert_level(OCI_COMPRESSION_ZSTD, -2, "zstd has the levels 1 to 19, not -2");
  assert_level(OCI_COMPRESSION_NONE, 1, "compression none has no level");
}

static void test_wrong_sizes(void **state)
{
  (void)state;
  OciEntry file = {"f", {.type = OCI_FILE_REGULAR, .size = 3}};
  for (int end = 0; end < 3; end++)
  {
    g_autoptr(GError) error = NULL;
    g_autoptr(OciLayerWriter) writer = new_writer(OCI_COMPRESSION_GZIP, 1);
    OciEntrySink *sink = oci_layer_writer_sink(writer);
    put(sink, &file, "ab");
    if (end == 0)
      assert_false(sink->add(sink, &file, &error));
    else if (end == 1)
      assert_null(oci_layer_writer_finish(writer, &error));
    else
      assert_false(sink->data(sink, "cde", 3, &error));
    assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
    assert_string_equal(error->message, end == 2 ? "writing the layer failed: a file is 2 bytes too long"
                                                 : "writing the layer failed: a file is 1 bytes too short");
  }
}

static void test_nowhere_to_write(void **state)
{
  (void)state;
  g_autofree char *before = g_strdup(g_getenv("TMPDIR"));
  g_setenv("TMPDIR", "/nonexistent", TRUE);
  g_autoptr(GError) error = NULL;
  OciLayerWriteOptions options = {.compression = OCI_COMPRESSION_GZIP, .level = -1, .threads = 1};
  assert_null(oci_layer_writer_new(&options, &error));
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
  if (before != NULL)
    g_setenv("TMPDIR", before, TRUE);
  else
    g_unsetenv("TMPDIR");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bytes_are_pinned),
      cmocka_unit_test(test_what_was_written_is_read),
      cmocka_unit_test(test_plain_root_is_left_out),
      cmocka_unit_test(test_threads_do_not_matter),
      cmocka_unit_test(test_gzip_header_says_nothing),
      cmocka_unit_test(test_levels),
      cmocka_unit_test(test_wrong_sizes),
      cmocka_unit_test(test_nowhere_to_write),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
