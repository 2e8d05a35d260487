/* One rule: what it holds, and what is refused with which message. */
#include "slim/error.h"
#include "slim/keep/glob.h"
#include "slim/keep/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static KeepRule *read_rule(const char *text, GError **error)
{
  g_autoptr(json_t) document = oci_json_parse(text, strlen(text), 1 << 20, "test.json", NULL);
  assert_non_null(document);
  return keep_rule_new(document, "test.json", error);
}

static const char full_rule[] =
    "{\"id\": \"full\", \"why\": \"because\","
    " \"when\": [{\"import\": \"getaddrinfo\"}, {\"soname\": \"libssl.so.*\"}, {\"path\": \"/usr/bin/git\"},"
    "  {\"env\": \"TZ\"}, {\"interpreter\": \"python3*\"}, {\"program\": \"/opt/*\"}, {\"string\": \"/*.json\"}, {\"package\": \"git\"},"
    "  {\"static\": \"glibc\"}, {\"rule\": \"other\"}, {\"all\": [{\"env\": \"A\"}, {\"env\": \"B\"}]}],"
    " \"add\": [{\"files\": [\"/etc/a\", \"/etc/b*\"]}, {\"directories\": [\"/var/empty\"]},"
    "  {\"libraries\": [\"libx.so.1\"]}, {\"programs\": [\"sh\"]},"
    "  {\"packages\": [\"tzdata\"]}, {\"names-in\": [\"/etc/nsswitch.conf\"], \"as\": \"nsswitch\"},"
    "  {\"names-in\": [\"/etc/a.conf\", \"/etc/a.d/*\"], \"match\": \"^load (.*)\", \"files\": [\"{1}\", \"/lib/{1}\"],"
    "   \"libraries\": [\"{1}\"]}, {\"literals\": \"trees\", \"within\": [\"/etc/*\"]},"
    "  {\"literals\": \"modules\"}, {\"named-in-object\": [\"/etc/pam.d\"]}],"
    " \"except\": [\"/etc/bad\", \"/etc/b?\"]}";

static void test_conditions(void **state)
{
  (void)state;
  static const struct
  {
    KeepWhenKind kind;
    const char *text;
  } expected[] = {
      {KEEP_WHEN_IMPORT, "getaddrinfo"},
      {KEEP_WHEN_SONAME, "libssl.so.*"},
      {KEEP_WHEN_PATH, "/usr/bin/git"},
      {KEEP_WHEN_ENV, "TZ"},
      {KEEP_WHEN_INTERPRETER, "python3*"},
      {KEEP_WHEN_PROGRAM, "/opt/*"},
      {KEEP_WHEN_STRING, "/*.json"},
      {KEEP_WHEN_PACKAGE, "git"},
      {KEEP_WHEN_STATIC, "glibc"},
      {KEEP_WHEN_RULE, "other"},
      {KEEP_WHEN_ALL, NULL},
  };
  g_autoptr(KeepRule) rule = read_rule(full_rule, NULL);
  assert_non_null(rule);
  assert_string_equal(rule->id, "full");
  assert_string_equal(rule->why, "because");
  assert_int_equal(rule->when->len, G_N_ELEMENTS(expected));
  for (guint i = 0; i < rule->when->len; i++)
  {
    const KeepWhen *when = rule->when->pdata[i];
    assert_int_equal(when->kind, expected[i].kind);
    assert_true(g_strcmp0(when->text, expected[i].text) == 0);
  }
  const KeepWhen *all = rule->when->pdata[10];
  assert_int_equal(all->all->len, 2);
  assert_string_equal(((const KeepWhen *)all->all->pdata[0])->text, "A");
  assert_string_equal(((const KeepWhen *)all->all->pdata[1])->text, "B");
}

static void test_additions(void **state)
{
  (void)state;
  static const struct
  {
    KeepAddKind kind;
    guint texts;
    const char *first;
  } expected[] = {
      {KEEP_ADD_FILES, 2, "/etc/a"},         {KEEP_ADD_DIRECTORIES, 1, "/var/empty"}, {KEEP_ADD_LIBRARIES, 1, "libx.so.1"},
      {KEEP_ADD_PROGRAMS, 1, "sh"},          {KEEP_ADD_PACKAGES, 1, "tzdata"},        {KEEP_ADD_NAMES_IN, 1, "/etc/nsswitch.conf"},
      {KEEP_ADD_NAMES_IN, 2, "/etc/a.conf"}, {KEEP_ADD_LITERALS, 1, "/etc/*"},        {KEEP_ADD_LITERALS, 0, NULL},
      {KEEP_ADD_NAMED, 1, "/etc/pam.d"},
  };
  g_autoptr(KeepRule) rule = read_rule(full_rule, NULL);
  assert_non_null(rule);
  assert_int_equal(rule->add->len, G_N_ELEMENTS(expected));
  for (guint i = 0; i < rule->add->len; i++)
  {
    const KeepAdd *add = rule->add->pdata[i];
    assert_int_equal(add->kind, expected[i].kind);
    assert_int_equal(add->texts->len, expected[i].texts);
    if (expected[i].texts > 0)
      assert_string_equal(add->texts->pdata[0], expected[i].first);
  }
  assert_string_equal(((const KeepAdd *)rule->add->pdata[5])->reader, "nsswitch");
  const KeepAdd *matched = rule->add->pdata[6];
  assert_null(matched->reader);
  assert_string_equal(g_regex_get_pattern(matched->match), "^load (.*)");
  assert_int_equal(matched->then->len, 2);
  assert_int_equal(((const KeepAdd *)matched->then->pdata[0])->kind, KEEP_ADD_FILES);
  assert_string_equal(((const KeepAdd *)matched->then->pdata[0])->texts->pdata[1], "/lib/{1}");
  assert_int_equal(((const KeepAdd *)matched->then->pdata[1])->kind, KEEP_ADD_LIBRARIES);
  assert_int_equal(((const KeepAdd *)rule->add->pdata[7])->literal, KEEP_LITERAL_TREES);
  assert_int_equal(((const KeepAdd *)rule->add->pdata[8])->literal, KEEP_LITERAL_MODULES);
  assert_int_equal(rule->except->len, 2);
  assert_string_equal(rule->except->pdata[1], "/etc/b?");
  assert_true(rule->per_subject); /* it speaks of the object that is the evidence */
}

#define WHEN(conditions) "{\"id\": \"r\", \"why\": \"w\", \"when\": " conditions ", \"add\": [{\"files\": [\"/a\"]}]}"
#define ADD(additions)   "{\"id\": \"r\", \"why\": \"w\", \"when\": [{\"env\": \"A\"}], \"add\": " additions "}"

#define NOT_A_RULE "a rule has id, why, when and add, perhaps except, and nothing else"
#define NOT_A_CONDITION                                                                                                                    \
  "a condition is an object with one of import, soname, path, env, interpreter, program, string, package, static, rule, all"
#define NO_CONDITIONS "conditions are a list with at least one element"
#define NOT_AN_ADDITION                                                                                                                    \
  "an addition is one of files, directories, data, libraries, programs, packages, names-in with as or match, literals, named-in-object, "     \
  "package-data"
#define NOT_A_READER "names-in is a list of paths, and as is nsswitch"
#define NOT_A_MATCH  "match is a regular expression with one to nine groups"
#define NOT_LITERALS "literals is files, trees, own-trees, modules, programs or libraries, perhaps with within"
#define NO_TEXTS     "what is added or excepted is a list with at least one element"

static void test_per_subject(void **state)
{
  (void)state;
  static const struct
  {
    const char *text;
    gboolean per_subject;
  } cases[] = {
      {ADD("[{\"files\": [\"{prefix}/lib\"]}]"), TRUE},
      {ADD("[{\"files\": [\"/a\"]}, {\"programs\": [\"{dir}/x\"]}]"), TRUE},
      {ADD("[{\"files\": [\"{appdir}\"]}]"), TRUE},
      {ADD("[{\"files\": [\"{nearest:package.json}/lib\"]}]"), TRUE},
      {ADD("[{\"files\": [\"/x/{name}\", \"{path}.d\"]}]"), TRUE},
      {ADD("[{\"literals\": \"files\"}]"), TRUE},
      {ADD("[{\"named-in-object\": [\"/etc/pam.d\"]}]"), TRUE},
      {ADD("[{\"names-in\": [\"/a\"], \"match\": \"(x)\", \"files\": [\"{dir}/{1}\"]}]"), TRUE},
      {ADD("[{\"names-in\": [\"/a\"], \"match\": \"(x)\", \"files\": [\"/b/{1}\"]}]"), FALSE},
      {ADD("[{\"files\": [\"{workdir}/x\", \"{env:HOME}/y\"]}]"), FALSE},
      {ADD("[{\"data\": [\"/usr/share/{own}\"]}]"), TRUE},
      {ADD("[{\"package-data\": [\"{path}\"]}]"), TRUE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(KeepRule) rule = read_rule(cases[i].text, NULL);
    assert_non_null(rule);
    assert_int_equal(rule->per_subject, cases[i].per_subject);
  }
}

static void test_errors(void **state)
{
  (void)state;
  static const struct
  {
    const char *text;
    const char *id;
    const char *what;
  } cases[] = {
      {"{}", "?", NOT_A_RULE},
      {"[]", "?", NOT_A_RULE},
      {"{\"id\": 1, \"why\": \"w\", \"when\": [], \"add\": []}", "?", NOT_A_RULE},
      {"{\"id\": \"r\", \"why\": \"w\", \"when\": []}", "r", NOT_A_RULE},
      {"{\"id\": \"r\", \"why\": \"w\", \"when\": [], \"add\": [], \"more\": 1}", "r", NOT_A_RULE},
      {"{\"id\": \"a'\\n\", \"why\": \"w\", \"when\": []}", "a\\x27\\x0a", NOT_A_RULE},
      {WHEN("[]"), "r", NO_CONDITIONS},
      {WHEN("{\"env\": \"A\"}"), "r", NO_CONDITIONS},
      {WHEN("[\"A\"]"), "r", NOT_A_CONDITION},
      {WHEN("[{}]"), "r", NOT_A_CONDITION},
      {WHEN("[{\"unknown\": \"A\"}]"), "r", NOT_A_CONDITION},
      {WHEN("[{\"env\": \"A\", \"path\": \"/a\"}]"), "r", NOT_A_CONDITION},
      {WHEN("[{\"env\": 1}]"), "r", "a condition needs a text"},
      {WHEN("[{\"string\": \"*.json\"}]"), "r", "a \"string\" begins with a plain character"},
      {WHEN("[{\"soname\": \"\"}]"), "r", "a condition needs a text"},
      {WHEN("[{\"path\": \"/[a\"}]"), "r", "the glob '/[a' has an open '['"},
      {WHEN("[{\"all\": []}]"), "r", NO_CONDITIONS},
      {WHEN("[{\"all\": [{\"env\": \"A\"}, {\"all\": [{\"env\": \"B\"}]}]}]"), "r", "\"all\" inside \"all\""},
      {ADD("[]"), "r", "\"add\" is a list with at least one element"},
      {ADD("{}"), "r", "\"add\" is a list with at least one element"},
      {ADD("[{}]"), "r", NOT_AN_ADDITION},
      {ADD("[\"/a\"]"), "r", NOT_AN_ADDITION},
      {ADD("[{\"folders\": [\"/a\"]}]"), "r", NOT_AN_ADDITION},
      {ADD("[{\"files\": [\"/a\"], \"programs\": [\"sh\"]}]"), "r", NOT_AN_ADDITION},
      {ADD("[{\"names-in\": \"/a\", \"as\": \"nsswitch\"}]"), "r", NO_TEXTS},
      {ADD("[{\"names-in\": [\"/a\"], \"as\": 1}]"), "r", NOT_A_READER},
      {ADD("[{\"names-in\": [\"/a\"], \"as\": \"pam\"}]"), "r", NOT_A_READER},
      {ADD("[{\"names-in\": [\"/a\"], \"as\": \"nsswitch\", \"files\": [\"/b\"]}]"), "r", NOT_A_READER},
      {ADD("[{\"names-in\": [\"/a\"]}]"), "r", NOT_A_MATCH},
      {ADD("[{\"names-in\": [\"/a\"], \"match\": \"load .*\", \"files\": [\"{1}\"]}]"), "r", NOT_A_MATCH},
      {ADD("[{\"names-in\": [\"/a\"], \"match\": \"(a)\"}]"), "r", "names-in with match needs files, directories, data, libraries or programs"},
      {ADD("[{\"names-in\": [\"/a\"], \"match\": \"(a)\", \"packages\": [\"{1}\"]}]"), "r",
       "names-in has match, and files, directories, data, libraries or programs"},
      {ADD("[{\"literals\": \"folders\"}]"), "r", NOT_LITERALS},
      {ADD("[{\"literals\": \"files\", \"files\": [\"/a\"]}]"), "r", NOT_LITERALS},
      {ADD("[{\"literals\": \"files\", \"within\": []}]"), "r", NO_TEXTS},
      {ADD("[{\"named-in-object\": [\"/a[\"]}]"), "r", "the glob '/a[' has an open '['"},
      {ADD("[{\"files\": []}]"), "r", NO_TEXTS},
      {ADD("[{\"files\": \"/a\"}]"), "r", NO_TEXTS},
      {ADD("[{\"files\": [\"/a\", 1]}]"), "r", "what is added or excepted is a list of texts"},
      {ADD("[{\"libraries\": [null]}]"), "r", "what is added or excepted is a list of texts"},
      {ADD("[{\"files\": [\"\"]}]"), "r", "a glob is empty"},
      {ADD("[{\"files\": [\"/a[\"]}]"), "r", "the glob '/a[' has an open '['"},
      {ADD("[{\"files\": [\"/a\"]}], \"except\": []"), "r", NO_TEXTS},
      {ADD("[{\"files\": [\"/a\"]}], \"except\": [\"/b[\"]"), "r", "the glob '/b[' has an open '['"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    g_autofree char *expected = g_strdup_printf("test.json: rule '%s': %s", cases[i].id, cases[i].what);
    if (read_rule(cases[i].text, &error) != NULL)
      fail_msg("accepted: %s", cases[i].text);
    assert_true(g_error_matches(error, SLIM_ERROR, SLIM_ERROR_USAGE));
    assert_string_equal(error->message, expected);
    g_error_free(error);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_conditions),
      cmocka_unit_test(test_additions),
      cmocka_unit_test(test_per_subject),
      cmocka_unit_test(test_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
