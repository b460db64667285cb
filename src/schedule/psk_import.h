/* Importing external PSKs: from one key one for each protocol and hash, under a name that says for which. RFC 9258. */
#ifndef HF_SCHEDULE_PSK_IMPORT_H
#define HF_SCHEDULE_PSK_IMPORT_H

#include "base/secret.h"
#include "crypto/hash.h"

/* The target_kdf of a hash (RFC 9258 10), and back; 0 and HF_HASH_NONE where there is none. */
uint16_t hf_psk_import_kdf(enum hf_hash_id hash);
enum hf_hash_id hf_psk_import_hash(uint16_t kdf);

struct hf_psk_import {
    const struct hf_toolbox *toolbox;
    const char *prefix;      /* of labels; NULL: that of TLS */
    enum hf_hash_id hash;    /* of the external key */
    enum hf_hash_id target;  /* that the imported key is for */
    struct hf_span identity; /* the ImportedIdentity, as it goes over the wire */
};

/* ipskx of RFC 9258 5.1, as long as the target's hash. */
HF_MUST enum hf_error hf_psk_import_derive(const struct hf_psk_import *import, const struct hf_secret *external,
                                           struct hf_secret *ret_key);

#endif
