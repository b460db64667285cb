/* The flags of `connect` and `serve` that say which CAs are believed beside those of --ca and --client-ca, and how far.
 */
#ifndef HF_CLI_SETTINGS_TRUST_H
#define HF_CLI_SETTINGS_TRUST_H

#include <handfast/config.h>

#include "options.h"

struct hf_settings_trust {
    struct hf_option_list folders; /* --ca-dir */
    struct hf_option_list domains; /* --trust-domain: DOMAIN=FILE */
    struct hf_option_list keys;    /* --trust-key */
    bool system;                   /* --trust-system */
    bool partial_chains;           /* --allow-partial-chains */
    bool sha1_chains;              /* --allow-sha1-chains */
    size_t rsa_bits_min;           /* --rsa-min; 0: the library's */
    size_t intermediates_max;      /* --max-intermediates */
};

/* What flags that are not given mean. */
#define HF_SETTINGS_TRUST_DEFAULT                                                                                      \
    {                                                                                                                  \
        .intermediates_max = 8                                                                                         \
    }

/* The table for hf_option_group, filling a struct hf_settings_trust. */
extern const struct hf_option hf_settings_trust[];
extern const size_t hf_settings_trust_count;

/* Whether any flag names CAs, or keys. */
bool hf_settings_trust_names_anchors(const struct hf_settings_trust *trust);

/* False: a flag makes no sense; said as `command`'s on stderr, and *ret_exit is the exit status. */
bool hf_settings_trust_check(const struct hf_settings_trust *trust, const char *command, int *ret_exit);

/* Hands all of it to the builder, with the files of --ca or --client-ca. The flags were checked. False, and
 * *ret_failure: a bundle of a trust domain has no CA. */
bool hf_settings_trust_give(struct hf_builder *builder, const struct hf_settings_trust *trust,
                            const struct hf_option_list *files, struct hf_failure *ret_failure);

#endif
