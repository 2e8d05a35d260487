/* What both ways of choosing an image have in common. */
#include "oci/select.h"

#include "oci/error.h"

#include <string.h>

OciSelection *oci_selection_new(void)
{
  OciSelection *selection = g_new0(OciSelection, 1);
  selection->members = g_ptr_array_new_with_free_func(g_free);
  selection->warnings = g_ptr_array_new_with_free_func(g_free);
  return selection;
}

void oci_selection_free(OciSelection *selection)
{
  if (selection == NULL)
    return;
  oci_manifest_free(selection->manifest);
  oci_config_free(selection->config);
  g_free(selection->name);
  g_ptr_array_unref(selection->members);
  g_ptr_array_unref(selection->warnings);
  g_clear_pointer(&selection->index_annotations, g_hash_table_unref);
  g_free(selection);
}

gboolean oci_select_accepts(const OciPlatform *wanted, const OciPlatform *offered)
{
  if (oci_platform_match(wanted, offered))
    return TRUE;
  return *wanted->variant == '\0' && strcmp(wanted->os, offered->os) == 0 && strcmp(wanted->architecture, offered->architecture) == 0;
}

gboolean oci_selection_check_platform(const OciSelection *selection, const OciPlatform *platform, GError **error)
{
  if (platform == NULL)
    return TRUE;
  g_autoptr(OciPlatform) own = oci_config_platform(selection->config);
  if (oci_select_accepts(platform, own))
    return TRUE;
  g_autofree char *wanted = oci_platform_format(platform);
  g_autofree char *there = oci_platform_format(own);
  g_autofree char *quoted = oci_quote(there);
  g_set_error(error, OCI_ERROR, OCI_ERROR_NOT_FOUND, "the image is not for %s\nhint: there is: %s", wanted, quoted);
  return FALSE;
}
