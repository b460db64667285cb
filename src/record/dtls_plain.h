/* The null protection of datagrams: records of epoch 0, which show epoch and sequence number. RFC 9147 4, RFC 6347 4.1.
 */
#ifndef HF_RECORD_DTLS_PLAIN_H
#define HF_RECORD_DTLS_PLAIN_H

#include "base/allocation.h"
#include "base/writer.h"
#include "seam/record.h"

enum {
    HF_DTLS_HEADER_LEN = 13,              /* type, version, epoch, 48-bit sequence number, length */
    HF_DTLS_RECORD_VERSION = 0xfefd,      /* of DTLS 1.2; in 1.3 it stays (RFC 9147 4) */
    HF_DTLS_RECORD_VERSION_FIRST = 0xfeff /* of DTLS 1.0, for servers that fear newer numbers: of a first ClientHello,
                                           * where RFC 9147 4 allows it */
};

/* The highest sequence number that a record can have: RFC 9147 4.2.1, RFC 6347 4.1. */
#define HF_DTLS_SEQUENCE_MAX ((UINT64_C(1) << 48) - 1)

/* For sealing or for opening; the caller owns it. `allocator` must outlive it. */
HF_MUST enum hf_error hf_dtls_plain_new(const struct hf_allocator *allocator,
                                        struct hf_record_protection **ret_protection);

/* Writes the header that plaintext records and all those of 1.2 have; with content->id the one of RFC 9146 4. */
void hf_dtls_plain_write_header(const struct hf_record_content *content, size_t body_len, struct hf_writer *into);

/* Type, version, epoch and number of such a header. */
struct hf_record_content hf_dtls_plain_read_header(struct hf_span header);

/* The 64 bits that epoch and sequence number make together: what 1.2 has in nonces and MACs (RFC 6347 4.1.2.1). */
uint64_t hf_dtls_plain_number(const struct hf_record_content *content);

#endif
