/*
 * apk: one file of stanzas, with single letters for fields and the files in
 * between.
 */
#include "slim/keep/packages_private.h"

#include <string.h>

static const char *const databases[] = {"/lib/apk/db/installed", "/usr/lib/apk/db/installed"};

typedef struct
{
  KeepPackages *packages;
  const char *path; /* of the file that is read */
  OciNode *node;    /* that file */
  GString *name;
  GString *version;
  GString *architecture;
  GString *origin;
  GString *requires;
  GString *provides;
} InstalledReader;

/* "so:libc.so.1=1.2 cmd:sh !other busybox>1" becomes one bare name a line; conflicts are left out. */
static void append_names(const char *text, gsize length, GString *names)
{
  const char *end = text + length;
  while (text < end)
  {
    const char *word = text;
    while (text < end && *text != ' ')
      text++;
    const char *stop = word;
    while (stop < text && strchr("<>=~@", *stop) == NULL)
      stop++;
    if (stop > word && *word != '!')
    {
      g_string_append_len(names, word, (gssize)(stop - word));
      g_string_append_c(names, '\n');
    }
    for (; text < end && *text == ' '; text++)
      ;
  }
}

static void read_field(InstalledReader *reader, char field, const char *value, gsize length)
{
  GString *target = field == 'P'   ? reader->name
                    : field == 'V' ? reader->version
                    : field == 'A' ? reader->architecture
                    : field == 'o' ? reader->origin
                                   : NULL;
  if (target != NULL)
  {
    g_string_truncate(target, 0);
    g_string_append_len(target, value, (gssize)length);
  }
  else if (field == 'D')
    append_names(value, length, reader->requires);
  else if (field == 'p')
    append_names(value, length, reader->provides);
}

static void finish_stanza(InstalledReader *reader, GBytes *bytes, gsize start, gsize end)
{
  PackageRecord *record = *reader->name->str == '\0'
                              ? NULL
                              : keep_packages_add(reader->packages, KEEP_PACKAGE_APK, reader->name->str, reader->version->str,
                                                  reader->architecture->str, reader->origin->str);
  if (record != NULL)
  {
    record->requires = keep_packages_keep(reader->packages, reader->requires);
    record->provides = keep_packages_keep(reader->packages, reader->provides);
    record->database = reader->path;
    record->node = reader->node;
    record->place = start;
    record->paths = g_bytes_new_from_bytes(bytes, start, end - start);
  }
  GString *const values[] = {reader->name, reader->version, reader->architecture, reader->origin, reader->requires, reader->provides};
  for (guint i = 0; i < G_N_ELEMENTS(values); i++)
    g_string_truncate(values[i], 0);
}

static void read_stanzas(InstalledReader *reader, GBytes *bytes)
{
  gsize size = 0;
  const char *begin = g_bytes_get_data(bytes, &size);
  const char *at = begin;
  const char *end = size == 0 ? at : at + size;
  const char *line;
  gsize length;
  gsize start = 0;
  while (keep_packages_next_line(reader->packages, &at, end, &line, &length))
  {
    if (length >= 2 && line[1] == ':')
      read_field(reader, line[0], line + 2, length - 2);
    else if (length == 0)
    {
      finish_stanza(reader, bytes, start, (gsize)(line - begin));
      start = (gsize)(at - begin);
    }
  }
  finish_stanza(reader, bytes, start, size);
}

static gboolean read_database(KeepPackages *packages, const char *path, OciNode *node, GError **error)
{
  g_autoptr(GBytes) bytes = NULL;
  if (!keep_packages_read(packages, node, PACKAGES_FILE_MAX_BYTES, &bytes, error))
    return FALSE;
  if (bytes == NULL)
    return TRUE;
  g_autoptr(GString) name = g_string_new(NULL);
  g_autoptr(GString) version = g_string_new(NULL);
  g_autoptr(GString) architecture = g_string_new(NULL);
  g_autoptr(GString) origin = g_string_new(NULL);
  g_autoptr(GString) requires = g_string_new(NULL);
  g_autoptr(GString) provides = g_string_new(NULL);
  InstalledReader reader = {packages, path, node, name, version, architecture, origin, requires, provides};
  read_stanzas(&reader, bytes);
  return TRUE;
}

gboolean keep_packages_read_apk(KeepPackages *packages, GError **error)
{
  OciNode *done = NULL;
  for (guint i = 0; i < G_N_ELEMENTS(databases); i++)
  {
    OciNode *node = keep_packages_find_file(packages, databases[i]);
    if (node == NULL || node == done)
      continue;
    if (!read_database(packages, databases[i], node, error))
      return FALSE;
    done = node;
  }
  return TRUE;
}

void keep_packages_list_apk(KeepPackages *packages, PackageRecord *record, PackagePathFunc found, gpointer data)
{
  gsize size = 0;
  const char *at = g_bytes_get_data(record->paths, &size);
  const char *end = size == 0 ? at : at + size;
  const char *line;
  gsize length;
  g_autoptr(GString) path = g_string_new("/");
  gsize folder = 0; /* length of the folder in path */
  while (keep_packages_next_line(packages, &at, end, &line, &length))
  {
    if (length < 2 || line[1] != ':' || (line[0] != 'F' && line[0] != 'R') || memchr(line, '\0', length) != NULL)
      continue;
    g_string_truncate(path, line[0] == 'F' ? 0 : folder);
    g_string_append_c(path, '/');
    g_string_append_len(path, line + 2, (gssize)length - 2);
    if (line[0] == 'F')
      folder = length == 2 ? 0 : path->len;
    if (path->len > 1)
      found(path->str, data);
  }
}
