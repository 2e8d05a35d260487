/*
 * Whole packages beside what is declared, what that costs, and the chain of
 * reasons out of a report.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "expect.h"
#include "scratch_folder.h"
#include "slim/error.h"
#include "slim/keep/level.h"
#include "slim/report/diff.h"
#include "slim/report/removed.h"
#include "slim/report/why.h"
#include "slim_packages_tree.h"

static void make_tree(const char *folder)
{
  tree_text(folder, "/var/lib/dpkg/status",
            "Package: app\nVersion: 1\nArchitecture: all\nDepends: data\n\n"
            "Package: data\nVersion: 2\nArchitecture: all\nDepends: base\n\n"
            "Package: base\nVersion: 3\nArchitecture: all\nDepends: app\n\n"
            "Package: other\nVersion: 4\nArchitecture: all\n");
  tree_text(folder, "/var/lib/dpkg/info/app.list", "/usr/bin/app\n/usr/share/app\n/usr/share/app/x\n/usr/share/doc/app/copyright\n");
  tree_text(folder, "/var/lib/dpkg/info/data.list", "/srv/data\n/srv/hidden\n/srv/link\n/usr/share/man/man1/d.1\n");
  tree_text(folder, "/var/lib/dpkg/info/base.list", "/etc/base\n/usr/share/documents/b\n/not/there\n");
  tree_text(folder, "/var/lib/dpkg/info/other.list", "/usr/bin/other\n");
  tree_text(folder, "/usr/bin/app", "text");
  tree_text(folder, "/usr/share/app/x", "12345");
  tree_text(folder, "/usr/share/doc/app/copyright", "c");
  tree_text(folder, "/usr/share/man/man1/d.1", "m");
  tree_text(folder, "/usr/share/documents/b", "123");
  tree_text(folder, "/srv/data", "1234567");
  tree_text(folder, "/srv/hidden", "123456789");
  tree_link(folder, "/srv/link", "data");
  tree_text(folder, "/etc/base", "12");
  tree_text(folder, "/usr/bin/other", "o");
}

typedef struct
{
  PackagesTree tree;
  OciConfig *config;
  KeepRules *rules;
  KeepClosure *closure;
} Plan;

static Plan plan_open(const char *folder)
{
  GError *error = NULL;
  static const char config[] =
      "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";
  OciLimits limits;
  oci_limits_init(&limits);
  Plan plan = {
      .tree = tree_open(folder), .config = oci_config_parse(config, sizeof config - 1, &limits, &error), .rules = keep_rules_new_empty()};
  assert_null(error);
  assert_int_equal(keep_rules_count(plan.rules), 0);
  plan.closure = keep_closure_new(plan.tree.rootfs, plan.config, plan.rules);
  assert_true(keep_closure_exclude(plan.closure, "/srv/hidden", NULL));
  assert_true(keep_closure_include(plan.closure, "/usr/bin/app", "--include", NULL));
  assert_true(keep_closure_run(plan.closure, NULL));
  return plan;
}

static void plan_close(Plan *plan)
{
  keep_closure_free(plan->closure);
  keep_rules_free(plan->rules);
  oci_config_free(plan->config);
  tree_close(&plan->tree);
}

static char *print_set(KeepClosure *closure)
{
  GString *text = g_string_new(NULL);
  g_autoptr(GPtrArray) entries = keep_set_entries(keep_closure_set(closure));
  for (guint i = 0; i < entries->len; i++)
  {
    const KeepEntry *entry = entries->pdata[i];
    if (entry->reason.kind != KEEP_REASON_PARENT)
      g_string_append_printf(text, "%s %s %s %s\n", entry->path, keep_reason_kind_name(entry->reason.kind),
                             entry->reason.from != NULL ? entry->reason.from : "-", entry->reason.detail);
  }
  return g_string_free(text, FALSE);
}

static void adds_whole_packages(void **state)
{
  make_tree(*state);
  Plan plan = plan_open(*state);
  KeepPackageCost cost = keep_level_package_cost(plan.closure, plan.tree.packages);
  assert_int_equal(cost.packages, 3);
  assert_int_equal(cost.paths, 6);
  assert_int_equal(cost.bytes, 5 + 7 + 3 + 2);
  g_autofree char *before = print_set(plan.closure);
  assert_string_equal(before, "/usr/bin/app include - --include\n");
  keep_level_add_packages(plan.closure, plan.tree.packages);
  g_autofree char *after = print_set(plan.closure);
  assert_string_equal(after, "/etc/base package - package base, which data depends on\n"
                             "/srv/data package - package data, which app depends on\n"
                             "/srv/link package - package data, which app depends on\n"
                             "/usr/bin/app include - --include\n"
                             "/usr/share/app package /usr/bin/app package app\n"
                             "/usr/share/app/x package /usr/bin/app package app\n"
                             "/usr/share/documents/b package - package base, which data depends on\n");
  cost = keep_level_package_cost(plan.closure, plan.tree.packages);
  assert_int_equal(cost.packages, 3);
  assert_int_equal(cost.paths, 0);
  assert_int_equal(cost.bytes, 0);
  plan_close(&plan);
}

static void names_levels(void **state)
{
  (void)state;
  GError *error = NULL;
  KeepLevel level = KEEP_LEVEL_SAFE;
  assert_true(keep_level_parse("strict", &level, &error));
  assert_int_equal(level, KEEP_LEVEL_STRICT);
  assert_true(keep_level_parse("package", &level, &error));
  assert_int_equal(level, KEEP_LEVEL_PACKAGE);
  assert_true(keep_level_parse("safe", &level, &error));
  assert_int_equal(level, KEEP_LEVEL_SAFE);
  assert_false(keep_level_parse("sa\nfe", &level, &error));
  expect_error(&error, SLIM_ERROR, SLIM_ERROR_USAGE, "--keep 'sa\\x0afe' is none of strict, safe, package");
}

static void lists_a_removed_path(void **state)
{
  make_tree(*state);
  Plan plan = plan_open(*state);
  static const struct
  {
    const char *path;
    const char *expected;
  } cases[] = {
      {"/usr/bin/other", "[{\"path\":\"/usr/bin/other\",\"type\":\"file\",\"size\":1,\"package\":\"other\"}]"},
      {"/srv/../var/lib/dpkg/status", NULL},
      {"/usr/bin/app", "[]"},
      {"/none", "[]"},
      {"/srv", "[{\"path\":\"/srv\",\"type\":\"directory\",\"size\":0,\"package\":null}]"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(json_t) list = report_removed_path_json(plan.tree.rootfs, keep_closure_set(plan.closure), plan.tree.packages, cases[i].path);
    g_autofree char *text = json_dumps(list, JSON_COMPACT);
    if (cases[i].expected != NULL)
      assert_string_equal(text, cases[i].expected);
    else
      assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "path")), "/var/lib/dpkg/status");
  }
  plan_close(&plan);
}

static const char report_text[] =
    "{'kept':[{'path':'/lib','type':'symlink','target':'usr/lib','package':null,'reason':{'kind':'link','from':null,'detail':null}},"
    "{'path':'/usr/bin/app','type':'file','package':'app','reason':{'kind':'entrypoint','from':null,'detail':'runs app'}},"
    "{'path':'/usr/lib/libz.so','type':'file','package':'zlib','reason':{'kind':'needed','from':'/usr/bin/app','detail':'libz.so'}},"
    "{'path':'/etc/z','type':'file','package':null,'reason':{'kind':'rule','from':'/usr/lib/libz.so','detail':'z (imports\\nz)'}},"
    "{'path':'/a','type':'file','package':null,'reason':{'kind':'link','from':'/b','detail':null}},"
    "{'path':'/b','type':'symlink','target':'/b','package':null,'reason':{'kind':'link','from':'/a','detail':null}}],"
    "'removed':[{'path':'/usr/bin/vim','type':'file','size':1,'package':'vim'},{'path':'/x','type':'file','size':1,'package':null}]}";

static json_t *parse_report(const char *text)
{
  g_autofree char *json = json_text("%s", text);
  return json_loads(json, 0, NULL);
}

static void tells_why(void **state)
{
  (void)state;
  g_autoptr(json_t) report = parse_report(report_text);
  assert_non_null(report);
  static const struct
  {
    const char *path;
    const char *expected;
  } cases[] = {
      {"/usr/bin/app", "/usr/bin/app: entrypoint, runs app (package app)\n"},
      {"/etc/z", "/usr/bin/app: entrypoint, runs app (package app)\n"
                 "  /usr/lib/libz.so: needed, libz.so (package zlib)\n"
                 "    /etc/z: rule, 'z (imports\\x0az)'\n"},
      {"/lib/libz.so", "/usr/bin/app: entrypoint, runs app (package app)\n"
                       "  /usr/lib/libz.so: needed, libz.so (package zlib)\n"},
      {"/lib", "/lib: link\n"},
      {"/usr/bin/../bin/vim", "/usr/bin/vim: removed, nothing asked for it; it belongs to package vim\n"},
      {"/x", "/x: removed, nothing asked for it; it belongs to no package\n"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autofree char *text = report_why_text(report, cases[i].path, NULL);
    assert_string_equal(text, cases[i].expected);
  }
}

/* Reports come from outside too: circles end, links in a circle end, and what is no report is said. */
static void survives_reports(void **state)
{
  (void)state;
  GError *error = NULL;
  g_autoptr(json_t) report = parse_report(report_text);
  g_autofree char *circle = report_why_text(report, "/a", &error);
  guint lines = 0;
  for (const char *at = strchr(circle, '\n'); at != NULL; at = strchr(at + 1, '\n'))
    lines++;
  assert_int_equal(lines, 64);
  assert_null(report_why_text(report, "/b/c", &error));
  expect_error(&error, SLIM_ERROR, SLIM_ERROR_MISSING, "'/b/c' is not in the image");
  g_autoptr(json_t) rubbish = parse_report("{'kept':[1,{'path':2},{'path':'/p'}],'removed':null}");
  g_autofree char *bare = report_why_text(rubbish, "/p", &error);
  assert_string_equal(bare, "/p: kept\n");
  assert_null(report_why_text(rubbish, "/q", &error));
  expect_error(&error, SLIM_ERROR, SLIM_ERROR_MISSING, "'/q' is not kept; what was left out is not listed in the report");
  g_autoptr(json_t) other = parse_report("{'removed':[]}");
  assert_null(report_why_text(other, "/q", &error));
  expect_error(&error, SLIM_ERROR, SLIM_ERROR_USAGE, "the document is no report: it lists no kept paths");
}

static void shows_differences(void **state)
{
  g_autofree char *one = g_strconcat(*state, "/one", NULL);
  g_autofree char *two = g_strconcat(*state, "/two", NULL);
  make_tree(one);
  tree_text(two, "/usr/bin/app", "text");
  tree_text(two, "/usr/share/documents/b", "124");
  tree_text(two, "/usr/share/app/x", "12345678");
  tree_text(two, "/new", "n");
  tree_link(two, "/srv", "usr");
  PackagesTree before = tree_open(one);
  PackagesTree after = tree_open(two);
  g_autoptr(ReportDiff) diff = report_diff_new(before.rootfs, before.packages, after.rootfs, after.packages, NULL);
  g_autofree char *text = report_diff_text(diff);
  guint64 database = 0;
  g_autoptr(json_t) json = report_diff_json(diff);
  const json_t *changes = json_object_get(json, "changes");
  g_autoptr(GString) list = g_string_new(NULL);
  for (gsize i = 0; i < json_array_size(changes); i++)
  {
    const json_t *item = json_array_get(changes, i);
    const char *path = json_string_value(json_object_get(item, "path"));
    if (g_str_has_prefix(path, "/var"))
      database += (guint64)json_integer_value(json_object_get(item, "before"));
    else
      g_string_append_printf(list, "%s %s %d %d %s\n", path, json_string_value(json_object_get(item, "change")),
                             (int)json_integer_value(json_object_get(item, "before")),
                             (int)json_integer_value(json_object_get(item, "after")),
                             json_is_null(json_object_get(item, "package")) ? "-" : json_string_value(json_object_get(item, "package")));
  }
  assert_string_equal(list->str, "/etc went 0 0 -\n/etc/base went 2 0 base\n/new came 0 1 -\n/srv changed 0 0 -\n/srv/data went 7 0 data\n"
                                 "/srv/hidden went 9 0 data\n/srv/link went 0 0 data\n/usr/bin/other went 1 0 other\n"
                                 "/usr/share/app/x changed 5 8 -\n/usr/share/doc went 0 0 -\n/usr/share/doc/app went 0 0 -\n"
                                 "/usr/share/doc/app/copyright went 1 0 app\n/usr/share/documents/b changed 3 3 -\n"
                                 "/usr/share/man went 0 0 -\n/usr/share/man/man1 went 0 0 -\n/usr/share/man/man1/d.1 went 1 0 data\n");
  g_autofree char *folders = json_dumps(json_object_get(json, "folders"), JSON_COMPACT);
  g_autofree char *expected = json_text("[{'name':'/var/lib','paths':7,'bytes':-%u},{'name':'/srv','paths':3,'bytes':-16},"
                                        "{'name':'/etc','paths':1,'bytes':-2},{'name':'/','paths':4,'bytes':1},"
                                        "{'name':'/usr/bin','paths':1,'bytes':-1},{'name':'/usr/share','paths':8,'bytes':1},"
                                        "{'name':'/var','paths':1,'bytes':0}]",
                                        (guint)database);
  assert_string_equal(folders, expected);
  g_autofree char *again = report_diff_text(diff);
  assert_string_equal(text, again);
  report_diff_free(g_steal_pointer(&diff));
  tree_close(&before);
  tree_close(&after);
}

static void prints_differences(void **state)
{
  g_autofree char *one = g_strconcat(*state, "/one", NULL);
  g_autofree char *two = g_strconcat(*state, "/two", NULL);
  tree_text(one, "/lib/apk/db/installed", "P:app\nV:1\nF:usr/bin\nR:app\n");
  tree_text(two, "/lib/apk/db/installed", "P:app\nV:1\nF:usr/bin\nR:app\n");
  tree_text(one, "/usr/bin/app", "1234567890");
  tree_text(two, "/opt/a\nb/c", "123");
  PackagesTree before = tree_open(one);
  PackagesTree after = tree_open(two);
  g_autoptr(ReportDiff) diff = report_diff_new(before.rootfs, before.packages, after.rootfs, after.packages, NULL);
  g_autofree char *text = report_diff_text(diff);
  assert_string_equal(text, "  went           -10 B         3 paths\n"
                            "  changed          0 B         0 paths\n"
                            "  came            +3 B         3 paths\n"
                            "by package\n"
                            "                 -10 B         1 paths  app\n"
                            "                  +3 B         5 paths  of no package\n"
                            "by folder\n"
                            "                 -10 B         1 paths  /usr/bin\n"
                            "                  +3 B         1 paths  '/opt/a\\x0ab'\n"
                            "                   0 B         2 paths  /\n"
                            "                   0 B         1 paths  /opt\n"
                            "                   0 B         1 paths  /usr\n");
  report_diff_free(g_steal_pointer(&diff));
  tree_close(&before);
  tree_close(&after);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      scratch_test(adds_whole_packages),  cmocka_unit_test(names_levels),  scratch_test(lists_a_removed_path), cmocka_unit_test(tells_why),
      cmocka_unit_test(survives_reports), scratch_test(shows_differences), scratch_test(prints_differences),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
