/* DTLS 1.3 record protection (RFC 9147 4): that of TLS 1.3 behind a unified header of 2 to 5 bytes, in which the record
 * number is hidden, and more with a connection ID (RFC 9147 9). */
#ifndef HF_RECORD_DTLS13_H
#define HF_RECORD_DTLS13_H

#include "crypto/aead.h"
#include "seam/record.h"

#define HF_DTLS13_IV_LEN 12

/* The bits of a unified header's first byte: RFC 9147 4. */
enum hf_dtls13_bits {
    HF_DTLS13_FIXED_MASK = 0xe0,
    HF_DTLS13_FIXED = 0x20,
    HF_DTLS13_HAS_ID = 0x10,      /* C: a connection ID follows */
    HF_DTLS13_LONG_NUMBER = 0x08, /* S: 16 bits of the sequence number, else 8 */
    HF_DTLS13_HAS_LENGTH = 0x04,  /* L */
    HF_DTLS13_EPOCH_MASK = 0x03
};

enum {
    HF_DTLS13_NUMBER_AND_LENGTH = 4,                                   /* as we write them: 16 bits each */
    HF_DTLS13_HEADER_LEN = 1 + HF_DTLS13_NUMBER_AND_LENGTH,            /* without connection ID */
    HF_DTLS13_HEADER_MAX = HF_DTLS13_HEADER_LEN + HF_CONNECTION_ID_MAX /* that can be read */
};

/* A protection for sealing or for opening with these keys; the caller owns it. The keys are copied, the caller wipes
 * its own. toolbox and allocator must outlive it. Fails with wrong_call (lengths), no_memory, unsupported_here,
 * crypto_failed. */
HF_MUST enum hf_error hf_dtls13_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                    enum hf_aead_id aead, enum hf_aead_direction direction,
                                    const struct hf_traffic_keys *keys, struct hf_record_protection **ret_protection);

/* The full sequence number whose low `bits` bits are `low`, nearest to `expected`. RFC 9147 4.2.2. */
uint64_t hf_dtls13_reconstruct(uint64_t expected, uint64_t low, unsigned bits);

#endif
