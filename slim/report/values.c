/* Texts and types. */
#include "slim/report/values.h"

#include "oci/error.h"

#include <string.h>

json_t *report_text_json(const char *bytes)
{
  if (bytes == NULL)
    return json_null();
  json_t *string = json_string(bytes);
  if (string != NULL)
    return string;
  g_autofree char *quoted = oci_quote(bytes);
  return json_string(quoted);
}

char *report_word(const char *bytes)
{
  char *quoted = oci_quote(bytes);
  gsize length = strlen(bytes);
  if (strlen(quoted) != length + 2)
    return quoted;
  g_free(quoted);
  return g_strdup(bytes);
}

const char *report_type_name(OciFileType type)
{
  switch (type)
  {
  case OCI_FILE_REGULAR:
    return "file";
  case OCI_FILE_DIRECTORY:
    return "directory";
  case OCI_FILE_SYMLINK:
    return "symlink";
  case OCI_FILE_CHARACTER:
    return "character device";
  case OCI_FILE_BLOCK:
    return "block device";
  case OCI_FILE_FIFO:
    return "fifo";
  case OCI_FILE_HARDLINK:
    return "hardlink";
  }
  g_assert_not_reached();
}
