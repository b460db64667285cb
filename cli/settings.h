/* The flags that `connect` and `serve` share, and the configuration that they make. */
#ifndef HF_CLI_SETTINGS_H
#define HF_CLI_SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include <handfast/config.h>

#include "options.h"
#include "settings_trust.h"

enum { HF_SETTINGS_EARLY_MAX = 16384 }; /* bytes of early data: as many as a guest holds */

/* --ech and its kin: see ech.h. */
struct hf_settings_ech {
    const char *configs; /* a client's */
    bool greases;
    bool retries;         /* a client: tries once more with what the server gives, */
    const uint8_t *again; /* which this is, in the second try; NULL in the first */
    size_t again_len;
    struct hf_option_list keys, old_keys; /* a server's */
};

struct hf_settings {
    struct hf_option_list certs;     /* --cert */
    struct hf_option_list keys;      /* --key: the n-th belongs to the n-th --cert; none: each file holds both */
    struct hf_option_list raw_keys;  /* --raw-key */
    struct hf_option_list delegated; /* --delegated: likewise */
    const char *take_delegated;
    struct hf_option_list staples; /* --staple: the n-th belongs to the n-th --cert */
    const char *passfile;
    bool lock_memory;                  /* --lock-memory */
    bool send_anyway;                  /* --send-anyway: hf_builder_present_anyway */
    struct hf_option_list authorities; /* --ca, --client-ca */
    struct hf_settings_trust trust;
    struct hf_option_list admit; /* rules, or @FILE */
    bool admit_common_names;
    struct hf_option_list crls;      /* --crl */
    struct hf_option_list responses; /* --ocsp */
    const char *revocation;          /* off, soft or hard; NULL: the library's default */
    size_t revocation_age;           /* hours; 0: until nextUpdate */
    const char *client_auth;         /* a server's; NULL: require */
    const char *later;               /* hf_builder_post_handshake_auth: present or decline; NULL: off */
    bool any_name;                   /* a client's: --any-name */
    bool dtls;                       /* --dtls: datagrams */
    bool connection_id;              /* --connection-id: a server has IDs of its own, a client writes them */
    const char *min_version;
    const char *max_version;
    const char *suites;
    const char *groups;
    const char *sigalgs;
    const char *alpn;
    const char *cert_compression;
    const char *keylog;
    size_t session_cache;   /* a server's: how many sessions; 0: none */
    size_t prepared_shares; /* likewise: how many key shares are kept ready, of each group */
    bool tickets;           /* a server's */
    bool early_data;        /* --early-data */
    bool keeps_session;     /* a client's: it takes tickets */
    const char *historic;   /* --historic: names of switches */
    const char *psk_file;
    const char *psk13_file;
    const char *psk13_hash; /* sha256 or sha384; NULL: sha256 */
    bool psk13_import;
    bool psk13_and_cert;
    struct hf_settings_ech ech;
    const char *psk_identity; /* of these files only this one; NULL: all */
};

/* Whether keys shared beforehand may stand for certificates. */
bool hf_settings_has_keys(const struct hf_settings *settings);

/* The tables for hf_option_group, each filling a struct hf_settings. */
extern const struct hf_option hf_settings_identity[];
extern const size_t hf_settings_identity_count;
extern const struct hf_option hf_settings_admission[];
extern const size_t hf_settings_admission_count;
extern const struct hf_option hf_settings_revocation[];
extern const size_t hf_settings_revocation_count;
extern const struct hf_option hf_settings_policy[];
extern const size_t hf_settings_policy_count;

/* Called for every message of every connection; see hf_builder_observe. */
struct hf_settings_observer {
    void (*seen)(void *context, const struct hf_connection *connection, const struct hf_seen *what);
    void *context;
};

/* What all configurations of one run have in common, so that sessions outlive each. */
struct hf_settings_kept {
    FILE *key_log; /* NULL without --keylog */
    struct hf_session_cache *session_cache;
    struct hf_ticket_keys *ticket_keys;
};

/* Makes the configuration. What is wrong is said on stderr as `command`'s: NULL then, and *ret_exit is the exit status.
 * *ret_kept is to be released after the last connection has ended. */
struct hf_config *hf_settings_config(const struct hf_settings *settings, enum hf_role role, const char *command,
                                     const struct hf_settings_observer *observer, struct hf_settings_kept *ret_kept,
                                     int *ret_exit);

/* Makes another by the same flags, out of what the files hold now. Nobody is asked for a pass phrase: it must be in
 * --passfile. NULL, and *ret_failure, when something is wrong. */
struct hf_config *hf_settings_config_again(const struct hf_settings *settings, enum hf_role role,
                                           const struct hf_settings_observer *observer,
                                           const struct hf_settings_kept *kept, struct hf_failure *ret_failure);

void hf_settings_release(struct hf_settings_kept *kept);

#endif
