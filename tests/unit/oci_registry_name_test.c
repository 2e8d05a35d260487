/* Names behind "docker://": whom to ask, for what. */
#include "tests/unit/expect.h"

#include "oci/error.h"
#include "oci/transport/registry_name.h"

#define HEX "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static void a_name_has_a_server_a_repository_and_a_reference(void **state)
{
  (void)state;
  static const char *const cases[][6] = {
      {"app", "docker.io", "registry-1.docker.io", "library/app", "latest", "docker.io/library/app:latest"},
      {"me/app:1", "docker.io", "registry-1.docker.io", "me/app", "1", "docker.io/me/app:1"},
      {"docker.io/app", "docker.io", "registry-1.docker.io", "library/app", "latest", "docker.io/library/app:latest"},
      {"index.docker.io/a/b", "docker.io", "registry-1.docker.io", "a/b", "latest", "docker.io/a/b:latest"},
      {"localhost/app", "localhost", "localhost", "app", "latest", "localhost/app:latest"},
      {"h.example:5000/a/b/c:1.2", "h.example:5000", "h.example:5000", "a/b/c", "1.2", "h.example:5000/a/b/c:1.2"},
      {"127.0.0.1:5000/a@sha256:" HEX, "127.0.0.1:5000", "127.0.0.1:5000", "a", "sha256:" HEX, "127.0.0.1:5000/a@sha256:" HEX},
      {"app@sha256:" HEX, "docker.io", "registry-1.docker.io", "library/app", "sha256:" HEX, "docker.io/library/app@sha256:" HEX},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    g_autoptr(OciRegistryName) name = oci_registry_name_parse(cases[i][0], &error);
    assert_null(error);
    g_autofree char *text = oci_registry_name_format(name);
    assert_string_equal(name->host, cases[i][1]);
    assert_string_equal(name->server, cases[i][2]);
    assert_string_equal(name->repository, cases[i][3]);
    assert_string_equal(name->reference, cases[i][4]);
    assert_string_equal(text, cases[i][5]);
    assert_int_equal(name->by_digest, g_strstr_len(cases[i][0], -1, "@") != NULL);
  }
}

static void a_tag_or_a_digest_but_never_both(void **state)
{
  (void)state;
  static const char hint[] = "\nhint: docker://[HOST[:PORT]/]NAME[:TAG|@DIGEST]";
  static const char *const cases[][2] = {
      {"app:1@sha256:" HEX, "has a tag and a digest, and only one can be meant"},
      {"h:5000/app:1@sha256:" HEX, "has a tag and a digest, and only one can be meant"},
      {"app@sha256:12", "has a malformed digest"},
      {"app@", "has a malformed digest"},
      {"app@sha256:../../x", "has a malformed digest"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    assert_null(oci_registry_name_parse(cases[i][0], &error));
    g_autofree char *message = g_strdup_printf("'%s' %s%s", cases[i][0], cases[i][1], hint);
    expect_error(&error, OCI_ERROR, OCI_ERROR_USAGE, message);
  }
}

static void what_is_no_name_is_refused(void **state)
{
  (void)state;
  static const char *const cases[] = {"", ("@sha256:" HEX), "App", "user@host/app", "a/../b", "https://host/app", "host:x/app", "a?b"};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(GError) error = NULL;
    assert_null(oci_registry_name_parse(cases[i], &error));
    assert_true(g_error_matches(error, OCI_ERROR, OCI_ERROR_USAGE));
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_name_has_a_server_a_repository_and_a_reference),
      cmocka_unit_test(a_tag_or_a_digest_but_never_both),
      cmocka_unit_test(what_is_no_name_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
