/*
 * os/architecture[/variant], in the words of GOOS and GOARCH.
 *
 * Spec: image-spec image-index.md, "platform"; config.md, "Properties".
 */
#ifndef OCI_PLATFORM_H
#define OCI_PLATFORM_H

#include <glib.h>

typedef struct
{
  char *os;
  char *architecture;
  char *variant; /* "" when there is none; v8 of arm64 is normalised to "" */
} OciPlatform;

OciPlatform *oci_platform_parse(const char *text, GError **error); /* "linux/arm64/v8", "arm64" */
OciPlatform *oci_platform_new(const char *os, const char *architecture, const char *variant);
OciPlatform *oci_platform_new_host(void);
char *oci_platform_format(const OciPlatform *platform);
gboolean oci_platform_match(const OciPlatform *wanted, const OciPlatform *offered);
/* Whether one of OciPlatform* matches. */
gboolean oci_platform_is_in(const GPtrArray *platforms, const OciPlatform *platform);
void oci_platform_free(OciPlatform *platform);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciPlatform, oci_platform_free)

#endif
