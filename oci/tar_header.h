/*
 * One header block of a tar archive, decoded but not yet judged.
 *
 * Private to oci/tar_*.c.
 */
#ifndef OCI_TAR_HEADER_H
#define OCI_TAR_HEADER_H

#include <glib.h>

#define OCI_TAR_BLOCK 512

typedef enum
{
  OCI_TAR_V7,
  OCI_TAR_USTAR, /* also what pax headers are followed by */
  OCI_TAR_GNU,
} OciTarFormat;

typedef struct
{
  OciTarFormat format;
  char type;          /* as written; '\0' is the regular file of v7 */
  char name[256 + 1]; /* prefix and name joined */
  char target[100 + 1];
  gint64 mode;
  gint64 uid;
  gint64 gid;
  gint64 size;
  gint64 mtime;
  gint64 device_major; /* only of a device */
  gint64 device_minor;
} OciTarHeader;

/* TRUE for a block of zeros. */
gboolean oci_tar_block_is_zero(const guint8 *block);

/*
 * Errors: OCI_ERROR_MALFORMED: checksum, magic, a field that is not a number.
 */
gboolean oci_tar_header_parse(const guint8 *block, OciTarHeader *header, GError **error);

/*
 * A numeric field: octal digits, or GNU's base-256 when the first bit is set.
 *
 * name: for the message. Errors: OCI_ERROR_MALFORMED.
 */
gboolean oci_tar_number_parse(const guint8 *field, gsize length, const char *name, gint64 *value, GError **error);

#endif
