/* Manifests and their descriptors: accepted, refused, and written. */
#include "tests/unit/expect.h"

#include "oci/error.h"
#include "oci/manifest.h"

#include <string.h>

#define A                 "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B                 "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define CONFIG            "{'mediaType':'" OCI_MEDIATYPE_CONFIG "','digest':'" A "','size':10}"
#define LAYER             "{'mediaType':'" OCI_MEDIATYPE_LAYER_GZIP "','digest':'" B "','size':20}"
#define MANIFEST(members) "{'schemaVersion':2," members "'config':" CONFIG ",'layers':[" LAYER "]}"
#define WITH_LAYER(layer) "{'schemaVersion':2,'config':" CONFIG ",'layers':[" layer "]}"
#define DOCKER_MANIFEST   "application/vnd.docker.distribution.manifest.v2+json"

static OciManifest *parse(const char *text, const char *media_type, GError **error)
{
  OciLimits limits;
  oci_limits_init(&limits);
  g_autofree char *json = json_text("%s", text);
  return oci_manifest_parse(json, strlen(json), media_type, &limits, error);
}

static void accepts_a_manifest_with_or_without_its_type(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {MANIFEST(""), OCI_MEDIATYPE_MANIFEST},
      {MANIFEST(""), NULL},
      {MANIFEST("'mediaType':null,"), OCI_MEDIATYPE_MANIFEST},
      {MANIFEST("'mediaType':'" OCI_MEDIATYPE_MANIFEST "',"), OCI_MEDIATYPE_MANIFEST},
      {MANIFEST("'mediaType':'" DOCKER_MANIFEST "',"), DOCKER_MANIFEST},
      {MANIFEST("'manifests':null,"), NULL},
      {MANIFEST("'annotations':{'k':'v'},'x-unknown':[1],"), NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    GError *error = NULL;
    g_autoptr(OciManifest) manifest = parse(cases[i][0], cases[i][1], &error);
    assert_null(error);
    assert_int_equal(manifest->config->size, 10);
    assert_int_equal(manifest->layers->len, 1);
    const OciDescriptor *layer = g_ptr_array_index(manifest->layers, 0);
    g_autofree char *digest = oci_digest_format(&layer->digest);
    assert_string_equal(digest, B);
    assert_int_equal(layer->size, 20);
  }
}

typedef struct
{
  const char *json;
  int code;
  const char *message;
} Refused;

static void refuse_all(const Refused *cases, gsize count)
{
  for (gsize i = 0; i < count; i++)
  {
    GError *error = NULL;
    assert_null(parse(cases[i].json, OCI_MEDIATYPE_MANIFEST, &error));
    expect_error(&error, OCI_ERROR, cases[i].code, cases[i].message);
  }
}

static void refuses_other_documents(void **state)
{
  (void)state;
  static const Refused cases[] = {
      {"[]", OCI_ERROR_MALFORMED, "manifest is not an object"},
      {"{}", OCI_ERROR_MALFORMED, "manifest: .schemaVersion is not 2"},
      {"{'schemaVersion':2.0}", OCI_ERROR_MALFORMED, "manifest: .schemaVersion is not an integer"},
      {"{'schemaVersion':1,'fsLayers':[]}", OCI_ERROR_UNSUPPORTED,
       "manifest has schema version 1, which Docker gave up in 2016\nhint: push or save the image again with a current engine"},
      {MANIFEST("'manifests':[],"), OCI_ERROR_MALFORMED, "manifest is ambiguous: it also has .manifests"},
      {MANIFEST("'fsLayers':[],"), OCI_ERROR_MALFORMED, "manifest is ambiguous: it also has .fsLayers"},
      {MANIFEST("'mediaType':'" OCI_MEDIATYPE_INDEX "',"), OCI_ERROR_MALFORMED,
       "manifest calls itself '" OCI_MEDIATYPE_INDEX "', but is referred to as '" OCI_MEDIATYPE_MANIFEST "'"},
      {MANIFEST("'mediaType':'" DOCKER_MANIFEST "',"), OCI_ERROR_MALFORMED,
       "manifest calls itself '" DOCKER_MANIFEST "', but is referred to as '" OCI_MEDIATYPE_MANIFEST "'"},
      {MANIFEST("'mediaType':5,"), OCI_ERROR_MALFORMED, "manifest: .mediaType is not a string"},
      {"{'schemaVersion':2,'layers':[]}", OCI_ERROR_MALFORMED, "manifest: .config is missing"},
      {"{'schemaVersion':2,'config':" CONFIG ",'layers':{}}", OCI_ERROR_MALFORMED, "manifest: .layers is not an array"},
      {MANIFEST("'annotations':{'k':1},"), OCI_ERROR_MALFORMED, "manifest: .annotations['k'] is not a string"},
  };
  refuse_all(cases, G_N_ELEMENTS(cases));
}

static void refuses_what_is_no_image(void **state)
{
  (void)state;
  static const Refused cases[] = {
      {"{'schemaVersion':2,'config':{'mediaType':'application/vnd.oci.empty.v1+json','digest':'" A "','size':2},'layers':[]}",
       OCI_ERROR_UNSUPPORTED, "not a container image: the manifest's config has the media type 'application/vnd.oci.empty.v1+json'"},
      {WITH_LAYER("{'mediaType':'application/vnd.in-toto+json','digest':'" B "','size':2}"), OCI_ERROR_UNSUPPORTED,
       "not a container image: the manifest's layer 0 has the media type 'application/vnd.in-toto+json'"},
  };
  refuse_all(cases, G_N_ELEMENTS(cases));
}

#define DESCRIPTOR(digest, size) WITH_LAYER("{'mediaType':'" OCI_MEDIATYPE_LAYER "','digest':" digest ",'size':" size "}")

static void refuses_bad_descriptors(void **state)
{
  (void)state;
  static const Refused cases[] = {
      {WITH_LAYER("7"), OCI_ERROR_MALFORMED, "manifest: .layers[0] is not a descriptor"},
      {WITH_LAYER("{'digest':'" B "','size':1}"), OCI_ERROR_MALFORMED, "manifest: .layers[0].mediaType is missing"},
      {DESCRIPTOR("'" B "'", "-1"), OCI_ERROR_MALFORMED, "manifest: .layers[0].size is negative"},
      {DESCRIPTOR("'" B "'", "1.0"), OCI_ERROR_MALFORMED, "manifest: .layers[0].size is not an integer"},
      {DESCRIPTOR("'" B "'", "null"), OCI_ERROR_MALFORMED, "manifest: .layers[0].size is missing"},
      {DESCRIPTOR("null", "1"), OCI_ERROR_MALFORMED, "manifest: .layers[0].digest is missing"},
      {DESCRIPTOR("5", "1"), OCI_ERROR_MALFORMED, "manifest: .layers[0].digest is not a string"},
      {DESCRIPTOR("'sha256:../../etc'", "1"), OCI_ERROR_MALFORMED,
       "manifest: .layers[0].digest: digest 'sha256:../../etc' is not of the form algorithm:digits"},
      {DESCRIPTOR("'sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'", "1"), OCI_ERROR_MALFORMED,
       "manifest: .layers[0].digest: digest 'sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' has not the right "
       "number of lower-case hexadecimal digits"},
      {DESCRIPTOR("'md5:d41d8cd98f00b204e9800998ecf8427e'", "1"), OCI_ERROR_UNSUPPORTED,
       "manifest: .layers[0].digest: digest 'md5:d41d8cd98f00b204e9800998ecf8427e' uses an algorithm other than sha256 and sha512"},
      {WITH_LAYER("{'mediaType':'" OCI_MEDIATYPE_LAYER "','digest':'" B "','size':1,'data':'?'}"), OCI_ERROR_MALFORMED,
       "manifest: .layers[0].data is not base64"},
      {WITH_LAYER("{'mediaType':'" OCI_MEDIATYPE_LAYER "','digest':'" B "','size':2,'data':'e30='}"), OCI_ERROR_DIGEST_MISMATCH,
       "manifest: .layers[0].data is sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a (2 bytes), its descriptor "
       "says " B " (2 bytes)"},
  };
  refuse_all(cases, G_N_ELEMENTS(cases));
}

static void keeps_data_that_is_true(void **state)
{
  (void)state;
  GError *error = NULL;
  g_autoptr(OciManifest) manifest =
      parse("{'schemaVersion':2,'config':{'mediaType':'" OCI_MEDIATYPE_CONFIG "','size':2,'data':'e30=',"
            "'digest':'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'},'layers':[]}",
            NULL, &error);
  assert_null(error);
  assert_int_equal(g_bytes_get_size(manifest->config->data), 2);
  assert_memory_equal(g_bytes_get_data(manifest->config->data, NULL), "{}", 2);
}

static void layers_are_bounded(void **state)
{
  (void)state;
  GError *error = NULL;
  OciLimits limits;
  oci_limits_init(&limits);
  limits.layers = 1;
  g_autofree char *json = json_text(WITH_LAYER(LAYER "," LAYER));
  assert_null(oci_manifest_parse(json, strlen(json), NULL, &limits, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_LIMIT, "manifest: 2 layers are more than layers (1)");
}

static void foreign_layers_are_layers(void **state)
{
  (void)state;
  static const struct
  {
    const char *type;
    OciCompression compression;
  } cases[] = {
      {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", OCI_COMPRESSION_GZIP},
      {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", OCI_COMPRESSION_ZSTD},
      {"application/vnd.docker.image.rootfs.diff.tar", OCI_COMPRESSION_NONE},
      {OCI_MEDIATYPE_LAYER, OCI_COMPRESSION_NONE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    OciCompression compression = OCI_COMPRESSION_GZIP;
    assert_int_equal(oci_media_kind(cases[i].type), OCI_MEDIA_LAYER);
    assert_true(oci_media_layer_compression(cases[i].type, &compression));
    assert_int_equal(compression, cases[i].compression);
  }
  OciCompression compression = OCI_COMPRESSION_GZIP;
  assert_false(oci_media_layer_compression(OCI_MEDIATYPE_CONFIG, &compression));
}

static void writes_what_it_reads(void **state)
{
  (void)state;
  g_autofree char *expected = json_text("{'schemaVersion':2,'mediaType':'" OCI_MEDIATYPE_MANIFEST "','config':" CONFIG ",'layers':[" LAYER
                                        "],'annotations':{'a':'1','b':'2'}}");
  OciLimits limits;
  oci_limits_init(&limits);
  g_autoptr(OciManifest) manifest = oci_manifest_parse(expected, strlen(expected), OCI_MEDIATYPE_MANIFEST, &limits, NULL);
  g_autoptr(GBytes) written = oci_manifest_format(manifest);
  assert_int_equal(g_bytes_get_size(written), strlen(expected));
  assert_memory_equal(g_bytes_get_data(written, NULL), expected, strlen(expected));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(accepts_a_manifest_with_or_without_its_type),
      cmocka_unit_test(refuses_other_documents),
      cmocka_unit_test(refuses_what_is_no_image),
      cmocka_unit_test(refuses_bad_descriptors),
      cmocka_unit_test(keeps_data_that_is_true),
      cmocka_unit_test(layers_are_bounded),
      cmocka_unit_test(foreign_layers_are_layers),
      cmocka_unit_test(writes_what_it_reads),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
