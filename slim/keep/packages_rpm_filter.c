/* The database is read again: its headers are large, and few of them are wanted. */
#include "slim/keep/packages_filter_private.h"

#include "slim/keep/packages_rpm_ndb.h"
#include "slim/keep/packages_rpm_sqlite.h"

typedef struct
{
  GPtrArray *records; /* PackageRecord*, by their place */
  guint next;         /* of records, that was not met yet */
  guint64 number;     /* of headers before this one */
  GPtrArray *headers; /* GBytes* */
} HeaderFilter;

static void take_header(const void *blob, gsize length, gpointer data)
{
  HeaderFilter *filter = data;
  guint64 number = filter->number++;
  if (filter->next == filter->records->len || ((const PackageRecord *)filter->records->pdata[filter->next])->place != number)
    return;
  g_ptr_array_add(filter->headers, g_bytes_new(blob, length));
  filter->next++;
}

gboolean keep_packages_filter_rpm(PackageFilter *filter, GPtrArray *records, GError **error)
{
  const PackageRecord *first = records->pdata[0];
  g_autoptr(GBytes) bytes = NULL;
  if (!keep_packages_read(filter->packages, first->node, PACKAGES_DATABASE_MAX_BYTES, &bytes, error))
    return FALSE;
  if (bytes == NULL)
    return TRUE;
  g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  HeaderFilter wanted = {.records = records, .headers = headers};
  gboolean is_sqlite = keep_rpm_sqlite_is(bytes);
  gsize length = 0;
  g_autofree guint8 *data = g_bytes_unref_to_data(g_steal_pointer(&bytes), &length);
  /* what is wrong with it was said when it was read for the first time */
  if (is_sqlite)
    g_free(keep_rpm_sqlite_each(data, length, take_header, &wanted));
  else
    keep_rpm_ndb_each(data, length, take_header, &wanted);
  GBytes *content = is_sqlite ? keep_rpm_sqlite_new(headers) : keep_rpm_ndb_new(headers);
  if (content == NULL)
    keep_packages_warn(filter->packages, "the rpm database %s could not be filtered, and is left out", first->database);
  else
    keep_packages_filter_add(filter, first->database, first->node, content);
  return TRUE;
}
