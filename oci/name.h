/*
 * Names of images: [host[:port]/]path[:tag], as engines understand them.
 *
 * Spec: distribution's reference grammar.
 */
#ifndef OCI_NAME_H
#define OCI_NAME_H

#include <glib.h>

typedef struct
{
  char *familiar; /* "app:1": as short as given, with a tag */
  char *full;     /* "docker.io/library/app:1" */
  char *tag;      /* "1"; "latest" when none was given */
} OciName;

/* Errors: OCI_ERROR_USAGE. */
OciName *oci_name_parse(const char *text, GError **error);
void oci_name_free(OciName *name);

/* Whether two names mean the same image; two texts that are no names are compared as they are. */
gboolean oci_name_equal(const char *a, const char *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciName, oci_name_free)

#endif
