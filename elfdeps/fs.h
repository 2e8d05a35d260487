/*
 * The files as the loader sees them. The caller implements it: this library
 * never opens a path of the host.
 */
#ifndef ELFDEPS_FS_H
#define ELFDEPS_FS_H

#include <glib.h>

/* What a path leads to, every symbolic link followed. */
typedef enum
{
  ELFDEPS_FILE_MISSING, /* ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: a loader goes on searching */
  ELFDEPS_FILE_REGULAR,
  ELFDEPS_FILE_DIRECTORY,
  ELFDEPS_FILE_OTHER,   /* device, FIFO: never opened */
} ElfdepsFileKind;

typedef struct
{
  gconstpointer id; /* one file, one id, whatever its names (device and inode) */
  const char *real_path; /* with all links resolved, absolute; lives as long as the file system */
  guint64 size;
  gboolean privileged; /* setuid, setgid or file capabilities: may run in secure mode */
} ElfdepsFile;

typedef struct elfdeps_fs ElfdepsFs;
struct elfdeps_fs
{
  /* path: absolute, or relative to the root. file: set when not missing. */
  ElfdepsFileKind (*find)(ElfdepsFs *fs, const char *path, ElfdepsFile *file);
  /* Short only at the end of the file; -1 with error. */
  gssize (*pread)(ElfdepsFs *fs, const ElfdepsFile *file, void *buffer, gsize length, guint64 offset, GError **error);
  /* Names in a directory, sorted; array of char*, owned by the caller; NULL when it is none. */
  GPtrArray *(*list)(ElfdepsFs *fs, const char *path);
};

#endif
