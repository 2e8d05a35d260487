/* Header, program headers, and the bytes from the second page on. */
#include "tests/unit/elfdeps_segments.h"

#include <elf.h>
#include <string.h>

enum
{
  DATA_OFFSET = 4096,
};

GByteArray *elf_segments_bytes(const ElfSegment *segments, guint count)
{
  GByteArray *file = g_byte_array_new();
  Elf64_Ehdr header = {.e_type = ET_DYN,
                       .e_machine = EM_X86_64,
                       .e_version = EV_CURRENT,
                       .e_phoff = sizeof header,
                       .e_ehsize = sizeof header,
                       .e_phentsize = sizeof(Elf64_Phdr),
                       .e_phnum = (Elf64_Half)count};
  memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  g_byte_array_append(file, (const guint8 *)&header, sizeof header);
  guint64 offset = DATA_OFFSET;
  for (guint i = 0; i < count; i++)
  {
    Elf64_Phdr program = {
        .p_type = PT_LOAD, .p_flags = segments[i].flags, .p_offset = offset, .p_vaddr = offset, .p_filesz = segments[i].length};
    g_byte_array_append(file, (const guint8 *)&program, sizeof program);
    offset += segments[i].length;
  }
  g_byte_array_set_size(file, DATA_OFFSET);
  for (guint i = 0; i < count; i++)
    g_byte_array_append(file, (const guint8 *)segments[i].bytes, (guint)segments[i].length);
  return file;
}
