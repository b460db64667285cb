#include "support/puppet.h"

#include <stdlib.h>

#include "base/writer.h"

static struct puppet *of(struct hf_framing *framing)
{
    return (struct puppet *)framing;
}

static struct hf_framing *inner(const struct hf_framing *framing)
{
    return ((const struct puppet *)framing)->inner;
}

/* ---- what is only passed on ---- */

static enum hf_error pass_feed(struct hf_framing *framing, struct hf_span wire, size_t *ret_taken)
{
    return hf_framing_feed(inner(framing), wire, ret_taken);
}

static enum hf_error pass_next(struct hf_framing *framing, struct hf_unit *ret_unit)
{
    return hf_framing_next(inner(framing), ret_unit);
}

static enum hf_error pass_data(struct hf_framing *framing, struct hf_span data, size_t *ret_taken)
{
    return hf_framing_send_data(inner(framing), data, ret_taken);
}

static enum hf_error pass_flush(struct hf_framing *framing)
{
    return hf_framing_flush(inner(framing));
}

static struct hf_span pass_output(const struct hf_framing *framing)
{
    return hf_framing_output(inner(framing));
}

static void pass_consumed(struct hf_framing *framing, size_t len)
{
    hf_framing_consumed(inner(framing), len);
}

static enum hf_error pass_turn_read(struct hf_framing *framing, struct hf_record_protection *protection)
{
    return hf_framing_turn_read(inner(framing), protection);
}

static void pass_rules(struct hf_framing *framing, enum hf_framing_rules rules)
{
    hf_framing_set_rules(inner(framing), rules);
}

static void pass_limits(struct hf_framing *framing, const struct hf_framing_limits *limits)
{
    hf_framing_set_limits(inner(framing), limits);
}

static void pass_skip(struct hf_framing *framing, size_t max)
{
    hf_framing_skip_early_data(inner(framing), max);
}

static void pass_end(struct hf_framing *framing)
{
    hf_framing_end_handshake(inner(framing));
}

static bool pass_between(const struct hf_framing *framing)
{
    return hf_framing_between_messages(inner(framing));
}

static enum hf_usage pass_usage(const struct hf_framing *framing, bool of_writing)
{
    return hf_framing_usage(inner(framing), of_writing);
}

static void pass_forget(struct hf_framing *framing)
{
    hf_framing_forget_keys(inner(framing));
}

static void pass_rest(struct hf_framing *framing)
{
    hf_framing_rest(inner(framing));
}

static void pass_describe(const struct hf_framing *framing, struct hf_text *ret_text)
{
    hf_framing_describe(inner(framing), ret_text);
}

static void pass_free(struct hf_framing *framing)
{
    hf_framing_free(inner(framing));
    free(framing);
}

/* ---- what may be stopped ---- */

static enum hf_error stop_message(struct hf_framing *framing, struct hf_span message)
{
    struct puppet *puppet = of(framing);
    struct hf_span body = hf_span_part(message, HF_MESSAGE_HEADER_LEN, message.len);
    if (puppet->stop != HF_MESSAGES && hf_message_classify(message.data[0], body) == puppet->stop)
        puppet->stopped = true;
    return puppet->stopped ? HF_OK : hf_framing_send_message(puppet->inner, message);
}

static enum hf_error stop_ccs(struct hf_framing *framing)
{
    struct puppet *puppet = of(framing);
    if (puppet->stops_at_ccs)
        puppet->stopped = true;
    return puppet->stopped ? HF_OK : hf_framing_send_ccs(puppet->inner);
}

static enum hf_error stop_alert(struct hf_framing *framing, uint8_t level, uint8_t alert)
{
    struct puppet *puppet = of(framing);
    puppet->alerts++;
    puppet->alert_level = level;
    puppet->alert = alert;
    return puppet->stopped ? HF_OK : hf_framing_send_alert(puppet->inner, level, alert);
}

static enum hf_error stop_turn(struct hf_framing *framing, struct hf_record_protection *protection)
{
    struct puppet *puppet = of(framing);
    if (!puppet->stopped)
        return hf_framing_turn_write(puppet->inner, protection);
    hf_record_free(protection);
    return HF_OK;
}

static const struct hf_framing_methods methods = {
    .feed = pass_feed,
    .next = pass_next,
    .send_message = stop_message,
    .send_ccs = stop_ccs,
    .send_alert = stop_alert,
    .send_data = pass_data,
    .flush = pass_flush,
    .output = pass_output,
    .consumed = pass_consumed,
    .turn_read = pass_turn_read,
    .turn_write = stop_turn,
    .set_rules = pass_rules,
    .set_limits = pass_limits,
    .skip_early_data = pass_skip,
    .end_handshake = pass_end,
    .between_messages = pass_between,
    .usage = pass_usage,
    .forget_keys = pass_forget,
    .rest = pass_rest,
    .describe = pass_describe,
    .free = pass_free,
};

static void need(enum hf_error error)
{
    if (error != HF_OK)
        abort();
}

struct puppet *puppet_take(struct hf_connection *connection)
{
    struct puppet *puppet = calloc(1, sizeof *puppet);
    if (puppet == NULL)
        abort();
    puppet->framing.methods = &methods;
    puppet->inner = connection->framing;
    puppet->stop = HF_MESSAGES;
    connection->framing = &puppet->framing;
    connection->handshake.framing = &puppet->framing;
    return puppet;
}

void puppet_stop_before(struct puppet *puppet, enum hf_message message)
{
    puppet->stop = message;
}

void puppet_stop_before_ccs(struct puppet *puppet)
{
    puppet->stops_at_ccs = true;
}

void puppet_send_message(struct puppet *puppet, uint8_t type, struct hf_span body)
{
    size_t room = HF_MESSAGE_HEADER_LEN + body.len;
    uint8_t *whole = malloc(room);
    if (whole == NULL)
        abort();
    struct hf_writer writer = hf_writer_of(whole, room);
    hf_writer_u8(&writer, type);
    hf_writer_vector(&writer, 3, body);
    need(hf_framing_send_message(puppet->inner, hf_writer_span(&writer)));
    need(hf_framing_flush(puppet->inner));
    free(whole);
}

void puppet_send_ccs(struct puppet *puppet)
{
    need(hf_framing_send_ccs(puppet->inner));
}

void puppet_send_alert(struct puppet *puppet, uint8_t level, uint8_t alert)
{
    need(hf_framing_send_alert(puppet->inner, level, alert));
}

bool puppet_send_data(struct puppet *puppet, struct hf_span data)
{
    size_t taken;
    return hf_framing_send_data(puppet->inner, data, &taken) == HF_OK;
}
