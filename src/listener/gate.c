/* What the answer says is what a connection would say: the same negotiation, the same writers. What cannot be done for
 * want of memory or randomness is dropped: the client comes again. */
#include "listener/gate.h"

#include "datagram/fragment.h"
#include "extension/compare.h"
#include "extension/first_hello.h"
#include "extension/read.h"
#include "handshake/hello_retry_request.h"
#include "negotiate/negotiate.h"
#include "negotiate/psk.h"
#include "negotiate/suite.h"
#include "negotiate/version.h"
#include "record/dtls_plain.h"
#include "wire/write.h"

enum {
    AMPLIFICATION_MAX = 3,   /* RFC 9147 5.1 */
    VERIFY_VERSION = 0xfeff, /* a HelloVerifyRequest says that of DTLS 1.0, whatever follows: RFC 6347 4.2.1 */
    LATE_COOKIES_MAX = 2,    /* that one datagram may have us look at */
    ALERT_FATAL = 2
};

/* ---- answers ---- */

/* One record in the clear, under the number that the hello's record had: RFC 6347 4.2.1. */
static bool write_record(const struct hf_peek *hello, uint8_t type, struct hf_span content, struct hf_writer *answer)
{
    const struct hf_record_content record = {.type = type, .sequence = hello->sequence};
    hf_dtls_plain_write_header(&record, content.len, answer);
    hf_writer_bytes(answer, content);
    return hf_writer_end(answer);
}

/* The message's number is the hello's, for the client expects that one next. */
static bool write_message(const struct hf_peek *hello, enum hf_message kind, struct hf_span body,
                          struct hf_writer *answer)
{
    uint8_t bytes[HF_GATE_ANSWER_MAX];
    struct hf_writer content = hf_writer_of(bytes, sizeof bytes);
    const struct hf_fragment fragment = {
        .type = hf_message_wire_type(kind),
        .message_len = body.len,
        .message_seq = hello->message_seq,
        .bytes = body,
    };
    hf_fragment_write(&content, &fragment);
    return hf_writer_end(&content) && write_record(hello, HF_CONTENT_HANDSHAKE, hf_writer_span(&content), answer);
}

static enum hf_gate_verdict refuse(const struct hf_gate_question *question, enum hf_error error,
                                   struct hf_writer *answer)
{
    const uint8_t alert[] = {ALERT_FATAL, (uint8_t)hf_error_alert13(error)};
    if (hf_error_alert13(error) == HF_ALERT_none)
        return HF_GATE_DROP;
    bool fits = write_record(question->hello, HF_CONTENT_ALERT, hf_span_of(alert, sizeof alert), answer);
    return fits ? HF_GATE_REFUSE : HF_GATE_DROP;
}

static struct hf_address_cookie_subject subject_of(const struct hf_gate_question *question)
{
    return (struct hf_address_cookie_subject){
        .address = question->address,
        .hello = {question->hello->parts.before, question->hello->lists},
    };
}

static enum hf_gate_verdict ask_by_verify(const struct hf_gate *gate, const struct hf_gate_question *question,
                                          struct hf_writer *answer)
{
    uint8_t cookie_bytes[HF_ADDRESS_COOKIE_MAX];
    uint8_t body_bytes[HF_GATE_ANSWER_MAX];
    struct hf_writer cookie = hf_writer_of(cookie_bytes, sizeof cookie_bytes);
    struct hf_writer body = hf_writer_of(body_bytes, sizeof body_bytes);
    const struct hf_address_cookie_subject subject = subject_of(question);
    if (hf_address_cookie_make(&gate->keys, gate->config->toolbox, &subject, hf_span_of(NULL, 0), &cookie) != HF_OK)
        return HF_GATE_DROP;
    const struct hf_wire_hello_verify_request message = {
        .server_version = VERIFY_VERSION,
        .cookie = hf_writer_span(&cookie),
    };
    hf_wire_write_hello_verify_request(&body, &message);
    bool fits = hf_writer_end(&body) &&
                write_message(question->hello, HF_MESSAGE_hello_verify_request, hf_writer_span(&body), answer);
    return fits ? HF_GATE_COOKIE : HF_GATE_DROP;
}

static enum hf_error write_retry_cookie(const struct hf_gate *gate, const struct hf_address_cookie_subject *subject,
                                        const struct hf_address_cookie_retry *retry, struct hf_writer *cookie)
{
    uint8_t bytes[HF_ADDRESS_COOKIE_MAX];
    struct hf_writer content = hf_writer_of(bytes, sizeof bytes);
    hf_address_cookie_retry_write(retry, &content);
    if (!hf_writer_end(&content))
        return HF_ERR_internal;
    return hf_address_cookie_make(&gate->keys, gate->config->toolbox, subject, hf_writer_span(&content), cookie);
}

/* A HelloRetryRequest with this cookie. */
static enum hf_gate_verdict write_retry(const struct hf_gate *gate, const struct hf_gate_question *question,
                                        const struct hf_negotiated *choice, struct hf_span cookie,
                                        struct hf_writer *answer)
{
    uint8_t bytes[HF_GATE_ANSWER_MAX];
    struct hf_writer body = hf_writer_of(bytes, sizeof bytes);
    if (hf_hello_retry_request_write(gate->config, choice, hf_span_of(NULL, 0), cookie, &body) != HF_OK)
        return HF_GATE_DROP;
    bool fits = write_message(question->hello, HF_MESSAGE_hello_retry_request, hf_writer_span(&body), answer);
    return fits ? HF_GATE_COOKIE : HF_GATE_DROP;
}

/* `hello` is without the cookie that only datagrams have. */
static enum hf_gate_verdict ask_by_retry(const struct hf_gate *gate, const struct hf_gate_question *question,
                                         const struct hf_negotiated *choice, struct hf_span hello,
                                         struct hf_writer *answer)
{
    const struct hf_config *config = gate->config;
    uint8_t bytes[HF_ADDRESS_COOKIE_MAX];
    struct hf_writer cookie = hf_writer_of(bytes, sizeof bytes);
    const struct hf_address_cookie_subject subject = subject_of(question);
    struct hf_address_cookie_retry retry = {
        .suite = choice->suite->id, .group = choice->group->id, .asked_share = choice->retry};
    if (hf_first_hello_digest(config->toolbox, choice->suite->hash, question->hello->body, &retry.first_hello) !=
            HF_OK ||
        hf_extension_digest_lasting(config->toolbox, &config->allocator, hello, &retry.lasting) != HF_OK ||
        write_retry_cookie(gate, &subject, &retry, &cookie) != HF_OK)
        return HF_GATE_DROP;
    return write_retry(gate, question, choice, hf_writer_span(&cookie), answer);
}

/* ---- judging ---- */

/* A hello that reads badly may be anything: no answer. */
static enum hf_gate_verdict ask_by_choice(const struct hf_gate *gate, const struct hf_gate_question *question,
                                          struct hf_span hello, struct hf_writer *answer)
{
    struct hf_client_hello_facts facts;
    struct hf_failure failure = {.error = HF_OK};
    struct hf_negotiated choice;
    struct hf_negotiate_psk psk;
    struct hf_negotiate_question negotiation = {
        .config = gate->config,
        .hello = &facts,
        .now_s = (int64_t)(question->now_ms / 1000),
    };
    if (hf_extension_read_client_hello(hello, &facts, &failure) != HF_OK)
        return HF_GATE_DROP;
    if (hf_negotiate_psk_by_name(gate->config, &facts, &psk))
        negotiation.psk = &psk;
    enum hf_error error = hf_negotiate_server(&negotiation, &choice, &failure);
    if (error != HF_OK)
        return refuse(question, error, answer);
    if (!hf_negotiate_version_rules(choice.generation)->shares_in_hellos)
        return ask_by_verify(gate, question, answer);
    return ask_by_retry(gate, question, &choice, hello, answer);
}

/* ---- hellos in pieces, of which the front is here ---- */

/* Of the rest of a hello in pieces nobody can say whose it is, so its cookie binds the address only. */
static struct hf_address_cookie_subject subject_of_pieces(const struct hf_gate_question *question)
{
    return (struct hf_address_cookie_subject){.address = question->address};
}

/* Nothing but the cookie is asked for, so that the second hello tells what the first was
 * (handshake/hello_retry_request.c). The front has the suites; groups are looked at when all is here. */
static enum hf_gate_verdict ask_front_by_retry(const struct hf_gate *gate, const struct hf_gate_question *question,
                                               struct hf_writer *answer)
{
    const struct hf_config *config = gate->config;
    const struct hf_negotiate_suite_wish wish = {.generation = HF_VERSION_BIT_13};
    struct hf_reader lists = hf_reader_of(question->hello->lists);
    const struct hf_client_hello_facts facts = {.suites = hf_reader_vector(&lists, 2, 2, UINT16_MAX)};
    const struct hf_negotiated choice = {
        .version = hf_config_transport(config)->version13,
        .generation = HF_VERSION_BIT_13,
        .suite = hf_negotiate_suite_find(config, &facts, &wish),
    };
    if (question->hello->message_seq != 0) /* a second one, whose cookie is in another piece: see judge_piece */
        return HF_GATE_DROP;
    if (choice.suite == NULL)
        return refuse(question, HF_ERR_no_common_suite, answer);
    uint8_t bytes[HF_ADDRESS_COOKIE_MAX];
    struct hf_writer cookie = hf_writer_of(bytes, sizeof bytes);
    const struct hf_address_cookie_subject subject = subject_of_pieces(question);
    const struct hf_address_cookie_retry retry = {.suite = choice.suite->id};
    if (write_retry_cookie(gate, &subject, &retry, &cookie) != HF_OK)
        return HF_GATE_DROP;
    return write_retry(gate, question, &choice, hf_writer_span(&cookie), answer);
}

static enum hf_gate_verdict ask_by_front(const struct hf_gate *gate, const struct hf_gate_question *question,
                                         struct hf_writer *answer)
{
    const struct hf_peek *hello = question->hello;
    unsigned generation = hf_negotiate_version_glimpse(gate->config, hello->versions, hello->has_shares);
    if (generation == 0)
        return HF_GATE_DROP;
    if (!hf_negotiate_version_rules((enum hf_version_bit)generation)->shares_in_hellos)
        return ask_by_verify(gate, question, answer);
    return ask_front_by_retry(gate, question, answer);
}

static enum hf_gate_verdict ask(const struct hf_gate *gate, const struct hf_gate_question *question,
                                struct hf_writer *answer)
{
    const struct hf_hello_cookie *parts = &question->hello->parts;
    struct hf_buffer hello;
    enum hf_gate_verdict verdict = HF_GATE_DROP;
    if (!question->hello->is_whole) /* in pieces it could only be put together by keeping some */
        return ask_by_front(gate, question, answer);
    hf_buffer_init(&hello, &gate->config->allocator, HF_RECORD_CONTENT_MAX);
    if (hf_buffer_append(&hello, parts->before) && hf_buffer_append(&hello, parts->after))
        verdict = ask_by_choice(gate, question, hf_buffer_span(&hello), answer);
    hf_buffer_release(&hello);
    return verdict;
}

/* Of 1.2: whatever else is in the field counts as nothing there (RFC 6347 4.2.1). */
static bool is_verified(const struct hf_gate *gate, const struct hf_gate_question *question)
{
    const struct hf_address_cookie_subject subject = subject_of(question);
    struct hf_span content;
    return hf_address_cookie_check(&gate->keys, gate->config->toolbox, &subject, question->hello->parts.cookie,
                                   &content) &&
           content.len == 0;
}

static bool recall_by(const struct hf_gate *gate, const struct hf_address_cookie_subject *subject,
                      struct hf_span cookie, struct hf_address_cookie_retry *ret_retry)
{
    struct hf_span content;
    return hf_address_cookie_check(&gate->keys, gate->config->toolbox, subject, cookie, &content) &&
           hf_address_cookie_retry_read(content, ret_retry);
}

static bool recall(const struct hf_gate *gate, const struct hf_gate_question *question, struct hf_span cookie,
                   struct hf_address_cookie_retry *ret_retry)
{
    const struct hf_address_cookie_subject of_whole = subject_of(question);
    const struct hf_address_cookie_subject of_pieces = subject_of_pieces(question);
    return (question->hello->is_front && recall_by(gate, &of_whole, cookie, ret_retry)) ||
           recall_by(gate, &of_pieces, cookie, ret_retry);
}

/* A later piece of a second hello may bring the cookie (some clients have it behind their key shares). Then its other
 * pieces have a place when they come again. */
static enum hf_gate_verdict judge_piece(const struct hf_gate *gate, const struct hf_gate_question *question,
                                        struct hf_gate_admission *admission)
{
    struct hf_span cookie;
    size_t at = 0;
    for (size_t i = 0; i < LATE_COOKIES_MAX && hf_peek_next_cookie(question->hello->body, &at, &cookie); i++)
        admission->was_retried = admission->was_retried || recall(gate, question, cookie, &admission->retry);
    return admission->was_retried ? HF_GATE_ADMIT : HF_GATE_DROP;
}

static enum hf_gate_verdict judge(const struct hf_gate *gate, const struct hf_gate_question *question,
                                  struct hf_writer *answer, struct hf_gate_admission *admission)
{
    admission->numbers = (struct hf_datagram_numbers){question->hello->message_seq, question->hello->sequence};
    if (!question->hello->is_front)
        return judge_piece(gate, question, admission);
    if (gate->skips_cookies || is_verified(gate, question))
        return HF_GATE_ADMIT;
    if (question->hello->retry_cookie.len == 0)
        return ask(gate, question, answer);
    admission->was_retried = recall(gate, question, question->hello->retry_cookie, &admission->retry);
    /* RFC 9147 5.1: so that a client whose cookie is too old begins anew. */
    return admission->was_retried ? HF_GATE_ADMIT : refuse(question, HF_ERR_illegal_parameter, answer);
}

enum hf_gate_verdict hf_gate_judge(struct hf_gate *gate, const struct hf_gate_question *question,
                                   struct hf_writer *answer, struct hf_gate_admission *ret_admission)
{
    *ret_admission = (struct hf_gate_admission){.was_retried = false};
    if (hf_address_cookie_rotate(&gate->keys, &gate->config->random, question->now_ms) != HF_OK)
        return HF_GATE_DROP;
    enum hf_gate_verdict verdict = judge(gate, question, answer, ret_admission);
    return answer->len > AMPLIFICATION_MAX * question->datagram_len ? HF_GATE_DROP : verdict;
}

void hf_gate_wipe(struct hf_gate *gate)
{
    hf_wipe(&gate->keys, sizeof gate->keys);
}
