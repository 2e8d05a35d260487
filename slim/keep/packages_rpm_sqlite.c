/*
 * A file is opened in memory, read-only, with what a foreign schema could do
 * switched off; a new one is made in memory. Nothing is ever opened on the host.
 */
#include "slim/keep/packages_rpm_sqlite.h"

#include "oci/error.h"

#include <sqlite3.h>
#include <string.h>

#define HEADER_BYTES    100u
#define WRITE_VERSION   18u
#define READ_VERSION    19u
#define CREATOR         96u /* the number of the sqlite that wrote the file */
#define BLOB_MAX_BYTES  (64 << 20)
#define STEPS_AT_A_TIME 100000
#define STEPS_MAX       1000u /* times STEPS_AT_A_TIME operations of sqlite's machine */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3, sqlite3_close_v2)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

/* A schema can hide an endless query behind a table's name. */
static int count_steps(void *data)
{
  guint *steps = data;
  return ++*steps > STEPS_MAX;
}

static void restrict_database(sqlite3 *database, guint *steps)
{
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, BLOB_MAX_BYTES);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(database, SQLITE_LIMIT_WORKER_THREADS, 0);
  sqlite3_progress_handler(database, STEPS_AT_A_TIME, count_steps, steps);
}

static char *dup_failure(sqlite3 *database)
{
  return oci_quote(sqlite3_errmsg(database));
}

char *keep_rpm_sqlite_each(guint8 *bytes, gsize length, void (*found)(const void *blob, gsize length, gpointer data), gpointer data)
{
  if (length < HEADER_BYTES)
    return g_strdup("the file is too short");
  /* a database in memory has no write-ahead log, whatever its header says */
  bytes[WRITE_VERSION] = 1;
  bytes[READ_VERSION] = 1;
  g_autoptr(sqlite3) database = NULL;
  g_autoptr(sqlite3_stmt) statement = NULL;
  guint steps = 0;
  int result = sqlite3_open_v2(":memory:", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_PRIVATECACHE, NULL);
  if (result == SQLITE_OK)
  {
    restrict_database(database, &steps);
    result = sqlite3_deserialize(database, "main", bytes, (sqlite3_int64)length, (sqlite3_int64)length, SQLITE_DESERIALIZE_READONLY);
  }
  if (result == SQLITE_OK)
    result = sqlite3_exec(database, "PRAGMA cell_size_check=ON", NULL, NULL, NULL);
  if (result == SQLITE_OK)
    result = sqlite3_prepare_v2(database, "SELECT blob FROM main.Packages ORDER BY hnum", -1, &statement, NULL);
  if (result != SQLITE_OK)
    return database == NULL ? g_strdup("no memory") : dup_failure(database);
  while ((result = sqlite3_step(statement)) == SQLITE_ROW)
  {
    const void *blob = sqlite3_column_blob(statement, 0);
    int size = sqlite3_column_bytes(statement, 0);
    if (blob != NULL && size > 0)
      found(blob, (gsize)size, data);
  }
  return result == SQLITE_DONE ? NULL : dup_failure(database);
}

gboolean keep_rpm_sqlite_is(GBytes *bytes)
{
  static const char magic[] = "SQLite format 3";
  gsize length = 0;
  const void *data = g_bytes_get_data(bytes, &length);
  return length >= sizeof magic && memcmp(data, magic, sizeof magic) == 0;
}

static gboolean insert_headers(sqlite3 *database, GPtrArray *headers)
{
  g_autoptr(sqlite3_stmt) statement = NULL;
  if (sqlite3_prepare_v2(database, "INSERT INTO Packages(hnum, blob) VALUES(?, ?)", -1, &statement, NULL) != SQLITE_OK)
    return FALSE;
  for (guint i = 0; i < headers->len; i++)
  {
    gsize size = 0;
    const void *blob = g_bytes_get_data(headers->pdata[i], &size);
    if (sqlite3_bind_int64(statement, 1, (sqlite3_int64)i + 1) != SQLITE_OK ||
        sqlite3_bind_blob64(statement, 2, blob, size, SQLITE_STATIC) != SQLITE_OK || sqlite3_step(statement) != SQLITE_DONE ||
        sqlite3_reset(statement) != SQLITE_OK)
      return FALSE;
  }
  return TRUE;
}

GBytes *keep_rpm_sqlite_new(GPtrArray *headers)
{
  static const char schema[] = "BEGIN;CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)";
  g_autoptr(sqlite3) database = NULL;
  if (sqlite3_open_v2(":memory:", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_PRIVATECACHE, NULL) != SQLITE_OK ||
      sqlite3_exec(database, schema, NULL, NULL, NULL) != SQLITE_OK || !insert_headers(database, headers) ||
      sqlite3_exec(database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
    return NULL;
  sqlite3_int64 size = 0;
  unsigned char *file = sqlite3_serialize(database, "main", &size, 0);
  if (file == NULL)
    return NULL;
  if (size >= HEADER_BYTES)
    memset(file + CREATOR, 0, sizeof(guint32));
  return g_bytes_new_with_free_func(file, (gsize)size, sqlite3_free, file);
}
