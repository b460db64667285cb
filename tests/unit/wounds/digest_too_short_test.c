/* A signature over a digest that is shorter than the key demands. wolfSSL CVE-2026-5194. In TLS 1.3 each curve has its
 * digest (RFC 9846 4.3.3); SHA-1 is nobody's in either version (RFC 9155). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/wounds/signed_by.h"

static void short_digests_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum make_certificate_key key;
        enum hf_version version;
        uint16_t scheme;
    } cases[] = {
        {MAKE_KEY_P384, HF_TLS13, 0x0403}, /* SHA-256 by P-384 */
        {MAKE_KEY_P521, HF_TLS13, 0x0403}, {MAKE_KEY_P521, HF_TLS13, 0x0503},    {MAKE_KEY_P256, HF_TLS12, 0x0203},
        {MAKE_KEY_P384, HF_TLS12, 0x0203}, {MAKE_KEY_RSA2048, HF_TLS12, 0x0201},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab_pair pair;
        const struct lab_side client = {.key = cases[i].key};
        const struct lab_side server = {.max = cases[i].version};
        struct puppet *puppet = wait_for_verify(&pair, &client, &server);
        send_verify(&pair, puppet, cases[i].scheme);
        assert_refused(&pair, HF_ERR_wrong_signature_scheme, HF_ALERT_illegal_parameter);
    }
}

/* The digest of the scheme that is named counts: a signature over a shorter one does not pass under a longer's name. */
static void a_short_digest_under_a_long_ones_name_is_refused(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct puppet *puppet =
        wait_for_verify(&pair, &(struct lab_side){.key = MAKE_KEY_P384}, &(struct lab_side){.max = HF_TLS13});
    const struct hf_signer *signer = &pair.client->handshake.config->identities[0]->signer;
    uint8_t body[600], signature[HF_SIGNER_ROOM];
    struct hf_writer verify = hf_writer_of(body, sizeof body);
    struct hf_writer signed_by = hf_writer_of(signature, sizeof signature);
    const struct hf_signer_request request = {.scheme = 0x0403, .message = hf_span_of("anything", 8)};
    assert_int_equal(signer->begin(signer->context, &request, &signed_by), HF_SIGNER_DONE);
    hf_writer_u16(&verify, 0x0503);
    hf_writer_vector(&verify, 2, hf_writer_span(&signed_by));
    puppet_send_message(puppet, 15, hf_writer_span(&verify));
    (void)lab_move(pair.client, pair.server, 16384);
    assert_refused(&pair, HF_ERR_bad_signature, HF_ALERT_decrypt_error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_digests_are_refused),
        cmocka_unit_test(a_short_digest_under_a_long_ones_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
