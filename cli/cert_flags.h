/* The flags of `handfast cert`'s subcommands: one struct, one row each; a page picks the rows it needs. */
#ifndef HF_CLI_CERT_FLAGS_H
#define HF_CLI_CERT_FLAGS_H

#include <handfast/authority.h>

#include "options.h"
#include "pass_phrase.h"

struct hf_cert_flags {
    const char *ca; /* directory of the CA; for check: a file of CAs */
    const char *name;
    const char *client;
    struct hf_option_list permit;
    size_t days; /* 0: the subcommand's default */
    const char *key_type;
    const char *key;
    const char *passfile;
    const char *ca_passfile;
    const char *out;
    const char *purpose;
    struct hf_option_list admit; /* for check: rules, or @FILE */
    bool admit_common_names;
    const char *peer; /* for check: one more file */
    struct hf_option_list crls;
    struct hf_option_list responses;
    bool delegates;
    bool new_key;
    bool json;
};

enum { HF_CERT_DAYS_MAX = 36500 };

/* Reads argv by the page, whose one group fills *flags. As hf_options_parse, and --days 0 is refused. */
bool hf_cert_flags_parse(const struct hf_option_page *page, int argc, char **argv, struct hf_option_list *ret_words,
                         int *ret_exit);

/* The kind of key that --key-type names; P-256 when it was not given. */
enum hf_authority_key hf_cert_flags_key(const struct hf_cert_flags *flags);

/* Reads a pass phrase's file: *ret_pass is its text, borrowed from `phrase`, or NULL when path is NULL.
 * False: said on stderr, *ret_exit set. Wipe the phrase. */
bool hf_cert_flags_pass(const char *path, struct hf_pass_phrase *phrase, const char **ret_pass, int *ret_exit);

#endif
