/* Digests: the grammar, known values, pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants the three above first. */
#include <cmocka.h>

#include "oci/digest.h"
#include "oci/error.h"

#include <string.h>

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC_SHA256   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_SHA512                                                                                                                         \
  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"

static void assert_computed(OciDigestAlgorithm algorithm, const char *bytes, const char *expected)
{
  OciDigest digest;
  oci_digest_compute(algorithm, bytes, strlen(bytes), &digest);
  g_autofree char *text = oci_digest_format(&digest);
  assert_string_equal(text, expected);
}

static void test_known_values(void **state)
{
  (void)state;
  assert_computed(OCI_DIGEST_SHA256, "", "sha256:" EMPTY_SHA256);
  assert_computed(OCI_DIGEST_SHA256, "abc", "sha256:" ABC_SHA256);
  assert_computed(OCI_DIGEST_SHA512, "abc", "sha512:" ABC_SHA512);
}

static void test_pieces(void **state)
{
  (void)state;
  g_autoptr(OciHasher) hasher = oci_hasher_new(OCI_DIGEST_SHA256);
  oci_hasher_update(hasher, "a", 1);
  oci_hasher_update(hasher, "", 0);
  oci_hasher_update(hasher, "bc", 2);
  OciDigest digest;
  oci_hasher_finish(hasher, &digest);
  g_autofree char *hex = oci_digest_hex(&digest);
  assert_string_equal(hex, ABC_SHA256);
}

static void test_round_trip(void **state)
{
  (void)state;
  static const char *const texts[] = {"sha256:" ABC_SHA256, "sha512:" ABC_SHA512};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
  {
    OciDigest digest;
    g_autoptr(GError) error = NULL;
    assert_true(oci_digest_parse(texts[i], &digest, &error));
    assert_null(error);
    g_autofree char *again = oci_digest_format(&digest);
    assert_string_equal(again, texts[i]);
  }
}

static void test_equal(void **state)
{
  (void)state;
  OciDigest abc, abc512, empty, again;
  oci_digest_compute(OCI_DIGEST_SHA256, "abc", 3, &abc);
  oci_digest_compute(OCI_DIGEST_SHA256, "abc", 3, &again);
  oci_digest_compute(OCI_DIGEST_SHA512, "abc", 3, &abc512);
  oci_digest_compute(OCI_DIGEST_SHA256, "", 0, &empty);
  assert_true(oci_digest_equal(&abc, &again));
  assert_false(oci_digest_equal(&abc, &empty));
  assert_false(oci_digest_equal(&abc, &abc512));
}

static void test_refused(void **state)
{
  (void)state;
  static const struct
  {
    const char *text;
    int code;
    const char *message;
  } cases[] = {
      {"", OCI_ERROR_MALFORMED, "digest '' is not of the form algorithm:digits"},
      {ABC_SHA256, OCI_ERROR_MALFORMED, "digest '" ABC_SHA256 "' is not of the form algorithm:digits"},
      {":"
       "abc",
       OCI_ERROR_MALFORMED, "digest ':abc' is not of the form algorithm:digits"},
      {"sha256:", OCI_ERROR_MALFORMED, "digest 'sha256:' is not of the form algorithm:digits"},
      {"sha256:../../etc/passwd", OCI_ERROR_MALFORMED, "digest 'sha256:../../etc/passwd' is not of the form algorithm:digits"},
      {"sha256+:00", OCI_ERROR_MALFORMED, "digest 'sha256+:00' is not of the form algorithm:digits"},
      {"+sha256:00", OCI_ERROR_MALFORMED, "digest '+sha256:00' is not of the form algorithm:digits"},
      {"SHA256:00", OCI_ERROR_MALFORMED, "digest 'SHA256:00' is not of the form algorithm:digits"},
      {"sha256:00", OCI_ERROR_MALFORMED, "digest 'sha256:00' has not the right number of lower-case hexadecimal digits"},
      {"sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", OCI_ERROR_MALFORMED,
       "digest 'sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD' has not the right number of lower-case "
       "hexadecimal digits"},
      {"sha512:" ABC_SHA256, OCI_ERROR_MALFORMED,
       "digest 'sha512:" ABC_SHA256 "' has not the right number of lower-case hexadecimal digits"},
      {"blake3:" ABC_SHA256, OCI_ERROR_UNSUPPORTED, "digest 'blake3:" ABC_SHA256 "' uses an algorithm other than sha256 and sha512"},
      {"sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564", OCI_ERROR_UNSUPPORTED,
       "digest 'sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564' uses an algorithm other than sha256 and sha512"},
      {"md5:d41d8cd98f00b204e9800998ecf8427e", OCI_ERROR_UNSUPPORTED,
       "digest 'md5:d41d8cd98f00b204e9800998ecf8427e' uses an algorithm other than sha256 and sha512"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    OciDigest digest;
    memset(&digest, 0x5a, sizeof(digest));
    OciDigest untouched = digest;
    g_autoptr(GError) error = NULL;
    assert_false(oci_digest_parse(cases[i].text, &digest, &error));
    assert_true(g_error_matches(error, OCI_ERROR, cases[i].code));
    assert_string_equal(error->message, cases[i].message);
    assert_memory_equal(&digest, &untouched, sizeof(digest));
  }
}

/* Pieces of any length, so that every state of a block begun meets every other. */
static void test_pairs(void **state)
{
  (void)state;
  g_autofree guint8 *bytes = g_malloc(40000);
  for (guint i = 0; i < 40000; i++)
    bytes[i] = (guint8)(i * 7 + (i >> 7));
  g_autoptr(GRand) rand = g_rand_new_with_seed(1);
  for (guint round = 0; round < 60; round++)
  {
    OciDigestAlgorithm other = round % 10 == 9 ? OCI_DIGEST_SHA512 : OCI_DIGEST_SHA256;
    g_autoptr(OciHasher) a = oci_hasher_new(OCI_DIGEST_SHA256);
    g_autoptr(OciHasher) b = oci_hasher_new(other);
    gsize a_done = 0;
    gsize b_done = 0;
    while (a_done < 20000 && b_done < 20000)
    {
      gsize a_length = (gsize)g_rand_int_range(rand, 0, round % 2 == 0 ? 300 : 5000);
      gsize b_length = (gsize)g_rand_int_range(rand, 0, round % 3 == 0 ? 300 : 5000);
      oci_hasher_update_pair(a, bytes + a_done, a_length, b, bytes + b_done, b_length);
      a_done += a_length;
      b_done += b_length;
    }
    OciDigest got, expected;
    oci_hasher_finish(a, &got);
    oci_digest_compute(OCI_DIGEST_SHA256, bytes, a_done, &expected);
    assert_true(oci_digest_equal(&got, &expected));
    oci_hasher_finish(b, &got);
    oci_digest_compute(other, bytes, b_done, &expected);
    assert_true(oci_digest_equal(&got, &expected));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_known_values), cmocka_unit_test(test_pieces),  cmocka_unit_test(test_round_trip),
      cmocka_unit_test(test_equal),        cmocka_unit_test(test_refused), cmocka_unit_test(test_pairs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
