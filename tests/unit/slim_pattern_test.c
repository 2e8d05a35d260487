/* "*" and "?" over bytes. */
#include "slim/keep/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_matches(void **state)
{
  (void)state;
  static const char *const pairs[][2] = {
      {"", ""},          {"*", ""},           {"*", "x"},           {"a", "a"},    {"a?c", "abc"}, {"lib*.so.*", "libz.so.1"},
      {"*b*", "abc"},    {"*.so", "a.so.so"}, {"a*b*c", "aXbXbXc"}, {"**a", "ba"}, {"?", "\xfd"},  {"lib*.so*", "lib\xfd\xff.so"},
      {"*a*b", "aabab"}, {"/*", "/"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
    if (!keep_pattern_match(pairs[i][0], pairs[i][1]))
      fail_msg("'%s' does not match '%s'", pairs[i][0], pairs[i][1]);
}

static void test_differences(void **state)
{
  (void)state;
  static const char *const pairs[][2] = {
      {"", "a"}, {"a", ""}, {"?", ""}, {"a?", "a"}, {"a*b", "abc"}, {"lib*.so.*", "libz.so"}, {"A", "a"}, {"*a", "ab"}, {"[a]", "a"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
    if (keep_pattern_match(pairs[i][0], pairs[i][1]))
      fail_msg("'%s' matches '%s'", pairs[i][0], pairs[i][1]);
}

/* A text from an image may end in the middle of a character: nothing behind its end is read (the sanitizers see it). */
static void test_end_of_text(void **state)
{
  (void)state;
  g_autofree char *text = g_strdup("libldapxxxxxxxxxxxxx\xfd");
  assert_false(keep_pattern_match("libldap*.so.*", text));
  g_autofree char *other = g_strdup("libfoo_modulexxxxxx\xfd");
  assert_false(keep_pattern_match("*lib*_module.so.1", other));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_matches),
      cmocka_unit_test(test_differences),
      cmocka_unit_test(test_end_of_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
