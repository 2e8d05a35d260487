/*
 * An image's configuration: the JSON document whose digest is the image's ID.
 *
 * Unknown fields survive; what is here are typed views of the known ones.
 * Spec: image-spec config.md; Healthcheck, Shell and OnBuild are Docker's.
 */
#ifndef OCI_CONFIG_H
#define OCI_CONFIG_H

#include "oci/digest.h"
#include "oci/json.h"
#include "oci/limits.h"
#include "oci/platform.h"

typedef struct oci_config OciConfig;

/*
 * Checks shapes and types of every known field. null is the same as absent.
 *
 * Errors: OCI_ERROR_MALFORMED with the field's path, e.g. ".config.Env[3]".
 */
OciConfig *oci_config_parse(const void *bytes, gsize length, const OciLimits *limits, GError **error);
/* A config with only a platform and an empty rootfs, for directories. */
OciConfig *oci_config_new(const OciPlatform *platform);
OciConfig *oci_config_dup(const OciConfig *config);
void oci_config_free(OciConfig *config);

/* Deterministic bytes: the original order of the fields, compact. */
GBytes *oci_config_format(const OciConfig *config);

json_t *oci_config_json(OciConfig *config); /* borrowed, may be changed */

OciPlatform *oci_config_platform(const OciConfig *config); /* owned by the caller */
GPtrArray *oci_config_diff_ids(const OciConfig *config);   /* OciDigest*, owned by the caller */

/* Arrays of char*, owned by the caller, never NULL. */
GPtrArray *oci_config_entrypoint(const OciConfig *config);
GPtrArray *oci_config_cmd(const OciConfig *config);
GPtrArray *oci_config_env(const OciConfig *config); /* "K=V" */
GPtrArray *oci_config_volumes(const OciConfig *config);
/* The health check's command without "CMD" or "CMD-SHELL"; shell tells which. Empty when none or "NONE". */
GPtrArray *oci_config_healthcheck(const OciConfig *config, gboolean *shell);
GPtrArray *oci_config_shell(const OciConfig *config); /* default /bin/sh -c */

/* Borrowed, NULL when absent. */
const char *oci_config_getenv(const OciConfig *config, const char *name); /* last one wins; interned in the config */
const char *oci_config_user(const OciConfig *config);
const char *oci_config_working_dir(const OciConfig *config);
const char *oci_config_label(const OciConfig *config, const char *name);
const char *oci_config_created(const OciConfig *config);

/*
 * Whether each numeric part of "user[:group]" is an ID that there is: 0 to
 * 4294967294. A part that begins like a number and is none may not be taken
 * for a name.
 *
 * Errors: OCI_ERROR_MALFORMED.
 */
gboolean oci_config_check_user(const OciConfig *config, GError **error);

/*
 * Makes the config describe an image of one layer: rootfs.diff_ids, history
 * of one entry (created_by as given), created (NULL: kept as it is).
 */
void oci_config_set_single_layer(OciConfig *config, const OciDigest *diff_id, const char *created, const char *created_by);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciConfig, oci_config_free)

#endif
