/*
 * A bill of materials: the software of an image as a document for other
 * programs. The same software gives the same bytes.
 */
#ifndef SLIM_EMIT_SBOM_H
#define SLIM_EMIT_SBOM_H

#include "oci/json.h"
#include "slim/emit/software.h"

typedef enum
{
  EMIT_SBOM_SPDX,      /* SPDX 2.3 */
  EMIT_SBOM_CYCLONEDX, /* CycloneDX 1.6 */
} EmitSbomFormat;

/* "spdx", "cyclonedx". */
const char *emit_sbom_format_name(EmitSbomFormat format);

/* Errors: SLIM_ERROR_USAGE. */
gboolean emit_sbom_format_parse(const char *text, EmitSbomFormat *format, GError **error);

typedef struct
{
  const char *name;    /* of the image, UTF-8 */
  const char *version; /* its digest, or NULL */
  const char *created; /* YYYY-MM-DDThh:mm:ssZ */
  const EmitDistribution *distribution;
  GPtrArray *software; /* of emit_software_new() */
} EmitSbom;

/*
 * Returns: a new reference.
 * Spec: SPDX 2.3, chapters 6, 7 and 11; CycloneDX 1.6.
 */
json_t *emit_sbom_json(const EmitSbom *sbom, EmitSbomFormat format);

#endif
