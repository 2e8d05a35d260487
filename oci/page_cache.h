/*
 * Decoded bytes that were read a short while ago, of all layers of an image.
 * Thread-safe.
 *
 * Private to oci/layer_*.c.
 */
#ifndef OCI_PAGE_CACHE_H
#define OCI_PAGE_CACHE_H

#include <glib.h>

/* Of decoded bytes, aligned to their own size. */
#define OCI_PAGE_BYTES ((gsize)128 << 10)

typedef struct oci_page_cache OciPageCache; /* reference counted */

/* limit: bytes of memory; at least one page. */
OciPageCache *oci_page_cache_new(gsize limit);
OciPageCache *oci_page_cache_ref(OciPageCache *cache);
void oci_page_cache_unref(OciPageCache *cache);

/*
 * Copies from a page.
 *
 * owner: whose page, by address; number: offset / OCI_PAGE_BYTES.
 * got: set to the bytes copied, less than length only where the page is short.
 * Returns: FALSE when the page is not there.
 */
gboolean oci_page_cache_read(OciPageCache *cache, gconstpointer owner, guint64 number, gsize offset, void *buffer, gsize length,
                             gsize *got);

/* Copies length bytes, at most OCI_PAGE_BYTES, into the cache. */
void oci_page_cache_insert(OciPageCache *cache, gconstpointer owner, guint64 number, const void *bytes, gsize length);

/* Forgets all pages of owner. */
void oci_page_cache_drop(OciPageCache *cache, gconstpointer owner);

#endif
