/* The dynamic section: entries, and the strings they point to. */
#include "elfdeps/object_dynamic.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"

#include <libelf.h>
#include <string.h>

enum
{
  CHUNK_BYTES = 16 * 1024,
  WHOLE_STRINGS_BYTES = 64 * 1024, /* a string table up to this size is read at once */
  STRING_GUESS_BYTES = 256,        /* else as much for each string, more when it is longer */
};

/* The string table, or the part of it that has all strings wanted. */
typedef struct
{
  const ElfdepsObjectImage *image;
  guint64 offset;    /* of the table in the file */
  guint64 available; /* to the end of the segment: DT_STRSZ may lie */
  guint64 first;     /* table offset of bytes */
  GByteArray *bytes;
} Strings;

/* Where the dynamic section is: by address as a loader sees it, else by offset. */
static gboolean find_dynamic(const ElfdepsObjectImage *image, guint64 *offset, guint64 *length)
{
  const ElfdepsSegment *dynamic = NULL;
  for (guint i = 0; i < image->segments->len; i++)
    if (g_array_index(image->segments, ElfdepsSegment, i).type == PT_DYNAMIC)
      dynamic = &g_array_index(image->segments, ElfdepsSegment, i);
  if (dynamic == NULL)
    return FALSE;
  guint64 available = 0;
  *length = dynamic->filesz;
  if (elfdeps_object_image_locate(image, dynamic->vaddr, offset, &available))
    *length = MIN(*length, available);
  else
    *offset = dynamic->offset;
  return TRUE;
}

/* Returns: whether DT_NULL was met. */
static gboolean take_entries(const ElfdepsObjectImage *image, void *raw, gsize length, GArray *entries)
{
  gsize size = image->class == ELFCLASS32 ? sizeof(Elf32_Dyn) : sizeof(Elf64_Dyn);
  elfdeps_object_image_translate(image, ELF_T_DYN, raw, length);
  for (gsize i = 0; i < length / size; i++)
  {
    ElfdepsDynamicEntry entry;
    if (image->class == ELFCLASS32)
      entry = (ElfdepsDynamicEntry){((const Elf32_Dyn *)raw)[i].d_tag, ((const Elf32_Dyn *)raw)[i].d_un.d_val};
    else
      entry = (ElfdepsDynamicEntry){((const Elf64_Dyn *)raw)[i].d_tag, ((const Elf64_Dyn *)raw)[i].d_un.d_val};
    if (entry.tag == DT_NULL)
      return TRUE;
    g_array_append_val(entries, entry);
  }
  return FALSE;
}

GArray *elfdeps_object_dynamic_read(const ElfdepsObjectImage *image, GError **error)
{
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(ElfdepsDynamicEntry));
  guint64 offset = 0;
  guint64 length = 0;
  if (!find_dynamic(image, &offset, &length))
    return g_steal_pointer(&entries);
  gsize size = image->class == ELFCLASS32 ? sizeof(Elf32_Dyn) : sizeof(Elf64_Dyn);
  g_autofree void *raw = g_malloc((gsize)MIN(length, CHUNK_BYTES));
  for (guint64 done = 0; done < length;)
  {
    if (done >= ELFDEPS_LIMIT_DYNAMIC_BYTES)
    {
      g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT, "the dynamic section is longer than the limit ELFDEPS_LIMIT_DYNAMIC_BYTES");
      return NULL;
    }
    gsize wanted = (gsize)MIN(length - done, CHUNK_BYTES);
    gssize got = elfdeps_object_image_read_some(image, offset + done, wanted, raw, error);
    if (got < 0)
      return NULL;
    gsize usable = (gsize)got / size * size;
    if (take_entries(image, raw, usable, entries))
      return g_steal_pointer(&entries);
    if ((gsize)got < wanted)
    {
      g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED, "the file ends in the dynamic section at offset 0x%" G_GINT64_MODIFIER "x",
                  offset + done);
      return NULL;
    }
    if (usable < wanted) /* the last entry is cut by the segment's end */
      break;
    done += usable;
  }
  return g_steal_pointer(&entries);
}

const ElfdepsDynamicEntry *elfdeps_object_dynamic_find(const GArray *entries, gint64 tag)
{
  for (guint i = entries->len; i > 0; i--)
    if (g_array_index(entries, ElfdepsDynamicEntry, i - 1).tag == tag)
      return &g_array_index(entries, ElfdepsDynamicEntry, i - 1);
  return NULL;
}

static gboolean names_a_string(gint64 tag)
{
  return tag == DT_NEEDED || tag == DT_SONAME || tag == DT_RPATH || tag == DT_RUNPATH || tag == DT_AUXILIARY || tag == DT_FILTER ||
         tag == DT_AUDIT || tag == DT_DEPAUDIT;
}

/* Reads the table whole when it is small, else nothing yet. */
static gboolean strings_init(Strings *strings, const ElfdepsObjectImage *image, const GArray *entries, GError **error)
{
  *strings = (Strings){.image = image, .bytes = g_byte_array_new()};
  const ElfdepsDynamicEntry *table = elfdeps_object_dynamic_find(entries, DT_STRTAB);
  if (table == NULL || !elfdeps_object_image_locate(image, table->value, &strings->offset, &strings->available))
  {
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED, "the dynamic section has names, but no string table in a loaded segment");
    return FALSE;
  }
  guint64 highest = 0;
  guint64 lowest = G_MAXUINT64;
  for (guint i = 0; i < entries->len; i++)
  {
    const ElfdepsDynamicEntry *entry = &g_array_index(entries, ElfdepsDynamicEntry, i);
    if (!names_a_string(entry->tag))
      continue;
    highest = MAX(highest, entry->value);
    lowest = MIN(lowest, entry->value);
  }
  if (lowest > highest || lowest >= strings->available || highest - lowest > WHOLE_STRINGS_BYTES)
    return TRUE;
  gsize wanted = (gsize)MIN(highest - lowest + STRING_GUESS_BYTES, strings->available - lowest);
  g_byte_array_set_size(strings->bytes, (guint)wanted);
  gssize got = elfdeps_object_image_read_some(image, strings->offset + lowest, wanted, strings->bytes->data, error);
  if (got < 0)
    return FALSE;
  strings->first = lowest;
  g_byte_array_set_size(strings->bytes, (guint)got);
  return TRUE;
}

static char *cut_string(gint64 tag, gsize limit, GError **error)
{
  g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT,
              "the string of dynamic tag 0x%" G_GINT64_MODIFIER "x is longer than the limit of %" G_GSIZE_FORMAT " bytes (%s)",
              (guint64)tag, limit, limit == ELFDEPS_LIMIT_PATH_BYTES ? "ELFDEPS_LIMIT_PATH_BYTES" : "ELFDEPS_LIMIT_PATH_LIST_BYTES");
  return NULL;
}

/* One string by its own reads, in growing pieces. */
static char *read_string(const Strings *strings, const ElfdepsDynamicEntry *entry, gsize limit, GError **error)
{
  guint64 room = strings->available - entry->value;
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  for (gsize length = STRING_GUESS_BYTES;; length *= 2)
  {
    gsize wanted = (gsize)MIN(room, MIN(length, limit + 1));
    g_byte_array_set_size(bytes, (guint)wanted);
    gssize got = elfdeps_object_image_read_some(strings->image, strings->offset + entry->value, wanted, bytes->data, error);
    if (got < 0)
      return NULL;
    const guint8 *end = memchr(bytes->data, '\0', (gsize)got);
    if (end != NULL)
      return g_strndup((const char *)bytes->data, (gsize)(end - bytes->data));
    if ((gsize)got < wanted || wanted == room)
      break;
    if (wanted > limit)
      return cut_string(entry->tag, limit, error);
  }
  g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED,
              "the string at 0x%" G_GINT64_MODIFIER "x of the string table has no end in its segment", entry->value);
  return NULL;
}

static char *get_string(const Strings *strings, const ElfdepsDynamicEntry *entry, gsize limit, GError **error)
{
  if (entry->value >= strings->available)
  {
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED,
                "dynamic tag 0x%" G_GINT64_MODIFIER "x points to 0x%" G_GINT64_MODIFIER "x, outside the string table", (guint64)entry->tag,
                entry->value);
    return NULL;
  }
  if (entry->value >= strings->first && entry->value - strings->first < strings->bytes->len)
  {
    const guint8 *start = strings->bytes->data + (entry->value - strings->first);
    const guint8 *end = memchr(start, '\0', strings->bytes->len - (gsize)(entry->value - strings->first));
    if (end != NULL && (gsize)(end - start) > limit)
      return cut_string(entry->tag, limit, error);
    if (end != NULL)
      return g_strndup((const char *)start, (gsize)(end - start));
  }
  return read_string(strings, entry, limit, error);
}

/* DT_NEEDED, DT_AUXILIARY, DT_FILTER: all of them, in order. */
static gboolean take_load(const Strings *strings, const ElfdepsDynamicEntry *entry, ElfdepsObject *object, gsize *total, GError **error)
{
  if (object->loads->len >= ELFDEPS_LIMIT_NEEDED)
  {
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT, "the object needs more others than the limit of %u (ELFDEPS_LIMIT_NEEDED)",
                (guint)ELFDEPS_LIMIT_NEEDED);
    return FALSE;
  }
  char *name = get_string(strings, entry, ELFDEPS_LIMIT_PATH_BYTES, error);
  if (name == NULL)
    return FALSE;
  *total += strlen(name) + 1;
  if (*total > ELFDEPS_LIMIT_NAMES_BYTES)
  {
    g_free(name);
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT,
                "the names of needed objects are longer than the limit of %u bytes (ELFDEPS_LIMIT_NAMES_BYTES)",
                (guint)ELFDEPS_LIMIT_NAMES_BYTES);
    return FALSE;
  }
  ElfdepsLoad load = {.kind = ELFDEPS_LOAD_NEEDED, .name = name};
  GPtrArray *names = object->needed;
  if (entry->tag == DT_AUXILIARY)
  {
    load.kind = ELFDEPS_LOAD_AUXILIARY;
    names = object->auxiliary;
  }
  if (entry->tag == DT_FILTER)
  {
    load.kind = ELFDEPS_LOAD_FILTER;
    names = object->filter;
  }
  g_ptr_array_add(names, name);
  g_array_append_val(object->loads, load);
  return TRUE;
}

/* One of the tags that have one value: the last one wins. */
static gboolean take_single(const Strings *strings, const GArray *entries, gint64 tag, gsize limit, char **field, GError **error)
{
  const ElfdepsDynamicEntry *entry = elfdeps_object_dynamic_find(entries, tag);
  if (entry == NULL)
    return TRUE;
  *field = get_string(strings, entry, limit, error);
  return *field != NULL;
}

static gboolean take_strings(const Strings *strings, const GArray *entries, ElfdepsObject *object, GError **error)
{
  gsize total = 0;
  for (guint i = 0; i < entries->len; i++)
  {
    const ElfdepsDynamicEntry *entry = &g_array_index(entries, ElfdepsDynamicEntry, i);
    if ((entry->tag == DT_NEEDED || entry->tag == DT_AUXILIARY || entry->tag == DT_FILTER) &&
        !take_load(strings, entry, object, &total, error))
      return FALSE;
  }
  return take_single(strings, entries, DT_SONAME, ELFDEPS_LIMIT_PATH_BYTES, &object->soname, error) &&
         take_single(strings, entries, DT_RPATH, ELFDEPS_LIMIT_PATH_LIST_BYTES, &object->rpath, error) &&
         take_single(strings, entries, DT_RUNPATH, ELFDEPS_LIMIT_PATH_LIST_BYTES, &object->runpath, error) &&
         take_single(strings, entries, DT_AUDIT, ELFDEPS_LIMIT_PATH_LIST_BYTES, &object->audit, error) &&
         take_single(strings, entries, DT_DEPAUDIT, ELFDEPS_LIMIT_PATH_LIST_BYTES, &object->depaudit, error);
}

gboolean elfdeps_object_dynamic_take(const ElfdepsObjectImage *image, const GArray *entries, ElfdepsObject *object, GError **error)
{
  gboolean named = FALSE;
  for (guint i = 0; i < entries->len; i++)
    named = named || names_a_string(g_array_index(entries, ElfdepsDynamicEntry, i).tag);
  const ElfdepsDynamicEntry *flags = elfdeps_object_dynamic_find(entries, DT_FLAGS_1);
  if (flags != NULL)
  {
    object->pie = (flags->value & DF_1_PIE) != 0;
    object->nodeflib = (flags->value & DF_1_NODEFLIB) != 0;
  }
  if (!named)
    return TRUE;
  Strings strings;
  gboolean fine = strings_init(&strings, image, entries, error) && take_strings(&strings, entries, object, error);
  g_byte_array_unref(strings.bytes);
  if (fine && object->runpath != NULL && object->rpath != NULL)
    g_clear_pointer(&object->rpath, g_free);
  return fine;
}
