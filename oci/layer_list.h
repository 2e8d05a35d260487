/*
 * The entries of one layer, packed.
 *
 * Private to oci/layer_*.c.
 */
#ifndef OCI_LAYER_LIST_H
#define OCI_LAYER_LIST_H

#include "oci/layer_index.h"

typedef struct oci_layer_list OciLayerList;

OciLayerList *oci_layer_list_new(void);
void oci_layer_list_free(OciLayerList *list);

/*
 * Adds a copy of an entry, unless it is one of AUFS's own.
 *
 * warnings: grows by what is odd but harmless.
 * Errors: OCI_ERROR_MALFORMED for a whiteout of nothing, "." or "..".
 * Spec: image-spec layer.md, "Whiteouts".
 */
gboolean oci_layer_list_add(OciLayerList *list, const OciTarEntry *entry, GPtrArray *warnings, GError **error);

/* Borrowed. */
const OciLayerEntry *oci_layer_list_entries(const OciLayerList *list, guint *count);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciLayerList, oci_layer_list_free)

#endif
