/* The groups' rows against RFC 9846 4.3.7 the hybrids' draft and ML-KEM's (draft-ietf-tls-mlkem); share lengths against
 * what crypto makes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "registry/group.h"

struct expected {
    uint16_t id;
    const char *name;
    size_t client;
    size_t server;
    bool for_12;
};

static const struct expected expected[] = {
    {23, "secp256r1", 65, 65, true},
    {24, "secp384r1", 97, 97, true},
    {25, "secp521r1", 133, 133, true},
    {29, "x25519", 32, 32, true},
    {30, "x448", 56, 56, true},
    {4587, "SecP256r1MLKEM768", 1249, 1153, false},
    {4588, "X25519MLKEM768", 1216, 1120, false},
    {4589, "SecP384r1MLKEM1024", 1665, 1665, false},
    {512, "MLKEM512", 800, 768, false},
    {513, "MLKEM768", 1184, 1088, false},
    {514, "MLKEM1024", 1568, 1568, false},
    {256, "ffdhe2048", 256, 256, true}, /* RFC 7919 2; here for TLS 1.2 only */
    {257, "ffdhe3072", 384, 384, true},
    {258, "ffdhe4096", 512, 512, true},
    {259, "ffdhe6144", 768, 768, true},
    {260, "ffdhe8192", 1024, 1024, true},
};

static void test_rows(void **state)
{
    (void)state;
    assert_int_equal(hf_group_count(), HF_COUNT(expected));
    for (size_t i = 0; i < HF_COUNT(expected); i++) {
        const struct hf_group *group = hf_group_find(expected[i].id);
        assert_non_null(group);
        assert_string_equal(group->name, expected[i].name);
        assert_int_equal(group->client_share_len, expected[i].client);
        assert_int_equal(group->server_share_len, expected[i].server);
        assert_int_equal(hf_key_exchange_offer_len(group->key_exchange), expected[i].client);
        assert_int_equal(hf_key_exchange_answer_len(group->key_exchange), expected[i].server);
        assert_int_equal((group->versions & HF_VERSION_BIT_13) != 0, !hf_key_exchange_has_field(group->key_exchange));
        assert_int_equal((group->versions & HF_VERSION_BIT_12) != 0, expected[i].for_12);
    }
}

static uint16_t id_of(const char *name)
{
    const struct hf_group *group = hf_group_find_name(hf_span_of_text(name));
    return group == NULL ? 0 : group->id;
}

static void test_find(void **state)
{
    (void)state;
    for (size_t i = 0; i < hf_group_count(); i++) {
        assert_ptr_equal(hf_group_find(hf_group_at(i)->id), hf_group_at(i));
        assert_ptr_equal(hf_group_find_name(hf_span_of_text(hf_group_at(i)->name)), hf_group_at(i));
    }
    assert_null(hf_group_at(hf_group_count()));
    assert_null(hf_group_find(1));
    assert_int_equal(id_of("prime256v1"), 23);
    assert_int_equal(id_of("P-256"), 23);
    assert_int_equal(id_of("p-521"), 25);
    assert_int_equal(id_of("X25519"), 29);
    assert_int_equal(id_of("x25519mlkem768"), 4588);
    assert_int_equal(id_of("prime256v1,P-256"), 0);
    assert_int_equal(id_of("prime256v"), 0);
    assert_int_equal(id_of(""), 0);
    assert_int_equal(hf_group_find_key(HF_KEY_P384)->id, 24);
    assert_null(hf_group_find_key(HF_KEY_NONE));
    assert_null(hf_group_find_key(HF_KEY_RSA));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
