/* ld.so.cache written by hand: formats, byte orders, and what is broken. */
#include "tests/unit/expect.h"

#include <stdint.h>

#include "elfdeps/error.h"
#include "elfdeps/ldcache.h"

#include <elf.h>
#include <string.h>

enum
{
  X86_64 = 0x0303,
};

static const guint64 level_hwcap = (guint64)1 << 62; /* the first name of the extension */

typedef struct
{
  gboolean big;
  GByteArray *bytes;
} Cache;

static void put(Cache *cache, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++)
  {
    guint8 byte = size > 8 ? 0 : (guint8)(value >> (8 * (cache->big ? size - 1 - i : i)));
    g_byte_array_append(cache->bytes, &byte, 1);
  }
}

static void put_text(Cache *cache, const char *text, gsize length)
{
  g_byte_array_append(cache->bytes, (const guint8 *)text, (guint)length);
}

static const char strings[] = "liba.so\0/x/liba.so\0/x/glibc-hwcaps/v9/liba.so\0v9";

enum
{
  NAME = 0,
  PATH = 8,
  LEVEL_PATH = 19,
  LEVEL = 46,
};

/* Two entries: one for a level, one for all. base: of the new header. */
static void put_new(Cache *cache, guint base)
{
  guint start = 48 + 2 * 24;
  guint extension = base + (start + (guint)sizeof strings + 3) / 4 * 4;
  put_text(cache, "glibc-ld.so.cache1.1", 20);
  put(cache, 2, 4);
  put(cache, sizeof strings, 4);
  put(cache, cache->big ? 3 : 2, 1);
  put(cache, 0, 3);
  put(cache, extension, 4);
  put(cache, 0, 12);
  put(cache, X86_64, 4);
  put(cache, start + NAME, 4);
  put(cache, start + LEVEL_PATH, 4);
  put(cache, 0, 4);
  put(cache, level_hwcap, 8);
  put(cache, X86_64, 4);
  put(cache, start + NAME, 4);
  put(cache, start + PATH, 4);
  put(cache, 0, 4);
  put(cache, 0, 8);
  put_text(cache, strings, sizeof strings);
  while (cache->bytes->len < extension)
    put(cache, 0, 1);
  put(cache, 0xeaa42174u, 4);
  put(cache, 1, 4);
  put(cache, 1, 4);
  put(cache, 0, 4);
  put(cache, extension + 24, 4);
  put(cache, 4, 4);
  put(cache, start + LEVEL, 4);
}

static Cache new_cache(gboolean big)
{
  Cache cache = {big, g_byte_array_new()};
  put_new(&cache, 0);
  return cache;
}

static Cache old_cache(gboolean big, gboolean compat)
{
  Cache cache = {big, g_byte_array_new()};
  put_text(&cache, "ld.so-1.7.0\0", 12);
  put(&cache, 1, 4);
  put(&cache, X86_64, 4);
  put(&cache, NAME, 4);
  put(&cache, PATH, 4);
  if (compat)
  {
    while (cache.bytes->len % 8 != 0)
      put(&cache, 0, 1);
    put_new(&cache, cache.bytes->len);
    return cache;
  }
  put_text(&cache, strings, sizeof strings);
  return cache;
}

static char *print_cache(const ElfdepsLdcache *cache)
{
  GString *text = g_string_new(NULL);
  const GPtrArray *entries = elfdeps_ldcache_find(cache, "liba.so");
  for (guint i = 0; entries != NULL && i < entries->len; i++)
  {
    const ElfdepsLdcacheEntry *entry = entries->pdata[i];
    g_string_append_printf(text, "%s -> %s %x %s\n", entry->name, entry->path, entry->flags,
                           entry->hwcap_name == NULL ? "-" : entry->hwcap_name);
  }
  return g_string_free(text, FALSE);
}

static void expect_cache(Cache cache, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ElfdepsLdcache) parsed =
      elfdeps_ldcache_parse(cache.bytes->data, cache.bytes->len, cache.big ? ELFDATA2MSB : ELFDATA2LSB, &error);
  if (parsed == NULL)
    fail_msg("%s", error->message);
  g_autofree char *text = print_cache(parsed);
  assert_string_equal(text, expected);
  assert_null(elfdeps_ldcache_find(parsed, "libb.so"));
  g_byte_array_unref(cache.bytes);
}

static void reads_every_format(void **state)
{
  (void)state;
  static const char with_level[] = "liba.so -> /x/glibc-hwcaps/v9/liba.so 303 v9\nliba.so -> /x/liba.so 303 -\n";
  for (gint big = 0; big < 2; big++)
  {
    expect_cache(new_cache(big), with_level);
    expect_cache(old_cache(big, TRUE), with_level);
    expect_cache(old_cache(big, FALSE), "liba.so -> /x/liba.so 303 -\n");
  }
}

static void refuses(const Cache *cache, gsize length, const char *message)
{
  g_autoptr(GError) error = NULL;
  g_autofree guint8 *exact = g_memdup2(cache->bytes->data, length);
  assert_null(elfdeps_ldcache_parse(exact, length, ELFDATA2LSB, &error));
  expect_error(&error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED, message);
}

static void spoil(guint at, guint8 value, const char *message)
{
  Cache cache = new_cache(FALSE);
  cache.bytes->data[at] = value;
  refuses(&cache, cache.bytes->len, message);
  g_byte_array_unref(cache.bytes);
}

static void refuses_broken_caches(void **state)
{
  (void)state;
  spoil(0, 'x', "ld.so.cache: no known format at offset 0");
  spoil(23, 0x80, "ld.so.cache: more entries than fit at offset 20");
  spoil(28, 3, "ld.so.cache: the byte order is not that of the programs at offset 28");
  spoil(35, 0x80, "ld.so.cache: an extension outside the file at offset 32");
  spoil(55, 0x80, "ld.so.cache: a string outside the file at offset 48");
  spoil(59, 0xff, "ld.so.cache: a string outside the file at offset 48");
}

/* Cut anywhere or with any byte spoilt: an answer, and nothing outside is read. */
static void survives_everything(void **state)
{
  (void)state;
  Cache caches[] = {new_cache(FALSE), old_cache(FALSE, TRUE), old_cache(FALSE, FALSE)};
  static const guint8 values[] = {0, 1, 0x7f, 0x80, 0xff};
  for (gsize i = 0; i < G_N_ELEMENTS(caches); i++)
  {
    for (guint length = 0; length < caches[i].bytes->len; length++)
    {
      g_autofree guint8 *exact = g_memdup2(caches[i].bytes->data, length);
      elfdeps_ldcache_free(elfdeps_ldcache_parse(exact, length, ELFDATA2LSB, NULL));
    }
    for (guint at = 0; at < caches[i].bytes->len; at++)
      for (gsize j = 0; j < G_N_ELEMENTS(values); j++)
      {
        g_autofree guint8 *exact = g_memdup2(caches[i].bytes->data, caches[i].bytes->len);
        exact[at] = values[j];
        elfdeps_ldcache_free(elfdeps_ldcache_parse(exact, caches[i].bytes->len, ELFDATA2LSB, NULL));
      }
    g_byte_array_unref(caches[i].bytes);
  }
}

static void expect_flags(guint8 class, guint16 machine, guint32 flags, guint32 expected)
{
  ElfdepsObject object = {.class = class, .machine = machine, .flags = flags};
  assert_int_equal(elfdeps_ldcache_flags(&object), expected);
}

static void knows_architectures(void **state)
{
  (void)state;
  expect_flags(ELFCLASS64, EM_X86_64, 0, 0x0303);
  expect_flags(ELFCLASS32, EM_X86_64, 0, 0x0803);
  expect_flags(ELFCLASS32, EM_386, 0, 0x0003);
  expect_flags(ELFCLASS64, EM_AARCH64, 0, 0x0a03);
  expect_flags(ELFCLASS32, EM_ARM, EF_ARM_ABI_FLOAT_HARD, 0x0903);
  expect_flags(ELFCLASS32, EM_ARM, EF_ARM_ABI_FLOAT_SOFT, 0x0b03);
  expect_flags(ELFCLASS64, EM_PPC64, 2, 0x0503);
  expect_flags(ELFCLASS64, EM_S390, 0, 0x0403);
  expect_flags(ELFCLASS64, EM_RISCV, EF_RISCV_FLOAT_ABI_DOUBLE, 0x1003);
  expect_flags(ELFCLASS64, EM_RISCV, 0, 0x0f03);
  expect_flags(ELFCLASS64, EM_MIPS, 0, 0x0703);
  expect_flags(ELFCLASS32, EM_MIPS, EF_MIPS_ABI2, 0x0603);
  expect_flags(ELFCLASS32, EM_MIPS, EF_MIPS_NAN2008, 0x0c03);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_every_format),
      cmocka_unit_test(refuses_broken_caches),
      cmocka_unit_test(survives_everything),
      cmocka_unit_test(knows_architectures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
