/* What the bytes of an interpreter tell of its configuration. */
#include "elfdeps/loader.h"

#include "elfdeps/limits.h"

#include <string.h>

typedef struct
{
  const char *start;
  const char *end; /* one past */
} Bytes;

static const char *find(Bytes bytes, const char *text, gsize length)
{
  return memmem(bytes.start, (gsize)(bytes.end - bytes.start), text, length);
}

static gboolean has(Bytes bytes, const char *text)
{
  return find(bytes, text, strlen(text)) != NULL;
}

/* The printable string that ends with suffix, as far as it is an absolute path. Returns: new or NULL. */
static char *find_path_with_end(Bytes bytes, const char *suffix)
{
  gsize length = strlen(suffix) + 1;
  for (const char *at = find(bytes, suffix, length); at != NULL; at = find((Bytes){at + 1, bytes.end}, suffix, length))
  {
    const char *start = at;
    while (start > bytes.start && g_ascii_isprint(start[-1]) && at - start < ELFDEPS_LIMIT_PATH_BYTES)
      start--;
    if (*start == '/')
      return g_strdup(start);
  }
  return NULL;
}

/* A string that starts and ends with '/' and is a library directory. Returns: its length or 0. */
static gsize match_directory(const char *at, const char *end)
{
  if (at >= end || *at != '/')
    return 0;
  const char *stop = memchr(at, '\0', MIN((gsize)(end - at), ELFDEPS_LIMIT_PATH_BYTES));
  if (stop == NULL || stop - at < 2 || stop[-1] != '/')
    return 0;
  for (const char *c = at; c < stop; c++)
    if (!g_ascii_isprint(*c) || *c == ':' || *c == '%')
      return 0;
  return strstr(at, "/lib") == NULL ? 0 : (gsize)(stop - at);
}

/* The first run of such strings, NUL between them: that is system_dirs of elf/dl-load.c. */
static void scan_directories(ElfdepsLoader *loader, Bytes bytes)
{
  const char *at = bytes.start;
  gsize length = 0;
  while (at != NULL && (length = match_directory(at, bytes.end)) == 0)
  {
    at = memchr(at, '\0', (gsize)(bytes.end - at));
    while (at != NULL && at < bytes.end && *at == '\0')
      at++;
    if (at == bytes.end)
      at = NULL;
  }
  for (; at != NULL && length > 0; length = match_directory(at, bytes.end))
  {
    g_ptr_array_add(loader->directories, g_strndup(at, length - 1));
    at += length + 1;
  }
}

/* $LIB is a default directory without "/" or "/usr/" before it. */
static void scan_lib(ElfdepsLoader *loader, Bytes bytes)
{
  for (guint i = 0; i < loader->directories->len && loader->lib == NULL; i++)
  {
    const char *directory = loader->directories->pdata[i];
    const char *lib = g_str_has_prefix(directory, "/usr/") ? directory + strlen("/usr/") : directory + 1;
    gsize length = strlen(lib);
    for (const char *at = find(bytes, lib, length + 1); at != NULL && loader->lib == NULL;
         at = find((Bytes){at + 1, bytes.end}, lib, length + 1))
      if (at == bytes.start || at[-1] == '\0')
        loader->lib = g_strdup(lib);
  }
}

/* "… release version 2.36." since 2.33. */
static gboolean is_older_than(Bytes bytes, guint minor)
{
  static const char text[] = "release version 2.";
  const char *at = find(bytes, text, strlen(text));
  if (at == NULL)
    return TRUE;
  guint found = 0;
  for (at += strlen(text); at < bytes.end && g_ascii_isdigit(*at) && found < 1000; at++)
    found = found * 10 + (guint)(*at - '0');
  return found < minor;
}

static void scan_musl(ElfdepsLoader *loader, const char *name, Bytes bytes)
{
  loader->libc = ELFDEPS_LIBC_MUSL;
  const char *stop = memchr(name, '.', MIN((gsize)(bytes.end - name), 64));
  loader->config = stop == NULL ? NULL : g_strndup(name, (gsize)(stop - name)); /* the name of the machine, for now */
}

void elfdeps_loader_scan(ElfdepsLoader *loader, const guint8 *data, gsize length)
{
  static const char musl[] = "/etc/ld-musl-";
  if (length == 0)
    return;
  Bytes bytes = {(const char *)data, (const char *)data + length};
  const char *name = find(bytes, musl, strlen(musl));
  if (name != NULL)
  {
    scan_musl(loader, name + strlen(musl), bytes);
    return;
  }
  loader->cache = find_path_with_end(bytes, "/ld.so.cache");
  if (loader->cache == NULL && !has(bytes, "GLIBC_"))
    return;
  loader->libc = ELFDEPS_LIBC_GLIBC;
  loader->preload = find_path_with_end(bytes, "/ld.so.preload");
  loader->levels = has(bytes, "glibc-hwcaps");
  loader->legacy = is_older_than(bytes, 37);
  scan_directories(loader, bytes);
  scan_lib(loader, bytes);
}
