/* As the paper has it, section 2: two rounds for each 8 bytes, four at the end; the last word ends with the length. */
#include "base/sip_hash.h"

struct state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t turn(uint64_t word, unsigned bits)
{
    return (word << bits) | (word >> (64 - bits));
}

static void mix(struct state *s, unsigned rounds)
{
    for (; rounds > 0; rounds--) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = turn(s->v1, 13) ^ s->v0;
        s->v3 = turn(s->v3, 16) ^ s->v2;
        s->v0 = turn(s->v0, 32) + s->v3;
        s->v2 += s->v1;
        s->v3 = turn(s->v3, 21) ^ s->v0;
        s->v1 = turn(s->v1, 17) ^ s->v2;
        s->v2 = turn(s->v2, 32);
    }
}

/* Up to 8 bytes, the first one lowest. */
static uint64_t word_of(const uint8_t *bytes, size_t len)
{
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

static void take(struct state *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s, 2);
    s->v0 ^= word;
}

uint64_t hf_sip_hash(const uint8_t key[HF_SIP_HASH_KEY_LEN], struct hf_span bytes)
{
    const uint64_t k0 = word_of(key, 8);
    const uint64_t k1 = word_of(key + 8, 8);
    struct state s = {
        .v0 = k0 ^ UINT64_C(0x736f6d6570736575),
        .v1 = k1 ^ UINT64_C(0x646f72616e646f6d),
        .v2 = k0 ^ UINT64_C(0x6c7967656e657261),
        .v3 = k1 ^ UINT64_C(0x7465646279746573),
    };
    size_t whole = bytes.len / 8 * 8;
    for (size_t at = 0; at < whole; at += 8)
        take(&s, word_of(bytes.data + at, 8));
    uint64_t tail = whole == bytes.len ? 0 : word_of(bytes.data + whole, bytes.len - whole);
    take(&s, tail | (uint64_t)(bytes.len & 0xff) << 56);
    s.v2 ^= 0xff;
    mix(&s, 4);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
