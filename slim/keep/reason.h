/*
 * Why a path is kept: one step of the chain that leads back to what the image
 * or the user declared.
 */
#ifndef SLIM_KEEP_REASON_H
#define SLIM_KEEP_REASON_H

#include <glib.h>

typedef enum
{
  KEEP_REASON_ENTRYPOINT,  /* the image's entrypoint or command */
  KEEP_REASON_EXEC,        /* a program that the user named */
  KEEP_REASON_HEALTHCHECK, /* the health check's program */
  KEEP_REASON_ARGUMENT,    /* a path among the arguments of one of these */
  KEEP_REASON_INCLUDE,     /* a glob of the user or of the label */
  KEEP_REASON_CONFIG,      /* working directory, volume, user, home */
  KEEP_REASON_INTERP,      /* the loader of an ELF program */
  KEEP_REASON_NEEDED,      /* a library that the loader opens */
  KEEP_REASON_DLOPEN,      /* a library that an object says it loads later */
  KEEP_REASON_LOADER,      /* a file that the loader reads */
  KEEP_REASON_SHEBANG,     /* the interpreter of a script */
  KEEP_REASON_COMMAND,     /* a command in a shell text */
  KEEP_REASON_RULE,        /* run-time knowledge */
  KEEP_REASON_PACKAGE,     /* a package that something kept belongs to, or depends on */
  KEEP_REASON_PACKAGE_DB,  /* a package database, or what names the distribution */
  KEEP_REASON_LINK,        /* a symbolic link on the way to a kept path */
  KEEP_REASON_PARENT,      /* a directory above a kept path */
} KeepReasonKind;

typedef struct
{
  KeepReasonKind kind;
  const char *from;   /* the kept path that asks for it, or NULL: the image's config or the user */
  const char *detail; /* for people: "libz.so.1, found in a default directory" */
} KeepReason;

/* "entrypoint", "needed", …: stable words of the report. */
const char *keep_reason_kind_name(KeepReasonKind kind);

#endif
