/*
 * Images made by the tests, file by file, so that each may be wrong in one
 * place: as a directory, as a tar, as a pipe.
 */
#ifndef TESTS_UNIT_IMAGE_FIXTURE_H
#define TESTS_UNIT_IMAGE_FIXTURE_H

#include <glib.h>

/* Files in order; a name that is added twice is there twice in the tar. */
typedef struct fixture Fixture;

Fixture *fixture_new(void);
void fixture_free(Fixture *fixture);

void fixture_add(Fixture *fixture, const char *name, const void *bytes, gsize length);
void fixture_add_symlink(Fixture *fixture, const char *name, const char *target);
/* JSON with single quotes. */
void fixture_add_json(Fixture *fixture, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Adds a file under its digest. Returns: the digest's text, owned by the fixture. */
const char *fixture_add_blob(Fixture *fixture, GBytes *bytes);
const char *fixture_add_blob_json(Fixture *fixture, gsize *length, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A tar of one file; path without a leading slash. Returns: owned by the caller. */
GBytes *fixture_layer(const char *path, const char *content);
/* The same through gzip. */
GBytes *fixture_gzip(GBytes *bytes);
const char *fixture_digest(Fixture *fixture, GBytes *bytes);

/*
 * Adds a whole image of one plain layer. Returns: its descriptor as JSON with
 * double quotes and without the closing brace; owned by the fixture.
 */
const char *fixture_add_image(Fixture *fixture, const char *path, const char *content, const char *architecture);

/* oci-layout and an index.json with these entries (JSON with single or double quotes). */
void fixture_add_index(Fixture *fixture, const char *entries);

GBytes *fixture_tar(const Fixture *fixture);                            /* owned by the caller */
char *fixture_write_tar(const Fixture *fixture, const char *folder);    /* path, owned by the caller */
char *fixture_write_layout(const Fixture *fixture, const char *folder); /* path, owned by the caller */
int fixture_pipe(GBytes *bytes, GThread **writer);                      /* reading end; join the writer */

/* A folder for one test. Returns: owned by the caller. */
char *fixture_folder(void);
void fixture_remove_folder(char *folder); /* takes it */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fixture, fixture_free)

#endif
