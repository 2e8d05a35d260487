/* What the headers of an entry mean together; image-spec layer.md and POSIX pax. */
#include "oci/tar_entry.h"

#include "oci/error.h"
#include "oci/tar_path.h"

#include <string.h>

/* What Linux can hold: -1 means "no change" to chown(), device numbers have 12 and 20 bits. */
#define ID_MAX    (G_MAXUINT32 - 1)
#define MAJOR_MAX 0xfff
#define MINOR_MAX 0xfffff

static gboolean fail(const OciTarBuilder *builder, const char *why, GError **error)
{
  g_autofree char *quoted = oci_quote(builder->path->str);
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "entry %s %s", quoted, why);
  return FALSE;
}

static gboolean fail_type(const OciTarBuilder *builder, char type, GError **error)
{
  g_autofree char *path = oci_quote(builder->path->str);
  g_autofree char *quoted = oci_quote_bytes(&type, 1);
  g_set_error(error, OCI_ERROR, OCI_ERROR_UNSUPPORTED, "entry %s has the unknown type %s", path, quoted);
  return FALSE;
}

static gboolean set_type(OciTarBuilder *builder, const OciTarHeader *header, gboolean slash, GError **error)
{
  OciFileType type;
  switch (header->type)
  {
  case '\0':
    type = slash ? OCI_FILE_DIRECTORY : OCI_FILE_REGULAR; /* so said directories before ustar */
    break;
  case '0':
  case '7':
  case 'S':
    type = OCI_FILE_REGULAR;
    break;
  case '1':
    type = OCI_FILE_HARDLINK;
    break;
  case '2':
    type = OCI_FILE_SYMLINK;
    break;
  case '3':
    type = OCI_FILE_CHARACTER;
    break;
  case '4':
    type = OCI_FILE_BLOCK;
    break;
  case '5':
    type = OCI_FILE_DIRECTORY;
    break;
  case '6':
    type = OCI_FILE_FIFO;
    break;
  default: /* a byte of the input, no enum */
    return fail_type(builder, header->type, error);
  }
  if (type == OCI_FILE_REGULAR && slash)
    return fail(builder, "is a regular file whose name ends in a slash", error);
  builder->entry.entry.metadata.type = type;
  return TRUE;
}

static gboolean set_path(OciTarBuilder *builder, const OciTarParts *parts, const OciLimits *limits, GError **error)
{
  const char *from_pax = parts->pax.sparse_name != NULL ? parts->pax.sparse_name : parts->pax.path;
  const char *from_gnu = parts->have_long_name ? parts->long_name->str : NULL;
  const char *raw = from_pax != NULL ? from_pax : from_gnu != NULL ? from_gnu : parts->header.name;
  g_string_assign(builder->path, raw);
  if (from_pax != NULL && from_gnu != NULL)
    return fail(builder, "has a name in a pax header and another one in a GNU header", error);
  if (*raw == '\0')
    return fail(builder, "has no name", error);
  gboolean slash = g_str_has_suffix(raw, "/");
  builder->escaped = FALSE;
  if (!set_type(builder, &parts->header, slash, error) || !oci_tar_path_clean(raw, limits, builder->path, &builder->escaped, error))
    return FALSE;
  if (builder->path->len == 0 && builder->entry.entry.metadata.type != OCI_FILE_DIRECTORY)
    return fail(builder, "is the root but not a directory", error);
  builder->entry.entry.path = builder->path->str;
  return TRUE;
}

static gboolean set_target(OciTarBuilder *builder, const OciTarParts *parts, const OciLimits *limits, GError **error)
{
  OciFileType type = builder->entry.entry.metadata.type;
  builder->entry.entry.metadata.target = NULL;
  if (type != OCI_FILE_SYMLINK && type != OCI_FILE_HARDLINK)
    return TRUE;
  const char *from_pax = parts->pax.target;
  const char *from_gnu = parts->have_long_target ? parts->long_target->str : NULL;
  const char *raw = from_pax != NULL ? from_pax : from_gnu != NULL ? from_gnu : parts->header.target;
  if (from_pax != NULL && from_gnu != NULL)
    return fail(builder, "has a link target in a pax header and another one in a GNU header", error);
  if (type == OCI_FILE_SYMLINK && strlen(raw) > limits->path_bytes)
  {
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "target of a symbolic link is longer than the limit path_bytes, %" G_GUINT64_FORMAT,
                limits->path_bytes);
    return FALSE;
  }
  if (type == OCI_FILE_SYMLINK)
    g_string_assign(builder->target, raw);
  else if (!oci_tar_path_clean(raw, limits, builder->target, &builder->escaped, error))
    return FALSE;
  if (builder->target->len == 0)
    return fail(builder, "is a link without target", error);
  builder->entry.entry.metadata.target = builder->target->str;
  return TRUE;
}

static gboolean set_owner(OciTarBuilder *builder, const OciTarParts *parts, GError **error)
{
  const OciTarHeader *header = &parts->header;
  OciMetadata *metadata = &builder->entry.entry.metadata;
  guint64 uid = (parts->pax.fields & OCI_PAX_UID) != 0 ? parts->pax.uid : (guint64)header->uid;
  guint64 gid = (parts->pax.fields & OCI_PAX_GID) != 0 ? parts->pax.gid : (guint64)header->gid;
  if (uid > ID_MAX || gid > ID_MAX)
    return fail(builder, "has an owner or group that is not between 0 and 4294967294", error);
  metadata->uid = (guint32)uid;
  metadata->gid = (guint32)gid;
  if (header->mode < 0)
    return fail(builder, "has a negative mode", error);
  metadata->mode = (guint32)(header->mode & 07777); /* some writers put the file's type above */
  metadata->device_major = metadata->device_minor = 0;
  if (metadata->type != OCI_FILE_CHARACTER && metadata->type != OCI_FILE_BLOCK)
    return TRUE;
  if (header->device_major < 0 || header->device_major > MAJOR_MAX || header->device_minor < 0 || header->device_minor > MINOR_MAX)
    return fail(builder, "has a device number that Linux cannot hold", error);
  metadata->device_major = (guint32)header->device_major;
  metadata->device_minor = (guint32)header->device_minor;
  return TRUE;
}

static gboolean set_size(OciTarBuilder *builder, const OciTarParts *parts, GError **error)
{
  gboolean from_pax = (parts->pax.fields & OCI_PAX_SIZE) != 0;
  if (!from_pax && parts->header.size < 0)
    return fail(builder, "has a negative size", error);
  builder->stored = from_pax ? parts->pax.size : (guint64)parts->header.size;
  if (builder->stored > 0 && builder->entry.entry.metadata.type != OCI_FILE_REGULAR)
    return fail(builder, "has data although it is no regular file", error);
  return TRUE;
}

static void set_times(OciTarBuilder *builder, const OciTarParts *parts)
{
  gboolean from_pax = (parts->pax.fields & OCI_PAX_MTIME) != 0;
  builder->entry.entry.metadata.mtime = from_pax ? parts->pax.mtime : parts->header.mtime;
  builder->entry.entry.metadata.mtime_ns = from_pax ? parts->pax.mtime_ns : 0;
}

void oci_tar_parts_init(OciTarParts *parts)
{
  *parts = (OciTarParts){.long_name = g_string_new(NULL), .long_target = g_string_new(NULL)};
  oci_pax_init(&parts->pax);
}

void oci_tar_parts_clear(OciTarParts *parts)
{
  if (parts->have_pax)
    oci_pax_clear(&parts->pax);
  parts->have_pax = parts->have_long_name = parts->have_long_target = FALSE;
}

void oci_tar_parts_release(OciTarParts *parts)
{
  oci_pax_release(&parts->pax);
  g_string_free(parts->long_name, TRUE);
  g_string_free(parts->long_target, TRUE);
}

gboolean oci_tar_parts_pending(const OciTarParts *parts)
{
  return parts->have_pax || parts->have_long_name || parts->have_long_target;
}

void oci_tar_builder_init(OciTarBuilder *builder)
{
  *builder = (OciTarBuilder){
      .path = g_string_new(NULL),
      .target = g_string_new(NULL),
      .map.segments = g_array_new(FALSE, FALSE, sizeof(OciSparseSegment)),
  };
}

void oci_tar_builder_release(OciTarBuilder *builder)
{
  g_string_free(builder->path, TRUE);
  g_string_free(builder->target, TRUE);
  g_array_unref(builder->map.segments);
}

gboolean oci_tar_builder_begin(OciTarBuilder *builder, const OciTarParts *parts, const OciLimits *limits, GError **error)
{
  if (!set_path(builder, parts, limits, error) || !set_target(builder, parts, limits, error) || !set_owner(builder, parts, error) ||
      !set_size(builder, parts, error))
    return FALSE;
  set_times(builder, parts);
  OciMetadata *metadata = &builder->entry.entry.metadata;
  metadata->size = builder->stored;
  metadata->xattrs.items = (const OciXattr *)(gconstpointer)parts->pax.xattrs->data;
  metadata->xattrs.count = parts->pax.xattrs->len;
  return TRUE;
}

gboolean oci_tar_builder_map(OciTarBuilder *builder, const OciTarParts *parts, OciBlockFunc next, gpointer reader, const OciLimits *limits,
                             GError **error)
{
  const OciPax *pax = &parts->pax;
  gboolean old = parts->header.type == 'S';
  gboolean from_pax = oci_pax_is_sparse(pax);
  builder->sparse = old || from_pax;
  g_array_set_size(builder->map.segments, 0);
  if (!builder->sparse)
    return TRUE;
  if (builder->entry.entry.metadata.type != OCI_FILE_REGULAR || (old && (from_pax || parts->header.format != OCI_TAR_GNU)))
    return fail(builder, "has a sparse map where none can be", error);
  if (old)
    return oci_sparse_parse_old(parts->block, next, reader, limits, &builder->map, error);
  if ((pax->fields & OCI_PAX_SPARSE_SIZE) == 0)
    return fail(builder, "has a sparse map without a size", error);
  builder->map.real_size = pax->sparse_size;
  const char *major = pax->sparse_major != NULL ? pax->sparse_major : "0";
  const char *minor = pax->sparse_minor != NULL ? pax->sparse_minor : "1";
  gboolean numbers = g_str_equal(major, "0") && (g_str_equal(minor, "0") || g_str_equal(minor, "1"));
  if (numbers)
    return oci_sparse_take_numbers(pax->sparse_map, &builder->map, error);
  if (!g_str_equal(major, "1") || !g_str_equal(minor, "0") || pax->sparse_map->len > 0)
    return fail(builder, "has a sparse map of an unknown form", error);
  return oci_sparse_parse_lines(next, reader, limits, &builder->map, error);
}

gboolean oci_tar_builder_finish(OciTarBuilder *builder, GError **error)
{
  OciTarEntry *entry = &builder->entry;
  entry->segments = NULL;
  entry->segment_count = 0;
  if (!builder->sparse)
    return TRUE;
  if (!oci_sparse_check(&builder->map, entry->data_size, error))
    return FALSE;
  entry->entry.metadata.size = builder->map.real_size;
  static const OciSparseSegment none = {0, 0};
  entry->segments = builder->map.segments->len > 0 ? (const OciSparseSegment *)(gconstpointer)builder->map.segments->data : &none;
  entry->segment_count = builder->map.segments->len;
  return TRUE;
}
