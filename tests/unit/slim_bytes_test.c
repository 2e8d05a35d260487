/* Sizes for people, in both directions. */
#include "slim/error.h"
#include "slim/report/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_format(void **state)
{
  (void)state;
  static const struct
  {
    guint64 bytes;
    const char *text;
  } cases[] = {
      {0, "0 B"},
      {999, "999 B"},
      {1000, "1.00 kB"},
      {1004, "1.00 kB"},
      {9994, "9.99 kB"},
      {9995, "10.0 kB"},
      {99949, "99.9 kB"},
      {999949, "999.9 kB"},
      {999950, "1.00 MB"},
      {9900000, "9.90 MB"},
      {30000000, "30.0 MB"},
      {1330000000, "1.33 GB"},
      {G_GUINT64_CONSTANT(1000000000000), "1.00 TB"},
      {G_MAXUINT64, "18.4 EB"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autofree char *text = report_bytes_format(cases[i].bytes);
    assert_string_equal(text, cases[i].text);
  }
}

static void test_parse(void **state)
{
  (void)state;
  static const struct
  {
    const char *text;
    guint64 bytes;
  } cases[] = {
      {"0", 0},
      {"4096", 4096},
      {"4096b", 4096},
      {"30MB", 30000000},
      {"30 MB", 30000000},
      {"30mb", 30000000},
      {"30M", 30000000},
      {"1k", 1000},
      {"1KiB", 1024},
      {"1.5GiB", 1610612736},
      {"1.5 gib", 1610612736},
      {"2TB", G_GUINT64_CONSTANT(2000000000000)},
      {"2TiB", G_GUINT64_CONSTANT(2199023255552)},
      {"4.35kB", 4350}, /* not 4349: no binary fraction is exact */
      {"0.001MB", 1000},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    guint64 bytes = 1;
    GError *error = NULL;
    if (!report_bytes_parse(cases[i].text, &bytes, &error))
      fail_msg("%s", error->message);
    if (bytes != cases[i].bytes)
      fail_msg("%s is %" G_GUINT64_FORMAT, cases[i].text, bytes);
  }
}

static void test_parse_errors(void **state)
{
  (void)state;
  static const char *const texts[] = {"",    "MB", "-1",   "+1",   " 1",  "1  MB", "30 MBs", "1,5MB", "0x10",    "0x1p3",  "inf",
                                      "nan", "1e", "1e30", "9e18", "1 2", "8PB",   "1\nMB",  ".5MB",  "1.2.3MB", "\033[1m"};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
  {
    guint64 bytes = 42;
    GError *error = NULL;
    if (report_bytes_parse(texts[i], &bytes, &error))
      fail_msg("'%s' is a size: %" G_GUINT64_FORMAT, texts[i], bytes);
    assert_true(g_error_matches(error, SLIM_ERROR, SLIM_ERROR_USAGE));
    assert_true(g_str_has_suffix(error->message, " is no size\nhint: write 30MB, 1.5GiB or a number of bytes"));
    assert_int_equal(bytes, 42);
    g_error_free(error);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_format),
      cmocka_unit_test(test_parse),
      cmocka_unit_test(test_parse_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
