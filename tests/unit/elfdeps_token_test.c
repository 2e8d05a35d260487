/* Tokens and path lists, of glibc and of musl; names that need quoting. */
#include "tests/unit/expect.h"

#include <stdint.h>

#include "elfdeps/error.h"
#include "elfdeps/limits.h"
#include "elfdeps/pathlist.h"

#include <string.h>

static const char *const platforms[] = {"x86_64", "haswell", NULL};
static const ElfdepsTokens tokens = {.origin = "/opt/app", .lib = "lib64", .platforms = platforms};

static void expect_expansion(const char *text, const ElfdepsTokens *with, const char *expected)
{
  g_autoptr(GPtrArray) expansions = elfdeps_token_expand(text, with);
  g_ptr_array_add(expansions, NULL);
  g_autofree char *joined = g_strjoinv("|", (char **)expansions->pdata);
  assert_string_equal(joined, expected);
}

static void expands_like_glibc(void **state)
{
  (void)state;
  expect_expansion("$ORIGIN", &tokens, "/opt/app");
  expect_expansion("$ORIGIN/../lib", &tokens, "/opt/app/../lib");
  expect_expansion("${ORIGIN}lib/$LIB", &tokens, "/opt/applib/lib64");
  expect_expansion("a$ORIGIN$LIB", &tokens, "a/opt/applib64");
  expect_expansion("$ORIGINx/$ORIGIN_/${ORIGIN/$/$$LIB", &tokens, "$ORIGINx/$ORIGIN_/${ORIGIN/$/$lib64");
  expect_expansion("/x/${PLATFORM}", &tokens, "/x/x86_64|/x/haswell");
  assert_true(elfdeps_token_has("a/$LIB"));
  assert_false(elfdeps_token_has("a/$LIBS/$"));
}

static void limits_expansions(void **state)
{
  (void)state;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < 10000; i++)
    g_string_append(text, "$ORIGIN");
  expect_expansion(text->str, &tokens, "");
  assert_null(elfdeps_token_expand_musl(text->str, "/a/directory/of/some/length"));
}

/* Secure mode: $ORIGIN at the start only, and for the program below a trusted directory only. */
static void restricts_secure_mode(void **state)
{
  (void)state;
  g_autoptr(GPtrArray) trusted = g_ptr_array_new();
  ElfdepsTokens secure = tokens;
  secure.secure = TRUE;
  expect_expansion("$ORIGIN/x", &secure, "/opt/app/x");
  expect_expansion("x/$ORIGIN", &secure, "");
  expect_expansion("${ORIGIN}x", &secure, "");
  g_ptr_array_add(trusted, (gpointer)(guintptr) "/usr/lib");
  secure.trusted = trusted;
  expect_expansion("$ORIGIN/x", &secure, "");
  expect_expansion("$ORIGIN/../../usr/lib/x", &secure, "/opt/app/../../usr/lib/x");
  expect_expansion("$ORIGIN/../../usr/libx", &secure, "");
  expect_expansion("/opt/$LIB", &secure, "/opt/lib64");
}

static void expect_musl(const char *text, const char *expected)
{
  g_autofree char *expanded = elfdeps_token_expand_musl(text, "/opt/app");
  if (expected == NULL)
    assert_null(expanded);
  else
    assert_string_equal(expanded, expected);
}

static void expands_like_musl(void **state)
{
  (void)state;
  expect_musl("$ORIGINfoo:${ORIGIN}/x:/y", "/opt/appfoo:/opt/app/x:/y");
  expect_musl("/plain", "/plain");
  expect_musl("$ORIGIN:$LIB", NULL);
  expect_musl("/a$", NULL);
}

static void expect_list(GArray *list, const char *expected)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf(text, "%s%s ", g_array_index(list, ElfdepsDirectory, i).path,
                           g_array_index(list, ElfdepsDirectory, i).variant ? "?" : "");
  assert_string_equal(text->str, expected);
  g_array_unref(list);
}

static void splits_lists(void **state)
{
  (void)state;
  g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
  gboolean cut = FALSE;
  expect_list(elfdeps_path_list_parse("", ":", &tokens, "/work", strings, &cut), "");
  expect_list(elfdeps_path_list_parse(":", ":", &tokens, "/work", strings, &cut), "/work ");
  expect_list(elfdeps_path_list_parse("/a//:/a:b:/:$ORIGIN;x", ":", &tokens, "/work", strings, &cut), "/a /work/b / /opt/app;x ");
  expect_list(elfdeps_path_list_parse("/a;/b:c", ":;", &tokens, "/", strings, &cut), "/a /b /c ");
  expect_list(elfdeps_path_list_parse("/p/$PLATFORM:/q", ":", &tokens, "/", strings, &cut), "/p/haswell? /p/x86_64 /q ");
  expect_list(elfdeps_path_list_parse_musl(":/a::b\n/c:", "/work", strings, &cut), "/a /work/b /c ");
  expect_list(elfdeps_path_list_parse_musl("", "/work", strings, &cut), "");
}

static void limits_lists(void **state)
{
  (void)state;
  g_autoptr(GStringChunk) strings = g_string_chunk_new(64);
  gboolean cut = FALSE;
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < 2 * ELFDEPS_LIMIT_PATH_LIST_ELEMENTS; i++)
    g_string_append_printf(text, "/%u:", i);
  g_autoptr(GArray) list = elfdeps_path_list_parse(text->str, ":", &tokens, "/", strings, &cut);
  g_autoptr(GArray) musl = elfdeps_path_list_parse_musl(text->str, "/", strings, &cut);
  assert_true(cut);
  assert_int_equal(list->len, ELFDEPS_LIMIT_PATH_LIST_ELEMENTS);
  assert_int_equal(musl->len, ELFDEPS_LIMIT_PATH_LIST_ELEMENTS);
}

static void joins_paths(void **state)
{
  (void)state;
  g_autofree char *root = elfdeps_path_join("/", "a");
  g_autofree char *other = elfdeps_path_join("/a", "b");
  g_autofree char *parent = elfdeps_path_directory("/a/b/c");
  g_autofree char *top = elfdeps_path_directory("/a");
  assert_string_equal(root, "/a");
  assert_string_equal(other, "/a/b");
  assert_string_equal(parent, "/a/b");
  assert_string_equal(top, "/");
}

static void quotes_names(void **state)
{
  (void)state;
  g_autofree char *quoted = elfdeps_quote("a\nb\x1b[2J\xff'\\\xc3\xa9");
  assert_string_equal(quoted, "'a\\x0ab\\x1b[2J\\xff\\'\\\\\xc3\xa9'");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(expands_like_glibc), cmocka_unit_test(limits_expansions), cmocka_unit_test(restricts_secure_mode),
      cmocka_unit_test(expands_like_musl),  cmocka_unit_test(splits_lists),      cmocka_unit_test(limits_lists),
      cmocka_unit_test(joins_paths),        cmocka_unit_test(quotes_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
