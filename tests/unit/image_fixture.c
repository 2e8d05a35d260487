/* Writes tar by hand: the writer under test must not vouch for itself. */
#include "tests/unit/image_fixture.h"

#include "oci/digest.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK 512

typedef struct
{
  char *name;
  GBytes *bytes;
  char *target; /* of a symbolic link, or NULL */
} File;

struct fixture
{
  GPtrArray *files;
  GPtrArray *strings;
};

static void file_free(gpointer data)
{
  File *file = data;
  g_free(file->name);
  g_bytes_unref(file->bytes);
  g_free(file->target);
  g_free(file);
}

Fixture *fixture_new(void)
{
  Fixture *fixture = g_new0(Fixture, 1);
  fixture->files = g_ptr_array_new_with_free_func(file_free);
  fixture->strings = g_ptr_array_new_with_free_func(g_free);
  return fixture;
}

void fixture_free(Fixture *fixture)
{
  if (fixture == NULL)
    return;
  g_ptr_array_unref(fixture->files);
  g_ptr_array_unref(fixture->strings);
  g_free(fixture);
}

static const char *keep(Fixture *fixture, char *text)
{
  g_ptr_array_add(fixture->strings, text);
  return text;
}

static void add_file(Fixture *fixture, const char *name, GBytes *bytes, const char *target)
{
  File *file = g_new0(File, 1);
  file->name = g_strdup(name);
  file->bytes = g_bytes_ref(bytes);
  file->target = g_strdup(target);
  g_ptr_array_add(fixture->files, file);
}

void fixture_add(Fixture *fixture, const char *name, const void *bytes, gsize length)
{
  g_autoptr(GBytes) copy = g_bytes_new(bytes, length);
  add_file(fixture, name, copy, NULL);
}

void fixture_add_symlink(Fixture *fixture, const char *name, const char *target)
{
  g_autoptr(GBytes) empty = g_bytes_new(NULL, 0);
  add_file(fixture, name, empty, target);
}

void fixture_add_json(Fixture *fixture, const char *name, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_strdelimit(text, "'", '"');
  fixture_add(fixture, name, text, strlen(text));
}

const char *fixture_digest(Fixture *fixture, GBytes *bytes)
{
  OciDigest digest;
  oci_digest_compute(OCI_DIGEST_SHA256, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &digest);
  return keep(fixture, oci_digest_format(&digest));
}

const char *fixture_add_blob(Fixture *fixture, GBytes *bytes)
{
  const char *digest = fixture_digest(fixture, bytes);
  g_autofree char *name = g_strconcat("blobs/", digest, NULL);
  add_file(fixture, g_strdelimit(name, ":", '/'), bytes, NULL);
  return digest;
}

const char *fixture_add_blob_json(Fixture *fixture, gsize *length, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_strdelimit(text, "'", '"');
  *length = strlen(text);
  g_autoptr(GBytes) bytes = g_bytes_new_take(text, *length);
  return fixture_add_blob(fixture, bytes);
}

/* ustar's header. */
static void append_header(GByteArray *tar, const char *name, char type, gsize size, const char *target)
{
  char header[BLOCK + 1] = {0};
  g_strlcpy(header, name, 100);
  snprintf(header + 100, 9, "%07o", type == '5' ? 0755U : 0644U);
  snprintf(header + 108, 9, "%07o", 0U);
  snprintf(header + 116, 9, "%07o", 0U);
  snprintf(header + 124, 13, "%011llo", (unsigned long long)size);
  snprintf(header + 136, 13, "%011o", 0U);
  memset(header + 148, ' ', 8);
  header[156] = type;
  if (target != NULL)
    g_strlcpy(header + 157, target, 100);
  memcpy(header + 257, "ustar\00000", 8);
  unsigned sum = 0;
  for (gsize i = 0; i < BLOCK; i++)
    sum += (guchar)header[i];
  snprintf(header + 148, 8, "%06o", sum);
  g_byte_array_append(tar, (const guint8 *)header, BLOCK);
}

static void append_file(GByteArray *tar, const File *file)
{
  static const guint8 zeros[BLOCK];
  gsize length = g_bytes_get_size(file->bytes);
  append_header(tar, file->name, file->target == NULL ? '0' : '2', length, file->target);
  g_byte_array_append(tar, g_bytes_get_data(file->bytes, NULL), (guint)length);
  g_byte_array_append(tar, zeros, (guint)(-length % BLOCK));
}

static GBytes *finish_tar(GByteArray *tar)
{
  static const guint8 end[2 * BLOCK];
  g_byte_array_append(tar, end, sizeof end);
  return g_byte_array_free_to_bytes(tar);
}

GBytes *fixture_layer(const char *path, const char *content)
{
  GByteArray *tar = g_byte_array_new();
  g_autoptr(GBytes) bytes = g_bytes_new(content, strlen(content));
  g_autofree char *name = g_strdup(path);
  append_file(tar, &(File){.name = name, .bytes = bytes});
  return finish_tar(tar);
}

GBytes *fixture_gzip(GBytes *bytes)
{
  gsize room = compressBound(g_bytes_get_size(bytes)) + 64;
  guint8 *out = g_malloc(room);
  gsize length = 0;
  gpointer in = g_memdup2(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
  z_stream stream = {.next_in = in, .avail_in = (uInt)g_bytes_get_size(bytes), .next_out = out, .avail_out = (uInt)room};
  g_assert_cmpint(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  g_assert_cmpint(deflate(&stream, Z_FINISH), ==, Z_STREAM_END);
  length = stream.total_out;
  deflateEnd(&stream);
  g_free(in);
  return g_bytes_new_take(out, length);
}

const char *fixture_add_image(Fixture *fixture, const char *path, const char *content, const char *architecture)
{
  gsize config_length = 0;
  gsize manifest_length = 0;
  g_autoptr(GBytes) layer = fixture_layer(path, content);
  const char *diff_id = fixture_add_blob(fixture, layer);
  const char *config = fixture_add_blob_json(
      fixture, &config_length, "{'architecture':'%s','os':'linux','rootfs':{'type':'layers','diff_ids':['%s']}}", architecture, diff_id);
  const char *manifest =
      fixture_add_blob_json(fixture, &manifest_length,
                            "{'schemaVersion':2,'config':{'mediaType':'application/vnd.oci.image.config.v1+json','digest':'%s','size':%zu},"
                            "'layers':[{'mediaType':'application/vnd.oci.image.layer.v1.tar','digest':'%s','size':%zu}]}",
                            config, config_length, diff_id, g_bytes_get_size(layer));
  return keep(fixture, g_strdup_printf("{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"%s\",\"size\":%zu",
                                       manifest, manifest_length));
}

void fixture_add_index(Fixture *fixture, const char *entries)
{
  fixture_add_json(fixture, "oci-layout", "{'imageLayoutVersion':'1.0.0'}");
  fixture_add_json(fixture, "index.json", "{'schemaVersion':2,'manifests':[%s]}", entries);
}

GBytes *fixture_tar(const Fixture *fixture)
{
  GByteArray *tar = g_byte_array_new();
  for (guint i = 0; i < fixture->files->len; i++)
    append_file(tar, g_ptr_array_index(fixture->files, i));
  return finish_tar(tar);
}

char *fixture_write_tar(const Fixture *fixture, const char *folder)
{
  g_autoptr(GBytes) tar = fixture_tar(fixture);
  char *path = g_build_filename(folder, "image.tar", NULL);
  g_assert_true(g_file_set_contents(path, g_bytes_get_data(tar, NULL), (gssize)g_bytes_get_size(tar), NULL));
  return path;
}

char *fixture_write_layout(const Fixture *fixture, const char *folder)
{
  char *layout = g_build_filename(folder, "layout", NULL);
  g_assert_cmpint(g_mkdir_with_parents(layout, 0755), ==, 0);
  for (guint i = 0; i < fixture->files->len; i++)
  {
    const File *file = g_ptr_array_index(fixture->files, i);
    g_autofree char *path = g_build_filename(layout, file->name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
    if (file->target != NULL)
      g_assert_cmpint(symlink(file->target, path), ==, 0);
    else
      g_assert_true(g_file_set_contents(path, g_bytes_get_data(file->bytes, NULL), (gssize)g_bytes_get_size(file->bytes), NULL));
  }
  return layout;
}

typedef struct
{
  GBytes *bytes;
  int fd;
} Feed;

static gpointer feed_pipe(gpointer data)
{
  Feed *feed = data;
  const guint8 *bytes = g_bytes_get_data(feed->bytes, NULL);
  gsize left = g_bytes_get_size(feed->bytes);
  while (left > 0)
  {
    ssize_t put = write(feed->fd, bytes, MIN(left, 1000)); /* uneven pieces */
    if (put < 0)
      break;
    bytes += put;
    left -= (gsize)put;
  }
  close(feed->fd);
  g_bytes_unref(feed->bytes);
  g_free(feed);
  return NULL;
}

int fixture_pipe(GBytes *bytes, GThread **writer)
{
  int ends[2];
  g_assert_cmpint(pipe(ends), ==, 0);
  Feed *feed = g_new0(Feed, 1);
  feed->bytes = g_bytes_ref(bytes);
  feed->fd = ends[1];
  *writer = g_thread_new("feed", feed_pipe, feed);
  return ends[0];
}

char *fixture_folder(void)
{
  char *folder = g_dir_make_tmp("ocislim-test-XXXXXX", NULL);
  g_assert_nonnull(folder);
  return folder;
}

void fixture_remove_folder(char *folder)
{
  const char *arguments[] = {"rm", "-rf", "--", folder, NULL};
  g_assert_true(g_spawn_sync(NULL, (char **)(gpointer)arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL));
  g_free(folder);
}
