/* Header blocks of ustar, GNU and v7. */
#include "oci/tar_header.h"

#include "oci/error.h"

#include <string.h>

/* Where the fields stand: POSIX.1-1988 ustar; GNU has the same up to the prefix. */
enum
{
  NAME = 0,
  NAME_LENGTH = 100,
  MODE = 100,
  UID = 108,
  GID = 116,
  ID_LENGTH = 8,
  SIZE = 124,
  MTIME = 136,
  SIZE_LENGTH = 12,
  CHECKSUM = 148,
  CHECKSUM_LENGTH = 8,
  TYPE = 156,
  TARGET = 157,
  MAGIC = 257,
  MAJOR = 329,
  MINOR = 337,
  PREFIX = 345,
  PREFIX_LENGTH = 155,
  STAR_PREFIX_LENGTH = 131, /* star keeps two times behind it, */
  STAR_MAGIC = 508,         /* and says so here */
};

static gboolean fail(GError **error, const char *why)
{
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "tar header %s", why);
  return FALSE;
}

static gboolean fail_number(const guint8 *field, gsize length, const char *name, GError **error)
{
  g_autofree char *quoted = oci_quote_bytes(field, length);
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "tar header has a %s that is no number or too large: %s", name, quoted);
  return FALSE;
}

/* Two's complement, big endian; the first bit only marks the form. */
static gboolean parse_base256(const guint8 *field, gsize length, gint64 *value)
{
  gboolean negative = (field[0] & 0x40) != 0;
  guint64 bits = negative ? G_MAXUINT64 : 0;
  for (gsize i = 0; i < length; i++)
  {
    guint64 byte = i > 0 || negative ? field[i] : field[0] & 0x7fu;
    if (bits >> 56 != (negative ? 0xff : 0))
      return FALSE; /* only copies of the sign may be shifted out */
    bits = bits << 8 | byte;
  }
  *value = (gint64)bits;
  return negative == (*value < 0);
}

gboolean oci_tar_number_parse(const guint8 *field, gsize length, const char *name, gint64 *value, GError **error)
{
  if ((field[0] & 0x80) != 0)
    return parse_base256(field, length, value) || fail_number(field, length, name, error);
  gsize i = 0;
  while (i < length && field[i] == ' ')
    i++;
  gint64 number = 0;
  for (; i < length && field[i] >= '0' && field[i] <= '7'; i++)
    number = number << 3 | (field[i] - '0'); /* at most 12 digits: 36 bits */
  for (; i < length && field[i] != '\0'; i++)
    if (field[i] != ' ')
      return fail_number(field, length, name, error);
  *value = number;
  return TRUE;
}

gboolean oci_tar_block_is_zero(const guint8 *block)
{
  return block[0] == 0 && memcmp(block, block + 1, OCI_TAR_BLOCK - 1) == 0;
}

/* Some old writers summed signed bytes. */
static gboolean check_sum(const guint8 *block, GError **error)
{
  gint64 unsigned_sum = 0;
  gint64 signed_sum = 0;
  for (gsize i = 0; i < OCI_TAR_BLOCK; i++)
  {
    guint8 byte = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH ? ' ' : block[i];
    unsigned_sum += byte;
    signed_sum += (gint8)byte;
  }
  gint64 written;
  if (!oci_tar_number_parse(block + CHECKSUM, CHECKSUM_LENGTH, "checksum", &written, error))
    return FALSE;
  return written == unsigned_sum || written == signed_sum || fail(error, "does not match its checksum");
}

static gboolean parse_format(const guint8 *block, OciTarFormat *format, GError **error)
{
  const guint8 *magic = block + MAGIC;
  if (memcmp(magic, "ustar", 5) != 0)
    *format = OCI_TAR_V7;
  else if (magic[5] == '\0')
    *format = OCI_TAR_USTAR;
  else if (memcmp(magic + 5, "  \0", 3) == 0)
    *format = OCI_TAR_GNU;
  else
    return fail(error, "has a magic that is neither ustar nor GNU");
  return TRUE;
}

static void parse_name(const guint8 *block, OciTarHeader *header)
{
  const char *text = (const char *)block;
  gsize prefix_room = memcmp(text + STAR_MAGIC, "tar", 4) == 0 ? STAR_PREFIX_LENGTH : PREFIX_LENGTH;
  gsize prefix = header->format == OCI_TAR_USTAR ? strnlen(text + PREFIX, prefix_room) : 0;
  gsize name = strnlen(text + NAME, NAME_LENGTH);
  char *out = header->name;
  if (prefix > 0)
  {
    memcpy(out, text + PREFIX, prefix);
    out[prefix] = '/';
    out += prefix + 1;
  }
  memcpy(out, text + NAME, name);
  out[name] = '\0';
  gsize target = strnlen(text + TARGET, NAME_LENGTH);
  memcpy(header->target, text + TARGET, target);
  header->target[target] = '\0';
}

gboolean oci_tar_header_parse(const guint8 *block, OciTarHeader *header, GError **error)
{
  if (!check_sum(block, error) || !parse_format(block, &header->format, error))
    return FALSE;
  header->type = (char)block[TYPE];
  parse_name(block, header);
  const struct
  {
    gsize offset;
    gsize length;
    const char *name;
    gint64 *value;
  } fields[] = {
      {MODE, ID_LENGTH, "mode", &header->mode},
      {UID, ID_LENGTH, "uid", &header->uid},
      {GID, ID_LENGTH, "gid", &header->gid},
      {SIZE, SIZE_LENGTH, "size", &header->size},
      {MTIME, SIZE_LENGTH, "mtime", &header->mtime},
      {MAJOR, ID_LENGTH, "device number", &header->device_major},
      {MINOR, ID_LENGTH, "device number", &header->device_minor},
  };
  gboolean device = header->format != OCI_TAR_V7 && (header->type == '3' || header->type == '4');
  header->device_major = header->device_minor = 0;
  for (gsize i = 0; i < G_N_ELEMENTS(fields) - (device ? 0 : 2); i++)
    if (!oci_tar_number_parse(block + fields[i].offset, fields[i].length, fields[i].name, fields[i].value, error))
      return FALSE;
  return TRUE;
}
