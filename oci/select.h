/*
 * Which image of a place is meant: from the documents that a place begins
 * with to one manifest and one config, verified.
 *
 * Private to oci/image*.c.
 */
#ifndef OCI_SELECT_H
#define OCI_SELECT_H

#include "oci/config.h"
#include "oci/manifest.h"
#include "oci/transport/transport.h"

typedef struct
{
  OciManifest *manifest; /* NULL for a docker archive */
  OciDigest manifest_digest;
  OciConfig *config;
  OciDigest config_digest;
  char *name;                    /* of the image, or NULL */
  GPtrArray *members;            /* char*: where the layers are, lowest first */
  GPtrArray *warnings;           /* char* */
  GHashTable *index_annotations; /* of the index that the manifest was chosen from; NULL when there was none */
} OciSelection;

typedef struct
{
  const char *ref;             /* NULL: the only one */
  const OciPlatform *platform; /* NULL: the host's, or the only one */
  const OciLimits *limits;
} OciWanted;

/* By index.json. Errors: OCI_ERROR_NOT_FOUND lists what there is. */
OciSelection *oci_select_oci(OciSource *source, const OciWanted *wanted, GError **error);

/*
 * The platforms that oci_select_oci() can choose from: OciPlatform*, in the
 * order of the index, owned by the caller; empty when the reference means one
 * manifest.
 */
GPtrArray *oci_select_platforms(OciSource *source, const OciWanted *wanted, GError **error);

/* By manifest.json of a docker archive. */
OciSelection *oci_select_docker(OciSource *source, const OciWanted *wanted, GError **error);

OciSelection *oci_selection_new(void);
void oci_selection_free(OciSelection *selection);

/* Whether the config is of the platform that was asked for, if one was. */
gboolean oci_selection_check_platform(const OciSelection *selection, const OciPlatform *platform, GError **error);

/* Same system and architecture; a wanted platform without variant takes any. */
gboolean oci_select_accepts(const OciPlatform *wanted, const OciPlatform *offered);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciSelection, oci_selection_free)

#endif
