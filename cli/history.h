/* `handfast demo --history`: what practice has retired, one real handshake of each piece, and why it went. */
#ifndef HF_CLI_HISTORY_H
#define HF_CLI_HISTORY_H

#include "demo_material.h"
#include "demo_pair.h"
#include "demo_tell.h"
#include "options.h"

/* How a chapter goes. */
enum hf_history_plot {
    HF_HISTORY_HANDSHAKE = 0,
    HF_HISTORY_RESUMED, /* a full handshake out of sight, then one of the session that it left */
    HF_HISTORY_ASKED_LATER,
    HF_HISTORY_REFUSED /* the library does not have it, and says why */
};

/* What the library must report of the connection, at both ends. Zeros: that there is none. */
struct hf_history_report {
    const char *suite;
    const char *group;  /* "" where there is no Diffie-Hellman */
    const char *scheme; /* by which the server signed; NULL: not looked at */
    bool server_key_exchange;
    bool server_certificate;
    bool client_certificate;
    bool encrypt_then_mac;
    bool compressed;
    bool resumed;
    bool readable; /* the words stand on the wire as they are */
};

struct hf_history_chapter {
    const char *title;
    const char *story;
    struct hf_demo_past past;
    struct hf_demo_protocol protocol;
    enum hf_history_plot plot;
    struct hf_demo_wishes wishes; /* past.switches are added to them */
    bool server_rsa;              /* the server's certificate is of RSA */
    bool off_without;             /* without its switch there is not even a configuration */
    bool parts_groups;            /* when they resume, the ends have no group in common any more */
    const char *words;            /* what the client says */
    struct hf_history_report report;
};

extern const struct hf_history_chapter hf_history_chapters[];
extern const size_t hf_history_chapter_count;

/* Whether a chapter is called so. */
bool hf_history_knows(const char *name);

/* Plays the chapters that `names` has, all when it is empty. False: *ret_failure says what was missing. */
bool hf_history_play(const struct hf_option_list *names, struct hf_demo_material *material,
                     struct hf_demo_teller *teller, struct hf_failure *ret_failure);

#endif
