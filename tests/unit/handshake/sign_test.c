/* Signatures made outside: at once by a holder, later, not at all, wrongly; by either end, in both versions. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <openssl/evp.h>

#include "support/key_holder.h"
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
        size_t len = key_holder_sign(of_client ? LAB_CLIENT : LAB_SERVER, &wanted, signature, sizeof signature);
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

/* Nobody sees it: with an RSA key a faulty signature can give the key away. */
static void a_wrong_signature_stays_here(void **state)
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
        size_t len = key_holder_sign(of_client ? LAB_CLIENT : LAB_SERVER, &wanted, signature, sizeof signature);
        assert_int_equal(hf_answer_signature(signer, signature, len), HF_ERR_signer_failed);
        (void)lab_pair_run(&pair);
        lab_assert_failed(signer, &(struct lab_failure){HF_ERR_signer_failed, HF_BY_US, HF_ALERT_internal_error});
        assert_non_null(strstr(hf_failure(signer)->got, "does not verify"));
        lab_assert_failed(of_client ? pair.server : pair.client,
                          &(struct lab_failure){HF_ERR_peer_refused, HF_BY_PEER, HF_ALERT_internal_error});
        lab_pair_close(&pair);
    }
}

static void the_digest_is_the_messages(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_signature_wanted wanted;
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    open_pair(&pair, HF_TLS13, /* of_client= */ true);
    assert_true(hf_signature_wanted(pair.client, &wanted));
    assert_int_equal(EVP_Digest(wanted.message, wanted.message_len, digest, &len, EVP_sha256(), NULL), 1);
    assert_int_equal(wanted.digest_len, len);
    assert_memory_equal(wanted.digest, digest, len);
    lab_pair_close(&pair);
}

static void why_there_is_none_is_told(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, HF_TLS13, /* of_client= */ true);
    assert_int_equal(hf_answer_no_signature(pair.client, "the vault is sealed"), HF_ERR_signer_failed);
    assert_string_equal(hf_failure(pair.client)->got, "the vault is sealed");
    assert_int_equal(hf_answer_no_signature(pair.client, NULL), HF_ERR_signer_failed);
    lab_pair_close(&pair);
}

/* A holder that answers at once. */
struct holder {
    enum lab_who who;
    int asked;
    int fails_at; /* the how-manieth signature there is none; 0: always one */
    int wrong_at; /* likewise one of something else */
    bool wrong_key;
    int released;
};

static struct holder holder;

static bool sign_now(void *context, const struct hf_signature_wanted *wanted, struct hf_signature_made *ret_made)
{
    struct holder *self = context;
    struct hf_signature_wanted asked = *wanted;
    self->asked++;
    if (self->asked == self->fails_at) {
        strcpy(ret_made->why, "the token was pulled out");
        ret_made->wrong_key = self->wrong_key;
        return false;
    }
    if (self->asked == self->wrong_at)
        asked.message_len--;
    ret_made->len = key_holder_sign(self->who, &asked, ret_made->bytes, sizeof ret_made->bytes);
    return true;
}

static void release(void *context)
{
    ((struct holder *)context)->released++;
}

static void add_holder(struct hf_builder *builder)
{
    const struct lab_identity *identity = lab_identity(LAB_CLIENT, MAKE_KEY_P256);
    hf_builder_identity_holder(builder, identity->chain, strlen(identity->chain),
                               &(struct hf_key_holder){sign_now, release, &holder});
}

static const struct lab_side held_client = {.anonymous = true, .more = add_holder};

static void a_holder_signs_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        holder = (struct holder){.who = LAB_CLIENT};
        lab_assert_talks(lab_versions[i], &held_client, NULL);
        assert_int_equal(holder.asked, 2); /* one to see that the key is the certificate's */
        assert_int_equal(holder.released, 1);
    }
}

static void a_holder_that_fails_says_why(void **state)
{
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        struct lab_pair pair;
        holder = (struct holder){.who = LAB_CLIENT, .fails_at = wrong ? 0 : 2, .wrong_at = wrong ? 2 : 0};
        lab_pair_open(&pair, &held_client, NULL);
        (void)lab_pair_run(&pair);
        lab_assert_failed(pair.client, &(struct lab_failure){HF_ERR_signer_failed, HF_BY_US, HF_ALERT_internal_error});
        assert_string_equal(hf_failure(pair.client)->got,
                            wrong ? "a signature that our certificate does not verify" : "the token was pulled out");
        lab_pair_close(&pair);
    }
}

static void a_holder_is_tried_at_once(void **state)
{
    (void)state;
    const struct holder bad[] = {{.who = LAB_SERVER},
                                 {.who = LAB_CLIENT, .fails_at = 1},
                                 {.who = LAB_CLIENT, .wrong_at = 1},
                                 {.who = LAB_CLIENT, .fails_at = 1, .wrong_key = true}};
    const enum hf_error errors[] = {HF_ERR_key_mismatch, HF_ERR_signer_failed, HF_ERR_key_mismatch,
                                    HF_ERR_key_mismatch};
    for (size_t i = 0; i < 4; i++) {
        struct hf_failure failure;
        holder = bad[i];
        assert_null(lab_config(HF_CLIENT, &held_client, &failure));
        assert_int_equal(failure.error, errors[i]);
        assert_int_equal(holder.released, 1);
        if (errors[i] == HF_ERR_key_mismatch)
            assert_string_equal(failure.subject, "CN=billing");
        else
            assert_string_equal(failure.got, "the token was pulled out");
    }
}

static void add_bad_chain(struct hf_builder *builder)
{
    hf_builder_identity_holder(builder, "no certificate", 14, &(struct hf_key_holder){sign_now, release, &holder});
    add_holder(builder); /* counts for nothing after the first error, but is released */
}

static void a_holder_is_always_released(void **state)
{
    (void)state;
    struct hf_failure failure;
    const struct lab_side side = {.anonymous = true, .more = add_bad_chain};
    holder = (struct holder){.who = LAB_CLIENT};
    assert_null(lab_config(HF_CLIENT, &side, &failure));
    assert_int_equal(failure.error, HF_ERR_file_malformed);
    assert_int_equal(holder.released, 2);
    assert_int_equal(holder.asked, 0);
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
    size_t len = key_holder_sign(LAB_CLIENT, &wanted, signature, sizeof signature);
    assert_int_equal(hf_answer_signature(pair.client, signature, len), HF_OK);
    assert_true(lab_event(pair.client, HF_EVENT_PEER_CLOSED));
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_later_answer_opens),         cmocka_unit_test(a_signer_that_fails_ends_it),
        cmocka_unit_test(a_wrong_signature_stays_here), cmocka_unit_test(the_digest_is_the_messages),
        cmocka_unit_test(why_there_is_none_is_told),    cmocka_unit_test(a_holder_signs_at_once),
        cmocka_unit_test(a_holder_that_fails_says_why), cmocka_unit_test(a_holder_is_tried_at_once),
        cmocka_unit_test(a_holder_is_always_released),  cmocka_unit_test(bytes_that_come_meanwhile_are_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
