/* WWW-Authenticate, as registries write it and as nobody should. */
#include "tests/unit/expect.h"

#include "oci/transport/challenge.h"

#include <string.h>

/* "scheme{name=value;name=value}scheme{}", names sorted. Returns: owned by the caller. */
static char *shown(const char *header)
{
  g_autoptr(GPtrArray) challenges = oci_challenges_parse(header);
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < challenges->len; i++)
  {
    const OciChallenge *challenge = g_ptr_array_index(challenges, i);
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(challenge->parameters), (GCompareFunc)strcmp);
    g_string_append_printf(text, "%s{", challenge->scheme);
    for (const GList *name = names; name != NULL; name = name->next)
      g_string_append_printf(text, "%s%s=%s", name == names ? "" : ";", (const char *)name->data,
                             (const char *)g_hash_table_lookup(challenge->parameters, name->data));
    g_string_append_c(text, '}');
  }
  return g_string_free(text, FALSE);
}

static void headers_are_understood(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"Basic realm=\"x\"", "basic{realm=x}"},
      {"Bearer realm=\"https://a/token\",service=\"reg\",scope=\"repository:a:pull,push\"",
       "bearer{realm=https://a/token;scope=repository:a:pull,push;service=reg}"},
      {"BEARER Realm = \"https://a\" , SERVICE = reg", "bearer{realm=https://a;service=reg}"},
      {"Basic realm=\"a\", Bearer realm=\"b\"", "basic{realm=a}bearer{realm=b}"},
      {"Negotiate, Basic realm=a", "negotiate{}basic{realm=a}"},
      {"Basic realm=\"a \\\"quoted\\\" \\\\ word\"", "basic{realm=a \"quoted\" \\ word}"},
      {"Basic realm=a, realm=b", "basic{realm=a}"},
      {" , ,Basic ,, realm=a,", "basic{realm=a}"},
      {"Basic", "basic{}"},
      {"", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autofree char *text = shown(cases[i][0]);
    assert_string_equal(text, cases[i][1]);
  }
}

static void what_cannot_be_understood_ends_the_list(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"Basic realm=\"open", "basic{}"},
      {"Basic realm=\"a\\", "basic{}"},
      {"realm=a, Basic", ""},
      {"=a", ""},
      {"Basic realm=", "basic{}"},
      {"Basic a=b \"c\" Bearer x=y", "basic{a=b}"},
      {"\"Basic\"", ""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autofree char *text = shown(cases[i][0]);
    assert_string_equal(text, cases[i][1]);
  }
}

static void the_number_of_challenges_and_parameters_is_bounded(void **state)
{
  (void)state;
  g_autoptr(GString) many = g_string_new(NULL);
  for (guint i = 0; i < 1000; i++)
    g_string_append(many, "Basic ,");
  g_autoptr(GPtrArray) challenges = oci_challenges_parse(many->str);
  assert_int_equal(challenges->len, 16);
  g_string_assign(many, "Basic ");
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf(many, "a%u=b,", i);
  g_autoptr(GPtrArray) one = oci_challenges_parse(many->str);
  assert_int_equal(g_hash_table_size(((const OciChallenge *)g_ptr_array_index(one, 0))->parameters), 32);
}

static void a_scheme_is_found_by_its_name(void **state)
{
  (void)state;
  g_autoptr(GPtrArray) challenges = oci_challenges_parse("Basic realm=a, Bearer realm=b, Bearer realm=c");
  const OciChallenge *bearer = oci_challenges_find(challenges, "bearer");
  assert_string_equal(g_hash_table_lookup(bearer->parameters, "realm"), "b");
  assert_null(oci_challenges_find(challenges, "digest"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(headers_are_understood),
      cmocka_unit_test(what_cannot_be_understood_ends_the_list),
      cmocka_unit_test(the_number_of_challenges_and_parameters_is_bounded),
      cmocka_unit_test(a_scheme_is_found_by_its_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
