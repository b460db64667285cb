/* Handfast, by its public headers. */
#include "peer.h"

#include <handfast/connection.h>
#include <handfast/session.h>
#include <handfast/transfer.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct configs {
    struct hf_config *config[BENCH_ENDS];
};

struct end {
    struct hf_connection *connection;
    struct bench_link link;
    bool opened;
};

struct session {
    size_t len;
    uint8_t bytes[];
};

static size_t own_allocations;

static void *allocate(void *context, size_t size)
{
    (void)context;
    own_allocations++;
    return malloc(size);
}

static void release(void *context, void *memory)
{
    (void)context;
    free(memory);
}

static const struct hf_allocator counting = {allocate, release, NULL};

static const char *const suites[BENCH_AEADS] = {
    "TLS_AES_128_GCM_SHA256:TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384:TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384:TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    ("TLS_CHACHA20_POLY1305_SHA256:TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256:"
     "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
};

static uint64_t now_ms(void)
{
    return (uint64_t)time(NULL) * 1000;
}

static const char *version(void)
{
    return HF_BENCH_VERSION;
}

static void set_role(struct hf_builder *builder, enum bench_end end, const struct bench_setup *setup)
{
    if (end == BENCH_CLIENT && !setup->mutual)
        hf_builder_anonymous(builder);
    if (end == BENCH_SERVER && !setup->mutual)
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_NONE);
    if (!setup->resumes)
        return;
    if (end == BENCH_CLIENT) {
        hf_builder_session_tickets(builder);
        return;
    }
    struct hf_ticket_keys *keys = hf_ticket_keys_new();
    struct hf_session_cache *cache = hf_session_cache_new(64, 3600);
    hf_builder_ticket_keys(builder, keys);
    hf_builder_session_cache(builder, cache);
    hf_ticket_keys_drop(keys);
    hf_session_cache_drop(cache);
}

static struct hf_config *make_config(enum bench_end end, const struct bench_setup *setup, bool remembers)
{
    const struct bench_identity *identity = &setup->identity[end];
    enum hf_version only = setup->version == BENCH_TLS13 ? HF_TLS13 : HF_TLS12;
    struct hf_failure failure = {0};
    struct hf_builder *builder = hf_builder_new_with(end == BENCH_CLIENT ? HF_CLIENT : HF_SERVER, &counting);
    if (end == BENCH_SERVER || setup->mutual)
        hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key,
                                strlen(identity->key));
    hf_builder_trust_pem(builder, setup->root, strlen(setup->root));
    hf_builder_versions(builder, only, only);
    hf_builder_groups(builder, "X25519:P-256"); /* the latter for certificates of TLS 1.2 (RFC 8422 5.1) */
    hf_builder_suites(builder, suites[setup->aead]);
    if (setup->prepares)
        hf_builder_key_share_pool(builder, 4);
    if (!remembers)
        hf_builder_verified_chains(builder, 0);
    set_role(builder, end, setup);
    struct hf_config *config = hf_builder_finish(builder, (int64_t)time(NULL), &failure);
    if (config == NULL) {
        char text[1024];
        (void)hf_failure_explain(&failure, (int64_t)time(NULL), text, sizeof text);
        (void)fprintf(stderr, "bench: Handfast: %s\n", text);
    }
    return config;
}

static void close_configs(void *configs)
{
    struct configs *both = configs;
    hf_config_drop(both->config[BENCH_CLIENT]);
    hf_config_drop(both->config[BENCH_SERVER]);
    free(both);
}

static void *open_both(const struct bench_setup *setup, bool remembers)
{
    struct configs *both = calloc(1, sizeof *both);
    if (both == NULL)
        return NULL;
    both->config[BENCH_CLIENT] = make_config(BENCH_CLIENT, setup, remembers);
    both->config[BENCH_SERVER] = make_config(BENCH_SERVER, setup, remembers);
    if (both->config[BENCH_CLIENT] == NULL || both->config[BENCH_SERVER] == NULL) {
        close_configs(both);
        return NULL;
    }
    return both;
}

static void *open_configs(const struct bench_setup *setup)
{
    return open_both(setup, /* remembers= */ true);
}

static void *open_forgetful(const struct bench_setup *setup)
{
    return open_both(setup, /* remembers= */ false);
}

static void *end_new(void *configs, enum bench_end which, struct bench_link link, void *session)
{
    struct hf_config *config = ((struct configs *)configs)->config[which];
    const struct session *kept = session;
    struct end *end = calloc(1, sizeof *end);
    if (end == NULL)
        return NULL;
    end->link = link;
    if (kept != NULL)
        end->connection = hf_connection_resume(config, BENCH_SERVER_NAME, kept->bytes, kept->len, now_ms(), NULL);
    else
        end->connection = hf_connection_new(config, which == BENCH_CLIENT ? BENCH_SERVER_NAME : NULL, now_ms(), NULL);
    return end;
}

static void end_free(void *end)
{
    hf_connection_free(((struct end *)end)->connection);
    free(end);
}

static void send_output(struct end *end)
{
    const uint8_t *wire = NULL;
    size_t len = hf_output(end->connection, &wire);
    if (len > 0 && bench_wire_put(end->link.out, wire, len))
        hf_drained(end->connection, len);
}

static enum hf_error take_input(struct end *end)
{
    struct bench_wire *in = end->link.in;
    if (bench_wire_len(in) == 0)
        return HF_OK;
    enum hf_error error = hf_feed(end->connection, in->data + in->begin, bench_wire_len(in), now_ms());
    bench_wire_clear(in);
    return error;
}

static enum bench_progress drive(void *context)
{
    struct end *end = context;
    struct hf_event event;
    enum hf_error error = take_input(end);
    send_output(end);
    while (hf_next_event(end->connection, &event))
        end->opened = end->opened || event.kind == HF_EVENT_OPENED;
    if (error == HF_OK)
        return end->opened ? BENCH_DONE : BENCH_WAITS;
    char text[1024];
    (void)hf_failure_explain(hf_failure(end->connection), (int64_t)time(NULL), text, sizeof text);
    (void)fprintf(stderr, "bench: Handfast: %s\n", text);
    return BENCH_FAILED;
}

/* Records go straight to the wire ... */
static bool write_data(void *context, const uint8_t *data, size_t len)
{
    struct end *end = context;
    struct bench_wire *out = end->link.out;
    while (len > 0) {
        const struct hf_bytes piece = {data, len};
        struct hf_sending sending = {
            .data = &piece, .data_count = 1, .wire = out->data + out->end, .wire_room = BENCH_WIRE_ROOM - out->end};
        if (hf_send(end->connection, &sending) != HF_OK || sending.data_taken == 0)
            return false;
        out->end += sending.wire_len;
        data += sending.data_taken;
        len -= sending.data_taken;
    }
    return true;
}

/* ... and are opened from there. */
static size_t read_data(void *context, uint8_t *into, size_t room)
{
    struct end *end = context;
    struct bench_wire *in = end->link.in;
    const struct hf_room place = {into, room};
    struct hf_receiving receiving = {in->data + in->begin, bench_wire_len(in), &place, 1, 0, 0};
    if (hf_receive(end->connection, &receiving, now_ms()) != HF_OK)
        return 0;
    in->begin += receiving.wire_taken;
    if (bench_wire_len(in) == 0)
        bench_wire_clear(in);
    return receiving.data_len;
}

static void prepare(void *configs)
{
    struct configs *both = configs;
    (void)hf_config_prepare(both->config[BENCH_CLIENT], SIZE_MAX);
    (void)hf_config_prepare(both->config[BENCH_SERVER], SIZE_MAX);
}

static void *keep_session(void *context)
{
    struct end *end = context;
    size_t len = hf_session_size(end->connection);
    struct session *kept = len == 0 ? NULL : malloc(sizeof *kept + len);
    if (kept == NULL || hf_session_bytes(end->connection, kept->bytes, len, &kept->len) != HF_OK) {
        free(kept);
        return NULL;
    }
    return kept;
}

static size_t count_own_allocations(void)
{
    return own_allocations;
}

#define HANDFAST(shown, open_with)                                                                                     \
    {                                                                                                                  \
        .name = shown, .version = version, .open = open_with, .close = close_configs, .end_new = end_new,              \
        .end_free = end_free, .drive = drive, .write = write_data, .read = read_data, .prepare = prepare,              \
        .session = keep_session, .session_free = free, .own_allocations = count_own_allocations,                       \
    }

const struct bench_peer bench_handfast = HANDFAST("Handfast", open_configs);

/* Chains are verified each time, as the peers do: for comparison. */
const struct bench_peer bench_handfast_forgetful = HANDFAST("H. no cache", open_forgetful);
