/* Object identifiers stay the bytes they are; only people get numbers. X.690 8.19. */
#include "certificate/oid.h"

#include <inttypes.h>

/* X.690 8.19.2: each number in base 128, as few bytes as will do. */
bool hf_oid_check(struct hf_span oid)
{
    struct hf_reader reader = hf_reader_of(oid);
    bool begins = true;
    while (hf_reader_more(&reader)) {
        unsigned byte = hf_reader_u8(&reader);
        if (begins && byte == 0x80)
            return false;
        begins = byte < 0x80;
    }
    return oid.len > 0 && begins;
}

struct hf_span hf_oid_take(struct hf_der *der)
{
    struct hf_span oid = hf_der_take(der, HF_DER_OID);
    if (hf_oid_check(oid))
        return oid;
    hf_der_spoil(der);
    return hf_span_of(NULL, 0);
}

/* The first number holds two arcs: 40 times the first and the second. */
static void print_number(struct hf_text *text, uint64_t value, bool first)
{
    uint64_t arc = value < 40 ? 0 : value < 80 ? 1 : 2;
    if (first)
        hf_text_add(text, "%" PRIu64 ".%" PRIu64, arc, value - 40 * arc);
    else
        hf_text_add(text, ".%" PRIu64, value);
}

void hf_oid_print(struct hf_span oid, struct hf_text *text)
{
    struct hf_reader reader = hf_reader_of(oid);
    uint64_t value = 0;
    bool huge = false;
    bool first = true;
    while (hf_reader_more(&reader)) {
        unsigned byte = hf_reader_u8(&reader);
        huge = huge || value >> 49 != 0;
        value = value << 7 | (byte & 0x7f);
        if (byte >= 0x80)
            continue;
        if (huge)
            hf_text_add(text, first ? "?" : ".?");
        else
            print_number(text, value, first);
        value = 0;
        huge = false;
        first = false;
    }
}
