/* Flags to a config: which identity, whom to believe, versions, lists. */
#ifndef HF_BOGO_SETTINGS_H
#define HF_BOGO_SETTINGS_H

#include "flags.h"

#include <handfast/config.h>

/* What the config's callbacks write to; it must outlive the config's connections. */
struct bogo_settings {
    void (*key_log)(void *context, const char *line);
    void (*seen)(void *context, const struct hf_connection *connection, const struct hf_seen *what);
    void *context;
    int64_t now_s;
    const char *retry_peer; /* the certificates expected behind refused early data, on the same connection; NULL */
};

/* NULL: *ret_failure says why. Ends the program with status 89 where the flags ask for what is not built. */
struct hf_config *bogo_settings_make(const struct bogo_flags *flags, const struct bogo_settings *settings,
                                     struct hf_failure *ret_failure);

/* Of the path, as the flags say it. */
size_t bogo_settings_datagram_max(const struct bogo_flags *flags);

/* Whether libcrypto has ML-KEM, and so ML-DSA: it is 3.5 or later. */
bool bogo_settings_has_ml_kem(void);

/* The text of the default identity's private key, held until the next call. */
const char *bogo_settings_key(const struct bogo_flags *flags);

#endif
