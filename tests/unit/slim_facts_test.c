/*
 * Which facts make which rules fire, when, and how often. The documents below
 * stand in the place of the built-in ones.
 */
#include "slim/keep/builtin_rules.h"
#include "slim/keep/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define ADD "\"why\": \"w\", \"add\": [{\"files\": [\"/a\"]}]}"

const KeepBuiltinRules keep_builtin_rules[] = {
    {"one.json", "{\"rules\": ["
                 "{\"id\": \"import\", \"when\": [{\"import\": \"f\"}, {\"import\": \"g\"}], " ADD ","
                 "{\"id\": \"soname\", \"when\": [{\"soname\": \"lib?.so*\"}], " ADD ","
                 "{\"id\": \"path\", \"when\": [{\"path\": \"/usr/**/x\"}, {\"path\": \"*.conf\"}], " ADD ","
                 "{\"id\": \"env\", \"when\": [{\"env\": \"TZ\"}], " ADD "]}"},
    {"two.json", "{\"rules\": ["
                 "{\"id\": \"late\", \"when\": [{\"rule\": \"late\"}], " ADD ","
                 "{\"id\": \"both\", \"when\": [{\"all\": [{\"import\": \"f\"}, {\"env\": \"TZ\"}]}], " ADD ","
                 "{\"id\": \"after\", \"when\": [{\"rule\": \"both\"}, {\"rule\": \"env\"}], " ADD ","
                 "{\"id\": \"mixed\", \"when\": [{\"all\": [{\"rule\": \"soname\"}, {\"import\": \"h\"}]}, {\"import\": \"i\"}], " ADD ","
                 "{\"id\": \"each\", \"why\": \"w\", \"when\": [{\"interpreter\": \"python3*\"}, {\"string\": \"/*.py\"}],"
                 " \"add\": [{\"files\": [\"{dir}/lib\"]}]},"
                 "{\"id\": \"package\", \"when\": [{\"package\": \"gi?\"}], " ADD ","
                 "{\"id\": \"self\", \"when\": [{\"rule\": \"self\"}, {\"import\": \"s\"}], " ADD "]}"},
};
const guint keep_builtin_rules_count = G_N_ELEMENTS(keep_builtin_rules);

typedef struct
{
  KeepRules *rules;
  KeepFacts *facts;
} Fixture;

static int set_up(void **state)
{
  Fixture *fixture = g_new0(Fixture, 1);
  fixture->rules = keep_rules_new(NULL);
  fixture->facts = fixture->rules == NULL ? NULL : keep_facts_new(fixture->rules);
  *state = fixture;
  return fixture->facts == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
  Fixture *fixture = *state;
  keep_facts_free(fixture->facts);
  keep_rules_free(fixture->rules);
  g_free(fixture);
  return 0;
}

/* All that fired and was not taken: "id(subject: evidence) …". */
static void check_fired(KeepFacts *facts, const char *expected)
{
  g_autoptr(GString) text = g_string_new(NULL);
  KeepFired fired;
  while (keep_facts_take(facts, &fired))
    g_string_append_printf(text, "%s%s(%s: %s)", text->len > 0 ? " " : "", fired.rule->id, fired.subject != NULL ? fired.subject : "config",
                           fired.evidence);
  assert_string_equal(text->str, expected);
  assert_false(keep_facts_waiting(facts));
}

static void test_table(void **state)
{
  const Fixture *fixture = *state;
  assert_int_equal(keep_rules_count(fixture->rules), 11);
  assert_string_equal(keep_rules_get(fixture->rules, 0)->id, "import");
  assert_string_equal(keep_rules_get(fixture->rules, 10)->id, "self");
  assert_true(keep_rules_want(fixture->rules, KEEP_WHEN_IMPORT, "f"));
  assert_true(keep_rules_want(fixture->rules, KEEP_WHEN_IMPORT, "h"));
  assert_false(keep_rules_want(fixture->rules, KEEP_WHEN_IMPORT, "TZ"));
  assert_false(keep_rules_want(fixture->rules, KEEP_WHEN_IMPORT, ""));
  assert_true(keep_rules_have(fixture->rules, KEEP_WHEN_PACKAGE));
  assert_true(keep_rules_have(fixture->rules, KEEP_WHEN_STRING));
  assert_string_equal(keep_rules_origin(fixture->rules, 3), "one.json");
  assert_string_equal(keep_rules_origin(fixture->rules, 4), "two.json");
}

static void test_import(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "unknown", "/bin/a", NULL);
  check_fired(facts, "");
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "g", "/bin/a", NULL);
  assert_true(keep_facts_waiting(facts));
  check_fired(facts, "import(/bin/a: imports g)");
}

static void test_each_fires_once(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "f", "/bin/a", NULL);
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "f", "/bin/b", NULL);
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "g", "/bin/c", NULL);
  check_fired(facts, "import(/bin/a: imports f)");
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "g", "/bin/d", NULL);
  check_fired(facts, "");
}

static void test_soname(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_SONAME, "libzz.so.1", "/lib/libzz", NULL);
  keep_facts_add(facts, KEEP_WHEN_SONAME, "xlibz.so.1", "/lib/xlibz", NULL);
  check_fired(facts, "");
  keep_facts_add(facts, KEEP_WHEN_SONAME, "libz.so.1", "/lib/libz", NULL);
  check_fired(facts, "soname(/lib/libz: soname libz.so.1)");
}

static void test_path(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_PATH, "/usrx/x", "/usrx/x", NULL);
  keep_facts_add(facts, KEEP_WHEN_PATH, "/opt/x", "/opt/x", NULL);
  check_fired(facts, "");
  keep_facts_add(facts, KEEP_WHEN_PATH, "/usr/a/b/x", "/usr/a/b/x", NULL);
  keep_facts_add(facts, KEEP_WHEN_PATH, "/etc/y.conf", "/etc/y.conf", NULL);
  check_fired(facts, "path(/usr/a/b/x: path /usr/a/b/x)");
}

static void test_interpreter_string_package(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_INTERPRETER, "perl", "/bin/p", NULL);
  keep_facts_add(facts, KEEP_WHEN_PACKAGE, "gitk", NULL, NULL);
  check_fired(facts, "");
  keep_facts_add(facts, KEEP_WHEN_INTERPRETER, "python3.11", "/bin/p", NULL);
  keep_facts_add(facts, KEEP_WHEN_PACKAGE, "git", NULL, NULL);
  check_fired(facts, "each(/bin/p: run by python3.11) package(config: package git)");
}

/* A rule that speaks of its evidence fires for each path, and once for each. */
static void test_each_subject_fires_once(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_INTERPRETER, "python3", "/bin/p", NULL);
  keep_facts_add(facts, KEEP_WHEN_STRING, "/x.py", "/bin/q", NULL);
  keep_facts_add(facts, KEEP_WHEN_STRING, "/y.py", "/bin/p", NULL);
  check_fired(facts, "each(/bin/p: run by python3) each(/bin/q: holds /x.py)");
}

/* A hostile image cannot make a rule fire for ever. */
static void test_subjects_are_bounded(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < 5000; i++)
  {
    g_ptr_array_add(paths, g_strdup_printf("/bin/%u", i));
    keep_facts_add(facts, KEEP_WHEN_INTERPRETER, "python3", paths->pdata[i], NULL);
  }
  guint count = 0;
  for (KeepFired fired; keep_facts_take(facts, &fired);)
    count++;
  assert_int_equal(count, 4096);
}

static void test_env(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_ENV, "TZDIR", NULL, NULL);
  check_fired(facts, "");
  keep_facts_add(facts, KEEP_WHEN_ENV, "TZ", NULL, NULL);
  check_fired(facts, "env(config: environment sets TZ) after(config: rule env)");
}

static void test_all_waits_for_every_part(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "f", "/bin/a", NULL);
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "f", "/bin/b", NULL); /* the same part again does not count */
  check_fired(facts, "import(/bin/a: imports f)");
  keep_facts_add(facts, KEEP_WHEN_ENV, "TZ", NULL, NULL);
  check_fired(facts, "env(config: environment sets TZ) both(config: environment sets TZ) after(config: rule env)");
}

static void test_rule_inside_all(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "h", "/bin/a", NULL);
  check_fired(facts, "");
  keep_facts_add(facts, KEEP_WHEN_SONAME, "libz.so", "/lib/libz", NULL);
  check_fired(facts, "soname(/lib/libz: soname libz.so) mixed(/lib/libz: rule soname)");
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "i", "/bin/a", NULL); /* the other way to the same rule */
  check_fired(facts, "");
}

static void test_order_is_that_of_the_facts(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_PATH, "/etc/y.conf", "/etc/y.conf", NULL);
  keep_facts_add(facts, KEEP_WHEN_SONAME, "libz.so", "/lib/libz", NULL);
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "g", "/bin/a", NULL);
  check_fired(facts, "path(/etc/y.conf: path /etc/y.conf) soname(/lib/libz: soname libz.so) import(/bin/a: imports g)");
}

static void test_own_condition_ends(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  keep_facts_add(facts, KEEP_WHEN_IMPORT, "s", "/bin/a", NULL);
  check_fired(facts, "self(/bin/a: imports s)");
}

static void test_data_comes_back(void **state)
{
  KeepFacts *facts = ((Fixture *)*state)->facts;
  int mine = 0;
  KeepFired fired;
  keep_facts_add(facts, KEEP_WHEN_SONAME, "libz.so", "/lib/libz", &mine);
  assert_true(keep_facts_take(facts, &fired));
  assert_ptr_equal(fired.data, &mine);
  assert_false(keep_facts_take(facts, &fired));
}

/* Two passes over one set of rules do not see each other. */
static void test_passes_are_independent(void **state)
{
  const Fixture *fixture = *state;
  g_autoptr(KeepFacts) second = keep_facts_new(fixture->rules);
  keep_facts_add(fixture->facts, KEEP_WHEN_IMPORT, "g", "/bin/a", NULL);
  keep_facts_add(second, KEEP_WHEN_IMPORT, "g", "/bin/b", NULL);
  check_fired(fixture->facts, "import(/bin/a: imports g)");
  check_fired(second, "import(/bin/b: imports g)");
}

#define WITH_FACTS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
  const struct CMUnitTest tests[] = {
      WITH_FACTS(test_table),
      WITH_FACTS(test_import),
      WITH_FACTS(test_each_fires_once),
      WITH_FACTS(test_soname),
      WITH_FACTS(test_path),
      WITH_FACTS(test_interpreter_string_package),
      WITH_FACTS(test_each_subject_fires_once),
      WITH_FACTS(test_subjects_are_bounded),
      WITH_FACTS(test_env),
      WITH_FACTS(test_all_waits_for_every_part),
      WITH_FACTS(test_rule_inside_all),
      WITH_FACTS(test_order_is_that_of_the_facts),
      WITH_FACTS(test_own_condition_ends),
      WITH_FACTS(test_data_comes_back),
      WITH_FACTS(test_passes_are_independent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
