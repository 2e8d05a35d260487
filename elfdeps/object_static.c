/* Static programs of glibc that load objects all the same: for their look-ups of names. */
#include "elfdeps/object.h"

#include "elfdeps/error.h"
#include "elfdeps/limits.h"

#include <string.h>

enum
{
  CHUNK_BYTES = 256 * 1024,
  OVERLAP_BYTES = 64, /* no text is longer */
};

static const char *const texts[] = {"/etc/ld.so.cache", "/etc/nsswitch.conf"};

gboolean elfdeps_object_is_static_glibc(ElfdepsFs *fs, const ElfdepsFile *file, const ElfdepsObject *object, gboolean *result,
                                        GError **error)
{
  gboolean found[G_N_ELEMENTS(texts)] = {FALSE};
  *result = FALSE;
  if (object->has_interp || object->needed->len > 0)
    return TRUE;
  g_autofree char *chunk = g_malloc(OVERLAP_BYTES + CHUNK_BYTES);
  gsize kept = 0;
  for (guint64 offset = 0; offset < ELFDEPS_LIMIT_PROGRAM_BYTES && !*result; offset += CHUNK_BYTES)
  {
    gssize got = fs->pread(fs, file, chunk + kept, CHUNK_BYTES, offset, error);
    if (got < 0)
    {
      g_autofree char *path = elfdeps_quote(file->real_path);
      g_prefix_error(error, "%s: ", path);
      return FALSE;
    }
    gsize length = kept + (gsize)got;
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
      found[i] = found[i] || memmem(chunk, length, texts[i], strlen(texts[i])) != NULL;
    *result = found[0] && found[1];
    if (got < CHUNK_BYTES)
      return TRUE;
    kept = OVERLAP_BYTES;
    memmove(chunk, chunk + length - kept, kept);
  }
  return TRUE;
}
