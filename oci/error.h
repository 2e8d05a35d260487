/*
 * The one error domain of the image library.
 *
 * A message says first what failed, in lower case, quotes its subject and
 * escapes control characters (oci_quote()). Where the user can do something
 * about it, a line that begins with "hint: " follows.
 */
#ifndef OCI_ERROR_H
#define OCI_ERROR_H

#include <glib.h>

#define OCI_ERROR (oci_error_quark())

typedef enum
{
  OCI_ERROR_IO,              /* the host failed: open, read, write, no space */
  OCI_ERROR_MALFORMED,       /* the input breaks its format */
  OCI_ERROR_UNSUPPORTED,     /* valid, but not for this program */
  OCI_ERROR_DIGEST_MISMATCH, /* bytes are not what their digest or size says */
  OCI_ERROR_LIMIT,           /* a limit of OciLimits was reached; the message names it */
  OCI_ERROR_NOT_FOUND,       /* no such image, reference, platform or path */
  OCI_ERROR_CANCELLED,       /* the caller asked to stop */
  OCI_ERROR_USAGE,           /* a reference that cannot be understood */
} OciErrorCode;

GQuark oci_error_quark(void);

/*
 * Text for a message: the bytes of text in single quotes, with control
 * characters, quotes, backslashes and bytes that are not UTF-8 written as
 * \xNN, shortened in the middle when longer than 200 bytes.
 *
 * Returns: a new string, owned by the caller.
 */
char *oci_quote(const char *text);

/*
 * Like oci_quote(), for length bytes that need not be terminated.
 */
char *oci_quote_bytes(const void *bytes, gsize length);

#endif
