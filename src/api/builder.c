/* The builder's plain settings: <handfast/config.h>. Lists of names are in builder_lists.c, what is checked together at
 * the end in builder_finish.c. */
#include <handfast/hello.h>

#include "api/builder.h"

#include "api/read_file.h"
#include "base/text.h"
#include "config/key_share_pool.h"
#include "crypto/random.h"
#include "datagram/connection_ids.h"
#include "seam/record.h"
#include "session/session.h"

enum { PASS_MAX = 4096, MESSAGE_DEFAULT = 65536, MESSAGE_MIN = 1024, MESSAGE_MAX = 1048576, ANEW_DEFAULT = 12 };
enum { TICKETS_DEFAULT = 2, RECORD_MAX_MIN = 64, EARLY_WINDOW_DEFAULT_S = 10 };

static void fill(char *into, size_t room, const char *text)
{
    struct hf_text out = hf_text_of(into, room);
    if (text != NULL)
        hf_text_add_safe(&out, hf_span_of_text(text));
}

void hf_builder_refuse(struct hf_builder *builder, enum hf_error error, const char *where, const char *wanted,
                       const char *got)
{
    struct hf_failure *failure = &builder->failure;
    if (failure->error != HF_OK)
        return;
    failure->error = error;
    fill(failure->where, sizeof failure->where, where);
    fill(failure->wanted, sizeof failure->wanted, wanted);
    fill(failure->got, sizeof failure->got, got);
}

bool hf_builder_is_fine(const struct hf_builder *builder)
{
    return builder != NULL && builder->config != NULL && builder->failure.error == HF_OK;
}

static bool make_config(struct hf_builder *builder, enum hf_role role, const struct hf_allocator *allocator)
{
    struct hf_config *config = hf_allocation_new(allocator, sizeof *config);
    if (config == NULL)
        return false;
    config->allocator = *allocator;
    atomic_init(&config->holders, 1);
    config->role = role;
    config->random = hf_random_system;
    config->min_version = HF_TLS12;
    config->max_version = HF_TLS13;
    config->client_auth = HF_CLIENT_AUTH_REQUIRE;
    config->extended_master_secret_demanded = true;
    config->trust_policy = hf_trust_policy_default;
    config->asks_staples = role == HF_CLIENT;
    config->ticket_count = TICKETS_DEFAULT;
    config->early_window_s = EARLY_WINDOW_DEFAULT_S;
    config->ticket_lifetime_s = HF_SESSION_LIFETIME_MAX;
    config->max_handshake_message = MESSAGE_DEFAULT;
    config->anew_max = ANEW_DEFAULT;
    config->renegotiations_max = HF_CONFIG_RENEGOTIATIONS_MAX;
    builder->config = config;
    builder->sends_authorities = true;
    builder->verified_chains = HF_VERIFIED_ENTRIES_DEFAULT;
    hf_buffer_init(&builder->pass, &config->allocator, PASS_MAX);
    config->trust = hf_trust_new(&config->allocator);
    if (config->trust != NULL)
        hf_trust_demand_roots(config->trust, true);
    return config->trust != NULL && hf_toolbox_new(&config->allocator, &config->toolbox) == HF_OK;
}

struct hf_builder *hf_builder_new_with(enum hf_role role, const struct hf_allocator *allocator)
{
    struct hf_builder *builder = hf_allocation_new(allocator, sizeof *builder);
    if (builder == NULL)
        return NULL;
    builder->failure.depth = -1;
    if (make_config(builder, role, allocator))
        return builder;
    if (builder->config == NULL)
        hf_allocation_free(allocator, builder);
    else
        hf_builder_free(builder);
    return NULL;
}

struct hf_builder *hf_builder_new(enum hf_role role)
{
    return hf_builder_new_with(role, &hf_allocation_standard);
}

void hf_builder_free(struct hf_builder *builder)
{
    if (builder == NULL)
        return;
    const struct hf_allocator allocator = builder->config->allocator;
    hf_buffer_release(&builder->pass);
    hf_config_drop(builder->config);
    hf_allocation_wipe(&allocator, builder, sizeof *builder);
}

/* ---- who we are ---- */

bool hf_builder_has_room_for_identity(struct hf_builder *builder)
{
    if (!hf_builder_is_fine(builder))
        return false;
    if (builder->config->identity_count < HF_CONFIG_IDENTITIES_MAX)
        return true;
    hf_builder_refuse(builder, HF_ERR_setting_invalid, "identity", "at most 16 identities", NULL);
    return false;
}

static void add_identity(struct hf_builder *builder, struct hf_span chain, struct hf_span key)
{
    struct hf_config *config = builder->config;
    struct hf_failure failure = {.depth = -1};
    struct hf_identity *identity;
    const struct hf_identity_files files = {.chain = chain, .key = key, .pass = hf_buffer_span(&builder->pass)};
    enum hf_error error = hf_identity_new_pem(config->toolbox, &config->allocator, &files, &identity, &failure);
    if (error == HF_OK) {
        config->identities[config->identity_count++] = identity;
        return;
    }
    builder->failure = failure;
    builder->failure.error = error;
}

void hf_builder_identity_pem(struct hf_builder *builder, const char *chain, size_t chain_len, const char *key,
                             size_t key_len)
{
    if (hf_builder_has_room_for_identity(builder))
        add_identity(builder, hf_span_of(chain, chain_len), hf_span_of(key, key_len));
}

bool hf_builder_read_file(struct hf_builder *builder, const char *path, size_t max, struct hf_buffer *ret_bytes)
{
    struct hf_failure failure = {.depth = -1};
    if (!hf_builder_is_fine(builder))
        return false;
    hf_buffer_init(ret_bytes, &builder->config->allocator, max);
    if (hf_read_file(path, ret_bytes, &failure) == HF_OK)
        return true;
    hf_buffer_release(ret_bytes);
    builder->failure = failure;
    return false;
}

/* A failure of what a file holds names the file. */
static void name_files(struct hf_builder *builder, const char *chain_path, const char *key_path)
{
    struct hf_failure *failure = &builder->failure;
    if (failure->error == HF_OK || failure->where[0] == '/')
        return;
    bool of_key = failure->error == HF_ERR_key_encrypted || failure->error == HF_ERR_pass_phrase_wrong;
    char inner[sizeof failure->where];
    fill(inner, sizeof inner, failure->where);
    struct hf_text where = hf_text_of(failure->where, sizeof failure->where);
    hf_text_add_safe(&where, hf_span_of_text(of_key ? key_path : chain_path));
    if (!of_key && failure->error == HF_ERR_key_mismatch) {
        hf_text_add(&where, " and ");
        hf_text_add_safe(&where, hf_span_of_text(key_path));
    }
    if (inner[0] != '\0')
        hf_text_add(&where, ": %s", inner);
}

void hf_builder_identity_files(struct hf_builder *builder, const char *chain_path, const char *key_path)
{
    if (!hf_builder_has_room_for_identity(builder))
        return;
    struct hf_buffer chain;
    struct hf_buffer key;
    if (!hf_builder_read_file(builder, chain_path, HF_IDENTITY_FILE_MAX, &chain))
        return;
    if (hf_builder_read_file(builder, key_path, HF_IDENTITY_FILE_MAX, &key)) {
        add_identity(builder, hf_buffer_span(&chain), hf_buffer_span(&key));
        name_files(builder, chain_path, key_path);
        hf_buffer_release(&key);
    }
    hf_buffer_release(&chain);
}

void hf_builder_pass_phrase(struct hf_builder *builder, const char *pass, size_t pass_len)
{
    if (!hf_builder_is_fine(builder))
        return;
    hf_buffer_release(&builder->pass);
    if (pass_len > PASS_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "pass phrase", "at most 4096 bytes", NULL);
    else if (!hf_buffer_append(&builder->pass, hf_span_of(pass, pass_len)))
        hf_builder_refuse(builder, HF_ERR_no_memory, "pass phrase", NULL, NULL);
}

void hf_builder_anonymous(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->has_anonymity = true;
}

void hf_builder_present_anyway(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->presents_anyway = true;
}

void hf_builder_grease(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->greases = true;
}

void hf_builder_must_present(struct hf_builder *builder)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_CLIENT)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_must_present", "a client", "a server");
    else
        builder->config->must_present = true;
}

/* ---- whom we believe: the rest is in builder_trust.c ---- */

void hf_builder_post_handshake_auth(struct hf_builder *builder, enum hf_post_handshake_auth policy)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (policy == HF_POST_HANDSHAKE_AUTH_DECLINE && builder->config->role == HF_SERVER)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "HF_POST_HANDSHAKE_AUTH_DECLINE", "a client", "a server");
    else
        builder->config->post_handshake_auth = policy;
}

void hf_builder_client_auth(struct hf_builder *builder, enum hf_client_auth client_auth)
{
    if (hf_builder_is_fine(builder))
        builder->config->client_auth = client_auth;
}

void hf_builder_send_authorities(struct hf_builder *builder, bool send)
{
    if (hf_builder_is_fine(builder))
        builder->sends_authorities = send;
}

void hf_builder_any_server_name(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->any_server_name = true;
}

void hf_builder_verified_chains(struct hf_builder *builder, size_t count)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (count > HF_VERIFIED_ENTRIES_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_verified_chains", "0 to 1048576", NULL);
    builder->verified_chains = count;
}

void hf_builder_key_share_pool(struct hf_builder *builder, size_t count)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (count > HF_KEY_SHARE_POOL_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_key_share_pool", "0 to 1024", NULL);
    builder->key_share_pool = count;
}

void hf_builder_verdict_outside(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->verdict_outside = true;
}

void hf_builder_hello_outside(struct hf_builder *builder)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_SERVER)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_hello_outside", "a server", "a client");
    else
        builder->config->hello_outside = true;
}

void hf_builder_sessions_outside(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->sessions_outside = true;
}

/* ---- the protocol ---- */

void hf_builder_set_transport(struct hf_builder *builder, const struct hf_transport *transport, const char *call)
{
    const struct hf_transport *before = builder->config->transport;
    if (before != NULL && before != transport)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, call, "datagrams or QUIC", "both");
    builder->config->transport = transport;
}

void hf_builder_datagrams(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        hf_builder_set_transport(builder, &hf_transport_datagram, "hf_builder_datagrams");
}

void hf_builder_datagram_max(struct hf_builder *builder, size_t len)
{
    if (hf_builder_is_fine(builder))
        builder->config->datagram_max = len;
}

void hf_builder_connection_ids(struct hf_builder *builder, size_t len)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (len > HF_CONNECTION_ID_OWN_LEN_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_connection_ids: len", "0 to 20", NULL);
    builder->config->uses_connection_ids = true;
    builder->config->connection_id_len = len;
}

void hf_builder_path_check(struct hf_builder *builder, enum hf_path_check check)
{
    if (hf_builder_is_fine(builder))
        builder->config->path_check = check;
}

void hf_builder_begin_anew(struct hf_builder *builder, unsigned times)
{
    if (hf_builder_is_fine(builder))
        builder->config->anew_max = times;
}

void hf_builder_groups_in_order(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->groups_in_order = true;
}

void hf_builder_key_shares(struct hf_builder *builder, size_t count)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (count < 1 || count > HF_CONFIG_KEY_SHARES_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "key shares", "1 to 3", NULL);
    else
        builder->key_shares_wanted = count;
}

void hf_builder_record_size_limit(struct hf_builder *builder, size_t limit)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (limit != 0 && (limit < 64 || limit > 16385))
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "record size limit", "64 to 16385, or 0", NULL);
    else
        builder->config->record_size_limit = (uint16_t)limit;
}

void hf_builder_max_fragment_length(struct hf_builder *builder, size_t len)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (len != 0 && len != 512 && len != 1024 && len != 2048 && len != 4096)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "max fragment length", "512, 1024, 2048, 4096, or 0", NULL);
    else
        builder->config->max_fragment_length = (uint16_t)len;
}

void hf_builder_record_max(struct hf_builder *builder, size_t len)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (len < RECORD_MAX_MIN || len > HF_RECORD_CONTENT_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_record_max", "64 to 16384", NULL);
    else
        builder->config->record_max = (uint16_t)len;
}

void hf_builder_demand_secure_renegotiation(struct hf_builder *builder)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_CLIENT)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_demand_secure_renegotiation", "a client",
                          "a server");
    else
        builder->config->secure_renegotiation_demanded = true;
}

void hf_builder_allow_without_extended_master_secret(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->extended_master_secret_demanded = false;
}

void hf_builder_max_handshake_message(struct hf_builder *builder, size_t len)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (len < MESSAGE_MIN || len > MESSAGE_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "max handshake message", "1024 to 1048576 bytes", NULL);
    else
        builder->config->max_handshake_message = len;
}

void hf_builder_key_log(struct hf_builder *builder, void (*line)(void *context, const char *text), void *context)
{
    if (!hf_builder_is_fine(builder))
        return;
    builder->config->key_log = line;
    builder->config->key_log_context = context;
}

void hf_builder_observe(struct hf_builder *builder,
                        void (*seen)(void *context, const struct hf_connection *connection, const struct hf_seen *what),
                        void *context)
{
    if (!hf_builder_is_fine(builder))
        return;
    builder->config->observe = seen;
    builder->config->observe_context = context;
}
