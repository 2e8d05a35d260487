/*
 * The error domain of the dependency library.
 */
#ifndef ELFDEPS_ERROR_H
#define ELFDEPS_ERROR_H

#include <glib.h>

#define ELFDEPS_ERROR (elfdeps_error_quark())

typedef enum
{
  ELFDEPS_ERROR_IO,        /* the file system below failed */
  ELFDEPS_ERROR_NOT_ELF,   /* no ELF magic */
  ELFDEPS_ERROR_MALFORMED, /* ELF, but broken; the message has the offset */
  ELFDEPS_ERROR_LIMIT,     /* a limit with a name was reached */
  ELFDEPS_ERROR_NOT_FOUND,
} ElfdepsErrorCode;

GQuark elfdeps_error_quark(void);

/*
 * Makes bytes of an image fit for a sentence.
 *
 * Returns: new; in single quotes, control characters and bytes that are not
 * UTF-8 as \xNN.
 */
char *elfdeps_quote(const char *bytes);

#endif
