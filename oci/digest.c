/*
 * Digests by OpenSSL, which uses the processor's SHA instructions. For sha256
 * by its older interface: only that lets two streams be hashed as a pair.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "oci/digest.h"

#include "oci/digest_pair.h"
#include "oci/error.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

G_STATIC_ASSERT(sizeof(((SHA256_CTX *)0)->h) == 8 * sizeof(guint32));

struct oci_hasher
{
  OciDigestAlgorithm algorithm;
  gboolean can_pair;   /* only of sha256 */
  SHA256_CTX sha256;   /* only of sha256 */
  EVP_MD_CTX *context; /* of all others */
};

static const char *algorithm_name(OciDigestAlgorithm algorithm)
{
  switch (algorithm)
  {
  case OCI_DIGEST_SHA256:
    return "sha256";
  case OCI_DIGEST_SHA512:
    return "sha512";
  }
  g_assert_not_reached();
}

static gsize algorithm_length(OciDigestAlgorithm algorithm)
{
  switch (algorithm)
  {
  case OCI_DIGEST_SHA256:
    return 32;
  case OCI_DIGEST_SHA512:
    return 64;
  }
  g_assert_not_reached();
}

/* component [separator component]… of image-spec's grammar. */
static gboolean is_algorithm(const char *text, gsize length)
{
  gboolean component = FALSE;
  for (gsize i = 0; i < length; i++)
  {
    if (g_ascii_islower(text[i]) || g_ascii_isdigit(text[i]))
      component = TRUE;
    else if (component && strchr("+._-", text[i]) != NULL && text[i] != '\0')
      component = FALSE;
    else
      return FALSE;
  }
  return component;
}

static gboolean is_encoded(const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum(*c) && strchr("=_-", *c) == NULL)
      return FALSE;
  return *text != '\0';
}

static gboolean parse_hex(const char *text, gsize length, guint8 *bytes)
{
  if (strlen(text) != length * 2)
    return FALSE;
  for (gsize i = 0; i < length * 2; i++)
    if (!g_ascii_isdigit(text[i]) && (text[i] < 'a' || text[i] > 'f'))
      return FALSE;
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8)(g_ascii_xdigit_value(text[2 * i]) << 4 | g_ascii_xdigit_value(text[2 * i + 1]));
  return TRUE;
}

static gboolean fail_digest(const char *text, int code, const char *why, GError **error)
{
  g_autofree char *quoted = oci_quote(text);
  g_set_error(error, OCI_ERROR, code, "digest %s %s", quoted, why);
  return FALSE;
}

gboolean oci_digest_parse(const char *text, OciDigest *digest, GError **error)
{
  const char *colon = strchr(text, ':');
  if (colon == NULL || !is_algorithm(text, (gsize)(colon - text)) || !is_encoded(colon + 1))
    return fail_digest(text, OCI_ERROR_MALFORMED, "is not of the form algorithm:digits", error);
  static const OciDigestAlgorithm known[] = {OCI_DIGEST_SHA256, OCI_DIGEST_SHA512};
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
  {
    const char *name = algorithm_name(known[i]);
    if (strlen(name) != (gsize)(colon - text) || strncmp(text, name, strlen(name)) != 0)
      continue;
    OciDigest parsed = {.algorithm = known[i]};
    if (!parse_hex(colon + 1, algorithm_length(known[i]), parsed.bytes))
      return fail_digest(text, OCI_ERROR_MALFORMED, "has not the right number of lower-case hexadecimal digits", error);
    *digest = parsed;
    return TRUE;
  }
  return fail_digest(text, OCI_ERROR_UNSUPPORTED, "uses an algorithm other than sha256 and sha512", error);
}

char *oci_digest_hex(const OciDigest *digest)
{
  gsize length = algorithm_length(digest->algorithm);
  GString *hex = g_string_sized_new(2 * length + 1);
  for (gsize i = 0; i < length; i++)
  {
    g_string_append_c(hex, "0123456789abcdef"[digest->bytes[i] >> 4]);
    g_string_append_c(hex, "0123456789abcdef"[digest->bytes[i] & 15]);
  }
  return g_string_free(hex, FALSE);
}

char *oci_digest_format(const OciDigest *digest)
{
  g_autofree char *hex = oci_digest_hex(digest);
  return g_strconcat(algorithm_name(digest->algorithm), ":", hex, NULL);
}

gboolean oci_digest_equal(const OciDigest *a, const OciDigest *b)
{
  return a->algorithm == b->algorithm && memcmp(a->bytes, b->bytes, algorithm_length(a->algorithm)) == 0;
}

/* OpenSSL fails here only without memory or without the algorithm: like GLib, stop. */
static void expect(int result, const char *what)
{
  if (result != 1)
    g_error("libcrypto: %s failed", what);
}

/* Blocks of both that are taken at once; the states must have no part of a block in them. */
static void take_pair(OciHasher *a, const guint8 *a_bytes, OciHasher *b, const guint8 *b_bytes, gsize blocks)
{
  oci_sha256_pair(a->sha256.h, a_bytes, b->sha256.h, b_bytes, blocks);
  OciHasher *both[] = {a, b};
  for (gsize i = 0; i < G_N_ELEMENTS(both); i++)
  {
    SHA256_CTX *context = &both[i]->sha256;
    guint64 bits = ((guint64)context->Nh << 32 | context->Nl) + (guint64)blocks * 512;
    context->Nh = (SHA_LONG)(bits >> 32);
    context->Nl = (SHA_LONG)bits;
  }
}

/* Returns: how many bytes complete the block that was begun. */
static gsize missing(const OciHasher *hasher)
{
  return (64 - hasher->sha256.num) % 64;
}

OciHasher *oci_hasher_new(OciDigestAlgorithm algorithm)
{
  OciHasher *hasher = g_new0(OciHasher, 1);
  hasher->algorithm = algorithm;
  switch (algorithm)
  {
  case OCI_DIGEST_SHA256:
    hasher->can_pair = oci_sha256_pair_supported();
    expect(SHA256_Init(&hasher->sha256), "SHA256_Init");
    break;
  case OCI_DIGEST_SHA512:
    hasher->context = EVP_MD_CTX_new();
    expect(hasher->context != NULL, "EVP_MD_CTX_new");
    expect(EVP_DigestInit_ex(hasher->context, EVP_sha512(), NULL), "EVP_DigestInit_ex");
    break;
  }
  return hasher;
}

void oci_hasher_update(OciHasher *hasher, const void *bytes, gsize length)
{
  if (hasher->context == NULL)
    expect(SHA256_Update(&hasher->sha256, bytes, length), "SHA256_Update");
  else
    expect(EVP_DigestUpdate(hasher->context, bytes, length), "EVP_DigestUpdate");
}

void oci_hasher_update_pair(OciHasher *a, const void *a_bytes, gsize a_length, OciHasher *b, const void *b_bytes, gsize b_length)
{
  if (a->can_pair && b->can_pair && a_length >= 128 && b_length >= 128)
  {
    gsize a_head = missing(a);
    gsize b_head = missing(b);
    oci_hasher_update(a, a_bytes, a_head);
    oci_hasher_update(b, b_bytes, b_head);
    gsize blocks = MIN(a_length - a_head, b_length - b_head) / 64;
    take_pair(a, (const guint8 *)a_bytes + a_head, b, (const guint8 *)b_bytes + b_head, blocks);
    a_bytes = (const guint8 *)a_bytes + a_head + blocks * 64;
    a_length -= a_head + blocks * 64;
    b_bytes = (const guint8 *)b_bytes + b_head + blocks * 64;
    b_length -= b_head + blocks * 64;
  }
  oci_hasher_update(a, a_bytes, a_length);
  oci_hasher_update(b, b_bytes, b_length);
}

void oci_hasher_finish(OciHasher *hasher, OciDigest *digest)
{
  *digest = (OciDigest){.algorithm = hasher->algorithm};
  if (hasher->context == NULL)
    expect(SHA256_Final(digest->bytes, &hasher->sha256), "SHA256_Final");
  else
    expect(EVP_DigestFinal_ex(hasher->context, digest->bytes, NULL), "EVP_DigestFinal_ex");
}

void oci_hasher_free(OciHasher *hasher)
{
  if (hasher == NULL)
    return;
  EVP_MD_CTX_free(hasher->context);
  g_free(hasher);
}

void oci_digest_compute(OciDigestAlgorithm algorithm, const void *bytes, gsize length, OciDigest *digest)
{
  g_autoptr(OciHasher) hasher = oci_hasher_new(algorithm);
  oci_hasher_update(hasher, bytes, length);
  oci_hasher_finish(hasher, digest);
}
