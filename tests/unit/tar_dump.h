/*
 * What a tar reader says, as text: one line per entry, its content and xattrs
 * included.
 */
#ifndef TESTS_TAR_DUMP_H
#define TESTS_TAR_DUMP_H

#include "oci/tar_read.h"

/* Lends bytes in pieces of a given size, copied so that a stale pointer shows under a sanitizer. */
typedef struct
{
  OciTarSource source;
  const guint8 *bytes;
  gsize length;
  gsize piece;
  guint8 *lent;
} PieceSource;

static gssize piece_next(OciTarSource *source, const guint8 **bytes, GError **error)
{
  PieceSource *pieces = (PieceSource *)source;
  (void)error;
  gsize length = MIN(pieces->piece, pieces->length);
  g_free(pieces->lent);
  pieces->lent = g_memdup2(pieces->bytes, length);
  pieces->bytes += length;
  pieces->length -= length;
  *bytes = pieces->lent;
  return (gssize)length;
}

static gboolean piece_skip(OciTarSource *source, guint64 length, GError **error)
{
  PieceSource *pieces = (PieceSource *)source;
  if (length > pieces->length)
  {
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "skipped too far");
    return FALSE;
  }
  pieces->bytes += length;
  pieces->length -= length;
  return TRUE;
}

static void dump_quoted(GString *out, const void *bytes, gsize length)
{
  const guint8 *c = bytes;
  for (gsize i = 0; i < length; i++)
    if (g_ascii_isgraph(c[i]) && c[i] != '\\')
      g_string_append_c(out, (char)c[i]);
    else
      g_string_append_printf(out, "\\%02x", c[i]);
}

/* type mode uid:gid mtime[.ns] size path[ -> target][ major,minor][ xattr=value…][ [offset+length…]] */
static void dump_entry(GString *out, const OciEntry *entry)
{
  const OciMetadata *metadata = &entry->metadata;
  g_string_append_printf(out, "%c %o %u:%u %" G_GINT64_FORMAT, "-dlcbph"[metadata->type], metadata -> mode, metadata -> uid,
                         metadata -> gid, metadata -> mtime);
  if (metadata->mtime_ns != 0)
    g_string_append_printf(out, ".%09u", metadata->mtime_ns);
  g_string_append_printf(out, " %" G_GUINT64_FORMAT " ", metadata->size);
  dump_quoted(out, entry->path, strlen(entry->path));
  if (metadata->target != NULL)
  {
    g_string_append(out, " -> ");
    dump_quoted(out, metadata->target, strlen(metadata->target));
  }
  if (metadata->type == OCI_FILE_CHARACTER || metadata->type == OCI_FILE_BLOCK)
    g_string_append_printf(out, " %u,%u", metadata->device_major, metadata->device_minor);
  for (guint i = 0; i < metadata->xattrs.count; i++)
  {
    g_string_append_printf(out, " %s=", metadata->xattrs.items[i].name);
    dump_quoted(out, metadata->xattrs.items[i].value, metadata->xattrs.items[i].length);
  }
}

/* Everything the reader says about bytes; NULL with error set when it refuses them. */
static inline char *dump_tar(const void *bytes, gsize length, gsize piece, gboolean skip, const OciLimits *limits, GError **error)
{
  PieceSource source = {{piece_next, skip ? piece_skip : NULL}, bytes, length, piece, NULL};
  g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(OciTarReader) reader = oci_tar_reader_new(&source.source, limits, warnings);
  g_autoptr(GString) out = g_string_new(NULL);
  const OciTarEntry *entry = NULL;
  gboolean ok = TRUE;
  while (ok && (ok = oci_tar_reader_next(reader, &entry, error)) && entry != NULL)
  {
    dump_entry(out, &entry->entry);
    for (guint32 i = 0; i < entry->segment_count; i++)
      g_string_append_printf(out, " [%" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT "]", entry->segments[i].offset, entry->segments[i].length);
    g_string_append_printf(out, " @%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT, entry->header_offset, entry->data_offset);
    if (!skip && entry->data_size > 0 && entry->data_size <= 64)
    {
      const guint8 *data;
      gssize got;
      g_string_append(out, " =");
      while ((got = oci_tar_reader_data(reader, &data, error)) > 0)
        dump_quoted(out, data, (gsize)got);
      ok = got == 0;
    }
    g_string_append_c(out, '\n');
  }
  for (guint i = 0; i < warnings->len; i++)
    g_string_append_printf(out, "warning %s\n", (const char *)g_ptr_array_index(warnings, i));
  g_free(source.lent);
  return ok ? g_strdup(out->str) : NULL;
}

#endif
