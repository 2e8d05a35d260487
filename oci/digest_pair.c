/* Intel's SHA extensions, two streams interleaved; nothing elsewhere. */
#include "oci/digest_pair.h"

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>

#define SHA_CODE static inline __attribute__((target("sha,sse4.1"), always_inline))

/* The cube roots of the first 64 primes. */
static const guint32 round_constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* One stream in registers. The instructions want the words A B E F and C D G H together. */
typedef struct
{
  __m128i abef;
  __m128i cdgh;
  __m128i message[4]; /* the sixteen words of the schedule that are needed next */
} Lane;

SHA_CODE __m128i load_words(const void *words)
{
  return _mm_loadu_si128((const __m128i *)words);
}

SHA_CODE void load_state(Lane *lane, const guint32 *state)
{
  __m128i badc = _mm_shuffle_epi32(load_words(state), 0xb1);
  __m128i hgfe = _mm_shuffle_epi32(load_words(state + 4), 0x1b);
  lane->abef = _mm_alignr_epi8(badc, hgfe, 8);
  lane->cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
}

SHA_CODE void store_state(const Lane *lane, guint32 *state)
{
  __m128i feba = _mm_shuffle_epi32(lane->abef, 0x1b);
  __m128i dchg = _mm_shuffle_epi32(lane->cdgh, 0xb1);
  _mm_storeu_si128((__m128i *)(gpointer)state, _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128((__m128i *)(gpointer)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

SHA_CODE void load_message(Lane *lane, const guint8 *block)
{
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  for (int i = 0; i < 4; i++)
    lane->message[i] = _mm_shuffle_epi8(load_words(block + 16 * i), big_endian);
}

/* Four rounds, and the four words of the schedule that take the place of those used. */
SHA_CODE void four_rounds(Lane *lane, int group)
{
  __m128i *now = &lane->message[group % 4];
  __m128i next = lane->message[(group + 1) % 4];
  __m128i before_last = lane->message[(group + 2) % 4];
  __m128i last = lane->message[(group + 3) % 4];
  __m128i words = _mm_add_epi32(*now, load_words(round_constants + 4 * group));
  lane->cdgh = _mm_sha256rnds2_epu32(lane->cdgh, lane->abef, words);
  lane->abef = _mm_sha256rnds2_epu32(lane->abef, lane->cdgh, _mm_shuffle_epi32(words, 0x0e));
  if (group >= 12)
    return;
  __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(*now, next), _mm_alignr_epi8(last, before_last, 4));
  *now = _mm_sha256msg2_epu32(sum, last);
}

SHA_CODE void add_state(Lane *lane, __m128i abef, __m128i cdgh)
{
  lane->abef = _mm_add_epi32(lane->abef, abef);
  lane->cdgh = _mm_add_epi32(lane->cdgh, cdgh);
}

/* By hand, for each compiler has its own word for unrolling; the constants must be known at compile time. */
#define BOTH(group)                                                                                                                        \
  four_rounds(&left, group);                                                                                                               \
  four_rounds(&right, group)
#define BOTH_FOUR(group)                                                                                                                   \
  BOTH(group);                                                                                                                             \
  BOTH((group) + 1);                                                                                                                       \
  BOTH((group) + 2);                                                                                                                       \
  BOTH((group) + 3)

__attribute__((target("sha,sse4.1"))) void oci_sha256_pair(guint32 *a_state, const guint8 *a, guint32 *b_state, const guint8 *b,
                                                           gsize blocks)
{
  Lane left;
  Lane right;
  load_state(&left, a_state);
  load_state(&right, b_state);
  for (; blocks > 0; blocks--, a += 64, b += 64)
  {
    __m128i left_abef = left.abef;
    __m128i left_cdgh = left.cdgh;
    __m128i right_abef = right.abef;
    __m128i right_cdgh = right.cdgh;
    load_message(&left, a);
    load_message(&right, b);
    BOTH_FOUR(0);
    BOTH_FOUR(4);
    BOTH_FOUR(8);
    BOTH_FOUR(12);
    add_state(&left, left_abef, left_cdgh);
    add_state(&right, right_abef, right_cdgh);
  }
  store_state(&left, a_state);
  store_state(&right, b_state);
}

gboolean oci_sha256_pair_supported(void)
{
  guint eax, ebx, ecx, edx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & bit_SSE4_1) == 0)
    return FALSE;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & bit_SHA) != 0;
}

#else

void oci_sha256_pair(guint32 *a_state, const guint8 *a, guint32 *b_state, const guint8 *b, gsize blocks)
{
  (void)a_state, (void)a, (void)b_state, (void)b, (void)blocks;
  g_assert_not_reached(); /* never asked for: not supported */
}

gboolean oci_sha256_pair_supported(void)
{
  return FALSE;
}

#endif
