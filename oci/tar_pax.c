/* pax records: split, then one small parser for each key that matters. */
#include "oci/tar_pax.h"

#include "oci/error.h"

#include <stdlib.h>
#include <string.h>

#define SCHILY_XATTR     "SCHILY.xattr."
#define LIBARCHIVE_XATTR "LIBARCHIVE.xattr."

typedef struct
{
  char *key;
  char *value; /* terminated behind its length as well */
  gsize length;
} Record;

static gboolean fail_record(const Record *record, const char *why, GError **error)
{
  g_autofree char *key = oci_quote(record->key);
  g_autofree char *value = oci_quote_bytes(record->value, record->length);
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "pax header has a value of %s that %s: %s", key, why, value);
  return FALSE;
}

static gboolean fail_pax(const char *why, GError **error)
{
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "pax header %s", why);
  return FALSE;
}

/* Decimal digits up to end. Returns: NULL when there are none, or too many. */
static const char *parse_digits(const char *text, guint64 *value)
{
  guint64 number = 0;
  const char *c = text;
  for (; g_ascii_isdigit(*c); c++)
  {
    guint64 digit = (guint64)(*c - '0');
    if (number > (G_MAXINT64 - digit) / 10)
      return NULL;
    number = number * 10 + digit;
  }
  *value = number;
  return c > text ? c : NULL;
}

static gboolean set_number(const Record *record, guint64 *value, guint *fields, guint field, GError **error)
{
  *fields &= ~field;
  if (record->length == 0)
    return TRUE;
  if (parse_digits(record->value, value) != record->value + record->length)
    return fail_record(record, "is no number or too large", error);
  *fields |= field;
  return TRUE;
}

static gboolean set_string(const Record *record, const char **text, GError **error)
{
  if (strlen(record->value) != record->length)
    return fail_record(record, "has a zero byte", error);
  *text = record->length > 0 ? record->value : NULL;
  return TRUE;
}

/* Seconds with a fraction; the nanoseconds count forward from the second below. */
static gboolean set_mtime(const Record *record, OciPax *pax, GError **error)
{
  pax->fields &= ~(guint)OCI_PAX_MTIME;
  if (record->length == 0)
    return TRUE;
  const char *c = record->value;
  gboolean negative = *c == '-';
  guint64 seconds;
  c = parse_digits(c + (negative ? 1 : 0), &seconds);
  if (c == NULL)
    return fail_record(record, "is no time", error);
  guint32 ns = 0;
  guint32 unit = 100000000;
  if (*c == '.')
    for (c++; g_ascii_isdigit(*c); c++, unit /= 10)
      ns += (guint32)(*c - '0') * unit;
  if (c != record->value + record->length)
    return fail_record(record, "is no time", error);
  pax->mtime = negative ? -(gint64)seconds - (ns > 0 ? 1 : 0) : (gint64)seconds;
  pax->mtime_ns = negative && ns > 0 ? 1000000000 - ns : ns;
  pax->fields |= OCI_PAX_MTIME;
  return TRUE;
}

static gboolean set_xattr(const Record *record, gsize prefix, GArray *xattrs, const OciLimits *limits, GError **error)
{
  OciXattr xattr = {.name = record->key + prefix, .value = (const guint8 *)record->value, .length = record->length};
  if (*xattr.name == '\0')
    return fail_record(record, "belongs to an extended attribute without name", error);
  if (record->length > limits->xattr_bytes)
  {
    g_autofree char *quoted = oci_quote(xattr.name);
    g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT,
                "extended attribute %s has %" G_GSIZE_FORMAT " bytes, more than the limit xattr_bytes, %" G_GUINT64_FORMAT, quoted,
                record->length, limits->xattr_bytes);
    return FALSE;
  }
  g_array_append_val(xattrs, xattr);
  return TRUE;
}

/* Format 0.0 has many records, 0.1 one with commas; both mean one list of numbers. */
static gboolean add_sparse_numbers(const Record *record, OciPax *pax, const OciLimits *limits, GError **error)
{
  const char *c = record->value;
  const char *end = record->value + record->length;
  for (;;)
  {
    guint64 number;
    c = parse_digits(c, &number);
    if (c == NULL || (c < end && *c != ','))
      return fail_record(record, "is no list of numbers", error);
    if (pax->sparse_map->len / 2 >= limits->sparse_segments)
    {
      g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "sparse file has more than the limit sparse_segments, %" G_GUINT64_FORMAT,
                  limits->sparse_segments);
      return FALSE;
    }
    g_array_append_val(pax->sparse_map, number);
    if (c == end)
      return TRUE;
    c++;
  }
}

static gboolean set_sparse(const Record *record, const char *key, OciPax *pax, const OciLimits *limits, GError **error)
{
  if (g_str_equal(key, "name"))
    return set_string(record, &pax->sparse_name, error);
  if (g_str_equal(key, "major"))
    return set_string(record, &pax->sparse_major, error);
  if (g_str_equal(key, "minor"))
    return set_string(record, &pax->sparse_minor, error);
  if (g_str_equal(key, "size") || g_str_equal(key, "realsize"))
    return set_number(record, &pax->sparse_size, &pax->fields, OCI_PAX_SPARSE_SIZE, error);
  if (g_str_equal(key, "map"))
  {
    g_array_set_size(pax->sparse_map, 0);
    return record->length == 0 || add_sparse_numbers(record, pax, limits, error);
  }
  gboolean offset = g_str_equal(key, "offset");
  if (offset || g_str_equal(key, "numbytes"))
  {
    if ((pax->sparse_map->len % 2 == 0) != offset || memchr(record->value, ',', record->length) != NULL)
      return fail_record(record, "is out of its order", error);
    return add_sparse_numbers(record, pax, limits, error);
  }
  return TRUE; /* numblocks says nothing new */
}

static gboolean apply(const Record *record, OciPax *pax, const OciLimits *limits, GError **error)
{
  const char *key = record->key;
  if (g_str_equal(key, "path"))
    return set_string(record, &pax->path, error);
  if (g_str_equal(key, "linkpath"))
    return set_string(record, &pax->target, error);
  if (g_str_equal(key, "size"))
    return set_number(record, &pax->size, &pax->fields, OCI_PAX_SIZE, error);
  if (g_str_equal(key, "uid"))
    return set_number(record, &pax->uid, &pax->fields, OCI_PAX_UID, error);
  if (g_str_equal(key, "gid"))
    return set_number(record, &pax->gid, &pax->fields, OCI_PAX_GID, error);
  if (g_str_equal(key, "mtime"))
    return set_mtime(record, pax, error);
  if (g_str_has_prefix(key, SCHILY_XATTR))
    return set_xattr(record, strlen(SCHILY_XATTR), pax->xattrs, limits, error);
  if (g_str_has_prefix(key, LIBARCHIVE_XATTR))
    return set_xattr(record, strlen(LIBARCHIVE_XATTR), pax->other_xattrs, limits, error);
  if (g_str_has_prefix(key, "GNU.sparse."))
    return set_sparse(record, key + strlen("GNU.sparse."), pax, limits, error);
  return TRUE;
}

/* Splits the next record off; in place. */
static gboolean take_record(char **at, char *end, Record *record, GError **error)
{
  char *start = *at;
  guint64 length;
  const char *digits_end = parse_digits(start, &length);
  if (digits_end == NULL || *digits_end != ' ' || length > (guint64)(end - start) || length < (guint64)(digits_end - start) + 3 ||
      start[length - 1] != '\n')
    return fail_pax("has a record whose length is wrong", error);
  record->key = start + (digits_end - start) + 1;
  char *record_end = start + length - 1;
  char *equals = memchr(record->key, '=', (gsize)(record_end - record->key));
  if (equals == NULL || equals == record->key || memchr(record->key, '\0', (gsize)(equals - record->key)) != NULL)
    return fail_pax("has a record without a key", error);
  *equals = '\0';
  *record_end = '\0';
  record->value = equals + 1;
  record->length = (gsize)(record_end - record->value);
  *at = record_end + 1;
  return TRUE;
}

static int compare_xattrs(gconstpointer a, gconstpointer b)
{
  return strcmp(((const OciXattr *)a)->name, ((const OciXattr *)b)->name);
}

/* Sorted; of several with one name the last stays, as with every other key. */
static void tidy_xattrs(GArray *xattrs)
{
  g_array_sort(xattrs, compare_xattrs); /* stable */
  guint kept = 0;
  for (guint i = 0; i < xattrs->len; i++)
  {
    OciXattr *items = (OciXattr *)(gpointer)xattrs->data;
    if (i + 1 < xattrs->len && g_str_equal(items[i].name, items[i + 1].name))
      continue;
    items[kept++] = items[i];
  }
  g_array_set_size(xattrs, kept);
}

/* libarchive writes each xattr twice, the second time escaped and in base64. Both must say the same. */
static gboolean check_other_xattr(const OciPax *pax, const OciXattr *other, GError **error)
{
  g_autofree char *name = g_uri_unescape_string(other->name, NULL);
  g_autofree char *padded = g_strconcat((const char *)other->value, "===", NULL);
  gsize length = strlen(padded);
  padded[length - length % 4] = '\0';
  gsize decoded_length = 0;
  g_autofree guchar *decoded = g_base64_decode(padded, &decoded_length);
  OciXattr wanted = {.name = name};
  const OciXattr *xattr =
      name != NULL && pax->xattrs->len > 0 ? bsearch(&wanted, pax->xattrs->data, pax->xattrs->len, sizeof(OciXattr), compare_xattrs) : NULL;
  if (xattr == NULL || (xattr->length == decoded_length && (decoded_length == 0 || memcmp(xattr->value, decoded, decoded_length) == 0)))
    return TRUE;
  g_autofree char *quoted = oci_quote(name);
  g_set_error(error, OCI_ERROR, OCI_ERROR_MALFORMED, "pax header has two values for the extended attribute %s", quoted);
  return FALSE;
}

void oci_pax_init(OciPax *pax)
{
  *pax = (OciPax){
      .xattrs = g_array_new(FALSE, FALSE, sizeof(OciXattr)),
      .other_xattrs = g_array_new(FALSE, FALSE, sizeof(OciXattr)),
      .sparse_map = g_array_new(FALSE, FALSE, sizeof(guint64)),
      .records = g_byte_array_new(),
  };
}

void oci_pax_clear(OciPax *pax)
{
  OciPax kept = {.xattrs = pax->xattrs, .other_xattrs = pax->other_xattrs, .sparse_map = pax->sparse_map, .records = pax->records};
  *pax = kept;
  g_array_set_size(pax->xattrs, 0);
  g_array_set_size(pax->other_xattrs, 0);
  g_array_set_size(pax->sparse_map, 0);
  g_byte_array_set_size(pax->records, 0);
}

void oci_pax_release(OciPax *pax)
{
  g_array_unref(pax->xattrs);
  g_array_unref(pax->other_xattrs);
  g_array_unref(pax->sparse_map);
  g_byte_array_unref(pax->records);
}

gboolean oci_pax_parse(OciPax *pax, const OciLimits *limits, GError **error)
{
  static const guint8 terminator = 0;
  gsize length = pax->records->len;
  g_byte_array_append(pax->records, &terminator, 1); /* so that no search runs beyond */
  char *at = (char *)pax->records->data;
  char *end = at + length;
  while (at < end)
  {
    Record record;
    if (!take_record(&at, end, &record, error) || !apply(&record, pax, limits, error))
      return FALSE;
  }
  tidy_xattrs(pax->xattrs);
  for (guint i = 0; i < pax->other_xattrs->len; i++)
    if (!check_other_xattr(pax, &g_array_index(pax->other_xattrs, OciXattr, i), error))
      return FALSE;
  return TRUE;
}

gboolean oci_pax_is_sparse(const OciPax *pax)
{
  return pax->sparse_name != NULL || pax->sparse_major != NULL || pax->sparse_minor != NULL || pax->sparse_map->len > 0 ||
         (pax->fields & OCI_PAX_SPARSE_SIZE) != 0;
}
