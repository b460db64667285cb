/* Birth and death of a handshake, and what its files share. */
#include "handshake/handshake.h"

#include "handshake/authenticator.h"
#include "handshake/ech.h"
#include "handshake/post_handshake_auth.h"
#include "handshake/refuse.h"
#include "handshake/tickets13.h"
#include "negotiate/version.h"
#include "trust/names.h"

enum hf_role hf_handshake_role(const struct hf_handshake *handshake)
{
    return handshake->config->role;
}

enum hf_role hf_handshake_peer_role(const struct hf_handshake *handshake)
{
    return handshake->config->role == HF_CLIENT ? HF_SERVER : HF_CLIENT;
}

int64_t hf_handshake_now_s(const struct hf_handshake *handshake)
{
    return (int64_t)(handshake->now_ms / 1000);
}

enum hf_error hf_handshake_random(struct hf_handshake *handshake, uint8_t *into, size_t len)
{
    return handshake->config->random.fill(handshake->config->random.context, into, len);
}

/* What a peer that presents a certificate must prove: see also check of an absent one in certificate.c. */
static uint32_t demanded_of(const struct hf_config *config)
{
    uint32_t demanded = HF_PROOF_FINISHED;
    if (config->role == HF_SERVER && config->client_auth != HF_CLIENT_AUTH_REQUIRE)
        return demanded;
    return demanded | hf_proofs_of_presenter(config->role == HF_CLIENT, config->verdict_outside);
}

static enum hf_error init_work(struct hf_handshake *handshake)
{
    const struct hf_allocator *allocator = handshake->allocator;
    struct hf_work *work = hf_refuse_room(handshake) == NULL ? NULL : hf_allocation_new(allocator, sizeof *work);
    if (work == NULL)
        return HF_ERR_no_memory;
    handshake->work = work;
    work->chain = work->few_chain;
    work->papers = work->few_papers;
    size_t message_max = handshake->config->max_handshake_message;
    hf_transcript_init(&work->transcript, handshake->config->toolbox, allocator);
    hf_buffer_init(&work->hello, allocator, message_max);
    hf_buffer_init(&work->shown, allocator, message_max + HF_FRAMING_HEADER_LEN_MAX);
    hf_buffer_init(&work->cookie, allocator, message_max);
    hf_buffer_init(&work->peer_share, allocator, HF_HANDSHAKE_PEER_SHARE_MAX);
    hf_buffer_init(&work->request_bytes, allocator, message_max);
    hf_buffer_init(&work->chain_bytes, allocator, message_max);
    hf_buffer_init(&work->scts, allocator, message_max);
    hf_buffer_init(&work->staple, allocator, message_max);
    hf_buffer_init(&work->session_bytes, allocator, HF_SESSION_BYTES_MAX);
    hf_buffer_init(&work->psk_names, allocator, HF_HANDSHAKE_PSK_NAMES_MAX);
    hf_buffer_init(&work->signing.message, allocator, 1u << 20);
    hf_buffer_init(&work->signing.signature, allocator, HF_SIGNATURE_MAX);
    return HF_OK;
}

static enum hf_error take_peer_name(struct hf_handshake *handshake, const char *peer_name)
{
    if (peer_name == NULL)
        return HF_OK;
    handshake->peer_name = hf_allocation_text(handshake->allocator, peer_name);
    if (handshake->peer_name == NULL)
        return HF_ERR_no_memory;
    uint8_t address[16];
    size_t address_len;
    if (hf_names_read_address(peer_name, address, &address_len))
        return HF_OK; /* addresses are proven, but not sent: RFC 6066 3 */
    size_t len = hf_span_of_text(peer_name).len;
    if (len == 0 || peer_name[len - 1] != '.') {
        handshake->server_name = handshake->peer_name;
        return HF_OK;
    }
    len--;
    handshake->server_name = (char *)hf_allocation_new(handshake->allocator, len + 1);
    if (handshake->server_name == NULL)
        return HF_ERR_no_memory;
    return hf_span_copy(hf_span_of(peer_name, len), handshake->server_name, len) ? HF_OK : HF_ERR_internal;
}

void hf_handshake_demand_afresh(struct hf_handshake *handshake)
{
    const struct hf_config *config = handshake->config;
    handshake->verdict_accepts = false;
    handshake->proofs = (struct hf_proofs){0};
    hf_proofs_demand(&handshake->proofs, demanded_of(config));
    if (config->psk13_with_certificates)
        hf_proofs_demand_psk(&handshake->proofs, /* stands_for_certificate= */ false);
    if (handshake->peer != NULL)
        hf_proofs_demand(&handshake->proofs,
                         hf_proofs_of_presenter(config->role == HF_CLIENT, config->verdict_outside) | HF_PROOF_SAME);
    if (handshake->peer_name == NULL)
        handshake->proofs.demanded &= ~(uint32_t)HF_PROOF_NAME; /* hf_builder_any_server_name, checked by api/ */
}

enum hf_error hf_handshake_init(struct hf_handshake *handshake, const struct hf_handshake_ground *ground,
                                const char *peer_name, uint64_t now_ms)
{
    *handshake = (struct hf_handshake){
        .config = ground->config,
        .allocator = &ground->config->allocator,
        .framing = ground->framing,
        .protocols = ground->protocols,
        .over = (uint8_t)ground->over,
        .driver = ground->driver,
        .now_ms = now_ms,
        .verdict_alert = HF_ALERT_none,
        .read_keys = "none",
        .write_keys = "none",
    };
    struct hf_framing_limits limits = {.message = ground->config->max_handshake_message,
                                       .send = ground->config->record_max,
                                       .send_plain = ground->config->record_max};
    hf_framing_set_limits(handshake->framing, &limits);
    HF_TRY(take_peer_name(handshake, peer_name));
    hf_handshake_demand_afresh(handshake);
    HF_TRY(init_work(handshake));
    if (ground->retried != NULL)
        handshake->work->retried = *ground->retried;
    return HF_OK;
}

enum hf_error hf_handshake_begin_again(struct hf_handshake *handshake)
{
    return init_work(handshake);
}

void hf_handshake_start_over(struct hf_handshake *handshake)
{
    hf_handshake_demand_afresh(handshake);
    handshake->peer_scheme = NULL;
    handshake->group = NULL;
    handshake->asked = false;
    handshake->presented = false;
    handshake->received_certificate = false;
    handshake->resumed = false;
    hf_allocation_free(handshake->allocator, handshake->request_told);
    handshake->request_told = NULL;
    handshake->misfit = HF_MISFIT_NONE;
    handshake->session_id.len = 0;
    handshake->session_lifetime_s = 0;
    hf_allocation_free(handshake->allocator, handshake->ticket);
    handshake->ticket = NULL;
    handshake->ticket_len = 0;
    handshake->first_finished_len = 0; /* RFC 5929 3.1: of the last handshake */
}

enum hf_error hf_handshake_grow_chain(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    if (work->chain_count == HF_HANDSHAKE_CERTIFICATES_MAX)
        return HF_ERR_too_many_certificates;
    if (work->chain_count < HF_HANDSHAKE_CERTIFICATES_FEW || work->more != NULL)
        return HF_OK;
    struct hf_handshake_certificates *more = hf_allocation_new(handshake->allocator, sizeof *more);
    if (more == NULL)
        return HF_ERR_no_memory;
    for (size_t i = 0; i < work->chain_count; i++) {
        more->chain[i] = work->chain[i];
        more->papers[i] = work->papers[i];
    }
    work->more = more;
    work->chain = more->chain;
    work->papers = more->papers;
    return HF_OK;
}

enum hf_error hf_handshake_need_past(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    if (work->past == NULL)
        work->past = hf_allocation_new(handshake->allocator, sizeof *work->past);
    return work->past == NULL ? HF_ERR_no_memory : HF_OK;
}

void hf_handshake_forget_exchanges(struct hf_work *work)
{
    for (size_t i = 0; i < work->exchange_count; i++)
        hf_key_exchange_free(work->exchanges[i]);
    work->exchange_count = 0;
}

void hf_handshake_end_work(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    if (work == NULL)
        return;
    hf_transcript_release(&work->transcript);
    hf_handshake_forget_exchanges(work);
    hf_ech_end(handshake);
    hf_buffer_release(&work->hello);
    hf_buffer_release(&work->shown);
    hf_buffer_release(&work->cookie);
    hf_buffer_release(&work->peer_share);
    hf_buffer_release(&work->request_bytes);
    hf_buffer_release(&work->chain_bytes);
    hf_buffer_release(&work->scts);
    hf_buffer_release(&work->staple);
    hf_buffer_release(&work->session_bytes);
    hf_buffer_release(&work->psk_names);
    hf_buffer_release(&work->signing.message);
    hf_buffer_release(&work->signing.signature);
    hf_public_key_free(work->delegated_key);
    hf_verified_drop(work->verified);
    hf_revocation_free(work->fetched);
    hf_allocation_free(handshake->allocator, work->more);
    if (work->past != NULL)
        hf_allocation_wipe(handshake->allocator, work->past, sizeof *work->past);
    hf_allocation_free(handshake->allocator, work->message);
    handshake->work = NULL;
    hf_allocation_wipe(handshake->allocator, work, sizeof *work);
}

void hf_handshake_wipe(struct hf_handshake *handshake)
{
    hf_handshake_end_work(handshake);
    hf_schedule13_wipe(&handshake->schedule13);
    hf_schedule12_wipe(&handshake->schedule12);
    hf_peer_drop(handshake->peer);
    handshake->peer = NULL;
    hf_allocation_free(handshake->allocator, handshake->shared_key);
    handshake->shared_key = NULL;
    hf_refuse_forget(handshake);
    hf_allocation_free(handshake->allocator, handshake->ticket);
    handshake->ticket = NULL;
    if (handshake->ech_told != NULL)
        hf_allocation_free(handshake->allocator, handshake->ech_told->retry);
    hf_allocation_free(handshake->allocator, handshake->ech_told);
    handshake->ech_told = NULL;
    hf_tickets13_forget(handshake);
    hf_post_handshake_auth_forget(handshake);
    hf_authenticator_forget(handshake);
    hf_allocation_free(handshake->allocator, handshake->request_told);
    handshake->request_told = NULL;
    if (handshake->server_name == handshake->peer_name)
        handshake->server_name = NULL;
    char **texts[] = {&handshake->peer_name, &handshake->server_name, &handshake->alpn};
    for (size_t i = 0; i < HF_COUNT(texts); i++) {
        hf_allocation_free(handshake->allocator, *texts[i]);
        *texts[i] = NULL;
    }
}

static const struct hf_protocol *find_protocol(const struct hf_handshake *handshake, uint16_t version)
{
    size_t i = 0;
    while (handshake->protocols[i] != NULL && handshake->protocols[i]->version != version)
        i++;
    return handshake->protocols[i];
}

enum hf_error hf_handshake_take_version(struct hf_handshake *handshake, uint16_t version)
{
    const struct hf_protocol *protocol = find_protocol(handshake, version);
    if (protocol == NULL)
        return HF_ERR_internal; /* negotiate/version.c chooses only what the config allows */
    handshake->protocol = protocol;
    hf_framing_set_rules(handshake->framing, protocol->rules);
    return hf_transcript_cut_headers(&handshake->work->transcript,
                                     hf_framing_header_len(handshake->framing) - protocol->message_header_len);
}

const struct hf_protocol *hf_handshake_protocol13(const struct hf_handshake *handshake)
{
    return find_protocol(handshake, hf_config_transport(handshake->config)->version13);
}

enum hf_error hf_handshake_begin_schedule13(const struct hf_handshake *handshake, enum hf_hash_id hash,
                                            struct hf_schedule13 *schedule)
{
    const struct hf_protocol *protocol = hf_handshake_protocol13(handshake);
    if (protocol == NULL)
        return HF_ERR_internal;
    hf_schedule13_init(schedule, handshake->config->toolbox, hash);
    hf_schedule13_name(schedule, protocol->label_prefix, protocol->hides_numbers);
    if (protocol->yields_secrets)
        hf_schedule13_yield_secrets(schedule);
    return HF_OK;
}

static enum hf_error keep_protocol_name(struct hf_handshake *handshake, struct hf_span protocol)
{
    if (protocol.len == 0 || hf_span_equal(protocol, hf_span_of(handshake->alpn, handshake->alpn_len)))
        return HF_OK;
    hf_allocation_free(handshake->allocator, handshake->alpn);
    handshake->alpn = hf_allocation_new(handshake->allocator, protocol.len + 1);
    if (handshake->alpn == NULL)
        return HF_ERR_no_memory;
    handshake->alpn_len = (uint8_t)protocol.len; /* ProtocolName: RFC 7301 3.1 */
    return hf_span_copy(protocol, handshake->alpn, protocol.len) ? HF_OK : HF_ERR_internal;
}

/* While a renegotiation runs records of before are under way, and old keys in use: then what we send only gets shorter,
 * and what we take only longer. */
static void set_limits(struct hf_handshake *handshake, struct hf_framing_limits limits)
{
    const struct hf_framing_limits *before = &handshake->limits;
    if (handshake->opened && before->send < limits.send)
        limits.send = before->send;
    if (handshake->opened && before->receive > limits.receive)
        limits.receive = before->receive;
    handshake->limits = limits;
    hf_framing_set_limits(handshake->framing, &limits);
}

/* Of two limits; 0 is none. */
static size_t shorter_of(size_t a, size_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

enum hf_error hf_handshake_take_choice(struct hf_handshake *handshake)
{
    const struct hf_negotiated *choice = &handshake->work->choice;
    handshake->suite = choice->suite;
    if (choice->group != NULL)
        handshake->group = choice->group;
    handshake->extended_master_secret = choice->extended_master_secret;
    handshake->encrypt_then_mac = choice->encrypt_then_mac && choice->suite->block != HF_BLOCK_CIPHER_NONE;
    handshake->deflates = choice->deflates;
    handshake->srtp_profile = choice->srtp_profile;
    handshake->secure_renegotiation = choice->secure_renegotiation;
    const struct hf_framing_limits limits = {
        .send = choice->send_limit,
        .send_plain = shorter_of(choice->max_fragment_length, handshake->config->record_max),
        .receive = choice->receive_limit,
        .message = handshake->config->max_handshake_message,
    };
    set_limits(handshake, limits);
    return keep_protocol_name(handshake, choice->protocol);
}

bool hf_handshake_may_update(const struct hf_handshake *handshake)
{
    return handshake->key_updates_sent < HF_HANDSHAKE_KEY_UPDATES_MAX && !hf_framing_is_spent(handshake->framing);
}

void hf_handshake_log_key(const struct hf_handshake *handshake, enum hf_key_log_label label,
                          const struct hf_secret *secret)
{
    const struct hf_config *config = handshake->config;
    if (config->key_log == NULL)
        return;
    char line[HF_KEY_LOG_LINE_ROOM];
    hf_key_log_line(label, hf_span_of(handshake->work->client_random, HF_RANDOM_LEN), secret, line);
    if (line[0] != '\0')
        config->key_log(config->key_log_context, line);
    hf_wipe(line, sizeof line);
}
