/* IP literals of users, read without the help of libc's resolver. */
#ifndef HF_TRUST_ADDRESS_H
#define HF_TRUST_ADDRESS_H

#include "base/must.h"
#include "base/span.h"

/* Four decimal numbers without leading zeros (RFC 3986 3.2.2): 4 bytes. */
HF_MUST bool hf_address_read_v4(struct hf_span text, uint8_t ret_address[4]);

/* RFC 4291 2.2, with at most one "::" and, last, a dotted quad: 16 bytes. No zone. */
HF_MUST bool hf_address_read_v6(struct hf_span text, uint8_t ret_address[16]);

#endif
