/*
 * Where an image is: "oci:DIR[:REF]", "oci-archive:FILE[:REF]",
 * "docker-archive:FILE[:NAME:TAG]", "docker://NAME[:TAG|@DIGEST]",
 * "docker-daemon:NAME[:TAG]", "dir:DIR", "rootfs:DIR", "-", or a bare path.
 *
 * As in skopeo, the path ends at the first colon behind the transport.
 */
#ifndef OCI_REFERENCE_H
#define OCI_REFERENCE_H

#include <glib.h>

typedef enum
{
  OCI_TRANSPORT_OCI,            /* an OCI image layout in a directory */
  OCI_TRANSPORT_OCI_ARCHIVE,    /* the same in a tar */
  OCI_TRANSPORT_DOCKER_ARCHIVE, /* what docker save writes */
  OCI_TRANSPORT_REGISTRY,       /* a registry */
  OCI_TRANSPORT_DAEMON,         /* the container engine */
  OCI_TRANSPORT_DIR,            /* an image in a directory as skopeo writes it */
  OCI_TRANSPORT_ROOTFS,         /* a plain directory */
  OCI_TRANSPORT_STREAM,         /* "-": standard input or output */
  OCI_TRANSPORT_PATH,           /* a bare path, to be recognised by content */
} OciTransport;

typedef struct
{
  OciTransport transport;
  char *path; /* NULL for OCI_TRANSPORT_STREAM; a name for a registry and an engine */
  char *ref;  /* tag, name:tag, "@N" or "@sha256:…" as given; NULL when there was none */
} OciReference;

/*
 * Errors: OCI_ERROR_USAGE with what was expected, and the nearest transport
 * name when one was mistyped.
 */
OciReference *oci_reference_parse(const char *text, GError **error);
char *oci_reference_format(const OciReference *reference);
void oci_reference_free(OciReference *reference);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciReference, oci_reference_free)

#endif
