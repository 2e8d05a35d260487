/* ld.so.cache. */
#include "elfdeps/ldcache.h"

#include "elfdeps/error.h"

#include <elf.h>
#include <string.h>

enum
{
  OLD_HEADER_BYTES = 16,
  OLD_ENTRY_BYTES = 12,
  NEW_HEADER_BYTES = 48,
  NEW_ENTRY_BYTES = 24,
  NEW_ALIGN = 8,
  ORDER_MASK = 3,
  ORDER_LITTLE = 2,
  ORDER_BIG = 3,
  EXTENSION_HEADER_BYTES = 8,
  EXTENSION_SECTION_BYTES = 16,
  EXTENSION_TAG_HWCAPS = 1,
  LEVEL_BITS = 0x3ff, /* of the upper half of a hwcap: the ISA level */
};

static const guint32 extension_magic = 0xeaa42174u;
static const guint32 extension_hwcap = 1u << 30; /* in the upper half: the lower one is an index of names */
static const char old_magic[] = "ld.so-1.7.0";
static const char new_magic[] = "glibc-ld.so.cache1.1";

struct elfdeps_ldcache
{
  guint8 *bytes;
  gsize length;
  gboolean big;
  GArray *entries;     /* ElfdepsLdcacheEntry */
  GArray *hwcap_names; /* guint32: offsets of strings */
  GHashTable *names;   /* name → GPtrArray of entries */
};

static gboolean refuse(GError **error, const char *why, gsize offset)
{
  g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED, "ld.so.cache: %s at offset %" G_GSIZE_FORMAT, why, offset);
  return FALSE;
}

/* The caller has checked that four bytes are there. */
static guint32 get32(const ElfdepsLdcache *cache, gsize offset)
{
  guint32 value;
  memcpy(&value, cache->bytes + offset, sizeof value);
  return cache->big ? GUINT32_FROM_BE(value) : GUINT32_FROM_LE(value);
}

static guint64 get64(const ElfdepsLdcache *cache, gsize offset)
{
  guint64 value;
  memcpy(&value, cache->bytes + offset, sizeof value);
  return cache->big ? GUINT64_FROM_BE(value) : GUINT64_FROM_LE(value);
}

static const char *get_string(const ElfdepsLdcache *cache, gsize base, guint32 offset)
{
  if (base > cache->length || offset >= cache->length - base)
    return NULL;
  const char *text = (const char *)cache->bytes + base + offset;
  return memchr(text, '\0', cache->length - base - offset) == NULL ? NULL : text;
}

static gboolean read_old(ElfdepsLdcache *cache, gsize count, GError **error)
{
  gsize strings = OLD_HEADER_BYTES + count * OLD_ENTRY_BYTES;
  for (gsize i = 0; i < count; i++)
  {
    gsize at = OLD_HEADER_BYTES + i * OLD_ENTRY_BYTES;
    ElfdepsLdcacheEntry entry = {.flags = get32(cache, at)};
    entry.name = get_string(cache, strings, get32(cache, at + 4));
    entry.path = get_string(cache, strings, get32(cache, at + 8));
    if (entry.name == NULL || entry.path == NULL)
      return refuse(error, "a string outside the file", at);
    g_array_append_val(cache->entries, entry);
  }
  return TRUE;
}

/* Names of glibc-hwcaps directories. Broken ones only make their entries useless. */
static void read_hwcap_names(ElfdepsLdcache *cache, gsize offset, gsize length)
{
  if (offset > cache->length || length > cache->length - offset)
    return;
  for (gsize i = 0; i + 4 <= length; i += 4)
  {
    guint32 name = get32(cache, offset + i);
    g_array_append_val(cache->hwcap_names, name);
  }
}

static gboolean read_extension(ElfdepsLdcache *cache, gsize base, GError **error)
{
  gsize offset = get32(cache, base + 32);
  if (offset == 0)
    return TRUE;
  if (offset % 4 != 0 || offset > cache->length || cache->length - offset < EXTENSION_HEADER_BYTES)
    return refuse(error, "an extension outside the file", base + 32);
  if (get32(cache, offset) != extension_magic)
    return TRUE;
  gsize count = get32(cache, offset + 4);
  if (count > (cache->length - offset - EXTENSION_HEADER_BYTES) / EXTENSION_SECTION_BYTES)
    return refuse(error, "more extension sections than fit", offset + 4);
  for (gsize i = 0; i < count; i++)
  {
    gsize at = offset + EXTENSION_HEADER_BYTES + i * EXTENSION_SECTION_BYTES;
    if (get32(cache, at) == EXTENSION_TAG_HWCAPS)
      read_hwcap_names(cache, get32(cache, at + 8), get32(cache, at + 12));
  }
  return TRUE;
}

/* Returns: FALSE when the entry names a hwcap that is not there. */
static gboolean take_hwcap(const ElfdepsLdcache *cache, gsize base, ElfdepsLdcacheEntry *entry)
{
  guint32 upper = (guint32)(entry->hwcap >> 32);
  if ((upper & ~(guint32)LEVEL_BITS) != extension_hwcap)
    return TRUE;
  guint32 index = (guint32)entry->hwcap;
  if (index >= cache->hwcap_names->len)
    return FALSE;
  entry->hwcap_name = get_string(cache, base, g_array_index(cache->hwcap_names, guint32, index));
  return entry->hwcap_name != NULL;
}

static gboolean read_new(ElfdepsLdcache *cache, gsize base, GError **error)
{
  guint8 order = cache->bytes[base + 28] & ORDER_MASK;
  if (order != 0 && order != (cache->big ? ORDER_BIG : ORDER_LITTLE))
    return refuse(error, "the byte order is not that of the programs", base + 28);
  gsize count = get32(cache, base + 20);
  if (count > (cache->length - base - NEW_HEADER_BYTES) / NEW_ENTRY_BYTES)
    return refuse(error, "more entries than fit", base + 20);
  if (!read_extension(cache, base, error))
    return FALSE;
  for (gsize i = 0; i < count; i++)
  {
    gsize at = base + NEW_HEADER_BYTES + i * NEW_ENTRY_BYTES;
    ElfdepsLdcacheEntry entry = {.flags = get32(cache, at), .hwcap = get64(cache, at + 16)};
    entry.name = get_string(cache, base, get32(cache, at + 4));
    entry.path = get_string(cache, base, get32(cache, at + 8));
    if (entry.name == NULL || entry.path == NULL)
      return refuse(error, "a string outside the file", at);
    if (take_hwcap(cache, base, &entry))
      g_array_append_val(cache->entries, entry);
  }
  return TRUE;
}

static gboolean has_new(const ElfdepsLdcache *cache, gsize offset)
{
  return offset <= cache->length && cache->length - offset >= NEW_HEADER_BYTES &&
         memcmp(cache->bytes + offset, new_magic, strlen(new_magic)) == 0;
}

static gboolean read_all(ElfdepsLdcache *cache, GError **error)
{
  if (has_new(cache, 0))
    return read_new(cache, 0, error);
  if (cache->length < OLD_HEADER_BYTES || memcmp(cache->bytes, old_magic, strlen(old_magic)) != 0)
    return refuse(error, "no known format", 0);
  gsize count = get32(cache, 12);
  if (count > (cache->length - OLD_HEADER_BYTES) / OLD_ENTRY_BYTES)
    return refuse(error, "more entries than fit", 12);
  gsize end = OLD_HEADER_BYTES + count * OLD_ENTRY_BYTES;
  gsize compat = (end + NEW_ALIGN - 1) / NEW_ALIGN * NEW_ALIGN;
  return has_new(cache, compat) ? read_new(cache, compat, error) : read_old(cache, count, error);
}

static void free_names(gpointer entries)
{
  g_ptr_array_unref(entries);
}

static void index_names(ElfdepsLdcache *cache)
{
  for (guint i = 0; i < cache->entries->len; i++)
  {
    ElfdepsLdcacheEntry *entry = &g_array_index(cache->entries, ElfdepsLdcacheEntry, i);
    GPtrArray *same = g_hash_table_lookup(cache->names, entry->name);
    if (same == NULL)
    {
      same = g_ptr_array_new();
      g_hash_table_insert(cache->names, (gpointer)(guintptr)entry->name, same);
    }
    g_ptr_array_add(same, entry);
  }
}

ElfdepsLdcache *elfdeps_ldcache_parse(const guint8 *bytes, gsize length, guint8 data, GError **error)
{
  g_autoptr(ElfdepsLdcache) cache = g_new0(ElfdepsLdcache, 1);
  cache->bytes = g_memdup2(bytes, length);
  cache->length = length;
  cache->big = data == ELFDATA2MSB;
  cache->entries = g_array_new(FALSE, FALSE, sizeof(ElfdepsLdcacheEntry));
  cache->hwcap_names = g_array_new(FALSE, FALSE, sizeof(guint32));
  cache->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_names);
  if (!read_all(cache, error))
    return NULL;
  index_names(cache);
  return g_steal_pointer(&cache);
}

void elfdeps_ldcache_free(ElfdepsLdcache *cache)
{
  if (cache == NULL)
    return;
  g_hash_table_unref(cache->names);
  g_array_unref(cache->entries);
  g_array_unref(cache->hwcap_names);
  g_free(cache->bytes);
  g_free(cache);
}

guint elfdeps_ldcache_size(const ElfdepsLdcache *cache)
{
  return cache->entries->len;
}

const GPtrArray *elfdeps_ldcache_find(const ElfdepsLdcache *cache, const char *name)
{
  return g_hash_table_lookup(cache->names, name);
}

static guint32 mips_flags(const ElfdepsObject *object)
{
  gboolean nan2008 = (object->flags & EF_MIPS_NAN2008) != 0;
  if (object->class == ELFCLASS64)
    return nan2008 ? 0x0e03 : 0x0703;
  if (object->flags & EF_MIPS_ABI2)
    return nan2008 ? 0x0d03 : 0x0603;
  return nan2008 ? 0x0c03 : 0x0003;
}

guint32 elfdeps_ldcache_flags(const ElfdepsObject *object)
{
  gboolean wide = object->class == ELFCLASS64;
  switch (object->machine)
  {
  case EM_X86_64:
    return wide ? 0x0303 : 0x0803;
  case EM_AARCH64:
    return 0x0a03;
  case EM_ARM:
    return object->flags & EF_ARM_ABI_FLOAT_HARD ? 0x0903 : 0x0b03;
  case EM_PPC64:
    return 0x0503;
  case EM_S390:
    return wide ? 0x0403 : 0x0003;
  case EM_SPARCV9:
    return 0x0103;
  case EM_MIPS:
    return mips_flags(object);
  case EM_RISCV:
    return (object->flags & EF_RISCV_FLOAT_ABI) == EF_RISCV_FLOAT_ABI_SOFT ? 0x0f03 : 0x1003;
  case EM_LOONGARCH:
    return (object->flags & 7) == 1 ? 0x1103 : 0x1203;
  default:
    return 0x0003;
  }
}
