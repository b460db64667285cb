/* The key schedule of TLS 1.3 (RFC 9846 7): early, handshake and master secret, and what is derived from each.
 * It goes one way: each step derives what its stage gives, and overwrites the secret it came from. It knows digests of
 * transcripts, never connections.
 *
 *   init -> early -> [binder, early_traffic] -> shared -> handshake -> master -> resumption -> update, ticket_psk,
 * export ...
 *
 * A call out of this order is wrong_call. One thread at a time. */
#ifndef HF_SCHEDULE_SCHEDULE13_H
#define HF_SCHEDULE_SCHEDULE13_H

#include <handfast/config.h>

#include "crypto/hash.h"
#include "schedule/exporter.h"
#include "seam/record.h"

/* The secrets that have names of their own. */
enum hf_secret13 {
    HF_SECRET13_CLIENT_EARLY = 0, /* client_early_traffic_secret */
    HF_SECRET13_EARLY_EXPORTER,   /* early_exporter_master_secret */
    HF_SECRET13_CLIENT_HANDSHAKE, /* client_handshake_traffic_secret */
    HF_SECRET13_SERVER_HANDSHAKE,
    HF_SECRET13_CLIENT_TRAFFIC, /* client_application_traffic_secret_N, N grows with update */
    HF_SECRET13_SERVER_TRAFFIC,
    HF_SECRET13_EXPORTER,   /* exporter_master_secret */
    HF_SECRET13_RESUMPTION, /* resumption_master_secret */
    HF_SECRET13_COUNT
};

/* As many as live at once. */
enum { HF_SCHEDULE13_PLACES = 5 };

enum hf_stage13 {
    HF_STAGE13_NEW = 0,
    HF_STAGE13_EARLY,
    HF_STAGE13_SHARED,
    HF_STAGE13_HANDSHAKE,
    HF_STAGE13_MASTER,
    HF_STAGE13_OPEN
};

/* What a PSK is, which names its binder (RFC 9846 7.1). */
enum hf_psk_kind { HF_PSK_RESUMPTION = 0, HF_PSK_EXTERNAL, HF_PSK_IMPORTED };

/* Wipe it with hf_schedule13_wipe; holders on a stack declare it HF_WIPED_SCHEDULE13. Allocates nothing. */
struct hf_schedule13 {
    const struct hf_toolbox *toolbox;
    enum hf_hash_id hash;
    const char *prefix; /* of all labels; NULL: that of TLS */
    bool has_number_keys;
    bool yields_secrets;
    enum hf_stage13 stage;
    struct hf_secret current;                      /* early, handshake or master secret: only this one lives */
    struct hf_secret places[HF_SCHEDULE13_PLACES]; /* of the others, see schedule13.c; len 0: none stands there */
};

#define HF_WIPED_SCHEDULE13 __attribute__((cleanup(hf_schedule13_wipe)))

/* Starts with the suite's (or the PSK's) hash. May be called again to start over; what it held is wiped. */
void hf_schedule13_init(struct hf_schedule13 *schedule, const struct hf_toolbox *toolbox, enum hf_hash_id hash);

/* For another protocol than TLS, after init: the prefix of its labels (static, 6 characters), and whether record keys
 * have one that hides record numbers (RFC 9147 4.2.3, 5.9). */
void hf_schedule13_name(struct hf_schedule13 *schedule, const char *prefix, bool has_number_keys);

/* After init: hf_schedule13_keys gives the traffic secrets themselves, and no keys (RFC 9001 4.1.4). */
void hf_schedule13_yield_secrets(struct hf_schedule13 *schedule);

/* Early secret from the PSK; NULL or empty: no PSK, zeros. */
HF_MUST enum hf_error hf_schedule13_early(struct hf_schedule13 *schedule, const struct hf_secret *psk);

/* The binder of the PSK given to early, over the digest of the truncated ClientHello (RFC 9846 4.3.11.2). */
HF_MUST enum hf_error hf_schedule13_binder(const struct hf_schedule13 *schedule, enum hf_psk_kind kind,
                                           const struct hf_digest *hello, struct hf_digest *ret_binder);

/* Derives CLIENT_EARLY and EARLY_EXPORTER, over the digest of the ClientHello. Only when 0-RTT is offered or taken. */
HF_MUST enum hf_error hf_schedule13_early_traffic(struct hf_schedule13 *schedule, const struct hf_digest *hello);

/* Handshake secret from the key exchange's output, which is wiped in every case; NULL or empty: a PSK alone (psk_ke),
 * zeros. */
HF_MUST enum hf_error hf_schedule13_shared(struct hf_schedule13 *schedule, struct hf_premaster *shared);

/* The handshake traffic secrets over ClientHello..ServerHello. */
HF_MUST enum hf_error hf_schedule13_handshake(struct hf_schedule13 *schedule, const struct hf_digest *hellos);

/* Master secret, both application traffic secrets and EXPORTER over ClientHello..server Finished. The handshake traffic
 * secrets stay, because the client's Finished still needs its own; the early ones go. */
HF_MUST enum hf_error hf_schedule13_master(struct hf_schedule13 *schedule, const struct hf_digest *to_server_finished);

/* RESUMPTION over ClientHello..client Finished. The master secret and the handshake traffic secrets go. */
HF_MUST enum hf_error hf_schedule13_resumption(struct hf_schedule13 *schedule,
                                               const struct hf_digest *to_client_finished);

/* verify_data of the Finished which `sender` makes over `digest` (RFC 9846 4.5.3). From handshake until resumption
 * with the handshake traffic secrets; afterwards (post-handshake authentication) with the application ones. */
HF_MUST enum hf_error hf_schedule13_finished(const struct hf_schedule13 *schedule, enum hf_role sender,
                                             const struct hf_digest *digest, struct hf_digest *ret_verify_data);

/* Record keys from a traffic secret (RFC 9846 7.3). The IV is 12 bytes. key_len 0 is for suites that only
 * authenticate: key and IV are as long as the hash (RFC 9150 6). wrong_call when the secret is not derived. */
HF_MUST enum hf_error hf_schedule13_keys(const struct hf_schedule13 *schedule, enum hf_secret13 which, size_t key_len,
                                         struct hf_traffic_keys *ret_keys);

/* The next application traffic secret of `sender`, over the old one (RFC 9846 7.2). */
HF_MUST enum hf_error hf_schedule13_update(struct hf_schedule13 *schedule, enum hf_role sender);

/* The PSK of a ticket with this nonce (RFC 9846 4.7.1). */
HF_MUST enum hf_error hf_schedule13_ticket_psk(const struct hf_schedule13 *schedule, struct hf_span nonce,
                                               struct hf_secret *ret_psk);

/* `len` bytes of key material exported under `label` (RFC 9846 7.5). No context and an empty one are the same. `from`
 * is EXPORTER or EARLY_EXPORTER. On failure `into` is wiped. */
HF_MUST enum hf_error hf_schedule13_export(const struct hf_schedule13 *schedule, enum hf_secret13 from,
                                           const struct hf_export_request *request, uint8_t *into, size_t len);

/* A secret, lent: for the key log only. NULL when it is not there. */
const struct hf_secret *hf_schedule13_secret(const struct hf_schedule13 *schedule, enum hf_secret13 which);

/* Wipes all. */
void hf_schedule13_wipe(struct hf_schedule13 *schedule);

#endif
