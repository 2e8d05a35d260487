/* Image names: what is left out, what is refused. */
#include "tests/unit/expect.h"

#include "oci/error.h"
#include "oci/name.h"

static void what_is_left_out_is_docker_hub_and_latest(void **state)
{
  (void)state;
  static const char *const cases[][4] = {
      {"app", "app:latest", "docker.io/library/app:latest", "latest"},
      {"app:1.2", "app:1.2", "docker.io/library/app:1.2", "1.2"},
      {"me/app:x_y-z", "me/app:x_y-z", "docker.io/me/app:x_y-z", "x_y-z"},
      {"docker.io/nginx:1", "docker.io/nginx:1", "docker.io/library/nginx:1", "1"},
      {"index.docker.io/a/b", "index.docker.io/a/b:latest", "docker.io/a/b:latest", "latest"},
      {"localhost/app:1", "localhost/app:1", "localhost/app:1", "1"},
      {"host:5000/app", "host:5000/app:latest", "host:5000/app:latest", "latest"},
      {"a.b/c__d/e-f.g:T", "a.b/c__d/e-f.g:T", "a.b/c__d/e-f.g:T", "T"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    g_autoptr(OciName) name = oci_name_parse(cases[i][0], &error);
    assert_null(error);
    assert_string_equal(name->familiar, cases[i][1]);
    assert_string_equal(name->full, cases[i][2]);
    assert_string_equal(name->tag, cases[i][3]);
  }
}

static void other_text_is_no_name(void **state)
{
  (void)state;
  static const char *const cases[] = {"",   ":1",   "App", "a//b", "a/../b", "-a",  "a-",    "a..b", "a___b",
                                      "a:", "a:-1", "a b", "/a",   "a/",     "a@b", "h:x/a", ".b/c", "a:b:c"};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    assert_null(oci_name_parse(cases[i], &error));
    g_autofree char *message =
        g_strdup_printf("'%s' is not an image's name\nhint: [host[:port]/]name[:tag] in lower case, e.g. app:1.2", cases[i]);
    expect_error(&error, OCI_ERROR, OCI_ERROR_USAGE, message);
  }
}

static void equal_means_the_same_image(void **state)
{
  (void)state;
  assert_true(oci_name_equal("nginx", "docker.io/library/nginx:latest"));
  assert_false(oci_name_equal("nginx:1", "nginx"));
  assert_true(oci_name_equal("No Name", "No Name"));
  assert_false(oci_name_equal("No Name", "nginx"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_left_out_is_docker_hub_and_latest),
      cmocka_unit_test(other_text_is_no_name),
      cmocka_unit_test(equal_means_the_same_image),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
