/* Configurations: views of what is known, bytes of what is not. */
#include "tests/unit/expect.h"

#include "oci/config.h"
#include "oci/error.h"

#include <string.h>

#define A            "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ROOTFS       "'rootfs':{'type':'layers','diff_ids':['" A "','" A "']}"
#define WITH(config) "{'config':" config "," ROOTFS "}"

static OciConfig *parse(const char *text, GError **error)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autofree char *json = json_text("%s", text);
  return oci_config_parse(json, strlen(json), &limits, error);
}

static void assert_strings(GPtrArray *strings, const char *joined)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < strings->len; i++)
    g_string_append_printf(text, "%s|", (const char *)g_ptr_array_index(strings, i));
  assert_string_equal(text->str, joined);
  g_ptr_array_unref(strings);
}

static void views_of_a_full_config(void **state)
{
  (void)state;
  GError *error = NULL;
  gboolean shell = TRUE;
  g_autoptr(OciConfig) config = parse(
      "{'created':'2024-01-01T00:00:00Z','architecture':'arm64','variant':'v8','os':'linux','config':{'User':'app:0',"
      "'Env':['PATH=/a','X=1','PATH=/b:/c','PATHX=9'],'Entrypoint':['/e','-x'],'Cmd':['run'],'Volumes':{'/v':{},'/w':{}},"
      "'WorkingDir':'/srv','Labels':{'l':'1'},'Healthcheck':{'Test':['CMD','/h','ok'],'Interval':5},'Shell':['/bin/bash','-c']}," ROOTFS
      "}",
      &error);
  assert_null(error);
  assert_strings(oci_config_entrypoint(config), "/e|-x|");
  assert_strings(oci_config_cmd(config), "run|");
  assert_strings(oci_config_env(config), "PATH=/a|X=1|PATH=/b:/c|PATHX=9|");
  assert_strings(oci_config_volumes(config), "/v|/w|");
  assert_strings(oci_config_healthcheck(config, &shell), "/h|ok|");
  assert_false(shell);
  assert_strings(oci_config_shell(config), "/bin/bash|-c|");
  assert_string_equal(oci_config_getenv(config, "PATH"), "/b:/c");
  assert_null(oci_config_getenv(config, "PAT"));
  assert_string_equal(oci_config_user(config), "app:0");
  assert_string_equal(oci_config_working_dir(config), "/srv");
  assert_string_equal(oci_config_label(config, "l"), "1");
  assert_null(oci_config_label(config, "m"));
  assert_string_equal(oci_config_created(config), "2024-01-01T00:00:00Z");
  g_autoptr(OciPlatform) platform = oci_config_platform(config);
  g_autofree char *text = oci_platform_format(platform);
  assert_string_equal(text, "linux/arm64");
  g_autoptr(GPtrArray) ids = oci_config_diff_ids(config);
  assert_int_equal(ids->len, 2);
  g_autofree char *id = oci_digest_format(g_ptr_array_index(ids, 1));
  assert_string_equal(id, A);
}

static void null_is_absent(void **state)
{
  (void)state;
  static const char *const cases[] = {
      "{" ROOTFS "}",
      "{'config':null," ROOTFS "}",
      WITH("{'Env':null,'Cmd':null,'Volumes':null,'Labels':null,'Healthcheck':null,'User':null,'Shell':null}"),
      WITH("{'Healthcheck':{'Test':null}}"),
      WITH("{'Healthcheck':{'Test':['NONE']},'Shell':[]}"),
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    gboolean shell = TRUE;
    g_autoptr(OciConfig) config = parse(cases[i], &error);
    assert_null(error);
    assert_strings(oci_config_entrypoint(config), "");
    assert_strings(oci_config_env(config), "");
    assert_strings(oci_config_volumes(config), "");
    assert_strings(oci_config_healthcheck(config, &shell), "");
    assert_false(shell);
    assert_strings(oci_config_shell(config), "/bin/sh|-c|");
    assert_null(oci_config_user(config));
    assert_null(oci_config_label(config, "l"));
    assert_null(oci_config_getenv(config, "PATH"));
  }
}

static void a_shells_health_check(void **state)
{
  (void)state;
  gboolean shell = FALSE;
  g_autoptr(OciConfig) config = parse(WITH("{'Healthcheck':{'Test':['CMD-SHELL','curl -f x || exit 1']}}"), NULL);
  assert_strings(oci_config_healthcheck(config, &shell), "curl -f x || exit 1|");
  assert_true(shell);
}

static void wrong_types_name_their_place(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"[]", "image config is not an object"},
      {"{}", "image config: .rootfs is missing"},
      {"{'rootfs':{'diff_ids':[]}}", "image config: .rootfs.type is not \"layers\""},
      {"{'rootfs':{'type':'x','diff_ids':[]}}", "image config: .rootfs.type is not \"layers\""},
      {"{'rootfs':{'type':'layers','diff_ids':[1]}}", "image config: .rootfs.diff_ids[0] is not a string"},
      {"{'rootfs':{'type':'layers','diff_ids':['../x']}}",
       "image config: .rootfs.diff_ids[0]: digest '../x' is not of the form algorithm:digits"},
      {"{'created':5," ROOTFS "}", "image config: .created is not a string"},
      {"{'history':[1]," ROOTFS "}", "image config: .history[0] is not an object"},
      {WITH("[]"), "image config: .config is not an object"},
      {WITH("{'Env':['A=1',2]}"), "image config: .config.Env[1] is not a string"},
      {WITH("{'Entrypoint':'/x'}"), "image config: .config.Entrypoint is not an array"},
      {WITH("{'Volumes':['/v']}"), "image config: .config.Volumes is not an object"},
      {WITH("{'Labels':{'a':1}}"), "image config: .config.Labels['a'] is not a string"},
      {WITH("{'Healthcheck':{'Test':'x'}}"), "image config: .config.Healthcheck.Test is not an array"},
      {WITH("{'Healthcheck':{'Interval':1.5}}"), "image config: .config.Healthcheck.Interval is not an integer"},
      {WITH("{'User':0}"), "image config: .config.User is not a string"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    assert_null(parse(cases[i][0], &error));
    expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, cases[i][1]);
  }
}

static void the_users_range_is_checked(void **state)
{
  (void)state;
  static const struct
  {
    const char *user;
    gboolean valid;
  } cases[] = {
      {"", TRUE},
      {"root", TRUE},
      {"0", TRUE},
      {"4294967294:4294967294", TRUE},
      {"app:staff", TRUE},
      {"1000:app", TRUE},
      {"-", TRUE},
      {"4294967295", FALSE},
      {"4294967296:0", FALSE},
      {"-1", FALSE},
      {"+0", FALSE},
      {"0:-1", FALSE},
      {"app:99999999999999999999", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    g_autofree char *json = json_text(WITH("{'User':'%s'}"), cases[i].user);
    g_autoptr(OciConfig) config = parse(json, NULL);
    assert_string_equal(oci_config_user(config), cases[i].user);
    assert_int_equal(oci_config_check_user(config, &error), cases[i].valid);
    if (cases[i].valid)
      continue;
    g_autofree char *message = g_strdup_printf(".config.User '%s' is out of range: an ID is 0 to 4294967294", cases[i].user);
    expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, message);
  }
}

static void assert_format(const OciConfig *config, const char *expected)
{
  g_autofree char *json = json_text("%s", expected);
  g_autoptr(GBytes) bytes = oci_config_format(config);
  g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  assert_string_equal(text, json);
}

static void one_layer_keeps_the_rest(void **state)
{
  (void)state;
  g_autoptr(OciConfig) config =
      parse("{'moby.buildkit.buildinfo.v1':'x','architecture':'amd64','created':'2020-01-01T00:00:00Z',"
            "'history':[{'created_by':'a'},{'empty_layer':true}],'os':'linux'," ROOTFS ",'config':{'ArgsEscaped':true,"
            "'Env':null,'OnBuild':['RUN x']},'z':[1,{'q':null}]}",
            NULL);
  g_autoptr(OciConfig) copy = oci_config_dup(config);
  OciDigest digest = {.algorithm = OCI_DIGEST_SHA256, .bytes = {0x12}};
  oci_config_set_single_layer(config, &digest, "2021-02-03T04:05:06Z", "tool slim");
  assert_format(config,
                "{'moby.buildkit.buildinfo.v1':'x','architecture':'amd64','created':'2021-02-03T04:05:06Z',"
                "'history':[{'created':'2021-02-03T04:05:06Z','created_by':'tool slim'}],'os':'linux','rootfs':{'type':'layers',"
                "'diff_ids':['sha256:1200000000000000000000000000000000000000000000000000000000000000']},'config':{'ArgsEscaped':true,"
                "'Env':null,'OnBuild':['RUN x']},'z':[1,{'q':null}]}");
  oci_config_set_single_layer(copy, &digest, NULL, "t");
  assert_string_equal(oci_config_created(copy), "2020-01-01T00:00:00Z");
}

static void a_new_one_has_a_platform(void **state)
{
  (void)state;
  g_autoptr(OciPlatform) platform = oci_platform_parse("linux/arm/v6", NULL);
  g_autoptr(OciConfig) config = oci_config_new(platform);
  assert_format(config, "{'architecture':'arm','os':'linux','variant':'v6','config':{},'rootfs':{'type':'layers','diff_ids':[]}}");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(views_of_a_full_config),     cmocka_unit_test(null_is_absent),
      cmocka_unit_test(a_shells_health_check),      cmocka_unit_test(wrong_types_name_their_place),
      cmocka_unit_test(the_users_range_is_checked), cmocka_unit_test(one_layer_keeps_the_rest),
      cmocka_unit_test(a_new_one_has_a_platform),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
