/* Globs: the first line is the glob, the second the path. A match lies below the glob's base and is never pruned. */
#include "slim/keep/glob.h"
#include "tests/fuzz/target.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup((const char *)data, MIN(size, 8192));
  char *newline = strchr(text, '\n');
  if (newline == NULL)
    return 0;
  *newline = '\0';
  g_autoptr(KeepGlob) glob = keep_glob_new(text, NULL);
  if (glob == NULL || strstr(newline + 1, "//") != NULL || g_str_has_suffix(newline + 1, "/")) /* no path of a tree is so */
    return 0;
  g_autofree char *path = g_strconcat("/", newline + 1 + strspn(newline + 1, "/"), NULL);
  if (!keep_glob_match(glob, path, TRUE))
    return 0;
  if (!keep_glob_is_literal(glob))
    g_assert_true(g_str_has_prefix(path, keep_glob_base(glob)));
  for (char *slash = strrchr(path, '/'); slash != NULL && slash > path; slash = strrchr(path, '/'))
  {
    *slash = '\0';
    g_assert_true(keep_glob_matches_below(glob, path));
  }
  return 0;
}
