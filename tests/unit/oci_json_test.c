/* JSON: what the strict reader refuses, and that what it keeps comes out as it went in. */
#include "tests/unit/expect.h"

#include "oci/error.h"
#include "oci/json.h"

#include <string.h>

#define LIMIT 4096

static void refuses_what_is_not_strict(void **state)
{
  (void)state;
  static const char *const cases[] = {
      "",
      "{",
      "{}x",
      "{} {}",
      "\xef\xbb\xbf{}",
      "{\"a\":1,\"a\":2}",
      "{'a':1}",
      "{\"a\":01}",
      "{\"a\":\"\\u0000\"}",
      "{\"a\":\"\xff\"}",
      "{\"a\":1e999}",
      "{\"a\":99999999999999999999}",
      "{\"a\":}",
      "[1,]",
      "nul",
      "{\"a\":\"\n\"}",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    assert_null(oci_json_parse(cases[i], strlen(cases[i]), LIMIT, "document", &error));
    assert_non_null(error);
    assert_int_equal(error->code, OCI_ERROR_MALFORMED);
    assert_true(g_str_has_prefix(error->message, "document is not JSON: line 1, column ") ||
                g_str_has_prefix(error->message, "document is not JSON: line 2, column "));
    g_clear_error(&error);
  }
}

static void names_the_place_without_the_bytes(void **state)
{
  (void)state;
  GError *error = NULL;
  const char *text = "{\n\"a\":1,\"a\":2}";
  assert_null(oci_json_parse(text, strlen(text), LIMIT, "document", &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, "document is not JSON: line 2, column 9: duplicate object key");
}

static void a_nul_byte_ends_nothing(void **state)
{
  (void)state;
  GError *error = NULL;
  assert_null(oci_json_parse("{}\0{}", 5, LIMIT, "document", &error));
  assert_int_equal(error->code, OCI_ERROR_MALFORMED);
  g_clear_error(&error);
}

static void depth_is_bounded(void **state)
{
  (void)state;
  GError *error = NULL;
  g_autofree char *deep = g_strnfill(3000, '[');
  assert_null(oci_json_parse(deep, 3000, LIMIT, "document", &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, "document is not JSON: line 1, column 2049: maximum parsing depth reached");
}

static void size_is_bounded(void **state)
{
  (void)state;
  GError *error = NULL;
  g_autofree char *large = g_strnfill(LIMIT + 1, ' ');
  large[0] = '1';
  assert_null(oci_json_parse(large, LIMIT + 1, LIMIT, "document", &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_LIMIT, "document has 4097 bytes, more than document_bytes (4096)");
  g_autoptr(json_t) json = oci_json_parse("{}", 2, 2, "document", &error);
  assert_non_null(json);
}

static void order_survives(void **state)
{
  (void)state;
  const char *text = "{\"z\":[1,null,true],\"a\":{\"\xc3\xa9\":\"/\"},\"m\":-5}";
  g_autoptr(json_t) json = oci_json_parse(text, strlen(text), LIMIT, "document", NULL);
  g_autoptr(GBytes) bytes = oci_json_format(json);
  assert_int_equal(g_bytes_get_size(bytes), strlen(text));
  assert_memory_equal(g_bytes_get_data(bytes, NULL), text, strlen(text));
}

static void members_have_types(void **state)
{
  (void)state;
  GError *error = NULL;
  g_autofree char *text = json_text("{'s':'x','n':null,'i':3,'f':3.0,'a':['x',1],'m':{'k':'v','z':null},'b':{'k':1}}");
  g_autoptr(json_t) json = oci_json_parse(text, strlen(text), LIMIT, "document", NULL);
  const char *string = "";
  json_t *value = NULL;
  gint64 integer = 7;
  assert_true(oci_json_string(json, "n", "", &string, NULL));
  assert_null(string);
  assert_true(oci_json_string(json, "s", "", &string, NULL));
  assert_string_equal(string, "x");
  assert_false(oci_json_string(json, "i", ".here", &string, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, ".here.i is not a string");
  assert_true(oci_json_integer(json, "absent", "", &integer, NULL));
  assert_int_equal(integer, 7);
  assert_false(oci_json_integer(json, "f", "", &integer, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, ".f is not an integer");
  assert_false(oci_json_strings(json, "a", "", &value, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, ".a[1] is not a string");
  assert_null(oci_json_string_map(json, "b", "", &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, ".b['k'] is not a string");
  g_autoptr(GHashTable) map = oci_json_string_map(json, "m", "", NULL);
  assert_int_equal(g_hash_table_size(map), 1);
  assert_string_equal(g_hash_table_lookup(map, "k"), "v");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_what_is_not_strict),
      cmocka_unit_test(names_the_place_without_the_bytes),
      cmocka_unit_test(a_nul_byte_ends_nothing),
      cmocka_unit_test(depth_is_bounded),
      cmocka_unit_test(size_is_bounded),
      cmocka_unit_test(order_survives),
      cmocka_unit_test(members_have_types),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
