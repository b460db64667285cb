/* A name with a NUL in it counts to its end: "server.lab\0.evil.example" is not server.lab (CVE-2009-2408, and in many
 * programs since), and the key of "us" is not that of "us\0er" (GnuTLS, CVE-2026-42010). RFC 9525 6.3, RFC 9846 4.3.11.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/psk.h>

#include "support/lab_check.h"
#include "support/puppet.h"

/* subjectAltName with one dNSName: server.lab, NUL, .evil */
static const char nul_in_san[] = "3012"
                                 "8210"
                                 "7365727665722e6c6162"
                                 "00"
                                 "2e6576696c";

/* No CA of sense signs it, and no server of ours takes it; so it goes in place of the server's own. */
static void of_a_certificate(void **state)
{
    (void)state;
    uint8_t body[2048];
    struct make_certificate *leaf = make_certificate(&(struct make_certificate_of){
        .subject = "CN=server.lab", .ekus = "serverAuth", .extensions = {{.oid = "2.5.29.17", .hex = nul_in_san}}});
    struct lab_pair pair;
    struct hf_writer writer = hf_writer_of(body, sizeof body);
    hf_writer_uint(&writer, 3, leaf->len + 3); /* RFC 5246 7.4.2 */
    hf_writer_vector(&writer, 3, make_certificate_span(leaf));
    lab_pair_open(&pair, NULL, &(struct lab_side){.max = HF_TLS12});
    struct puppet *puppet = puppet_take(pair.server);
    puppet_stop_before(puppet, HF_MESSAGE_certificate);
    (void)lab_pair_run(&pair);
    puppet_send_message(puppet, 11, hf_writer_span(&writer));
    (void)lab_pair_run(&pair);
    lab_assert_failed(pair.client,
                      &(struct lab_failure){HF_ERR_bad_certificate_encoding, HF_BY_US, HF_ALERT_bad_certificate});
    lab_pair_close(&pair);
    make_certificate_free(leaf);
}

static const char key_of_us[] = "the key of us, of many bytes";

static void has_us(struct hf_builder *builder)
{
    const struct hf_psk us = {.identity = "us", .identity_len = 2, .key = key_of_us, .key_len = sizeof key_of_us};
    hf_builder_psk13(builder, &us);
    hf_builder_psk(builder, "us", 2, key_of_us, sizeof key_of_us);
}

static void is_us_nul_er(struct hf_builder *builder)
{
    const struct hf_psk user = {.identity = "us\0er", .identity_len = 5, .key = key_of_us, .key_len = sizeof key_of_us};
    hf_builder_psk13(builder, &user);
    hf_builder_psk(builder, "us\0er", 5, key_of_us, sizeof key_of_us);
}

/* Though the key is the same: the name is what the server looks for. */
static void of_a_shared_key(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        struct hf_session_info info;
        lab_pair_open(&pair, &(struct lab_side){.who = LAB_CLIENT, .more = is_us_nul_er},
                      &(struct lab_side){.max = lab_versions[v], .more = has_us});
        (void)lab_pair_run(&pair);
        hf_session_info(pair.server, &info);
        assert_true(info.psk_identity == NULL || !info.opened);
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_certificate),
        cmocka_unit_test(of_a_shared_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
