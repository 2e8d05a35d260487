/* A cut download goes on where it was; the first one that fails for good ends the others too. */
#include "oci/transport/registry_download.h"

#include "oci/error.h"

#include <string.h>

#define THREADS_MAX 6
#define CUTS_MAX    64 /* of one download, even when each try brings some bytes */

typedef struct
{
  char *digest;
  char *url;
  guint64 size;
  OciBlob *spool;
  OciBlob *blob; /* of the spool: size bytes */
} Download;

struct oci_downloads
{
  OciRegistry *registry;
  char *spool_directory;
  GHashTable *by_digest; /* char* → Download* */
  GMutex lock;           /* of what follows */
  GCond changed;
  GQueue waiting;     /* Download*, borrowed */
  GPtrArray *threads; /* GThread* */
  gboolean stopped;
  GError *failure; /* the first one */
};

/* One answer's bytes. */
typedef struct
{
  Download *download;
  guint64 from; /* where they shall go on */
  guint64 skip; /* bytes to pass over: the server began at the beginning */
  gboolean checked;
} Arrival;

static void download_free(gpointer data)
{
  Download *download = data;
  g_free(download->digest);
  g_free(download->url);
  oci_blob_unref(download->blob);
  oci_blob_unref(download->spool);
  g_free(download);
}

static gboolean fail_size(guint64 sent, guint64 size, GError **error)
{
  g_set_error(error, OCI_ERROR, OCI_ERROR_DIGEST_MISMATCH,
              "the registry sends %" G_GUINT64_FORMAT " bytes or more, the manifest says %" G_GUINT64_FORMAT, sent, size);
  return FALSE;
}

/* Where the bytes of an answer belong. */
static gboolean check_range(Arrival *arrival, const OciHttpResponse *response, GError **error)
{
  guint64 start = 0;
  const char *range = oci_http_response_header(response, "content-range");
  arrival->checked = TRUE;
  if (response->status != 206)
  {
    arrival->skip = arrival->from;
    return TRUE;
  }
  if (range != NULL && g_ascii_strncasecmp(range, "bytes ", 6) == 0)
    start = g_ascii_strtoull(range + 6, NULL, 10);
  if (range != NULL && start == arrival->from)
    return TRUE;
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the registry sends another part than was asked for");
  return FALSE;
}

static gboolean take(const OciHttpResponse *response, const void *bytes, gsize length, gpointer data, GError **error)
{
  Arrival *arrival = data;
  Download *download = arrival->download;
  if (!arrival->checked && !check_range(arrival, response, error))
    return FALSE;
  gsize passed = MIN(length, arrival->skip);
  arrival->skip -= passed;
  bytes = (const guint8 *)bytes + passed;
  length -= passed;
  guint64 there = oci_blob_spool_length(download->spool);
  if (length > download->size - there)
    return fail_size(there + length, download->size, error);
  return length == 0 || oci_blob_spool_append(download->spool, bytes, length, error);
}

typedef enum
{
  TRY_DONE,
  TRY_AGAIN,
  TRY_FAILED,
} Try;

static Try try_once(OciDownloads *downloads, Download *download, GError **error)
{
  g_auto(OciHttpResponse) response;
  oci_http_response_init(&response);
  Arrival arrival = {.download = download, .from = oci_blob_spool_length(download->spool)};
  g_autofree char *range = g_strdup_printf("Range: bytes=%" G_GUINT64_FORMAT "-", arrival.from);
  const char *const headers[] = {arrival.from > 0 ? range : NULL, NULL};
  OciHttpRequest request = {.method = "GET", .url = download->url, .headers = headers, .write = take, .data = &arrival};
  gboolean sent = oci_registry_call(downloads->registry, &request, FALSE, &response, error);
  if (oci_blob_spool_length(download->spool) == download->size && (sent || response.outcome == OCI_HTTP_CUT))
  {
    g_clear_error(error);
    return TRY_DONE;
  }
  if (!sent)
    return response.outcome == OCI_HTTP_CUT ? TRY_AGAIN : TRY_FAILED;
  if (response.status / 100 != 2)
  {
    g_autofree char *what = g_strconcat("blob ", download->digest, NULL);
    oci_registry_fail(downloads->registry, &response, what, error);
    return TRY_FAILED;
  }
  g_set_error(error, OCI_ERROR, OCI_ERROR_IO, "the registry sends %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes",
              oci_blob_spool_length(download->spool), download->size);
  return TRY_AGAIN;
}

static gboolean fetch(OciDownloads *downloads, Download *download, GError **error)
{
  guint vain = 1;
  for (guint cuts = 0; cuts < CUTS_MAX; cuts++)
  {
    g_autoptr(GError) failure = NULL;
    guint64 before = oci_blob_spool_length(download->spool);
    Try outcome = try_once(downloads, download, &failure);
    if (outcome == TRY_DONE)
      return TRUE;
    vain = oci_blob_spool_length(download->spool) > before ? 1 : vain;
    if (outcome == TRY_FAILED || cuts + 1 == CUTS_MAX || !oci_registry_wait(downloads->registry, vain++, NULL))
    {
      g_propagate_error(error, g_steal_pointer(&failure));
      return FALSE;
    }
  }
  g_assert_not_reached();
}

/* What the others are told to stop for. Called without the lock. */
static void note_failure(OciDownloads *downloads, const GError *failure)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&downloads->lock);
  if (downloads->failure == NULL && !downloads->stopped)
    downloads->failure = g_error_copy(failure);
  downloads->stopped = TRUE;
  g_cond_broadcast(&downloads->changed);
  oci_registry_stop(downloads->registry);
}

/* One whose own failure is only that it was stopped fails with what stopped it. */
static void end(OciDownloads *downloads, Download *download, GError *failure)
{
  if (failure != NULL)
    note_failure(downloads, failure);
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&downloads->lock);
  gboolean stopped = g_error_matches(failure, OCI_ERROR, OCI_ERROR_CANCELLED) && downloads->failure != NULL;
  oci_blob_spool_end(download->spool, stopped ? downloads->failure : failure);
}

static gpointer work(gpointer data)
{
  OciDownloads *downloads = data;
  g_mutex_lock(&downloads->lock);
  while (!downloads->stopped)
  {
    Download *download = g_queue_pop_head(&downloads->waiting);
    if (download == NULL)
    {
      g_cond_wait(&downloads->changed, &downloads->lock);
      continue;
    }
    g_mutex_unlock(&downloads->lock);
    g_autoptr(GError) failure = NULL;
    fetch(downloads, download, &failure);
    end(downloads, download, failure);
    g_mutex_lock(&downloads->lock);
  }
  /* nobody fetches these any more */
  GError *cancelled = g_error_new(OCI_ERROR, OCI_ERROR_CANCELLED, "cancelled");
  for (Download *left = g_queue_pop_head(&downloads->waiting); left != NULL; left = g_queue_pop_head(&downloads->waiting))
    oci_blob_spool_end(left->spool, downloads->failure != NULL ? downloads->failure : cancelled);
  g_error_free(cancelled);
  g_mutex_unlock(&downloads->lock);
  return NULL;
}

OciDownloads *oci_downloads_new(OciRegistry *registry, const char *spool_directory)
{
  OciDownloads *downloads = g_new0(OciDownloads, 1);
  downloads->registry = registry;
  downloads->spool_directory = g_strdup(spool_directory);
  downloads->by_digest = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, download_free);
  downloads->threads = g_ptr_array_new();
  g_mutex_init(&downloads->lock);
  g_cond_init(&downloads->changed);
  g_queue_init(&downloads->waiting);
  return downloads;
}

static void start(OciDownloads *downloads, Download *download)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&downloads->lock);
  if (downloads->stopped)
  {
    g_autoptr(GError) cancelled = g_error_new(OCI_ERROR, OCI_ERROR_CANCELLED, "cancelled");
    oci_blob_spool_end(download->spool, downloads->failure != NULL ? downloads->failure : cancelled);
    return;
  }
  g_queue_push_tail(&downloads->waiting, download);
  if (downloads->threads->len < THREADS_MAX)
    g_ptr_array_add(downloads->threads, g_thread_new("download", work, downloads));
  g_cond_signal(&downloads->changed);
}

OciBlob *oci_downloads_get(OciDownloads *downloads, const OciDescriptor *descriptor, GError **error)
{
  g_autofree char *digest = oci_digest_format(&descriptor->digest);
  Download *download = g_hash_table_lookup(downloads->by_digest, digest);
  if (download != NULL)
    return oci_blob_ref(download->blob);
  OciBlob *spool = oci_blob_new_spool(downloads->spool_directory, error);
  if (spool == NULL)
    return NULL;
  g_autofree char *what = g_strconcat("blobs/", digest, NULL);
  download = g_new0(Download, 1);
  download->url = oci_registry_url(downloads->registry, what);
  download->digest = g_steal_pointer(&digest);
  download->size = descriptor->size;
  download->spool = spool;
  download->blob = oci_blob_new_range(spool, 0, descriptor->size);
  g_hash_table_insert(downloads->by_digest, download->digest, download);
  start(downloads, download);
  return oci_blob_ref(download->blob);
}

void oci_downloads_explain(OciDownloads *downloads, GError **error)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&downloads->lock);
  if (downloads->failure == NULL || error == NULL || !g_error_matches(*error, OCI_ERROR, OCI_ERROR_CANCELLED))
    return;
  g_clear_error(error);
  *error = g_error_copy(downloads->failure);
}

void oci_downloads_free(OciDownloads *downloads)
{
  if (downloads == NULL)
    return;
  g_mutex_lock(&downloads->lock);
  downloads->stopped = TRUE;
  g_cond_broadcast(&downloads->changed);
  g_mutex_unlock(&downloads->lock);
  oci_registry_stop(downloads->registry);
  for (guint i = 0; i < downloads->threads->len; i++)
    g_thread_join(g_ptr_array_index(downloads->threads, i));
  g_ptr_array_unref(downloads->threads);
  g_hash_table_unref(downloads->by_digest);
  g_mutex_clear(&downloads->lock);
  g_cond_clear(&downloads->changed);
  g_clear_error(&downloads->failure);
  g_free(downloads->spool_directory);
  g_free(downloads);
}
