/* Signatures made outside: answered later, not at all, wrongly; by either end, in both versions. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <openssl/pem.h>

#include "support/lab_check.h"

static void add_outside(struct hf_builder *builder, enum lab_who who)
{
    const struct lab_identity *identity = lab_identity(who, MAKE_KEY_P256);
    hf_builder_identity_outside(builder, identity->chain, strlen(identity->chain));
}

static void client_outside(struct hf_builder *builder)
{
    add_outside(builder, LAB_CLIENT);
}

static void server_outside(struct hf_builder *builder)
{
    add_outside(builder, LAB_SERVER);
}

/* anonymous: the lab adds no identity of its own. */
static const struct lab_side outside_client = {.anonymous = true, .more = client_outside};

static void open_pair(struct lab_pair *pair, enum hf_version version, bool of_client)
{
    struct lab_side server = {.min = version, .max = version};
    if (!of_client) {
        server.anonymous = true;
        server.more = server_outside;
    }
    lab_pair_open(pair, of_client ? &outside_client : NULL, &server);
    (void)lab_pair_run(pair);
}

static EVP_PKEY *read_key(enum lab_who who)
{
    BIO *bio = BIO_new_mem_buf(lab_identity(who, MAKE_KEY_P256)->key, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(key);
    return key;
}

static size_t sign(enum lab_who who, const struct hf_signature_wanted *wanted, uint8_t *signature, size_t room)
{
    EVP_PKEY *key = read_key(who);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t len = room;
    assert_int_equal(wanted->scheme, 0x0403);
    assert_string_equal(wanted->scheme_name, "ecdsa_secp256r1_sha256");
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &len, wanted->message, wanted->message_len), 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return len;
}

static void a_later_answer_opens(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        bool of_client = i % 2 == 0;
        struct lab_pair pair;
        struct hf_signature_wanted wanted;
        uint8_t signature[128];
        open_pair(&pair, lab_versions[i / 2], of_client);
        struct hf_connection *signer = of_client ? pair.client : pair.server;
        assert_true(lab_event(signer, HF_EVENT_NEEDS_SIGNATURE));
        assert_true(hf_signature_wanted(signer, &wanted));
        assert_int_equal(wanted.identity, 0);
        assert_int_equal(hf_tick(signer, LAB_NOW_MS + 500), HF_OK);
        assert_null(hf_peer(pair.client));
        assert_null(hf_peer(pair.server));
        size_t len = sign(of_client ? LAB_CLIENT : LAB_SERVER, &wanted, signature, sizeof signature);
        assert_int_equal(hf_answer_signature(signer, signature, len), HF_OK);
        assert_false(hf_signature_wanted(signer, &wanted));
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        lab_assert_data(&pair, pair.client, pair.server);
        assert_int_equal(hf_answer_signature(signer, signature, len), HF_ERR_wrong_call);
        lab_assert_data(&pair, pair.server, pair.client);
        lab_pair_close(&pair);
    }
}

static void a_signer_that_fails_ends_it(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        bool of_client = i % 2 == 0;
        struct lab_pair pair;
        open_pair(&pair, lab_versions[i / 2], of_client);
        struct hf_connection *signer = of_client ? pair.client : pair.server;
        assert_int_equal(hf_answer_signature(signer, NULL, 0), HF_ERR_signer_failed);
        (void)lab_pair_run(&pair);
        lab_assert_failed(signer, &(struct lab_failure){HF_ERR_signer_failed, HF_BY_US, HF_ALERT_internal_error});
        lab_assert_failed(of_client ? pair.server : pair.client,
                          &(struct lab_failure){HF_ERR_peer_refused, HF_BY_PEER, HF_ALERT_internal_error});
        assert_int_equal(hf_answer_signature(signer, NULL, 0), HF_ERR_signer_failed);
        lab_pair_close(&pair);
    }
}

static void a_wrong_signature_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        bool of_client = i % 2 == 0;
        struct lab_pair pair;
        struct hf_signature_wanted wanted;
        uint8_t signature[128];
        open_pair(&pair, lab_versions[i / 2], of_client);
        struct hf_connection *signer = of_client ? pair.client : pair.server;
        assert_true(hf_signature_wanted(signer, &wanted));
        wanted.message_len--; /* signs something else */
        size_t len = sign(of_client ? LAB_CLIENT : LAB_SERVER, &wanted, signature, sizeof signature);
        assert_int_equal(hf_answer_signature(signer, signature, len), HF_OK);
        (void)lab_pair_run(&pair);
        lab_assert_failed(of_client ? pair.server : pair.client,
                          &(struct lab_failure){HF_ERR_bad_signature, HF_BY_US, HF_ALERT_decrypt_error});
        lab_assert_failed(signer, &(struct lab_failure){HF_ERR_peer_refused, HF_BY_PEER, HF_ALERT_decrypt_error});
        lab_pair_close(&pair);
    }
}

/* Whatever the peer sends while a signature is awaited is held, and its close is seen afterwards. */
static void bytes_that_come_meanwhile_are_held(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_signature_wanted wanted;
    uint8_t signature[128];
    open_pair(&pair, HF_TLS13, /* of_client= */ true);
    hf_close(pair.server);
    assert_true(lab_move(pair.server, pair.client, 16384) > 0);
    assert_true(hf_signature_wanted(pair.client, &wanted));
    size_t len = sign(LAB_CLIENT, &wanted, signature, sizeof signature);
    assert_int_equal(hf_answer_signature(pair.client, signature, len), HF_OK);
    assert_true(lab_event(pair.client, HF_EVENT_PEER_CLOSED));
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_answer_opens),
        cmocka_unit_test(a_signer_that_fails_ends_it),
        cmocka_unit_test(a_wrong_signature_is_refused),
        cmocka_unit_test(bytes_that_come_meanwhile_are_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
