/*
 * Limits of this library. An input that reaches one is refused with an error
 * (ELFDEPS_ERROR_LIMIT) that names it.
 */
#ifndef ELFDEPS_LIMITS_H
#define ELFDEPS_LIMITS_H

enum
{
  ELFDEPS_LIMIT_PROGRAM_HEADERS_BYTES = 64 * 1024,     /* as the kernel */
  ELFDEPS_LIMIT_DYNAMIC_BYTES = 1024 * 1024,           /* one dynamic section */
  ELFDEPS_LIMIT_NEEDED = 4096,                         /* dependencies of one object */
  ELFDEPS_LIMIT_NAMES_BYTES = 256 * 1024,              /* their names together: string tables overlap at will */
  ELFDEPS_LIMIT_PATH_BYTES = 4096,                     /* PATH_MAX: interpreter, names, expanded paths */
  ELFDEPS_LIMIT_PATH_LIST_BYTES = 64 * 1024,           /* one RPATH, RUNPATH or LD_LIBRARY_PATH */
  ELFDEPS_LIMIT_PATH_LIST_ELEMENTS = 1024,             /* its directories */
  ELFDEPS_LIMIT_PATH_LIST_EXPANDED_BYTES = 256 * 1024, /* and what they become when tokens are expanded */
  ELFDEPS_LIMIT_NOTES_BYTES = 1024 * 1024,             /* all notes of an object */
  ELFDEPS_LIMIT_NOTE_JSON_BYTES = 64 * 1024,           /* one .note.dlopen */
  ELFDEPS_LIMIT_NOTE_DEPENDENCIES = 1024,              /* dependencies in all notes of an object */
  ELFDEPS_LIMIT_NOTE_SONAMES = 64,                     /* alternatives of one dependency */
  ELFDEPS_LIMIT_NOTE_SONAME_BYTES = 255,               /* NAME_MAX */
  ELFDEPS_LIMIT_NOTE_DEPTH = 4,                        /* nesting of the JSON */
  ELFDEPS_LIMIT_SYMBOLS = 1024 * 1024,                 /* dynamic symbols of an object */
  ELFDEPS_LIMIT_SYMBOL_NAMES_BYTES = 128 * 1024 * 1024, /* a string table that imports are read from */
  ELFDEPS_LIMIT_PROGRAM_BYTES = 512 * 1024 * 1024,     /* bytes of an object that are looked through for texts */
  ELFDEPS_LIMIT_LOADER_BYTES = 4 * 1024 * 1024,        /* bytes of an interpreter that are looked through */
  ELFDEPS_LIMIT_CACHE_BYTES = 16 * 1024 * 1024,        /* ld.so.cache */
  ELFDEPS_LIMIT_CONFIG_BYTES = 64 * 1024,              /* ld.so.preload, ld.so.conf, ld-musl-*.path */
  ELFDEPS_LIMIT_CONFIG_FILES = 256,                    /* files that ld.so.conf includes */
  ELFDEPS_LIMIT_HWCAPS_DIRECTORIES = 1024,             /* below one library directory; more are not looked at */
  ELFDEPS_LIMIT_OBJECTS = 16384,                       /* objects of one closure */
  ELFDEPS_LIMIT_EDGES = 256 * 1024,                    /* edges of one closure */
  ELFDEPS_LIMIT_TRIED = 64 * 1024,                     /* paths recorded for what a closure misses; more are not recorded */
  ELFDEPS_LIMIT_WARNINGS = 256,                        /* of one closure; more are not recorded */
  ELFDEPS_LIMIT_PROBES = 1024 * 1024,                  /* paths tried for one closure */
};

#endif
