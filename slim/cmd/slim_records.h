/*
 * Files that tell the next step of a pipeline which image was written.
 */
#ifndef SLIM_CMD_SLIM_RECORDS_H
#define SLIM_CMD_SLIM_RECORDS_H

#include "oci/image.h"
#include "slim/cmd/metadata_options.h"

typedef struct slim_records SlimRecords;

/*
 * Begins the files that the options name, so that what cannot be written is
 * known before there is an image.
 */
SlimRecords *slim_records_new(const MetadataOptions *options, GError **error);
void slim_records_free(SlimRecords *records); /* without slim_records_write() there are no files */

/*
 * --iidfile: the config's digest, or the index's; --digestfile: what was
 * written; --metadata-file: the members that docker buildx writes.
 *
 * results: OciResult*. written: the manifest, or the index of several.
 * tags: char*, names of the image; may be empty.
 */
gboolean slim_records_write(SlimRecords *records, const GPtrArray *results, const OciDescriptor *written, const GPtrArray *tags,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SlimRecords, slim_records_free)

#endif
