/* Images that are opened: every kind of place, every promise that is not kept. */
#include "tests/unit/expect.h"
#include "tests/unit/image_fixture.h"

#include "oci/error.h"
#include "oci/image.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_TYPE   "application/vnd.oci.image.config.v1+json"
#define LAYER_TYPE    "application/vnd.oci.image.layer.v1.tar"
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define INDEX_TYPE    "application/vnd.oci.image.index.v1+json"
#define ABSENT        "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

typedef struct
{
  const char *prefix;   /* "oci:", "oci-archive:", "docker-archive:", "" for a bare path, "-" for a pipe */
  const char *ref;      /* with its colon, or "" */
  const char *platform; /* or NULL */
} How;

static OciImage *open_reference(const char *text, const char *platform, GError **error)
{
  OciOpenOptions options = {.threads = 2};
  oci_limits_init(&options.limits);
  g_autoptr(OciPlatform) wanted = platform == NULL ? NULL : oci_platform_parse(platform, NULL);
  g_autoptr(OciReference) reference = oci_reference_parse(text, error);
  g_autoptr(OciPlace) place = reference == NULL ? NULL : oci_place_open(reference, &options, error);
  return place == NULL ? NULL : oci_place_image(place, wanted, error);
}

/* Standard input is these bytes while the image is opened. */
static OciImage *open_pipe(GBytes *bytes, const char *text, const char *platform, GError **error)
{
  GThread *writer = NULL;
  int saved = dup(STDIN_FILENO);
  int end = fixture_pipe(bytes, &writer);
  assert_int_equal(dup2(end, STDIN_FILENO), STDIN_FILENO);
  close(end);
  OciImage *image = open_reference(text, platform, error);
  dup2(saved, STDIN_FILENO);
  close(saved);
  g_thread_join(writer);
  return image;
}

/* The fixture's path is cut out of the message. */
static OciImage *open_fixture(const Fixture *fixture, const How *how, GError **error)
{
  char *folder = fixture_folder();
  OciImage *image = NULL;
  if (*how->prefix == '-')
  {
    g_autoptr(GBytes) tar = fixture_tar(fixture);
    image = open_pipe(tar, "-", how->platform, error);
  }
  else
  {
    gboolean layout = strcmp(how->prefix, "oci:") == 0;
    g_autofree char *path = layout ? fixture_write_layout(fixture, folder) : fixture_write_tar(fixture, folder);
    g_autofree char *text = g_strconcat(how->prefix, path, how->ref, NULL);
    image = open_reference(text, how->platform, error);
  }
  if (*error != NULL)
  {
    g_auto(GStrv) parts = g_strsplit((*error)->message, folder, -1);
    g_free((*error)->message);
    (*error)->message = g_strjoinv("DIR", parts);
  }
  fixture_remove_folder(folder);
  return image;
}

static void assert_content(OciImage *image, const char *path, const char *expected)
{
  OciNode *node = oci_rootfs_find(oci_image_rootfs(image), path);
  assert_non_null(node);
  g_autoptr(GBytes) bytes = oci_rootfs_read(oci_image_rootfs(image), node->inode, 1000, NULL);
  g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  assert_string_equal(text, expected);
}

static void refuse(const Fixture *fixture, const How *how, int code, const char *message)
{
  GError *error = NULL;
  assert_null(open_fixture(fixture, how, &error));
  expect_error(&error, OCI_ERROR, code, message);
}

/* Opens and checks the one file. name: may be NULL. */
static void accept(const Fixture *fixture, const How *how, const char *content, const char *name)
{
  GError *error = NULL;
  g_autoptr(OciImage) image = open_fixture(fixture, how, &error);
  if (error != NULL)
    print_error("%s\n", error->message);
  assert_non_null(image);
  assert_content(image, "/f", content);
  assert_true(g_strcmp0(oci_image_name(image), name) == 0);
}

static void every_kind_of_oci_place(void **state)
{
  (void)state;
  static const How places[] = {{"oci:", "", NULL}, {"oci:", ":app", NULL}, {"oci-archive:", "", NULL}, {"oci-archive:", ":app", NULL},
                               {"", "", NULL},     {"-", "", NULL},        {"oci:", ":@0", NULL}};
  g_autoptr(Fixture) fixture = fixture_new();
  g_autofree char *entry =
      g_strconcat(fixture_add_image(fixture, "./f", "hello", "s390x"), ",'annotations':{'org.opencontainers.image.ref.name':'app'}}", NULL);
  fixture_add_index(fixture, entry); /* last, as in the field */
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
  {
    GError *error = NULL;
    g_autoptr(OciImage) image = open_fixture(fixture, &places[i], &error);
    assert_null(error);
    assert_content(image, "/f", "hello");
    assert_string_equal(oci_image_name(image), "app");
    assert_int_equal(oci_image_layer_count(image), 1);
    assert_int_equal(oci_image_stored_bytes(image), 2048);
    assert_int_equal(oci_image_warnings(image)->len, 0);
    g_autofree char *digest = oci_digest_format(oci_image_digest(image));
    assert_non_null(strstr(entry, digest));
    g_autoptr(OciPlatform) platform = oci_config_platform(oci_image_config(image));
    assert_string_equal(platform->architecture, "s390x");
  }
}

static void the_first_of_several_names_is_the_images(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  const char *image = fixture_add_image(fixture, "f", "x", "s390x");
  g_autofree char *entries = g_strdup_printf("%s,'annotations':{'org.opencontainers.image.ref.name':'1',"
                                             "'io.containerd.image.name':'docker.io/library/first:1'}},"
                                             "%s,'annotations':{'org.opencontainers.image.ref.name':'second'}}",
                                             image, image);
  fixture_add_index(fixture, entries);
  accept(fixture, &(How){"oci:", "", NULL}, "x", "docker.io/library/first:1");
  accept(fixture, &(How){"oci:", ":second", NULL}, "x", "second");
}

static void a_compressed_archive_is_a_stream(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  g_autofree char *entry = g_strconcat(fixture_add_image(fixture, "f", "hello", "s390x"), "}", NULL);
  fixture_add_index(fixture, entry);
  g_autoptr(GBytes) tar = fixture_tar(fixture);
  g_autoptr(GBytes) bytes = fixture_gzip(tar);
  GError *error = NULL;
  g_autoptr(OciImage) piped = open_pipe(bytes, "-", NULL, &error);
  assert_null(error);
  assert_content(piped, "/f", "hello");
  char *folder = fixture_folder();
  g_autofree char *path = g_build_filename(folder, "a.tar.gz", NULL);
  assert_true(g_file_set_contents(path, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), NULL));
  g_autoptr(OciImage) image = open_reference(path, NULL, &error);
  assert_null(error);
  assert_content(image, "/f", "hello");
  g_autoptr(GBytes) half = g_bytes_new_from_bytes(bytes, 0, g_bytes_get_size(bytes) - 20);
  assert_null(open_pipe(half, "-", NULL, &error));
  assert_int_equal(error->code, OCI_ERROR_MALFORMED);
  g_clear_error(&error);
  fixture_remove_folder(folder);
}

/* A docker archive of two images; the second's second layer is a link, as docker before 25 writes it. */
static void add_docker_images(Fixture *fixture)
{
  g_autoptr(GBytes) first = fixture_layer("f", "one");
  g_autoptr(GBytes) second = fixture_layer("f", "two");
  const char *first_id = fixture_digest(fixture, first);
  const char *second_id = fixture_digest(fixture, second);
  fixture_add(fixture, "aa/layer.tar", g_bytes_get_data(first, NULL), g_bytes_get_size(first));
  fixture_add_json(fixture, "aa/json", "{}");
  fixture_add(fixture, "bb/layer.tar", g_bytes_get_data(second, NULL), g_bytes_get_size(second));
  fixture_add_symlink(fixture, "cc/layer.tar", "../aa/layer.tar");
  fixture_add_json(fixture, "one.json", "{'architecture':'s390x','os':'linux','rootfs':{'type':'layers','diff_ids':['%s']}}", first_id);
  fixture_add_json(fixture, "two.json", "{'architecture':'s390x','os':'linux','rootfs':{'type':'layers','diff_ids':['%s','%s']}}",
                   second_id, first_id);
  fixture_add_json(fixture, "manifest.json",
                   "[{'Config':'one.json','RepoTags':['one:1','same:x'],'Layers':['aa/layer.tar']},"
                   "{'Config':'two.json','RepoTags':null,'Layers':['bb/layer.tar','./cc/layer.tar']}]");
}

static void docker_archives_by_name_and_position(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  add_docker_images(fixture);
  accept(fixture, &(How){"docker-archive:", ":one:1", NULL}, "one", "one:1");
  accept(fixture, &(How){"docker-archive:", ":docker.io/library/same:x", NULL}, "one", "same:x");
  accept(fixture, &(How){"docker-archive:", ":@1", NULL}, "one", NULL);
  refuse(fixture, &(How){"docker-archive:", "", NULL}, OCI_ERROR_NOT_FOUND,
         "'docker-archive:DIR/image.tar': there are several images, and no reference says which\nhint: there are: 'one:1', '@1'");
  refuse(fixture, &(How){"docker-archive:", ":@2", NULL}, OCI_ERROR_NOT_FOUND,
         "'docker-archive:DIR/image.tar:@2': no image at position '@2'\nhint: there are: 'one:1', '@1'");
  refuse(fixture, &(How){"docker-archive:", ":x", NULL}, OCI_ERROR_NOT_FOUND,
         "'docker-archive:DIR/image.tar:x': no image named 'x'\nhint: there are: 'one:1', '@1'");
  refuse(fixture, &(How){"-", "", NULL}, OCI_ERROR_NOT_FOUND,
         "standard input: there are several images, and no reference says which\nhint: there are: 'one:1', '@1'");
  refuse(fixture, &(How){"oci-archive:", "", NULL}, OCI_ERROR_MALFORMED,
         "'oci-archive:DIR/image.tar': not an image layout: there is no oci-layout");
}

static void an_old_docker_archive_through_a_pipe(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  add_docker_images(fixture);
  fixture_add_json(fixture, "manifest.json", /* the later one counts */
                   "[{'Config':'two.json','RepoTags':['two:2'],'Layers':['bb/layer.tar','cc/layer.tar']}]");
  accept(fixture, &(How){"-", "", NULL}, "one", "two:2");
  accept(fixture, &(How){"", "", NULL}, "one", "two:2");
}

static void an_archive_that_is_both_is_an_oci_one(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  add_docker_images(fixture);
  g_autofree char *entry = g_strconcat(fixture_add_image(fixture, "f", "oci", "s390x"), "}", NULL);
  fixture_add_index(fixture, entry);
  accept(fixture, &(How){"", "", NULL}, "oci", NULL);
  accept(fixture, &(How){"-", "", NULL}, "oci", NULL);
  accept(fixture, &(How){"docker-archive:", ":one:1", NULL}, "one", "one:1");
}

static void docker_archives_stay_inside(void **state)
{
  (void)state;
  static const struct
  {
    const char *manifest;
    int code;
    const char *message;
  } cases[] = {
      {"{}", OCI_ERROR_MALFORMED, "manifest.json is not an array of images"},
      {"[7]", OCI_ERROR_MALFORMED, "manifest.json is not an array of images"},
      {"[]", OCI_ERROR_NOT_FOUND, "there is no image"},
      {"[{}]", OCI_ERROR_MALFORMED, "manifest.json: .Config is missing"},
      {"[{'Config':'../one.json'}]", OCI_ERROR_MALFORMED, "manifest.json: Config '../one.json' is no name of a member"},
      {"[{'Config':'/one.json'}]", OCI_ERROR_MALFORMED, "manifest.json: Config '/one.json' is no name of a member"},
      {"[{'Config':'no.json'}]", OCI_ERROR_NOT_FOUND, "image config 'no.json' is not here"},
      {"[{'Config':'one.json','Layers':['aa/../../x']}]", OCI_ERROR_MALFORMED, "manifest.json: layer 'aa/../../x' is no name of a member"},
      {"[{'Config':'one.json','Layers':['out/layer.tar']}]", OCI_ERROR_NOT_FOUND, "layer 'out/layer.tar' is not here"},
      {"[{'Config':'one.json','Layers':['loop']}]", OCI_ERROR_NOT_FOUND, "layer 'loop' is not here"},
      {"[{'Config':'one.json','Layers':[]}]", OCI_ERROR_UNSUPPORTED, "the image has no layers: there is nothing in it"},
      {"[{'Config':'one.json','Layers':['aa/layer.tar','aa/layer.tar']}]", OCI_ERROR_DIGEST_MISMATCH,
       "the manifest has 2 layers, the config has 1 diff_ids"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
  {
    g_autoptr(Fixture) fixture = fixture_new();
    add_docker_images(fixture);
    fixture_add_symlink(fixture, "out/layer.tar", "../../../etc/passwd");
    fixture_add_symlink(fixture, "loop", "loop");
    fixture_add_json(fixture, "manifest.json", "%s", cases[i].manifest);
    g_autofree char *message = g_strconcat("'docker-archive:DIR/image.tar': ", cases[i].message, NULL);
    refuse(fixture, &(How){"docker-archive:", "", NULL}, cases[i].code, message);
  }
}

static void the_config_of_a_docker_archive_is_what_its_name_says(void **state)
{
  (void)state;
  static const char name[] = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc.json";
  g_autoptr(Fixture) fixture = fixture_new();
  fixture_add_json(fixture, name, "{}");
  fixture_add_json(fixture, "manifest.json", "[{'Config':'%s','Layers':[]}]", name);
  g_autofree char *message = g_strdup_printf("standard input: image config '%s' is not what its name says: its digest is "
                                             "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
                                             name);
  refuse(fixture, &(How){"-", "", NULL}, OCI_ERROR_DIGEST_MISMATCH, message);
}

static void platforms_are_chosen(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  gsize length = 0;
  const char *s390x = fixture_add_image(fixture, "f", "s390x", "s390x");
  const char *arm = fixture_add_image(fixture, "f", "arm64", "arm64");
  const char *bare = fixture_add_image(fixture, "f", "riscv64", "riscv64");
  /* nested, as BuildKit writes it; one platform is not here, one is an attestation, one says it only in its config */
  const char *nested = fixture_add_blob_json(
      fixture, &length,
      "{'schemaVersion':2,'mediaType':'" INDEX_TYPE "','manifests':[%s,'platform':{'os':'linux','architecture':'s390x'}},"
      "%s,'platform':{'os':'linux','architecture':'arm64','variant':'v8'}},%s},"
      "{'mediaType':'" MANIFEST_TYPE "','digest':'" ABSENT "','size':5},"
      "{'mediaType':'" MANIFEST_TYPE "','digest':'" ABSENT "','size':5,'platform':{'os':'unknown','architecture':'unknown'},"
      "'annotations':{'vnd.docker.reference.type':'attestation-manifest'}}]}",
      s390x, arm, bare);
  g_autofree char *entry = g_strdup_printf("{'mediaType':'" INDEX_TYPE "','digest':'%s','size':%zu}", nested, length);
  fixture_add_index(fixture, entry);
  accept(fixture, &(How){"oci:", "", "linux/s390x"}, "s390x", NULL);
  accept(fixture, &(How){"oci:", "", "linux/arm64"}, "arm64", NULL);
  accept(fixture, &(How){"-", "", "riscv64"}, "riscv64", NULL);
  refuse(fixture, &(How){"oci:", "", "linux/mips"}, OCI_ERROR_NOT_FOUND,
         "'oci:DIR/layout': no image for linux/mips\nhint: there are: 'linux/s390x', 'linux/arm64', 'linux/riscv64'");
}

static void one_real_platform_needs_no_choice(void **state)
{
  (void)state;
  GError *error = NULL;
  g_autoptr(Fixture) fixture = fixture_new();
  gsize length = 0;
  const char *image = fixture_add_image(fixture, "f", "x", "s390x");
  const char *nested = fixture_add_blob_json(fixture, &length,
                                             "{'schemaVersion':2,'manifests':[%s,'platform':{'os':'linux','architecture':'s390x'}},"
                                             "{'mediaType':'" MANIFEST_TYPE "','digest':'" ABSENT "','size':5,"
                                             "'platform':{'os':'unknown','architecture':'unknown'}}]}",
                                             image);
  g_autofree char *entry = g_strdup_printf("{'mediaType':'" INDEX_TYPE "','digest':'%s','size':%zu}", nested, length);
  fixture_add_index(fixture, entry);
  g_autoptr(OciImage) opened = open_fixture(fixture, &(How){"-", "", NULL}, &error);
  assert_null(error);
  assert_content(opened, "/f", "x");
  assert_int_equal(oci_image_warnings(opened)->len, 1);
  assert_string_equal(g_ptr_array_index(oci_image_warnings(opened), 0),
                      "1 attestation of the image left out: what they attest is the original");
}

static void a_single_image_of_another_platform(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  g_autofree char *entry = g_strconcat(fixture_add_image(fixture, "f", "x", "s390x"), "}", NULL);
  fixture_add_index(fixture, entry);
  refuse(fixture, &(How){"oci:", "", "linux/arm64"}, OCI_ERROR_NOT_FOUND,
         "'oci:DIR/layout': the image is not for linux/arm64\nhint: there is: 'linux/s390x'");
}

static void nesting_is_bounded(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  g_autofree char *entry = g_strconcat(fixture_add_image(fixture, "f", "x", "s390x"), "}", NULL);
  for (guint depth = 1; depth <= 5; depth++)
  {
    gsize length = 0;
    const char *index = fixture_add_blob_json(fixture, &length, "{'schemaVersion':2,'manifests':[%s]}", entry);
    g_free(entry);
    entry = g_strdup_printf("{'mediaType':'" INDEX_TYPE "','digest':'%s','size':%zu}", index, length);
    if (depth != 4)
      continue;
    fixture_add_index(fixture, entry);
    accept(fixture, &(How){"", "", NULL}, "x", NULL);
  }
  fixture_add_index(fixture, entry); /* the later one counts */
  refuse(fixture, &(How){"", "", NULL}, OCI_ERROR_LIMIT, "'DIR/image.tar': image indexes are nested deeper than index_depth (4)");
}

/* An image that is put together from its parts, each of which may be wrong. */
typedef struct
{
  const char *config;     /* %s is the diff_id */
  const char *layers;     /* in the manifest; %s the layer's digest, %zu its size */
  const char *descriptor; /* of the manifest; %s digest, %zu size */
  int code;
  const char *message; /* %s: the layer's digest */
} Broken;

#define CONFIG     "{'rootfs':{'type':'layers','diff_ids':['%s']}}"
#define LAYERS     "{'mediaType':'" LAYER_TYPE "','digest':'%s','size':%zu}"
#define DESCRIPTOR "{'mediaType':'" MANIFEST_TYPE "','digest':'%s','size':%zu}"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static char *print(const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return text;
}
#pragma GCC diagnostic pop

static const char *add_broken(Fixture *fixture, const Broken *broken)
{
  gsize config_length = 0;
  gsize manifest_length = 0;
  g_autoptr(GBytes) layer = fixture_layer("f", "x");
  const char *digest = fixture_add_blob(fixture, layer);
  g_autofree char *config_text = print(broken->config, digest);
  g_autofree char *layers = print(broken->layers, digest, g_bytes_get_size(layer));
  const char *config = fixture_add_blob_json(fixture, &config_length, "%s", config_text);
  const char *manifest = fixture_add_blob_json(
      fixture, &manifest_length, "{'schemaVersion':2,'config':{'mediaType':'" CONFIG_TYPE "','digest':'%s','size':%zu},'layers':[%s]}",
      config, config_length, layers);
  g_autofree char *entry = print(broken->descriptor, manifest, manifest_length);
  fixture_add_index(fixture, entry);
  return digest;
}

static void broken_promises(void **state)
{
  (void)state;
  static const Broken cases[] = {
      {CONFIG, LAYERS, DESCRIPTOR, 0, NULL},
      {"{'rootfs':{'type':'layers','diff_ids':['" ABSENT "']}}", LAYERS, DESCRIPTOR, OCI_ERROR_DIGEST_MISMATCH,
       "layer 0 has the diff_id %s, the config says " ABSENT},
      {"{'rootfs':{'type':'layers','diff_ids':[]}}", LAYERS, DESCRIPTOR, OCI_ERROR_DIGEST_MISMATCH,
       "the manifest has 1 layers, the config has 0 diff_ids"},
      {CONFIG, "", DESCRIPTOR, OCI_ERROR_UNSUPPORTED, "the image has no layers: there is nothing in it"},
      {CONFIG, "{'mediaType':'" LAYER_TYPE "','digest':'%s','size':99}", DESCRIPTOR, OCI_ERROR_DIGEST_MISMATCH,
       "layer 'blobs/%s' has 2048 bytes, its descriptor says 99"},
      {CONFIG, "{'mediaType':'" LAYER_TYPE "','digest':'" ABSENT "','size':99}", DESCRIPTOR, OCI_ERROR_NOT_FOUND,
       "layer 'blobs/sha256/cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc' is not here"},
      {CONFIG,
       "{'mediaType':'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip','digest':'" ABSENT "','size':99,'urls':['http://x']}",
       DESCRIPTOR, OCI_ERROR_NOT_FOUND,
       "layer 'blobs/sha256/cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc' is not here\nhint: it is a foreign layer, "
       "which is never fetched; save the image with its foreign layers"},
      {CONFIG, LAYERS, "{'mediaType':'" MANIFEST_TYPE "','digest':'" ABSENT "','size':5}", OCI_ERROR_NOT_FOUND,
       "manifest: blob " ABSENT " is not here"},
      {CONFIG, LAYERS, "{'mediaType':'text/plain','digest':'" ABSENT "','size':5}", OCI_ERROR_UNSUPPORTED,
       "not a container image: the media type is 'text/plain'"},
      {CONFIG, LAYERS, "{'mediaType':'application/vnd.docker.distribution.manifest.v1+json','digest':'" ABSENT "','size':5}",
       OCI_ERROR_UNSUPPORTED,
       "the manifest has schema version 1, which Docker gave up in 2016\nhint: push or save the image again with a current engine"},
  };
  static const How places[] = {{"oci:", "", NULL}, {"-", "", NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases) * G_N_ELEMENTS(places); i++)
  {
    const Broken *broken = &cases[i / G_N_ELEMENTS(places)];
    const How *how = &places[i % G_N_ELEMENTS(places)];
    g_autoptr(Fixture) fixture = fixture_new();
    const char *digest = add_broken(fixture, broken);
    if (broken->code == 0)
    {
      accept(fixture, how, "x", NULL);
      continue;
    }
    gboolean path = strstr(broken->message, "blobs/%s") != NULL;
    g_autofree char *shown = g_strdup(digest);
    g_autofree char *text = print(broken->message, path ? g_strdelimit(shown, ":", '/') : shown);
    g_autofree char *message = g_strconcat(*how->prefix == '-' ? "standard input: " : "'oci:DIR/layout': ", text, NULL);
    refuse(fixture, how, broken->code, message);
  }
}

/* Bytes of a blob that differ from its name, at each place. */
static void changed_blobs(void **state)
{
  (void)state;
  static const How places[] = {{"oci:", "", NULL}, {"oci-archive:", "", NULL}, {"-", "", NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
  {
    GError *error = NULL;
    g_autoptr(Fixture) fixture = fixture_new();
    const char *digest = add_broken(fixture, &(Broken){CONFIG, LAYERS, DESCRIPTOR, 0, NULL});
    g_autoptr(GBytes) other = fixture_layer("f", "y"); /* as long as the right one */
    const char *found = fixture_digest(fixture, other);
    g_autofree char *name = g_strconcat("blobs/", digest, NULL);
    fixture_add(fixture, g_strdelimit(name, ":", '/'), g_bytes_get_data(other, NULL), g_bytes_get_size(other));
    assert_null(open_fixture(fixture, &places[i], &error));
    g_autofree char *message = g_strdup_printf("layer 0 has the digest %s, the manifest says %s", found, digest);
    assert_non_null(error);
    assert_true(g_str_has_suffix(error->message, message));
    assert_int_equal(error->code, OCI_ERROR_DIGEST_MISMATCH);
    g_clear_error(&error);
  }
}

static void a_manifest_is_hashed(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  fixture_add_json(fixture, "blobs/sha256/cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", "{}");
  fixture_add_index(fixture, "{'mediaType':'" MANIFEST_TYPE "','digest':'" ABSENT "','size':2}");
  refuse(fixture, &(How){"oci:", "", NULL}, OCI_ERROR_DIGEST_MISMATCH,
         "'oci:DIR/layout': manifest: blob " ABSENT " is not what its name says: its digest is "
         "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  fixture_add_index(fixture, "{'mediaType':'" MANIFEST_TYPE "','digest':'" ABSENT "','size':3}");
  refuse(fixture, &(How){"-", "", NULL}, OCI_ERROR_DIGEST_MISMATCH,
         "standard input: manifest: blob " ABSENT " has 2 bytes, its descriptor says 3");
}

static void no_document_is_larger_than_the_limit(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  fixture_add_index(fixture, "");
  g_autofree char *large = g_strnfill((4 << 20) + 1, ' ');
  fixture_add(fixture, "index.json", large, (4 << 20) + 1);
  refuse(fixture, &(How){"oci:", "", NULL}, OCI_ERROR_LIMIT,
         "'oci:DIR/layout': 'index.json' has 4194305 bytes, more than document_bytes (4194304)");
}

static void nothing_leads_out_of_a_layout(void **state)
{
  (void)state;
  static const char *const targets[] = {"/etc/passwd", "../../../../../etc/passwd"};
  for (gsize i = 0; i < G_N_ELEMENTS(targets); i++)
  {
    g_autoptr(Fixture) fixture = fixture_new();
    fixture_add_json(fixture, "oci-layout", "{'imageLayoutVersion':'1.0.0'}");
    fixture_add_symlink(fixture, "index.json", targets[i]);
    refuse(fixture, &(How){"oci:", "", NULL}, OCI_ERROR_IO, "'oci:DIR/layout': cannot open 'index.json': it leads out of the layout");
  }
}

static void only_regular_files_are_read(void **state)
{
  (void)state;
  GError *error = NULL;
  char *folder = fixture_folder();
  g_autofree char *layout = g_build_filename(folder, "oci-layout", NULL);
  g_autofree char *text = g_strconcat("oci:", folder, NULL);
  assert_int_equal(mkfifo(layout, 0600), 0);
  assert_null(open_reference(text, NULL, &error));
  assert_true(g_str_has_suffix(error->message, "'oci-layout' is not a regular file"));
  g_clear_error(&error);
  fixture_remove_folder(folder);
}

static void pipes_that_fail(void **state)
{
  (void)state;
  GError *error = NULL;
  g_autoptr(GBytes) empty = g_bytes_new(NULL, 0);
  assert_null(open_pipe(empty, "-", NULL, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, "standard input: it is empty\nhint: did the command before the pipe fail?");
  g_autoptr(Fixture) fixture = fixture_new();
  g_autofree char *entry = g_strconcat(fixture_add_image(fixture, "f", "x", "s390x"), "}", NULL);
  fixture_add_index(fixture, entry);
  g_autoptr(GBytes) tar = fixture_tar(fixture);
  g_autoptr(GBytes) half = g_bytes_new_from_bytes(tar, 0, 1500); /* within the layer that is being indexed */
  assert_null(open_pipe(half, "-", NULL, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_MALFORMED, "standard input: at offset 2560: tar archive ends too early");
  g_autoptr(Fixture) other = fixture_new();
  fixture_add_json(other, "x", "{}");
  refuse(other, &(How){"-", "", NULL}, OCI_ERROR_MALFORMED,
         "standard input: neither an OCI archive nor a docker archive: there is no oci-layout with index.json, and no manifest.json");
}

static void what_only_looks_like_a_layer_is_ignored(void **state)
{
  (void)state;
  g_autoptr(Fixture) fixture = fixture_new();
  fixture_add(fixture, "junk", "\x1f\x8b not gzip at all", 18);
  g_autofree char *entry = g_strconcat(fixture_add_image(fixture, "f", "x", "s390x"), "}", NULL);
  fixture_add_index(fixture, entry);
  accept(fixture, &(How){"-", "", NULL}, "x", NULL);
}

/* The same layer twice in one image, compressed although its media type says otherwise, without the tar's padding. */
static void odd_but_whole_layers(void **state)
{
  (void)state;
  GError *error = NULL;
  gsize config_length = 0;
  gsize manifest_length = 0;
  g_autoptr(Fixture) fixture = fixture_new();
  g_autoptr(GBytes) full = fixture_layer("f", "x");
  g_autoptr(GBytes) tar = g_bytes_new_from_bytes(full, 0, 513);
  g_autoptr(GBytes) layer = fixture_gzip(tar);
  const char *diff_id = fixture_digest(fixture, tar);
  const char *digest = fixture_add_blob(fixture, layer);
  const char *config = fixture_add_blob_json(
      fixture, &config_length, "{'config':{'User':'4294967296'},'rootfs':{'type':'layers','diff_ids':['%s','%s']}}", diff_id, diff_id);
  const char *manifest = fixture_add_blob_json(
      fixture, &manifest_length,
      "{'schemaVersion':2,'config':{'mediaType':'" CONFIG_TYPE "','digest':'%s','size':%zu},'annotations':{'a':'b'},'layers':["
      "{'mediaType':'" LAYER_TYPE "','digest':'%s','size':%zu},{'mediaType':'" LAYER_TYPE "+gzip','digest':'%s','size':%zu}]}",
      config, config_length, digest, g_bytes_get_size(layer), digest, g_bytes_get_size(layer));
  g_autofree char *entry = g_strdup_printf("{'mediaType':'" MANIFEST_TYPE "','digest':'%s','size':%zu}", manifest, manifest_length);
  fixture_add_index(fixture, entry);
  g_autoptr(OciImage) image = open_fixture(fixture, &(How){"-", "", NULL}, &error);
  assert_null(error);
  assert_content(image, "/f", "x");
  assert_int_equal(oci_image_layer_count(image), 2);
  assert_int_equal(oci_image_stored_bytes(image), 2 * g_bytes_get_size(layer));
  assert_string_equal(g_hash_table_lookup(oci_image_annotations(image), "a"), "b");
  g_autoptr(GString) warnings = g_string_new(NULL);
  for (guint i = 0; i < oci_image_warnings(image)->len; i++)
    g_string_append_printf(warnings, "%s\n", (char *)g_ptr_array_index(oci_image_warnings(image), i));
  assert_string_equal(warnings->str, "layer 0: its media type says none, its bytes say gzip\n"
                                     "layer 0: at offset 513: tar archive has no end marker\n"
                                     "layer 1: at offset 513: tar archive has no end marker\n"
                                     ".config.User '4294967296' is out of range: an ID is 0 to 4294967294\n");
  assert_string_equal(oci_config_user(oci_image_config(image)), "4294967296");
}

static void directories_and_bare_paths(void **state)
{
  (void)state;
  GError *error = NULL;
  char *folder = fixture_folder();
  g_autofree char *file = g_build_filename(folder, "f", NULL);
  assert_true(g_file_set_contents(file, "x", 1, NULL));
  g_autofree char *text = g_strconcat("rootfs:", folder, NULL);
  const char *const sources[] = {text, folder};
  for (gsize i = 0; i < G_N_ELEMENTS(sources); i++)
  {
    g_autoptr(OciImage) image = open_reference(sources[i], "linux/s390x", &error);
    assert_null(error);
    assert_content(image, "/f", "x");
    assert_null(oci_image_digest(image));
    assert_null(oci_image_config_digest(image));
    assert_null(oci_image_name(image));
    assert_int_equal(oci_image_stored_bytes(image), 0);
    g_autoptr(OciPlatform) platform = oci_config_platform(oci_image_config(image));
    assert_string_equal(platform->architecture, "s390x");
  }
  assert_null(open_reference("/no/where", NULL, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_NOT_FOUND,
               "cannot open '/no/where': no such file or directory\n"
               "hint: an image's name goes behind docker:// for a registry, behind docker-daemon: for the engine");
  assert_null(open_reference("/no/where:1", NULL, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_NOT_FOUND,
               "cannot open '/no/where:1': no such file or directory\nhint: only a transport takes a reference behind the path, e.g. "
               "oci:DIR:REF");
  assert_null(open_reference("rootfs:/no/where", NULL, &error));
  expect_error(&error, OCI_ERROR, OCI_ERROR_NOT_FOUND, "cannot open '/no/where': No such file or directory");
  fixture_remove_folder(folder);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_of_oci_place),
      cmocka_unit_test(the_first_of_several_names_is_the_images),
      cmocka_unit_test(a_compressed_archive_is_a_stream),
      cmocka_unit_test(docker_archives_by_name_and_position),
      cmocka_unit_test(an_old_docker_archive_through_a_pipe),
      cmocka_unit_test(an_archive_that_is_both_is_an_oci_one),
      cmocka_unit_test(docker_archives_stay_inside),
      cmocka_unit_test(the_config_of_a_docker_archive_is_what_its_name_says),
      cmocka_unit_test(platforms_are_chosen),
      cmocka_unit_test(one_real_platform_needs_no_choice),
      cmocka_unit_test(a_single_image_of_another_platform),
      cmocka_unit_test(nesting_is_bounded),
      cmocka_unit_test(broken_promises),
      cmocka_unit_test(changed_blobs),
      cmocka_unit_test(a_manifest_is_hashed),
      cmocka_unit_test(no_document_is_larger_than_the_limit),
      cmocka_unit_test(nothing_leads_out_of_a_layout),
      cmocka_unit_test(only_regular_files_are_read),
      cmocka_unit_test(pipes_that_fail),
      cmocka_unit_test(what_only_looks_like_a_layer_is_ignored),
      cmocka_unit_test(odd_but_whole_layers),
      cmocka_unit_test(directories_and_bare_paths),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
