/* What the MAC of a TLS 1.2 record covers before the content: RFC 5246 6.2.3.1. */
#ifndef HF_RECORD_MAC_HEADER_H
#define HF_RECORD_MAC_HEADER_H

#include "base/span.h"

#define HF_MAC_HEADER_LEN 13

/* sequence number || type || version || length, into the room. The length may be a secret: it only passes through. */
struct hf_span hf_mac_header_write(uint64_t sequence, uint8_t type, uint16_t version, size_t len,
                                   uint8_t room[HF_MAC_HEADER_LEN]);

#endif
