/* Platforms: many spellings, one meaning. */
#include "tests/unit/expect.h"

#include "oci/error.h"
#include "oci/platform.h"

#include <sys/utsname.h>

static void spellings_are_normalised(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"linux/amd64", "linux/amd64"},     {"linux/x86_64", "linux/amd64"}, {"arm64", "linux/arm64"},
      {"linux/arm64/v8", "linux/arm64"},  {"aarch64", "linux/arm64"},      {"linux/arm64/v9", "linux/arm64/v9"},
      {"linux/armhf", "linux/arm/v7"},    {"linux/arm/6", "linux/arm/v6"}, {"linux/arm", "linux/arm"},
      {"linux/amd64/v1", "linux/amd64"},  {"linux/AMD64", "linux/amd64"},  {"i686", "linux/386"},
      {"windows/amd64", "windows/amd64"}, {"s390x", "linux/s390x"},        {"linux/amd64/v3", "linux/amd64/v3"},
      {"Linux/riscv64", "linux/riscv64"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    g_autoptr(OciPlatform) platform = oci_platform_parse(cases[i][0], &error);
    assert_null(error);
    g_autofree char *text = oci_platform_format(platform);
    assert_string_equal(text, cases[i][1]);
  }
}

static void a_system_alone_means_the_hosts_architecture(void **state)
{
  (void)state;
  struct utsname host;
  assert_int_equal(uname(&host), 0);
  g_autoptr(OciPlatform) own = oci_platform_new_host();
  g_autoptr(OciPlatform) parsed = oci_platform_parse("linux", NULL);
  g_autoptr(OciPlatform) named = oci_platform_parse(host.machine, NULL);
  assert_true(oci_platform_match(own, parsed));
  assert_true(oci_platform_match(own, named));
}

static void nonsense_is_refused(void **state)
{
  (void)state;
  static const char *const cases[] = {"", "/", "linux/", "linux//v8", "a/b/c/d", "linux/am d64", "linux/../x"};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    assert_null(oci_platform_parse(cases[i], &error));
    g_autofree char *message =
        g_strdup_printf("'%s' is not a platform\nhint: os/architecture[/variant], e.g. linux/arm64 or linux/arm/v7", cases[i]);
    expect_error(&error, OCI_ERROR, OCI_ERROR_USAGE, message);
  }
}

static void matching_compares_what_is_meant(void **state)
{
  (void)state;
  static const struct
  {
    const char *wanted, *offered;
    gboolean match;
  } cases[] = {
      {"linux/arm64", "linux/arm64/v8", TRUE}, {"linux/arm", "linux/arm/v7", TRUE},     {"linux/arm", "linux/arm/v6", FALSE},
      {"linux/amd64", "linux/arm64", FALSE},   {"linux/amd64", "windows/amd64", FALSE}, {"linux/amd64", "linux/amd64/v3", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(OciPlatform) wanted = oci_platform_parse(cases[i].wanted, NULL);
    g_autoptr(OciPlatform) offered = oci_platform_parse(cases[i].offered, NULL);
    assert_int_equal(oci_platform_match(wanted, offered), cases[i].match);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(spellings_are_normalised),
      cmocka_unit_test(a_system_alone_means_the_hosts_architecture),
      cmocka_unit_test(nonsense_is_refused),
      cmocka_unit_test(matching_compares_what_is_meant),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
