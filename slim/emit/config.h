/*
 * What the new image says about itself: the old config with one layer, and
 * annotations that name the source.
 */
#ifndef SLIM_EMIT_CONFIG_H
#define SLIM_EMIT_CONFIG_H

#include "oci/image.h"

/* What is other than in the source; each may be NULL. */
typedef struct
{
  GPtrArray *entrypoint; /* char*: words that replace the entrypoint and the command */
  const char *created;   /* RFC 3339 text: the time of creation */
  GHashTable *labels;    /* char* → char*: added, or in the place of those of the same name */
} EmitConfigChanges;

/*
 * Returns: a new config with every other field of the source.
 */
OciConfig *emit_config_new(OciImage *source, const EmitConfigChanges *changes, const OciDigest *diff_id);

/*
 * The source's annotations without org.opencontainers.image.base.* and
 * .created, and io.ocislim.source.name, .digest and .config.
 *
 * Returns: char* → char*, owned by the caller.
 * Spec: image-spec annotations.md: base.* is for images that share layers.
 */
GHashTable *emit_annotations_new(OciImage *source);

#endif
