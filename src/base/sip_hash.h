/* SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash for tables whose keys others choose: without the key nobody
 * can make many of them fall together. Not for anything that must stay secret or be believed. */
#ifndef HF_BASE_SIP_HASH_H
#define HF_BASE_SIP_HASH_H

#include "base/span.h"

enum { HF_SIP_HASH_KEY_LEN = 16 };

uint64_t hf_sip_hash(const uint8_t key[HF_SIP_HASH_KEY_LEN], struct hf_span bytes);

#endif
