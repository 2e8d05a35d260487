/* References: where the path ends, and what a mistyped one is told. */
#include "tests/unit/expect.h"

#include "oci/error.h"
#include "oci/reference.h"

#include <string.h>

#define TRANSPORTS                                                                                                                         \
  "oci:DIR[:REF], oci-archive:FILE[:REF], docker-archive:FILE[:NAME:TAG], docker://NAME[:TAG], docker-daemon:NAME[:TAG], "                 \
  "dir:DIR, rootfs:DIR, -"

static void accepts_the_grammar(void **state)
{
  (void)state;
  static const struct
  {
    const char *text;
    OciTransport transport;
    const char *path;
    const char *ref;
  } cases[] = {
      {"-", OCI_TRANSPORT_STREAM, NULL, NULL},
      {"oci:dir", OCI_TRANSPORT_OCI, "dir", NULL},
      {"oci:/a/b:1.2", OCI_TRANSPORT_OCI, "/a/b", "1.2"},
      {"docker://app", OCI_TRANSPORT_REGISTRY, "app", NULL},
      {"docker-daemon:app:2", OCI_TRANSPORT_DAEMON, "app:2", NULL},
      {"docker-daemon:h:5000/a/b:1", OCI_TRANSPORT_DAEMON, "h:5000/a/b:1", NULL},
      {"docker://h:5000/a/b:1", OCI_TRANSPORT_REGISTRY, "h:5000/a/b:1", NULL},
      {"oci:dir:@1", OCI_TRANSPORT_OCI, "dir", "@1"},
      {"oci:dir:@sha256:00", OCI_TRANSPORT_OCI, "dir", "@sha256:00"},
      {"oci:dir:host:5000/app:1", OCI_TRANSPORT_OCI, "dir", "host:5000/app:1"},
      {"oci-archive:x.tar", OCI_TRANSPORT_OCI_ARCHIVE, "x.tar", NULL},
      {"oci-archive:x.tar:latest", OCI_TRANSPORT_OCI_ARCHIVE, "x.tar", "latest"},
      {"docker-archive:x.tar:app:1", OCI_TRANSPORT_DOCKER_ARCHIVE, "x.tar", "app:1"},
      {"docker-archive:x.tar:@0", OCI_TRANSPORT_DOCKER_ARCHIVE, "x.tar", "@0"},
      {"dir:a:b", OCI_TRANSPORT_DIR, "a:b", NULL},
      {"rootfs:/", OCI_TRANSPORT_ROOTFS, "/", NULL},
      {"rootfs:/a:b", OCI_TRANSPORT_ROOTFS, "/a:b", NULL},
      {"image.tar", OCI_TRANSPORT_PATH, "image.tar", NULL},
      {"./a:b", OCI_TRANSPORT_PATH, "./a:b", NULL},
      {"/a/oci:b", OCI_TRANSPORT_PATH, "/a/oci:b", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    g_autoptr(OciReference) reference = oci_reference_parse(cases[i].text, &error);
    assert_null(error);
    assert_non_null(reference);
    assert_int_equal(reference->transport, cases[i].transport);
    assert_true(g_strcmp0(reference->path, cases[i].path) == 0);
    assert_true(g_strcmp0(reference->ref, cases[i].ref) == 0);
    g_autofree char *text = oci_reference_format(reference);
    assert_string_equal(text, cases[i].text);
  }
}

static void refuses_with_a_hint(void **state)
{
  (void)state;
  static const struct
  {
    const char *text;
    const char *message;
  } cases[] = {
      {"", "'' is empty\nhint: there are: " TRANSPORTS},
      {"oci:", "'oci:' names no path\nhint: there are: " TRANSPORTS},
      {"oci::1", "'oci::1' names no path\nhint: there are: " TRANSPORTS},
      {"oci:a:", "'oci:a:' ends with a colon where a reference should follow\nhint: there are: " TRANSPORTS},
      {"dir:", "'dir:' names no path\nhint: there are: " TRANSPORTS},
      {"rootfs:", "'rootfs:' names no path\nhint: there are: " TRANSPORTS},
      {"oci-achive:x", "no transport 'oci-achive'\nhint: did you mean 'oci-archive:'? There are: " TRANSPORTS},
      {"OCI:x", "no transport 'OCI'\nhint: did you mean 'oci:'? There are: " TRANSPORTS},
      {"docker-achive:x", "no transport 'docker-achive'\nhint: did you mean 'docker-archive:'? There are: " TRANSPORTS},
      {"rootf:/", "no transport 'rootf'\nhint: did you mean 'rootfs:'? There are: " TRANSPORTS},
      {"docker:app", "'docker:app' has no // behind docker:\nhint: there are: " TRANSPORTS},
      {"docker://App", "'App' is not an image's name\nhint: [host[:port]/]name[:tag] in lower case, e.g. app:1.2"},
      {"docker-daemon:A", "'A' is not an image's name\nhint: [host[:port]/]name[:tag] in lower case, e.g. app:1.2"},
      {"containers-storage:a:b", "no transport 'containers-storage'\nhint: there are: " TRANSPORTS},
      {"a\x1b[31m:x", "no transport 'a\\x1b[31m'\nhint: there are: " TRANSPORTS},
      {"kjhsdfkjhsdfkjhsdfkjhsdfkjhsdfkjhsd:x", "no transport 'kjhsdfkjhsdfkjhsdfkjhsdfkjhsdfkjhsd'\nhint: there are: " TRANSPORTS},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    assert_null(oci_reference_parse(cases[i].text, &error));
    expect_error(&error, OCI_ERROR, OCI_ERROR_USAGE, cases[i].message);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(accepts_the_grammar),
      cmocka_unit_test(refuses_with_a_hint),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
