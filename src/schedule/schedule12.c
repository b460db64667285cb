/* RFC 5246 8.1 and 6.3, RFC 7627 4: premaster -> master -> key block. The premaster is wiped in the very function that
 * made the master of it, whatever came of that. */
#include "schedule/schedule12.h"

#include "base/reader.h"
#include "crypto/prf.h"

#define KEY_BLOCK_MAX (2 * (64 + 32 + 16)) /* the longest MAC key, key and IV of any suite */

enum hf_error hf_schedule12_init(struct hf_schedule12 *schedule, const struct hf_toolbox *toolbox, enum hf_hash_id hash,
                                 const struct hf_schedule12_hellos *hellos)
{
    if (hellos->client_random.len != HF_RANDOM_LEN || hellos->server_random.len != HF_RANDOM_LEN)
        return HF_ERR_wrong_call;
    hf_schedule12_wipe(schedule);
    schedule->toolbox = toolbox;
    schedule->hash = hash;
    (void)hf_span_copy(hellos->client_random, schedule->client_random, HF_RANDOM_LEN); /* lengths checked above */
    (void)hf_span_copy(hellos->server_random, schedule->server_random, HF_RANDOM_LEN);
    return HF_OK;
}

void hf_schedule12_wipe(struct hf_schedule12 *schedule)
{
    hf_wipe(schedule, sizeof *schedule);
}

static struct hf_span client_random(const struct hf_schedule12 *schedule)
{
    return hf_span_of(schedule->client_random, HF_RANDOM_LEN);
}

static struct hf_span server_random(const struct hf_schedule12 *schedule)
{
    return hf_span_of(schedule->server_random, HF_RANDOM_LEN);
}

/* Makes the master secret as `input` says, its secret being the premaster, and wipes the premaster. */
static enum hf_error make_master(struct hf_schedule12 *schedule, const struct hf_prf_input *input, bool is_extended,
                                 struct hf_premaster *premaster)
{
    HF_WIPED struct hf_secret master = {.len = HF_MASTER12_LEN};
    enum hf_error error = HF_ERR_wrong_call;

    if (schedule->toolbox != NULL && schedule->master.len == 0 && premaster->len > 0)
        error = hf_prf_expand(schedule->toolbox, schedule->hash, input, master.bytes, master.len);
    hf_premaster_wipe(premaster);
    HF_TRY(error);
    schedule->master = master;
    schedule->is_extended = is_extended;
    return HF_OK;
}

enum hf_error hf_schedule12_master(struct hf_schedule12 *schedule, struct hf_premaster *premaster)
{
    struct hf_prf_input input = {
        .secret = hf_span_of(premaster->bytes, premaster->len),
        .label = "master secret",
        .seeds = {client_random(schedule), server_random(schedule)},
        .seeds_count = 2,
    };
    return make_master(schedule, &input, /* is_extended = */ false, premaster);
}

enum hf_error hf_schedule12_extended_master(struct hf_schedule12 *schedule, struct hf_premaster *premaster,
                                            const struct hf_digest *session_hash)
{
    struct hf_prf_input input = {
        .secret = hf_span_of(premaster->bytes, premaster->len),
        .label = "extended master secret",
        .seeds = {hf_digest_span(session_hash)},
        .seeds_count = 1,
    };
    return make_master(schedule, &input, /* is_extended = */ true, premaster);
}

enum hf_error hf_schedule12_resume(struct hf_schedule12 *schedule, const struct hf_secret *master, bool is_extended)
{
    if (schedule->toolbox == NULL || schedule->master.len != 0 || master->len != HF_MASTER12_LEN)
        return HF_ERR_wrong_call;
    schedule->master = *master;
    schedule->is_extended = is_extended;
    return HF_OK;
}

/* RFC 5246 6.3: client MAC key, server MAC key, client key, server key, client IV, server IV. */
static bool cut(struct hf_span block, const struct hf_key_block_shape *shape, struct hf_traffic_keys *client,
                struct hf_traffic_keys *server)
{
    struct hf_reader reader = hf_reader_of(block);
    return hf_secret_set(&client->mac, hf_reader_bytes(&reader, shape->mac_len)) &&
           hf_secret_set(&server->mac, hf_reader_bytes(&reader, shape->mac_len)) &&
           hf_secret_set(&client->key, hf_reader_bytes(&reader, shape->key_len)) &&
           hf_secret_set(&server->key, hf_reader_bytes(&reader, shape->key_len)) &&
           hf_secret_set(&client->iv, hf_reader_bytes(&reader, shape->iv_len)) &&
           hf_secret_set(&server->iv, hf_reader_bytes(&reader, shape->iv_len)) && hf_reader_end(&reader);
}

static enum hf_error expand_keys(const struct hf_schedule12 *schedule, uint8_t *block, size_t len)
{
    struct hf_prf_input input = {
        .secret = hf_secret_span(&schedule->master),
        .label = "key expansion",
        .seeds = {server_random(schedule), client_random(schedule)}, /* the server's first, unlike the master's */
        .seeds_count = 2,
    };
    return hf_prf_expand(schedule->toolbox, schedule->hash, &input, block, len);
}

enum hf_error hf_schedule12_keys(const struct hf_schedule12 *schedule, const struct hf_key_block_shape *shape,
                                 struct hf_traffic_keys *ret_client, struct hf_traffic_keys *ret_server)
{
    HF_WIPED_KEYS struct hf_traffic_keys client = {0};
    HF_WIPED_KEYS struct hf_traffic_keys server = {0};
    uint8_t block[KEY_BLOCK_MAX];
    size_t len = 2 * (shape->mac_len + shape->key_len + shape->iv_len);

    if (schedule->master.len == 0 || len > sizeof block)
        return HF_ERR_wrong_call;
    enum hf_error error = expand_keys(schedule, block, len);
    bool is_cut = error == HF_OK && cut(hf_span_of(block, len), shape, &client, &server);
    hf_wipe(block, sizeof block);
    HF_TRY(error);
    if (!is_cut)
        return HF_ERR_wrong_call;
    *ret_client = client;
    *ret_server = server;
    return HF_OK;
}

enum hf_error hf_schedule12_finished(const struct hf_schedule12 *schedule, enum hf_role sender,
                                     const struct hf_digest *digest, struct hf_digest *ret_verify_data)
{
    struct hf_digest verify_data = {.len = HF_VERIFY_DATA12_LEN};
    struct hf_prf_input input = {
        .secret = hf_secret_span(&schedule->master),
        .label = sender == HF_CLIENT ? "client finished" : "server finished",
        .seeds = {hf_digest_span(digest)},
        .seeds_count = 1,
    };

    if (schedule->master.len == 0)
        return HF_ERR_wrong_call;
    HF_TRY(hf_prf_expand(schedule->toolbox, schedule->hash, &input, verify_data.bytes, verify_data.len));
    *ret_verify_data = verify_data;
    return HF_OK;
}

enum hf_error hf_schedule12_export(const struct hf_schedule12 *schedule, const struct hf_export_request *request,
                                   uint8_t *into, size_t len)
{
    struct hf_exporter12_source source = {
        .master = &schedule->master,
        .client_random = client_random(schedule),
        .server_random = server_random(schedule),
    };
    hf_wipe(into, len);
    if (schedule->master.len == 0 || !schedule->is_extended)
        return HF_ERR_wrong_call;
    return hf_exporter12(schedule->toolbox, schedule->hash, &source, request, into, len);
}
