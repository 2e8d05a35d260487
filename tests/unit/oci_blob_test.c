/* Blobs: every kind gives the same bytes; a spool is read while it grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first. */
#include <cmocka.h>

#include "oci/blob.h"
#include "oci/error.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOTAL (3u << 20)

static guint8 expected_byte(guint64 offset)
{
  return (guint8)(offset * 31 + (offset >> 8) * 7 + (offset >> 16));
}

static GBytes *make_bytes(gsize length)
{
  guint8 *bytes = g_malloc(length);
  for (gsize i = 0; i < length; i++)
    bytes[i] = expected_byte(i);
  return g_bytes_new_take(bytes, length);
}

static int make_file(gsize length)
{
  g_autoptr(GBytes) bytes = make_bytes(length);
  int fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, g_bytes_get_data(bytes, NULL), length), length);
  return fd;
}

/* The bytes first… of the pattern, size many, are what blob holds. */
static void assert_holds(OciBlob *blob, guint64 first, guint64 size)
{
  assert_int_equal(oci_blob_size(blob), size);
  guint8 buffer[1000];
  guint64 offset = 0;
  for (;;)
  {
    g_autoptr(GError) error = NULL;
    gssize got = oci_blob_pread(blob, buffer, sizeof(buffer), offset, &error);
    assert_null(error);
    assert_int_equal(got, MIN(sizeof(buffer), size - offset));
    for (gssize i = 0; i < got; i++)
      assert_int_equal(buffer[i], expected_byte(first + offset + (guint64)i));
    offset += (guint64)got;
    if (got == 0)
      break;
  }
  assert_int_equal(offset, size);
  assert_int_equal(oci_blob_pread(blob, buffer, 10, size + 5, NULL), 0);
  assert_int_equal(oci_blob_pread(blob, buffer, 10, G_MAXUINT64, NULL), 0);
}

static void test_fd(void **state)
{
  (void)state;
  g_autoptr(OciBlob) whole = oci_blob_new_fd(make_file(10000), 0, 10000);
  assert_holds(whole, 0, 10000);
  g_autoptr(OciBlob) part = oci_blob_new_fd(make_file(10000), 100, 5000);
  assert_holds(part, 100, 5000);
}

static void test_bytes_and_ranges(void **state)
{
  (void)state;
  g_autoptr(GBytes) bytes = make_bytes(10000);
  OciBlob *blob = oci_blob_new_bytes(bytes);
  assert_holds(blob, 0, 10000);
  OciBlob *range = oci_blob_new_range(blob, 1000, 8000);
  oci_blob_unref(blob); /* the range keeps it */
  assert_holds(range, 1000, 8000);
  g_autoptr(OciBlob) inner = oci_blob_new_range(range, 7999, 1);
  oci_blob_unref(range);
  assert_holds(inner, 8999, 1);
  g_autoptr(OciBlob) empty = oci_blob_new_range(inner, 1, 0);
  assert_holds(empty, 0, 0);
}

static void test_file_became_shorter(void **state)
{
  (void)state;
  g_autoptr(OciBlob) blob = oci_blob_new_fd(make_file(1000), 0, 2000);
  guint8 buffer[1500];
  assert_int_equal(oci_blob_pread(blob, buffer, 1000, 0, NULL), 1000);
  g_autoptr(GError) error = NULL;
  assert_int_equal(oci_blob_pread(blob, buffer, 1500, 0, &error), -1);
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
  assert_string_equal(error->message, "input ends after 1000 of 2000 bytes");
}

static gpointer fill_slowly(gpointer data)
{
  OciBlob *spool = data;
  g_autoptr(GBytes) bytes = make_bytes(TOTAL);
  const guint8 *pattern = g_bytes_get_data(bytes, NULL);
  for (gsize done = 0, step = 1; done < TOTAL; step = step % 70001 + 8191)
  {
    gsize piece = MIN(step, TOTAL - done);
    if (!oci_blob_spool_append(spool, pattern + done, piece, NULL))
      break;
    done += piece;
    if (step % 5 == 0)
      g_usleep(500);
  }
  oci_blob_spool_end(spool, NULL);
  return NULL;
}

static gpointer read_range(gpointer data)
{
  assert_holds(data, 1 << 20, 1 << 20);
  return NULL;
}

static void test_spool_read_while_filled(void **state)
{
  (void)state;
  g_autoptr(GError) error = NULL;
  g_autoptr(OciBlob) spool = oci_blob_new_spool(NULL, &error);
  assert_null(error);
  g_autoptr(OciBlob) range = oci_blob_new_range(spool, 1 << 20, 1 << 20);
  GThread *readers[] = {g_thread_new("reader", read_range, range), g_thread_new("reader", read_range, range)};
  GThread *filler = g_thread_new("filler", fill_slowly, spool);
  for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
    g_thread_join(readers[i]);
  g_thread_join(filler);
  assert_int_equal(oci_blob_spool_length(spool), TOTAL);
  assert_holds(spool, 0, TOTAL);
}

static gpointer fail_soon(gpointer data)
{
  g_usleep(20000);
  g_autoptr(GError) error = g_error_new(OCI_ERROR, OCI_ERROR_IO, "the pipe broke");
  oci_blob_spool_end(data, error);
  return NULL;
}

static void test_spool_that_fails(void **state)
{
  (void)state;
  g_autoptr(OciBlob) spool = oci_blob_new_spool(NULL, NULL);
  assert_true(oci_blob_spool_append(spool, "abc", 3, NULL));
  GThread *failing = g_thread_new("failing", fail_soon, spool);
  char buffer[8];
  g_autoptr(GError) error = NULL;
  assert_int_equal(oci_blob_pread(spool, buffer, 4, 0, &error), -1);
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
  assert_string_equal(error->message, "the pipe broke");
  g_thread_join(failing);
  assert_int_equal(oci_blob_pread(spool, buffer, 3, 0, NULL), 3);
  assert_memory_equal(buffer, "abc", 3);
  assert_int_equal(oci_blob_pread(spool, buffer, 1, 7, NULL), -1);
}

static void test_range_of_a_spool_that_ends_early(void **state)
{
  (void)state;
  g_autoptr(OciBlob) spool = oci_blob_new_spool(NULL, NULL);
  g_autoptr(OciBlob) range = oci_blob_new_range(spool, 2, 10);
  assert_true(oci_blob_spool_append(spool, "abcdef", 6, NULL));
  oci_blob_spool_end(spool, NULL);
  char buffer[16];
  assert_int_equal(oci_blob_pread(spool, buffer, sizeof(buffer), 0, NULL), 6);
  g_autoptr(GError) error = NULL;
  assert_int_equal(oci_blob_pread(range, buffer, sizeof(buffer), 0, &error), -1);
  assert_string_equal(error->message, "input ends after 4 of 10 bytes");
}

static void test_spool_directory(void **state)
{
  (void)state;
  g_autofree char *directory = g_strdup("/var/tmp/oci-blob-test-XXXXXX");
  assert_non_null(g_mkdtemp(directory));
  g_autoptr(OciBlob) spool = oci_blob_new_spool(directory, NULL);
  assert_non_null(spool);
  assert_int_equal(rmdir(directory), 0); /* nothing in it has a name */
  g_autoptr(GError) error = NULL;
  assert_null(oci_blob_new_spool(directory, &error));
  g_autofree char *message = g_strdup_printf("creating a temporary file in '%s' failed: No such file or directory", directory);
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
  assert_string_equal(error->message, message);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_fd),
      cmocka_unit_test(test_bytes_and_ranges),
      cmocka_unit_test(test_file_became_shorter),
      cmocka_unit_test(test_spool_read_while_filled),
      cmocka_unit_test(test_spool_that_fails),
      cmocka_unit_test(test_range_of_a_spool_that_ends_early),
      cmocka_unit_test(test_spool_directory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
