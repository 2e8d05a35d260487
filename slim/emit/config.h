/*
 * What the new image says about itself: the old config with one layer, and
 * annotations that name the source.
 */
#ifndef SLIM_EMIT_CONFIG_H
#define SLIM_EMIT_CONFIG_H

#include "oci/image.h"

/*
 * entrypoint: words that replace the entrypoint and the command, or NULL.
 * created: RFC 3339 text that replaces the time of creation, or NULL.
 *
 * Returns: a new config with every other field of the source.
 */
OciConfig *emit_config_new(OciImage *source, GPtrArray *entrypoint, const OciDigest *diff_id, const char *created);

/*
 * The source's annotations without org.opencontainers.image.base.* and
 * .created, and io.ocislim.source.name, .digest and .config.
 *
 * Returns: char* → char*, owned by the caller.
 * Spec: image-spec annotations.md: base.* is for images that share layers.
 */
GHashTable *emit_annotations_new(OciImage *source);

#endif
