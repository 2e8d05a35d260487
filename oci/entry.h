/*
 * One entry of a layer: a path and what stands there.
 *
 * The same structure comes out of a layer that is read and goes into a layer
 * that is written.
 * Spec: image-spec layer.md, "Distributable Format".
 */
#ifndef OCI_ENTRY_H
#define OCI_ENTRY_H

#include <glib.h>

typedef enum
{
  OCI_FILE_REGULAR,
  OCI_FILE_DIRECTORY,
  OCI_FILE_SYMLINK,
  OCI_FILE_CHARACTER,
  OCI_FILE_BLOCK,
  OCI_FILE_FIFO,
  OCI_FILE_HARDLINK, /* only in a layer: another name of target */
} OciFileType;

typedef struct
{
  const char *name; /* with its namespace: "security.capability" */
  const guint8 *value;
  gsize length;
} OciXattr;

typedef struct
{
  const OciXattr *items; /* sorted by name */
  guint count;
} OciXattrs;

typedef struct
{
  OciFileType type;
  guint32 mode; /* permission, setuid, setgid and sticky bits: 07777 */
  guint32 uid;
  guint32 gid;
  gint64 mtime;       /* seconds since 1970 */
  guint32 mtime_ns;   /* 0 to 999999999 */
  guint64 size;       /* of a regular file, expanded; otherwise 0 */
  const char *target; /* of a symbolic link: its text; of a hard link: a path like path; otherwise NULL */
  guint32 device_major;
  guint32 device_minor;
  OciXattrs xattrs;
} OciMetadata;

typedef struct
{
  const char *path; /* bytes, not necessarily UTF-8; no leading or trailing slash, no "." or ".."; "" is the root */
  OciMetadata metadata;
} OciEntry;

#endif
