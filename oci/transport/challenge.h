/*
 * What a server that says 401 wants: the header WWW-Authenticate.
 *
 * Spec: RFC 9110, 11.6.1.
 */
#ifndef OCI_TRANSPORT_CHALLENGE_H
#define OCI_TRANSPORT_CHALLENGE_H

#include <glib.h>

typedef struct
{
  char *scheme;           /* in lower case: "bearer", "basic" */
  GHashTable *parameters; /* char* (lower case) → char* */
} OciChallenge;

/*
 * Never fails: what cannot be understood ends the list, which is bounded.
 *
 * Returns: OciChallenge*, owned by the caller.
 */
GPtrArray *oci_challenges_parse(const char *header);

/* The first one of a scheme. Returns: borrowed, or NULL. */
const OciChallenge *oci_challenges_find(const GPtrArray *challenges, const char *scheme);

#endif
