/* Errors to exit codes: the one place that knows all domains. */
#include "slim/error.h"

#include "elfdeps/error.h"
#include "oci/error.h"

G_DEFINE_QUARK(slim - error - quark, slim_error)

static SlimExit exit_code_slim(SlimErrorCode code)
{
  switch (code)
  {
  case SLIM_ERROR_FAILED:
    return SLIM_EXIT_FAILED;
  case SLIM_ERROR_USAGE:
    return SLIM_EXIT_USAGE;
  case SLIM_ERROR_INVALID:
    return SLIM_EXIT_INVALID;
  case SLIM_ERROR_POLICY:
    return SLIM_EXIT_POLICY;
  case SLIM_ERROR_MISSING:
    return SLIM_EXIT_MISSING;
  }
  return SLIM_EXIT_FAILED;
}

static SlimExit exit_code_oci(OciErrorCode code)
{
  switch (code)
  {
  case OCI_ERROR_IO:
  case OCI_ERROR_NOT_FOUND:
  case OCI_ERROR_CANCELLED:
    return SLIM_EXIT_FAILED;
  case OCI_ERROR_MALFORMED:
  case OCI_ERROR_UNSUPPORTED:
  case OCI_ERROR_DIGEST_MISMATCH:
  case OCI_ERROR_LIMIT:
    return SLIM_EXIT_INVALID;
  case OCI_ERROR_USAGE:
    return SLIM_EXIT_USAGE;
  }
  return SLIM_EXIT_FAILED;
}

static SlimExit exit_code_elfdeps(ElfdepsErrorCode code)
{
  switch (code)
  {
  case ELFDEPS_ERROR_IO:
    return SLIM_EXIT_FAILED;
  case ELFDEPS_ERROR_NOT_ELF:
  case ELFDEPS_ERROR_MALFORMED:
  case ELFDEPS_ERROR_LIMIT:
    return SLIM_EXIT_INVALID;
  case ELFDEPS_ERROR_NOT_FOUND:
    return SLIM_EXIT_MISSING;
  }
  return SLIM_EXIT_FAILED;
}

SlimExit slim_exit_code(const GError *error)
{
  if (error->domain == SLIM_ERROR)
    return exit_code_slim((SlimErrorCode)error->code);
  if (error->domain == OCI_ERROR)
    return exit_code_oci((OciErrorCode)error->code);
  if (error->domain == ELFDEPS_ERROR)
    return exit_code_elfdeps((ElfdepsErrorCode)error->code);
  if (error->domain == G_OPTION_ERROR)
    return SLIM_EXIT_USAGE;
  return SLIM_EXIT_FAILED;
}
