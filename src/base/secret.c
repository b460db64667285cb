/* Secrets: wiping that the compiler may not drop, and comparing in time that does not depend on the bytes
 * (RFC 9846 F.4 and the timing attacks behind it). */
#define _DEFAULT_SOURCE
#include "base/secret.h"

#include <string.h>

/* How deep the calls of a crypto library go whose leavings are wiped: measured 2 KB, with room. */
enum { STACK_LEFT_BEHIND = 8192 };

void hf_wipe(void *data, size_t len)
{
    if (len > 0)
        explicit_bzero(data, len);
}

/* AddressSanitizer may put locals elsewhere than on the stack, with gcc 14 by default, with gcc 12 when asked to
 * (detect_stack_use_after_return): then nothing of the stack would be wiped, so it leaves this one alone. */
__attribute__((noinline, no_sanitize("address"))) void hf_secret_wipe_stack(void)
{
    uint8_t left_behind[STACK_LEFT_BEHIND];
    hf_wipe(left_behind, sizeof left_behind);
}

void hf_secret_wipe(struct hf_secret *secret)
{
    hf_wipe(secret, sizeof *secret);
}

void hf_premaster_wipe(struct hf_premaster *premaster)
{
    hf_wipe(premaster, sizeof *premaster);
}

struct hf_span hf_secret_span(const struct hf_secret *secret)
{
    return hf_span_of(secret->bytes, secret->len);
}

bool hf_secret_set(struct hf_secret *secret, struct hf_span bytes)
{
    if (bytes.len > sizeof secret->bytes) {
        hf_secret_wipe(secret);
        return false;
    }
    if (bytes.len > 0) /* the bytes may be the secret's own: move first, wipe the rest after */
        memmove(secret->bytes, bytes.data, bytes.len);
    hf_wipe(secret->bytes + bytes.len, sizeof secret->bytes - bytes.len);
    secret->len = (uint8_t)bytes.len;
    return true;
}

bool hf_secret_equal(struct hf_span a, struct hf_span b)
{
    enum { WORD = sizeof(uint64_t) };
    if (a.len != b.len)
        return false;
    uint64_t different = 0;
    size_t at = 0;
    for (; a.len - at >= WORD; at += WORD) {
        uint64_t left, right;
        memcpy(&left, a.data + at, WORD);
        memcpy(&right, b.data + at, WORD);
        different |= left ^ right;
    }
    for (; at < a.len; at++)
        different |= (uint64_t)(a.data[at] ^ b.data[at]);
    return different == 0;
}
