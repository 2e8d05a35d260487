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
#define PAGES_MAX         2048u /* as others read at most */
#define ADLER_PRIME       65521u

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

static void put_number(GByteArray *bytes, guint32 number)
{
  guint32 value = GUINT32_TO_LE(number);
  g_byte_array_append(bytes, (const guint8 *)&value, sizeof value);
}

static void put_magic(GByteArray *bytes, const char *magic)
{
  g_byte_array_append(bytes, (const guint8 *)magic, 4);
}

/* Spec: RFC 1950, over a blob's head and content. */
static guint32 checksum(const guint8 *bytes, gsize length)
{
  guint32 a = 1;
  guint32 b = 0;
  for (gsize i = 0; i < length; i++)
  {
    a = (a + bytes[i]) % ADLER_PRIME;
    b = (b + a) % ADLER_PRIME;
  }
  return b << 16 | a;
}

static gsize blob_blocks(GBytes *header)
{
  return (BLOB_HEAD_BYTES + g_bytes_get_size(header) + BLOB_TAIL_BYTES + BLOCK_BYTES - 1) / BLOCK_BYTES;
}

static void put_slots(GByteArray *bytes, GPtrArray *headers, guint slots)
{
  gsize at = ((gsize)slots + HEADER_BYTES / SLOT_BYTES) * SLOT_BYTES / BLOCK_BYTES;
  for (guint i = 0; i < slots; i++)
  {
    gsize blocks = i < headers->len ? blob_blocks(headers->pdata[i]) : 0;
    put_magic(bytes, "Slot");
    put_number(bytes, i < headers->len ? i + 1 : 0);
    put_number(bytes, i < headers->len ? (guint32)at : 0);
    put_number(bytes, (guint32)blocks);
    at += blocks;
  }
}

static void put_blob(GByteArray *bytes, guint number, GBytes *header)
{
  gsize length = 0;
  const guint8 *content = g_bytes_get_data(header, &length);
  gsize padding = blob_blocks(header) * BLOCK_BYTES - BLOB_HEAD_BYTES - length - BLOB_TAIL_BYTES;
  gsize start = bytes->len;
  put_magic(bytes, "BlbS");
  put_number(bytes, number);
  put_number(bytes, 1); /* generation */
  put_number(bytes, (guint32)length);
  g_byte_array_append(bytes, content, (guint)length);
  g_byte_array_append(bytes, (const guint8[BLOCK_BYTES]){0}, (guint)padding);
  guint32 sum = checksum(bytes->data + start, bytes->len - start);
  put_number(bytes, sum);
  put_number(bytes, (guint32)length);
  put_magic(bytes, "BlbE");
}

GBytes *keep_rpm_ndb_new(GPtrArray *headers)
{
  guint needed = headers->len + HEADER_BYTES / SLOT_BYTES;
  guint pages = (needed + PAGE_BYTES / SLOT_BYTES - 1) / (PAGE_BYTES / SLOT_BYTES);
  if (pages > PAGES_MAX)
    return NULL;
  GByteArray *bytes = g_byte_array_new();
  put_magic(bytes, "RpmP");
  put_number(bytes, 0); /* version */
  put_number(bytes, 1); /* generation */
  put_number(bytes, pages);
  put_number(bytes, headers->len + 1); /* the next package's number */
  for (guint i = 0; i < 3; i++)
    put_number(bytes, 0);
  put_slots(bytes, headers, pages * (PAGE_BYTES / SLOT_BYTES) - HEADER_BYTES / SLOT_BYTES);
  for (guint i = 0; i < headers->len; i++)
    put_blob(bytes, i + 1, headers->pdata[i]);
  return g_byte_array_free_to_bytes(bytes);
}
