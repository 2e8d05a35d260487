/*
 * Paths as archives write them, made into paths of a tree.
 */
#ifndef OCI_TAR_PATH_H
#define OCI_TAR_PATH_H

#include "oci/limits.h"

/*
 * Without leading and trailing slashes, "//", "." and ".."; ".." takes the
 * component before it away, and at the root nothing.
 *
 * clean: set to the result, "" for the root.
 * escaped: set to TRUE when a ".." stood at the root; otherwise left alone.
 * Errors: OCI_ERROR_LIMIT for OciLimits.path_bytes and component_bytes.
 */
gboolean oci_tar_path_clean(const char *path, const OciLimits *limits, GString *clean, gboolean *escaped, GError **error);

#endif
