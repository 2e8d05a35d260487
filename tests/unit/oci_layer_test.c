/*
 * Layers as a whole: what is listed is the same for every compression and
 * number of threads, every byte of every file can be read in any order, and
 * a layer that is not sound is refused by name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first. */
#include <cmocka.h>

#include "oci/error.h"
#include "oci/layer_index.h"

#include "compressed_bytes.h"
#include "tar_bytes.h"
#include "tar_dump.h"

static OciBlob *blob_of(const GByteArray *bytes)
{
  g_autoptr(GBytes) copy = g_bytes_new(bytes->data, bytes->len);
  return oci_blob_new_bytes(copy);
}

/* Indexes one blob. Returns: the layer, waited for, or NULL with error set. */
static OciLayer *index_bytes(const GByteArray *bytes, guint threads, const OciLimits *limits, GError **error)
{
  g_autoptr(OciIndexer) indexer = oci_indexer_new(threads, limits, NULL, NULL, NULL);
  g_autoptr(OciBlob) blob = blob_of(bytes);
  g_autoptr(OciLayer) layer = oci_indexer_add(indexer, blob, "the\nlayer");
  return oci_layer_wait(layer, error) ? g_steal_pointer(&layer) : NULL;
}

static char *dump_layer(OciLayer *layer)
{
  g_autoptr(GString) out = g_string_new(NULL);
  guint count;
  const OciLayerEntry *entries = oci_layer_entries(layer, &count);
  for (guint i = 0; i < count; i++)
  {
    dump_entry(out, &entries[i].entry);
    g_string_append_printf(out, " @%" G_GUINT64_FORMAT "\n", entries[i].data_offset);
  }
  GPtrArray *warnings = oci_layer_warnings(layer);
  for (guint i = 0; i < warnings->len; i++)
    g_string_append_printf(out, "warning %s\n", (const char *)g_ptr_array_index(warnings, i));
  return g_strdup(out->str);
}

/* A layer of some megabytes with files of every size, ELF ones among them, and a sparse file. */
#define FILES 120

static GByteArray *make_tar(GPtrArray *contents)
{
  GByteArray *tar = g_byte_array_new();
  g_autoptr(GRand) rand = g_rand_new_with_seed(11);
  for (guint i = 0; i < FILES; i++)
  {
    gsize size = (gsize)g_rand_int_range(rand, 0, i % 12 == 0 ? 1000000 : 30000);
    GByteArray *content = sample_bytes(size, i);
    if (i % 3 == 0 && size > 100)
      memcpy(content->data, "\177ELF", 4);
    g_autofree char *name = g_strdup_printf("dir/file%03u", i);
    tar_header(tar, '0', name, NULL, size);
    tar_data(tar, content->data, size);
    g_ptr_array_add(contents, content);
  }
  static const char *const sparse[] = {"GNU.sparse.size", "1000000", "GNU.sparse.map", "5,300000,400000,100000", NULL};
  g_autoptr(GByteArray) stored = sample_bytes(400000, 99);
  GByteArray *expanded = g_byte_array_sized_new(1000000);
  g_byte_array_set_size(expanded, 1000000);
  memset(expanded->data, 0, expanded->len);
  memcpy(expanded->data + 5, stored->data, 300000);
  memcpy(expanded->data + 400000, stored->data + 300000, 100000);
  g_ptr_array_add(contents, expanded);
  tar_pax(tar, 'x', sparse);
  tar_header(tar, '0', "dir/sparse", NULL, stored->len);
  tar_data(tar, stored->data, stored->len);
  tar_end(tar);
  return tar;
}

typedef struct
{
  OciLayer *layer;
  const GPtrArray *contents;
  guint32 seed;
} ReadJob;

/* Reads pieces of files in a mixed order, then every file from its beginning. */
static gpointer read_files(gpointer data)
{
  const ReadJob *job = data;
  guint count;
  const OciLayerEntry *entries = oci_layer_entries(job->layer, &count);
  assert_int_equal(count, job->contents->len);
  g_autoptr(GRand) rand = g_rand_new_with_seed(job->seed);
  g_autofree guint8 *buffer = g_malloc(200000);
  for (guint i = 0; i < 100; i++)
  {
    guint file = (guint)g_rand_int_range(rand, 0, (gint32)count);
    const GByteArray *content = job->contents->pdata[file];
    guint64 offset = (guint64)g_rand_int_range(rand, 0, (gint32)content->len + 10);
    gsize wanted = (gsize)g_rand_int_range(rand, 0, 200000);
    gsize expected = offset < content->len ? MIN(wanted, content->len - offset) : 0;
    g_autoptr(GError) error = NULL;
    assert_int_equal(oci_layer_pread(job->layer, &entries[file], buffer, wanted, offset, &error), expected);
    assert_null(error);
    if (expected > 0)
      assert_memory_equal(buffer, content->data + offset, expected);
  }
  for (guint file = 0; file < count; file++)
  {
    const GByteArray *content = job->contents->pdata[file];
    for (guint64 offset = 0; offset < content->len; offset += 65536)
    {
      gssize got = oci_layer_pread(job->layer, &entries[file], buffer, 65536, offset, NULL);
      assert_int_equal(got, MIN(65536, content->len - offset));
      assert_memory_equal(buffer, content->data + offset, (gsize)got);
    }
  }
  return NULL;
}

static void assert_layer(OciLayer *layer, const GByteArray *stored, const GByteArray *tar, OciCompression compression)
{
  OciDigest expected;
  oci_digest_compute(OCI_DIGEST_SHA256, stored->data, stored->len, &expected);
  assert_true(oci_digest_equal(oci_layer_digest(layer), &expected));
  oci_digest_compute(OCI_DIGEST_SHA256, tar->data, tar->len, &expected);
  assert_true(oci_digest_equal(oci_layer_diff_id(layer), &expected));
  assert_int_equal(oci_layer_size(layer), stored->len);
  assert_int_equal(oci_layer_uncompressed_size(layer), tar->len);
  assert_int_equal(oci_layer_compression(layer), compression);
  assert_int_equal(oci_layer_warnings(layer)->len, 0);
}

typedef struct
{
  GByteArray *stored;
  OciCompression compression;
} Form;

/* The same tar in every form a layer has; the last two are small beside the state of a decoder. */
static void make_forms(const GByteArray *tar, Form *forms, guint *count)
{
  *count = 0;
  for (guint i = 0; i < 5; i++)
    forms[i] = (Form){g_byte_array_new(), i < 2 ? OCI_COMPRESSION_GZIP : i < 4 ? OCI_COMPRESSION_ZSTD : OCI_COMPRESSION_NONE};
  gzip_append(forms[0].stored, tar->data, tar->len, 6, FALSE);
  for (gsize done = 0; done < tar->len; done += 700000)
  {
    gzip_append(forms[1].stored, tar->data + done, MIN(700000, tar->len - done), 1, TRUE);
    zstd_append(forms[2].stored, tar->data + done, MIN(700000, tar->len - done), 3, 0);
  }
  zstd_append(forms[3].stored, tar->data, tar->len, 3, 17);
  g_byte_array_append(forms[4].stored, tar->data, tar->len);
  *count = 5;
}

static void free_array(gpointer bytes)
{
  g_byte_array_unref(bytes);
}

static void test_forms_and_threads(void **state)
{
  (void)state;
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func(free_array);
  g_autoptr(GByteArray) tar = make_tar(contents);
  Form forms[5];
  guint count;
  make_forms(tar, forms, &count);
  OciLimits limits;
  oci_limits_init(&limits);
  g_autofree char *first = NULL;
  for (guint i = 0; i < count; i++)
    for (guint threads = 1; threads <= 4; threads++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(OciLayer) layer = index_bytes(forms[i].stored, threads, &limits, &error);
      assert_null(error);
      assert_layer(layer, forms[i].stored, tar, forms[i].compression);
      g_autofree char *dump = dump_layer(layer);
      if (first == NULL)
        first = g_strdup(dump);
      assert_string_equal(dump, first);
      if (threads > 2)
        continue;
      ReadJob jobs[] = {{layer, contents, threads}, {layer, contents, threads + 100}};
      GThread *other = g_thread_new("reader", read_files, &jobs[0]);
      read_files(&jobs[1]);
      g_thread_join(other);
    }
  for (guint i = 0; i < count; i++)
    g_byte_array_unref(forms[i].stored);
}

/* Several layers at once, with progress; each must be what it is alone. */
static void add_progress(guint64 bytes, gpointer data)
{
  __atomic_add_fetch((guint64 *)data, bytes, __ATOMIC_RELAXED);
}

static void test_several_layers(void **state)
{
  (void)state;
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func(free_array);
  g_autoptr(GByteArray) tar = make_tar(contents);
  Form forms[5];
  guint count;
  make_forms(tar, forms, &count);
  OciLimits limits;
  oci_limits_init(&limits);
  for (guint threads = 1; threads <= 4; threads++)
  {
    guint64 progress = 0;
    guint64 total = 0;
    g_autoptr(OciIndexer) indexer = oci_indexer_new(threads, &limits, add_progress, &progress, NULL);
    OciLayer *layers[5];
    for (guint i = 0; i < count; i++)
    {
      g_autoptr(OciBlob) blob = blob_of(forms[i].stored);
      layers[i] = oci_indexer_add(indexer, blob, "layer");
      total += forms[i].stored->len;
    }
    for (guint i = count; i-- > 0;)
    {
      assert_true(oci_layer_wait(layers[i], NULL));
      assert_layer(layers[i], forms[i].stored, tar, forms[i].compression);
    }
    assert_int_equal(progress, total);
    g_clear_pointer(&indexer, oci_indexer_free);
    for (guint i = 0; i < count; i++)
    {
      ReadJob job = {layers[i], contents, i}; /* layers outlive the indexer */
      if (i == threads)
        read_files(&job);
      oci_layer_unref(layers[i]);
    }
  }
  for (guint i = 0; i < count; i++)
    g_byte_array_unref(forms[i].stored);
}

typedef struct
{
  OciBlob *spool;
  const GByteArray *bytes;
} FillJob;

static gpointer fill_slowly(gpointer data)
{
  const FillJob *job = data;
  for (gsize done = 0; done < job->bytes->len; done += 150001)
  {
    assert_true(oci_blob_spool_append(job->spool, job->bytes->data + done, MIN(150001, job->bytes->len - done), NULL));
    g_usleep(1000);
  }
  oci_blob_spool_end(job->spool, NULL);
  return NULL;
}

/* Two layers in one spool, indexed while it grows. */
static void test_spool(void **state)
{
  (void)state;
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func(free_array);
  g_autoptr(GByteArray) tar = make_tar(contents);
  g_autoptr(GByteArray) both = g_byte_array_new();
  gzip_append(both, tar->data, tar->len, 6, FALSE);
  guint half = both->len;
  zstd_append(both, tar->data, tar->len, 3, 0);
  OciLimits limits;
  oci_limits_init(&limits);
  for (guint threads = 1; threads <= 3; threads++)
  {
    g_autoptr(OciBlob) spool = oci_blob_new_spool(NULL, NULL);
    g_autoptr(OciBlob) low = oci_blob_new_range(spool, 0, half);
    g_autoptr(OciBlob) high = oci_blob_new_range(spool, half, both->len - half);
    g_autoptr(OciIndexer) indexer = oci_indexer_new(threads, &limits, NULL, NULL, NULL);
    g_autoptr(OciLayer) first = oci_indexer_add(indexer, low, "first");
    g_autoptr(OciLayer) second = oci_indexer_add(indexer, high, "second");
    FillJob job = {spool, both};
    GThread *filler = g_thread_new("filler", fill_slowly, &job);
    assert_true(oci_layer_wait(first, NULL));
    assert_true(oci_layer_wait(second, NULL));
    g_thread_join(filler);
    assert_int_equal(oci_layer_uncompressed_size(first), tar->len);
    assert_true(oci_digest_equal(oci_layer_diff_id(first), oci_layer_diff_id(second)));
    ReadJob reading = {second, contents, threads};
    read_files(&reading);
  }
}

/* Whiteouts are listed; AUFS's own files are not, but what they hold is. */
static void test_whiteouts(void **state)
{
  (void)state;
  g_autoptr(GByteArray) tar = g_byte_array_new();
  tar_file(tar, "a/.wh.b", "");
  tar_file(tar, "a/.wh..wh..opq", "");
  tar_header(tar, '5', ".wh..wh.aufs", NULL, 0);
  tar_file(tar, ".wh..wh.orph/x", "");
  tar_header(tar, '5', ".wh..wh.plnk/", NULL, 0);
  tar_file(tar, ".wh..wh.plnk/1.2", "content");
  tar_header(tar, '1', "first", ".wh..wh.plnk/1.2", 0);
  tar_header(tar, '1', "second", ".wh..wh.plnk/1.2", 0);
  tar_header(tar, '5', ".wh.dir", NULL, 0);
  tar_file(tar, "x.wh.y", "");
  tar_end(tar);
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(OciLayer) layer = index_bytes(tar, 1, &limits, NULL);
  g_autofree char *dump = dump_layer(layer);
  assert_string_equal(dump, "- 644 0:0 1 0 a/.wh.b @512\n- 644 0:0 1 0 a/.wh..wh..opq @1024\n- 644 0:0 1 7 first @3072\n"
                            "h 644 0:0 1 0 second -> first @4608\nd 644 0:0 1 0 .wh.dir @5120\n- 644 0:0 1 0 x.wh.y @5632\n"
                            "warning whiteout '.wh.dir' is not an empty regular file: its name decides\n");
  guint count;
  const OciLayerEntry *entries = oci_layer_entries(layer, &count);
  char content[8] = "";
  assert_int_equal(oci_layer_pread(layer, &entries[2], content, 8, 0, NULL), 7);
  assert_string_equal(content, "content");
}

/* What an image may consist of, and no less. */
static void test_empty(void **state)
{
  (void)state;
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(GByteArray) zeros = g_byte_array_new();
  tar_end(zeros);
  g_autoptr(GByteArray) nothing = g_byte_array_new();
  g_autoptr(GByteArray) gzip = g_byte_array_new();
  gzip_append(gzip, NULL, 0, 6, FALSE);
  const GByteArray *forms[] = {nothing, zeros, gzip};
  const GByteArray *tars[] = {nothing, zeros, nothing};
  for (guint i = 0; i < G_N_ELEMENTS(forms); i++)
  {
    g_autoptr(OciLayer) layer = index_bytes(forms[i], 2, &limits, NULL);
    assert_non_null(layer);
    guint count = 1;
    oci_layer_entries(layer, &count);
    assert_int_equal(count, 0);
    assert_layer(layer, forms[i], tars[i], i == 2 ? OCI_COMPRESSION_GZIP : OCI_COMPRESSION_NONE);
  }
}

static void assert_refused(const GByteArray *stored, const OciLimits *limits, int code, const char *message)
{
  for (guint threads = 1; threads <= 2; threads++)
  {
    g_autoptr(GError) error = NULL;
    g_autoptr(OciLayer) layer = index_bytes(stored, threads, limits, &error);
    assert_null(layer);
    assert_true(g_error_matches(error, OCI_ERROR, code));
    assert_string_equal(error->message, message);
  }
}

static void test_refused(void **state)
{
  (void)state;
  static const struct
  {
    const char *name;
    const char *message;
  } names[] = {
      {"a/.wh.", "layer 'the\\x0alayer': whiteout 'a/.wh.' hides no name"},
      {".wh..", "layer 'the\\x0alayer': whiteout '.wh..' hides no name"},
      {"a/.wh...", "layer 'the\\x0alayer': whiteout 'a/.wh...' hides no name"},
  };
  OciLimits limits;
  oci_limits_init(&limits);
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
  {
    g_autoptr(GByteArray) tar = g_byte_array_new();
    tar_file(tar, names[i].name, "");
    tar_end(tar);
    assert_refused(tar, &limits, OCI_ERROR_MALFORMED, names[i].message);
  }
  g_autoptr(GByteArray) link = g_byte_array_new();
  tar_header(link, '1', "a", ".wh..wh.plnk/9", 0);
  assert_refused(link, &limits, OCI_ERROR_MALFORMED, "layer 'the\\x0alayer': hard link to '.wh..wh.plnk/9', which is not in front of it");
  g_autoptr(GByteArray) tar = g_byte_array_new();
  tar_file(tar, "a", "b");
  tar_end(tar);
  g_autoptr(GByteArray) gzip = g_byte_array_new();
  gzip_append(gzip, tar->data, tar->len, 6, FALSE);
  gsize whole = gzip->len;
  g_byte_array_append(gzip, (const guint8 *)"\0", 1);
  g_autofree char *message =
      g_strdup_printf("layer 'the\\x0alayer': at stored byte %" G_GSIZE_FORMAT ": bytes that are not gzip follow the last member", whole);
  assert_refused(gzip, &limits, OCI_ERROR_MALFORMED, message);
}

static void test_limits(void **state)
{
  (void)state;
  g_autoptr(GByteArray) tar = g_byte_array_new();
  tar_file(tar, "a", "b");
  tar_file(tar, "b", "c");
  tar_end(tar);
  OciLimits limits;
  oci_limits_init(&limits);
  limits.entries = 1;
  assert_refused(tar, &limits, OCI_ERROR_LIMIT, "layer 'the\\x0alayer': layers have more entries than the limit entries, 1");
  oci_limits_init(&limits);
  limits.uncompressed_bytes = 3071;
  assert_refused(tar, &limits, OCI_ERROR_LIMIT,
                 "layer 'the\\x0alayer': layers have more bytes than the limit uncompressed_bytes, 3071\n"
                 "hint: raise it with --max-uncompressed");
}

/* 80 MiB of zeros: a thousand to one is allowed, ten to one is not, and below 64 MiB nobody asks. */
static void test_ratio(void **state)
{
  (void)state;
  g_autoptr(GByteArray) tar = g_byte_array_new();
  tar_header(tar, '0', "zeros", NULL, (guint64)80 << 20);
  g_byte_array_set_size(tar, tar->len + (80 << 20) + 2 * TAR_BLOCK);
  memset(tar->data + TAR_BLOCK, 0, tar->len - TAR_BLOCK);
  g_autoptr(GByteArray) gzip = g_byte_array_new();
  gzip_append(gzip, tar->data, tar->len, 6, FALSE);
  OciLimits limits;
  oci_limits_init(&limits);
  limits.ratio = 2000;
  g_autoptr(OciLayer) layer = index_bytes(gzip, 2, &limits, NULL);
  assert_non_null(layer);
  limits.ratio = 10;
  g_autoptr(GError) error = NULL;
  g_autoptr(OciLayer) refused = index_bytes(gzip, 2, &limits, &error);
  assert_null(refused);
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_LIMIT));
  assert_true(g_pattern_match_simple("layer 'the\\x0alayer': * stored bytes inflate to 67371008, more than the limit ratio, 10 : 1\n"
                                     "hint: raise it with --max-ratio",
                                     error->message));
  g_byte_array_set_size(gzip, 0);
  gzip_append(gzip, tar->data, 60 << 20, 6, FALSE);
  g_clear_error(&error);
  g_autoptr(OciLayer) cut = index_bytes(gzip, 2, &limits, &error);
  assert_null(cut);
  assert_string_equal(error->message, "layer 'the\\x0alayer': at offset 83886592: tar archive ends too early");
}

/* Cancelling, and giving up before anything was waited for. */
static void test_cancelled(void **state)
{
  (void)state;
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func(free_array);
  g_autoptr(GByteArray) tar = make_tar(contents);
  OciLimits limits;
  oci_limits_init(&limits);
  gint cancelled = 1;
  g_autoptr(OciBlob) blob = blob_of(tar);
  OciIndexer *indexer = oci_indexer_new(2, &limits, NULL, NULL, &cancelled);
  g_autoptr(OciLayer) layer = oci_indexer_add(indexer, blob, "x");
  g_autoptr(GError) error = NULL;
  assert_false(oci_layer_wait(layer, &error));
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_CANCELLED));
  assert_string_equal(error->message, "layer 'x': cancelled");
  oci_indexer_free(indexer);
  for (guint round = 0; round < 20; round++)
  {
    g_autoptr(OciIndexer) hasty = oci_indexer_new(1 + round % 3, &limits, NULL, NULL, NULL);
    for (guint i = 0; i < 5; i++)
      oci_layer_unref(oci_indexer_add(hasty, blob, "x"));
    g_usleep(round * 200);
  }
}

/* A spool that breaks ends the layer with the reason, under the layer's name. */
static void test_broken_spool(void **state)
{
  (void)state;
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func(free_array);
  g_autoptr(GByteArray) tar = make_tar(contents);
  g_autoptr(OciBlob) spool = oci_blob_new_spool(NULL, NULL);
  g_autoptr(OciBlob) range = oci_blob_new_range(spool, 0, tar->len);
  g_autoptr(OciIndexer) indexer = oci_indexer_new(2, &limits, NULL, NULL, NULL);
  g_autoptr(OciLayer) layer = oci_indexer_add(indexer, range, "x");
  assert_true(oci_blob_spool_append(spool, tar->data, tar->len / 2, NULL));
  g_autoptr(GError) reason = g_error_new(OCI_ERROR, OCI_ERROR_IO, "the pipe broke");
  oci_blob_spool_end(spool, reason);
  g_autoptr(GError) error = NULL;
  assert_false(oci_layer_wait(layer, &error));
  assert_string_equal(error->message, "layer 'x': the pipe broke");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_forms_and_threads),
      cmocka_unit_test(test_several_layers),
      cmocka_unit_test(test_spool),
      cmocka_unit_test(test_whiteouts),
      cmocka_unit_test(test_empty),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_limits),
      cmocka_unit_test(test_ratio),
      cmocka_unit_test(test_cancelled),
      cmocka_unit_test(test_broken_spool),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
