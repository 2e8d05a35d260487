/* Replays a corpus: every file of a folder, and the empty input. A folder without files fails, since it would test nothing. */
#include "tests/fuzz/target.h"

#include <glib.h>
#include <stdio.h>

static guint replay(const char *folder)
{
  guint count = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
  for (const char *name = dir == NULL ? NULL : g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir))
  {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &bytes, &length, &error))
      break;
    LLVMFuzzerTestOneInput((const uint8_t *)bytes, length);
    count++;
  }
  if (error != NULL)
    fprintf(stderr, "%s\n", error->message);
  return error == NULL ? count : 0;
}

int main(int argc, char **argv)
{
  guint count = 0;
  LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
  for (int i = 1; i < argc; i++)
    count += replay(argv[i]);
  printf("%u inputs replayed\n", count);
  return count > 0 ? 0 : 1;
}
