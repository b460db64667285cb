/* The settings of one end in a page: `client groups=x25519 clock=+100d`. */
#ifndef HF_TESTS_TRACES_SETTINGS_H
#define HF_TESTS_TRACES_SETTINGS_H

#include "support/lab.h"

struct trace_side {
    struct lab_side side;
    uint64_t clock_ms;
    char texts[5][96]; /* what `side` points to */
    char admit[96];
    char psk[96]; /* the name of a key of 1.3, which all that have it share */
    char ech[16]; /* right, other: a client encrypts its hello to such a key, a server has it */
    size_t record_size_limit, max_fragment_length, key_shares;
    bool no_authorities;
    bool compresses;
    bool imports;      /* that key */
    bool renegotiates; /* a server asks, a client follows */
    enum hf_post_handshake_auth later;
};

/* The defaults of a role. */
void trace_settings_init(struct trace_side *side);

/* One setting "key=value"; false when it is not known. */
bool trace_settings_take(struct trace_side *side, char *setting);

/* Everything that struct lab_side has no field for. */
void trace_settings_apply(const struct trace_side *side, enum hf_role role, struct hf_builder *builder);

#endif
