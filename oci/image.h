/*
 * The façade: opens an image from wherever it is, writes one to wherever it
 * shall be.
 */
#ifndef OCI_IMAGE_H
#define OCI_IMAGE_H

#include "oci/access.h"
#include "oci/config.h"
#include "oci/descriptor.h"
#include "oci/layer.h"
#include "oci/reference.h"
#include "oci/result.h"
#include "oci/rootfs.h"

typedef struct
{
  guint threads; /* 0: as many as processors */
  OciLimits limits;
  OciProgressFunc progress; /* may be NULL */
  gpointer progress_data;
  const gint *cancelled;       /* may be NULL */
  const char *spool_directory; /* NULL: $TMPDIR, else /var/tmp */
  const OciAccess *access;     /* of a registry; NULL: as a rule */
} OciOpenOptions;

typedef struct oci_image OciImage;

/*
 * A source that is open: it has one image, or one for each platform. An
 * archive that comes through a pipe is read only once.
 *
 * source, options: borrowed, what options->access and the callback's data
 * point to as well, as long as the place lives.
 */
typedef struct oci_place OciPlace;
OciPlace *oci_place_open(const OciReference *source, const OciOpenOptions *options, GError **error);
void oci_place_free(OciPlace *place);

/*
 * The platforms of an index: OciPlatform*, in its order, owned by the caller.
 * Empty when the reference means one manifest, or a directory. Attestations
 * are none.
 */
GPtrArray *oci_place_platforms(OciPlace *place, GError **error);

/*
 * Opens, verifies and indexes an image: digests and sizes of manifest, config
 * and layers against their descriptors, diff_ids against the config. May be
 * called again for another platform; what it returned lives on without the
 * place.
 *
 * platform: NULL: the host's, or the only real one there is.
 * Errors: OCI_ERROR_DIGEST_MISMATCH names both digests; OCI_ERROR_NOT_FOUND
 * lists the references or platforms that there are.
 */
OciImage *oci_place_image(OciPlace *place, const OciPlatform *platform, GError **error);

void oci_image_free(OciImage *image);

OciRootfs *oci_image_rootfs(OciImage *image);              /* borrowed */
OciConfig *oci_image_config(OciImage *image);              /* borrowed */
const char *oci_image_name(OciImage *image);               /* "docker.io/library/nginx:1.27" or NULL; borrowed */
const OciDigest *oci_image_digest(OciImage *image);        /* of the manifest; NULL for directories and docker archives without one */
const OciDigest *oci_image_config_digest(OciImage *image); /* NULL for directories */
GHashTable *oci_image_annotations(OciImage *image);        /* of the manifest, char* → char*; borrowed */
GHashTable *oci_image_index_annotations(OciImage *image);  /* of the index that the image was chosen from; borrowed, or NULL */
GPtrArray *oci_image_warnings(OciImage *image);            /* char*; borrowed */
guint oci_image_layer_count(OciImage *image);
guint64 oci_image_stored_bytes(OciImage *image); /* sum of the layers' blobs; 0 for directories */

/* What is written. */
typedef struct
{
  GPtrArray *results;            /* OciResult*: at least one; several become an index, in this order */
  GPtrArray *tags;               /* char*: "name:tag"; may be empty, or NULL */
  GHashTable *index_annotations; /* char* → char*; may be NULL */
  OciTarget target;
} OciImageParts;

/*
 * Writes an image to a layout, an archive, a registry or standard output
 * (fd 1). The destination is the old or the new one, whole; nothing is left
 * beside it on failure, nor on a signal (see oci/pending.h).
 *
 * written: set to the manifest, or the index of several; owned by the caller;
 * without names.
 */
gboolean oci_image_write(const OciReference *destination, const OciImageParts *parts, OciDescriptor **written, GError **error);

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
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciPlace, oci_place_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciTreeWriter, oci_tree_writer_free)

#endif
