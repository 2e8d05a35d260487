/* What is particular to musl's loader. */
#include "elfdeps/musl.h"

#include <string.h>

gboolean elfdeps_musl_is_reserved(const char *name)
{
  static const char *const reserved[] = {"c.", "pthread.", "rt.", "m.", "dl.", "util.", "xnet."};
  if (strncmp(name, "lib", 3) != 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(reserved); i++)
    if (g_str_has_prefix(name + 3, reserved[i]))
      return TRUE;
  return FALSE;
}
