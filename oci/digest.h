/*
 * Content digests: "sha256:<64 lower-case hex digits>", sha512 alike.
 *
 * Spec: image-spec descriptor.md, "Digests".
 */
#ifndef OCI_DIGEST_H
#define OCI_DIGEST_H

#include <glib.h>

typedef enum
{
  OCI_DIGEST_SHA256,
  OCI_DIGEST_SHA512,
} OciDigestAlgorithm;

typedef struct
{
  OciDigestAlgorithm algorithm;
  guint8 bytes[64]; /* sha256: the first 32, the rest 0 */
} OciDigest;

/*
 * Errors: OCI_ERROR_MALFORMED (grammar, upper case, length),
 * OCI_ERROR_UNSUPPORTED (a registered algorithm that is not here).
 */
gboolean oci_digest_parse(const char *text, OciDigest *digest, GError **error);

/* "sha256:…". Returns: a new string. */
char *oci_digest_format(const OciDigest *digest);

/* Only the hexadecimal digits. Returns: a new string. */
char *oci_digest_hex(const OciDigest *digest);

gboolean oci_digest_equal(const OciDigest *a, const OciDigest *b);

/* Computes the digest of bytes that come in pieces. Never fails. */
typedef struct oci_hasher OciHasher;
OciHasher *oci_hasher_new(OciDigestAlgorithm algorithm);
void oci_hasher_update(OciHasher *hasher, const void *bytes, gsize length);
/* The same as an update of each, but faster for long pieces of sha256: one core hashes both at once. a and b must differ. */
void oci_hasher_update_pair(OciHasher *a, const void *a_bytes, gsize a_length, OciHasher *b, const void *b_bytes, gsize b_length);
void oci_hasher_finish(OciHasher *hasher, OciDigest *digest); /* once */
void oci_hasher_free(OciHasher *hasher);

void oci_digest_compute(OciDigestAlgorithm algorithm, const void *bytes, gsize length, OciDigest *digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OciHasher, oci_hasher_free)

#endif
