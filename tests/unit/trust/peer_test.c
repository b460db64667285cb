/* The proven identity as applications see it; and SPIFFE IDs, which it carries. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <openssl/sha.h>

#include "crypto/toolbox.h"
#include "support/make_certificate.h"
#include "support/test_allocator.h"
#include "trust/peer.h"

static struct hf_toolbox *toolbox;

static int begin(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

static void getters_tell_what_is_in_the_certificate(void **state)
{
    (void)state;
    struct make_certificate *ca = make_certificate(&(struct make_certificate_of){.subject = "CN=Root", .ca = true});
    struct make_certificate *leaf = make_certificate(&(struct make_certificate_of){
        .subject = "O=Lab,CN=billing",
        .issuer = ca,
        .serial = "0a0b",
        .not_before_s = 1000000000,
        .not_after_s = 2000000000,
        .sans = "email:a@b,DNS:one.lan,IP:10.0.0.5,URI:spiffe://lab/pay,DNS:two.lan,IP:2001:db8::1"});
    struct hf_span chain[] = {make_certificate_span(leaf), make_certificate_span(ca)};
    struct hf_peer *peer = NULL;
    uint8_t digest[32];
    size_t len = 0;
    assert_int_equal(hf_peer_new(&hf_allocation_standard, toolbox, chain, 2, &peer), HF_OK);
    SHA256(leaf->der, leaf->len, digest);
    assert_memory_equal(hf_peer_certificate_fingerprint(peer), digest, 32);
    assert_memory_not_equal(hf_peer_key_fingerprint(peer), digest, 32);
    assert_string_equal(hf_peer_subject(peer), "CN=billing, O=Lab");
    assert_string_equal(hf_peer_issuer(peer), "CN=Root");
    assert_string_equal(hf_peer_common_name(peer), "billing");
    assert_string_equal(hf_peer_serial(peer), "0a0b");
    assert_string_equal(hf_peer_spiffe_id(peer), "spiffe://lab/pay");
    assert_int_equal(hf_peer_dns_count(peer), 2);
    assert_string_equal(hf_peer_dns(peer, 0), "one.lan");
    assert_string_equal(hf_peer_dns(peer, 1), "two.lan");
    assert_null(hf_peer_dns(peer, 2));
    assert_int_equal(hf_peer_ip_count(peer), 2);
    assert_string_equal(hf_peer_ip(peer, 0), "10.0.0.5");
    assert_string_equal(hf_peer_ip(peer, 1), "2001:db8::1");
    assert_int_equal(hf_peer_uri_count(peer), 1);
    assert_string_equal(hf_peer_uri(peer, 0), "spiffe://lab/pay");
    assert_int_equal(hf_peer_email_count(peer), 1);
    assert_string_equal(hf_peer_email(peer, 0), "a@b");
    assert_int_equal(hf_peer_not_before(peer), 1000000000);
    assert_int_equal(hf_peer_not_after(peer), 2000000000);
    assert_int_equal(hf_peer_chain_count(peer), 2);
    assert_memory_equal(hf_peer_chain(peer, 1, &len), ca->der, ca->len);
    assert_int_equal(len, ca->len);
    assert_null(hf_peer_chain(peer, 2, &len));
    assert_true(hf_peer_size(peer) < leaf->len + ca->len + 1400); /* texts take what they are long */
    make_certificate_free(leaf);                                  /* the peer holds copies */
    assert_string_equal(hf_peer_dns(peer, 0), "one.lan");
    hf_peer_drop(peer);
    hf_peer_drop(NULL);
    make_certificate_free(ca);
}

static void a_spiffe_id_is_the_only_uri(void **state)
{
    (void)state;
    static const struct {
        const char *sans;
        bool ca;
        const char *id;
    } cases[] = {{"URI:spiffe://lab/pay", false, "spiffe://lab/pay"},
                 {"URI:spiffe://lab/pay,URI:spiffe://lab/other", false, ""},
                 {"URI:spiffe://lab/pay,DNS:a.lan", false, "spiffe://lab/pay"},
                 {"URI:spiffe://lab/pay", true, ""},
                 {"URI:https://lab/pay", false, ""},
                 {NULL, false, ""}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct make_certificate *leaf = make_certificate(
            &(struct make_certificate_of){.subject = "CN=x", .sans = cases[i].sans, .ca = cases[i].ca});
        struct hf_span chain = make_certificate_span(leaf);
        struct hf_peer *peer = NULL;
        assert_int_equal(hf_peer_new(&hf_allocation_standard, toolbox, &chain, 1, &peer), HF_OK);
        assert_string_equal(hf_peer_spiffe_id(peer), cases[i].id);
        hf_peer_drop(peer);
        make_certificate_free(leaf);
    }
}

static void allocations_may_fail(void **state)
{
    (void)state;
    struct make_certificate *leaf =
        make_certificate(&(struct make_certificate_of){.subject = "CN=x", .sans = "DNS:a.lan"});
    struct hf_span chain = make_certificate_span(leaf);
    for (size_t nth = 1;; nth++) {
        struct hf_test_allocator test;
        struct hf_peer *peer = NULL;
        hf_test_allocator_init(&test, nth);
        enum hf_error error = hf_peer_new(&test.allocator, toolbox, &chain, 1, &peer);
        bool failed = hf_test_allocator_failed(&test);
        assert_int_equal(error, failed ? HF_ERR_no_memory : HF_OK);
        assert_true((peer == NULL) == failed);
        hf_peer_drop(peer);
        assert_int_equal(test.live, 0);
        if (!failed)
            break;
    }
    make_certificate_free(leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(getters_tell_what_is_in_the_certificate),
        cmocka_unit_test(a_spiffe_id_is_the_only_uri),
        cmocka_unit_test(allocations_may_fail),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
