/*
 * Stored bytes that can be read at any offset: a file, a member of an
 * archive, or a spool that is still being filled.
 *
 * Thread-safe: any number of threads may read one blob at once.
 */
#ifndef OCI_BLOB_H
#define OCI_BLOB_H

#include <glib.h>

typedef struct oci_blob OciBlob;

/*
 * A range of an open file.
 *
 * fd: owned by the blob afterwards.
 * offset, size: in bytes; the file must hold that many.
 *
 * Returns: a new reference.
 */
OciBlob *oci_blob_new_fd(int fd, guint64 offset, guint64 size);

/*
 * A range of a blob; it keeps the blob alive.
 */
OciBlob *oci_blob_new_range(OciBlob *blob, guint64 offset, guint64 size);

/*
 * Bytes in memory.
 */
OciBlob *oci_blob_new_bytes(GBytes *bytes);

/*
 * A spool: bytes appended by one thread, readable at once by others. Its
 * bytes live in an unnamed file of directory (NULL: $TMPDIR or /var/tmp).
 * A read beyond what has been appended waits until it is there, or until
 * oci_blob_spool_end(), which must be called in the end.
 */
OciBlob *oci_blob_new_spool(const char *directory, GError **error);
gboolean oci_blob_spool_append(OciBlob *spool, const void *bytes, gsize length, GError **error);
/* error: NULL for the regular end; otherwise every waiting and later read beyond the end fails with a copy of it. */
void oci_blob_spool_end(OciBlob *spool, const GError *error);
/* Bytes appended until now. */
guint64 oci_blob_spool_length(OciBlob *spool);

OciBlob *oci_blob_ref(OciBlob *blob);
void oci_blob_unref(OciBlob *blob);

/*
 * The size in bytes; for a range that is being filled, what it will be; for
 * a spool itself, what has been appended until now.
 */
guint64 oci_blob_size(OciBlob *blob);

/*
 * Reads up to length bytes at offset.
 *
 * Returns: how many were read (0: at or beyond the end, never short before
 * it), or -1 with error set.
 * Errors: OCI_ERROR_IO; a file that became shorter is OCI_ERROR_IO too.
 */
gssize oci_blob_pread(OciBlob *blob, void *buffer, gsize length, guint64 offset, GError **error);

/* Writes the whole blob where the file stands. name: for messages. Errors: OCI_ERROR_IO. */
gboolean oci_blob_write(OciBlob *blob, int fd, const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciBlob, oci_blob_unref)

#endif
