#include "quic/quic.h"

#include "base/buffer.h"
#include "base/reader.h"

enum { LEVELS = HF_LEVEL_APPLICATION + 1 };

struct quic {
    struct hf_framing framing; /* first: methods get this and mean the whole */
    const struct hf_allocator *allocator;
    enum hf_error failure;
    size_t message_max;

    enum hf_level reads, writes;
    struct hf_buffer input; /* of the level that is read */
    size_t lent;            /* how many of its first bytes were handed up */
    struct hf_buffer output[LEVELS];
    bool is_discarded[LEVELS];

    struct hf_record_protection *secrets[HF_QUIC_SECRETS_MAX];
    size_t secret_count;
    struct hf_record_protection *told; /* the last secret that was taken: lent */

    struct hf_buffer own_parameters;
    struct hf_buffer peer_parameters;
};

static struct quic *quic_of(struct hf_framing *framing)
{
    return (struct quic *)framing;
}

static const struct quic *const_quic_of(const struct hf_framing *framing)
{
    return (const struct quic *)framing;
}

/* ---- in ---- */

static void end_loan(struct quic *quic)
{
    hf_buffer_consume(&quic->input, quic->lent);
    quic->lent = 0;
}

/* RFC 9001 4.1.3: a level that was left brings nothing new, and one that is not reached has no keys yet. */
static enum hf_error take_bytes(struct quic *quic, struct hf_span wire)
{
    if (wire.len == 0 || quic->is_discarded[quic->framing.level])
        return HF_OK;
    if (quic->framing.level != quic->reads)
        return HF_ERR_wrong_encryption_level;
    if (wire.len > HF_QUIC_INPUT_MAX - hf_buffer_len(&quic->input))
        return HF_ERR_crypto_buffer_exceeded;
    return hf_buffer_append(&quic->input, wire) ? HF_OK : HF_ERR_no_memory;
}

static enum hf_error quic_feed(struct hf_framing *framing, struct hf_span wire, size_t *ret_taken)
{
    struct quic *quic = quic_of(framing);
    if (quic->failure != HF_OK)
        return quic->failure;
    end_loan(quic);
    quic->failure = take_bytes(quic, wire);
    HF_TRY(quic->failure);
    *ret_taken = wire.len;
    return HF_OK;
}

static enum hf_error find_message(struct quic *quic, struct hf_unit *ret_unit)
{
    struct hf_span input = hf_buffer_span(&quic->input);
    struct hf_reader reader = hf_reader_of(input);
    if (input.len < HF_FRAMING_HEADER_LEN)
        return HF_OK;
    uint8_t type = hf_reader_u8(&reader);
    size_t body_len = hf_reader_u24(&reader);
    if (body_len > quic->message_max)
        return HF_ERR_handshake_message_too_long;
    if (body_len > reader.left)
        return HF_OK;
    quic->lent = HF_FRAMING_HEADER_LEN + body_len;
    *ret_unit = (struct hf_unit){
        .kind = HF_UNIT_HANDSHAKE,
        .is_protected = quic->reads != HF_LEVEL_NONE,
        .type = type,
        .whole = hf_span_part(input, 0, quic->lent),
        .body = hf_span_part(input, HF_FRAMING_HEADER_LEN, body_len),
    };
    return HF_OK;
}

static enum hf_error quic_next(struct hf_framing *framing, struct hf_unit *ret_unit)
{
    struct quic *quic = quic_of(framing);
    struct hf_unit unit = {0};
    if (quic->failure != HF_OK)
        return quic->failure;
    end_loan(quic);
    quic->failure = find_message(quic, &unit);
    HF_TRY(quic->failure);
    *ret_unit = unit;
    return HF_OK;
}

static bool quic_between_messages(const struct hf_framing *framing)
{
    const struct quic *quic = const_quic_of(framing);
    return hf_buffer_len(&quic->input) == quic->lent;
}

/* ---- out ---- */

static enum hf_error quic_send_message(struct hf_framing *framing, struct hf_span message)
{
    struct quic *quic = quic_of(framing);
    if (quic->is_discarded[quic->writes])
        return HF_OK;
    return hf_buffer_append(&quic->output[quic->writes], message) ? HF_OK : HF_ERR_no_memory;
}

static enum hf_error quic_send_ccs(struct hf_framing *framing)
{
    (void)framing;
    return HF_ERR_internal; /* no flight has one: RFC 9001 8.4 */
}

/* The failure tells it, and QUIC closes by it: RFC 9001 4.8. */
static enum hf_error quic_send_alert(struct hf_framing *framing, uint8_t level, uint8_t alert)
{
    (void)framing, (void)level, (void)alert;
    return HF_OK;
}

static enum hf_error quic_send_data(struct hf_framing *framing, struct hf_span data, size_t *ret_taken)
{
    (void)framing, (void)data, (void)ret_taken;
    return HF_ERR_wrong_call;
}

static enum hf_error quic_flush(struct hf_framing *framing)
{
    (void)framing;
    return HF_OK;
}

static struct hf_span no_output(const struct hf_framing *framing)
{
    (void)framing;
    return hf_span_of(NULL, 0);
}

static void none_consumed(struct hf_framing *framing, size_t len)
{
    (void)framing, (void)len;
}

struct hf_span hf_quic_framing_output(const struct hf_framing *framing, enum hf_level *ret_level)
{
    const struct quic *quic = const_quic_of(framing);
    enum hf_level level = HF_LEVEL_NONE;
    while (level < HF_LEVEL_APPLICATION && hf_buffer_len(&quic->output[level]) == 0)
        level = (enum hf_level)(level + 1);
    *ret_level = level;
    return hf_buffer_span(&quic->output[level]);
}

void hf_quic_framing_consumed(struct hf_framing *framing, enum hf_level level, size_t len)
{
    struct hf_buffer *output = &quic_of(framing)->output[level];
    hf_buffer_consume(output, len);
    if (hf_buffer_len(output) == 0)
        hf_buffer_release(output);
}

void hf_quic_framing_discard(struct hf_framing *framing, enum hf_level level)
{
    struct quic *quic = quic_of(framing);
    quic->is_discarded[level] = true;
    hf_buffer_release(&quic->output[level]);
}

/* ---- secrets ---- */

static enum hf_error queue_secret(struct quic *quic, struct hf_record_protection *protection)
{
    if (quic->secret_count == HF_QUIC_SECRETS_MAX) {
        hf_record_free(protection);
        return HF_ERR_internal;
    }
    quic->secrets[quic->secret_count++] = protection;
    return HF_OK;
}

const struct hf_quic_secret_holder *hf_quic_framing_next_secret(struct hf_framing *framing)
{
    struct quic *quic = quic_of(framing);
    hf_record_free(quic->told);
    quic->told = NULL;
    if (quic->secret_count == 0)
        return NULL;
    quic->told = quic->secrets[0];
    quic->secret_count--;
    for (size_t i = 0; i < quic->secret_count; i++)
        quic->secrets[i] = quic->secrets[i + 1];
    return hf_quic_secret_of(quic->told);
}

/* Early keys are beside the handshake: no CRYPTO bytes ever come or go under them (RFC 9001 4.1.3). */
static enum hf_error quic_turn_read(struct hf_framing *framing, struct hf_record_protection *protection)
{
    struct quic *quic = quic_of(framing);
    if (protection->level == HF_LEVEL_EARLY)
        return queue_secret(quic, protection);
    if (!quic_between_messages(framing)) {
        hf_record_free(protection);
        quic->failure = HF_ERR_keys_change_inside_message;
        return quic->failure;
    }
    quic->reads = protection->level;
    return queue_secret(quic, protection);
}

/* Without a level it is the way back to hellos in the clear, behind a HelloRetryRequest. */
static enum hf_error quic_turn_write(struct hf_framing *framing, struct hf_record_protection *protection)
{
    struct quic *quic = quic_of(framing);
    if (protection->level == HF_LEVEL_EARLY)
        return queue_secret(quic, protection);
    quic->writes = protection->level;
    if (protection->level != HF_LEVEL_NONE)
        return queue_secret(quic, protection);
    hf_record_free(protection);
    return HF_OK;
}

static void forget_secrets(struct quic *quic)
{
    while (hf_quic_framing_next_secret(&quic->framing) != NULL)
        ;
}

/* Those that open what comes. */
static void forget_reading_secrets(struct quic *quic)
{
    size_t kept = 0;
    hf_record_free(quic->told);
    quic->told = NULL;
    for (size_t i = 0; i < quic->secret_count; i++)
        if (hf_quic_secret_of(quic->secrets[i])->is_ours)
            quic->secrets[kept++] = quic->secrets[i];
        else
            hf_record_free(quic->secrets[i]);
    quic->secret_count = kept;
}

/* ---- the rest ---- */

static void quic_set_rules(struct hf_framing *framing, enum hf_framing_rules rules)
{
    (void)framing, (void)rules;
}

static void quic_set_limits(struct hf_framing *framing, const struct hf_framing_limits *limits)
{
    quic_of(framing)->message_max = limits->message == 0 ? HF_QUIC_MESSAGE_MAX : limits->message;
}

static void quic_skip_early_data(struct hf_framing *framing, size_t max)
{
    (void)framing, (void)max;
}

static void quic_end_handshake(struct hf_framing *framing)
{
    (void)framing;
}

static enum hf_usage quic_usage(const struct hf_framing *framing, bool of_writing)
{
    (void)framing, (void)of_writing;
    return HF_USAGE_FINE;
}

/* What goes out goes on: what was said before the failure, and the keys under which QUIC closes, the highest that the
 * peer may have (RFC 9000 10.2.3). A client whose encrypted hello was refused has sent its Finished: RFC 9849 6.1.6. */
static void quic_forget_keys(struct hf_framing *framing)
{
    struct quic *quic = quic_of(framing);
    if (quic->failure == HF_OK)
        quic->failure = HF_ERR_wrong_call;
    forget_reading_secrets(quic);
    hf_buffer_release(&quic->input);
    quic->lent = 0;
}

static void quic_rest(struct hf_framing *framing)
{
    struct quic *quic = quic_of(framing);
    end_loan(quic);
    if (hf_buffer_len(&quic->input) == 0)
        hf_buffer_release(&quic->input);
}

static void quic_describe(const struct hf_framing *framing, struct hf_text *ret_text)
{
    (void)framing, (void)ret_text;
}

static struct hf_span quic_own_parameters(const struct hf_framing *framing)
{
    return hf_buffer_span(&const_quic_of(framing)->own_parameters);
}

static enum hf_error quic_keep_parameters(struct hf_framing *framing, struct hf_span parameters)
{
    struct hf_buffer *kept = &quic_of(framing)->peer_parameters;
    hf_buffer_release(kept); /* of a first hello, which the second repeats */
    return hf_buffer_append(kept, parameters) ? HF_OK : HF_ERR_no_memory;
}

struct hf_span hf_quic_framing_peer_parameters(const struct hf_framing *framing)
{
    return hf_buffer_span(&const_quic_of(framing)->peer_parameters);
}

static void quic_free(struct hf_framing *framing)
{
    struct quic *quic = quic_of(framing);
    forget_secrets(quic);
    hf_buffer_release(&quic->input);
    for (size_t i = 0; i < LEVELS; i++)
        hf_buffer_release(&quic->output[i]);
    hf_buffer_release(&quic->own_parameters);
    hf_buffer_release(&quic->peer_parameters);
    hf_allocation_wipe(quic->allocator, quic, sizeof *quic);
}

static const struct hf_framing_methods quic_methods = {
    .feed = quic_feed,
    .next = quic_next,
    .send_message = quic_send_message,
    .send_ccs = quic_send_ccs,
    .send_alert = quic_send_alert,
    .send_data = quic_send_data,
    .flush = quic_flush,
    .output = no_output,
    .consumed = none_consumed,
    .turn_read = quic_turn_read,
    .turn_write = quic_turn_write,
    .set_rules = quic_set_rules,
    .set_limits = quic_set_limits,
    .skip_early_data = quic_skip_early_data,
    .end_handshake = quic_end_handshake,
    .between_messages = quic_between_messages,
    .usage = quic_usage,
    .forget_keys = quic_forget_keys,
    .rest = quic_rest,
    .describe = quic_describe,
    .free = quic_free,
    .own_parameters = quic_own_parameters,
    .keep_parameters = quic_keep_parameters,
};

enum hf_error hf_quic_new(const struct hf_allocator *allocator, struct hf_span parameters,
                          struct hf_framing **ret_framing)
{
    struct quic *quic = hf_allocation_new(allocator, sizeof *quic);
    if (quic == NULL)
        return HF_ERR_no_memory;
    quic->framing.methods = &quic_methods;
    quic->framing.has_levels = true;
    quic->allocator = allocator;
    quic->message_max = HF_QUIC_MESSAGE_MAX;
    hf_buffer_init(&quic->input, allocator, HF_QUIC_INPUT_MAX);
    for (size_t i = 0; i < LEVELS; i++)
        hf_buffer_init(&quic->output[i], allocator, HF_QUIC_OUTPUT_MAX);
    hf_buffer_init(&quic->own_parameters, allocator, HF_QUIC_PARAMETERS_MAX);
    hf_buffer_init(&quic->peer_parameters, allocator, UINT16_MAX);
    if (!hf_buffer_append(&quic->own_parameters, parameters)) {
        quic_free(&quic->framing);
        return HF_ERR_no_memory;
    }
    *ret_framing = &quic->framing;
    return HF_OK;
}
