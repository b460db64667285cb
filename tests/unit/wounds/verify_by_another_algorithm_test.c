/* A CertificateVerify names another algorithm than the certificate's key has: one peer skipped the check then.
 * wolfSSL 5.2.0 (CVE-2022-25638). RFC 9846 4.5.2, RFC 5246 7.4.8. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/wounds/signed_by.h"

static void schemes_of_other_keys_are_refused(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    static const uint16_t schemes[] = {0x0804, 0x0401, 0x0807, 0x0809, 0x0101, 0x0000, 0xffff, 0x1a1a};
    static const uint8_t junk[4] = {1, 2, 3, 4};
    for (size_t i = 0; i < 2 * sizeof schemes / sizeof schemes[0]; i++) {
        struct lab_pair pair;
        struct puppet *puppet = wait_for_verify(&pair, NULL, &(struct lab_side){.max = versions[i % 2]});
        uint8_t body[8];
        struct hf_writer verify = hf_writer_of(body, sizeof body);
        hf_writer_u16(&verify, schemes[i / 2]);
        hf_writer_vector(&verify, 2, hf_span_of(junk, sizeof junk));
        puppet_send_message(puppet, 15, hf_writer_span(&verify));
        (void)lab_move(pair.client, pair.server, 16384);
        assert_refused(&pair, HF_ERR_wrong_signature_scheme, HF_ALERT_illegal_parameter);
    }
}

static void the_right_scheme_with_a_wrong_signature_is_refused(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    static const uint8_t verify[] = {4, 3, 0, 4, 1, 2, 3, 4};
    static const uint8_t empty[] = {4, 3, 0, 0};
    for (size_t i = 0; i < 4; i++) {
        struct lab_pair pair;
        struct puppet *puppet = wait_for_verify(&pair, NULL, &(struct lab_side){.max = versions[i % 2]});
        puppet_send_message(puppet, 15, i < 2 ? hf_span_of(verify, sizeof verify) : hf_span_of(empty, sizeof empty));
        (void)lab_move(pair.client, pair.server, 16384);
        assert_refused(&pair, HF_ERR_bad_signature, HF_ALERT_decrypt_error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemes_of_other_keys_are_refused),
        cmocka_unit_test(the_right_scheme_with_a_wrong_signature_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
