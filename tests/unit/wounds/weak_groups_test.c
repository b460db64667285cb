/* A server's parameters that nobody asked for: a key of an exportable suite (FREAK, CVE-2015-0204), a prime of 512 bits
 * (Logjam, CVE-2015-4000), a curve by its equation (CVE-2020-0601, CVE-2022-0778: a wrong one was computed with). They
 * are refused before anything is computed from them, whoever signed them. RFC 5246 7.4.3, RFC 7919 4, RFC 8422 5.4. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab_check.h"
#include "support/puppet.h"

static void with_dhe(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_DHE);
}

static void with_rsa(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_RSA_KEY_EXCHANGE);
}

/* The client's failure when the server's ServerKeyExchange is this, or comes where none may. */
static void refuses(const char *suite, void (*more)(struct hf_builder *), struct hf_span body, enum hf_error error)
{
    struct lab_pair pair;
    bool is_rsa = more == with_rsa;
    const struct lab_side side = {.max = HF_TLS12, .suites = suite, .more = more, .key = MAKE_KEY_RSA2048};
    lab_pair_open(&pair, &(struct lab_side){.max = HF_TLS12, .suites = suite, .more = more}, &side);
    struct puppet *puppet = puppet_take(pair.server);
    puppet_stop_before(puppet, is_rsa ? HF_MESSAGE_certificate_request : HF_MESSAGE_server_key_exchange);
    (void)lab_pair_run(&pair);
    assert_true(puppet->stopped);
    puppet_send_message(puppet, 12, body);
    (void)lab_pair_run(&pair);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->error, error);
    assert_null(hf_peer(pair.client));
    lab_pair_close(&pair);
}

/* RFC 5246 7.4.3: dh_p, dh_g, dh_Ys, the scheme, a signature. */
static struct hf_span write_field(uint8_t room[512], size_t prime_len, uint8_t last)
{
    struct hf_writer writer = hf_writer_of(room, 512);
    uint8_t prime[128];
    memset(prime, 0xff, sizeof prime);
    prime[prime_len - 1] = last;
    hf_writer_vector(&writer, 2, hf_span_of(prime, prime_len));
    hf_writer_vector(&writer, 2, hf_span_of("\2", 1));
    hf_writer_vector(&writer, 2, hf_span_of(prime, prime_len - 1));
    hf_writer_u16(&writer, 0x0804);
    hf_writer_vector(&writer, 2, hf_span_of(prime, 64));
    return hf_writer_span(&writer);
}

static void fields_of_others_are_refused(void **state)
{
    (void)state;
    uint8_t room[512];
    static const char suite[] = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256";
    refuses(suite, with_dhe, write_field(room, 64, 0xff), HF_ERR_illegal_parameter);
    refuses(suite, with_dhe, write_field(room, 128, 0xff), HF_ERR_illegal_parameter);
}

static void an_exportable_key_has_no_place(void **state)
{
    (void)state;
    uint8_t room[512]; /* modulus and exponent look as a field does */
    refuses("TLS_RSA_WITH_AES_128_GCM_SHA256", with_rsa, write_field(room, 64, 1), HF_ERR_unexpected_message);
}

/* curve_type 1 and 2: explicit_prime, explicit_char2. */
static void curves_are_named(void **state)
{
    (void)state;
    for (uint8_t type = 0; type < 5; type++) {
        const uint8_t body[] = {type, 0, 24, 3, 4, 1, 2, 4, 3, 0, 2, 9, 9};
        if (type != 3)
            refuses("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", NULL, hf_span_of(body, sizeof body),
                    HF_ERR_illegal_parameter);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_others_are_refused),
        cmocka_unit_test(an_exportable_key_has_no_place),
        cmocka_unit_test(curves_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
