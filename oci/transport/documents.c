/* The documents that name an image inside a layout or an archive. */
#include "oci/mediatype.h"
#include "oci/transport/transport.h"

json_t *oci_documents_index(const OciDocuments *documents)
{
  json_t *index = json_object();
  json_t *manifests = json_array();
  for (guint i = 0; i < documents->entries->len; i++)
    json_array_append_new(manifests, oci_descriptor_format(g_ptr_array_index(documents->entries, i)));
  json_object_set_new(index, "schemaVersion", json_integer(2));
  json_object_set_new(index, "mediaType", json_string(OCI_MEDIATYPE_INDEX));
  json_object_set_new(index, "manifests", manifests);
  return index;
}
