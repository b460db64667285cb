/* EndOfEarlyData (RFC 9846 4.6) and the data before it. */
#include "handshake/early_data.h"

#include "extension/first_hello.h"
#include "handshake/keys.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "record/plain.h"
#include "wire/read.h"
#include "wire/write.h"

enum { MS = 1000 };

/* ---- client ---- */

static bool has_suite(const struct hf_config *config, uint16_t id)
{
    for (size_t i = 0; i < config->suite_count; i++)
        if (config->suites[i]->id == id)
            return true;
    return false;
}

static bool has_protocol(const struct hf_config *config, struct hf_span protocol)
{
    struct hf_reader list = hf_reader_of(hf_span_of(config->alpn, config->alpn_len));
    struct hf_wire_protocol_name name;
    while (hf_wire_next_protocol_name(&list, &name))
        if (hf_span_equal(name.protocol, protocol))
            return true;
    return protocol.len == 0;
}

/* Suite and protocol are those of the session, or nobody would read it. */
void hf_early_data_plan(struct hf_handshake *handshake)
{
    const struct hf_config *config = handshake->config;
    const struct hf_session *session = &handshake->work->past->session;
    const uint32_t max = session->early_max < config->early_max ? session->early_max : config->early_max;
    if (max == 0 || !has_suite(config, session->suite) || !has_protocol(config, hf_session_alpn(session)))
        return;
    handshake->work->offer.early_data = true;
    handshake->early = HF_EARLY_OFFERED;
    handshake->early_left = max;
}

void hf_early_data_refuse(struct hf_handshake *handshake)
{
    if (handshake->early != HF_EARLY_OFFERED)
        return;
    handshake->early = HF_EARLY_REFUSED;
    handshake->early_left = 0;
    hf_secret_wipe(&handshake->work->early_exporter);
    handshake->driver.event(handshake->driver.context, HF_EVENT_EARLY_REFUSED);
}

static enum hf_error refuse_answer(struct hf_handshake *handshake, const char *wanted)
{
    return hf_refuse(handshake, HF_ERR_illegal_parameter, "early_data in EncryptedExtensions", wanted, NULL);
}

/* RFC 9846 4.3.10, 4.3.11: only with the first key offered, under its suite, for its protocol. */
enum hf_error hf_early_data_answered(struct hf_handshake *handshake)
{
    const struct hf_work *work = handshake->work;
    if (!work->answer.early_data) {
        hf_early_data_refuse(handshake);
        return HF_OK;
    }
    if (handshake->early != HF_EARLY_OFFERED || !handshake->resumed)
        return refuse_answer(handshake, "our first pre_shared_key taken, in the first answer");
    if (work->choice.suite->id != work->past->session.suite)
        return refuse_answer(handshake, "the suite of the session");
    if (!hf_span_equal(work->choice.protocol, hf_session_alpn(&work->past->session)))
        return refuse_answer(handshake, "the application protocol of the session");
    handshake->early = HF_EARLY_TAKEN;
    return HF_OK;
}

bool hf_condition_offers_early(const struct hf_handshake *handshake)
{
    return handshake->early == HF_EARLY_OFFERED;
}

/* No early data is under way any more, or was ever, or it is no matter: keys of the handshake may follow. */
bool hf_condition_may_leave_early(const struct hf_handshake *handshake)
{
    return handshake->early != HF_EARLY_OFFERED || !hf_config_transport(handshake->config)->ends_early;
}

bool hf_condition_early_refused(const struct hf_handshake *handshake)
{
    return handshake->early == HF_EARLY_REFUSED && handshake->work->writes_early;
}

/* A client: EndOfEarlyData is due. */
bool hf_condition_ends_early(const struct hf_handshake *handshake)
{
    return handshake->early == HF_EARLY_TAKEN && hf_config_transport(handshake->config)->ends_early;
}

/* What comes early comes beside what comes under the handshake's keys. */
bool hf_condition_early_is_apart(const struct hf_handshake *handshake)
{
    return !hf_config_transport(handshake->config)->ends_early;
}

/* ---- keys of both ---- */

/* By the key, over the hello: RFC 9846 7.1. */
static enum hf_error derive(struct hf_handshake *handshake, enum hf_hash_id hash, const struct hf_secret *psk,
                            const struct hf_digest *hello)
{
    struct hf_schedule13 *schedule = &handshake->schedule13;
    HF_TRY(hf_handshake_begin_schedule13(handshake, hash, schedule));
    HF_TRY(hf_schedule13_early(schedule, psk));
    HF_TRY(hf_schedule13_early_traffic(schedule, hello));
    hf_handshake_log_key(handshake, HF_KEY_LOG_CLIENT_EARLY_TRAFFIC_SECRET,
                         hf_schedule13_secret(schedule, HF_SECRET13_CLIENT_EARLY));
    hf_handshake_log_key(handshake, HF_KEY_LOG_EARLY_EXPORTER_SECRET,
                         hf_schedule13_secret(schedule, HF_SECRET13_EARLY_EXPORTER));
    handshake->work->early_exporter = *hf_schedule13_secret(schedule, HF_SECRET13_EARLY_EXPORTER); /* outlasts it */
    return HF_OK;
}

static enum hf_error turn(struct hf_handshake *handshake, enum hf_aead_direction direction,
                          const struct hf_suite *suite)
{
    HF_WIPED_KEYS struct hf_traffic_keys keys = {0};
    const struct hf_keys_change change = {
        .protocol = hf_handshake_protocol13(handshake),
        .suite = suite,
        .direction = direction,
        .keys = &keys,
        .level = HF_LEVEL_EARLY,
    };
    HF_TRY(hf_schedule13_keys(&handshake->schedule13, HF_SECRET13_CLIENT_EARLY, hf_aead_key_len(suite->aead), &keys));
    return hf_keys_change(handshake, &change);
}

/* A client, behind its hello. */
enum hf_error hf_turn_write_early_keys(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    const struct hf_suite *suite = hf_suite_find(work->past->session.suite);
    struct hf_digest hello;
    const struct hf_span message = hf_transcript_messages(&work->transcript); /* with the header of this framing */
    const struct hf_span body = hf_span_part(message, hf_framing_header_len(handshake->framing), message.len);
    HF_TRY(hf_first_hello_digest(handshake->config->toolbox, suite->hash, body, &hello));
    HF_TRY(derive(handshake, suite->hash, &work->past->psks[0].key, &hello));
    work->writes_early = true;
    return turn(handshake, HF_AEAD_SEAL, suite);
}

/* A client, before its second hello, which is in the clear as the first. */
enum hf_error hf_turn_write_no_keys(struct hf_handshake *handshake)
{
    struct hf_record_protection *plain;
    HF_TRY(hf_plain_new(handshake->allocator, &plain));
    hf_schedule13_wipe(&handshake->schedule13);
    hf_secret_wipe(&handshake->work->early_exporter);
    handshake->work->writes_early = false;
    handshake->write_keys = "none";
    return hf_framing_turn_write(handshake->framing, plain);
}

/* A server, before its answer is in the transcript. */
enum hf_error hf_turn_early_secrets(struct hf_handshake *handshake)
{
    struct hf_digest hello;
    HF_TRY(hf_transcript_digest(&handshake->work->transcript, &hello));
    return derive(handshake, handshake->suite->hash, &handshake->work->psk, &hello);
}

/* A client knows our record_size_limit from our answer only, and early data may be sealed before that comes. */
static void limit_records(const struct hf_handshake *handshake, bool of_early_data)
{
    struct hf_framing_limits limits = handshake->limits;
    if (of_early_data)
        limits.receive = 0;
    hf_framing_set_limits(handshake->framing, &limits);
}

enum hf_error hf_turn_read_early_keys(struct hf_handshake *handshake)
{
    limit_records(handshake, /* of_early_data= */ true);
    handshake->work->writes_early = true; /* behind this flight, under keys of the application */
    return turn(handshake, HF_AEAD_OPEN, handshake->suite);
}

/* ---- server ---- */

/* When it is by the age that the client says its ticket has. */
static uint64_t now_as_said(const struct hf_handshake *handshake, const struct hf_wire_psk_identity *identity)
{
    const struct hf_session *session = &handshake->work->past->session;
    return session->issued_ms + (uint32_t)(identity->obfuscated_ticket_age - session->age_add);
}

void hf_early_data_note_age(struct hf_handshake *handshake)
{
    struct hf_reader list = hf_reader_of(handshake->work->facts.psk_identities);
    struct hf_wire_psk_identity identity = {0};
    for (size_t i = 0; i <= handshake->work->psk_index; i++)
        if (!hf_wire_next_psk_identity(&list, &identity))
            return;
    const int64_t skew_ms = (int64_t)(now_as_said(handshake, &identity) - handshake->now_ms);
    handshake->ticket_age_skew_s = (int32_t)((skew_ms + (skew_ms < 0 ? -MS : MS) / 2) / MS);
}

/* The age that the client says its ticket has, modulo 2^32 as the field is, against the one that it has. RFC 9846 8.3.
 */
static bool is_fresh(const struct hf_handshake *handshake, const struct hf_wire_psk_identity *identity,
                     uint64_t *ret_until_ms)
{
    const uint64_t window_ms = (uint64_t)handshake->config->early_window_s * MS;
    const uint64_t said_ms = now_as_said(handshake, identity);
    *ret_until_ms = said_ms + window_ms;
    return handshake->now_ms + window_ms >= said_ms && handshake->now_ms <= *ret_until_ms;
}

/* RFC 9846 8.1, 8.2: never by a ticket twice, and never by one of which we may not know. */
static enum hf_error is_first(struct hf_handshake *handshake, const struct hf_wire_psk_identity *identity,
                              bool *ret_first)
{
    const struct hf_early_guard *guard = &handshake->config->early_guard;
    struct hf_digest name;
    uint64_t until_ms;
    *ret_first = false;
    if (handshake->work->past->session.early_guard != guard->id || !is_fresh(handshake, identity, &until_ms))
        return HF_OK;
    HF_TRY(hf_hash_once(handshake->config->toolbox, HF_HASH_SHA256, &identity->identity, 1, &name));
    *ret_first = guard->first(guard->context, name.bytes, handshake->now_ms, until_ms);
    return HF_OK;
}

/* RFC 9846 4.3.10: the first key, its suite, its protocol, no HelloRetryRequest; and ours: a client that we know,
 * unless anyone's will do. */
static bool fits(const struct hf_handshake *handshake)
{
    const struct hf_work *work = handshake->work;
    return work->facts.early_data && handshake->config->early_max > 0 && work->psk_index == 0 &&
           !handshake->hello_retried && work->past->session.early_max > 0 &&
           (work->past->session.chain_count > 0 || handshake->config->early_from_anyone) &&
           work->choice.suite->id == work->past->session.suite &&
           hf_span_equal(work->choice.protocol, hf_session_alpn(&work->past->session));
}

enum hf_error hf_early_data_decide(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    struct hf_reader list = hf_reader_of(work->facts.psk_identities);
    struct hf_wire_psk_identity identity;
    if (!fits(handshake) || !hf_wire_next_psk_identity(&list, &identity))
        return HF_OK;
    HF_TRY(is_first(handshake, &identity, &work->choice.early_data));
    if (!work->choice.early_data)
        return HF_OK;
    handshake->early = HF_EARLY_TAKEN;
    handshake->early_left = work->past->session.early_max;
    return HF_OK;
}

bool hf_early_data_is_answered(const struct hf_handshake *handshake)
{
    return hf_handshake_role(handshake) == HF_SERVER && handshake->early == HF_EARLY_TAKEN && handshake->work != NULL &&
           handshake->work->writes_early && handshake->config->early_from_anyone;
}

enum hf_error hf_early_data_count(struct hf_handshake *handshake, size_t len)
{
    if (len > handshake->early_left)
        return hf_refuse(handshake, HF_ERR_early_data_too_long, "early data", NULL, NULL);
    handshake->early_left -= (uint32_t)len;
    return HF_OK;
}

void hf_early_data_over(const struct hf_handshake *handshake)
{
    if (hf_handshake_role(handshake) == HF_SERVER && handshake->early == HF_EARLY_TAKEN)
        limit_records(handshake, /* of_early_data= */ false);
}

/* ---- EndOfEarlyData ---- */

enum hf_error hf_step_take_end_of_early_data(struct hf_handshake *handshake, const struct hf_taken *taken,
                                             enum hf_outcome *ret_outcome)
{
    struct hf_wire_end_of_early_data message;
    limit_records(handshake, /* of_early_data= */ false);
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_wire_read_end_of_early_data(taken->body, &message);
}

enum hf_error hf_build_end_of_early_data(struct hf_handshake *handshake, struct hf_writer *body)
{
    const struct hf_wire_end_of_early_data message = {0};
    handshake->early_left = 0;
    hf_wire_write_end_of_early_data(body, &message);
    return HF_OK;
}
