/*
 * Small ELF files made by the tests: real enough for ld.so to load them, any
 * class and byte order, and every field can be spoilt afterwards.
 */
#ifndef TESTS_UNIT_ELFDEPS_ELF_WRITER_H
#define TESTS_UNIT_ELFDEPS_ELF_WRITER_H

#include <glib.h>

typedef struct
{
  guint8 class;    /* 0: ELFCLASS64 */
  guint8 data;     /* 0: ELFDATA2LSB */
  guint16 type;    /* 0: ET_DYN */
  guint16 machine; /* 0: EM_X86_64 */
  guint32 flags;
  const char *interp;
  const char *soname;
  const char *needed; /* names with spaces between; "aux:NAME", "filter:NAME" are the other kinds */
  const char *rpath;
  const char *runpath;
  const char *audit;
  const char *depaudit;
  guint64 flags_1;     /* DF_1_* */
  const char *imports; /* undefined symbols, spaces between */
  gboolean gnu_hash;   /* only DT_GNU_HASH */
  const char *note;    /* .note.dlopen */
} ElfSpec;

/* Returns: new. */
GByteArray *elf_spec_bytes(const ElfSpec *spec);

/* Where the writer puts things, for tests that spoil them. */
enum
{
  ELF_WRITER_PHDRS = 6, /* PT_PHDR, PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE, PT_GNU_STACK; unused ones are PT_NULL */
};

#endif
