/* The seam to whoever holds a private key: this process, a token, another machine.
 * begin may answer at once, or say that the answer comes later; the connection then rests, and the caller hands the
 * signature in through the connection. The key itself never crosses this seam. RFC 9846 4.5.2, RFC 5246 7.4.8. */
#ifndef HF_SEAM_SIGNER_H
#define HF_SEAM_SIGNER_H

#include "base/writer.h"

/* Longer than any signature of TLS: RSA of 16384 bits makes 2048 bytes. */
#define HF_SIGNER_ROOM 2048

enum hf_signer_answer {
    HF_SIGNER_DONE,    /* the signature stands in ret_signature */
    HF_SIGNER_PENDING, /* it will be handed in later, for the same asker */
    HF_SIGNER_FAILED   /* there will be none */
};

struct hf_signer_request {
    uint16_t scheme;        /* SignatureScheme on the wire, which says padding and hash too */
    struct hf_span message; /* all bytes to be signed, not hashed yet; valid during begin only: copy to answer later */
    void *asker;            /* whose signature it is: the connection's own user pointer, untouched */
};

/* begin is called by the thread that drives the connection; one signer may serve connections of many threads at once,
 * so it must allow that. ret_signature has HF_SIGNER_ROOM bytes of room. */
struct hf_signer {
    enum hf_signer_answer (*begin)(void *context, const struct hf_signer_request *request,
                                   struct hf_writer *ret_signature);
    void *context;
};

#endif
