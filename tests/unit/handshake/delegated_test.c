/* Delegated credentials (RFC 9345) through whole handshakes, of either end; and every check of 4.1.3 with a credential
 * that fails it and nothing else. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/authenticator.h>
#include <handfast/compression.h>
#include <handfast/delegation.h>
#include <handfast/session.h>

#include "delegated_lab.h"
#include "extension/entry.h"
#include "support/lab_check.h"
#include "support/puppet.h"
#include "support/test_allocator.h"

/* ---- ends ---- */

struct end {
    const struct made *delegated; /* NULL: by its certificate alone */
    bool only;                    /* no certificate's key behind it */
    bool anyway;                  /* whatever is wrong with it */
    const char *takes;            /* NULL: none */
    void (*more)(struct hf_builder *builder);
};

static const struct hf_allocator *starved[2]; /* by role; NULL: the standard one */

static struct hf_config *try_config(enum hf_role role, const struct end *end, struct hf_failure *ret_failure)
{
    const char *root = hf_authority_certificate_pem(authority, HF_AUTHORITY_ROOT);
    const struct hf_authority_issued *own = &permits[role];
    struct hf_builder *builder =
        starved[role] == NULL ? hf_builder_new(role) : hf_builder_new_with(role, starved[role]);
    if (builder == NULL) {
        ret_failure->error = HF_ERR_no_memory;
        return NULL;
    }
    hf_builder_trust_pem(builder, root, strlen(root));
    if (end->anyway)
        hf_builder_present_anyway(builder);
    if (end->delegated != NULL) {
        const struct made *made = end->delegated;
        const struct hf_authority_pair pair = {.certificate = made->by->chain_pem,
                                               .certificate_len = strlen(made->by->chain_pem),
                                               .key = made->key,
                                               .key_len = made->key_len};
        hf_builder_identity_delegated_pem(builder, &pair, made->credential, made->credential_len);
    }
    if (!end->only)
        hf_builder_identity_pem(builder, own->chain_pem, strlen(own->chain_pem), own->key_pem, strlen(own->key_pem));
    if (end->takes != NULL)
        hf_builder_take_delegated(builder, end->takes);
    if (end->more != NULL)
        end->more(builder);
    return hf_builder_finish(builder, LAB_NOW_S, ret_failure);
}

static void open_pair(struct lab_pair *pair, const struct end *client, const struct end *server)
{
    struct hf_failure failure = {0};
    struct hf_config *of_client = try_config(HF_CLIENT, client, &failure);
    struct hf_config *of_server = try_config(HF_SERVER, server, &failure);
    assert_non_null(of_client);
    assert_non_null(of_server);
    pair->client = hf_connection_new(of_client, "server.lab", LAB_NOW_MS, &failure);
    pair->server = hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(of_client);
    hf_config_drop(of_server);
    (void)lab_pair_run(pair);
}

static void assert_opened(struct lab_pair *pair, bool server_delegated, bool client_delegated)
{
    struct hf_session_info info;
    lab_assert_open(pair);
    hf_session_info(pair->client, &info);
    assert_int_equal(info.peer_delegated, server_delegated);
    assert_string_equal(info.peer_scheme, server_delegated ? "ed25519" : "ecdsa_secp256r1_sha256");
    hf_session_info(pair->server, &info);
    assert_int_equal(info.peer_delegated, client_delegated);
    lab_assert_data(pair, pair->client, pair->server);
    lab_assert_data(pair, pair->server, pair->client);
    lab_pair_close(pair);
}

static struct made of_server, of_client; /* good ones, with keys of Ed25519 */

static void make_good(void)
{
    make(&(struct terms){.role = HF_SERVER, .scheme = ED25519, .key = HF_KEY_ED25519}, HF_SERVER, &of_server);
    make(&(struct terms){.role = HF_CLIENT, .scheme = ED25519, .key = HF_KEY_ED25519}, HF_CLIENT, &of_client);
}

static void each_end_proves_itself_by_one(void **state)
{
    struct lab_pair pair;
    (void)state;
    make_good();
    const struct end plain = {0}, takes = {.takes = TAKES};
    const struct end server = {.delegated = &of_server, .takes = TAKES},
                     client = {.delegated = &of_client, .takes = TAKES};
    open_pair(&pair, &takes, &server);
    assert_opened(&pair, true, false);
    open_pair(&pair, &client, &takes);
    assert_opened(&pair, false, true);
    open_pair(&pair, &client, &server);
    assert_opened(&pair, true, true);
    open_pair(&pair, &plain, &server); /* who takes none gets the certificate behind it */
    assert_opened(&pair, false, false);
    open_pair(&pair, &client, &plain);
    assert_opened(&pair, false, false);
}

static void only_12(struct hf_builder *builder)
{
    hf_builder_versions(builder, HF_TLS12, HF_TLS12);
}

/* RFC 9345 4.1.1: below 1.3 it is ignored. */
static void tls12_knows_none(void **state)
{
    struct lab_pair pair;
    (void)state;
    make_good();
    open_pair(&pair, &(struct end){.delegated = &of_client, .takes = TAKES},
              &(struct end){.delegated = &of_server, .takes = TAKES, .more = only_12});
    assert_opened(&pair, false, false);
}

/* By a scheme that the peer does not take, or that its certificate is not signed by. */
static void what_the_peer_does_not_take_is_not_sent(void **state)
{
    struct lab_pair pair;
    (void)state;
    make_good();
    open_pair(&pair, &(struct end){.takes = "ecdsa_secp384r1_sha384"}, &(struct end){.delegated = &of_server});
    assert_opened(&pair, false, false);
    open_pair(&pair, &(struct end){.takes = TAKES}, &(struct end){.delegated = &of_server, .only = true});
    assert_opened(&pair, true, false);
    struct hf_failure failure;
    struct hf_config *client = try_config(HF_CLIENT, &(struct end){0}, &failure);
    struct hf_config *server = try_config(HF_SERVER, &(struct end){.delegated = &of_server, .only = true}, &failure);
    pair.client = hf_connection_new(client, "server.lab", LAB_NOW_MS, &failure);
    pair.server = hf_connection_new(server, NULL, LAB_NOW_MS, &failure);
    (void)lab_pair_run(&pair);
    lab_assert_failed(pair.server,
                      &(struct lab_failure){HF_ERR_no_common_signature_scheme, HF_BY_US, HF_ALERT_handshake_failure});
    lab_pair_close(&pair);
    hf_config_drop(client);
    hf_config_drop(server);
}

/* RFC 9345 7.4. */
static void ask_for_tickets(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
}

static void keep_sessions(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
}

static void no_session_follows(void **state)
{
    (void)state;
    make_good();
    for (int way = 0; way < 3; way++) {
        struct lab_pair pair;
        open_pair(&pair,
                  &(struct end){.takes = TAKES, .delegated = way == 1 ? &of_client : NULL, .more = ask_for_tickets},
                  &(struct end){.takes = TAKES, .delegated = way == 0 ? &of_server : NULL, .more = keep_sessions});
        lab_assert_open(&pair);
        const bool of_the_client = lab_event(pair.client, HF_EVENT_SESSION);
        assert_int_equal(of_the_client, way == 2);
        lab_pair_close(&pair);
    }
}

static void take_later(struct hf_builder *builder)
{
    ask_for_tickets(builder);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
}

static void ask_later(struct hf_builder *builder)
{
    hf_builder_client_auth(builder, HF_CLIENT_AUTH_NONE);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
    hf_builder_sessions_outside(builder);
}

/* Each answer by a credential of its own, and no ticket behind any. */
static void no_session_follows_an_answer_on_the_open_connection(void **state)
{
    (void)state;
    make_good();
    for (int delegated = 0; delegated < 2; delegated++) {
        struct lab_pair pair;
        open_pair(&pair, &(struct end){.delegated = delegated ? &of_client : NULL, .more = take_later},
                  &(struct end){.takes = TAKES, .more = ask_later});
        lab_assert_open(&pair);
        (void)lab_event(pair.server, HF_EVENT_OPENED);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
            (void)lab_pair_run(&pair);
            assert_int_equal(pair.server->handshake.tickets_made, delegated ? 2 : 3 + i);
            assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
        }
        assert_int_equal(pair.server->handshake.peer_delegated, delegated);
        lab_pair_close(&pair);
    }
}

static bool copy(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room, size_t *ret_len)
{
    (void)context;
    *ret_len = bytes_len;
    return hf_span_copy(hf_span_of(bytes, bytes_len), into, room);
}

static bool copy_back(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    (void)context;
    return compressed_len == len && hf_span_copy(hf_span_of(compressed, len), into, len);
}

static void compress(struct hf_builder *builder)
{
    hf_builder_certificate_compression_own(
        builder, &(struct hf_certificate_compression){.id = 0xfe00, .compress = copy, .decompress = copy_back});
}

static void credentials_are_compressed_too(void **state)
{
    struct lab_pair pair;
    (void)state;
    make_good();
    open_pair(&pair, &(struct end){.takes = TAKES, .more = compress},
              &(struct end){.delegated = &of_server, .more = compress});
    assert_opened(&pair, true, false);
}

static bool holds(struct hf_span whole, struct hf_span part)
{
    for (size_t at = 0; at + part.len <= whole.len; at++)
        if (hf_span_equal(hf_span_part(whole, at, part.len), part))
            return true;
    return false;
}

/* Where a request says that they are taken, exported authenticators may be by them too. */
static void authenticators_are_by_credentials_too(void **state)
{
    (void)state;
    make_good();
    for (int role = 0; role < 2; role++) {
        struct lab_pair pair;
        uint8_t request[8192], made[16384];
        size_t len;
        struct hf_failure failure;
        struct hf_peer *peer;
        struct hf_authenticator_bytes bytes = {made, sizeof made, 0};
        open_pair(&pair, &(struct end){.delegated = &of_client, .takes = TAKES},
                  &(struct end){.delegated = &of_server, .takes = TAKES});
        struct hf_connection *by = role == HF_CLIENT ? pair.client : pair.server;
        struct hf_connection *at = role == HF_CLIENT ? pair.server : pair.client;
        const struct hf_authenticator_wish wish = {.context = NULL};
        assert_int_equal(hf_authenticator_request(at, &wish, request, sizeof request, &len), HF_OK);
        const struct hf_authenticator_making making = {request, len, HF_AUTHENTICATOR_FITTING};
        assert_int_equal(hf_authenticator_make(by, &making, &bytes, NULL), HF_OK);
        const struct hf_buffer *credential = &by->config->identities[0]->credential;
        assert_true(holds(hf_span_of(made, bytes.len), hf_buffer_span(credential)));
        const struct hf_authenticator_checking checking = {request, len, made, bytes.len, NULL};
        assert_int_equal(hf_authenticator_check(at, &checking, &peer, &failure), HF_OK);
        hf_authenticator_peer_free(peer);
        lab_pair_close(&pair);
    }
}

/* ---- what does not hold ---- */

static void assert_refused(const struct terms *terms, const char *wanted)
{
    for (int role = 0; role < 2; role++) {
        struct lab_pair pair;
        struct made made;
        struct terms own = *terms;
        own.role = terms->role == HF_CLIENT ? (enum hf_role)role : (enum hf_role)(1 - role);
        make(&own, (enum hf_role)role, &made);
        const struct end bad = {.delegated = &made, .only = true, .anyway = true, .takes = TAKES};
        const struct end judge = {.takes = TAKES};
        open_pair(&pair, role == HF_CLIENT ? &bad : &judge, role == HF_CLIENT ? &judge : &bad);
        struct hf_connection *judging = role == HF_CLIENT ? pair.server : pair.client;
        lab_assert_failed(
            judging, &(struct lab_failure){HF_ERR_delegated_credential_invalid, HF_BY_US, HF_ALERT_illegal_parameter});
        assert_non_null(strstr(hf_failure(judging)->wanted, wanted));
        lab_pair_close(&pair);
    }
}

/* terms.role SERVER here means: of the other role than it should be. */
static void each_check_fails_by_itself(void **state)
{
    (void)state;
    assert_refused(&(struct terms){.permits_not = true}, "DelegationUsage");
    assert_refused(&(struct terms){.end_s = 8 * DAY}, "7 days");
    assert_refused(&(struct terms){.end_s = 7 * DAY + 1}, "7 days");
    assert_refused(&(struct terms){.damaged = true}, "by its certificate's key");
    assert_refused(&(struct terms){.of_another = true}, "by its certificate's key");
    assert_refused(&(struct terms){.role = HF_SERVER}, "by its certificate's key");
    assert_refused(&(struct terms){.signed_by = P384_SHA384}, "by its certificate's key");
}

static void demand_3072(struct hf_builder *builder)
{
    hf_builder_rsa_bits_min(builder, 3072);
}

static void a_weak_key_is_refused(void **state)
{
    struct made weak;
    (void)state;
    make(&(struct terms){.role = HF_SERVER, .scheme = RSA_PSS_PSS_SHA256, .key = HF_KEY_RSA_PSS}, HF_SERVER, &weak);
    for (int demands = 0; demands < 2; demands++) {
        struct lab_pair pair;
        open_pair(&pair, &(struct end){.takes = "rsa_pss_pss_sha256", .more = demands ? demand_3072 : NULL},
                  &(struct end){.delegated = &weak, .only = true});
        if (demands) {
            lab_assert_failed(pair.client, &(struct lab_failure){HF_ERR_delegated_credential_invalid, HF_BY_US,
                                                                 HF_ALERT_illegal_parameter});
            assert_non_null(strstr(hf_failure(pair.client)->wanted, "strong enough"));
        } else {
            lab_assert_open(&pair);
        }
        lab_pair_close(&pair);
    }
}

static void the_last_moment_of_seven_days_holds(void **state)
{
    struct lab_pair pair;
    struct made made;
    (void)state;
    make(&(struct terms){.role = HF_SERVER, .scheme = ED25519, .key = HF_KEY_ED25519, .end_s = 7 * DAY}, HF_SERVER,
         &made);
    open_pair(&pair, &(struct end){.takes = TAKES}, &(struct end){.delegated = &made, .only = true});
    assert_opened(&pair, true, false);
}

/* What our own side never chooses is put into the identity behind its back: another scheme than was offered, and one
 * that is over. */
static void what_was_not_offered_is_refused(void **state)
{
    (void)state;
    make_good();
    for (int way = 0; way < 2; way++) {
        struct hf_failure failure;
        struct lab_pair pair;
        struct hf_config *client = try_config(HF_CLIENT, &(struct end){.takes = TAKES}, &failure);
        struct hf_config *server =
            try_config(HF_SERVER, &(struct end){.delegated = &of_server, .only = true}, &failure);
        pair.client = hf_connection_new(client, "server.lab", LAB_NOW_MS, &failure);
        pair.server = hf_connection_new(server, NULL, LAB_NOW_MS, &failure);
        if (way == 0)
            client->delegated_schemes[1] = P384_SHA384; /* the hello said otherwise */
        else
            server->identities[0]->credential_end_s += 10 * DAY;
        if (way == 0)
            (void)lab_pair_run(&pair);
        else
            lab_pair_run_at(&pair, LAB_NOW_MS + UINT64_C(1000) * (DAY + 1), LAB_NOW_MS + UINT64_C(1000) * (DAY + 1));
        lab_assert_failed(pair.client, &(struct lab_failure){HF_ERR_delegated_credential_invalid, HF_BY_US,
                                                             HF_ALERT_illegal_parameter});
        assert_non_null(strstr(hf_failure(pair.client)->wanted, way == 0 ? "was offered" : "still counts"));
        lab_pair_close(&pair);
        hf_config_drop(client);
        hf_config_drop(server);
    }
}

/* RFC 9345 4.1.1: to who did not ask. The server's choice is forced. */
static void unasked_it_is_unexpected(void **state)
{
    struct hf_failure failure;
    struct lab_pair pair;
    (void)state;
    make_good();
    struct hf_config *client = try_config(HF_CLIENT, &(struct end){0}, &failure);
    struct hf_config *server = try_config(HF_SERVER, &(struct end){.delegated = &of_server}, &failure);
    struct hf_buffer stolen = server->identities[0]->credential; /* the second identity sends it as its own */
    server->identities[0]->credential = server->identities[1]->credential;
    server->identities[1]->credential = stolen;
    server->identities[1]->credential_end_s = INT64_MAX;
    server->identities[1]->credential_signed_by = P256_SHA256;
    pair.client = hf_connection_new(client, "server.lab", LAB_NOW_MS, &failure);
    pair.server = hf_connection_new(server, NULL, LAB_NOW_MS, &failure);
    struct puppet *puppet = puppet_take(pair.server);
    puppet_stop_before(puppet, HF_MESSAGE_certificate);
    server->identities[1]->credential = (struct hf_buffer){0};
    server->identities[0]->schemes13.count = 0; /* so that the plain one is chosen */
    (void)lab_pair_run(&pair);
    uint8_t room[8192];
    struct hf_writer body = hf_writer_of(room, sizeof room);
    server->identities[1]->credential = stolen;
    hf_extension_write_certificate13(server->identities[1], 0, hf_span_of(NULL, 0), &body);
    puppet_send_message(puppet, 11, hf_writer_span(&body));
    (void)lab_pair_run(&pair);
    lab_assert_failed(pair.client,
                      &(struct lab_failure){HF_ERR_unexpected_message, HF_BY_US, HF_ALERT_unexpected_message});
    lab_pair_close(&pair);
    hf_config_drop(client);
    hf_config_drop(server);
}

/* Step 3: CertificateVerify by another scheme than the credential's. */
static void another_scheme_in_certificate_verify_is_refused(void **state)
{
    static const uint8_t body[] = {P256_SHA256 >> 8, P256_SHA256 & 0xff, 0, 2, 1, 2};
    struct lab_pair pair;
    struct hf_failure failure;
    (void)state;
    make_good();
    struct hf_config *client = try_config(HF_CLIENT, &(struct end){.takes = TAKES}, &failure);
    struct hf_config *server = try_config(HF_SERVER, &(struct end){.delegated = &of_server}, &failure);
    pair.client = hf_connection_new(client, "server.lab", LAB_NOW_MS, &failure);
    pair.server = hf_connection_new(server, NULL, LAB_NOW_MS, &failure);
    struct puppet *puppet = puppet_take(pair.server);
    puppet_stop_before(puppet, HF_MESSAGE_certificate_verify);
    (void)lab_pair_run(&pair);
    puppet_send_message(puppet, 15, hf_span_of(body, sizeof body));
    (void)lab_pair_run(&pair);
    lab_assert_failed(pair.client,
                      &(struct lab_failure){HF_ERR_delegated_credential_invalid, HF_BY_US, HF_ALERT_illegal_parameter});
    lab_pair_close(&pair);
    hf_config_drop(client);
    hf_config_drop(server);
}

/* ---- at home ---- */

static enum hf_error config_error(const struct end *end, enum hf_role role)
{
    struct hf_failure failure = {0};
    struct hf_config *config = try_config(role, end, &failure);
    hf_config_drop(config);
    return config == NULL ? failure.error : HF_OK;
}

static void what_no_peer_would_take_is_told_at_home(void **state)
{
    static const struct {
        struct terms terms;
        enum hf_error error;
    } wrong[] = {
        {{.permits_not = true}, HF_ERR_credential_unfit},      {{.end_s = 8 * DAY}, HF_ERR_credential_unfit},
        {{.end_s = -1}, HF_ERR_own_credential_expired},        {{.damaged = true}, HF_ERR_credential_unfit},
        {{.of_another = true}, HF_ERR_credential_unfit},       {{.scheme = 0x0804}, HF_ERR_credential_unfit},
        {{.scheme = P384_SHA384}, HF_ERR_credential_unfit},    {{.scheme = 0x0401}, HF_ERR_credential_unfit},
        {{.signed_by = P384_SHA384}, HF_ERR_credential_unfit},
    };
    struct made made;
    (void)state;
    for (size_t i = 0; i < HF_COUNT(wrong); i++) {
        make(&wrong[i].terms, HF_CLIENT, &made);
        assert_int_equal(config_error(&(struct end){.delegated = &made}, HF_CLIENT), wrong[i].error);
    }
    make(&(struct terms){.role = HF_SERVER}, HF_CLIENT, &made); /* signed for the other role */
    assert_int_equal(config_error(&(struct end){.delegated = &made}, HF_CLIENT), HF_ERR_credential_unfit);
    make_good();
    struct made swapped = of_client;
    memcpy(swapped.key, of_server.key, sizeof swapped.key);
    swapped.key_len = of_server.key_len;
    assert_int_equal(config_error(&(struct end){.delegated = &swapped}, HF_CLIENT), HF_ERR_key_mismatch);
    swapped = of_client;
    swapped.credential[5] = 'X';
    assert_int_equal(config_error(&(struct end){.delegated = &swapped}, HF_CLIENT), HF_ERR_file_malformed);
    assert_int_equal(config_error(&(struct end){.takes = "rsa_pss_rsae_sha256"}, HF_CLIENT), HF_ERR_setting_invalid);
    assert_int_equal(config_error(&(struct end){.takes = "ecdsa_sha1"}, HF_CLIENT), HF_ERR_setting_invalid);
    assert_int_equal(config_error(&(struct end){.takes = "nothing"}, HF_CLIENT), HF_ERR_setting_invalid);
}

static enum hf_error delegate(const struct hf_authority_issued *by, enum hf_role role, enum hf_authority_key key,
                              uint32_t lasts_s, struct made *ret_made)
{
    const struct hf_delegation_wish wish = {.by = {.certificate = by->chain_pem,
                                                   .certificate_len = strlen(by->chain_pem),
                                                   .key = by->key_pem,
                                                   .key_len = strlen(by->key_pem)},
                                            .role = role,
                                            .key = key,
                                            .now_s = LAB_NOW_S,
                                            .lasts_s = lasts_s};
    struct hf_failure failure;
    char *credential = NULL, *text = NULL;
    const enum hf_error error = hf_delegate(&wish, &credential, &text, &failure);
    if (error == HF_OK) {
        ret_made->credential_len = strlen(credential);
        ret_made->key_len = strlen(text);
        assert_true(hf_span_copy(hf_span_of_text(credential), ret_made->credential, 4096));
        assert_true(hf_span_copy(hf_span_of_text(text), ret_made->key, 4096));
        ret_made->by = by;
    }
    hf_authority_text_free(credential);
    hf_authority_text_free(text);
    return error;
}

static void what_is_delegated_serves(void **state)
{
    struct lab_pair pair;
    struct made made, client;
    (void)state;
    assert_int_equal(delegate(&permits[HF_SERVER], HF_SERVER, HF_AUTHORITY_ED25519, 7 * DAY, &made), HF_OK);
    assert_int_equal(delegate(&permits[HF_CLIENT], HF_CLIENT, HF_AUTHORITY_P256, 1, &client), HF_OK);
    open_pair(&pair, &(struct end){.delegated = &client, .only = true, .takes = TAKES},
              &(struct end){.delegated = &made, .only = true, .takes = TAKES});
    assert_opened(&pair, true, true);
    assert_int_equal(delegate(&permits_not[HF_SERVER], HF_SERVER, HF_AUTHORITY_P256, DAY, &made),
                     HF_ERR_credential_unfit);
    assert_int_equal(delegate(&permits[HF_SERVER], HF_SERVER, HF_AUTHORITY_P256, 7 * DAY + 1, &made),
                     HF_ERR_setting_invalid);
    assert_int_equal(delegate(&permits[HF_SERVER], HF_SERVER, HF_AUTHORITY_P256, 0, &made), HF_ERR_setting_invalid);
    assert_int_equal(delegate(&permits[HF_SERVER], HF_SERVER, HF_AUTHORITY_RSA2048, DAY, &made),
                     HF_ERR_setting_invalid);
}

/* Each allocation of one end fails in turn, of its config and of the handshake: it says so, and nothing is left. */
static bool starve(enum hf_role role, size_t n)
{
    static const struct hf_allocator *const standard = NULL;
    struct hf_test_allocator test;
    struct hf_failure failure = {0};
    struct lab_pair pair = {0};
    const struct end client = {.delegated = &of_client, .takes = TAKES, .only = true};
    const struct end server = {.delegated = &of_server, .takes = TAKES, .only = true};
    hf_test_allocator_init(&test, n);
    starved[role] = &test.allocator;
    struct hf_config *of_end[2] = {try_config(HF_CLIENT, &client, &failure), try_config(HF_SERVER, &server, &failure)};
    starved[role] = standard;
    if (of_end[0] != NULL && of_end[1] != NULL) {
        pair.client = hf_connection_new(of_end[0], "server.lab", LAB_NOW_MS, &failure);
        pair.server = hf_connection_new(of_end[1], NULL, LAB_NOW_MS, &failure);
    }
    if (pair.client != NULL && pair.server != NULL) {
        (void)lab_pair_run(&pair);
        const struct hf_failure *of_us = hf_failure(role == HF_CLIENT ? pair.client : pair.server);
        if (of_us != NULL)
            assert_string_equal(hf_error_name(of_us->error), "no_memory");
    } else {
        assert_string_equal(hf_error_name(failure.error), "no_memory");
    }
    lab_pair_close(&pair);
    hf_config_drop(of_end[0]);
    hf_config_drop(of_end[1]);
    assert_int_equal(test.live, 0);
    return hf_test_allocator_failed(&test);
}

static void missing_memory_is_told(void **state)
{
    (void)state;
    make_good();
    for (int role = 0; role < 2; role++) {
        size_t n = 1;
        while (starve((enum hf_role)role, n))
            n++;
        assert_true(n > 50);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_end_proves_itself_by_one),
        cmocka_unit_test(tls12_knows_none),
        cmocka_unit_test(what_the_peer_does_not_take_is_not_sent),
        cmocka_unit_test(no_session_follows),
        cmocka_unit_test(no_session_follows_an_answer_on_the_open_connection),
        cmocka_unit_test(credentials_are_compressed_too),
        cmocka_unit_test(authenticators_are_by_credentials_too),
        cmocka_unit_test(each_check_fails_by_itself),
        cmocka_unit_test(a_weak_key_is_refused),
        cmocka_unit_test(the_last_moment_of_seven_days_holds),
        cmocka_unit_test(what_was_not_offered_is_refused),
        cmocka_unit_test(unasked_it_is_unexpected),
        cmocka_unit_test(another_scheme_in_certificate_verify_is_refused),
        cmocka_unit_test(what_no_peer_would_take_is_told_at_home),
        cmocka_unit_test(what_is_delegated_serves),
        cmocka_unit_test(missing_memory_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
