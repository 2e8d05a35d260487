/* An ELF object from any bytes: headers, imports, texts, and its closure as if it were a program. */
#include "elfdeps/graph.h"
#include "elfdeps/object_texts.h"
#include "tests/fuzz/target.h"

#include <string.h>

typedef struct
{
  ElfdepsFs fs;
  const uint8_t *data;
  size_t size;
} OneFile;

static ElfdepsFileKind find(ElfdepsFs *fs, const char *path, ElfdepsFile *file)
{
  OneFile *one = (OneFile *)fs;
  if (strcmp(path, "/program") != 0)
    return ELFDEPS_FILE_MISSING;
  *file = (ElfdepsFile){.id = one->data, .real_path = "/program", .size = one->size};
  return ELFDEPS_FILE_REGULAR;
}

static gssize read_at(ElfdepsFs *fs, const ElfdepsFile *file, void *buffer, gsize length, guint64 offset, GError **error)
{
  (void)file;
  (void)error;
  OneFile *one = (OneFile *)fs;
  if (offset >= one->size)
    return 0;
  length = MIN(length, one->size - (gsize)offset);
  memcpy(buffer, one->data + offset, length);
  return (gssize)length;
}

static GPtrArray *list(ElfdepsFs *fs, const char *path)
{
  (void)fs;
  (void)path;
  return NULL;
}

static void take_text(const char *text, gsize length, gboolean whole, gpointer data)
{
  (void)whole;
  (void)data;
  if (text[length] != '\0' || strlen(text) != length)
    __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  OneFile one = {.fs = {.find = find, .pread = read_at, .list = list}, .data = data, .size = size};
  ElfdepsEnvironment environment = {0};
  ElfdepsFile file;
  if (size == 0 || find(&one.fs, "/program", &file) != ELFDEPS_FILE_REGULAR)
    return 0;
  g_autoptr(ElfdepsResolver) resolver = elfdeps_resolver_new(&one.fs, &environment);
  elfdeps_resolver_imports(resolver, &file, NULL);
  elfdeps_object_texts(&one.fs, &file, take_text, NULL, NULL);
  g_autoptr(ElfdepsClosure) closure = elfdeps_closure_new(resolver, "/program", NULL);
  (void)closure;
  return 0;
}
