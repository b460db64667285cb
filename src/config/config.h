/* The config as the floors above see it: immutable once built, counted, shared by threads. It is put together by
 * api/builder.c; everything here is read-only for all others.
 * Names of the protocol's parts are resolved to registry rows, lists that go onto the wire are kept encoded. */
#ifndef HF_CONFIG_CONFIG_H
#define HF_CONFIG_CONFIG_H

#include <handfast/compression.h>
#include <handfast/early.h>
#include <handfast/psk.h>

#include "base/allocation.h"
#include "base/secret.h"
#include "config/transport.h"
#include "crypto/hash.h"
#include "crypto/hpke_key.h"
#include "crypto/toolbox.h"
#include "identity/identity.h"
#include "registry/group.h"
#include "registry/signature_scheme.h"
#include "registry/suite.h"
#include "seam/random.h"
#include "session/cache.h"
#include "session/early_window.h"
#include "session/ticket_keys.h"
#include "certificate/type.h"
#include "registry/srtp_profile.h"
#include "trust/admission.h"
#include "trust/raw_keys.h"
#include "trust/revocation.h"
#include "trust/trust.h"
#include "trust/verified_cache.h"

#include <stdatomic.h>

#define HF_CONFIG_SUITES_MAX         128
#define HF_CONFIG_GROUPS_MAX         16
#define HF_CONFIG_SCHEMES_MAX        24
#define HF_CONFIG_IDENTITIES_MAX     16
#define HF_CONFIG_KEY_SHARES_MAX     3
#define HF_CONFIG_RENEGOTIATIONS_MAX 8
#define HF_CONFIG_COMPRESSIONS_MAX   8
#define HF_CONFIG_DELEGATED_MAX      8

/* A key shared beforehand, and what both ends call it. */
struct hf_config_psk {
    struct hf_config_psk *next;
    struct hf_secret key;
    size_t identity_len;
    uint8_t identity[]; /* any bytes, NUL too: always with its length */
};

/* The same of TLS 1.3. */
struct hf_config_psk13 {
    struct hf_config_psk13 *next;
    struct hf_secret key;
    enum hf_hash_id hash;
    bool imported;
    size_t identity_len;
    size_t context_len;
    uint8_t bytes[]; /* the identity, and behind it the context */
};

/* A Certificate message of ours (1.3) as it goes compressed: made once, by api/builder_compression.c. RFC 8879 4. */
struct hf_config_compressed {
    struct hf_config_compressed *next;
    const struct hf_identity *identity;
    unsigned papers; /* that stand beside its certificates: enum hf_identity_paper */
    uint16_t algorithm;
    size_t uncompressed_len;
    size_t len;
    uint8_t bytes[];
};

/* A server's key of Encrypted Client Hello, and the ECHConfig that is for it. */
struct hf_config_ech_key {
    struct hf_config_ech_key *next;
    struct hf_hpke_key key;
    bool retries; /* clients are told of it */
    size_t len;
    uint8_t bytes[];
};

/* Encrypted Client Hello: <handfast/ech.h>. */
struct hf_config_ech {
    uint8_t *configs; /* a client's: the inside of an ECHConfigList; NULL: none */
    size_t configs_len;
    bool demands; /* a client */
    bool greases; /* a client */
    bool is_backend;
    struct hf_config_ech_key *keys; /* a server's, in the order of the calls */
    uint8_t *retry;                 /* a server's, with keys: the ECHConfigList of those that clients are told of */
    size_t retry_len;
};

struct hf_key_share_pool; /* of config/key_share_pool.h */

struct hf_config {
    struct hf_allocator allocator;
    atomic_size_t holders;
    enum hf_role role;
    struct hf_toolbox *toolbox;
    struct hf_random random;

    const struct hf_transport *transport; /* NULL: streams */
    size_t datagram_max;                  /* 0: not told */
    bool uses_connection_ids;             /* over datagrams */
    size_t connection_id_len;             /* of ours; 0: we want none, and take the peer's */
    enum hf_path_check path_check;
    struct hf_digest quic_early_context; /* QUIC: of what early data depends on, beside TLS; len 0: nothing */
    uint16_t min_version;                /* enum hf_version, of TLS: a generation is the same over datagrams */
    uint16_t max_version;
    const struct hf_suite *suites[HF_CONFIG_SUITES_MAX];
    bool suite_joined[HF_CONFIG_SUITES_MAX]; /* it is equal to the one before, for a server's choice */
    size_t suite_count;
    const struct hf_group *groups[HF_CONFIG_GROUPS_MAX];
    size_t group_count;
    bool groups_in_order; /* a server: the first in common, share or not */
    const struct hf_signature_scheme *schemes[HF_CONFIG_SCHEMES_MAX];
    size_t scheme_count;
    const struct hf_group *key_share_groups[HF_CONFIG_KEY_SHARES_MAX]; /* those of a first ClientHello, in its order */
    size_t key_share_count;

    struct hf_identity *identities[HF_CONFIG_IDENTITIES_MAX];
    size_t identity_count;

    struct hf_trust *trust;                   /* NULL: nobody is asked for a certificate */
    struct hf_key_share_pool *key_shares;     /* prepared ahead; NULL: none */
    struct hf_verified_cache *verified_cache; /* NULL: chains are verified each time */
    struct hf_revocation *revocation;         /* NULL: only what is stapled is looked at */
    struct hf_admission *admission;           /* NULL: every proven peer is admitted */
    struct hf_trust_policy trust_policy;
    enum hf_client_auth client_auth;
    enum hf_post_handshake_auth post_handshake_auth;
    bool authenticators_unasked; /* a server: makes exported authenticators that nobody asked for */
    bool any_server_name;
    bool verdict_outside;
    bool hello_outside;                     /* a server: the application sees each hello first */
    bool revocation_outside;                /* what is missing of it, the application is asked for before its verdict */
    bool sessions_outside;                  /* a server: sessions have IDs, and are looked up by the application */
    struct hf_session_cache *session_cache; /* a server's; NULL: none */
    struct hf_ticket_keys *ticket_keys;     /* a server's; NULL: none */
    unsigned renegotiations_max;            /* on one connection: asked for, or followed */
    const struct hf_srtp_profile *srtp_profiles[HF_SRTP_PROFILES_MAX]; /* best first; over datagrams only */
    size_t srtp_count;
    bool asks_tickets;                      /* a client */
    bool asks_staples;                      /* peers for OCSP responses beside their certificates */
    struct hf_certificate_types own_types;  /* by which we can prove ourselves */
    struct hf_certificate_types peer_types; /* by which peers may */
    struct hf_raw_keys *raw_keys;           /* whose owners we know; NULL: none */
    bool any_raw_key;                       /* the application judges keys that are not among them */
    bool asks_scts;                         /* likewise for SCTs */
    uint8_t ticket_count;                   /* a server in 1.3: of a full handshake */
    uint32_t ticket_lifetime_s;             /* a server in 1.3 */
    bool greases;                           /* RFC 8701 */
    bool must_present;                      /* a client: with an identity, or not at all */
    enum hf_false_start false_start;        /* 1.2, a client */
    bool early_from_anyone;                 /* a server: also of clients that it does not know */
    uint8_t early_window_s;                 /* a server */
    uint32_t early_max;                     /* 1.3: bytes of early data; 0: none */
    struct hf_early_guard early_guard;      /* a server's, where early_max is not 0 */
    struct hf_early_window *early_window;   /* where that guard is our own; else NULL */
    bool requests_tickets;                  /* a client: says how many it wants, of a new session and a resumed one */
    uint8_t request_new, request_resumed;
    /* RFC 9345: by which the keys of peers' credentials may sign; none: credentials are not taken. */
    uint16_t delegated_schemes[HF_CONFIG_DELEGATED_MAX];
    size_t delegated_count;
    /* Of certificates, the best algorithm first; and ours, of each identity by the best algorithm first. */
    struct hf_certificate_compression compressions[HF_CONFIG_COMPRESSIONS_MAX];
    size_t compression_count;
    struct hf_config_compressed *compressed;
    struct hf_digest policy; /* what peers are judged by: config/policy.h */
    bool presents_anyway;
    uint8_t *authorities; /* DistinguishedName list, encoded without its outer length; NULL when none is sent */
    size_t authorities_len;

    unsigned historic;          /* switches that are on: enum hf_historic */
    struct hf_config_psk *psks; /* in the order of the calls; NULL: none */
    char *psk_hint;             /* a server's; NULL: none */
    struct hf_config_psk13 *psks13;
    hf_psk_find *psk13_find; /* a server's; NULL: none */
    void *psk13_find_context;
    bool psk13_with_certificates; /* 1.3 opens by both together, or not at all */
    bool psk13_only;              /* 1.3 opens by a shared key, or by a session, or not at all */

    struct hf_config_ech ech;

    uint8_t *alpn; /* ProtocolName list, encoded without its outer length; NULL when none */
    size_t alpn_len;
    uint16_t record_size_limit;         /* 0: not announced */
    uint16_t record_max;                /* of what we send; 0: as the peer has it */
    bool secure_renegotiation_demanded; /* a client, in 1.2 */
    uint16_t max_fragment_length;       /* in bytes; 0: not asked */
    bool extended_master_secret_demanded;
    unsigned anew_max; /* a client over datagrams: how often a handshake may begin anew */
    size_t max_handshake_message;

    void (*key_log)(void *context, const char *line);
    void *key_log_context;
    void (*observe)(void *context, const struct hf_connection *connection, const struct hf_seen *seen);
    void *observe_context;

    char *suite_names;
    char *group_names;
    char *scheme_names;
};

/* What carries its connections; never NULL. */
static inline const struct hf_transport *hf_config_transport(const struct hf_config *config)
{
    return config->transport == NULL ? &hf_transport_stream : config->transport;
}

/* A server: whether it asks clients for certificates, in the handshake or later. */
static inline bool hf_config_may_ask(const struct hf_config *config)
{
    return config->client_auth != HF_CLIENT_AUTH_NONE || config->post_handshake_auth != HF_POST_HANDSHAKE_AUTH_OFF ||
           (config->historic & HF_HISTORIC_RENEGOTIATION_ASK) != 0;
}

/* Our Certificate message with these papers by the first algorithm of ours that stands in `algorithms` (uint16 each);
 * NULL: there is none. */
const struct hf_config_compressed *hf_config_compressed_find(const struct hf_config *config,
                                                             const struct hf_identity *identity, unsigned papers,
                                                             struct hf_span algorithms);

/* The functions of an algorithm that is on; NULL: it is not. */
const struct hf_certificate_compression *hf_config_compression_find(const struct hf_config *config, uint16_t id);

/* The shared key of this name; NULL when there is none. */
const struct hf_config_psk *hf_config_psk_find(const struct hf_config *config, struct hf_span identity);

/* Whether there are keys of TLS 1.3, here or where the application finds them. */
static inline bool hf_config_has_psk13(const struct hf_config *config)
{
    return config->psks13 != NULL || config->psk13_find != NULL;
}

/* The hash that an application means; HF_HASH_NONE: none that there is. */
enum hf_hash_id hf_config_psk13_hash(enum hf_psk_hash hash);

struct hf_span hf_config_psk13_identity(const struct hf_config_psk13 *psk);
struct hf_span hf_config_psk13_context(const struct hf_config_psk13 *psk);

#endif
