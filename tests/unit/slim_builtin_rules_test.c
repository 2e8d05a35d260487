/* The rules that are compiled into the program. */
#include "slim/keep/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static KeepRules *rules_or_fail(void)
{
  GError *error = NULL;
  KeepRules *rules = keep_rules_new(&error);
  if (rules == NULL)
    fail_msg("%s", error->message);
  return rules;
}

static void test_parse(void **state)
{
  (void)state;
  g_autoptr(KeepRules) rules = rules_or_fail();
  assert_true(keep_rules_count(rules) >= 6);
  assert_true(keep_rules_want(rules, KEEP_WHEN_IMPORT, "getaddrinfo"));
}

static GHashTable *ids_of(const KeepRules *rules)
{
  GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < keep_rules_count(rules); i++)
  {
    const KeepRule *rule = keep_rules_get(rules, i);
    if (!g_hash_table_add(ids, (gpointer)(guintptr)rule->id))
      fail_msg("two rules are '%s'", rule->id);
  }
  return ids;
}

static void test_ids(void **state)
{
  (void)state;
  g_autoptr(KeepRules) rules = rules_or_fail();
  g_hash_table_unref(ids_of(rules));
  for (guint i = 0; i < keep_rules_count(rules); i++)
  {
    const KeepRule *rule = keep_rules_get(rules, i);
    assert_true(strspn(rule->id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(rule->id) && rule->id[0] != '\0');
    assert_true(rule->why[0] != '\0' && !g_str_has_suffix(rule->why, "."));
  }
}

static void check_names(const KeepRule *rule, GPtrArray *conditions, GHashTable *ids)
{
  for (guint i = 0; i < conditions->len; i++)
  {
    const KeepWhen *when = conditions->pdata[i];
    if (when->kind == KEEP_WHEN_ALL)
      check_names(rule, when->all, ids);
    if (when->kind != KEEP_WHEN_RULE)
      continue;
    if (!g_hash_table_contains(ids, when->text))
      fail_msg("rule '%s' waits for '%s', which there is not", rule->id, when->text);
    assert_string_not_equal(rule->id, when->text);
  }
}

static void test_conditions_name_rules_that_exist(void **state)
{
  (void)state;
  g_autoptr(KeepRules) rules = rules_or_fail();
  g_autoptr(GHashTable) ids = ids_of(rules);
  for (guint i = 0; i < keep_rules_count(rules); i++)
  {
    const KeepRule *rule = keep_rules_get(rules, i);
    check_names(rule, rule->when, ids);
  }
}

/* "{3}" of a match with at least three groups. */
static gboolean is_group(const char *open, int groups)
{
  return open[1] >= '1' && open[1] <= '9' && open[2] == '}' && open[1] - '0' <= groups;
}

/* An unknown placeholder would be passed over in silence. */
static void check_placeholders(const KeepRule *rule, const char *text, int groups)
{
  static const char *const names[] = {"{path}", "{dir}", "{prefix}", "{name}", "{appdir}", "{own}", "{workdir}", "{env:", "{locale:", "{nearest:"};
  for (const char *open = strchr(text, '{'); open != NULL; open = strchr(open + 1, '{'))
  {
    gboolean known = is_group(open, groups);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
      known = known || g_str_has_prefix(open, names[i]);
    if (!known || strchr(open, '}') == NULL)
      fail_msg("rule '%s' has an unknown placeholder: %s", rule->id, text);
  }
}

/* A rule speaks of the image's paths: absolute ones, or ones that begin with a placeholder. */
static void check_texts(const KeepRule *rule, GPtrArray *texts, gboolean paths, int groups)
{
  for (guint i = 0; i < texts->len; i++)
  {
    const char *text = texts->pdata[i];
    check_placeholders(rule, text, groups);
    if (paths && text[0] != '/' && text[0] != '{' && !g_str_has_prefix(text, "**/"))
      fail_msg("rule '%s' adds '%s'", rule->id, text);
  }
}

static void check_additions(const KeepRule *rule, GPtrArray *additions, int groups)
{
  for (guint i = 0; i < additions->len; i++)
  {
    const KeepAdd *add = additions->pdata[i];
    gboolean names = add->kind == KEEP_ADD_LIBRARIES || add->kind == KEEP_ADD_PROGRAMS || add->kind == KEEP_ADD_PACKAGES;
    check_texts(rule, add->texts, !names, groups);
    if (add->then != NULL)
      check_additions(rule, add->then, g_regex_get_capture_count(add->match));
  }
}

static void test_texts(void **state)
{
  (void)state;
  g_autoptr(KeepRules) rules = rules_or_fail();
  for (guint i = 0; i < keep_rules_count(rules); i++)
  {
    const KeepRule *rule = keep_rules_get(rules, i);
    check_texts(rule, rule->except, FALSE, 0);
    check_additions(rule, rule->add, 0);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_parse),
      cmocka_unit_test(test_ids),
      cmocka_unit_test(test_conditions_name_rules_that_exist),
      cmocka_unit_test(test_texts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
