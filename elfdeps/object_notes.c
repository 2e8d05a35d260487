/* PT_NOTE: .note.dlopen among the others. */
#include "elfdeps/object_notes.h"

#include "elfdeps/dlopen.h"
#include "elfdeps/limits.h"

#include <libelf.h>
#include <string.h>

enum
{
  NOTE_DLOPEN = 0x407c0c0a,
};

static const char note_owner[] = "FDO";

static gsize padding(gsize length, gsize align)
{
  return (align - length % align) % align;
}

static void take_note(ElfdepsObject *object, const Elf32_Nhdr *header, const guint8 *name, const guint8 *description)
{
  if (header->n_type != NOTE_DLOPEN || header->n_namesz != sizeof note_owner || memcmp(name, note_owner, sizeof note_owner) != 0)
    return;
  g_autoptr(GError) problem = NULL;
  if (!elfdeps_dlopen_note_parse((const char *)description, header->n_descsz, object->dlopen_notes, &problem))
    g_ptr_array_add(object->warnings, g_strdup(problem->message));
}

/* Both classes have the same note header. align: of the segment, 4 or 8. */
static gboolean take_notes(const ElfdepsObjectImage *image, ElfdepsObject *object, const guint8 *bytes, gsize length, gsize align)
{
  for (gsize at = 0; length - at >= sizeof(Elf32_Nhdr);)
  {
    Elf32_Nhdr header;
    memcpy(&header, bytes + at, sizeof header);
    elfdeps_object_image_translate(image, ELF_T_WORD, &header, sizeof header);
    at += sizeof header;
    if (header.n_namesz > length - at)
      return FALSE;
    const guint8 *name = bytes + at;
    at += header.n_namesz;
    gsize gap = padding(at, align);
    if (header.n_descsz > 0 && gap > length - at)
      return FALSE;
    at += MIN(gap, length - at);
    if (header.n_descsz > length - at)
      return FALSE;
    take_note(object, &header, name, bytes + at);
    at += header.n_descsz;
    at += MIN(padding(at, align), length - at);
  }
  return TRUE;
}

static void warn(ElfdepsObject *object, const char *what)
{
  g_ptr_array_add(object->warnings, g_strdup(what));
}

gboolean elfdeps_object_notes_take(const ElfdepsObjectImage *image, ElfdepsObject *object, GError **error)
{
  guint64 total = 0;
  for (guint i = 0; i < image->segments->len; i++)
  {
    const ElfdepsSegment *segment = &g_array_index(image->segments, ElfdepsSegment, i);
    if (segment->type != PT_NOTE || segment->filesz == 0)
      continue;
    if (segment->filesz > ELFDEPS_LIMIT_NOTES_BYTES - total)
    {
      warn(object, "notes are longer than the limit ELFDEPS_LIMIT_NOTES_BYTES: the rest was not looked at");
      return TRUE;
    }
    if (segment->offset > image->file->size || segment->filesz > image->file->size - segment->offset)
    {
      warn(object, "a note segment is outside the file");
      continue;
    }
    total += segment->filesz;
    g_autofree guint8 *bytes = g_malloc((gsize)segment->filesz);
    gssize got = elfdeps_object_image_read_some(image, segment->offset, (gsize)segment->filesz, bytes, error);
    if (got < 0)
      return FALSE;
    if (!take_notes(image, object, bytes, (gsize)got, segment->align == 8 ? 8 : 4))
      warn(object, "a note is longer than its segment");
  }
  return TRUE;
}
