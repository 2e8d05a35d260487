/* Lexical cleaning of a path; nothing of the tree is known here. */
#include "oci/tar_path.h"

#include "oci/error.h"

#include <string.h>

static gboolean fail_limit(const char *path, const char *what, const char *name, guint64 limit, GError **error)
{
  g_autofree char *quoted = oci_quote(path);
  g_set_error(error, OCI_ERROR, OCI_ERROR_LIMIT, "%s is longer than the limit %s, %" G_GUINT64_FORMAT " bytes: %s", what, name, limit,
              quoted);
  return FALSE;
}

static void drop_last(GString *clean, gboolean *escaped)
{
  if (clean->len == 0)
    *escaped = TRUE;
  const char *slash = strrchr(clean->str, '/');
  g_string_truncate(clean, slash != NULL ? (gsize)(slash - clean->str) : 0);
}

gboolean oci_tar_path_clean(const char *path, const OciLimits *limits, GString *clean, gboolean *escaped, GError **error)
{
  g_string_truncate(clean, 0);
  if (strlen(path) > limits->path_bytes)
    return fail_limit(path, "path", "path_bytes", limits->path_bytes, error);
  for (const char *c = path; *c != '\0';)
  {
    gsize length = strcspn(c, "/");
    if (length > limits->component_bytes)
      return fail_limit(path, "component of a path", "component_bytes", limits->component_bytes, error);
    if (length == 2 && c[0] == '.' && c[1] == '.')
      drop_last(clean, escaped);
    else if (length > 0 && !(length == 1 && c[0] == '.'))
    {
      if (clean->len > 0)
        g_string_append_c(clean, '/');
      g_string_append_len(clean, c, (gssize)length);
    }
    c += length;
    c += strspn(c, "/");
  }
  return TRUE;
}
