/* Small ELF files. */
#include "tests/unit/elfdeps_elf_writer.h"

#include <elf.h>
#include <string.h>

enum
{
  PAGE = 0x1000,
};

typedef struct
{
  const ElfSpec *spec;
  gboolean wide;
  gboolean big;
  GByteArray *bytes;
  GByteArray *strings;
  GByteArray *dynamic;
} Writer;

static void put(const Writer *writer, GByteArray *to, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++)
  {
    guint8 byte = (guint8)(value >> (8 * (writer->big ? size - 1 - i : i)));
    g_byte_array_append(to, &byte, 1);
  }
}

static void put_word(const Writer *writer, GByteArray *to, guint64 value)
{
  put(writer, to, value, writer->wide ? 8 : 4);
}

static void pad_to(GByteArray *to, guint length)
{
  static const guint8 zero = 0;
  while (to->len < length)
    g_byte_array_append(to, &zero, 1);
}

static guint add_string(Writer *writer, const char *text)
{
  guint at = writer->strings->len;
  g_byte_array_append(writer->strings, (const guint8 *)text, (guint)strlen(text) + 1);
  return at;
}

static void add_dynamic(Writer *writer, guint64 tag, guint64 value)
{
  put_word(writer, writer->dynamic, tag);
  put_word(writer, writer->dynamic, value);
}

static void add_text(Writer *writer, guint64 tag, const char *text)
{
  if (text != NULL)
    add_dynamic(writer, tag, add_string(writer, text));
}

static void add_names(Writer *writer)
{
  g_auto(GStrv) names = g_strsplit(writer->spec->needed == NULL ? "" : writer->spec->needed, " ", -1);
  for (gsize i = 0; names[i] != NULL; i++)
  {
    if (*names[i] == '\0')
      continue;
    if (g_str_has_prefix(names[i], "aux:"))
      add_text(writer, DT_AUXILIARY, names[i] + 4);
    else if (g_str_has_prefix(names[i], "filter:"))
      add_text(writer, DT_FILTER, names[i] + 7);
    else
      add_text(writer, DT_NEEDED, strcmp(names[i], "EMPTY") == 0 ? "" : names[i]);
  }
}

static void put_symbol(Writer *writer, guint name, guint16 section)
{
  put(writer, writer->bytes, name, 4);
  if (writer->wide)
  {
    put(writer, writer->bytes, STB_GLOBAL << 4, 1);
    put(writer, writer->bytes, 0, 1);
    put(writer, writer->bytes, section, 2);
    put(writer, writer->bytes, 0, 8);
    put(writer, writer->bytes, 0, 8);
    return;
  }
  put(writer, writer->bytes, 0, 8);
  put(writer, writer->bytes, STB_GLOBAL << 4, 1);
  put(writer, writer->bytes, 0, 1);
  put(writer, writer->bytes, section, 2);
}

/* The table of symbols and its hash: all undefined ones, then one defined when there are any. */
static void add_symbols(Writer *writer, guint64 *symbols, guint64 *hash)
{
  g_auto(GStrv) names = g_strsplit(writer->spec->imports == NULL ? "" : writer->spec->imports, " ", -1);
  guint count = 1;
  *symbols = writer->bytes->len;
  put_symbol(writer, 0, SHN_UNDEF);
  for (gsize i = 0; names[i] != NULL; i++)
    if (*names[i] != '\0')
    {
      put_symbol(writer, add_string(writer, names[i]), SHN_UNDEF);
      count++;
    }
  if (count > 1)
    put_symbol(writer, add_string(writer, "defined_here"), 1);
  pad_to(writer->bytes, (writer->bytes->len + 7) / 8 * 8);
  *hash = writer->bytes->len;
  if (writer->spec->gnu_hash)
  {
    guint32 header[] = {1, count, 1, 0};
    for (gsize i = 0; i < G_N_ELEMENTS(header); i++)
      put(writer, writer->bytes, header[i], 4);
    put_word(writer, writer->bytes, 0);
    put(writer, writer->bytes, count, 4);
    put(writer, writer->bytes, 1, 4);
    return;
  }
  guint total = count > 1 ? count + 1 : 1;
  put(writer, writer->bytes, 1, 4);
  put(writer, writer->bytes, total, 4);
  for (guint i = 0; i <= total; i++)
    put(writer, writer->bytes, 0, 4);
}

static void put_segment(Writer *writer, guint32 type, guint32 flags, guint64 offset, guint64 size, guint64 align)
{
  GByteArray *to = writer->bytes;
  put(writer, to, type, 4);
  if (writer->wide)
    put(writer, to, flags, 4);
  put_word(writer, to, offset);
  put_word(writer, to, offset);
  put_word(writer, to, offset);
  put_word(writer, to, size);
  put_word(writer, to, size);
  if (!writer->wide)
    put(writer, to, flags, 4);
  put_word(writer, to, align);
}

static void put_header(Writer *writer)
{
  const ElfSpec *spec = writer->spec;
  guint8 ident[EI_NIDENT] = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3};
  ident[EI_CLASS] = writer->wide ? ELFCLASS64 : ELFCLASS32;
  ident[EI_DATA] = writer->big ? ELFDATA2MSB : ELFDATA2LSB;
  ident[EI_VERSION] = EV_CURRENT;
  g_byte_array_append(writer->bytes, ident, sizeof ident);
  put(writer, writer->bytes, spec->type == 0 ? ET_DYN : spec->type, 2);
  put(writer, writer->bytes, spec->machine == 0 ? EM_X86_64 : spec->machine, 2);
  put(writer, writer->bytes, EV_CURRENT, 4);
  put_word(writer, writer->bytes, 0);
  put_word(writer, writer->bytes, writer->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
  put_word(writer, writer->bytes, 0);
  put(writer, writer->bytes, spec->flags, 4);
  put(writer, writer->bytes, writer->wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr), 2);
  put(writer, writer->bytes, writer->wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), 2);
  put(writer, writer->bytes, ELF_WRITER_PHDRS, 2);
  put(writer, writer->bytes, 0, 6);
}

static void add_all_dynamic(Writer *writer, guint64 symbols, guint64 hash, guint64 strings)
{
  const ElfSpec *spec = writer->spec;
  add_names(writer);
  add_text(writer, DT_SONAME, spec->soname);
  add_text(writer, DT_RPATH, spec->rpath);
  add_text(writer, DT_RUNPATH, spec->runpath);
  add_text(writer, DT_AUDIT, spec->audit);
  add_text(writer, DT_DEPAUDIT, spec->depaudit);
  if (spec->flags_1 != 0)
    add_dynamic(writer, DT_FLAGS_1, spec->flags_1);
  add_dynamic(writer, spec->gnu_hash ? DT_GNU_HASH : DT_HASH, hash);
  add_dynamic(writer, DT_SYMTAB, symbols);
  add_dynamic(writer, DT_SYMENT, writer->wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym));
  add_dynamic(writer, DT_STRTAB, strings);
  add_dynamic(writer, DT_STRSZ, writer->strings->len);
  if (spec->interp != NULL)
    add_dynamic(writer, DT_DEBUG, 0);
  add_dynamic(writer, DT_NULL, 0);
}

static guint64 add_note(Writer *writer)
{
  guint64 at = writer->bytes->len;
  put(writer, writer->bytes, 4, 4);
  put(writer, writer->bytes, strlen(writer->spec->note) + 1, 4);
  put(writer, writer->bytes, 0x407c0c0a, 4);
  g_byte_array_append(writer->bytes, (const guint8 *)"FDO", 4);
  g_byte_array_append(writer->bytes, (const guint8 *)writer->spec->note, (guint)strlen(writer->spec->note) + 1);
  pad_to(writer->bytes, (writer->bytes->len + 3) / 4 * 4);
  return at;
}

GByteArray *elf_spec_bytes(const ElfSpec *spec)
{
  Writer writer = {.spec = spec, .wide = spec->class != ELFCLASS32, .big = spec->data == ELFDATA2MSB};
  guint header = writer.wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
  guint headers = header + ELF_WRITER_PHDRS * (guint)(writer.wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr));
  writer.bytes = g_byte_array_new();
  writer.strings = g_byte_array_new();
  writer.dynamic = g_byte_array_new();
  add_string(&writer, "");
  pad_to(writer.bytes, headers);
  guint64 interp = writer.bytes->len;
  if (spec->interp != NULL)
    g_byte_array_append(writer.bytes, (const guint8 *)spec->interp, (guint)strlen(spec->interp) + 1);
  guint64 interp_size = writer.bytes->len - interp;
  pad_to(writer.bytes, (writer.bytes->len + 7) / 8 * 8);
  guint64 note = spec->note == NULL ? 0 : add_note(&writer);
  guint64 note_size = spec->note == NULL ? 0 : writer.bytes->len - note;
  pad_to(writer.bytes, (writer.bytes->len + 7) / 8 * 8);
  guint64 symbols = 0;
  guint64 hash = 0;
  add_symbols(&writer, &symbols, &hash);
  guint64 strings = writer.bytes->len;
  add_all_dynamic(&writer, symbols, hash, strings);
  g_byte_array_append(writer.bytes, writer.strings->data, writer.strings->len);
  pad_to(writer.bytes, (writer.bytes->len + 15) / 16 * 16);
  guint64 dynamic = writer.bytes->len;
  g_byte_array_append(writer.bytes, writer.dynamic->data, writer.dynamic->len);
  GByteArray *body = writer.bytes;
  writer.bytes = g_byte_array_new();
  put_header(&writer);
  put_segment(&writer, PT_PHDR, PF_R, header, headers - header, 8); /* ld.so works out the load address by it */
  put_segment(&writer, PT_LOAD, PF_R | PF_W, 0, body->len, PAGE);
  put_segment(&writer, PT_DYNAMIC, PF_R | PF_W, dynamic, writer.dynamic->len, 8);
  put_segment(&writer, spec->interp == NULL ? PT_NULL : PT_INTERP, PF_R, interp, interp_size, 1);
  put_segment(&writer, spec->note == NULL ? PT_NULL : PT_NOTE, PF_R, note, note_size, 4);
  put_segment(&writer, PT_GNU_STACK, PF_R | PF_W, 0, 0, 16);
  g_assert(writer.bytes->len == headers);
  memcpy(body->data, writer.bytes->data, headers);
  g_byte_array_unref(writer.bytes);
  g_byte_array_unref(writer.strings);
  g_byte_array_unref(writer.dynamic);
  return body;
}
