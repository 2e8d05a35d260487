/* Sparse maps: GNU tar manual, "Storing Sparse Files". */
#include "oci/tar_sparse.h"

#include "oci/error.h"
#include "oci/tar_header.h"

#include <string.h>

/* The old form: where the pieces stand in the header and in the blocks behind it. */
enum
{
  NUMBER_LENGTH = 12,
  HEADER_PIECES = 386,
  HEADER_COUNT = 4,
  HEADER_MORE = 482,
  HEADER_REAL_SIZE = 483,
  BLOCK_COUNT = 21,
  BLOCK_MORE = 504,
};

static gboolean fail(GError **error, const char *why)
{
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "sparse map %s", why);
  return FALSE;
}

static gboolean add_segment(OciSparseMap *map, guint64 offset, guint64 length, const OciLimits *limits, GError **error)
{
  if (map->segments->len >= limits->sparse_segments)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "sparse file has more segments than the limit sparse_segments, %" G_GUINT64_FORMAT,
                limits->sparse_segments);
    return FALSE;
  }
  OciSparseSegment segment = {offset, length};
  g_array_append_val(map->segments, segment);
  return TRUE;
}

/* An unused place is all zero bytes, or a number of length 0 and no name: the first empty one ends the list. */
static gboolean add_old_pieces(const guint8 *pieces, guint count, const OciLimits *limits, OciSparseMap *map, GError **error)
{
  for (guint i = 0; i < count; i++)
  {
    const guint8 *piece = pieces + 2 * NUMBER_LENGTH * i;
    if (piece[0] == '\0')
      return TRUE;
    gint64 offset;
    gint64 length;
    if (!oci_tar_number_parse(piece, NUMBER_LENGTH, "sparse offset", &offset, error) ||
        !oci_tar_number_parse(piece + NUMBER_LENGTH, NUMBER_LENGTH, "sparse length", &length, error))
      return FALSE;
    if (offset < 0 || length < 0)
      return fail(error, "has a negative number");
    if (!add_segment(map, (guint64)offset, (guint64)length, limits, error))
      return FALSE;
  }
  return TRUE;
}

gboolean oci_sparse_parse_old(const guint8 *header, OciBlockFunc next, gpointer reader, const OciLimits *limits, OciSparseMap *map,
                              GError **error)
{
  gint64 real_size;
  if (!oci_tar_number_parse(header + HEADER_REAL_SIZE, NUMBER_LENGTH, "size of a sparse file", &real_size, error) ||
      !add_old_pieces(header + HEADER_PIECES, HEADER_COUNT, limits, map, error))
    return FALSE;
  if (real_size < 0)
    return fail(error, "has a negative number");
  map->real_size = (guint64)real_size;
  gboolean more = header[HEADER_MORE] != 0;
  while (more)
  {
    guint8 block[OCI_TAR_BLOCK];
    guint before = map->segments->len;
    if (!next(reader, block, error) || !add_old_pieces(block, BLOCK_COUNT, limits, map, error))
      return FALSE;
    more = block[BLOCK_MORE] != 0;
    if (map->segments->len == before)
      return fail(error, "has a block without a segment"); /* so that their number is bounded */
  }
  return TRUE;
}

/* Takes decimal lines from blocks. */
typedef struct
{
  OciBlockFunc next;
  gpointer reader;
  guint8 block[OCI_TAR_BLOCK];
  gsize used;
} Lines;

static gboolean next_number(Lines *lines, guint64 *number, GError **error)
{
  *number = 0;
  for (guint digits = 0;; digits++)
  {
    if (lines->used == OCI_TAR_BLOCK)
    {
      if (!lines->next(lines->reader, lines->block, error))
        return FALSE;
      lines->used = 0;
    }
    guint8 byte = lines->block[lines->used++];
    if (byte == '\n' && digits > 0)
      return TRUE;
    guint64 digit = (guint64)byte - '0';
    if (digit > 9 || *number > (G_MAXINT64 - digit) / 10 || digits >= 20)
      return fail(error, "has a line that is no number or too large");
    *number = *number * 10 + digit;
  }
}

gboolean oci_sparse_parse_lines(OciBlockFunc next, gpointer reader, const OciLimits *limits, OciSparseMap *map, GError **error)
{
  Lines lines = {.next = next, .reader = reader, .used = OCI_TAR_BLOCK};
  guint64 count;
  if (!next_number(&lines, &count, error))
    return FALSE;
  for (guint64 i = 0; i < count; i++)
  {
    guint64 offset;
    guint64 length;
    if (!next_number(&lines, &offset, error) || !next_number(&lines, &length, error) || !add_segment(map, offset, length, limits, error))
      return FALSE;
  }
  return TRUE;
}

gboolean oci_sparse_take_numbers(const GArray *numbers, OciSparseMap *map, GError **error)
{
  if (numbers->len % 2 != 0)
    return fail(error, "has an offset without a length");
  for (guint i = 0; i < numbers->len; i += 2)
  {
    OciSparseSegment segment = {g_array_index(numbers, guint64, i), g_array_index(numbers, guint64, i + 1)};
    g_array_append_val(map->segments, segment);
  }
  return TRUE;
}

gboolean oci_sparse_check(OciSparseMap *map, guint64 stored, GError **error)
{
  guint64 end = 0;
  guint64 sum = 0;
  guint kept = 0;
  OciSparseSegment *segments = (OciSparseSegment *)(gpointer)map->segments->data;
  for (guint i = 0; i < map->segments->len; i++)
  {
    OciSparseSegment segment = segments[i];
    if (segment.offset < end)
      return fail(error, "has segments that overlap or are out of order");
    if (segment.offset > map->real_size || segment.length > map->real_size - segment.offset)
      return fail(error, "has a segment beyond the end of the file");
    end = segment.offset + segment.length;
    sum += segment.length; /* at most real_size */
    if (segment.length > 0)
      segments[kept++] = segment;
  }
  if (sum != stored)
    return fail(error, "does not add up to the stored size");
  g_array_set_size(map->segments, kept);
  return TRUE;
}
