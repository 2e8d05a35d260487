/* Where a Location leads, and where it must not. */
#include "tests/unit/expect.h"

#include "oci/error.h"
#include "oci/transport/http_url.h"

static void a_location_is_absolute_or_relative(void **state)
{
  (void)state;
  static const char *const cases[][3] = {
      {"https://r:5000/v2/a/blobs/uploads/", "https://r:5000/v2/a/blobs/uploads/1?_state=x%3D",
       "https://r:5000/v2/a/blobs/uploads/1?_state=x%3D"},
      {"https://r:5000/v2/a/blobs/uploads/", "/v2/a/blobs/uploads/1", "https://r:5000/v2/a/blobs/uploads/1"},
      {"https://r/v2/a/", "b?c=d#e", "https://r/v2/a/b?c=d"},
      {"https://r/v2/a/", "//s/x", "https://s/x"},
      {"https://r/v2/a/", "?q=1", "https://r/v2/a/?q=1"},
      {"http://r/v2/a/", "https://s/x", "https://s/x"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    g_autofree char *url = oci_http_url_resolve(cases[i][0], cases[i][1], &error);
    assert_null(error);
    assert_string_equal(url, cases[i][2]);
  }
}

static void a_location_never_leads_to_less_than_it_came_from(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"http://r/x", "which is http, from https"},
      {"ftp://r/x", "which is neither http nor https"},
      {"file:///etc/passwd", "which is neither http nor https"},
      {"https://user:pass@r/x", "which is no URL of http or https without a user"},
      {"https://r/a b", "which is no URL of http or https without a user"},
      {"https://r/a\tb", "which is no URL of http or https without a user"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(GError) error = NULL;
    assert_null(oci_http_url_resolve("https://r/v2/", cases[i][0], &error));
    assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_IO));
    assert_true(g_str_has_suffix(error->message, cases[i][1]));
  }
}

static void an_origin_is_scheme_host_and_port(void **state)
{
  (void)state;
  assert_true(oci_http_url_same_origin("https://R/a", "https://r:443/b?c"));
  assert_false(oci_http_url_same_origin("https://r/a", "http://r/a"));
  assert_false(oci_http_url_same_origin("https://r/a", "https://r:5000/a"));
  assert_false(oci_http_url_same_origin("https://r/a", "https://r.evil/a"));
  assert_false(oci_http_url_same_origin("https://r/a", "nonsense"));
}

static void a_query_grows(void **state)
{
  (void)state;
  g_autofree char *one = oci_http_url_add("https://r/t", "scope", "repository:a/b:pull,push");
  g_autofree char *two = oci_http_url_add(one, "service", "a b");
  assert_string_equal(two, "https://r/t?scope=repository%3Aa%2Fb%3Apull%2Cpush&service=a%20b");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_location_is_absolute_or_relative),
      cmocka_unit_test(a_location_never_leads_to_less_than_it_came_from),
      cmocka_unit_test(an_origin_is_scheme_host_and_port),
      cmocka_unit_test(a_query_grows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
