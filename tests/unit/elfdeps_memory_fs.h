/*
 * One file in memory as a file system for elfdeps, with bytes after its end
 * that a sanitizer would see.
 */
#ifndef TESTS_UNIT_ELFDEPS_MEMORY_FS_H
#define TESTS_UNIT_ELFDEPS_MEMORY_FS_H

#include "elfdeps/fs.h"

#include <string.h>

typedef struct
{
  ElfdepsFs fs;
  ElfdepsFile file;
  const guint8 *bytes;
  gsize length;
  guint64 asked; /* most bytes that one read wanted */
} MemoryFs;

static inline gssize memory_fs_pread(ElfdepsFs *fs, const ElfdepsFile *file, void *buffer, gsize length, guint64 offset, GError **error)
{
  MemoryFs *memory = (MemoryFs *)fs;
  (void)file;
  (void)error;
  memory->asked = MAX(memory->asked, length);
  if (offset >= memory->length)
    return 0;
  gsize got = MIN(length, memory->length - (gsize)offset);
  memcpy(buffer, memory->bytes + offset, got);
  return (gssize)got;
}

static inline ElfdepsFileKind memory_fs_find(ElfdepsFs *fs, const char *path, ElfdepsFile *file)
{
  (void)path;
  *file = ((MemoryFs *)fs)->file;
  return ELFDEPS_FILE_REGULAR;
}

static inline GPtrArray *memory_fs_list(ElfdepsFs *fs, const char *path)
{
  (void)fs;
  (void)path;
  return NULL;
}

/* bytes: borrowed. */
static inline void memory_fs_init(MemoryFs *memory, const guint8 *bytes, gsize length)
{
  *memory = (MemoryFs){.fs = {memory_fs_find, memory_fs_pread, memory_fs_list},
                       .file = {.id = memory, .real_path = "/lib/x.so", .size = length},
                       .bytes = bytes,
                       .length = length};
}

#endif
