/*
 * ELF files made by the tests that are nothing but a header and loaded
 * segments with given bytes.
 */
#ifndef TESTS_UNIT_ELFDEPS_SEGMENTS_H
#define TESTS_UNIT_ELFDEPS_SEGMENTS_H

#include <glib.h>

typedef struct
{
  guint32 flags; /* PF_* */
  const char *bytes;
  gsize length;
} ElfSegment;

/* One PT_LOAD for each, one after the other. Returns: new. */
GByteArray *elf_segments_bytes(const ElfSegment *segments, guint count);

#endif
