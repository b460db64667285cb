/* Types of certificates chosen: RFC 7250 4.1, 4.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "negotiate/certificate_type.h"

enum { X509 = HF_CERTIFICATE_TYPE_X509, RAW = HF_CERTIFICATE_TYPE_RAW, OTHER = 5, NONE = -1 };

static const struct {
    uint8_t client[3], client_count;
    struct hf_certificate_types ours;
    int wanted;
} cases[] = {
    {{0}, 0, {{0}, 0}, X509},
    {{0}, 0, {{RAW, X509}, 2}, X509},
    {{0}, 0, {{RAW}, 1}, NONE},
    {{RAW}, 1, {{0}, 0}, NONE},
    {{RAW}, 1, {{RAW}, 1}, RAW},
    {{RAW, X509}, 2, {{X509, RAW}, 2}, X509}, /* ours is the order */
    {{X509, RAW}, 2, {{RAW, X509}, 2}, RAW},
    {{OTHER, RAW}, 2, {{X509, RAW}, 2}, RAW},
    {{OTHER}, 1, {{X509, RAW}, 2}, NONE},
};

static void the_servers_order_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        const struct hf_config config = {.peer_types = cases[i].ours};
        const struct hf_client_hello_facts hello = {.client_types = hf_span_of(cases[i].client, cases[i].client_count)};
        struct hf_negotiated negotiated = {.peer_type = (enum hf_certificate_type)99};
        struct hf_failure failure = {0};
        enum hf_error error = hf_negotiate_certificate_type_of_client(&config, &hello, &negotiated, &failure);
        assert_int_equal(error, cases[i].wanted == NONE ? HF_ERR_certificate_type_unsupported : HF_OK);
        if (cases[i].wanted == NONE)
            continue;
        assert_int_equal(negotiated.peer_type, cases[i].wanted);
        assert_int_equal(negotiated.has_client_type, cases[i].client_count > 0);
    }
}

/* A client that takes keys only must not go on with a server that says nothing, which means X.509. */
static void silence_is_x509(void **state)
{
    (void)state;
    const struct hf_config config = {.peer_types = {{RAW}, 1}};
    const struct hf_client_offer offer = {.config = &config};
    const struct hf_server_hello_facts silent = {.legacy_version = 0};
    const struct hf_server_hello_facts by_key = {.server_type = HF_CERTIFICATE_TYPE_RAW};
    struct hf_negotiated negotiated = {0};
    struct hf_failure failure = {0};
    assert_int_equal(hf_negotiate_certificate_type_check(&offer, &silent, &negotiated, &failure),
                     HF_ERR_certificate_type_unsupported);
    assert_int_equal(hf_negotiate_certificate_type_check(&offer, &by_key, &negotiated, &failure), HF_OK);
    assert_int_equal(negotiated.peer_type, RAW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_servers_order_counts),
        cmocka_unit_test(silence_is_x509),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
