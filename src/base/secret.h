/* Secrets are a type of their own that does not convert to a span by accident, and is wiped on every way out:
 *     HF_WIPED struct hf_secret master = {0};
 * is cleared when its scope ends, however it ends. */
#ifndef HF_BASE_SECRET_H
#define HF_BASE_SECRET_H

#include "base/must.h"
#include "base/span.h"

/* The longest secret of a key schedule: a SHA-512 output. Key-exchange outputs have hf_premaster. */
#define HF_SECRET_MAX 64

struct hf_secret {
    uint8_t bytes[HF_SECRET_MAX];
    uint8_t len; /* narrow, because connections hold many of them */
};

/* The longest key-exchange output: a finite-field group of 8192 bits, and a PSK beside it (RFC 4279 2). */
#define HF_PREMASTER_MAX 1280

struct hf_premaster {
    uint8_t bytes[HF_PREMASTER_MAX];
    size_t len;
};

#define HF_WIPED           __attribute__((cleanup(hf_secret_wipe)))
#define HF_WIPED_PREMASTER __attribute__((cleanup(hf_premaster_wipe)))

void hf_secret_wipe(struct hf_secret *secret);
void hf_premaster_wipe(struct hf_premaster *premaster);

/* Clears memory in a way the compiler may not drop. data may be NULL when len is 0. */
void hf_wipe(void *data, size_t len);

/* Clears the stack below the caller: what the calls that it just made have left there. For calls into a library that
 * leaves secrets behind, as the census of secrets (tests/secrets) showed. */
void hf_secret_wipe_stack(void);

/* Borrow a secret's bytes, for handing to crypto/ only. */
struct hf_span hf_secret_span(const struct hf_secret *secret);

/* Sets a secret from bytes. Returns false, leaving it empty, when they are more than HF_SECRET_MAX. */
HF_MUST bool hf_secret_set(struct hf_secret *secret, struct hf_span bytes);

/* Whether two runs of bytes are equal, in time that depends on their lengths only. */
HF_MUST bool hf_secret_equal(struct hf_span a, struct hf_span b);

#endif
