/* Images that are written: the whole bytes, old or new, never half. */
#include "tests/unit/expect.h"
#include "tests/unit/image_fixture.h"

#include "oci/error.h"
#include "oci/image.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAYER "not a layer, but bytes"

/* What every test writes; nothing here looks into the layer. */
typedef struct
{
  OciDigest layer;
  OciDigest diff_id;
  OciImageParts parts;
} Parts;

typedef struct
{
  OciDigest manifest_digest;
  OciDigest config_digest;
  guint64 manifest_bytes;
  OciDigest digest; /* what oci_image_write() says */
} Written;

static OciLayerBlob *new_layer(const char *bytes)
{
  OciLayerBlob *layer = g_new0(OciLayerBlob, 1);
  g_autoptr(GBytes) content = g_bytes_new(bytes, strlen(bytes));
  layer->blob = oci_blob_new_bytes(content);
  layer->compression = OCI_COMPRESSION_GZIP;
  oci_digest_compute(OCI_DIGEST_SHA256, bytes, strlen(bytes), &layer->digest);
  oci_digest_compute(OCI_DIGEST_SHA256, "tar", 3, &layer->diff_id);
  return layer;
}

static void add_result(Parts *parts, const char *bytes, const char *platform_text)
{
  g_autoptr(OciPlatform) platform = oci_platform_parse(platform_text, NULL);
  g_autoptr(OciConfig) config = oci_config_new(platform);
  g_autoptr(GHashTable) annotations = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, NULL);
  g_hash_table_insert(annotations, (gpointer)(guintptr) "io.ocislim.source.name", (gpointer)(guintptr) "old:1");
  OciLayerBlob *layer = new_layer(bytes);
  oci_config_set_single_layer(config, &layer->diff_id, "1970-01-01T00:00:00Z", "test");
  OciResult *result = oci_result_new(config, layer, annotations, NULL);
  assert_non_null(result);
  g_ptr_array_add(parts->parts.results, result);
}

static void parts_init(Parts *parts, const char *bytes, const char *tag, const char *second)
{
  *parts = (Parts){0};
  parts->parts.results = g_ptr_array_new_with_free_func((GDestroyNotify)oci_result_free);
  add_result(parts, bytes, "linux/arm64");
  const OciResult *result = parts->parts.results->pdata[0];
  parts->layer = result->layer->digest;
  parts->diff_id = result->layer->diff_id;
  parts->parts.tags = g_ptr_array_new_with_free_func(g_free);
  if (tag != NULL)
    g_ptr_array_add(parts->parts.tags, g_strdup(tag));
  if (second != NULL)
    g_ptr_array_add(parts->parts.tags, g_strdup(second));
}

static void parts_clear(Parts *parts)
{
  g_ptr_array_unref(parts->parts.results);
  g_ptr_array_unref(parts->parts.tags);
}

static gboolean write_to(const char *destination, const Parts *parts, Written *written, GError **error)
{
  g_autoptr(OciReference) reference = oci_reference_parse(destination, error);
  const OciResult *result = parts->parts.results->pdata[0];
  written->manifest_digest = result->manifest_digest;
  written->config_digest = result->config_digest;
  written->manifest_bytes = g_bytes_get_size(result->manifest);
  g_autoptr(OciDescriptor) root = NULL;
  if (reference == NULL || !oci_image_write(reference, &parts->parts, &root, error))
    return FALSE;
  written->digest = root->digest;
  assert_int_equal(g_hash_table_size(root->annotations), 0);
  return TRUE;
}

static char *read_file(const char *folder, const char *name, gsize *length)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, length, NULL));
  return text;
}

static void assert_file(const char *folder, const char *name, const char *expected)
{
  gsize length = 0;
  g_autofree char *text = read_file(folder, name, &length);
  assert_string_equal(text, expected);
}

/* Everything below a folder, sorted, "a|b|". */
static void list_into(const char *folder, const char *prefix, GPtrArray *names)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  for (const char *name = NULL; (name = g_dir_read_name(dir)) != NULL;)
  {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *shown = g_strconcat(prefix, name, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
    {
      g_autofree char *deeper = g_strconcat(shown, "/", NULL);
      list_into(path, deeper, names);
    }
    else
      g_ptr_array_add(names, g_steal_pointer(&shown));
  }
}

static gint compare(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *list(const char *folder)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  list_into(folder, "", names);
  g_ptr_array_sort(names, compare);
  g_ptr_array_add(names, NULL);
  return g_strjoinv("|", (char **)names->pdata);
}

static char *blob_name(const OciDigest *digest)
{
  g_autofree char *hex = oci_digest_hex(digest);
  return g_strconcat("blobs/sha256/", hex, NULL);
}

static char *expected_config(const Parts *parts)
{
  g_autofree char *diff_id = oci_digest_format(&parts->diff_id);
  return json_text("{'architecture':'arm64','os':'linux','config':{},'rootfs':{'type':'layers','diff_ids':['%s']},"
                   "'created':'1970-01-01T00:00:00Z','history':[{'created':'1970-01-01T00:00:00Z','created_by':'test'}]}",
                   diff_id);
}

static char *expected_manifest(const Parts *parts, const Written *written)
{
  g_autofree char *config = expected_config(parts);
  g_autofree char *config_digest = oci_digest_format(&written->config_digest);
  g_autofree char *layer = oci_digest_format(&parts->layer);
  return json_text(
      "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json','config':{'mediaType':"
      "'application/vnd.oci.image.config.v1+json','digest':'%s','size':%zu},'layers':[{'mediaType':"
      "'application/vnd.oci.image.layer.v1.tar+gzip','digest':'%s','size':%zu}],'annotations':{'io.ocislim.source.name':'old:1'}}",
      config_digest, strlen(config), layer, strlen(LAYER));
}

/* annotations: with single quotes and their key, or "". */
static char *expected_entry(const Written *written, const char *annotations)
{
  g_autofree char *digest = oci_digest_format(&written->manifest_digest);
  return json_text("{'mediaType':'application/vnd.oci.image.manifest.v1+json','digest':'%s','size':%" G_GUINT64_FORMAT
                   "%s,'platform':{'architecture':'arm64','os':'linux'}}",
                   digest, written->manifest_bytes, annotations);
}

static char *expected_index(const char *entries)
{
  return json_text("{'schemaVersion':2,'mediaType':'application/vnd.oci.image.index.v1+json','manifests':[%s]}", entries);
}

#define NAMED(ref, name) ",'annotations':{'io.containerd.image.name':'" name "','org.opencontainers.image.ref.name':'" ref "'}"

static void creates_a_layout(void **state)
{
  (void)state;
  Parts parts;
  Written written;
  GError *error = NULL;
  char *folder = fixture_folder();
  parts_init(&parts, LAYER, "app:1", NULL);
  g_autofree char *destination = g_strconcat("oci:", folder, "/new", NULL);
  g_autofree char *layout = g_build_filename(folder, "new", NULL);
  assert_true(write_to(destination, &parts, &written, &error));
  g_autofree char *config_name = blob_name(&written.config_digest);
  g_autofree char *manifest_name = blob_name(&written.manifest_digest);
  g_autofree char *layer_name = blob_name(&parts.layer);
  g_autofree char *config = expected_config(&parts);
  g_autofree char *manifest = expected_manifest(&parts, &written);
  g_autofree char *entry = expected_entry(&written, NAMED("1", "docker.io/library/app:1"));
  g_autofree char *index = expected_index(entry);
  assert_file(layout, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
  assert_file(layout, config_name, config);
  assert_file(layout, manifest_name, manifest);
  assert_file(layout, layer_name, LAYER);
  assert_file(layout, "index.json", index);
  assert_int_equal(written.manifest_bytes, strlen(manifest));
  g_autofree char *siblings = list(folder);
  assert_int_equal(g_strrstr(siblings, ".ocislim") == NULL, TRUE);
  parts_clear(&parts);
  fixture_remove_folder(folder);
}

/* One entry: umoci calls a reference that stands there twice ambiguous. */
static void a_reference_and_a_tag_of_that_name(void **state)
{
  (void)state;
  Parts parts;
  Written written;
  GError *error = NULL;
  char *folder = fixture_folder();
  parts_init(&parts, LAYER, "app:1", "other:2");
  g_autofree char *destination = g_strconcat("oci:", folder, "/new:1", NULL);
  g_autofree char *layout = g_build_filename(folder, "new", NULL);
  assert_true(write_to(destination, &parts, &written, &error));
  g_autofree char *first = expected_entry(&written, NAMED("1", "docker.io/library/app:1"));
  g_autofree char *second = expected_entry(&written, NAMED("2", "docker.io/library/other:2"));
  g_autofree char *entries = g_strconcat(first, ",", second, NULL);
  g_autofree char *index = expected_index(entries);
  assert_file(layout, "index.json", index);
  parts_clear(&parts);
  fixture_remove_folder(folder);
}

static void adds_to_a_layout(void **state)
{
  (void)state;
  Parts parts;
  Written written;
  GError *error = NULL;
  char *folder = fixture_folder();
  g_autoptr(Fixture) fixture = fixture_new();
  g_autofree char *other = g_strconcat(fixture_add_image(fixture, "f", "x", "amd64"),
                                       ",'annotations':{'org.opencontainers.image.ref.name':'other'},'x-unknown':[1]}", NULL);
  g_autofree char *same =
      g_strconcat(fixture_add_image(fixture, "f", "y", "amd64"), ",'annotations':{'org.opencontainers.image.ref.name':'mine'}}", NULL);
  g_autofree char *both = g_strdelimit(g_strconcat(other, ",", same, NULL), "'", '"');
  fixture_add_index(fixture, both);
  g_autofree char *layout = fixture_write_layout(fixture, folder);
  g_autofree char *destination = g_strconcat("oci:", layout, ":mine", NULL);
  parts_init(&parts, LAYER, NULL, NULL);
  assert_true(write_to(destination, &parts, &written, &error));
  g_autofree char *entry = expected_entry(&written, ",'annotations':{'org.opencontainers.image.ref.name':'mine'}");
  g_autofree char *expected = json_text("{'schemaVersion':2,'manifests':[%s,%s]}", other, entry);
  assert_file(layout, "index.json", expected);
  assert_true(write_to(destination, &parts, &written, &error)); /* again: the same */
  assert_file(layout, "index.json", expected);
  parts_clear(&parts);
  fixture_remove_folder(folder);
}

static void an_existing_blob_is_reused_or_mended(void **state)
{
  (void)state;
  Parts parts;
  Written written;
  struct stat before, after;
  GError *error = NULL;
  char *folder = fixture_folder();
  g_autofree char *destination = g_strconcat("oci:", folder, "/new", NULL);
  parts_init(&parts, LAYER, NULL, NULL);
  assert_true(write_to(destination, &parts, &written, &error));
  g_autofree char *name = blob_name(&parts.layer);
  g_autofree char *path = g_build_filename(folder, "new", name, NULL);
  assert_int_equal(stat(path, &before), 0);
  assert_true(write_to(destination, &parts, &written, &error));
  assert_int_equal(stat(path, &after), 0);
  assert_int_equal(before.st_ino, after.st_ino);
  g_autofree char *wrong = g_strdup(LAYER);
  wrong[0] = '#';
  assert_true(g_file_set_contents(path, wrong, -1, NULL));
  assert_true(write_to(destination, &parts, &written, &error));
  g_autofree char *mended = read_file(folder, path + strlen(folder) + 1, NULL);
  assert_string_equal(mended, LAYER);
  parts_clear(&parts);
  fixture_remove_folder(folder);
}

static void a_failure_changes_nothing(void **state)
{
  (void)state;
  Parts parts;
  Written written;
  GError *error = NULL;
  char *folder = fixture_folder();
  g_autoptr(Fixture) fixture = fixture_new();
  fixture_add_json(fixture, "oci-layout", "{'imageLayoutVersion':'1.0.0'}");
  fixture_add_json(fixture, "index.json", "{'schemaVersion':2,'manifests':[],'layers':[]}");
  g_autofree char *layout = fixture_write_layout(fixture, folder);
  g_autofree char *destination = g_strconcat("oci:", layout, NULL);
  parts_init(&parts, LAYER, NULL, NULL);
  assert_false(write_to(destination, &parts, &written, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, "image index is ambiguous: it also has .layers");
  g_autofree char *files = list(folder);
  assert_string_equal(files, "layout/index.json|layout/oci-layout");
  g_autofree char *full = g_strconcat("oci:", folder, NULL); /* a directory with something else in it */
  assert_false(write_to(full, &parts, &written, &error));
  assert_int_equal(error->code, OCI_ERROR_IO);
  g_clear_error(&error);
  g_autofree char *nowhere = g_strconcat("oci-archive:", folder, "/no/where.tar", NULL);
  assert_false(write_to(nowhere, &parts, &written, &error));
  assert_int_equal(error->code, OCI_ERROR_IO);
  g_clear_error(&error);
  g_autofree char *again = list(folder);
  assert_string_equal(again, files);
  parts_clear(&parts);
  fixture_remove_folder(folder);
}

/* Name, type, mode, owner, time and content of each member, a line each; JSON in full, blobs by name. */
static char *describe_tar(const char *tar, gsize length)
{
  GString *text = g_string_new(NULL);
  gsize offset = 0;
  while (offset + 512 <= length && tar[offset] != '\0')
  {
    const char *header = tar + offset;
    gsize size = (gsize)g_ascii_strtoull(header + 124, NULL, 8);
    g_string_append_printf(text, "%s %c %.6s %.6s %.6s %.11s %zu", header, header[156], header + 100, header + 108, header + 116,
                           header + 136, size);
    if (strstr(header, "json") != NULL || strcmp(header, "oci-layout") == 0)
      g_string_append_printf(text, " %.*s", (int)size, header + 512);
    g_string_append_c(text, '\n');
    offset += 512 + (size + 511) / 512 * 512;
  }
  g_string_append_printf(text, "%zu bytes of end\n", length - offset);
  for (gsize i = offset; i < length; i++)
    assert_int_equal(tar[i], 0);
  return g_string_free(text, FALSE);
}

static void an_archive_is_for_every_reader(void **state)
{
  (void)state;
  Parts parts;
  Written written;
  gsize length = 0;
  GError *error = NULL;
  char *folder = fixture_folder();
  parts_init(&parts, LAYER, "me/app", "app:1.2");
  g_autofree char *destination = g_strconcat("docker-archive:", folder, "/a.tar:host:5000/x:y", NULL);
  assert_true(write_to(destination, &parts, &written, &error));
  g_autofree char *tar = read_file(folder, "a.tar", &length);
  g_autofree char *text = describe_tar(tar, length);
  g_autofree char *config = expected_config(&parts);
  g_autofree char *config_name = blob_name(&written.config_digest);
  g_autofree char *manifest_name = blob_name(&written.manifest_digest);
  g_autofree char *layer_name = blob_name(&parts.layer);
  g_autofree char *first = expected_entry(&written, NAMED("y", "host:5000/x:y"));
  g_autofree char *second = expected_entry(&written, NAMED("latest", "docker.io/me/app:latest"));
  g_autofree char *third = expected_entry(&written, NAMED("1.2", "docker.io/library/app:1.2"));
  g_autofree char *entries = g_strconcat(first, ",", second, ",", third, NULL);
  g_autofree char *index = expected_index(entries);
  g_autofree char *docker =
      json_text("[{'Config':'%s','RepoTags':['host:5000/x:y','me/app:latest','app:1.2'],'Layers':['%s']}]", config_name, layer_name);
  g_autofree char *expected = g_strdup_printf("oci-layout 0 000644 000000 000000 00000000000 30 {\"imageLayoutVersion\":\"1.0.0\"}\n"
                                              "index.json 0 000644 000000 000000 00000000000 %zu %s\n"
                                              "manifest.json 0 000644 000000 000000 00000000000 %zu %s\n"
                                              "blobs/ 5 000755 000000 000000 00000000000 0\n"
                                              "blobs/sha256/ 5 000755 000000 000000 00000000000 0\n"
                                              "%s 0 000644 000000 000000 00000000000 %zu\n"
                                              "%s 0 000644 000000 000000 00000000000 %zu\n"
                                              "%s 0 000644 000000 000000 00000000000 %zu\n"
                                              "1024 bytes of end\n",
                                              strlen(index), index, strlen(docker), docker, manifest_name, (gsize)written.manifest_bytes,
                                              config_name, strlen(config), layer_name, strlen(LAYER));
  assert_string_equal(text, expected);
  g_autofree char *only = list(folder);
  assert_string_equal(only, "a.tar");
  parts_clear(&parts);
  fixture_remove_folder(folder);
}

static void twice_the_same_bytes(void **state)
{
  (void)state;
  gsize length[2] = {0};
  char *bytes[2] = {NULL};
  char *folder = fixture_folder();
  g_autofree char *destination = g_strconcat(folder, "/a.tar", NULL); /* a bare path */
  for (guint i = 0; i < 2; i++)
  {
    Parts parts;
    Written written;
    GError *error = NULL;
    parts_init(&parts, LAYER, "app", "app:latest"); /* one name, two spellings */
    assert_true(write_to(destination, &parts, &written, &error));
    bytes[i] = read_file(folder, "a.tar", &length[i]);
    parts_clear(&parts);
  }
  assert_int_equal(length[0], length[1]);
  assert_memory_equal(bytes[0], bytes[1], length[0]);
  g_free(bytes[0]);
  g_free(bytes[1]);
  fixture_remove_folder(folder);
}

static void a_broken_pipe_is_an_error(void **state)
{
  (void)state;
  Parts parts;
  Written written;
  int ends[2];
  GError *error = NULL;
  parts_init(&parts, LAYER, NULL, NULL);
  int saved = dup(STDOUT_FILENO);
  assert_int_equal(pipe(ends), 0);
  close(ends[0]);
  fflush(stdout);
  assert_int_equal(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
  close(ends[1]);
  gboolean done = write_to("-", &parts, &written, &error);
  dup2(saved, STDOUT_FILENO);
  close(saved);
  assert_false(done);
  expect_error(&error, OCI_ERROR, OCI_ERROR_IO,
               "writing the archive failed: Broken pipe\nhint: the command behind the pipe has ended early");
  parts_clear(&parts);
}

static void refuses_what_cannot_be_written(void **state)
{
  (void)state;
  static const struct
  {
    const char *destination;
    const char *tag;
    const char *message;
  } cases[] = {
      {"oci:x:@1", NULL, "'@1' is no name that an image can be given\nhint: '@' chooses an image that is there"},
      {"docker-archive:x.tar:App", NULL, "'App' is not an image's name\nhint: [host[:port]/]name[:tag] in lower case, e.g. app:1.2"},
      {"oci:x", "a b", "'a b' is not an image's name\nhint: [host[:port]/]name[:tag] in lower case, e.g. app:1.2"},
      {"x.zip", NULL, "what to write to 'x.zip' is not clear\nhint: say oci:DIR, oci-archive:FILE, docker-archive:FILE or rootfs:DIR"},
      {"/tmp", NULL, "what to write to '/tmp' is not clear\nhint: say oci:DIR, oci-archive:FILE, docker-archive:FILE or rootfs:DIR"},
      {"rootfs:x", NULL, "an image cannot be written to a plain directory"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    Parts parts;
    Written written;
    GError *error = NULL;
    parts_init(&parts, LAYER, cases[i].tag, NULL);
    assert_false(write_to(cases[i].destination, &parts, &written, &error));
    expect_error(&error, OCI_ERROR, OCI_ERROR_USAGE, cases[i].message);
    parts_clear(&parts);
  }
  assert_false(g_file_test("x", G_FILE_TEST_EXISTS));
}

static void several_platforms_are_an_index(void **state)
{
  (void)state;
  Parts parts;
  Written written;
  GError *error = NULL;
  char *folder = fixture_folder();
  g_autofree char *destination = g_strconcat("oci:", folder, "/new:1", NULL);
  g_autofree char *layout = g_build_filename(folder, "new", NULL);
  parts_init(&parts, LAYER, NULL, NULL);
  add_result(&parts, "another layer", "linux/arm/v7");
  parts.parts.index_annotations = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, NULL);
  g_hash_table_insert(parts.parts.index_annotations, (gpointer)(guintptr) "org.example.of", (gpointer)(guintptr) "both");
  assert_true(write_to(destination, &parts, &written, &error));
  const OciResult *second = parts.parts.results->pdata[1];
  g_autofree char *arm64 = expected_entry(&written, "");
  g_autofree char *arm_digest = oci_digest_format(&second->manifest_digest);
  g_autofree char *arm = json_text("{'mediaType':'application/vnd.oci.image.manifest.v1+json','digest':'%s','size':%zu,"
                                   "'platform':{'architecture':'arm','os':'linux','variant':'v7'}}",
                                   arm_digest, g_bytes_get_size(second->manifest));
  g_autofree char *expected = json_text("{'schemaVersion':2,'mediaType':'application/vnd.oci.image.index.v1+json','manifests':[%s,%s],"
                                        "'annotations':{'org.example.of':'both'}}",
                                        arm64, arm);
  g_autofree char *digest = oci_digest_format(&written.digest);
  g_autofree char *name = blob_name(&written.digest);
  assert_file(layout, name, expected);
  g_autofree char *entry = json_text("{'mediaType':'application/vnd.oci.image.index.v1+json','digest':'%s','size':%zu,"
                                     "'annotations':{'org.opencontainers.image.ref.name':'1'}}",
                                     digest, strlen(expected));
  g_autofree char *index = expected_index(entry);
  assert_file(layout, "index.json", index);
  g_autofree char *first_layer = blob_name(&parts.layer);
  g_autofree char *second_layer = blob_name(&second->layer->digest);
  assert_file(layout, first_layer, LAYER);
  assert_file(layout, second_layer, "another layer");
  g_hash_table_unref(parts.parts.index_annotations);
  parts_clear(&parts);
  fixture_remove_folder(folder);
}

static void the_config_must_be_of_the_layer(void **state)
{
  (void)state;
  GError *error = NULL;
  g_autoptr(OciPlatform) platform = oci_platform_parse("linux/arm64", NULL);
  g_autoptr(OciConfig) config = oci_config_new(platform);
  OciLayerBlob *layer = new_layer(LAYER);
  oci_config_set_single_layer(config, &layer->diff_id, "1970-01-01T00:00:00Z", "test");
  oci_digest_compute(OCI_DIGEST_SHA256, "", 0, &layer->diff_id);
  assert_null(oci_result_new(config, layer, NULL, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH,
               "the config to be written does not describe its one layer, "
               "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(creates_a_layout),
      cmocka_unit_test(a_reference_and_a_tag_of_that_name),
      cmocka_unit_test(adds_to_a_layout),
      cmocka_unit_test(an_existing_blob_is_reused_or_mended),
      cmocka_unit_test(a_failure_changes_nothing),
      cmocka_unit_test(an_archive_is_for_every_reader),
      cmocka_unit_test(twice_the_same_bytes),
      cmocka_unit_test(a_broken_pipe_is_an_error),
      cmocka_unit_test(refuses_what_cannot_be_written),
      cmocka_unit_test(several_platforms_are_an_index),
      cmocka_unit_test(the_config_must_be_of_the_layer),
  };
  signal(SIGPIPE, SIG_IGN);
  return cmocka_run_group_tests(tests, NULL, NULL);
}
