/* Little-endian numbers; places are counted in blocks of 16 bytes. */
#include "slim/keep/packages_rpm_ndb.h"

#include <string.h>

#define PAGE_BYTES        4096u
#define BLOCK_BYTES       16u
#define HEADER_BYTES      32u
#define SLOT_BYTES        16u
#define BLOB_HEAD_BYTES   16u
#define BLOB_TAIL_BYTES   12u
#define PAGES_OF_SLOTS_AT 12u

static gboolean has_magic(const guint8 *bytes, const char *magic)
{
  return memcmp(bytes, magic, 4) == 0;
}

static guint32 read_number(const guint8 *bytes)
{
  guint32 value;
  memcpy(&value, bytes, sizeof value);
  return GUINT32_FROM_LE(value);
}

typedef struct
{
  const guint8 *bytes;
  gsize length;
} Database;

/* The header that a slot points to: head, bytes, padding, tail. */
static const guint8 *find_blob(const Database *database, const guint8 *slot, gsize *length)
{
  guint64 offset = (guint64)read_number(slot + 8) * BLOCK_BYTES;
  guint64 size = (guint64)read_number(slot + 12) * BLOCK_BYTES;
  if (size < BLOB_HEAD_BYTES + BLOB_TAIL_BYTES || offset > database->length || size > database->length - offset)
    return NULL;
  const guint8 *head = database->bytes + offset;
  guint32 blob_length = read_number(head + 12);
  if (!has_magic(head, "BlbS") || !has_magic(head + size - 4, "BlbE") || read_number(head + 4) != read_number(slot + 4) ||
      blob_length > size - BLOB_HEAD_BYTES - BLOB_TAIL_BYTES)
    return NULL;
  *length = blob_length;
  return head + BLOB_HEAD_BYTES;
}

gboolean keep_rpm_ndb_each(const guint8 *bytes, gsize length, void (*found)(const void *blob, gsize length, gpointer data), gpointer data)
{
  if (length < HEADER_BYTES || !has_magic(bytes, "RpmP"))
    return FALSE;
  Database database = {.bytes = bytes, .length = length};
  guint64 end = (guint64)read_number(bytes + PAGES_OF_SLOTS_AT) * PAGE_BYTES;
  if (end > length)
    return FALSE;
  for (guint64 at = HEADER_BYTES; at < end; at += SLOT_BYTES)
  {
    const guint8 *slot = bytes + at;
    if (!has_magic(slot, "Slot"))
      return FALSE;
    if (read_number(slot + 8) == 0) /* free */
      continue;
    gsize blob_length = 0;
    const guint8 *blob = find_blob(&database, slot, &blob_length);
    if (blob == NULL)
      return FALSE;
    found(blob, blob_length, data);
  }
  return TRUE;
}
