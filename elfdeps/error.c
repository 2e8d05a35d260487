/* The error domain. */
#include "elfdeps/error.h"

G_DEFINE_QUARK(elfdeps-error-quark, elfdeps_error)
