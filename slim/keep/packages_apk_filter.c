/* Every line of a kept package, save those about files that are gone. */
#include "slim/keep/packages_filter_private.h"

#include <string.h>

/*
 * "F:" begins a folder, "M:" is about it; "R:" is a file in it, "a:" and "Z:"
 * are about that. A folder's lines wait until something says that it is kept.
 */
typedef struct
{
  PackageFilter *filter;
  GString *text;
  GString *path;
  gsize folder;     /* length of the folder in path */
  GString *waiting; /* lines of a folder */
  gboolean in_files;
  gboolean in_file; /* below "R:" and not "F:" */
  gboolean keeps;   /* the file, or the folder */
} InstalledFilter;

static void append_line(GString *text, const char *line, gsize length)
{
  g_string_append_len(text, line, (gssize)length);
  g_string_append_c(text, '\n');
}

static void flush_folder(InstalledFilter *installed)
{
  g_string_append_len(installed->text, installed->waiting->str, (gssize)installed->waiting->len);
  g_string_truncate(installed->waiting, 0);
}

static void begin_folder(InstalledFilter *installed, const char *line, gsize length)
{
  g_string_assign(installed->path, "/");
  g_string_append_len(installed->path, line + 2, (gssize)length - 2);
  installed->folder = length == 2 ? 0 : installed->path->len;
  installed->in_files = TRUE;
  installed->in_file = FALSE;
  installed->keeps = length > 2 && keep_packages_filter_keeps(installed->filter, installed->path->str);
  g_string_truncate(installed->waiting, 0);
}

static void begin_file(InstalledFilter *installed, const char *line, gsize length)
{
  g_string_truncate(installed->path, installed->folder);
  g_string_append_c(installed->path, '/');
  g_string_append_len(installed->path, line + 2, (gssize)length - 2);
  installed->in_file = TRUE;
  installed->keeps = keep_packages_filter_keeps(installed->filter, installed->path->str);
  if (installed->keeps)
    flush_folder(installed);
}

static void take_line(InstalledFilter *installed, const char *line, gsize length)
{
  gboolean is_field = length >= 2 && line[1] == ':' && memchr(line, '\0', length) == NULL;
  if (is_field && line[0] == 'F')
    begin_folder(installed, line, length);
  else if (is_field && line[0] == 'R')
    begin_file(installed, line, length);
  if (!installed->in_files || installed->keeps)
    append_line(installed->text, line, length);
  else if (!installed->in_file)
    append_line(installed->waiting, line, length);
}

static void take_record(InstalledFilter *installed, const PackageRecord *record)
{
  gsize size = 0;
  const char *at = g_bytes_get_data(record->paths, &size);
  const char *end = size == 0 ? at : at + size;
  const char *line;
  gsize length;
  installed->in_files = FALSE;
  installed->folder = 0;
  while (keep_packages_next_line(installed->filter->packages, &at, end, &line, &length))
    take_line(installed, line, length);
  g_string_append_c(installed->text, '\n');
}

void keep_packages_filter_apk(PackageFilter *filter, GPtrArray *records)
{
  const PackageRecord *first = records->pdata[0];
  g_autoptr(GString) path = g_string_new(NULL);
  g_autoptr(GString) waiting = g_string_new(NULL);
  InstalledFilter installed = {.filter = filter, .text = g_string_new(NULL), .path = path, .waiting = waiting};
  for (guint i = 0; i < records->len; i++)
    take_record(&installed, records->pdata[i]);
  keep_packages_filter_add(filter, first->database, first->node, g_string_free_to_bytes(installed.text));
}
