/* Reads segments in chunks; what a chunk's end cuts is carried over to the next. */
#include "elfdeps/object_texts.h"

#include "elfdeps/limits.h"
#include "elfdeps/object_image.h"

#include <libelf.h>
#include <string.h>

enum
{
  CHUNK_BYTES = 256 * 1024,
  CARRY_BYTES = 4096,  /* PATH_MAX: no name that can be opened is longer */
  OVERLAP_BYTES = 512, /* of the pieces of a longer run */
  SHORTEST = 2,
};

typedef struct
{
  ElfdepsTextFunc found;
  gpointer data;
  char *buffer;   /* CARRY_BYTES + CHUNK_BYTES, and one for a NUL */
  guint64 budget; /* bytes that may still be read: segments of a hostile file overlap */
} Scan;

static gboolean is_printable(char c)
{
  return c >= ' ' && c <= '~';
}

static void deliver(const Scan *scan, gsize start, gsize end, gboolean whole)
{
  if (end - start < SHORTEST)
    return;
  char next = scan->buffer[end];
  scan->buffer[end] = '\0';
  scan->found(scan->buffer + start, end - start, whole, scan->data);
  scan->buffer[end] = next;
}

/* Looks through length bytes of the buffer. Returns: how many at its end are to be seen again with what follows. */
static gsize look(const Scan *scan, gsize length, gboolean last)
{
  gsize at = 0;
  while (at < length)
  {
    while (at < length && !is_printable(scan->buffer[at]))
      at++;
    gsize start = at;
    while (at < length && is_printable(scan->buffer[at]))
      at++;
    if (at < length || last)
    {
      deliver(scan, start, at, at < length && scan->buffer[at] == '\0');
      continue;
    }
    if (at - start <= CARRY_BYTES)
      return at - start;
    deliver(scan, start, at, FALSE);
    return OVERLAP_BYTES;
  }
  return 0;
}

static gboolean scan_segment(Scan *scan, const ElfdepsObjectImage *image, const ElfdepsSegment *segment, GError **error)
{
  guint64 length = MIN(segment->filesz, scan->budget);
  scan->budget -= length;
  gsize kept = 0;
  for (guint64 done = 0; done < length;)
  {
    if (segment->offset > G_MAXINT64 - done)
      return TRUE;
    gsize wanted = (gsize)MIN(length - done, CHUNK_BYTES);
    gssize got = elfdeps_object_image_read_some(image, segment->offset + done, wanted, scan->buffer + kept, error);
    if (got < 0)
      return FALSE;
    done += (guint64)got;
    gboolean last = got == 0 || done == length;
    gsize filled = kept + (gsize)got;
    kept = look(scan, filled, last);
    memmove(scan->buffer, scan->buffer + filled - kept, kept);
    if (last)
      return TRUE;
  }
  return TRUE;
}

/* Whether texts stand apart from code: then there is a segment that is neither executed nor written. */
static gboolean has_data_apart(const ElfdepsObjectImage *image)
{
  for (guint i = 0; i < image->segments->len; i++)
  {
    const ElfdepsSegment *segment = &g_array_index(image->segments, ElfdepsSegment, i);
    if (segment->type == PT_LOAD && (segment->flags & (PF_X | PF_W)) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean scan_segments(Scan *scan, const ElfdepsObjectImage *image, GError **error)
{
  gboolean apart = has_data_apart(image);
  for (guint i = 0; i < image->segments->len; i++)
  {
    const ElfdepsSegment *segment = &g_array_index(image->segments, ElfdepsSegment, i);
    if (segment->type == PT_LOAD && ((segment->flags & PF_X) == 0 || !apart) && !scan_segment(scan, image, segment, error))
      return FALSE;
  }
  return TRUE;
}

gboolean elfdeps_object_texts(ElfdepsFs *fs, const ElfdepsFile *file, ElfdepsTextFunc found, gpointer data, GError **error)
{
  g_autofree char *buffer = g_malloc(CARRY_BYTES + CHUNK_BYTES + 1);
  Scan scan = {.found = found, .data = data, .buffer = buffer, .budget = ELFDEPS_LIMIT_PROGRAM_BYTES};
  ElfdepsObject header = {0};
  ElfdepsObjectImage image;
  gboolean ok = elfdeps_object_image_init(&image, fs, file, &header, error) && scan_segments(&scan, &image, error);
  elfdeps_object_image_clear(&image);
  return ok;
}
