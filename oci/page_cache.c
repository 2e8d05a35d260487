/* Least recently used pages go first; their memory is used again at once. */
#include "oci/page_cache.h"

#include <string.h>

typedef struct
{
  gconstpointer owner;
  guint64 number;
  gsize length;
  GList link; /* data: the page */
  guint8 bytes[];
} Page;

struct oci_page_cache
{
  gint references;
  gsize pages_max;
  GMutex lock;
  GHashTable *pages; /* Page* as a set, by owner and number */
  GQueue used;       /* most recent first */
};

static guint page_hash(gconstpointer data)
{
  const Page *page = data;
  return g_int64_hash(&page->number) * 31 + g_direct_hash(page->owner);
}

static gboolean page_equal(gconstpointer a, gconstpointer b)
{
  const Page *left = a;
  const Page *right = b;
  return left->owner == right->owner && left->number == right->number;
}

static Page *find(OciPageCache *cache, gconstpointer owner, guint64 number)
{
  Page key = {.owner = owner, .number = number};
  return g_hash_table_lookup(cache->pages, &key);
}

static void forget(OciPageCache *cache, Page *page)
{
  g_hash_table_remove(cache->pages, page);
  g_queue_unlink(&cache->used, &page->link);
}

/* A page without a place in the cache: a new one, or the oldest. */
static Page *take_page(OciPageCache *cache)
{
  if (cache->used.length < cache->pages_max)
  {
    Page *page = g_malloc(sizeof(Page) + OCI_PAGE_BYTES);
    page->link = (GList){.data = page};
    return page;
  }
  Page *page = g_queue_peek_tail(&cache->used);
  forget(cache, page);
  return page;
}

OciPageCache *oci_page_cache_new(gsize limit)
{
  OciPageCache *cache = g_new0(OciPageCache, 1);
  cache->references = 1;
  cache->pages_max = MAX(limit / OCI_PAGE_BYTES, 1);
  g_mutex_init(&cache->lock);
  g_queue_init(&cache->used);
  cache->pages = g_hash_table_new(page_hash, page_equal);
  return cache;
}

OciPageCache *oci_page_cache_ref(OciPageCache *cache)
{
  g_atomic_int_inc(&cache->references);
  return cache;
}

void oci_page_cache_unref(OciPageCache *cache)
{
  if (!g_atomic_int_dec_and_test(&cache->references))
    return;
  g_hash_table_unref(cache->pages);
  for (GList *link = cache->used.head; link != NULL;)
  {
    Page *page = link->data;
    link = link->next;
    g_free(page);
  }
  g_mutex_clear(&cache->lock);
  g_free(cache);
}

gboolean oci_page_cache_read(OciPageCache *cache, gconstpointer owner, guint64 number, gsize offset, void *buffer, gsize length, gsize *got)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&cache->lock);
  Page *page = find(cache, owner, number);
  if (page == NULL)
    return FALSE;
  g_queue_unlink(&cache->used, &page->link);
  g_queue_push_head_link(&cache->used, &page->link);
  *got = offset < page->length ? MIN(length, page->length - offset) : 0;
  memcpy(buffer, page->bytes + offset, *got);
  return TRUE;
}

void oci_page_cache_insert(OciPageCache *cache, gconstpointer owner, guint64 number, const void *bytes, gsize length)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&cache->lock);
  if (find(cache, owner, number) != NULL)
    return;
  Page *page = take_page(cache);
  page->owner = owner;
  page->number = number;
  page->length = MIN(length, OCI_PAGE_BYTES);
  memcpy(page->bytes, bytes, page->length);
  g_hash_table_add(cache->pages, page);
  g_queue_push_head_link(&cache->used, &page->link);
}

void oci_page_cache_drop(OciPageCache *cache, gconstpointer owner)
{
  g_autoptr(GMutexLocker) G_GNUC_UNUSED locker = g_mutex_locker_new(&cache->lock);
  for (GList *link = cache->used.head; link != NULL;)
  {
    Page *page = link->data;
    link = link->next;
    if (page->owner != owner)
      continue;
    forget(cache, page);
    g_free(page);
  }
}
