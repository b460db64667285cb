#include "handshake/authenticator.h"

#include "base/text.h"
#include "crypto/hmac.h"
#include "extension/read.h"
#include "extension/server_name.h"
#include "extension/write.h"
#include "handshake/certificate.h"
#include "handshake/certificate_verify.h"
#include "handshake/export.h"
#include "handshake/finished.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "negotiate/signature.h"
#include "wire/read.h"
#include "wire/write.h"

#define PURPOSE "Exported Authenticator" /* RFC 9261 5.2.2 */

enum { CLIENT_CERTIFICATE_REQUEST = 17 /* RFC 9261 8.3 */, LABEL_MAX = 64, EMPTY_CERTIFICATE_MAX = 4 + 1 + 255 + 3 };

/* ---- contexts: RFC 9261 4, 5.2, 7.4 ---- */

/* What for. A context is good for one request of either end, and for one authenticator. */
enum use { ASKED_BY_US = 'u', ASKED_BY_PEER = 'p', USED_UP = 'a' };

enum { ENTRY_LEN = 1 + 32 };

struct entry {
    uint8_t bytes[ENTRY_LEN];
};

static enum hf_error make_entry(const struct hf_handshake *handshake, enum use use, struct hf_span context,
                                struct entry *ret_entry)
{
    struct hf_digest digest;
    HF_TRY(hf_hash_once(handshake->config->toolbox, HF_HASH_SHA256, &context, 1, &digest));
    ret_entry->bytes[0] = (uint8_t)use;
    return hf_span_copy(hf_digest_span(&digest), ret_entry->bytes + 1, ENTRY_LEN - 1) ? HF_OK : HF_ERR_internal;
}

static enum hf_error is_noted(const struct hf_handshake *handshake, enum use use, struct hf_span context,
                              bool *ret_noted)
{
    struct entry entry;
    struct hf_span all = {0};
    HF_TRY(make_entry(handshake, use, context, &entry));
    if (handshake->authenticators != NULL)
        all = hf_buffer_span(&handshake->authenticators->contexts);
    *ret_noted = false;
    for (size_t at = 0; at < all.len; at += ENTRY_LEN)
        *ret_noted = *ret_noted || hf_span_equal(hf_span_part(all, at, ENTRY_LEN), hf_span_of(entry.bytes, ENTRY_LEN));
    return HF_OK;
}

static enum hf_error need_store(struct hf_handshake *handshake)
{
    if (handshake->authenticators != NULL)
        return HF_OK;
    struct hf_authenticators *store = hf_allocation_new(handshake->allocator, sizeof *store);
    if (store == NULL)
        return HF_ERR_no_memory;
    hf_buffer_init(&store->contexts, handshake->allocator, (size_t)HF_AUTHENTICATOR_CONTEXTS_MAX * ENTRY_LEN);
    hf_buffer_init(&store->schemes, handshake->allocator, UINT16_MAX);
    handshake->authenticators = store;
    return HF_OK;
}

static enum hf_error note(struct hf_handshake *handshake, enum use use, struct hf_span context)
{
    struct entry entry;
    HF_TRY(need_store(handshake));
    HF_TRY(make_entry(handshake, use, context, &entry));
    return hf_buffer_append(&handshake->authenticators->contexts, hf_span_of(entry.bytes, ENTRY_LEN))
               ? HF_OK
               : HF_ERR_no_memory;
}

enum hf_error hf_authenticator_keep(struct hf_handshake *handshake)
{
    const struct hf_client_hello_facts *facts = &handshake->work->facts;
    if (!handshake->config->authenticators_unasked || handshake->opened || facts->schemes.len == 0)
        return HF_OK;
    HF_TRY(need_store(handshake));
    handshake->authenticators->status_request = facts->status_request;
    handshake->authenticators->scts = facts->scts;
    return hf_buffer_append(&handshake->authenticators->schemes, facts->schemes) ? HF_OK : HF_ERR_no_memory;
}

void hf_authenticator_forget(struct hf_handshake *handshake)
{
    struct hf_authenticators *store = handshake->authenticators;
    if (store == NULL)
        return;
    handshake->authenticators = NULL;
    hf_buffer_release(&store->contexts);
    hf_buffer_release(&store->schemes);
    hf_allocation_free(handshake->allocator, store);
}

/* RFC 9261 5.1, 7: TLS 1.2 with extended master secret only, as two connections could share a master secret else. */
bool hf_authenticator_is_possible(const struct hf_handshake *handshake)
{
    if (!handshake->opened)
        return false;
    return handshake->schedule13.stage == HF_STAGE13_OPEN ||
           (handshake->extended_master_secret && handshake->work == NULL);
}

/* ---- one authenticator in the making, or being judged ---- */

struct authenticator {
    struct hf_handshake *of;  /* the connection's */
    struct hf_handshake side; /* what judges, chooses and signs: proofs of its own, and no keys */
    enum hf_role sender;
    enum hf_hash_id hash;
    struct hf_secret key; /* of Finished */
};

static void tell_nobody(void *context, enum hf_event_kind kind)
{
    (void)context, (void)kind;
}

static void show_nobody(void *context, const struct hf_seen *seen)
{
    (void)context, (void)seen;
}

static struct authenticator authenticator_of(struct hf_handshake *of, enum hf_role sender)
{
    struct authenticator it = {
        .of = of,
        .sender = sender,
        .hash = of->schedule13.stage == HF_STAGE13_OPEN ? of->schedule13.hash : of->schedule12.hash,
        .side = {.config = of->config,
                 .allocator = of->allocator,
                 .framing = of->framing,
                 .protocols = of->protocols,
                 .protocol = of->protocol,
                 .over = of->over,
                 .driver = {tell_nobody, show_nobody, of->driver.context},
                 .now_ms = of->now_ms,
                 .suite = of->suite,
                 .verdict_alert = HF_ALERT_none},
    };
    hf_proofs_demand(&it.side.proofs, HF_PROOF_FINISHED | hf_proofs_of_presenter(/* with_name= */ false, false));
    return it;
}

/* What was found is told, and goes with all else. */
static void end(struct authenticator *it, struct hf_failure *failure)
{
    if (it->side.failure != NULL)
        *failure = *it->side.failure;
    hf_handshake_wipe(&it->side);
    hf_secret_wipe(&it->key);
}

/* RFC 9261 5.1. The context of these exports is there and empty, which makes a difference in TLS 1.2. */
static enum hf_error export_secret(const struct authenticator *it, const char *what, struct hf_secret *ret_secret)
{
    char label[LABEL_MAX];
    struct hf_text text = hf_text_of(label, sizeof label);
    hf_text_add(&text, "EXPORTER-%s authenticator %s", it->sender == HF_CLIENT ? "client" : "server", what);
    const struct hf_export_request request = {.label = hf_span_of_text(label), .has_context = true};
    ret_secret->len = (uint8_t)hf_hash_len(it->hash);
    return hf_export_keys(it->of, &request, ret_secret->bytes, ret_secret->len);
}

/* The transcript begins with the Handshake Context and the request, if there is one. */
static enum hf_error begin_transcript(struct authenticator *it, struct hf_span request)
{
    HF_WIPED struct hf_secret context = {0};
    struct hf_hash *hash;
    HF_TRY(export_secret(it, "handshake context", &context));
    HF_TRY(hf_hash_new(it->side.config->toolbox, it->side.allocator, it->hash, &hash));
    hf_transcript_go_on(&it->side.work->transcript, it->hash, hash, /* cut= */ 0);
    HF_TRY(hf_hash_update(hash, hf_secret_span(&context)));
    return hf_hash_update(hash, request);
}

static enum hf_error begin(struct authenticator *it, struct hf_span request)
{
    const struct hf_config *config = it->side.config;
    it->side.work->choice = (struct hf_negotiated){
        .version = it->of->protocol->version,
        .generation = HF_VERSION_BIT_13, /* also in TLS 1.2: RFC 9261 5.2.2 */
        .suite = it->of->suite,
    };
    it->side.work->is_settled = config->revocation_outside; /* nobody is asked what is missing */
    if (config->asks_staples)
        hf_extension_set_add(&it->side.work->offer.offered, HF_ROW_status_request);
    if (config->asks_scts)
        hf_extension_set_add(&it->side.work->offer.offered, HF_ROW_signed_certificate_timestamp);
    if (config->delegated_count > 0 && (request.data != NULL || it->of->schedule13.stage == HF_STAGE13_OPEN))
        hf_extension_set_add(&it->side.work->offer.offered, HF_ROW_delegated_credential);
    HF_TRY(export_secret(it, "finished key", &it->key));
    return begin_transcript(it, request);
}

static enum hf_error make_finished(const struct authenticator *it, struct hf_digest *ret_data)
{
    struct hf_digest digest;
    HF_TRY(hf_transcript_digest(&it->side.work->transcript, &digest));
    const struct hf_span part = hf_digest_span(&digest);
    return hf_hmac_once(it->side.config->toolbox, it->hash, hf_secret_span(&it->key), &part, 1, ret_data);
}

/* Of an empty authenticator the Certificate is not sent, but counts: RFC 9261 6. */
static enum hf_error add_empty_certificate(struct authenticator *it, struct hf_span context)
{
    uint8_t room[EMPTY_CERTIFICATE_MAX];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    const struct hf_wire_certificate13 message = {.context = context};
    hf_writer_u8(&writer, hf_message_wire_type(HF_MESSAGE_certificate));
    const size_t mark = hf_writer_open(&writer, 3);
    hf_wire_write_certificate13(&writer, &message);
    hf_writer_close(&writer, mark, 3);
    return hf_writer_end(&writer) ? hf_transcript_add(&it->side.work->transcript, hf_writer_span(&writer))
                                  : HF_ERR_internal;
}

/* ---- messages that come ---- */

struct message {
    uint8_t type;
    struct hf_span body;
    struct hf_span whole;
};

static struct message next_message(struct hf_reader *reader)
{
    const struct hf_span start = {reader->next, reader->left};
    struct message message = {.type = hf_reader_u8(reader)};
    message.body = hf_reader_vector(reader, 3, 0, SIZE_MAX);
    message.whole = hf_span_part(start, 0, HF_MESSAGE_HEADER_LEN + message.body.len);
    return message;
}

static uint8_t request_type(enum hf_role asker)
{
    return asker == HF_CLIENT ? CLIENT_CERTIFICATE_REQUEST : hf_message_wire_type(HF_MESSAGE_certificate_request);
}

/* A request of that end, whole. */
static enum hf_error read_request(struct authenticator *it, enum hf_role asker, struct hf_span request,
                                  struct hf_certificate_request_facts *ret_facts)
{
    struct hf_reader reader = hf_reader_of(request);
    const struct message message = next_message(&reader);
    if (hf_reader_more(&reader) || !hf_reader_end(&reader))
        return hf_refuse(&it->side, HF_ERR_decode_error, "authenticator request", NULL, NULL);
    if (message.type != request_type(asker))
        return hf_refuse_got(&it->side, HF_ERR_illegal_parameter, "authenticator request", "a message of type %u",
                             message.type);
    return hf_extension_read_certificate_request13(message.body, ret_facts, it->side.failure);
}

/* ---- asking ---- */

static enum hf_error write_request(const struct hf_handshake *handshake, const struct hf_authenticator_wish *wish,
                                   struct hf_span context, struct hf_writer *into)
{
    const struct hf_server_answer answer = {
        .config = handshake->config,
        .is_authenticator_request = true,
        .request_context = context,
        .request_name = hf_span_of_text(wish->server_name),
    };
    hf_writer_u8(into, request_type(hf_handshake_role(handshake)));
    const size_t mark = hf_writer_open(into, 3);
    enum hf_error error = hf_extension_write_certificate_request13(&answer, into);
    hf_writer_close(into, mark, 3);
    return hf_writer_end(into) ? error : HF_ERR_wrong_call;
}

enum hf_error hf_authenticator_ask(struct hf_handshake *handshake, const struct hf_authenticator_wish *wish,
                                   struct hf_writer *into)
{
    uint8_t fresh[HF_AUTHENTICATOR_NEW_CONTEXT_LEN];
    struct hf_span context = hf_span_of(wish->context, wish->context_len);
    bool by_us, by_peer;
    HF_TRY(need_store(handshake));
    if (wish->context == NULL) {
        HF_TRY(hf_handshake_random(handshake, fresh, sizeof fresh));
        context = hf_span_of(fresh, sizeof fresh);
    }
    HF_TRY(is_noted(handshake, ASKED_BY_US, context, &by_us));
    HF_TRY(is_noted(handshake, ASKED_BY_PEER, context, &by_peer));
    if (by_us || by_peer || handshake->authenticators->requests == HF_AUTHENTICATOR_REQUESTS_MAX)
        return HF_ERR_wrong_call;
    HF_TRY(write_request(handshake, wish, context, into));
    HF_TRY(note(handshake, ASKED_BY_US, context));
    handshake->authenticators->requests++;
    return HF_OK;
}

/* ---- making ---- */

/* Raw public keys have no place in authenticators: RFC 9261 5.2.1. */
static size_t gather(const struct hf_config *config, int wanted, struct hf_identity *fit[HF_CONFIG_IDENTITIES_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < config->identity_count; i++)
        if (config->identities[i]->type == HF_CERTIFICATE_TYPE_X509 && (wanted < 0 || (size_t)wanted == i))
            fit[count++] = config->identities[i];
    return count;
}

/* hf_builder_present_anyway: only the scheme must fit. */
static bool choose_anyway(const struct authenticator *it, const struct hf_choose_list *list,
                          const struct hf_choose_wish *wish, struct hf_choice *ret_choice)
{
    const struct hf_choose_wish schemes_only = {
        .rule = wish->rule, .schemes = wish->schemes, .schemes_count = wish->schemes_count, .now_s = wish->now_s};
    return it->side.config->presents_anyway && hf_choose_for_server(list, &schemes_only, ret_choice) == HF_OK;
}

/* As in the handshake; but who asks for a name by an authenticator gets that, or nothing. */
static bool choose(const struct authenticator *it, const struct hf_choose_list *list, const struct hf_choose_wish *wish,
                   struct hf_choice *ret_choice)
{
    if (it->sender == HF_CLIENT)
        return hf_choose_for_client(list, wish, ret_choice) || choose_anyway(it, list, wish, ret_choice);
    if (hf_choose_for_server(list, wish, ret_choice) != HF_OK)
        return false;
    return wish->server_name.len == 0 || hf_choose_names(ret_choice->identity, wish->server_name) > 0;
}

static enum hf_error choose_identity(struct authenticator *it, int wanted)
{
    const struct hf_certificate_request_facts *request = &it->side.work->request;
    struct hf_negotiate_schemes schemes, certificate_schemes, delegated;
    struct hf_identity *fit[HF_CONFIG_IDENTITIES_MAX];
    const struct hf_choose_list list = {fit, gather(it->side.config, wanted, fit)};
    struct hf_choose_wish wish = {.rule = HF_CHOOSE_SCHEMES_13, .now_s = hf_handshake_now_s(&it->side)};
    struct hf_choice choice;
    if (request->schemes.len == 0)
        return hf_refuse(&it->side, HF_ERR_missing_extension, "signature_algorithms in authenticator request", NULL,
                         NULL);
    if (request->server_name.len > 0 && hf_server_name_read(request->server_name, &wish.server_name) != HF_OK)
        return hf_refuse(&it->side, HF_ERR_decode_error, "server_name in authenticator request", NULL, NULL);
    hf_negotiate_signature_list(NULL, request->schemes, &schemes);
    hf_negotiate_signature_list(NULL,
                                request->certificate_schemes.len > 0 ? request->certificate_schemes : request->schemes,
                                &certificate_schemes);
    hf_negotiate_signature_list(NULL, request->takes_delegated, &delegated);
    wish.delegated = delegated.items;
    wish.delegated_count = delegated.count;
    wish.schemes = schemes.items;
    wish.schemes_count = schemes.count;
    wish.certificate_schemes = certificate_schemes.items;
    wish.certificate_schemes_count = certificate_schemes.count;
    wish.authorities = request->authorities;
    if (wanted != HF_AUTHENTICATOR_NOBODY && list.count > 0 && choose(it, &list, &wish, &choice)) {
        it->side.identity = choice.identity;
        it->side.own_scheme = hf_signature_scheme_find(choice.scheme);
    }
    return HF_OK;
}

static enum hf_error build_verify(struct hf_handshake *side, struct hf_writer *body)
{
    HF_TRY(hf_certificate_verify_build13(side, PURPOSE, body));
    return side->work->signing.state == HF_SIGNING_WANTED ? HF_ERR_unsupported_here : HF_OK;
}

/* One message behind what is there, in the transcript too. */
static enum hf_error add_message(struct authenticator *it, enum hf_message message, hf_build *build,
                                 struct hf_writer *into)
{
    const size_t from = into->len;
    hf_writer_u8(into, hf_message_wire_type(message));
    const size_t mark = hf_writer_open(into, 3);
    HF_TRY(build(&it->side, into));
    hf_writer_close(into, mark, 3);
    if (!hf_writer_end(into))
        return HF_ERR_wrong_call;
    return hf_transcript_add(&it->side.work->transcript, hf_span_part(hf_writer_span(into), from, into->len));
}

static enum hf_error add_finished(struct authenticator *it, struct hf_writer *into)
{
    struct hf_digest data;
    HF_TRY(make_finished(it, &data));
    const struct hf_wire_finished message = {.verify_data = hf_digest_span(&data)};
    hf_writer_u8(into, hf_message_wire_type(HF_MESSAGE_finished));
    const size_t mark = hf_writer_open(into, 3);
    hf_wire_write_finished(into, &message);
    hf_writer_close(into, mark, 3);
    return hf_writer_end(into) ? HF_OK : HF_ERR_wrong_call;
}

static enum hf_error write_all(struct authenticator *it, struct hf_writer *into)
{
    if (it->side.identity == NULL) {
        HF_TRY(add_empty_certificate(it, it->side.work->request.context));
        return add_finished(it, into);
    }
    HF_TRY(add_message(it, HF_MESSAGE_certificate, hf_build_certificate13, into));
    HF_TRY(add_message(it, HF_MESSAGE_certificate_verify, build_verify, into));
    return add_finished(it, into);
}

/* What the peer asked, or, unasked, what its hello said and a context of ours. */
static enum hf_error find_wishes(struct authenticator *it, struct hf_span request, struct hf_span fresh,
                                 struct hf_certificate_request_facts *ret_facts)
{
    const struct hf_authenticators *store = it->of->authenticators;
    bool by_us, used_up;
    if (request.data != NULL) {
        HF_TRY(read_request(it, hf_handshake_peer_role(it->of), request, ret_facts));
    } else {
        if (it->sender == HF_CLIENT || store == NULL || hf_buffer_len(&store->schemes) == 0)
            return HF_ERR_wrong_call;
        *ret_facts = (struct hf_certificate_request_facts){
            .context = fresh,
            .schemes = hf_buffer_span(&store->schemes),
            .status_request = store->status_request,
            .scts = store->scts,
        };
    }
    HF_TRY(is_noted(it->of, ASKED_BY_US, ret_facts->context, &by_us));
    HF_TRY(is_noted(it->of, USED_UP, ret_facts->context, &used_up));
    if (by_us)
        return hf_refuse(&it->side, HF_ERR_illegal_parameter, "certificate_request_context", NULL,
                         "that of a request of ours");
    return used_up ? HF_ERR_wrong_call : HF_OK;
}

static enum hf_error answer(struct authenticator *it, const struct hf_authenticator_making *making,
                            struct hf_writer *into)
{
    uint8_t fresh[HF_AUTHENTICATOR_NEW_CONTEXT_LEN];
    const struct hf_span request = hf_span_of(making->request, making->request_len);
    struct hf_certificate_request_facts facts;
    HF_TRY(hf_handshake_begin_again(&it->side));
    HF_TRY(hf_handshake_random(it->of, fresh, sizeof fresh));
    HF_TRY(find_wishes(it, request, hf_span_of(fresh, sizeof fresh), &facts));
    HF_TRY(begin(it, request));
    it->side.work->request = facts;
    HF_TRY(choose_identity(it, making->identity));
    if (request.data == NULL && it->side.identity == NULL)
        return HF_ERR_wrong_call; /* nobody asked, so there is nothing to decline */
    HF_TRY(write_all(it, into));
    HF_TRY(note(it->of, USED_UP, facts.context));
    return request.data == NULL ? HF_OK : note(it->of, ASKED_BY_PEER, facts.context);
}

enum hf_error hf_authenticator_answer(struct hf_handshake *handshake, const struct hf_authenticator_making *making,
                                      struct hf_failure *failure, struct hf_writer *into)
{
    struct authenticator it = authenticator_of(handshake, hf_handshake_role(handshake));
    enum hf_error error = answer(&it, making, into);
    end(&it, failure);
    return error;
}

/* ---- judging ---- */

static enum hf_error refuse_order(struct authenticator *it)
{
    return hf_refuse(&it->side, HF_ERR_decode_error, "authenticator", "Certificate, CertificateVerify, Finished", NULL);
}

/* A context is good for one authenticator, so that none counts twice: RFC 9261 7.4. */
static enum hf_error check_context(struct authenticator *it, struct hf_span context)
{
    bool used_up;
    HF_TRY(is_noted(it->of, USED_UP, context, &used_up));
    if (!used_up)
        return HF_OK;
    return hf_refuse(&it->side, HF_ERR_illegal_parameter, "certificate_request_context", NULL,
                     "one of an authenticator before");
}

static enum hf_error check_finished(struct authenticator *it, struct hf_span body)
{
    struct hf_digest expected;
    HF_TRY(make_finished(it, &expected));
    return hf_finished_check(&it->side, body, &expected);
}

/* The peer declines, and proves that it is the one who does. */
static enum hf_error judge_empty(struct authenticator *it, struct hf_span context, struct hf_span finished)
{
    HF_TRY(check_context(it, context));
    HF_TRY(add_empty_certificate(it, context));
    HF_TRY(check_finished(it, finished));
    HF_TRY(note(it->of, USED_UP, context));
    return hf_refuse(&it->side, HF_ERR_authenticator_empty, "authenticator", NULL, NULL);
}

static enum hf_error judge_certificate(struct authenticator *it, const struct message *message, struct hf_span asked,
                                       struct hf_span *ret_context)
{
    struct hf_wire_certificate13 certificate;
    enum hf_outcome outcome;
    HF_TRY(hf_wire_read_certificate13(message->body, &certificate));
    if (asked.data != NULL && !hf_span_equal(asked, certificate.context))
        return hf_refuse(&it->side, HF_ERR_illegal_parameter, "Certificate.certificate_request_context",
                         "that of the request", NULL);
    HF_TRY(check_context(it, certificate.context));
    if (certificate.entries.len == 0)
        return refuse_order(it);
    *ret_context = certificate.context;
    HF_TRY(hf_certificate_take_chain13(&it->side, certificate.entries, &outcome));
    return hf_transcript_add(&it->side.work->transcript, message->whole);
}

static enum hf_error judge_whole(struct authenticator *it, const struct message messages[3], struct hf_span asked,
                                 struct hf_peer **ret_peer)
{
    struct hf_proofs *proofs = &it->side.proofs;
    struct hf_span context;
    enum hf_outcome outcome;
    HF_TRY(judge_certificate(it, &messages[0], asked, &context));
    HF_TRY(hf_certificate_verify_check13(&it->side, PURPOSE, messages[1].body, &outcome));
    HF_TRY(hf_transcript_add(&it->side.work->transcript, messages[1].whole));
    HF_TRY(check_finished(it, messages[2].body));
    proofs->demanded &= ~(uint32_t)HF_PROOF_VERDICT; /* the application judges by what it does with the peer */
    if (!hf_proofs_suffice(proofs, HF_PROOFS_ALL))
        return hf_refuse(&it->side, HF_ERR_proof_missing, "authenticator", NULL, NULL);
    HF_TRY(note(it->of, USED_UP, context));
    *ret_peer = hf_peer_hold(it->side.work->verified->peer);
    return HF_OK;
}

static enum hf_error judge(struct authenticator *it, struct hf_span authenticator, struct hf_span asked,
                           struct hf_peer **ret_peer)
{
    const uint8_t finished = hf_message_wire_type(HF_MESSAGE_finished);
    struct hf_reader reader = hf_reader_of(authenticator);
    struct message messages[3] = {next_message(&reader)};
    const bool is_empty = messages[0].type == finished && asked.data != NULL;
    for (size_t i = 1; !is_empty && i < HF_COUNT(messages); i++)
        messages[i] = next_message(&reader);
    if (hf_reader_more(&reader) || !hf_reader_end(&reader))
        return refuse_order(it);
    if (is_empty)
        return judge_empty(it, asked, messages[0].body);
    if (messages[0].type != hf_message_wire_type(HF_MESSAGE_certificate) ||
        messages[1].type != hf_message_wire_type(HF_MESSAGE_certificate_verify) || messages[2].type != finished)
        return refuse_order(it);
    return judge_whole(it, messages, asked, ret_peer);
}

/* Of a request that is given the context, never NULL: it must be one of ours. */
static enum hf_error find_asked(struct authenticator *it, struct hf_span request, struct hf_span *ret_asked)
{
    static const uint8_t none[1];
    struct hf_certificate_request_facts facts = {.context = {NULL, 0}};
    bool by_us;
    if (request.data == NULL)
        return it->sender == HF_SERVER ? HF_OK : HF_ERR_wrong_call; /* RFC 9261 5: clients are asked */
    HF_TRY(read_request(it, hf_handshake_role(it->of), request, &facts));
    HF_TRY(is_noted(it->of, ASKED_BY_US, facts.context, &by_us));
    *ret_asked = facts.context.len == 0 ? hf_span_of(none, 0) : facts.context;
    return by_us ? HF_OK : HF_ERR_wrong_call;
}

static enum hf_error validate(struct authenticator *it, const struct hf_authenticator_checking *checking,
                              struct hf_peer **ret_peer)
{
    const struct hf_span request = hf_span_of(checking->request, checking->request_len);
    struct hf_span asked = {0};
    HF_TRY(hf_handshake_begin_again(&it->side));
    HF_TRY(find_asked(it, request, &asked));
    if (checking->name != NULL) {
        it->side.peer_name = hf_allocation_text(it->side.allocator, checking->name);
        if (it->side.peer_name == NULL)
            return HF_ERR_no_memory;
    }
    HF_TRY(begin(it, request));
    return judge(it, hf_span_of(checking->authenticator, checking->authenticator_len), asked, ret_peer);
}

enum hf_error hf_authenticator_validate(struct hf_handshake *handshake,
                                        const struct hf_authenticator_checking *checking, struct hf_failure *failure,
                                        struct hf_peer **ret_peer)
{
    struct authenticator it = authenticator_of(handshake, hf_handshake_peer_role(handshake));
    enum hf_error error = validate(&it, checking, ret_peer);
    end(&it, failure);
    return error;
}
