/* A server of Encrypted Client Hello by itself: which hellos it refuses, whichever role it has, and that a backend
 * confirms what somebody in front of it opened. RFC 9849 7. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "engine/connection.h"
#include "extension/encrypted_client_hello.h"
#include "support/ech_lab.h"
#include "support/lab_check.h"

static void has_keys(struct hf_builder *builder)
{
    hf_builder_ech_pem(builder, ech_lab_pem(ECH_LAB_PUBLIC), strlen(ech_lab_pem(ECH_LAB_PUBLIC)), /* retry= */ true);
}

static void is_backend(struct hf_builder *builder)
{
    hf_builder_ech_backend(builder);
}

static void offers(struct hf_builder *builder)
{
    const struct hf_span list = ech_lab_list(ECH_LAB_PUBLIC);
    hf_builder_ech_configs(builder, list.data, list.len);
}

/* A client's first hello, out of a config of these settings, as one record. */
static size_t first_flight(void (*more)(struct hf_builder *builder), uint8_t *into, size_t room)
{
    struct hf_failure failure = {0};
    const struct lab_side side = {.who = LAB_CLIENT, .more = more, .min = HF_TLS13, .max = HF_TLS13};
    struct hf_config *config = lab_config(HF_CLIENT, &side, &failure);
    assert_non_null(config);
    struct hf_connection *client = hf_connection_new(config, "server.lab", LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(client);
    size_t len;
    hf_drain(client, into, room, &len);
    hf_connection_free(client);
    return len;
}

static void put(uint8_t *at, size_t width, size_t value)
{
    for (size_t i = width; i > 0; i--, value >>= 8)
        at[i - 1] = (uint8_t)value;
}

/* Puts an extension in front of all others of a hello in one record. Returns the new length. */
static size_t insert(uint8_t *record, size_t len, uint16_t type, struct hf_span payload)
{
    enum { RECORD = 5, HEADER = 4 };
    size_t at = RECORD + HEADER + 2 + 32;
    at += 1 + record[at];
    at += 2 + (size_t)(record[at] << 8 | record[at + 1]);
    at += 1 + record[at];
    const size_t block = (size_t)(record[at] << 8 | record[at + 1]), more = 4 + payload.len;
    memmove(record + at + 2 + more, record + at + 2, len - at - 2);
    put(record + at, 2, block + more);
    put(record + at + 2, 2, type);
    put(record + at + 4, 2, payload.len);
    memcpy(record + at + 6, payload.data, payload.len);
    put(record + 3, 2, len + more - RECORD);
    put(record + RECORD + 1, 3, len + more - RECORD - HEADER);
    return len + more;
}

static struct hf_connection *server_of(void (*more)(struct hf_builder *builder))
{
    struct hf_failure failure = {0};
    const struct lab_side side = {.more = more};
    struct hf_config *config = lab_config(HF_SERVER, &side, &failure);
    assert_non_null(config);
    struct hf_connection *server = hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(server);
    return server;
}

static enum hf_error answer_to(void (*more)(struct hf_builder *builder), const char *payload, size_t len,
                               enum hf_ech_state *ret_state)
{
    uint8_t record[8192];
    struct hf_ech_info info;
    size_t record_len = first_flight(NULL, record, sizeof record / 2);
    if (len > 0)
        record_len = insert(record, record_len, 0xfe0d, hf_span_of(payload, len));
    struct hf_connection *server = server_of(more);
    (void)hf_feed(server, record, record_len, LAB_NOW_MS);
    hf_ech_info(server, &info);
    *ret_state = info.state;
    const struct hf_failure *failure = hf_failure(server);
    enum hf_error error = failure == NULL ? HF_OK : failure->error;
    hf_connection_free(server);
    return error;
}

static void roles_have_their_types(void **state)
{
    static const char outer[] = "\0\0\1\0\1\1\0\0\0\3abc", inner[] = "\1", unknown[] = "\2", long_inner[] = "\1x";
    static const struct {
        void (*role)(struct hf_builder *builder);
        const char *payload;
        size_t len;
        enum hf_error error;
        enum hf_ech_state state;
    } cases[] = {
        {has_keys, outer, 13, HF_OK, HF_ECH_REJECTED},
        {has_keys, inner, 1, HF_ERR_illegal_parameter, HF_ECH_NONE},
        {has_keys, "", 0, HF_OK, HF_ECH_NONE},
        {is_backend, outer, 13, HF_ERR_illegal_parameter, HF_ECH_NONE},
        {is_backend, inner, 1, HF_OK, HF_ECH_ACCEPTED},
        {is_backend, "", 0, HF_OK, HF_ECH_NONE},
        {NULL, outer, 13, HF_OK, HF_ECH_NONE},
        {NULL, inner, 1, HF_OK, HF_ECH_ACCEPTED},
        {NULL, unknown, 1, HF_ERR_illegal_parameter, HF_ECH_NONE},
        {has_keys, unknown, 1, HF_ERR_illegal_parameter, HF_ECH_NONE},
        {NULL, long_inner, 2, HF_ERR_decode_error, HF_ECH_NONE},
        {NULL, outer, 9, HF_ERR_decode_error, HF_ECH_NONE},
        {has_keys, outer, 9, HF_ERR_decode_error, HF_ECH_NONE},
    };
    (void)state;
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        enum hf_ech_state got;
        const enum hf_error error = answer_to(cases[i].role, cases[i].payload, cases[i].len, &got);
        if (error != cases[i].error || got != cases[i].state)
            fail_msg("case %zu: %s, state %d", i, hf_error_name(error), (int)got);
    }
}

/* ---- HelloRetryRequest of a server that opened nothing: RFC 9849 7.1 ---- */

static void asks_for_another_share(struct hf_builder *builder)
{
    hf_builder_groups(builder, "secp521r1");
}

static void has_other_keys(struct hf_builder *builder)
{
    const char *pem = ech_lab_pem(ECH_LAB_OTHER);
    hf_builder_ech_pem(builder, pem, strlen(pem), /* retry= */ true);
    asks_for_another_share(builder);
}

/* What its encrypted_client_hello holds; NULL: it has none. */
static const uint8_t *confirmation_of(const uint8_t *record, size_t len)
{
    static const uint8_t header[] = {0xfe, 0x0d, 0, HF_ECH_CONFIRMATION_LEN};
    for (size_t i = 0; i + sizeof header + HF_ECH_CONFIRMATION_LEN <= len; i++)
        if (memcmp(record + i, header, sizeof header) == 0)
            return record + i + sizeof header;
    return NULL;
}

static bool request_to(void (*client)(struct hf_builder *builder), void (*server)(struct hf_builder *builder),
                       uint8_t ret_confirmation[HF_ECH_CONFIRMATION_LEN])
{
    uint8_t hello[8192], request[512];
    const size_t hello_len = first_flight(client, hello, sizeof hello);
    struct hf_connection *connection = server_of(server);
    size_t len;
    assert_int_equal(hf_feed(connection, hello, hello_len, LAB_NOW_MS), HF_OK);
    hf_drain(connection, request, sizeof request, &len);
    assert_true(len > 44);
    assert_memory_equal(request + 11, "\xcf\x21\xad\x74", 4); /* the random of a HelloRetryRequest: RFC 9846 4.2.3 */
    const uint8_t *confirmation = confirmation_of(request, len);
    if (confirmation != NULL)
        memcpy(ret_confirmation, confirmation, HF_ECH_CONFIRMATION_LEN);
    hf_connection_free(connection);
    return confirmation != NULL;
}

static void requests_do_not_tell_that_nothing_was_opened(void **state)
{
    (void)state;
    uint8_t first[HF_ECH_CONFIRMATION_LEN], second[HF_ECH_CONFIRMATION_LEN];
    assert_true(request_to(offers, has_other_keys, first));
    assert_true(request_to(offers, has_other_keys, second));
    assert_memory_not_equal(first, second, sizeof first);
    assert_memory_not_equal(first, "\0\0\0\0\0\0\0\0", sizeof first);
    assert_false(request_to(NULL, has_other_keys, first)); /* nobody asked */
    assert_false(request_to(offers, asks_for_another_share, first));
}

/* Whatever byte of the hello was changed, what was encrypted does not open: the server takes the hello as it stands, or
 * finds it broken; it never takes the inner one. */
static void every_byte_of_the_outer_hello_counts(void **state)
{
    enum { FROM = 5 + 4 };
    uint8_t record[8192];
    (void)state;
    const size_t len = first_flight(offers, record, sizeof record);
    for (size_t i = FROM; i < len; i++) {
        struct hf_ech_info info;
        struct hf_connection *server = server_of(has_keys);
        record[i] ^= 1;
        (void)hf_feed(server, record, len, LAB_NOW_MS);
        hf_ech_info(server, &info);
        assert_int_not_equal(info.state, HF_ECH_ACCEPTED);
        record[i] ^= 1;
        hf_connection_free(server);
    }
    struct hf_ech_info info;
    struct hf_connection *server = server_of(has_keys);
    (void)hf_feed(server, record, len, LAB_NOW_MS);
    hf_ech_info(server, &info);
    assert_int_equal(info.state, HF_ECH_ACCEPTED);
    hf_connection_free(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_have_their_types),
        cmocka_unit_test(requests_do_not_tell_that_nothing_was_opened),
        cmocka_unit_test(every_byte_of_the_outer_hello_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
