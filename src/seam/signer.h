/* The seam to whoever holds a private key: this process, a token, another machine.
 * begin may answer at once, or say that the answer comes later; the connection then rests, and the caller hands the
 * signature in through the connection. The key itself never crosses this seam. RFC 9846 4.5.2, RFC 5246 7.4.8. */
#ifndef HF_SEAM_SIGNER_H
#define HF_SEAM_SIGNER_H

#include "base/text.h"
#include "base/writer.h"

/* As long as any signature of TLS: ML-DSA-87 makes 4627 bytes, RSA of 16384 bits 2048. */
#define HF_SIGNER_ROOM 4627

enum hf_signer_answer {
    HF_SIGNER_DONE,     /* the signature stands in ret_signature */
    HF_SIGNER_PENDING,  /* it will be handed in later, for the same asker */
    HF_SIGNER_FAILED,   /* there will be none */
    HF_SIGNER_WRONG_KEY /* nor can there be: the key is of another type */
};

struct hf_signer_request {
    uint16_t scheme;        /* SignatureScheme on the wire, which says padding and hash too */
    struct hf_span message; /* all bytes to be signed, not hashed yet; valid during begin only: copy to answer later */
    void *asker;            /* whose signature it is: the connection's own user pointer, untouched */
    struct hf_text *why;    /* FAILED: a clause about it may be added here; NULL: nobody asks */
};

/* begin is called by the thread that drives the connection; one signer may serve connections of many threads at once,
 * so it must allow that. ret_signature has HF_SIGNER_ROOM bytes of room. */
struct hf_signer {
    enum hf_signer_answer (*begin)(void *context, const struct hf_signer_request *request,
                                   struct hf_writer *ret_signature);
    void (*release)(void *context); /* when the identity is gone; NULL: nothing is to be done */
    void *context;
};

#endif
