/* Trees that never end, made up while they are asked for: limits end them, soon and with their name. */
#include "tests/unit/expect.h"

#include <stdint.h>
#include <stdlib.h>

#include "elfdeps/error.h"
#include "elfdeps/graph.h"
#include "elfdeps/limits.h"
#include "tests/unit/elfdeps_elf_writer.h"

#include <string.h>

/* Every /lib/lN.so and /rN exists; write() says what is in it. */
typedef struct
{
  ElfdepsFs fs;
  GByteArray *(*write)(guint number);
  guint length; /* of the tree; no object has a higher number */
  GHashTable *bytes;
} Endless;

static ElfdepsFileKind find(ElfdepsFs *fs, const char *path, ElfdepsFile *file)
{
  Endless *endless = (Endless *)fs;
  if (strcmp(path, "/lib") == 0 || g_str_has_prefix(path, "/r"))
    return strrchr(path, '/') == path ? ELFDEPS_FILE_DIRECTORY : ELFDEPS_FILE_MISSING;
  if (!g_str_has_prefix(path, "/lib/l"))
    return ELFDEPS_FILE_MISSING;
  guint number = (guint)strtoul(path + strlen("/lib/l"), NULL, 10);
  *file = (ElfdepsFile){.id = GUINT_TO_POINTER(number + 1), .real_path = "/lib/l.so", .size = 4096};
  return number > endless->length ? ELFDEPS_FILE_MISSING : ELFDEPS_FILE_REGULAR;
}

static gssize made_pread(ElfdepsFs *fs, const ElfdepsFile *file, void *buffer, gsize length, guint64 offset, GError **error)
{
  Endless *endless = (Endless *)fs;
  (void)error;
  GByteArray *bytes = g_hash_table_lookup(endless->bytes, file->id);
  if (bytes == NULL)
  {
    g_hash_table_remove_all(endless->bytes); /* one is enough */
    bytes = endless->write(GPOINTER_TO_UINT(file->id) - 1);
    g_hash_table_insert(endless->bytes, (gpointer)(guintptr)file->id, bytes);
  }
  if (offset >= bytes->len)
    return 0;
  gsize got = MIN(length, bytes->len - (gsize)offset);
  memcpy(buffer, bytes->data + offset, got);
  return (gssize)got;
}

static GPtrArray *list(ElfdepsFs *fs, const char *path)
{
  (void)fs;
  (void)path;
  return NULL;
}

static void free_bytes(gpointer bytes)
{
  g_byte_array_unref(bytes);
}

/* Returns: the number of objects, 0 with error. */
static guint run(GByteArray *(*write)(guint number), guint length, GError **error)
{
  Endless endless = {{find, made_pread, list}, write, length, g_hash_table_new_full(NULL, NULL, NULL, free_bytes)};
  ElfdepsResolver *resolver = elfdeps_resolver_new(&endless.fs, NULL);
  ElfdepsClosure *closure = elfdeps_closure_new(resolver, "/lib/l0.so", error);
  guint objects = closure == NULL ? 0 : closure->nodes->len;
  elfdeps_closure_free(closure);
  elfdeps_resolver_free(resolver);
  g_hash_table_unref(endless.bytes);
  return objects;
}

/* A cycle at each step as well. */
static GByteArray *write_chain(guint number)
{
  g_autofree char *needed = g_strdup_printf("l%u.so l0.so l%u.so", number, number + 1);
  return elf_spec_bytes(&(ElfSpec){.needed = needed});
}

static GByteArray *write_rpath_chain(guint number)
{
  g_autofree char *needed = g_strdup_printf("l%u.so", number + 1);
  g_autofree char *rpath = g_strdup_printf("/r%u", number);
  return elf_spec_bytes(&(ElfSpec){.needed = needed, .rpath = rpath});
}

/* The first hundred need everything, the others nothing. */
static GByteArray *write_many_edges(guint number)
{
  g_autoptr(GString) needed = g_string_new(NULL);
  for (guint i = 0; number < 100 && i < ELFDEPS_LIMIT_NEEDED; i++)
    g_string_append_printf(needed, "l%u.so ", i);
  return elf_spec_bytes(&(ElfSpec){.needed = needed->str});
}

static GByteArray *write_many_missing(guint number)
{
  g_autoptr(GString) needed = g_string_new(NULL);
  g_autoptr(GString) runpath = g_string_new(NULL);
  for (guint i = 0; i < 4000; i++)
    g_string_append_printf(needed, "n%u_%u.so ", number, i);
  for (guint i = 0; i < ELFDEPS_LIMIT_PATH_LIST_ELEMENTS; i++)
    g_string_append_printf(runpath, "/r%u_%u:", number, i);
  return elf_spec_bytes(&(ElfSpec){.needed = needed->str, .runpath = runpath->str});
}

static void follows_a_long_chain(void **state)
{
  (void)state;
  g_autoptr(GError) error = NULL;
  assert_int_equal(run(write_chain, 10000, &error), 10001);
}

static void ends_an_endless_chain(void **state)
{
  (void)state;
  g_autoptr(GError) error = NULL;
  assert_int_equal(run(write_chain, G_MAXUINT32 - 1, &error), 0);
  expect_error(&error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT,
               "the program loads more objects than the limit of 16384 (ELFDEPS_LIMIT_OBJECTS)");
}

static void ends_endless_searches(void **state)
{
  (void)state;
  g_autoptr(GError) error = NULL;
  assert_int_equal(run(write_rpath_chain, G_MAXUINT32 - 1, &error), 0);
  expect_error(&error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT, "the program's dependencies are more than the limit ELFDEPS_LIMIT_PROBES");
  assert_int_equal(run(write_many_missing, 0, &error), 0);
  expect_error(&error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT, "the program's dependencies are more than the limit ELFDEPS_LIMIT_PROBES");
}

static void ends_endless_edges(void **state)
{
  (void)state;
  g_autoptr(GError) error = NULL;
  assert_int_equal(run(write_many_edges, G_MAXUINT32 - 1, &error), 0);
  expect_error(&error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT, "the program's dependencies are more than the limit ELFDEPS_LIMIT_EDGES");
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(follows_a_long_chain),
      cmocka_unit_test(ends_an_endless_chain),
      cmocka_unit_test(ends_endless_searches),
      cmocka_unit_test(ends_endless_edges),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
