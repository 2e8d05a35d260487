/*
 * The façade: opens an image from wherever it is, writes one to wherever it
 * shall be.
 */
#ifndef OCI_IMAGE_H
#define OCI_IMAGE_H

#include "oci/access.h"
#include "oci/config.h"
#include "oci/layer.h"
#include "oci/layer_write.h"
#include "oci/platform.h"
#include "oci/reference.h"
#include "oci/rootfs.h"

typedef struct
{
  const OciPlatform *platform; /* NULL: the host's, or the only real one there is */
  guint threads;               /* 0: as many as processors */
  OciLimits limits;
  OciProgressFunc progress; /* may be NULL */
  gpointer progress_data;
  const gint *cancelled;       /* may be NULL */
  const char *spool_directory; /* NULL: $TMPDIR, else /var/tmp */
  const OciAccess *access;     /* of a registry; NULL: as a rule */
} OciOpenOptions;

typedef struct oci_image OciImage;

/*
 * Opens, verifies and indexes an image: digests and sizes of manifest, config
 * and layers against their descriptors, diff_ids against the config.
 *
 * Errors: OCI_ERROR_DIGEST_MISMATCH names both digests; OCI_ERROR_NOT_FOUND
 * lists the references or platforms that there are.
 */
OciImage *oci_image_open(const OciReference *source, const OciOpenOptions *options, GError **error);
void oci_image_free(OciImage *image);

OciRootfs *oci_image_rootfs(OciImage *image);              /* borrowed */
OciConfig *oci_image_config(OciImage *image);              /* borrowed */
const char *oci_image_name(OciImage *image);               /* "docker.io/library/nginx:1.27" or NULL; borrowed */
const OciDigest *oci_image_digest(OciImage *image);        /* of the manifest; NULL for directories and docker archives without one */
const OciDigest *oci_image_config_digest(OciImage *image); /* NULL for directories */
GHashTable *oci_image_annotations(OciImage *image);        /* of the manifest, char* → char*; borrowed */
GPtrArray *oci_image_warnings(OciImage *image);            /* char*; borrowed */
guint oci_image_layer_count(OciImage *image);
guint64 oci_image_stored_bytes(OciImage *image); /* sum of the layers' blobs; 0 for directories */

/*
 * What is written: one config, one layer (or, for rootfs:, what
 * oci_tree_writer_new() made), names and annotations.
 */
typedef struct
{
  OciConfig *config;
  OciLayerBlob *layer;
  GPtrArray *tags;         /* char*: "name:tag"; may be empty */
  GHashTable *annotations; /* of the manifest */
  OciTarget target;
} OciImageParts;

typedef struct
{
  OciDigest manifest_digest;
  OciDigest config_digest;
  guint64 manifest_bytes;
} OciWritten;

/*
 * Writes an image to a layout, an archive, a registry or standard output
 * (fd 1). The destination is the old or the new one, whole; nothing is left
 * beside it on failure, nor on a signal (see oci/pending.h).
 */
gboolean oci_image_write(const OciReference *destination, const OciImageParts *parts, OciWritten *written, GError **error);

/* Whether an image can be written there, as far as the reference tells. Errors: OCI_ERROR_USAGE. */
gboolean oci_image_check_destination(const OciReference *destination, GError **error);

/*
 * Writes entries into a directory of the host that is new or empty: made
 * beside it, renamed at the end. Owners are set where the process may.
 */
typedef struct oci_tree_writer OciTreeWriter;
OciTreeWriter *oci_tree_writer_new(const char *path, GError **error);
OciEntrySink *oci_tree_writer_sink(OciTreeWriter *writer); /* borrowed */
gboolean oci_tree_writer_finish(OciTreeWriter *writer, GError **error);
GPtrArray *oci_tree_writer_warnings(OciTreeWriter *writer); /* char*: what could not be kept; borrowed */
void oci_tree_writer_free(OciTreeWriter *writer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciImage, oci_image_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciTreeWriter, oci_tree_writer_free)

#endif
