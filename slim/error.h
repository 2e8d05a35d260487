/*
 * The error domain of the program itself, and what each kind of failure means
 * for the exit status.
 */
#ifndef SLIM_ERROR_H
#define SLIM_ERROR_H

#include <glib.h>

#define SLIM_ERROR (slim_error_quark())

typedef enum
{
  SLIM_ERROR_FAILED,
  SLIM_ERROR_USAGE,   /* the command line */
  SLIM_ERROR_INVALID, /* the image contradicts itself */
  SLIM_ERROR_POLICY,  /* a size gate or another policy says no */
  SLIM_ERROR_MISSING, /* something needed is not in the image */
} SlimErrorCode;

GQuark slim_error_quark(void);

/* The documented exit codes, the same for every command. */
typedef enum
{
  SLIM_EXIT_DONE = 0,
  SLIM_EXIT_FAILED = 1,
  SLIM_EXIT_USAGE = 2,
  SLIM_EXIT_INVALID = 3,
  SLIM_EXIT_POLICY = 4,
  SLIM_EXIT_MISSING = 5,
} SlimExit;

/*
 * The exit code for an error of any domain of this program.
 */
SlimExit slim_exit_code(const GError *error);

#endif
