/* Run under valgrind by the test secrets.constant_time: secrets are marked as undefined memory, and valgrind complains
 * of every branch and every address that depends on them. What comes out is marked defined again, as the one bit (or
 * the bytes) that the protocol shows anyway. A control shows that it would complain.
 * Not here: the hidden length inside libcrypto's HMAC, which compares it once with the public one (hmac_hidden.c). */
#include <stdio.h>
#include <string.h>

#include <valgrind/memcheck.h>

#include "base/secret.h"
#include "crypto/rsa_premaster.h"
#include "record/cbc_padding.h"

#define SECRET(what) VALGRIND_MAKE_MEM_UNDEFINED(&(what), sizeof(what))
#define PUBLIC(what) VALGRIND_MAKE_MEM_DEFINED(&(what), sizeof(what))

static int wrong;

static void expect(const char *what, int truth)
{
    if (!truth)
        printf("%s is wrong\n", what);
    wrong |= !truth;
}

/* A record's end: padding and MAC, right and wrong ones. */
static void open_cbc(uint8_t padding, uint8_t flip)
{
    uint8_t bytes[320];
    uint8_t mac[HF_DIGEST_MAX] = {0};
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 5);
    memset(bytes + sizeof bytes - padding - 1, padding, (size_t)padding + 1);
    bytes[sizeof bytes - 2] ^= flip;
    SECRET(bytes);
    struct hf_cbc_padding found = hf_cbc_padding_strip(hf_span_of(bytes, sizeof bytes), 20);
    hf_cbc_padding_take_mac(hf_span_of(bytes, sizeof bytes), found.content_len, 20, mac);
    PUBLIC(found);
    PUBLIC(bytes);
    PUBLIC(mac);
    expect("padding", (found.good != 0) == (flip == 0));
    expect("MAC", memcmp(mac, bytes + found.content_len, 20) == 0);
}

static void open_premaster(uint8_t flip)
{
    uint8_t block[256];
    struct hf_premaster premaster = {.len = HF_RSA_PREMASTER_LEN};
    memset(block, 0x5a, sizeof block);
    block[0] = 0;
    block[1] = 2;
    block[sizeof block - 49] = flip;
    block[sizeof block - 48] = 3;
    block[sizeof block - 47] = 3;
    SECRET(block);
    hf_rsa_premaster_take(hf_span_of(block, sizeof block), 0x0303, &premaster);
    PUBLIC(premaster);
    expect("premaster", (premaster.bytes[10] == 0x5a) == (flip == 0));
}

static void compare_finished(uint8_t flip)
{
    uint8_t expected[12] = {1, 2, 3};
    uint8_t came[12] = {1, 2, 3};
    expected[11] ^= flip;
    SECRET(expected);
    bool equal = hf_secret_equal(hf_span_of(came, sizeof came), hf_span_of(expected, sizeof expected));
    PUBLIC(equal);
    expect("comparison", equal == (flip == 0));
}

/* What valgrind must complain of. */
static void leak(void)
{
    volatile uint8_t secret = 3;
    SECRET(secret);
    if (secret == 3)
        puts("a branch on a secret");
}

int main(int count, char **words)
{
    for (unsigned padding = 0; padding < 256; padding += 51)
        open_cbc((uint8_t)padding, 0);
    open_cbc(200, 1);
    open_premaster(0);
    open_premaster(1);
    compare_finished(0);
    compare_finished(1);
    if (count > 1 && strcmp(words[1], "leak") == 0)
        leak();
    return wrong;
}
