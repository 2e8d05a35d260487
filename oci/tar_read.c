/* The order of headers: which extended header belongs to which entry, and how an archive ends. */
#include "oci/tar_read.h"

#include "oci/error.h"
#include "oci/tar_entry.h"
#include "oci/tar_header.h"
#include "oci/tar_input.h"

#include <string.h>

/* More of them tell nothing new. */
#define WARNINGS_MAX 100

struct oci_tar_reader
{
  OciTarInput input;
  const OciLimits *limits; /* borrowed */
  GPtrArray *warnings;     /* borrowed, or NULL */
  OciTarParts parts;       /* what the headers of the entry say */
  OciTarBuilder builder;   /* and what they mean together */
  guint64 data_left;
  guint64 padding;
  guint64 expanded; /* bytes of all files until now */
  gboolean ended;
};

static gboolean fail(OciErrorCode code, const char *why, GError **error)
{
  g_set_error(error, OCI_ERROR, (int)code, "%s", why);
  return FALSE;
}

static void warn(OciTarReader *reader, guint64 offset, const char *what)
{
  if (reader->warnings != NULL && reader->warnings->len < WARNINGS_MAX)
    g_ptr_array_add(reader->warnings, g_strdup_printf("at offset %" G_GUINT64_FORMAT ": %s", offset, what));
}

/* The body of an extended header. */
static gboolean read_body(OciTarReader *reader, guint64 length, GByteArray *body, GError **error)
{
  while (length > 0)
  {
    const guint8 *bytes;
    gssize got = oci_tar_input_lend(&reader->input, length, &bytes, error);
    if (got < 0)
      return FALSE;
    if (got == 0)
      return fail(OCI_ERROR_MALFORMED, "tar archive ends too early", error);
    g_byte_array_append(body, bytes, (guint)got);
    length -= (guint64)got;
  }
  return oci_tar_input_skip(&reader->input, (OCI_TAR_BLOCK - body->len % OCI_TAR_BLOCK) % OCI_TAR_BLOCK, error);
}

static gboolean check_body_size(const OciTarReader *reader, const OciTarHeader *header, GError **error)
{
  if (header->size < 0)
    return fail(OCI_ERROR_MALFORMED, "extended header has a negative size", error);
  if ((guint64)header->size <= reader->limits->pax_bytes)
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT,
              "extended header has %" G_GINT64_FORMAT " bytes, more than the limit pax_bytes, %" G_GUINT64_FORMAT, header->size,
              reader->limits->pax_bytes);
  return FALSE;
}

/* The body of GNU's L and K: a path with its terminator. */
static gboolean read_long(OciTarReader *reader, const OciTarHeader *header, GString *text, gboolean *have, GError **error)
{
  if (*have)
    return fail(OCI_ERROR_MALFORMED, "entry has two GNU long names of one kind", error);
  g_autoptr(GByteArray) body = g_byte_array_new();
  if (!read_body(reader, (guint64)header->size, body, error))
    return FALSE;
  gsize length = strnlen((const char *)body->data, body->len);
  for (gsize i = length; i < body->len; i++)
    if (body->data[i] != 0)
      return fail(OCI_ERROR_MALFORMED, "GNU long name has a zero byte in its middle", error);
  g_string_truncate(text, 0);
  g_string_append_len(text, (const char *)body->data, (gssize)length);
  *have = TRUE;
  return TRUE;
}

static gboolean read_pax(OciTarReader *reader, const OciTarHeader *header, GError **error)
{
  if (reader->parts.have_pax)
    return fail(OCI_ERROR_MALFORMED, "entry has two pax headers", error);
  reader->parts.have_pax = TRUE;
  return read_body(reader, (guint64)header->size, reader->parts.pax.records, error) &&
         oci_pax_parse(&reader->parts.pax, reader->limits, error);
}

/* For all entries that follow. Nobody needs it in a layer, and readers differ: what it would change is named. */
static gboolean read_global(OciTarReader *reader, const OciTarHeader *header, guint64 offset, GError **error)
{
  if (oci_tar_parts_pending(&reader->parts))
    return fail(OCI_ERROR_MALFORMED, "global pax header stands between the headers of one entry", error);
  OciPax pax;
  oci_pax_init(&pax);
  gboolean ok = read_body(reader, (guint64)header->size, pax.records, error) && oci_pax_parse(&pax, reader->limits, error);
  if (ok && (pax.path != NULL || pax.target != NULL || (pax.fields & OCI_PAX_SIZE) != 0))
    warn(reader, offset, "global pax header sets path, linkpath or size: ignored");
  oci_pax_release(&pax);
  return ok;
}

typedef enum
{
  STEP_FAILED,
  STEP_MORE,  /* an extended header was read */
  STEP_ENTRY, /* the entry's own header was read */
  STEP_END,
} Step;

/* Reads what follows the end of the archive; it belongs to the layer's digest. */
static gboolean drain(OciTarReader *reader, GError **error)
{
  gboolean clean = TRUE;
  for (;;)
  {
    guint64 offset = reader->input.offset;
    const guint8 *bytes;
    gssize got = oci_tar_input_lend(&reader->input, G_MAXUINT64, &bytes, error);
    if (got <= 0)
      return got == 0;
    if (clean && (bytes[0] != 0 || memcmp(bytes, bytes + 1, (gsize)got - 1) != 0))
    {
      warn(reader, offset, "bytes that are not zero follow the end of the tar archive: ignored");
      clean = FALSE;
    }
  }
}

static Step end_of_archive(OciTarReader *reader, GError **error)
{
  guint8 block[OCI_TAR_BLOCK];
  switch (oci_tar_input_block(&reader->input, block, error))
  {
  case OCI_TAR_INPUT_FAILED:
    return STEP_FAILED;
  case OCI_TAR_INPUT_END:
    warn(reader, reader->input.offset, "tar archive ends with one block of zeros instead of two");
    return STEP_END;
  case OCI_TAR_INPUT_BLOCK:
    break;
  }
  if (!oci_tar_block_is_zero(block))
  {
    fail(OCI_ERROR_MALFORMED, "a lone block of zeros stands in the tar archive", error);
    return STEP_FAILED;
  }
  return drain(reader, error) ? STEP_END : STEP_FAILED;
}

static Step read_extended(OciTarReader *reader, guint64 offset, GError **error)
{
  OciTarParts *parts = &reader->parts;
  const OciTarHeader *header = &parts->header;
  gboolean ok = check_body_size(reader, header, error);
  if (ok && header->type == 'x')
    ok = read_pax(reader, header, error);
  else if (ok && header->type == 'g')
    ok = read_global(reader, header, offset, error);
  else if (ok && header->type == 'L')
    ok = read_long(reader, header, parts->long_name, &parts->have_long_name, error);
  else if (ok)
    ok = read_long(reader, header, parts->long_target, &parts->have_long_target, error);
  return ok ? STEP_MORE : STEP_FAILED;
}

static Step read_header(OciTarReader *reader, GError **error)
{
  OciTarParts *parts = &reader->parts;
  guint64 offset = reader->input.offset;
  OciTarInputResult result = oci_tar_input_block(&reader->input, parts->block, error);
  if (result == OCI_TAR_INPUT_FAILED)
    return STEP_FAILED;
  gboolean end = result == OCI_TAR_INPUT_END || oci_tar_block_is_zero(parts->block);
  if (end && oci_tar_parts_pending(parts))
  {
    fail(OCI_ERROR_MALFORMED, "an extended header is followed by no entry", error);
    return STEP_FAILED;
  }
  if (result == OCI_TAR_INPUT_END)
  {
    if (offset > 0)
      warn(reader, offset, "tar archive has no end marker");
    return STEP_END;
  }
  if (end)
    return end_of_archive(reader, error);
  if (!oci_tar_header_parse(parts->block, &parts->header, error))
    return STEP_FAILED;
  if (!oci_tar_parts_pending(parts))
    parts->offset = offset;
  gboolean extended = parts->header.type != '\0' && strchr("xgLK", parts->header.type) != NULL;
  return extended ? read_extended(reader, offset, error) : STEP_ENTRY;
}

/* Blocks of an old sparse map stand between header and data, those of a new one are the data's first. */
static gboolean next_map_block(gpointer data, guint8 *block, GError **error)
{
  OciTarReader *reader = data;
  gboolean in_data = reader->parts.header.type != 'S';
  if (in_data && reader->data_left < OCI_TAR_BLOCK)
    return fail(OCI_ERROR_MALFORMED, "sparse map is longer than the data", error);
  if (in_data)
    reader->data_left -= OCI_TAR_BLOCK;
  OciTarInputResult result = oci_tar_input_block(&reader->input, block, error);
  return result == OCI_TAR_INPUT_BLOCK || (result == OCI_TAR_INPUT_END && fail(OCI_ERROR_MALFORMED, "tar archive ends too early", error));
}

static gboolean check_expanded(OciTarReader *reader, guint64 size, GError **error)
{
  guint64 limit = reader->limits->uncompressed_bytes;
  if (size <= limit && reader->expanded <= limit - size)
  {
    reader->expanded += size;
    return TRUE;
  }
  g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT,
              "files have more bytes than the limit uncompressed_bytes, %" G_GUINT64_FORMAT "\nhint: raise it with --max-uncompressed",
              limit);
  return FALSE;
}

static gboolean read_entry(OciTarReader *reader, GError **error)
{
  OciTarBuilder *builder = &reader->builder;
  if (!oci_tar_builder_begin(builder, &reader->parts, reader->limits, error) || !check_expanded(reader, builder->stored, error))
    return FALSE;
  reader->padding = (OCI_TAR_BLOCK - builder->stored % OCI_TAR_BLOCK) % OCI_TAR_BLOCK;
  reader->data_left = builder->stored;
  if (!oci_tar_builder_map(builder, &reader->parts, next_map_block, reader, reader->limits, error))
    return FALSE;
  OciTarEntry *entry = &builder->entry;
  entry->header_offset = reader->parts.offset;
  entry->data_offset = reader->input.offset;
  entry->data_size = reader->data_left;
  if (!oci_tar_builder_finish(builder, error) ||
      !check_expanded(reader, entry->entry.metadata.size - MIN(entry->entry.metadata.size, builder->stored), error))
    return FALSE;
  if (builder->escaped)
    warn(reader, entry->header_offset, "path leaves the root by \"..\": kept inside");
  return TRUE;
}

/* Some writers (umoci 0.4) end an archive with the last file's last byte: nothing is lost by that. */
static gboolean skip_padding(OciTarReader *reader, GError **error)
{
  while (reader->padding > 0)
  {
    const guint8 *bytes;
    gssize got = oci_tar_input_lend(&reader->input, reader->padding, &bytes, error);
    if (got <= 0)
      return got == 0;
    reader->padding -= (guint64)got;
  }
  return TRUE;
}

static gboolean next_entry(OciTarReader *reader, gboolean *found, GError **error)
{
  if (!oci_tar_input_skip(&reader->input, reader->data_left, error) || !skip_padding(reader, error))
    return FALSE;
  reader->data_left = 0;
  reader->padding = 0;
  oci_tar_parts_clear(&reader->parts);
  for (;;)
    switch (read_header(reader, error))
    {
    case STEP_FAILED:
      return FALSE;
    case STEP_MORE:
      continue;
    case STEP_ENTRY:
      *found = TRUE;
      return read_entry(reader, error);
    case STEP_END:
      *found = FALSE;
      reader->ended = TRUE;
      return TRUE;
    }
}

OciTarReader *oci_tar_reader_new(OciTarSource *source, const OciLimits *limits, GPtrArray *warnings)
{
  OciTarReader *reader = g_new0(OciTarReader, 1);
  reader->input.source = source;
  reader->limits = limits;
  reader->warnings = warnings;
  oci_tar_parts_init(&reader->parts);
  oci_tar_builder_init(&reader->builder);
  return reader;
}

void oci_tar_reader_free(OciTarReader *reader)
{
  if (reader == NULL)
    return;
  oci_tar_parts_release(&reader->parts);
  oci_tar_builder_release(&reader->builder);
  g_free(reader);
}

gboolean oci_tar_reader_next(OciTarReader *reader, const OciTarEntry **entry, GError **error)
{
  gboolean found = FALSE;
  *entry = NULL;
  if (reader->ended)
    return TRUE;
  guint64 offset = reader->input.offset + reader->data_left + reader->padding;
  if (!next_entry(reader, &found, error))
  {
    if (!reader->input.failed)
      g_prefix_error(error, "at offset %" G_GUINT64_FORMAT ": ", offset);
    return FALSE;
  }
  if (found)
    *entry = &reader->builder.entry;
  return TRUE;
}

gssize oci_tar_reader_data(OciTarReader *reader, const guint8 **bytes, GError **error)
{
  if (reader->data_left == 0)
    return 0;
  gssize got = oci_tar_input_lend(&reader->input, reader->data_left, bytes, error);
  if (got == 0)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "at offset %" G_GUINT64_FORMAT ": tar archive ends in the data of an entry",
                reader->input.offset);
    return -1;
  }
  reader->data_left -= got > 0 ? (guint64)got : 0;
  return got;
}
