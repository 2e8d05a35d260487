/*
 * Header and segments of an ELF file, through bounded reads.
 *
 * libelf gives the types and the byte order only. elf_begin() is never called:
 * it allocates by the section count that the file claims.
 */
#include "elfdeps/object_image.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"

#include <libelf.h>
#include <string.h>

gssize elfdeps_object_image_read_some(const ElfdepsObjectImage *image, guint64 offset, gsize length, void *buffer, GError **error)
{
  if (offset < image->head_length)
  {
    gsize cached = MIN(length, image->head_length - (gsize)offset);
    if (cached == length || image->head_length < ELFDEPS_OBJECT_HEAD_BYTES)
    {
      memcpy(buffer, image->head + offset, cached);
      return (gssize)cached;
    }
  }
  if (offset > G_MAXINT64)
    return 0;
  return image->fs->pread(image->fs, image->file, buffer, length, offset, error);
}

gboolean elfdeps_object_image_read(const ElfdepsObjectImage *image, const char *what, guint64 offset, gsize length, void *buffer,
                                   GError **error)
{
  gssize got = elfdeps_object_image_read_some(image, offset, length, buffer, error);
  if (got < 0)
    return FALSE;
  if ((gsize)got < length)
  {
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED,
                "%s at offset 0x%" G_GINT64_MODIFIER "x (%" G_GSIZE_FORMAT " bytes) is outside the file", what, offset, length);
    return FALSE;
  }
  return TRUE;
}

void elfdeps_object_image_translate(const ElfdepsObjectImage *image, int type, void *records, gsize length)
{
  elf_version(EV_CURRENT);
  Elf_Data data = {.d_buf = records, .d_type = (Elf_Type)type, .d_version = EV_CURRENT, .d_size = length};
  Elf_Data result = data;
  if (image->class == ELFCLASS32)
    elf32_xlatetom(&result, &data, image->data);
  else
    elf64_xlatetom(&result, &data, image->data);
}

gboolean elfdeps_object_image_locate(const ElfdepsObjectImage *image, guint64 vaddr, guint64 *offset, guint64 *available)
{
  for (guint i = 0; i < image->segments->len; i++)
  {
    const ElfdepsSegment *segment = &g_array_index(image->segments, ElfdepsSegment, i);
    if (segment->type != PT_LOAD || vaddr < segment->vaddr || vaddr - segment->vaddr >= segment->filesz)
      continue;
    guint64 distance = vaddr - segment->vaddr;
    if (segment->offset > G_MAXINT64 || distance > G_MAXINT64)
      continue;
    *offset = segment->offset + distance;
    *available = segment->filesz - distance;
    return TRUE;
  }
  return FALSE;
}

typedef struct
{
  guint64 phoff;
  guint16 phentsize;
  guint16 phnum;
} Table;

static gboolean malformed(GError **error, const char *what, guint64 offset)
{
  g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_MALFORMED, "%s at offset 0x%" G_GINT64_MODIFIER "x", what, offset);
  return FALSE;
}

static void take_header(ElfdepsObjectImage *image, ElfdepsObject *object, Table *table)
{
  union
  {
    Elf32_Ehdr small;
    Elf64_Ehdr large;
  } header;
  if (image->class == ELFCLASS32)
  {
    memcpy(&header.small, image->head, sizeof header.small);
    elfdeps_object_image_translate(image, ELF_T_EHDR, &header.small, sizeof header.small);
    object->machine = header.small.e_machine;
    object->type = header.small.e_type;
    object->flags = header.small.e_flags;
    object->version = header.small.e_version;
    *table = (Table){header.small.e_phoff, header.small.e_phentsize, header.small.e_phnum};
    return;
  }
  memcpy(&header.large, image->head, sizeof header.large);
  elfdeps_object_image_translate(image, ELF_T_EHDR, &header.large, sizeof header.large);
  object->machine = header.large.e_machine;
  object->type = header.large.e_type;
  object->flags = header.large.e_flags;
  object->version = header.large.e_version;
  *table = (Table){header.large.e_phoff, header.large.e_phentsize, header.large.e_phnum};
}

static gboolean read_header(ElfdepsObjectImage *image, ElfdepsObject *object, Table *table, GError **error)
{
  gssize got = image->fs->pread(image->fs, image->file, image->head, sizeof image->head, 0, error);
  if (got < 0)
    return FALSE;
  image->head_length = (gsize)got;
  if (image->head_length < SELFMAG || memcmp(image->head, ELFMAG, SELFMAG) != 0)
  {
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_NOT_ELF, "not an ELF file");
    return FALSE;
  }
  if (image->head_length < EI_NIDENT)
    return malformed(error, "the file ends in the ELF identification", image->head_length);
  image->class = object->class = image->head[EI_CLASS];
  image->data = object->data = image->head[EI_DATA];
  object->osabi = image->head[EI_OSABI];
  object->abiversion = image->head[EI_ABIVERSION];
  object->ident_version = image->head[EI_VERSION];
  for (guint i = EI_PAD; i < EI_NIDENT; i++)
    object->padded |= image->head[i] != 0;
  if (image->class != ELFCLASS32 && image->class != ELFCLASS64)
    return malformed(error, "unknown ELF class", EI_CLASS);
  if (image->data != ELFDATA2LSB && image->data != ELFDATA2MSB)
    return malformed(error, "unknown byte order", EI_DATA);
  if (image->head_length < (image->class == ELFCLASS32 ? sizeof(Elf32_Ehdr) : sizeof(Elf64_Ehdr)))
    return malformed(error, "the file ends in the ELF header", image->head_length);
  take_header(image, object, table);
  return TRUE;
}

static void take_segments(ElfdepsObjectImage *image, void *raw, gsize length, guint count)
{
  elfdeps_object_image_translate(image, ELF_T_PHDR, raw, length);
  for (guint i = 0; i < count; i++)
  {
    ElfdepsSegment segment;
    if (image->class == ELFCLASS32)
    {
      const Elf32_Phdr *header = (const Elf32_Phdr *)raw + i;
      segment = (ElfdepsSegment){header->p_type, header->p_flags, header->p_offset, header->p_vaddr, header->p_filesz, header->p_align};
    }
    else
    {
      const Elf64_Phdr *header = (const Elf64_Phdr *)raw + i;
      segment = (ElfdepsSegment){header->p_type, header->p_flags, header->p_offset, header->p_vaddr, header->p_filesz, header->p_align};
    }
    g_array_append_val(image->segments, segment);
  }
}

static gboolean read_segments(ElfdepsObjectImage *image, const Table *table, GError **error)
{
  if (table->phnum == 0)
    return TRUE;
  gsize size = image->class == ELFCLASS32 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
  if (table->phentsize != size)
    return malformed(error, "program headers have a wrong size", image->class == ELFCLASS32 ? 42 : 54);
  gsize length = size * table->phnum;
  if (length > ELFDEPS_LIMIT_PROGRAM_HEADERS_BYTES)
  {
    g_set_error(error, ELFDEPS_ERROR, ELFDEPS_ERROR_LIMIT, "more program headers (%u) than the limit ELFDEPS_LIMIT_PROGRAM_HEADERS_BYTES",
                (guint)table->phnum);
    return FALSE;
  }
  g_autofree void *raw = g_malloc(length);
  if (!elfdeps_object_image_read(image, "program header table", table->phoff, length, raw, error))
    return FALSE;
  take_segments(image, raw, length, table->phnum);
  return TRUE;
}

gboolean elfdeps_object_image_init(ElfdepsObjectImage *image, ElfdepsFs *fs, const ElfdepsFile *file, ElfdepsObject *object, GError **error)
{
  image->fs = fs;
  image->file = file;
  image->class = ELFCLASSNONE;
  image->data = ELFDATANONE;
  image->head_length = 0;
  image->segments = g_array_new(FALSE, FALSE, sizeof(ElfdepsSegment));
  Table table;
  return read_header(image, object, &table, error) && read_segments(image, &table, error);
}

void elfdeps_object_image_clear(ElfdepsObjectImage *image)
{
  g_clear_pointer(&image->segments, g_array_unref);
}
