/* Encrypted Client Hello under QUIC: taken, taken behind a HelloRetryRequest, and not taken. RFC 9849, RFC 9001 4.8. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/ech.h>
#include <handfast/quic.h>

#include <string.h>

#include "base/span.h"
#include "support/ech_lab.h"
#include "support/lab_check.h"
#include "support/quic_lab.h"

enum { CRYPTO_ERROR = 0x100, ECH_REQUIRED = 121 };

static void encrypts(struct hf_builder *builder)
{
    const struct hf_span list = ech_lab_list(ECH_LAB_PUBLIC);
    hf_builder_ech_configs(builder, list.data, list.len);
    hf_builder_ech_demand(builder);
}

static void greases(struct hf_builder *builder)
{
    hf_builder_ech_grease(builder, true);
}

static void opens(struct hf_builder *builder)
{
    hf_builder_ech_pem(builder, ech_lab_pem(ECH_LAB_PUBLIC), strlen(ech_lab_pem(ECH_LAB_PUBLIC)), /* retry= */ true);
}

static void opens_others(struct hf_builder *builder)
{
    hf_builder_ech_pem(builder, ech_lab_pem(ECH_LAB_OTHER), strlen(ech_lab_pem(ECH_LAB_OTHER)), /* retry= */ true);
}

static enum hf_ech_state state_of(const struct hf_connection *connection)
{
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    return info.state;
}

static void what_a_server_opens_it_works_with(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct quic_lab lab;
        const uint8_t *parameters;
        const struct lab_side client = {.more = encrypts};
        const struct lab_side server = {.more = opens, .groups = i == 0 ? NULL : "secp384r1"};
        quic_lab_open(&lab, &client, &server);
        quic_lab_run(&lab);
        quic_lab_assert_open(&lab);
        assert_int_equal(state_of(lab.client.connection), HF_ECH_ACCEPTED);
        assert_int_equal(state_of(lab.server.connection), HF_ECH_ACCEPTED);
        assert_int_equal(hf_quic_peer_parameters(lab.server.connection, &parameters), strlen("client's"));
        quic_lab_close(&lab);
    }
}

static void random_bytes_stand_for_it(void **state)
{
    struct quic_lab lab;
    const struct lab_side client = {.more = greases}, server = {.more = opens};
    (void)state;
    quic_lab_open(&lab, &client, &server);
    quic_lab_run(&lab);
    quic_lab_assert_open(&lab);
    assert_int_equal(state_of(lab.client.connection), HF_ECH_GREASED);
    quic_lab_close(&lab);
}

/* No key to read data by comes out; that to write by is QUIC's to close the connection under (RFC 9849 6.1.6). */
static void a_server_that_cannot_open_it_ends_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct quic_lab lab;
        struct hf_ech_info info;
        const struct lab_side client = {.more = encrypts};
        const struct lab_side server = {.more = opens_others, .groups = i == 0 ? NULL : "secp384r1"};
        quic_lab_open(&lab, &client, &server);
        quic_lab_run(&lab);
        hf_ech_info(lab.client.connection, &info);
        assert_int_equal(info.state, HF_ECH_REJECTED);
        assert_non_null(info.retry_configs);
        assert_int_equal(hf_failure(lab.client.connection)->error, HF_ERR_ech_rejected);
        assert_int_equal(hf_quic_error_code(lab.client.connection), CRYPTO_ERROR + ECH_REQUIRED);
        assert_non_null(quic_lab_secret_of(&lab.client, HF_QUIC_APPLICATION, /* writes= */ true));
        assert_null(quic_lab_secret_of(&lab.client, HF_QUIC_APPLICATION, /* writes= */ false));
        quic_lab_close(&lab);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_server_opens_it_works_with),
        cmocka_unit_test(random_bytes_stand_for_it),
        cmocka_unit_test(a_server_that_cannot_open_it_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
