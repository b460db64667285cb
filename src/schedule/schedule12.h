/* The key schedule of TLS 1.2: premaster -> master -> key block and Finished (RFC 5246 6.3, 7.4.9, 8.1), with or
 * without extended master secret (RFC 7627). It knows digests of transcripts, never connections. One thread at a time.
 */
#ifndef HF_SCHEDULE_SCHEDULE12_H
#define HF_SCHEDULE_SCHEDULE12_H

#include <handfast/config.h>

#include "crypto/hash.h"
#include "schedule/exporter.h"
#include "seam/record.h"

enum hf_schedule12_sizes { HF_RANDOM_LEN = 32, HF_MASTER12_LEN = 48, HF_VERIFY_DATA12_LEN = 12 };

/* Wipe it with hf_schedule12_wipe; holders on a stack declare it HF_WIPED_SCHEDULE12. Allocates nothing. */
struct hf_schedule12 {
    const struct hf_toolbox *toolbox;
    enum hf_hash_id hash; /* of the PRF */
    uint8_t client_random[HF_RANDOM_LEN];
    uint8_t server_random[HF_RANDOM_LEN];
    bool is_extended;        /* extended master secret: without it nothing is exported */
    struct hf_secret master; /* len 0 until there is one */
};

#define HF_WIPED_SCHEDULE12 __attribute__((cleanup(hf_schedule12_wipe)))

/* The randoms of both hellos, HF_RANDOM_LEN bytes each; copied. */
struct hf_schedule12_hellos {
    struct hf_span client_random;
    struct hf_span server_random;
};

/* Starts; what it held is wiped. wrong_call when a random has another length. */
HF_MUST enum hf_error hf_schedule12_init(struct hf_schedule12 *schedule, const struct hf_toolbox *toolbox,
                                         enum hf_hash_id hash, const struct hf_schedule12_hellos *hellos);

/* Master secret from both randoms (RFC 5246 8.1). The premaster is wiped in every case. */
HF_MUST enum hf_error hf_schedule12_master(struct hf_schedule12 *schedule, struct hf_premaster *premaster);

/* Master secret from the digest of the handshake up to ClientKeyExchange (RFC 7627 4). The premaster is wiped in every
 * case. */
HF_MUST enum hf_error hf_schedule12_extended_master(struct hf_schedule12 *schedule, struct hf_premaster *premaster,
                                                    const struct hf_digest *session_hash);

/* The master secret of a session that is resumed; 48 bytes. */
HF_MUST enum hf_error hf_schedule12_resume(struct hf_schedule12 *schedule, const struct hf_secret *master,
                                           bool is_extended);

/* How the key block is cut (RFC 5246 6.3); mac_len is 0 for AEAD, iv_len as hf_tls12_iv_len says. */
struct hf_key_block_shape {
    size_t mac_len;
    size_t key_len;
    size_t iv_len;
};

/* The keys of both directions. */
HF_MUST enum hf_error hf_schedule12_keys(const struct hf_schedule12 *schedule, const struct hf_key_block_shape *shape,
                                         struct hf_traffic_keys *ret_client, struct hf_traffic_keys *ret_server);

/* verify_data (12 bytes) of the Finished which `sender` makes over `digest` (RFC 5246 7.4.9). */
HF_MUST enum hf_error hf_schedule12_finished(const struct hf_schedule12 *schedule, enum hf_role sender,
                                             const struct hf_digest *digest, struct hf_digest *ret_verify_data);

/* `len` bytes of exported key material (RFC 5705 4). No context and an empty one differ here. Without extended master
 * secret: wrong_call (RFC 7627 5.4). On failure `into` is wiped. */
HF_MUST enum hf_error hf_schedule12_export(const struct hf_schedule12 *schedule,
                                           const struct hf_export_request *request, uint8_t *into, size_t len);

/* Wipes all. */
void hf_schedule12_wipe(struct hf_schedule12 *schedule);

#endif
