/*
 * Where images are: places that hold the files of an image by name, and
 * places that an image is written to.
 *
 * Private to oci/image*.c and oci/select*.c; one file per transport.
 */
#ifndef OCI_TRANSPORT_TRANSPORT_H
#define OCI_TRANSPORT_TRANSPORT_H

#include "oci/access.h"
#include "oci/blob.h"
#include "oci/descriptor.h"
#include "oci/layer.h"
#include "oci/result.h"
#include "oci/rootfs.h"

/*
 * A place that is read. Names are relative paths: "index.json",
 * "blobs/sha256/…", or what a docker archive calls its files.
 */
typedef struct oci_source OciSource;

typedef struct
{
  /*
   * blob: set to a new reference, or NULL when there is no such file.
   * Returns: FALSE with error set for anything else than a regular file.
   */
  gboolean (*find)(OciSource *source, const char *name, OciBlob **blob, GError **error);
  /* May be NULL. The file as a layer that is being indexed already: a new reference, or NULL when it is not. */
  OciLayer *(*find_layer)(OciSource *source, const char *name);
  void (*free)(OciSource *source);
} OciSourceOps;

struct oci_source
{
  const OciSourceOps *ops;
};

typedef struct
{
  OciIndexer *indexer; /* for layers that are seen before it is known what they are */
  const OciLimits *limits;
  const char *spool_directory; /* NULL: $TMPDIR or /var/tmp */
  const gint *cancelled;       /* may be NULL */
  const OciAccess *access;     /* of a registry; NULL: as a rule */
} OciSourceContext;

/* An image layout in a directory. Errors: OCI_ERROR_IO, OCI_ERROR_NOT_FOUND. */
OciSource *oci_layout_open(const char *path, GError **error);

/* A directory as skopeo's dir: has it. Errors: OCI_ERROR_MALFORMED when it is none. */
OciSource *oci_dir_open(const char *path, const OciLimits *limits, GError **error);

/*
 * A tar archive in a file. What cannot be read at any offset (a pipe, a
 * compressed archive) is read as oci_stream_open() does.
 */
OciSource *oci_archive_open(const char *path, const OciSourceContext *context, GError **error);

/*
 * A tar archive, compressed or not, that is read once, front to back, into a
 * spool. Whatever looks like a layer is indexed from its first byte on.
 * Returns when the stream has ended.
 *
 * fd: owned by the caller. name: what begins a message, or NULL.
 * context: borrowed, also by the source, as long as this lives.
 */
OciSource *oci_stream_open(int fd, const char *name, const OciSourceContext *context, GError **error);

/*
 * An image of a registry. Its layers are downloaded into spools, so that they
 * can be indexed while they arrive.
 *
 * name: what follows "docker://".
 * context: borrowed, also by the source, as long as this lives.
 * Errors: OCI_ERROR_IO, OCI_ERROR_NOT_FOUND, OCI_ERROR_DIGEST_MISMATCH.
 */
OciSource *oci_registry_source_open(const char *name, const OciSourceContext *context, GError **error);

/*
 * An image of the container engine, as it saves it.
 *
 * name: "NAME:TAG" or the image's ID, "sha256:…".
 * context: as for oci_stream_open().
 */
OciSource *oci_daemon_source_open(const char *name, const OciSourceContext *context, GError **error);

/* A directory of the host as a tree. */
OciRootfs *oci_directory_open(const char *path, const OciLimits *limits, GError **error);

void oci_source_free(OciSource *source);

/*
 * A file as a whole.
 *
 * bytes: set to a new reference, or NULL when there is no such file.
 * Errors: OCI_ERROR_LIMIT when it has more than limit bytes.
 */
gboolean oci_source_read(OciSource *source, const char *name, guint64 limit, GBytes **bytes, GError **error);

/*
 * The document that a descriptor points to, size and digest verified.
 *
 * Returns: a new reference.
 * Errors: OCI_ERROR_NOT_FOUND when it is not here; OCI_ERROR_DIGEST_MISMATCH
 * names both digests.
 */
GBytes *oci_source_read_document(OciSource *source, const OciDescriptor *descriptor, guint64 limit, GError **error);

/* What a layout's file "oci-layout" says. */
#define OCI_LAYOUT_FILE "{\"imageLayoutVersion\":\"1.0.0\"}"

/* "blobs/sha256/…". Returns: a new string. */
char *oci_blob_name(const OciDigest *digest);

/*
 * What is written: images, what names them, and the index of several.
 */
typedef struct
{
  const GPtrArray *results; /* OciResult*, one for each platform; borrowed */
  GBytes *index;            /* of several; NULL for one */
  OciDigest index_digest;
  GPtrArray *entries;   /* OciDescriptor*, for index.json: the manifest or the index, once for each name */
  GPtrArray *repo_tags; /* char*, for manifest.json: "name:tag" */
} OciDocuments;

/* A file of blobs/. */
typedef struct
{
  OciDigest digest;
  OciBlob *blob;
} OciNamedBlob;

/* Each once, documents before layers. Returns: OciNamedBlob*, owned by the caller. */
GPtrArray *oci_documents_blobs(const OciDocuments *documents);

/* Creates a layout, or adds to one: entries with the same name are replaced, others stay. */
gboolean oci_layout_write(const char *path, const OciDocuments *documents, const OciLimits *limits, GError **error);

/* The same as a new directory for skopeo's dir:. */
gboolean oci_dir_write(const char *path, const OciDocuments *documents, GError **error);

/* A tar that is an OCI layout and a docker archive at once. path: NULL for standard output. */
gboolean oci_archive_write(const char *path, const OciDocuments *documents, GError **error);

/* The same into an open file or pipe; fd: borrowed. */
gboolean oci_archive_write_fd(int fd, const OciDocuments *documents, GError **error);

/* Lets the container engine load an image. */
gboolean oci_daemon_write(const OciDocuments *documents, const OciTarget *target, GError **error);

/*
 * Pushes to a registry: what is there already is not sent, and the name comes
 * last.
 *
 * name: what follows "docker://", with a tag.
 */
gboolean oci_registry_write(const char *name, const OciDocuments *documents, const OciTarget *target, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciSource, oci_source_free)

#endif
