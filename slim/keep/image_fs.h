/*
 * An image's tree as the loader's file system: where oci and elfdeps meet.
 */
#ifndef SLIM_KEEP_IMAGE_FS_H
#define SLIM_KEEP_IMAGE_FS_H

#include "elfdeps/fs.h"
#include "oci/rootfs.h"

/*
 * rootfs: must outlive the file system.
 * Returns: new; freed with keep_image_fs_free().
 */
ElfdepsFs *keep_image_fs_new(OciRootfs *rootfs);
void keep_image_fs_free(ElfdepsFs *fs);

/* The file of a node, regular files only. */
gboolean keep_image_fs_file(ElfdepsFs *fs, OciNode *node, ElfdepsFile *file);

#endif
