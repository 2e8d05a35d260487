/* Big-endian numbers, compared before they are used. */
#include "slim/keep/packages_rpm_header.h"

#include <string.h>

#define COUNTS_BYTES 8u
#define ENTRY_BYTES  16u
#define TAGS_MAX     65535u /* as rpm itself allows */

typedef enum
{
  TYPE_CHAR = 1,
  TYPE_INT8 = 2,
  TYPE_INT32 = 4,
  TYPE_STRING = 6,
  TYPE_STRING_ARRAY = 8,
  TYPE_I18NSTRING = 9,
} Type;

static guint32 read_number(const guint8 *bytes)
{
  guint32 value;
  memcpy(&value, bytes, sizeof value);
  return GUINT32_FROM_BE(value);
}

gboolean keep_rpm_header_parse(const void *blob, gsize length, KeepRpmHeader *header)
{
  const guint8 *bytes = blob;
  if (length < COUNTS_BYTES)
    return FALSE;
  guint32 count = read_number(bytes);
  guint32 data_length = read_number(bytes + 4);
  gsize left = length - COUNTS_BYTES;
  if (count > TAGS_MAX || count > left / ENTRY_BYTES || data_length > left - (gsize)count * ENTRY_BYTES)
    return FALSE;
  const guint8 *index = bytes + COUNTS_BYTES;
  *header = (KeepRpmHeader){.index = index, .count = count, .data = index + (gsize)count * ENTRY_BYTES, .length = data_length};
  return TRUE;
}

/* The first entry of the tag counts; rpm's later ones are what a database adds. */
static gboolean find(const KeepRpmHeader *header, KeepRpmTag tag, guint32 *type, KeepRpmValues *values)
{
  for (guint32 i = 0; i < header->count; i++)
  {
    const guint8 *entry = header->index + (gsize)i * ENTRY_BYTES;
    if (read_number(entry) != (guint32)tag)
      continue;
    guint32 offset = read_number(entry + 8);
    if (offset > header->length)
      return FALSE;
    *type = read_number(entry + 4);
    *values = (KeepRpmValues){.at = header->data + offset, .length = header->length - offset, .count = read_number(entry + 12)};
    return TRUE;
  }
  return FALSE;
}

static KeepRpmValues values_of(const KeepRpmHeader *header, KeepRpmTag tag, Type one, Type other)
{
  guint32 type = 0;
  KeepRpmValues values = {0};
  if (find(header, tag, &type, &values) && (type == (guint32)one || type == (guint32)other))
    return values;
  return (KeepRpmValues){0};
}

const char *keep_rpm_header_string(const KeepRpmHeader *header, KeepRpmTag tag)
{
  KeepRpmValues values = values_of(header, tag, TYPE_STRING, TYPE_I18NSTRING);
  const char *text = "";
  return keep_rpm_values_next_string(&values, &text) ? text : "";
}

KeepRpmValues keep_rpm_header_strings(const KeepRpmHeader *header, KeepRpmTag tag)
{
  return values_of(header, tag, TYPE_STRING_ARRAY, TYPE_STRING_ARRAY);
}

KeepRpmValues keep_rpm_header_numbers(const KeepRpmHeader *header, KeepRpmTag tag)
{
  return values_of(header, tag, TYPE_INT32, TYPE_INT32);
}

KeepRpmValues keep_rpm_header_bytes(const KeepRpmHeader *header, KeepRpmTag tag)
{
  return values_of(header, tag, TYPE_CHAR, TYPE_INT8);
}

gboolean keep_rpm_values_next_string(KeepRpmValues *values, const char **text)
{
  const guint8 *end = values->count == 0 ? NULL : memchr(values->at, '\0', values->length);
  if (end == NULL)
    return FALSE;
  *text = (const char *)values->at;
  values->length -= (gsize)(end + 1 - values->at);
  values->at = end + 1;
  values->count--;
  return TRUE;
}

gboolean keep_rpm_values_next_number(KeepRpmValues *values, guint32 *number)
{
  if (values->count == 0 || values->length < 4)
    return FALSE;
  *number = read_number(values->at);
  values->at += 4;
  values->length -= 4;
  values->count--;
  return TRUE;
}

gboolean keep_rpm_values_next_byte(KeepRpmValues *values, guint8 *byte)
{
  if (values->count == 0 || values->length < 1)
    return FALSE;
  *byte = *values->at++;
  values->length--;
  values->count--;
  return TRUE;
}
