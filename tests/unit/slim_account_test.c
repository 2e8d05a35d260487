/* Users of the image, read as text. */
#include "slim/keep/account.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct
{
  char *directory;
  OciRootfs *rootfs;
} Image;

/* passwd: NULL for an image without one. */
static void image_init(Image *image, const char *passwd)
{
  image->directory = g_dir_make_tmp("ocislim-account-XXXXXX", NULL);
  assert_non_null(image->directory);
  g_autofree char *etc = g_build_filename(image->directory, "etc", NULL);
  g_autofree char *file = g_build_filename(etc, "passwd", NULL);
  assert_int_equal(g_mkdir(etc, 0755), 0);
  if (passwd != NULL)
    assert_true(g_file_set_contents(file, passwd, -1, NULL));
  OciLimits limits;
  oci_limits_init(&limits);
  image->rootfs = oci_rootfs_new_directory(open(image->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), &limits, NULL);
  assert_non_null(image->rootfs);
}

static void image_clear(Image *image)
{
  g_autofree char *etc = g_build_filename(image->directory, "etc", NULL);
  g_autofree char *file = g_build_filename(etc, "passwd", NULL);
  oci_rootfs_free(image->rootfs);
  g_unlink(file);
  g_rmdir(etc);
  g_rmdir(image->directory);
  g_free(image->directory);
}

static void check_home(const char *passwd, const char *user, const char *expected)
{
  Image image;
  image_init(&image, passwd);
  g_autofree char *home = keep_account_home(image.rootfs, user);
  if (g_strcmp0(home, expected) != 0)
    fail_msg("user %s: %s instead of %s", user != NULL ? user : "(none)", home != NULL ? home : "(none)",
             expected != NULL ? expected : "(none)");
  image_clear(&image);
}

static const char passwd_text[] = "root:x:0:0:root:/root:/bin/bash\n"
                                  "short:x:7:7:/short\n"
                                  "app:x:1000:1000:App,,,:/srv/app:/bin/false\n"
                                  "nohome:x:1001:1001::relative:/bin/sh\n"
                                  "1002:x:1003:1003::/home/digits:/bin/sh\n"
                                  "more:x:1004:1004::/home/more:/bin/sh:extra";

static void test_home(void **state)
{
  (void)state;
  check_home(passwd_text, NULL, "/root");
  check_home(passwd_text, "", "/root");
  check_home(passwd_text, "root", "/root");
  check_home(passwd_text, "0", "/root");
  check_home(passwd_text, "app", "/srv/app");
  check_home(passwd_text, "1000", "/srv/app");
  check_home(passwd_text, "app:root", "/srv/app");
  check_home(passwd_text, "1000:0", "/srv/app");
  check_home(passwd_text, "more", "/home/more");
}

static void test_no_home(void **state)
{
  (void)state;
  check_home(passwd_text, "nobody", NULL);
  check_home(passwd_text, "65534", NULL);
  check_home(passwd_text, "ap", NULL);
  check_home(passwd_text, "short", NULL);
  check_home(passwd_text, "nohome", NULL);
  check_home(passwd_text, "x", NULL); /* the password's field is not a name */
  check_home("", "root", NULL);
  check_home(NULL, "root", NULL);
}

static void test_named(void **state)
{
  (void)state;
  assert_false(keep_account_is_named(NULL));
  assert_false(keep_account_is_named(""));
  assert_false(keep_account_is_named("0"));
  assert_false(keep_account_is_named("1000:1000"));
  assert_true(keep_account_is_named("app"));
  assert_true(keep_account_is_named("app:1000"));
  assert_true(keep_account_is_named("1000:app"));
  assert_true(keep_account_is_named("10a"));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_home),
      cmocka_unit_test(test_no_home),
      cmocka_unit_test(test_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
