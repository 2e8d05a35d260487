/* ld.so.conf. */
#include "elfdeps/ldconf.h"

#include "elfdeps/limits.h"
#include "elfdeps/loader.h"
#include "elfdeps/pathlist.h"

#include <fnmatch.h>
#include <string.h>

typedef struct
{
  ElfdepsFs *fs;
  GPtrArray *directories;
  GPtrArray *files; /* char*: still to be read, and read */
} Reader;

static void add_file(Reader *reader, const char *path)
{
  if (reader->files->len < ELFDEPS_LIMIT_CONFIG_FILES && !g_ptr_array_find_with_equal_func(reader->files, path, g_str_equal, NULL))
    g_ptr_array_add(reader->files, g_strdup(path));
}

static void include(Reader *reader, const char *from, const char *pattern)
{
  g_autofree char *parent = elfdeps_path_directory(from);
  g_autofree char *whole = elfdeps_path_absolute(pattern, parent);
  g_autofree char *directory = elfdeps_path_directory(whole);
  const char *last = strrchr(whole, '/') + 1;
  g_autoptr(GPtrArray) names = reader->fs->list(reader->fs, directory);
  for (guint i = 0; names != NULL && i < names->len; i++)
  {
    if (fnmatch(last, names->pdata[i], FNM_PERIOD) != 0)
      continue;
    g_autofree char *path = elfdeps_path_join(directory, names->pdata[i]);
    add_file(reader, path);
  }
}

static void take_line(Reader *reader, const char *file, char *line)
{
  line[strcspn(line, "#")] = '\0';
  g_strstrip(line);
  gsize word = strcspn(line, " \t");
  if (word == strlen("include") && strncmp(line, "include", word) == 0)
  {
    g_auto(GStrv) patterns = g_strsplit_set(line + word, " \t", -1);
    for (gsize i = 0; patterns[i] != NULL; i++)
      if (*patterns[i] != '\0')
        include(reader, file, patterns[i]);
    return;
  }
  line[strcspn(line, "=")] = '\0'; /* DIRECTORY=KIND of old */
  g_strchomp(line);
  gsize length = strlen(line);
  while (length > 1 && line[length - 1] == '/')
    line[--length] = '\0';
  if (line[0] == '/' && reader->directories->len < ELFDEPS_LIMIT_PATH_LIST_ELEMENTS)
    g_ptr_array_add(reader->directories, g_strdup(line));
}

static void read_file(Reader *reader, const char *path)
{
  ElfdepsFile file;
  gboolean truncated;
  if (reader->fs->find(reader->fs, path, &file) != ELFDEPS_FILE_REGULAR)
    return;
  g_autoptr(GByteArray) bytes = elfdeps_loader_read(reader->fs, &file, ELFDEPS_LIMIT_CONFIG_BYTES, &truncated, NULL);
  if (bytes == NULL)
    return;
  g_autofree char *text = g_strndup((const char *)bytes->data, bytes->len);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    take_line(reader, path, lines[i]);
}

GPtrArray *elfdeps_ldconf_read(ElfdepsFs *fs, const char *path)
{
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
  Reader reader = {.fs = fs, .directories = g_ptr_array_new_with_free_func(g_free), .files = files};
  add_file(&reader, path);
  for (guint i = 0; i < files->len; i++)
  {
    g_autofree char *name = g_strdup(files->pdata[i]);
    read_file(&reader, name);
  }
  return reader.directories;
}
