/* Exported key material: what a protocol above may derive from the connection. RFC 5705 4 (TLS 1.2), RFC 9846 7.5. */
#ifndef HF_SCHEDULE_EXPORTER_H
#define HF_SCHEDULE_EXPORTER_H

#include "base/secret.h"
#include "crypto/hash.h"

/* What is asked for. In TLS 1.2 no context and an empty one give different bytes; in 1.3 they are the same. */
struct hf_export_request {
    struct hf_span label; /* ASCII without NUL; at most 249 bytes in 1.3, 128 in 1.2 */
    const char *prefix;   /* 1.3: of HKDF labels; NULL means TLS'. The schedule sets it */
    bool has_context;
    struct hf_span context; /* at most 65535 bytes in 1.2 */
};

/* From exporter_master_secret or early_exporter_master_secret. */
HF_MUST enum hf_error hf_exporter13(const struct hf_toolbox *toolbox, enum hf_hash_id hash,
                                    const struct hf_secret *secret, const struct hf_export_request *request,
                                    uint8_t *into, size_t len);

/* From the master secret and the randoms, client's first, of 32 bytes each. wrong_call for the labels that the protocol
 * itself uses ("client finished" and so on, RFC 5705 4). */
struct hf_exporter12_source {
    const struct hf_secret *master;
    struct hf_span client_random;
    struct hf_span server_random;
};
HF_MUST enum hf_error hf_exporter12(const struct hf_toolbox *toolbox, enum hf_hash_id hash,
                                    const struct hf_exporter12_source *source, const struct hf_export_request *request,
                                    uint8_t *into, size_t len);

#endif
