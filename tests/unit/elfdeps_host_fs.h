/*
 * A directory of the host as a file system for elfdeps: for tests and the
 * benchmark. Symbolic links stay inside the directory.
 */
#ifndef TESTS_UNIT_ELFDEPS_HOST_FS_H
#define TESTS_UNIT_ELFDEPS_HOST_FS_H

#include "elfdeps/fs.h"

/* root: a directory; what is read once is remembered. */
ElfdepsFs *host_fs_new(const char *root);
void host_fs_free(ElfdepsFs *fs);

#endif
