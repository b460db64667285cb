/* Exported authenticators, RFC 9261: asked for, made and validated by either end, in TLS 1.3 and 1.2; what was made for
 * another connection, request or purpose does not hold; contexts are used once. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <handfast/authenticator.h>

#include "crypto/hmac.h"
#include "engine/connection.h"
#include "handshake/authenticator.h"
#include "support/key_holder.h"
#include "support/lab_check.h"
#include "support/test_allocator.h"

enum {
    ROOM = 32768,
    AT_NAME = 4 + 1 + 32 + 2 + 4 + 5 /* in a request with a name, which is its first extension */
};

struct bytes {
    uint8_t at[ROOM];
    size_t len;
};

static void add_another(struct hf_builder *builder)
{
    const struct lab_identity *other = lab_identity(LAB_SERVER, MAKE_KEY_P384);
    hf_builder_identity_pem(builder, other->chain, strlen(other->chain), other->key, strlen(other->key));
    hf_builder_authenticators_unasked(builder);
}

static void admit_nobody(struct hf_builder *builder)
{
    hf_builder_admit(builder, "spiffe://lab/somebody-else");
}

static const struct lab_side one_way = {.client_auth = HF_CLIENT_AUTH_REQUEST, .more = add_another};
static const struct lab_side nobody = {.anonymous = true};

static void open_pair(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    lab_pair_open(pair, client, server);
    (void)lab_pair_run(pair);
    assert_true(lab_event(pair->client, HF_EVENT_OPENED));
    assert_true(lab_event(pair->server, HF_EVENT_OPENED));
}

static void open_version(struct lab_pair *pair, enum hf_version version)
{
    struct lab_side server = one_way;
    server.max = version;
    open_pair(pair, NULL, &server);
}

static void ask(struct hf_connection *from, const char *name, struct bytes *ret_request)
{
    const struct hf_authenticator_wish wish = {.server_name = name};
    assert_int_equal(hf_authenticator_request(from, &wish, ret_request->at, ROOM, &ret_request->len), HF_OK);
}

static enum hf_error make(struct hf_connection *by, const struct bytes *request, int identity, struct bytes *ret_made)
{
    const struct hf_authenticator_making making = {
        .request = request == NULL ? NULL : request->at,
        .request_len = request == NULL ? 0 : request->len,
        .identity = identity,
    };
    struct hf_authenticator_bytes bytes = {ret_made->at, ROOM, 0};
    enum hf_error error = hf_authenticator_make(by, &making, &bytes, NULL);
    ret_made->len = bytes.len;
    return error;
}

static enum hf_error check_for(struct hf_connection *at, const struct bytes *request, const struct bytes *made,
                               const char *name)
{
    struct hf_failure failure = {0};
    struct hf_peer *peer = NULL;
    const struct hf_authenticator_checking checking = {
        .request = request == NULL ? NULL : request->at,
        .request_len = request == NULL ? 0 : request->len,
        .authenticator = made->at,
        .authenticator_len = made->len,
        .name = name,
    };
    enum hf_error error = hf_authenticator_check(at, &checking, &peer, &failure);
    assert_int_equal(peer != NULL, error == HF_OK);
    if (error != HF_OK && error != HF_ERR_wrong_call)
        assert_int_equal(failure.error, error);
    if (at->config->role == HF_SERVER && error == HF_OK)
        assert_string_equal(hf_peer_spiffe_id(peer), "spiffe://lab/billing");
    hf_authenticator_peer_free(peer);
    assert_null(hf_failure(at));
    return error;
}

static enum hf_error check(struct hf_connection *at, const struct bytes *request, const struct bytes *made)
{
    return check_for(at, request, made, NULL);
}

/* ---- what is wanted ---- */

static void a_server_proves_itself_when_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct bytes request, made;
        open_version(&pair, lab_versions[i]);
        const struct hf_peer *before = hf_peer(pair.client);
        for (int identity = HF_AUTHENTICATOR_FITTING; identity < 2; identity++) {
            ask(pair.client, "server.lab", &request);
            assert_int_equal(request.at[0], 17); /* ClientCertificateRequest */
            assert_int_equal(make(pair.server, &request, identity, &made), HF_OK);
            assert_int_equal(check_for(pair.client, &request, &made, "server.lab"), HF_OK);
        }
        assert_ptr_equal(hf_peer(pair.client), before);
        lab_assert_data(&pair, pair.client, pair.server);
        lab_pair_close(&pair);
    }
}

static void a_client_proves_itself_when_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct bytes request, made;
        struct lab_side server = {.client_auth = HF_CLIENT_AUTH_REQUEST, .max = lab_versions[i]};
        open_pair(&pair, NULL, &server);
        ask(pair.server, NULL, &request);
        assert_int_equal(request.at[0], 13); /* CertificateRequest */
        assert_int_equal(make(pair.client, &request, HF_AUTHENTICATOR_FITTING, &made), HF_OK);
        assert_int_equal(check(pair.server, &request, &made), HF_OK);
        lab_pair_close(&pair);
    }
}

static void a_server_proves_itself_unasked(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct bytes made;
        open_version(&pair, lab_versions[i]);
        assert_int_equal(make(pair.server, NULL, 1, &made), HF_OK);
        assert_int_equal(check_for(pair.client, NULL, &made, "server.lab"), HF_OK);
        assert_int_equal(check(pair.client, NULL, &made), HF_ERR_illegal_parameter); /* again */
        assert_int_equal(make(pair.client, NULL, 0, &made), HF_ERR_wrong_call);
        lab_pair_close(&pair);
    }
    struct lab_pair pair;
    struct bytes made;
    open_pair(&pair, NULL, NULL); /* without the switch */
    assert_int_equal(make(pair.server, NULL, HF_AUTHENTICATOR_FITTING, &made), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

static void who_has_none_says_so(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct bytes request, made;
    const uint8_t *context;
    size_t len;
    open_pair(&pair, &nobody, &one_way);
    ask(pair.server, NULL, &request);
    assert_int_equal(make(pair.client, &request, HF_AUTHENTICATOR_FITTING, &made), HF_OK);
    assert_int_equal(made.len, 4 + 32);
    assert_false(hf_authenticator_context(made.at, made.len, &context, &len));
    assert_int_equal(check(pair.server, &request, &made), HF_ERR_authenticator_empty);
    ask(pair.client, "elsewhere.lab", &request); /* nobody is that */
    assert_int_equal(make(pair.server, &request, HF_AUTHENTICATOR_FITTING, &made), HF_OK);
    assert_int_equal(check(pair.client, &request, &made), HF_ERR_authenticator_empty);
    ask(pair.client, "server.lab", &request); /* he is, and declines */
    assert_int_equal(make(pair.server, &request, HF_AUTHENTICATOR_NOBODY, &made), HF_OK);
    made.at[made.len - 1] ^= 1;
    assert_int_equal(check(pair.client, &request, &made), HF_ERR_bad_finished);
    made.at[made.len - 1] ^= 1;
    assert_int_equal(check(pair.client, &request, &made), HF_ERR_authenticator_empty);
    assert_int_equal(check(pair.client, NULL, &made), HF_ERR_decode_error);
    lab_pair_close(&pair);
}

static void it_goes_over_datagrams_and_beside_later_requests(void **state)
{
    (void)state;
    const struct lab_side side = {.more = hf_builder_datagrams};
    struct lab_pair pair;
    struct bytes request, made;
    open_pair(&pair, &side, &side);
    ask(pair.server, NULL, &request);
    assert_int_equal(make(pair.client, &request, 0, &made), HF_OK);
    assert_int_equal(check(pair.server, &request, &made), HF_OK);
    lab_pair_close(&pair);
}

/* ---- against RFC 9261 5, by other means than the code's ---- */

static void export_part(struct hf_connection *from, const char *label, struct hf_secret *ret_secret)
{
    ret_secret->len = 32; /* of SHA-256 */
    assert_int_equal(hf_export(from, label, "", 0, ret_secret->bytes, ret_secret->len), HF_OK);
}

static void check_mac(struct hf_connection *from, const char *sender, const struct hf_span *covered, size_t count,
                      struct hf_span mac)
{
    struct hf_secret context, key;
    struct hf_digest digest, expected;
    struct hf_span parts[4];
    char label[64];
    (void)snprintf(label, sizeof label, "EXPORTER-%s authenticator handshake context", sender);
    export_part(from, label, &context);
    (void)snprintf(label, sizeof label, "EXPORTER-%s authenticator finished key", sender);
    export_part(from, label, &key);
    parts[0] = hf_secret_span(&context);
    for (size_t i = 0; i < count; i++)
        parts[i + 1] = covered[i];
    assert_int_equal(hf_hash_once(from->config->toolbox, HF_HASH_SHA256, parts, count + 1, &digest), HF_OK);
    const struct hf_span whole = hf_digest_span(&digest);
    assert_int_equal(hf_hmac_once(from->config->toolbox, HF_HASH_SHA256, hf_secret_span(&key), &whole, 1, &expected),
                     HF_OK);
    assert_true(hf_span_equal(mac, hf_digest_span(&expected)));
}

/* 64 spaces, the context string, a zero and the hash, signed by the server's key: RFC 9261 5.2.2. */
static void check_signature(const struct lab_pair *pair, const struct bytes *request, const struct bytes *made)
{
    struct hf_secret context;
    struct hf_digest digest;
    uint8_t content[64 + 22 + 1 + 32];
    export_part(pair->client, "EXPORTER-server authenticator handshake context", &context);
    const size_t len = 4 + ((size_t)made->at[2] << 8) + made->at[3]; /* of Certificate */
    const struct hf_span parts[] = {hf_secret_span(&context), hf_span_of(request->at, request->len),
                                    hf_span_of(made->at, len)};
    assert_int_equal(hf_hash_once(pair->client->config->toolbox, HF_HASH_SHA256, parts, 3, &digest), HF_OK);
    memset(content, ' ', 64);
    memcpy(content + 64, "Exported Authenticator", 23);
    memcpy(content + 87, digest.bytes, 32);
    const uint8_t *verify = made->at + len;
    const struct hf_span signature = hf_span_of(verify + 8, (size_t)(verify[6] << 8 | verify[7]));
    const struct hf_span signed_bytes = hf_span_of(content, sizeof content);
    struct hf_verified *owner;
    struct hf_signature_kind kind;
    assert_int_equal(hf_verified_new_raw(&hf_allocation_standard, pair->client->config->toolbox,
                                         &pair->server->config->identities[0]->parsed[0].key, &owner),
                     HF_OK);
    assert_true(hf_signature_scheme_fits(hf_signature_scheme_find((uint16_t)(verify[4] << 8 | verify[5])),
                                         HF_VERSION_BIT_13, hf_public_key_type(owner->key), &kind));
    assert_int_equal(hf_public_key_verify(owner->key, kind, signed_bytes, signature), HF_OK);
    content[0] = 0;
    assert_int_not_equal(hf_public_key_verify(owner->key, kind, signed_bytes, signature), HF_OK);
    hf_verified_drop(owner);
}

static void what_is_made_is_that_of_the_rfc(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct bytes request, made;
        struct lab_side server = one_way;
        server.max = lab_versions[i];
        server.suites = i == 0 ? "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" : "TLS_AES_128_GCM_SHA256";
        server.max = i == 0 ? HF_TLS12 : HF_TLS13;
        open_pair(&pair, NULL, &server);
        ask(pair.client, "server.lab", &request);
        assert_int_equal(make(pair.server, &request, 0, &made), HF_OK);
        const struct hf_span whole[] = {hf_span_of(request.at, request.len), hf_span_of(made.at, made.len - 36)};
        check_signature(&pair, &request, &made);
        check_mac(pair.client, "server", whole, 2, hf_span_of(made.at + made.len - 32, 32));
        ask(pair.server, NULL, &request);
        assert_int_equal(make(pair.client, &request, HF_AUTHENTICATOR_NOBODY, &made), HF_OK);
        uint8_t empty[4 + 1 + 32 + 3] = {11, 0, 0, 36, 32};
        assert_true(hf_span_copy(hf_span_of(request.at + 5, 32), empty + 5, 32));
        const struct hf_span none[] = {hf_span_of(request.at, request.len), hf_span_of(empty, sizeof empty)};
        check_mac(pair.server, "client", none, 2, hf_span_of(made.at + 4, 32));
        lab_pair_close(&pair);
    }
}

/* ---- contexts ---- */

static void contexts_are_told(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct bytes request, made;
    const uint8_t *context;
    size_t len;
    open_version(&pair, HF_TLS13);
    const struct hf_authenticator_wish wish = {.context = "chosen", .context_len = 6};
    assert_int_equal(hf_authenticator_request(pair.client, &wish, request.at, ROOM, &request.len), HF_OK);
    assert_true(hf_authenticator_context(request.at, request.len, &context, &len));
    assert_memory_equal(context, "chosen", len);
    assert_int_equal(make(pair.server, &request, 0, &made), HF_OK);
    assert_true(hf_authenticator_context(made.at, made.len, &context, &len));
    assert_int_equal(len, 6);
    assert_memory_equal(context, "chosen", len);
    assert_false(hf_authenticator_context("", 0, &context, &len));
    lab_pair_close(&pair);
}

static void contexts_are_used_once(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct bytes request, made, again;
    const struct hf_authenticator_wish wish = {.context = "chosen", .context_len = 6};
    open_version(&pair, HF_TLS13);
    assert_int_equal(hf_authenticator_request(pair.client, &wish, request.at, ROOM, &request.len), HF_OK);
    assert_int_equal(hf_authenticator_request(pair.client, &wish, again.at, ROOM, &again.len), HF_ERR_wrong_call);
    assert_int_equal(again.len, 0);
    assert_int_equal(make(pair.server, &request, 0, &made), HF_OK);
    assert_int_equal(make(pair.server, &request, 0, &again), HF_ERR_wrong_call);
    /* Nor in a request of the other direction, by either end. */
    assert_int_equal(hf_authenticator_request(pair.server, &wish, again.at, ROOM, &again.len), HF_ERR_wrong_call);
    assert_int_equal(check(pair.client, &request, &made), HF_OK);
    assert_int_equal(check(pair.client, &request, &made), HF_ERR_illegal_parameter);
    struct lab_pair other;
    open_version(&other, HF_TLS13); /* there it is free, and this client takes it for the server's */
    assert_int_equal(hf_authenticator_request(other.server, &wish, again.at, ROOM, &again.len), HF_OK);
    assert_int_equal(make(pair.client, &again, 0, &made), HF_ERR_illegal_parameter);
    lab_pair_close(&other);
    lab_pair_close(&pair);
}

static void requests_are_bounded(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct bytes request;
    open_version(&pair, HF_TLS13);
    for (int i = 0; i < HF_AUTHENTICATOR_REQUESTS_MAX; i++)
        ask(pair.client, NULL, &request);
    const struct hf_authenticator_wish wish = {.context = NULL};
    assert_int_equal(hf_authenticator_request(pair.client, &wish, request.at, ROOM, &request.len), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

/* ---- what does not hold ---- */

static void what_is_of_another_connection_is_refused(void **state)
{
    (void)state;
    struct lab_pair pair, other;
    struct bytes request, made;
    open_version(&pair, HF_TLS13);
    open_version(&other, HF_TLS13);
    ask(pair.client, "server.lab", &request);
    assert_int_equal(make(other.server, &request, 0, &made), HF_OK);
    assert_int_equal(check(pair.client, &request, &made), HF_ERR_bad_signature);
    assert_int_equal(make(pair.server, NULL, 0, &made), HF_OK);
    assert_int_equal(check(other.client, NULL, &made), HF_ERR_bad_signature);
    assert_int_equal(make(pair.server, &request, 0, &made), HF_OK);
    assert_int_equal(check(pair.client, &request, &made), HF_OK); /* refusals used nothing up */
    lab_pair_close(&pair);
    lab_pair_close(&other);
}

static void what_answers_another_request_is_refused(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct bytes first, second, made;
    open_version(&pair, HF_TLS13);
    ask(pair.client, "server.lab", &first);
    ask(pair.client, "server.lab", &second);
    assert_int_equal(make(pair.server, &first, 0, &made), HF_OK);
    assert_int_equal(check(pair.client, &second, &made), HF_ERR_illegal_parameter);
    assert_int_equal(check(pair.client, NULL, &made), HF_ERR_bad_signature);
    first.at[AT_NAME] ^= 1; /* it covers the whole request */
    assert_int_equal(check(pair.client, &first, &made), HF_ERR_bad_signature);
    first.at[AT_NAME] ^= 1;
    assert_int_equal(check(pair.client, &first, &made), HF_OK);
    ask(pair.server, NULL, &first);
    assert_int_equal(check(pair.client, &first, &made), HF_ERR_illegal_parameter); /* a request of the server's */
    assert_int_equal(make(pair.server, &first, 0, &made), HF_ERR_illegal_parameter);
    assert_int_equal(make(pair.client, &first, 0, &made), HF_OK);
    assert_int_equal(check(pair.server, NULL, &made), HF_ERR_wrong_call); /* clients are asked */
    assert_int_equal(check(pair.server, &first, &made), HF_OK);
    lab_pair_close(&pair);
}

static void chains_are_judged_as_in_the_handshake(void **state)
{
    (void)state;
    static const struct {
        enum lab_who who;
        void (*more)(struct hf_builder *builder);
        enum hf_error error;
    } cases[] = {{LAB_CLIENT_EXPIRED, NULL, HF_ERR_certificate_expired},
                 {LAB_CLIENT_STRANGER, NULL, HF_ERR_unknown_issuer},
                 {LAB_CLIENT_SERVER_ONLY, NULL, HF_ERR_wrong_purpose},
                 {LAB_CLIENT, admit_nobody, HF_ERR_not_admitted}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab_pair pair;
        struct bytes request, made;
        const struct lab_side client = {.who = cases[i].who, .more = hf_builder_present_anyway};
        const struct lab_side server = {.client_auth = HF_CLIENT_AUTH_REQUEST, .more = cases[i].more};
        struct hf_failure failure;
        struct hf_config *papers = lab_config(HF_CLIENT, &client, &failure);
        open_pair(&pair, &nobody, &server);
        pair.client->config->identities[0] = papers->identities[0];
        pair.client->config->identity_count = 1;
        pair.client->config->presents_anyway = true;
        ask(pair.server, NULL, &request);
        assert_int_equal(make(pair.client, &request, 0, &made), HF_OK);
        pair.client->config->identity_count = 0;
        assert_int_equal(check(pair.server, &request, &made), cases[i].error);
        lab_pair_close(&pair);
        hf_config_drop(papers);
    }
}

static void names_are_judged_where_they_are_given(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct bytes request, made;
    open_version(&pair, HF_TLS13);
    ask(pair.client, NULL, &request);
    assert_int_equal(make(pair.server, &request, 0, &made), HF_OK);
    assert_int_equal(check_for(pair.client, &request, &made, "other.lab"), HF_ERR_name_mismatch);
    assert_int_equal(check_for(pair.client, &request, &made, "server.lab"), HF_OK);
    ask(pair.server, NULL, &request);
    assert_int_equal(make(pair.client, &request, 0, &made), HF_OK);
    assert_int_equal(check_for(pair.server, &request, &made, "server.lab"), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

static void nothing_that_is_changed_holds(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct bytes request, made;
    open_version(&pair, HF_TLS13);
    ask(pair.client, "server.lab", &request);
    assert_int_equal(make(pair.server, &request, 0, &made), HF_OK);
    for (size_t i = 0; i < made.len; i++) {
        made.at[i] ^= 1;
        assert_int_not_equal(check(pair.client, &request, &made), HF_OK);
        made.at[i] ^= 1;
    }
    struct bytes cut = made;
    for (cut.len = 0; cut.len < made.len; cut.len++)
        assert_int_not_equal(check(pair.client, &request, &cut), HF_OK);
    cut.len = made.len + 1;
    assert_int_not_equal(check(pair.client, &request, &cut), HF_OK);
    assert_int_equal(check(pair.client, &request, &made), HF_OK);
    lab_pair_close(&pair);
}

static void no_request_that_is_changed_is_answered_by_mistake(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct bytes request, made, changed;
    open_version(&pair, HF_TLS13);
    ask(pair.client, "server.lab", &request);
    for (size_t len = 0; len < request.len; len++) {
        changed = request;
        changed.len = len;
        assert_int_not_equal(make(pair.server, &changed, 0, &made), HF_OK);
    }
    lab_pair_close(&pair);
}

/* ---- when there is none ---- */

static void where_it_cannot_be(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct bytes request, made;
    const struct hf_authenticator_wish wish = {.context = NULL};
    const struct hf_authenticator_wish named = {.server_name = "client.lab"};
    struct lab_side server = one_way;
    lab_pair_open(&pair, NULL, NULL);
    assert_int_equal(hf_authenticator_request(pair.client, &wish, request.at, ROOM, &request.len), HF_ERR_wrong_call);
    lab_pair_close(&pair);
    server.max = HF_TLS12;
    open_pair(&pair, NULL, &server);
    assert_int_equal(hf_authenticator_request(pair.server, &named, request.at, ROOM, &request.len), HF_ERR_wrong_call);
    ask(pair.client, NULL, &request);
    pair.server->handshake.extended_master_secret = false; /* RFC 9261 5.1 */
    assert_int_equal(make(pair.server, &request, 0, &made), HF_ERR_wrong_call);
    pair.server->handshake.extended_master_secret = true;
    assert_int_equal(make(pair.server, &request, 2, &made), HF_ERR_wrong_call); /* there are two */
    assert_int_equal(make(pair.server, &request, -3, &made), HF_ERR_wrong_call);
    struct hf_authenticator_bytes narrow = {made.at, hf_authenticator_room(pair.server) - 1, 7};
    const struct hf_authenticator_making making = {request.at, request.len, 0};
    assert_int_equal(hf_authenticator_make(pair.server, &making, &narrow, NULL), HF_ERR_wrong_call);
    assert_int_equal(narrow.len, 0);
    assert_int_equal(make(pair.server, &request, 0, &made), HF_OK);
    assert_in_range(made.len, 1, hf_authenticator_room(pair.server));
    lab_pair_close(&pair);
}

static void add_outside(struct hf_builder *builder)
{
    const struct lab_identity *identity = lab_identity(LAB_CLIENT, MAKE_KEY_P256);
    hf_builder_identity_outside(builder, identity->chain, strlen(identity->chain));
}

static void hold_key(struct hf_builder *builder)
{
    key_holder_add(builder, LAB_CLIENT);
}

static void a_key_elsewhere_signs_at_once_or_not_at_all(void **state)
{
    (void)state;
    const struct lab_side server = {.client_auth = HF_CLIENT_AUTH_NONE};
    for (int holds = 0; holds < 2; holds++) {
        struct lab_pair pair;
        struct bytes request, made;
        const struct lab_side client = {.anonymous = true, .more = holds == 1 ? hold_key : add_outside};
        open_pair(&pair, &client, &server);
        ask(pair.server, NULL, &request);
        assert_int_equal(make(pair.client, &request, 0, &made), holds == 1 ? HF_OK : HF_ERR_unsupported_here);
        if (holds == 1)
            assert_int_equal(check(pair.server, &request, &made), HF_OK);
        assert_false(lab_event(pair.client, HF_EVENT_NEEDS_SIGNATURE));
        lab_pair_close(&pair);
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    static struct hf_test_allocator test;
    struct lab_side server = one_way;
    hf_test_allocator_init(&test, 0);
    server.allocator = &test.allocator;
    for (size_t n = 1;; n++) {
        struct lab_pair pair;
        struct bytes request, made;
        const struct hf_authenticator_wish wish = {.context = NULL};
        open_pair(&pair, NULL, &server);
        size_t live = test.live;
        ask(pair.client, "server.lab", &request);
        test.fail_at = test.count + n;
        enum hf_error error = make(pair.server, &request, 0, &made);
        if (error == HF_OK)
            error = hf_authenticator_request(pair.server, &wish, request.at, ROOM, &request.len);
        bool is_asked = error == HF_OK;
        if (is_asked) {
            assert_int_equal(make(pair.client, &request, 0, &made), HF_OK);
            error = check(pair.server, &request, &made);
        }
        bool failed = hf_test_allocator_failed(&test);
        test.fail_at = 0;
        assert_int_equal(error, failed ? HF_ERR_no_memory : HF_OK);
        assert_true(test.live <= live + 4);
        lab_pair_close(&pair);
        assert_int_equal(test.live, 0);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_proves_itself_when_asked),
        cmocka_unit_test(a_client_proves_itself_when_asked),
        cmocka_unit_test(a_server_proves_itself_unasked),
        cmocka_unit_test(who_has_none_says_so),
        cmocka_unit_test(it_goes_over_datagrams_and_beside_later_requests),
        cmocka_unit_test(what_is_made_is_that_of_the_rfc),
        cmocka_unit_test(contexts_are_told),
        cmocka_unit_test(contexts_are_used_once),
        cmocka_unit_test(requests_are_bounded),
        cmocka_unit_test(what_is_of_another_connection_is_refused),
        cmocka_unit_test(what_answers_another_request_is_refused),
        cmocka_unit_test(chains_are_judged_as_in_the_handshake),
        cmocka_unit_test(names_are_judged_where_they_are_given),
        cmocka_unit_test(nothing_that_is_changed_holds),
        cmocka_unit_test(no_request_that_is_changed_is_answered_by_mistake),
        cmocka_unit_test(where_it_cannot_be),
        cmocka_unit_test(a_key_elsewhere_signs_at_once_or_not_at_all),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
