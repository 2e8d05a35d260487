/* Undefined dynamic symbols, counted by the hash tables that the loader uses. */
#include "elfdeps/object.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"
#include "elfdeps/object_dynamic.h"

#include <libelf.h>
#include <string.h>

enum
{
  SYMBOLS_AT_ONCE = 1024,
  NAMES_CHUNK_BYTES = 64 * 1024,
  LAST_NAME_BYTES = 4096, /* read behind the start of the last name when DT_STRSZ is too small */
};

typedef struct
{
  const ElfdepsObjectImage *image;
  const GArray *entries;
  guint16 machine;
} Source;

static gboolean malformed(GError **error, const char *what)
{
  g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED, "imported symbols: %s", what);
  return FALSE;
}

static gboolean beyond(GError **error, const char *limit)
{
  g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT, "imported symbols: more than the limit %s", limit);
  return FALSE;
}

/* Where a table is in the file. */
static gboolean locate(const Source *source, gint64 tag, guint64 *offset, guint64 *available)
{
  const ElfdepsDynamicEntry *entry = elfdeps_object_dynamic_find(source->entries, tag);
  return entry != NULL && elfdeps_object_image_locate(source->image, entry->value, offset, available);
}

/* The second word of both tables: the number of all symbols, or of those that are not in the table because they are undefined. */
static gboolean read_count(const Source *source, guint64 *count, GError **error)
{
  guint64 offset = 0;
  guint64 available = 0;
  gboolean gnu = locate(source, DT_GNU_HASH, &offset, &available);
  *count = 0;
  if (!gnu && !locate(source, DT_HASH, &offset, &available))
    return TRUE;
  gboolean wide = !gnu && source->image->class == ELFCLASS64 && (source->machine == EM_S390 || source->machine == EM_ALPHA);
  if (wide)
  {
    guint64 words[2];
    if (!elfdeps_object_image_read(source->image, "symbol hash table", offset, sizeof words, words, error))
      return FALSE;
    elfdeps_object_image_translate(source->image, ELF_T_XWORD, words, sizeof words);
    *count = words[1];
    return TRUE;
  }
  guint32 words[2];
  if (!elfdeps_object_image_read(source->image, "symbol hash table", offset, sizeof words, words, error))
    return FALSE;
  elfdeps_object_image_translate(source->image, ELF_T_WORD, words, sizeof words);
  *count = words[1];
  return TRUE;
}

static void take_symbols(const Source *source, void *raw, gsize length, GArray *names)
{
  gboolean small = source->image->class == ELFCLASS32;
  gsize count = length / (small ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym));
  elfdeps_object_image_translate(source->image, ELF_T_SYM, raw, length);
  for (gsize i = 0; i < count; i++)
  {
    guint32 name = small ? ((const Elf32_Sym *)raw)[i].st_name : ((const Elf64_Sym *)raw)[i].st_name;
    guint16 section = small ? ((const Elf32_Sym *)raw)[i].st_shndx : ((const Elf64_Sym *)raw)[i].st_shndx;
    if (section == SHN_UNDEF && name != 0)
      g_array_append_val(names, name);
  }
}

/* Offsets of the names of undefined symbols. */
static gboolean read_symbols(const Source *source, guint64 count, GArray *names, GError **error)
{
  guint64 offset = 0;
  guint64 available = 0;
  gsize size = source->image->class == ELFCLASS32 ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym);
  if (count == 0)
    return TRUE;
  if (count > ELFDEPS_LIMIT_SYMBOLS)
    return beyond(error, "ELFDEPS_LIMIT_SYMBOLS");
  if (!locate(source, DT_SYMTAB, &offset, &available) || available / size < count)
    return malformed(error, "no symbol table of that size in a loaded segment");
  g_autofree void *raw = g_malloc(size * SYMBOLS_AT_ONCE);
  for (guint64 done = 0; done < count; done += SYMBOLS_AT_ONCE)
  {
    gsize length = (gsize)MIN(count - done, SYMBOLS_AT_ONCE) * size;
    if (!elfdeps_object_image_read(source->image, "symbol table", offset + done * size, length, raw, error))
      return FALSE;
    take_symbols(source, raw, length, names);
  }
  return TRUE;
}

/* As much of the string table as there is, up to the last name. Returns: new; NULL with error. */
static GByteArray *read_names(const Source *source, const GArray *names, GError **error)
{
  guint64 offset = 0;
  guint64 available = 0;
  if (!locate(source, DT_STRTAB, &offset, &available))
  {
    malformed(error, "no string table in a loaded segment");
    return NULL;
  }
  const ElfdepsDynamicEntry *size = elfdeps_object_dynamic_find(source->entries, DT_STRSZ);
  guint64 wanted = size == NULL ? 0 : size->value;
  for (guint i = 0; i < names->len; i++)
    wanted = MAX(wanted, (guint64)g_array_index(names, guint32, i) + LAST_NAME_BYTES);
  wanted = MIN(wanted, available);
  if (wanted > ELFDEPS_LIMIT_SYMBOL_NAMES_BYTES)
  {
    beyond(error, "ELFDEPS_LIMIT_SYMBOL_NAMES_BYTES");
    return NULL;
  }
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_autofree guint8 *chunk = g_malloc(NAMES_CHUNK_BYTES);
  while (bytes->len < wanted)
  {
    gsize length = (gsize)MIN(wanted - bytes->len, NAMES_CHUNK_BYTES);
    gssize got = elfdeps_object_image_read_some(source->image, offset + bytes->len, length, chunk, error);
    if (got < 0)
      return NULL;
    g_byte_array_append(bytes, chunk, (guint)got);
    if ((gsize)got < length)
      break;
  }
  return g_steal_pointer(&bytes);
}

static gint compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static gboolean take_names(const Source *source, const GArray *names, GPtrArray *imports, GError **error)
{
  g_autoptr(GByteArray) bytes = read_names(source, names, error);
  if (bytes == NULL)
    return FALSE;
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (guint i = 0; i < names->len; i++)
  {
    guint32 at = g_array_index(names, guint32, i);
    if (at >= bytes->len || memchr(bytes->data + at, '\0', bytes->len - at) == NULL)
      return malformed(error, "a name outside the string table");
    g_ptr_array_add(all, bytes->data + at);
  }
  g_ptr_array_sort(all, compare_names);
  for (guint i = 0; i < all->len; i++)
    if (i == 0 || strcmp(all->pdata[i], all->pdata[i - 1]) != 0)
      g_ptr_array_add(imports, g_strdup(all->pdata[i]));
  return TRUE;
}

static gboolean read_imports(const ElfdepsObjectImage *image, guint16 machine, GPtrArray *imports, GError **error)
{
  g_autoptr(GArray) entries = elfdeps_object_dynamic_read(image, error);
  if (entries == NULL)
    return FALSE;
  Source source = {image, entries, machine};
  guint64 count = 0;
  g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(guint32));
  if (!read_count(&source, &count, error) || !read_symbols(&source, count, names, error))
    return FALSE;
  return names->len == 0 || take_names(&source, names, imports, error);
}

gboolean elfdeps_object_read_imports(ElfdepsFs *fs, const ElfdepsFile *file, ElfdepsObject *object, GError **error)
{
  ElfdepsObjectImage image;
  ElfdepsObject ident = {0};
  g_autoptr(GPtrArray) imports = g_ptr_array_new_with_free_func(g_free);
  gboolean fine = elfdeps_object_image_init(&image, fs, file, &ident, error) && read_imports(&image, ident.machine, imports, error);
  elfdeps_object_image_clear(&image);
  if (!fine)
  {
    g_autofree char *path = elfdeps_quote(file->real_path);
    g_prefix_error(error, "%s: ", path);
    return FALSE;
  }
  g_ptr_array_unref(object->imports);
  object->imports = g_steal_pointer(&imports);
  return TRUE;
}
