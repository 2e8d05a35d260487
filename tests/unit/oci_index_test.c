/* Indexes: accepted, refused, and which entry a reference means. */
#include "tests/unit/expect.h"

#include "oci/error.h"
#include "oci/index.h"
#include "oci/mediatype.h"

#include <string.h>

#define A                   "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B                   "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C                   "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ENTRY(digest, more) "{'mediaType':'" OCI_MEDIATYPE_MANIFEST "','digest':'" digest "','size':5" more "}"
#define INDEX(entries)      "{'schemaVersion':2,'manifests':[" entries "]}"
#define REF(name)           ",'annotations':{'org.opencontainers.image.ref.name':'" name "'}"
#define BOTH(ref, name)     ",'annotations':{'org.opencontainers.image.ref.name':'" ref "','io.containerd.image.name':'" name "'}"
#define PLATFORM(a)         ",'platform':{'os':'linux','architecture':'" a "'}"
#define UNKNOWN             ",'platform':{'os':'unknown','architecture':'unknown'}"

static OciIndex *parse(const char *text, const char *media_type, GError **error)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autofree char *json = json_text("%s", text);
  return oci_index_parse(json, strlen(json), media_type, &limits, error);
}

static void refuses_other_documents(void **state)
{
  (void)state;
  static const struct
  {
    const char *json;
    int code;
    const char *message;
  } cases[] = {
      {"[]", OCI_ERROR_MALFORMED, "image index is not an object"},
      {"{'schemaVersion':1}", OCI_ERROR_UNSUPPORTED,
       "image index has schema version 1, which Docker gave up in 2016\nhint: push or save the image again with a current engine"},
      {"{'schemaVersion':2,'manifests':[],'layers':[]}", OCI_ERROR_MALFORMED, "image index is ambiguous: it also has .layers"},
      {"{'schemaVersion':2,'manifests':[],'config':{}}", OCI_ERROR_MALFORMED, "image index is ambiguous: it also has .config"},
      {"{'schemaVersion':2,'mediaType':'" OCI_MEDIATYPE_MANIFEST "','manifests':[]}", OCI_ERROR_MALFORMED,
       "image index calls itself '" OCI_MEDIATYPE_MANIFEST "', but is referred to as an image index"},
      {"{'schemaVersion':2,'manifests':7}", OCI_ERROR_MALFORMED, "image index: .manifests is not an array"},
      {INDEX("{'mediaType':'x','digest':'" A "','size':1,'platform':7}"), OCI_ERROR_MALFORMED,
       "image index: .manifests[0].platform is not an object"},
      {INDEX("{'mediaType':'x','digest':'" A "','size':1,'platform':{'os':1}}"), OCI_ERROR_MALFORMED,
       "image index: .manifests[0].platform.os is not a string"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    assert_null(parse(cases[i].json, NULL, &error));
    expect_error(&error, OCI_ERROR, cases[i].code, cases[i].message);
  }
}

/* A reference, and the entry (its digest) or the message it leads to. */
typedef struct
{
  const char *json;
  const char *ref;
  const char *result; /* digest; "" for the index itself; otherwise a message */
  int code;           /* 0: found */
} Choice;

static void choose_all(const Choice *cases, gsize count)
{
  for (gsize i = 0; i < count; i++)
  {
    GError *error = NULL;
    const OciDescriptor *found = NULL;
    g_autoptr(OciIndex) index = parse(cases[i].json, NULL, &error);
    assert_null(error);
    assert_int_equal(oci_index_find(index, cases[i].ref, &found, &error), cases[i].code == 0);
    if (cases[i].code != 0)
    {
      expect_error(&error, OCI_ERROR, cases[i].code, cases[i].result);
      continue;
    }
    g_autofree char *digest = found == NULL ? g_strdup("") : oci_digest_format(&found->digest);
    assert_string_equal(digest, cases[i].result);
  }
}

#define FOUND 0
#define TWO   INDEX(ENTRY(A, REF("one")) "," ENTRY(B, BOTH("1.2", "docker.io/library/app:1.2")))

static void a_reference_means_one_entry(void **state)
{
  (void)state;
  static const Choice cases[] = {
      {INDEX(ENTRY(A, "")), NULL, A, FOUND},
      {INDEX(ENTRY(A, REF("one"))), NULL, A, FOUND},
      {INDEX(ENTRY(A, REF("one")) "," ENTRY(A, REF("two"))), NULL, A, FOUND},
      {TWO, "one", A, FOUND},
      {TWO, "1.2", B, FOUND},
      {TWO, "app:1.2", B, FOUND},
      {TWO, "docker.io/library/app:1.2", B, FOUND},
      {TWO, "@0", A, FOUND},
      {TWO, "@1", B, FOUND},
      {TWO, "@" B, B, FOUND},
      {INDEX(ENTRY(A, REF("x")) "," ENTRY(A, REF("x"))), "x", A, FOUND},
      {INDEX(ENTRY(A, PLATFORM("amd64")) "," ENTRY(B, UNKNOWN)), NULL, A, FOUND},
      {INDEX(ENTRY(A, PLATFORM("amd64")) "," ENTRY(B, ",'annotations':{'vnd.docker.reference.type':'attestation-manifest'}")), NULL, A,
       FOUND},
      {INDEX(ENTRY(A, "") "," ENTRY(B, ",'artifactType':'application/spdx+json'")), NULL, A, FOUND},
      {INDEX(ENTRY(A, PLATFORM("amd64")) "," ENTRY(B, PLATFORM("arm64"))), NULL, "", FOUND},
  };
  choose_all(cases, G_N_ELEMENTS(cases));
}

static void anything_else_lists_what_there_is(void **state)
{
  (void)state;
  static const Choice cases[] = {
      {TWO, NULL, "there are several images, and no reference says which\nhint: there are: 'one', 'docker.io/library/app:1.2'",
       OCI_ERROR_NOT_FOUND},
      {TWO, "three", "no image named 'three'\nhint: there are: 'one', 'docker.io/library/app:1.2'", OCI_ERROR_NOT_FOUND},
      {INDEX(ENTRY(A, "") "," ENTRY(B, "")), "x", "no image named 'x'\nhint: there are: '@0', '@1'", OCI_ERROR_NOT_FOUND},
      {TWO, "@2", "no image at position '@2'\nhint: there are: 'one', 'docker.io/library/app:1.2'", OCI_ERROR_NOT_FOUND},
      {TWO, "@", "no image at position '@'\nhint: there are: 'one', 'docker.io/library/app:1.2'", OCI_ERROR_NOT_FOUND},
      {TWO, "@99999999999999999999", "no image at position '@99999999999999999999'\nhint: there are: 'one', 'docker.io/library/app:1.2'",
       OCI_ERROR_NOT_FOUND},
      {TWO, "@" C, "no image with digest '" C "'\nhint: there are: 'one', 'docker.io/library/app:1.2'", OCI_ERROR_NOT_FOUND},
      {TWO, "@sha256:x", "digest 'sha256:x' has not the right number of lower-case hexadecimal digits", OCI_ERROR_MALFORMED},
      {INDEX(""), NULL, "there is no image\nhint: the index is empty", OCI_ERROR_NOT_FOUND},
      {INDEX(ENTRY(A, UNKNOWN)), NULL, "there is no image\nhint: there are: '@0'", OCI_ERROR_NOT_FOUND},
      {INDEX(ENTRY(A, REF("x")) "," ENTRY(B, REF("x"))), "x", "image index: two images are named 'x': " A " and " B, OCI_ERROR_MALFORMED},
  };
  choose_all(cases, G_N_ELEMENTS(cases));
}

static void the_layout_has_a_version(void **state)
{
  (void)state;
  static const struct
  {
    const char *json;
    int code;
    const char *message;
  } cases[] = {
      {"{'imageLayoutVersion':'1.0.0'}", 0, NULL},
      {"{'imageLayoutVersion':'9'}", OCI_ERROR_UNSUPPORTED, "oci-layout: .imageLayoutVersion is '9', not '1.0.0'"},
      {"{}", OCI_ERROR_MALFORMED, "oci-layout: .imageLayoutVersion is '', not '1.0.0'"},
      {"{'imageLayoutVersion':1}", OCI_ERROR_MALFORMED, "oci-layout: .imageLayoutVersion is not a string"},
  };
  OciLimits limits;
  oci_limits_init(&limits);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    g_autofree char *json = json_text("%s", cases[i].json);
    assert_int_equal(oci_index_check_layout(json, strlen(json), &limits, &error), cases[i].code == 0);
    if (cases[i].code != 0)
      expect_error(&error, OCI_ERROR, cases[i].code, cases[i].message);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refuses_other_documents),
      cmocka_unit_test(a_reference_means_one_entry),
      cmocka_unit_test(anything_else_lists_what_there_is),
      cmocka_unit_test(the_layout_has_a_version),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
