/*
 * The pieces of software in an image: packages of its own databases, and
 * packages of languages by what they leave beside their files.
 */
#ifndef SLIM_EMIT_SOFTWARE_H
#define SLIM_EMIT_SOFTWARE_H

#include "slim/keep/packages.h"

typedef struct
{
  char *name;
  char *version;
  char *purl;       /* what the name and the version are unique with */
  GPtrArray *paths; /* char*, sorted: files that say so; empty for a package of the databases */
} EmitSoftware;

/* What /etc/os-release says; members are NULL where it says nothing. */
typedef struct
{
  char *id;
  char *version;
  char *name;
} EmitDistribution;

void emit_software_free(EmitSoftware *software);

/*
 * The distribution of an image.
 *
 * Errors: OCI_ERROR_IO.
 * Spec: os-release(5).
 */
gboolean emit_distribution_read(OciRootfs *rootfs, EmitDistribution *distribution, GError **error);
void emit_distribution_clear(EmitDistribution *distribution);

/*
 * Everything that is found, sorted by purl, each once. A language's package
 * that came with a package of the distribution is not named again.
 *
 *   Python   METADATA of *.dist-info, PKG-INFO of *.egg-info, *.egg-info
 *   Node.js  package.json of a folder in node_modules
 *   Ruby     specifications of gems
 *
 * warnings: gets char* for what cannot be read.
 * Returns: array of EmitSoftware*, owned by the caller.
 * Errors: OCI_ERROR_IO.
 * Spec: package-url's PURL-SPECIFICATION and its types deb, apk, rpm, pypi, npm and gem.
 */
GPtrArray *emit_software_new(OciRootfs *rootfs, KeepPackages *packages, const EmitDistribution *distribution, GPtrArray *warnings,
                             GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EmitDistribution, emit_distribution_clear)

#endif
