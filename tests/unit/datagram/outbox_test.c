/* The version in the records of a client's first hello, and in all others. RFC 9147 4. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/lab_check.h"

enum { HEADER_LEN = 13, HANDSHAKE = 22 };

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

/* The versions of the plain records of one datagram; true if all are `wanted`. */
static bool all_are(const uint8_t *bytes, size_t len, unsigned wanted)
{
    size_t count = 0;
    for (size_t at = 0; at + HEADER_LEN <= len && bytes[at] == HANDSHAKE; count++) {
        if ((unsigned)(bytes[at + 1] << 8 | bytes[at + 2]) != wanted)
            return false;
        at += HEADER_LEN + (size_t)(bytes[at + 11] << 8 | bytes[at + 12]);
    }
    return count > 0;
}

static size_t move(struct hf_connection *from, struct hf_connection *to, uint8_t bytes[2048])
{
    size_t len = 0;
    hf_drain(from, bytes, 2048, &len);
    if (len > 0)
        assert_int_equal(hf_feed(to, bytes, len, LAB_NOW_MS), HF_OK);
    return len;
}

/* Also when it goes again; and never behind a HelloRetryRequest. */
static void a_first_hello_has_the_oldest(void **state)
{
    (void)state;
    struct lab_pair pair;
    uint8_t bytes[2048];
    size_t len;
    lab_pair_open(&pair, &(struct lab_side){.groups = "x25519:secp384r1", .more = over_datagrams},
                  &(struct lab_side){.groups = "secp384r1", .more = over_datagrams});
    hf_drain(pair.client, bytes, sizeof bytes, &len);
    assert_true(all_are(bytes, len, 0xfeff));
    assert_int_equal(hf_tick(pair.client, hf_deadline(pair.client)), HF_OK);
    len = move(pair.client, pair.server, bytes);
    assert_true(all_are(bytes, len, 0xfeff));
    len = move(pair.server, pair.client, bytes);
    assert_true(all_are(bytes, len, 0xfefd));
    len = move(pair.client, pair.server, bytes);
    assert_true(all_are(bytes, len, 0xfefd));
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_hello_has_the_oldest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
