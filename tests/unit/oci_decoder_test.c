/* Decoders: every codec gives the bytes back from any checkpoint, and refuses what is not whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first. */
#include <cmocka.h>

#include "oci/decoder.h"
#include "oci/error.h"

#include <string.h>

#include "compressed_bytes.h"

#define LENGTH    ((gsize)5 << 20)
#define READ_SIZE 77777

static const OciCodec *const gzip_codecs[] = {
    &oci_codec_gzip_zlib,
#ifdef OCI_HAVE_ISAL
    &oci_codec_gzip_isal,
#endif
};

static OciBlob *blob_of(const GByteArray *bytes)
{
  g_autoptr(GBytes) copy = g_bytes_new(bytes->data, bytes->len);
  return oci_blob_new_bytes(copy);
}

/* Decodes everything. Returns: NULL with error set when that fails. */
static GByteArray *decode_all(OciDecoder *decoder, GError **error)
{
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autofree guint8 *buffer = g_malloc(READ_SIZE);
  for (;;)
  {
    gssize got = oci_decoder_read(decoder, buffer, READ_SIZE, error);
    if (got < 0)
      return NULL;
    if (got == 0)
      return g_steal_pointer(&out);
    g_byte_array_append(out, buffer, (guint)got);
  }
}

static void assert_same(const GByteArray *expected, const GByteArray *got)
{
  assert_non_null(got);
  assert_int_equal(got->len, expected->len);
  assert_memory_equal(got->data, expected->data, expected->len);
}

/* Decodes with a checkpoint before each read, then from each checkpoint in a mixed order. */
static void assert_decodes(const OciCodec *codec, const GByteArray *stored, const GByteArray *expected, gsize input_bytes,
                           guint least_points)
{
  g_autoptr(OciBlob) blob = blob_of(stored);
  g_autoptr(OciDecoder) decoder = oci_decoder_new(blob, codec, input_bytes);
  g_autoptr(OciHasher) hasher = oci_hasher_new(OCI_DIGEST_SHA256);
  oci_decoder_set_hasher(decoder, hasher);
  g_autoptr(GPtrArray) points = g_ptr_array_new();
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autofree guint8 *buffer = g_malloc(READ_SIZE);
  for (gssize got = 1; got > 0;)
  {
    OciCheckpoint *point = oci_decoder_save(decoder);
    if (point != NULL)
      g_ptr_array_add(points, point);
    g_autoptr(GError) error = NULL;
    got = oci_decoder_read(decoder, buffer, READ_SIZE, &error);
    assert_null(error);
    g_byte_array_append(out, buffer, (guint)MAX(got, 0));
  }
  assert_same(expected, out);
  assert_int_equal(oci_decoder_offset(decoder), expected->len);
  assert_int_equal(oci_decoder_stored(decoder), stored->len);
  OciDigest digest, expected_digest;
  oci_hasher_finish(hasher, &digest);
  oci_decoder_set_hasher(decoder, NULL);
  oci_digest_compute(OCI_DIGEST_SHA256, stored->data, stored->len, &expected_digest);
  assert_true(oci_digest_equal(&digest, &expected_digest));
  assert_true(points->len >= least_points);
  for (guint i = 0; i < points->len; i++)
  {
    OciCheckpoint *point = g_ptr_array_index(points, i * 37 % points->len);
    if (!oci_decoder_restore(decoder, point))
      continue;
    gsize wanted = MIN((gsize)READ_SIZE, expected->len - point->offset);
    assert_int_equal(oci_decoder_read(decoder, buffer, READ_SIZE, NULL), wanted);
    assert_memory_equal(buffer, expected->data + point->offset, wanted);
  }
  assert_true(oci_decoder_restore(decoder, NULL));
  g_autoptr(GByteArray) again = decode_all(decoder, NULL);
  assert_same(expected, again);
  for (guint i = 0; i < points->len; i++)
    oci_checkpoint_free(g_ptr_array_index(points, i), codec);
}

static void test_gzip(void **state)
{
  (void)state;
  g_autoptr(GByteArray) plain = sample_bytes(LENGTH, 1);
  static const int levels[] = {0, 1, 6, 9};
  for (gsize i = 0; i < G_N_ELEMENTS(levels); i++)
  {
    g_autoptr(GByteArray) stored = g_byte_array_new();
    gzip_append(stored, plain->data, plain->len, levels[i], i == 2);
    for (gsize k = 0; k < G_N_ELEMENTS(gzip_codecs); k++)
    {
      assert_decodes(gzip_codecs[k], stored, plain, 4096, 60);
      assert_decodes(gzip_codecs[k], stored, plain, 256 << 10, 60);
    }
  }
}

static void test_gzip_members(void **state)
{
  (void)state;
  g_autoptr(GByteArray) plain = sample_bytes(LENGTH, 2);
  g_autoptr(GByteArray) stored = g_byte_array_new();
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  for (gsize done = 0; done < plain->len;)
  {
    gsize length = (gsize)g_rand_int_range(rand, 1, g_rand_boolean(rand) ? 300 : 200000);
    length = MIN(length, plain->len - done);
    gzip_append(stored, plain->data + done, length, 6, g_rand_boolean(rand));
    done += length;
  }
  gzip_append(stored, NULL, 0, 6, FALSE); /* estargz ends so */
  for (gsize k = 0; k < G_N_ELEMENTS(gzip_codecs); k++)
  {
    assert_decodes(gzip_codecs[k], stored, plain, 4096, 60);
    assert_decodes(gzip_codecs[k], stored, plain, 256 << 10, 60);
  }
}

static void test_zstd(void **state)
{
  (void)state;
  g_autoptr(GByteArray) plain = sample_bytes(LENGTH, 4);
  g_autoptr(GByteArray) stored = g_byte_array_new();
  static const guint8 skippable[] = {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
  g_byte_array_append(stored, skippable, sizeof(skippable));
  zstd_append(stored, plain->data, 1000, 3, 0);
  zstd_append(stored, plain->data + 1000, 0, 3, 0);
  zstd_append(stored, plain->data + 1000, 3000000, 3, 20);
  g_byte_array_append(stored, skippable, sizeof(skippable));
  zstd_append(stored, plain->data + 3001000, plain->len - 3001000, 19, 22);
  g_byte_array_append(stored, skippable, sizeof(skippable));
  assert_decodes(&oci_codec_zstd, stored, plain, 4096, 60);
  assert_decodes(&oci_codec_zstd, stored, plain, 256 << 10, 60);
}

static void test_none(void **state)
{
  (void)state;
  g_autoptr(GByteArray) plain = sample_bytes(LENGTH, 5);
  assert_decodes(&oci_codec_none, plain, plain, 4096, 60);
  g_autoptr(GByteArray) empty = g_byte_array_new();
  assert_decodes(&oci_codec_none, empty, empty, 4096, 1);
}

static void assert_refused(const OciCodec *codec, const GByteArray *stored, int code, const char *message)
{
  g_autoptr(OciBlob) blob = blob_of(stored);
  g_autoptr(OciDecoder) decoder = oci_decoder_new(blob, codec, 64 << 10);
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) out = decode_all(decoder, &error);
  assert_null(out);
  assert_true(g_error_matches(error, OCI_ERROR, code));
  if (!g_pattern_match_simple(message, error->message))
    fail_msg("'%s' is not like '%s'", error->message, message);
}

static GByteArray *copy_of(const GByteArray *bytes, gsize length)
{
  GByteArray *copy = g_byte_array_new();
  g_byte_array_append(copy, bytes->data, (guint)length);
  return copy;
}

static void test_gzip_refused(void **state)
{
  (void)state;
  g_autoptr(GByteArray) plain = sample_bytes(300000, 6);
  g_autoptr(GByteArray) whole = g_byte_array_new();
  gzip_append(whole, plain->data, plain->len, 6, FALSE);
  for (gsize k = 0; k < G_N_ELEMENTS(gzip_codecs); k++)
  {
    static const gsize cuts[] = {1, 2, 5, 8, 9, 10, 11, 1000};
    for (gsize i = 0; i < G_N_ELEMENTS(cuts); i++)
    {
      g_autoptr(GByteArray) cut = copy_of(whole, whole->len - cuts[i]);
      g_autofree char *message = g_strdup_printf("at stored byte %u: gzip data ends in the middle of a member", cut->len);
      assert_refused(gzip_codecs[k], cut, OCI_ERROR_MALFORMED, message);
      g_autoptr(GByteArray) start = copy_of(whole, cuts[i]);
      message[0] = '?';
      assert_refused(gzip_codecs[k], start, OCI_ERROR_MALFORMED, "at stored byte *: gzip data ends in the middle of a member");
    }
    for (guint i = 1; i <= 8; i++) /* CRC and ISIZE */
    {
      g_autoptr(GByteArray) bad = copy_of(whole, whole->len);
      bad->data[bad->len - i] ^= 1;
      assert_refused(gzip_codecs[k], bad, OCI_ERROR_MALFORMED, "at stored byte *: gzip data *");
    }
    g_autoptr(GByteArray) damaged = copy_of(whole, whole->len);
    for (guint i = 0; i < 40; i++)
      damaged->data[damaged->len / 2 + i] ^= 0x5a;
    assert_refused(gzip_codecs[k], damaged, OCI_ERROR_MALFORMED, "at stored byte *: gzip data *");
  }
}

static void test_trailing_refused(void **state)
{
  (void)state;
  static const char *const tails[] = {"\0", "\0\0\0\0\0\0\0\0\0\0\0\0", "x", "\x1f", "\x1f\x8b", "junk that is longer than a header"};
  static const gsize lengths[] = {1, 12, 1, 1, 2, 33};
  g_autoptr(GByteArray) plain = sample_bytes(300000, 7);
  for (gsize i = 0; i < G_N_ELEMENTS(tails); i++)
  {
    g_autoptr(GByteArray) gzip = g_byte_array_new();
    gzip_append(gzip, plain->data, plain->len, 6, FALSE);
    g_autofree char *message = g_strdup_printf("at stored byte *: %s", i == 3 || i == 4 ? "gzip data ends in the middle of a member"
                                                                                        : "bytes that are not gzip follow the last member");
    g_byte_array_append(gzip, (const guint8 *)tails[i], (guint)lengths[i]);
    for (gsize k = 0; k < G_N_ELEMENTS(gzip_codecs); k++)
      assert_refused(gzip_codecs[k], gzip, OCI_ERROR_MALFORMED, message);
    g_autoptr(GByteArray) zstd = g_byte_array_new();
    zstd_append(zstd, plain->data, plain->len, 3, 0);
    g_byte_array_append(zstd, (const guint8 *)tails[i], (guint)lengths[i]);
    assert_refused(&oci_codec_zstd, zstd, OCI_ERROR_MALFORMED, "at stored byte *: bytes that are not zstd follow the last frame");
  }
}

static void test_zstd_refused(void **state)
{
  (void)state;
  g_autoptr(GByteArray) plain = sample_bytes(300000, 8);
  g_autoptr(GByteArray) whole = g_byte_array_new();
  zstd_append(whole, plain->data, plain->len, 3, 0);
  static const gsize cuts[] = {1, 4, 5, 1000};
  for (gsize i = 0; i < G_N_ELEMENTS(cuts); i++)
  {
    g_autoptr(GByteArray) cut = copy_of(whole, whole->len - cuts[i]);
    assert_refused(&oci_codec_zstd, cut, OCI_ERROR_MALFORMED, "at stored byte *: zstd data ends in the middle of a frame");
  }
  g_autoptr(GByteArray) bad = copy_of(whole, whole->len);
  bad->data[bad->len - 1] ^= 1;
  assert_refused(&oci_codec_zstd, bad, OCI_ERROR_MALFORMED, "at stored byte *: zstd data cannot be decompressed: *checksum*");
  /* A frame header that asks for a window of 2^28 bytes. */
  static const guint8 wide[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, (28 - 10) << 3, 0x01, 0x00, 0x00};
  g_autoptr(GByteArray) window = g_byte_array_new();
  g_byte_array_append(window, wide, sizeof(wide));
  assert_refused(&oci_codec_zstd, window, OCI_ERROR_UNSUPPORTED, "*zstd data needs a window of more than 128 MiB");
}

static void test_cancelled(void **state)
{
  (void)state;
  g_autoptr(GByteArray) plain = sample_bytes(100000, 9);
  g_autoptr(OciBlob) blob = blob_of(plain);
  g_autoptr(OciDecoder) decoder = oci_decoder_new(blob, &oci_codec_none, 4096);
  gint cancelled = 1;
  oci_decoder_set_cancelled(decoder, &cancelled);
  guint8 byte;
  g_autoptr(GError) error = NULL;
  assert_int_equal(oci_decoder_read(decoder, &byte, 1, &error), -1);
  assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_CANCELLED));
}

static void test_sniff(void **state)
{
  (void)state;
  static const struct
  {
    const char *head;
    gsize length;
    OciCompression expected;
  } cases[] = {
      {"\x1f\x8b", 2, OCI_COMPRESSION_GZIP},
      {"\x1f", 1, OCI_COMPRESSION_NONE},
      {"\x28\xb5\x2f\xfd", 4, OCI_COMPRESSION_ZSTD},
      {"\x5f\x2a\x4d\x18", 4, OCI_COMPRESSION_ZSTD},
      {"\x28\xb5\x2f", 3, OCI_COMPRESSION_NONE},
      {"etc/", 4, OCI_COMPRESSION_NONE},
      {"", 0, OCI_COMPRESSION_NONE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    assert_int_equal(oci_compression_sniff((const guint8 *)cases[i].head, cases[i].length), cases[i].expected);
  assert_ptr_equal(oci_codec_get(OCI_COMPRESSION_ZSTD), &oci_codec_zstd);
  assert_ptr_equal(oci_codec_get(OCI_COMPRESSION_GZIP), gzip_codecs[G_N_ELEMENTS(gzip_codecs) - 1]);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_gzip),         cmocka_unit_test(test_gzip_members), cmocka_unit_test(test_zstd),
      cmocka_unit_test(test_none),         cmocka_unit_test(test_gzip_refused), cmocka_unit_test(test_trailing_refused),
      cmocka_unit_test(test_zstd_refused), cmocka_unit_test(test_cancelled),    cmocka_unit_test(test_sniff),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
