/* The services that nsswitch.conf names, as glibc reads it. */
#include "slim/keep/nsswitch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void check_bytes(const char *text, gsize length, const char *expected)
{
  g_autoptr(GPtrArray) services = keep_nsswitch_services(text, length);
  g_autoptr(GString) joined = g_string_new(NULL);
  for (guint i = 0; i < services->len; i++)
    g_string_append_printf(joined, "%s%s", i > 0 ? " " : "", (const char *)services->pdata[i]);
  assert_string_equal(joined->str, expected);
}

static void check(const char *text, const char *expected)
{
  check_bytes(text, strlen(text), expected);
}

static void test_lines(void **state)
{
  (void)state;
  check("", "");
  check("passwd: files\n", "files");
  check("passwd: files", "files");
  check("passwd:files systemd\r\n", "files systemd");
  check("  passwd :\tfiles \t systemd\n", "files systemd");
  check("passwd files\n", "files"); /* glibc does without the colon */
  check("passwd:\n:files\n", "");
  check("# passwd: files\nhosts: dns # mymachines\n", "dns");
  check("hosts: files # [\nnetworks: dns\n", "files dns");
}

static void test_order_and_repetition(void **state)
{
  (void)state;
  check("passwd: files systemd\ngroup: files systemd\nhosts: files mdns4_minimal [NOTFOUND=return] dns myhostname\n",
        "files systemd mdns4_minimal dns myhostname");
}

static void test_actions(void **state)
{
  (void)state;
  check("hosts: files [NOTFOUND=return] dns\n", "files dns");
  check("hosts: files [!UNAVAIL=return success=continue] dns\n", "files dns");
  check("hosts: files[NOTFOUND=return]dns\n", "files dns");
  check("hosts: files [ NOTFOUND = return ] dns\n", "files dns");
  check("hosts: files [NOTFOUND=return\nnetworks: dns\n", "files dns");
}

/* A name becomes a part of a file's name: nothing else than a plain one may. */
static void test_hostile(void **state)
{
  (void)state;
  check("hosts: ../../x a/b . \033m \xff ok\n", "ok");
  check_bytes("hosts: one\0two\nnetworks: three\n", 31, "one three");
  g_autofree char *longest = g_strnfill(64, 'a');
  g_autofree char *longer = g_strnfill(65, 'b');
  g_autofree char *text = g_strdup_printf("hosts: %s %s c\n", longest, longer);
  g_autofree char *expected = g_strdup_printf("%s c", longest);
  check(text, expected);
  g_autoptr(GString) many = g_string_new("hosts:");
  for (guint i = 0; i < 100000; i++)
    g_string_append_printf(many, " s%u", i);
  g_autoptr(GPtrArray) services = keep_nsswitch_services(many->str, many->len);
  assert_int_equal(services->len, 64);
  assert_string_equal(services->pdata[63], "s63");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lines),
      cmocka_unit_test(test_order_and_repetition),
      cmocka_unit_test(test_actions),
      cmocka_unit_test(test_hostile),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
