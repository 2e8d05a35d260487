/*
 * How a registry is reached: what the options of the command line say about
 * one side, source or destination.
 */
#ifndef OCI_ACCESS_H
#define OCI_ACCESS_H

#include <glib.h>

#define OCI_ACCESS_RETRIES 5 /* as a rule */

typedef struct
{
  const char *authfile;    /* NULL: where the container tools keep theirs */
  const char *credentials; /* "USER[:PASSWORD]"; NULL: from the files */
  const char *cert_dir;    /* *.crt: CAs beside the system's; *.cert with *.key: the client's; NULL: the host's certs.d */
  gboolean insecure;       /* certificates are not checked, and HTTP will do where there is no HTTPS */
  guint retries;           /* how often a request is sent again */
} OciAccess;

/* What else there is to know about where an image is written. */
typedef struct
{
  const OciAccess *access; /* NULL: as a rule */
  const char *source;      /* the name behind "docker://" that the image was made of; NULL as a rule */
  const gint *cancelled;   /* may be NULL */
} OciTarget;

#endif
