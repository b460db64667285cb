/* Keys shared beforehand, from files: --psk-file for TLS 1.2, --psk13-file for TLS 1.3. */
#ifndef HF_CLI_KEYS_H
#define HF_CLI_KEYS_H

#include <stdbool.h>

#include <handfast/psk.h>

struct hf_keys {
    const char *path;
    const char *identity; /* only the key of this name; NULL: all */
    bool of_13;
    enum hf_psk_hash hash; /* of those of 1.3 */
    bool imported;         /* likewise */
};

/* Gives the keys of a file of lines IDENTITY:KEY, the key in hexadecimal. Empty lines and those that begin with # are
 * passed over. false, and *ret_failure, when there is none. */
bool hf_keys_give(struct hf_builder *builder, const struct hf_keys *keys, struct hf_failure *ret_failure);

#endif
