/* Globs against gitignore's meaning, and the bound on their cost. */
#include "slim/error.h"
#include "slim/keep/glob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOSTILE_BYTES 4096

typedef struct
{
  const char *glob;
  const char *path;
  gboolean is_directory;
  gboolean matches;
} MatchCase;

static const MatchCase matches[] = {
    /* anchored by a slash before the end, otherwise at any depth */
    {"passwd", "/etc/passwd", FALSE, TRUE},
    {"passwd", "/passwd", FALSE, TRUE},
    {"passwd", "/etc/passwd-", FALSE, FALSE},
    {"passwd", "/etc/xpasswd", FALSE, FALSE},
    {"/passwd", "/etc/passwd", FALSE, FALSE},
    {"/passwd", "/passwd", FALSE, TRUE},
    {"etc/passwd", "/etc/passwd", FALSE, TRUE},
    {"etc/passwd", "/usr/etc/passwd", FALSE, FALSE},
    {"//etc/passwd", "/etc/passwd", FALSE, TRUE},
    {"/etc", "/etc/passwd", FALSE, FALSE}, /* what is below a match is the caller's decision */
    {"/", "/", TRUE, TRUE},
    /* a trailing slash asks for a directory, and does not anchor */
    {"cache/", "/var/cache", TRUE, TRUE},
    {"cache/", "/var/cache", FALSE, FALSE},
    {"/var/cache/", "/var/cache", TRUE, TRUE},
    {"/var/cache/", "/srv/var/cache", TRUE, FALSE},
    /* "*" and "?" */
    {"*.so", "/usr/lib/libz.so", FALSE, TRUE},
    {"*.so", "/usr/lib/.so", FALSE, TRUE},
    {"*.so", "/usr/lib/libz.so.1", FALSE, FALSE},
    {"/usr/*/libz.so", "/usr/lib/libz.so", FALSE, TRUE},
    {"/usr/*/libz.so", "/usr/lib/x/libz.so", FALSE, FALSE},
    {"/usr/*", "/usr/lib/x", FALSE, FALSE},
    {"/a*b*c", "/abbbc", FALSE, TRUE},
    {"/a*b*c", "/abbb/c", FALSE, FALSE},
    {"/a?c", "/abc", FALSE, TRUE},
    {"/a?c", "/a/c", FALSE, FALSE},
    {"/a?c", "/ac", FALSE, FALSE},
    {"/*", "/a", FALSE, TRUE},
    {"/*", "/.hidden", FALSE, TRUE},
    {"/*", "/a/b", FALSE, FALSE},
    {"/\377*", "/\377\376", FALSE, TRUE},
    /* "**" */
    {"**/foo", "/foo", FALSE, TRUE},
    {"**/foo", "/a/b/foo", FALSE, TRUE},
    {"**/foo", "/a/b/xfoo", FALSE, FALSE},
    {"**/foo/bar", "/a/foo/bar", FALSE, TRUE},
    {"/foo/**", "/foo/a", FALSE, TRUE},
    {"/foo/**", "/foo/a/b/c", FALSE, TRUE},
    {"/foo/**", "/foo", TRUE, FALSE},
    {"/foo/**", "/foobar", FALSE, FALSE},
    {"/a/**/b", "/a/b", FALSE, TRUE},
    {"/a/**/b", "/a/x/b", FALSE, TRUE},
    {"/a/**/b", "/a/x/y/b", FALSE, TRUE},
    {"/a/**/b", "/a/xb", FALSE, FALSE},
    {"/a/**/b", "/ab", FALSE, FALSE},
    {"/a/**/**/b", "/a/b", FALSE, TRUE},
    {"/a/**/*.txt", "/a/b/c.txt", FALSE, TRUE},
    {"/a/**/b/**/c", "/a/x/b/y/z/c", FALSE, TRUE},
    {"/a/**/b/**/c", "/a/x/y/z/c", FALSE, FALSE},
    {"/a/**/", "/a/b/c", TRUE, TRUE},
    {"/a/**/", "/a/b/c", FALSE, FALSE},
    {"**", "/a/b/c", FALSE, TRUE},
    {"/**", "/a", FALSE, TRUE},
    {"/a/***/b", "/a/x/y/b", FALSE, TRUE},
    /* stars that are no component of their own are plain stars */
    {"**foo", "/a/b/xfoo", FALSE, TRUE},
    {"**foo", "/xfoo", FALSE, TRUE},
    {"/a**b", "/axxb", FALSE, TRUE},
    {"/a**b", "/a/b", FALSE, FALSE},
    {"/a**/b", "/ax/b", FALSE, TRUE},
    {"/a**/b", "/ax/y/b", FALSE, FALSE},
    {"/x/**b", "/x/ab", FALSE, TRUE},
    {"/x/**b", "/x/y/ab", FALSE, FALSE},
    /* classes */
    {"/[abc]", "/b", FALSE, TRUE},
    {"/[abc]", "/d", FALSE, FALSE},
    {"/[a-c]x", "/bx", FALSE, TRUE},
    {"/[!a-c]x", "/bx", FALSE, FALSE},
    {"/[!a-c]x", "/dx", FALSE, TRUE},
    {"/[^a-c]x", "/dx", FALSE, TRUE},
    {"/a[!b]c", "/a/c", FALSE, FALSE},
    {"/a[/]c", "/a/c", FALSE, FALSE},
    {"/[]]", "/]", FALSE, TRUE},
    {"/[]a]", "/a", FALSE, TRUE},
    {"/[!]a]", "/]", FALSE, FALSE},
    {"/[!]a]", "/b", FALSE, TRUE},
    {"/[a-]", "/-", FALSE, TRUE},
    {"/[-a]", "/-", FALSE, TRUE},
    {"/[\\]]", "/]", FALSE, TRUE},
    {"/[a\\-z]", "/-", FALSE, TRUE},
    {"/[a\\-z]", "/m", FALSE, FALSE},
    {"/[+--]", "/,", FALSE, TRUE},
    {"/[*?]", "/*", FALSE, TRUE},
    {"/[*?]", "/x", FALSE, FALSE},
    {"/[[:digit:]]", "/7", FALSE, TRUE},
    {"/[[:digit:]]", "/x", FALSE, FALSE},
    {"/[![:digit:]_]", "/7", FALSE, FALSE},
    {"/[![:digit:]_]", "/_", FALSE, FALSE},
    {"/[![:digit:]_]", "/x", FALSE, TRUE},
    {"/[[:upper:][:digit:]]", "/Q", FALSE, TRUE},
    {"/[[:punct:]]", "/~", FALSE, TRUE},
    {"/[[:space:]]", "/\013", FALSE, TRUE},
    {"/[[:cntrl:]]", "/\177", FALSE, TRUE},
    {"/[[:xdigit:]]", "/f", FALSE, TRUE},
    {"/[[:xdigit:]]", "/g", FALSE, FALSE},
    {"/[[:]", "/:", FALSE, TRUE},
    {"/[\200-\377]", "/\303", FALSE, TRUE},
    /* escapes */
    {"/\\*", "/*", FALSE, TRUE},
    {"/\\*", "/a", FALSE, FALSE},
    {"/\\?x", "/?x", FALSE, TRUE},
    {"/\\[a]", "/[a]", FALSE, TRUE},
    {"/\\\\x", "/\\x", FALSE, TRUE},
    {"\\#x", "/#x", FALSE, TRUE},
    {"\\!x", "/a/!x", FALSE, TRUE},
    {"/a\\ ", "/a ", FALSE, TRUE},
};

static void test_match(void **state)
{
  (void)state;
  for (guint i = 0; i < G_N_ELEMENTS(matches); i++)
  {
    const MatchCase *c = &matches[i];
    GError *error = NULL;
    g_autoptr(KeepGlob) glob = keep_glob_new(c->glob, &error);
    if (glob == NULL)
      fail_msg("%s: %s", c->glob, error->message);
    if (keep_glob_match(glob, c->path, c->is_directory) != c->matches)
      fail_msg("'%s' shall %smatch '%s'%s", c->glob, c->matches ? "" : "not ", c->path, c->is_directory ? " (directory)" : "");
    assert_string_equal(keep_glob_text(glob), c->glob);
  }
}

static void test_errors(void **state)
{
  (void)state;
  static const struct
  {
    const char *glob;
    const char *message;
  } cases[] = {
      {"", "a glob is empty"},
      {"/etc/[ab", "the glob '/etc/[ab' has an open '['"},
      {"[]", "the glob '[]' has an open '['"},
      {"[!]", "the glob '[!]' has an open '['"},
      {"[a\\]", "the glob '[a\\x5c]' has an open '['"},
      {"[[:alpha:]", "the glob '[[:alpha:]' has an open '['"},
      {"[[:letters:]]", "the glob '[[:letters:]]' names a class that there is not"},
      {"/etc/x\\", "the glob '/etc/x\\x5c' ends with a '\\'"},
      {"/etc/\033[", "the glob '/etc/\\x1b[' has an open '['"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    assert_null(keep_glob_new(cases[i].glob, &error));
    assert_true(g_error_matches(error, SLIM_ERROR, SLIM_ERROR_USAGE));
    assert_string_equal(error->message, cases[i].message);
    g_error_free(error);
  }
}

static void test_length_limit(void **state)
{
  (void)state;
  GError *error = NULL;
  g_autofree char *longest = g_strnfill(HOSTILE_BYTES, 'a');
  g_autofree char *longer = g_strnfill(HOSTILE_BYTES + 1, 'a');
  g_autoptr(KeepGlob) glob = keep_glob_new(longest, NULL);
  assert_non_null(glob);
  assert_null(keep_glob_new(longer, &error));
  assert_true(g_error_matches(error, SLIM_ERROR, SLIM_ERROR_USAGE));
  assert_string_equal(error->message, "a glob of 4097 bytes is longer than 4096");
  g_error_free(error);
}

static void test_base(void **state)
{
  (void)state;
  static const struct
  {
    const char *glob;
    const char *base;
    gboolean literal;
  } cases[] = {
      {"/etc/ssl/certs", "/etc/ssl/certs", TRUE},
      {"etc/ssl/", "/etc/ssl", TRUE},
      {"/etc/a\\*b", "/etc/a*b", TRUE},
      {"/", "/", TRUE},
      {"/etc/ssl/*.pem", "/etc/ssl", FALSE},
      {"/etc/ssl*", "/etc", FALSE},
      {"/etc*", "/", FALSE},
      {"/usr/lib/**", "/usr/lib", FALSE},
      {"/usr/lib/**/x", "/usr/lib", FALSE},
      {"/usr/lib[ab]/x", "/usr", FALSE},
      {"passwd", "/", FALSE},
      {"**", "/", FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(KeepGlob) glob = keep_glob_new(cases[i].glob, NULL);
    assert_non_null(glob);
    assert_string_equal(keep_glob_base(glob), cases[i].base);
    assert_int_equal(keep_glob_is_literal(glob), cases[i].literal);
  }
}

static void test_matches_below(void **state)
{
  (void)state;
  static const struct
  {
    const char *glob;
    const char *directory;
    gboolean below;
  } cases[] = {
      {"passwd", "/any/where", TRUE},  {"/etc/passwd", "/", TRUE},     {"/etc/passwd", "/etc", TRUE}, {"/etc/passwd", "/etc/passwd", FALSE},
      {"/etc/passwd", "/et", FALSE},   {"/etc/passwd", "/usr", FALSE}, {"/a/*/c", "/a/b", TRUE},      {"/a/*/c", "/a/b/c", FALSE},
      {"/a/**", "/a", TRUE},           {"/a/**", "/a/b/c", TRUE},      {"/a/**", "/b", FALSE},        {"/a/**/z", "/a/b/c", TRUE},
      {"/a/*.d/x", "/a/conf.d", TRUE}, {"/a/*.d/x", "/a/conf", FALSE}, {"/a*", "/ab", FALSE},         {"/a*", "/", TRUE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(KeepGlob) glob = keep_glob_new(cases[i].glob, NULL);
    assert_non_null(glob);
    if (keep_glob_matches_below(glob, cases[i].directory) != cases[i].below)
      fail_msg("below '%s', '%s' shall %smatch", cases[i].directory, cases[i].glob, cases[i].below ? "" : "not ");
  }
}

/* A row of whole units, as long as a glob may be. */
static char *repeat(const char *unit)
{
  GString *text = g_string_new(NULL);
  while (text->len + strlen(unit) <= HOSTILE_BYTES)
    g_string_append(text, unit);
  return g_string_free(text, FALSE);
}

/* The cost is counted, not timed: at most glob times path, and no more states than a short path can reach. */
static void test_hostile_is_bounded(void **state)
{
  (void)state;
  static const char *const units[] = {"*a", "*", "**/", "**/*a", "?*", "[!b]*", "a**/"};
  g_autofree char *path = g_strnfill(HOSTILE_BYTES, 'a');
  g_autofree char *deep = repeat("a/");
  for (guint i = 0; i < G_N_ELEMENTS(units); i++)
  {
    g_autofree char *text = repeat(units[i]);
    g_autoptr(KeepGlob) glob = keep_glob_new(text, NULL);
    assert_non_null(glob);
    const char *const paths[] = {path, deep, "/usr/lib/x"};
    for (guint j = 0; j < G_N_ELEMENTS(paths); j++)
    {
      guint64 steps = 0;
      guint64 length = strlen(paths[j]);
      keep_glob_match_counted(glob, paths[j], FALSE, &steps);
      assert_true(steps <= (HOSTILE_BYTES + 2) * length);
      assert_true(steps <= 3 * (length + 2) * length);
    }
  }
}

/* What would make a backtracking matcher run for ever has an answer. */
static void test_hostile_is_right(void **state)
{
  (void)state;
  g_autofree char *stars = repeat("*a");
  g_autoptr(KeepGlob) glob = keep_glob_new(stars, NULL);
  g_autofree char *enough = g_strnfill(HOSTILE_BYTES / 2, 'a');
  g_autofree char *short_by_one = g_strnfill(HOSTILE_BYTES / 2 - 1, 'a');
  g_autofree char *wrong_end = g_strconcat(enough, "b", NULL);
  assert_true(keep_glob_match(glob, enough, FALSE));
  assert_false(keep_glob_match(glob, short_by_one, FALSE));
  assert_false(keep_glob_match(glob, wrong_end, FALSE));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_match),
      cmocka_unit_test(test_errors),
      cmocka_unit_test(test_length_limit),
      cmocka_unit_test(test_base),
      cmocka_unit_test(test_matches_below),
      cmocka_unit_test(test_hostile_is_bounded),
      cmocka_unit_test(test_hostile_is_right),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
