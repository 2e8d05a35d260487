/*
 * The bytes of one ELF file: header, segments, bounded reads. Private to the
 * object reader.
 */
#ifndef ELFDEPS_OBJECT_IMAGE_H
#define ELFDEPS_OBJECT_IMAGE_H

#include "elfdeps/object.h"

typedef struct
{
  guint32 type;  /* PT_* */
  guint32 flags; /* PF_* */
  guint64 offset;
  guint64 vaddr;
  guint64 filesz;
  guint64 align;
} ElfdepsSegment;

enum
{
  ELFDEPS_OBJECT_HEAD_BYTES = 4096, /* read at once: header, segments, mostly notes and interpreter too */
};

typedef struct
{
  ElfdepsFs *fs;
  const ElfdepsFile *file;
  guint8 class;
  guint8 data;
  GArray *segments; /* ElfdepsSegment */
  gsize head_length;
  guint8 head[ELFDEPS_OBJECT_HEAD_BYTES];
} ElfdepsObjectImage;

/*
 * Reads the ELF header and the program headers.
 *
 * object: its fields from class to flags are set as soon as the header is
 * known, also when an error is returned later.
 * Errors: as elfdeps_object_read(). elfdeps_object_image_clear() is due in any case.
 */
gboolean elfdeps_object_image_init(ElfdepsObjectImage *image, ElfdepsFs *fs, const ElfdepsFile *file, ElfdepsObject *object,
                                   GError **error);
void elfdeps_object_image_clear(ElfdepsObjectImage *image);

/* Reads exactly length bytes. what: for the message. Errors: ELFDEPS_ERROR_MALFORMED when the file ends before. */
gboolean elfdeps_object_image_read(const ElfdepsObjectImage *image, const char *what, guint64 offset, gsize length, void *buffer,
                                   GError **error);

/* Like it, but up to length bytes. Returns: the number, -1 with error. */
gssize elfdeps_object_image_read_some(const ElfdepsObjectImage *image, guint64 offset, gsize length, void *buffer, GError **error);

/*
 * Finds a virtual address in the file: the first PT_LOAD whose file part has
 * it.
 *
 * available: bytes from there to the end of the segment's file part.
 */
gboolean elfdeps_object_image_locate(const ElfdepsObjectImage *image, guint64 vaddr, guint64 *offset, guint64 *available);

/* To the host's byte order, in place. type: an Elf_Type of libelf; length: whole records. */
void elfdeps_object_image_translate(const ElfdepsObjectImage *image, int type, void *records, gsize length);

#endif
