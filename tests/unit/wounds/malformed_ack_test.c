/* ACKs of DTLS 1.3 that are no lists of record numbers: wolfSSL CVE-2026-5264 read and wrote beyond its memory. In the
 * clear they are ignored; under keys they end the connection. RFC 9147 7. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "datagram/parts.h"
#include "engine/connection.h"
#include "support/lab_check.h"

static const struct {
    const char *bytes;
    size_t len;
} malformed[] = {
    {"\0", 1},                                        /* half a length */
    {"\0\20", 2},                                     /* a length, and nothing */
    {"\0\20\0\0\0\0\0\0\0\3\0\0\0\0\0\0", 16},        /* less than it says */
    {"\0\10\0\0\0\0\0\0\0\3", 10},                    /* half a record number */
    {"\0\0\0", 3},                                    /* more than it says */
    {"\0\20\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0\1", 19},  /* likewise */
    {"\377\360\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\0", 18}, /* much less than it says */
};
enum { COUNT = sizeof malformed / sizeof malformed[0] };

static void open_pair(struct lab_pair *pair)
{
    const struct lab_side side = {.min = HF_TLS13, .max = HF_TLS13, .more = hf_builder_datagrams};
    lab_pair_open(pair, &side, &side);
}

static void send_ack(struct lab_pair *pair, const char *bytes, size_t len)
{
    struct hf_sender *sender = &((struct hf_datagram *)pair->client->framing)->sender;
    assert_int_equal(hf_sender_send_record(sender, HF_CONTENT_ACK, hf_span_of(bytes, len)), HF_OK);
    hf_outbox_close(&sender->outbox);
    (void)lab_move(pair->client, pair->server, 16384);
}

static void under_keys_they_end_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct lab_pair pair;
        open_pair(&pair);
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        send_ack(&pair, malformed[i].bytes, malformed[i].len);
        assert_non_null(hf_failure(pair.server));
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_decode_error);
        lab_pair_close(&pair);
    }
}

static void in_the_clear_they_keep_nobody_out(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair);
    (void)lab_move(pair.client, pair.server, 16384);
    for (size_t i = 0; i < COUNT; i++) {
        uint8_t record[64] = {26, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 9, (uint8_t)i, 0, (uint8_t)malformed[i].len};
        memcpy(record + 13, malformed[i].bytes, malformed[i].len);
        assert_int_equal(hf_feed(pair.server, record, 13 + malformed[i].len, LAB_NOW_MS), HF_OK);
        assert_int_equal(hf_feed(pair.client, record, 13 + malformed[i].len, LAB_NOW_MS), HF_OK);
    }
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    lab_pair_close(&pair);
}

/* Of records that never were: any epoch, any number, as many as fit. */
static void of_anything_they_change_nothing(void **state)
{
    (void)state;
    struct lab_pair pair;
    char bytes[2 + 16 * 60];
    memset(bytes, 0xff, sizeof bytes);
    open_pair(&pair);
    (void)lab_pair_run(&pair);
    bytes[0] = (char)((sizeof bytes - 2) >> 8);
    bytes[1] = (char)((sizeof bytes - 2) & 0xff);
    send_ack(&pair, bytes, sizeof bytes);
    assert_null(hf_failure(pair.server));
    lab_assert_data(&pair, pair.client, pair.server);
    lab_assert_data(&pair, pair.server, pair.client);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_keys_they_end_the_connection),
        cmocka_unit_test(in_the_clear_they_keep_nobody_out),
        cmocka_unit_test(of_anything_they_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
