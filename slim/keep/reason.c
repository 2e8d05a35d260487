/* The words of the reasons. */
#include "slim/keep/reason.h"

const char *keep_reason_kind_name(KeepReasonKind kind)
{
  switch (kind)
  {
  case KEEP_REASON_ENTRYPOINT:
    return "entrypoint";
  case KEEP_REASON_EXEC:
    return "exec";
  case KEEP_REASON_HEALTHCHECK:
    return "healthcheck";
  case KEEP_REASON_ARGUMENT:
    return "argument";
  case KEEP_REASON_INCLUDE:
    return "include";
  case KEEP_REASON_CONFIG:
    return "config";
  case KEEP_REASON_INTERP:
    return "interpreter";
  case KEEP_REASON_NEEDED:
    return "needed";
  case KEEP_REASON_DLOPEN:
    return "dlopen";
  case KEEP_REASON_LOADER:
    return "loader";
  case KEEP_REASON_SHEBANG:
    return "shebang";
  case KEEP_REASON_COMMAND:
    return "command";
  case KEEP_REASON_RULE:
    return "rule";
  case KEEP_REASON_PACKAGE:
    return "package";
  case KEEP_REASON_PACKAGE_DB:
    return "package-db";
  case KEEP_REASON_LINK:
    return "link";
  case KEEP_REASON_PARENT:
    return "parent";
  }
  g_assert_not_reached();
}
