/* RFC 9853 5: one check at a time; what comes by a third path meanwhile changes nothing. */
#include "datagram/return_routability.h"

#include "base/reader.h"
#include "base/secret.h"

enum { PATH_CHALLENGE = 0, PATH_RESPONSE = 1, PATH_DROP = 2 };

/* ---- stages ---- */

static void enter(struct hf_return_routability *check, enum hf_routability_stage stage, uint64_t now_ms)
{
    check->stage = stage;
    check->asked = 0;
    check->since_ms = now_ms;
    hf_wipe(check->cookies, sizeof check->cookies);
}

static void move(struct hf_return_routability *check, uint64_t now_ms)
{
    check->bound = check->candidate;
    check->moved++;
    enter(check, HF_ROUTABILITY_SETTLED, now_ms);
}

static bool is_newest(const struct hf_return_routability *check, const struct hf_routability_heard *heard)
{
    if (!check->has_newest || heard->epoch != check->newest_epoch)
        return !check->has_newest || heard->epoch > check->newest_epoch;
    return heard->sequence > check->newest_sequence;
}

/* RFC 9146 6: authentic, and newer than all before, so that neither replays nor what was overtaken moves anything. */
void hf_return_routability_heard(struct hf_return_routability *check, const struct hf_routability_heard *heard)
{
    bool is_candidate = check->stage != HF_ROUTABILITY_SETTLED && heard->path == check->candidate;
    if (is_candidate)
        check->came += heard->len;
    if (!is_newest(check, heard))
        return;
    check->has_newest = true;
    check->newest_epoch = heard->epoch;
    check->newest_sequence = heard->sequence;
    if (!check->is_agreed || check->stage != HF_ROUTABILITY_SETTLED || heard->path == check->bound)
        return;
    check->candidate = heard->path;
    check->came = heard->len;
    check->went = 0;
    check->wait_ms = heard->wait_ms;
    check->begun++;
    enter(check, check->is_basic ? HF_ROUTABILITY_ASKS_NEW : HF_ROUTABILITY_ASKS_OLD, heard->now_ms);
}

void hf_return_routability_prefer(struct hf_return_routability *check, uint32_t path)
{
    check->has_preferred = true;
    check->bound = path;
    check->stage = HF_ROUTABILITY_SETTLED;
}

/* ---- messages ---- */

static void write_message(uint8_t type, uint32_t path, struct hf_span cookie, struct hf_routability_message *message)
{
    struct hf_writer writer = hf_writer_of(message->bytes, sizeof message->bytes);
    hf_writer_u8(&writer, type);
    hf_writer_bytes(&writer, cookie);
    message->path = path;
    message->len = writer.len;
}

static bool is_awaited(const struct hf_return_routability *check, struct hf_span cookie)
{
    for (unsigned i = 0; i < check->asked && i < HF_ROUTABILITY_CHALLENGES; i++)
        if (hf_secret_equal(hf_span_of(check->cookies[i], HF_ROUTABILITY_COOKIE_LEN), cookie))
            return true;
    return false;
}

static uint32_t asked_path(const struct hf_return_routability *check)
{
    return check->stage == HF_ROUTABILITY_ASKS_OLD ? check->bound : check->candidate;
}

/* Only by the path that was asked: that is what shows that it carries both ways (RFC 9853 5.4). */
static void take_answer(struct hf_return_routability *check, uint8_t type, struct hf_span cookie, uint32_t path,
                        uint64_t now_ms)
{
    if (check->stage == HF_ROUTABILITY_SETTLED || path != asked_path(check) || !is_awaited(check, cookie))
        return;
    if (check->stage == HF_ROUTABILITY_ASKS_OLD && type == PATH_DROP) {
        enter(check, HF_ROUTABILITY_ASKS_NEW, now_ms);
    } else if (check->stage == HF_ROUTABILITY_ASKS_OLD) {
        check->stayed++;
        enter(check, HF_ROUTABILITY_SETTLED, now_ms);
    } else if (type == PATH_RESPONSE) {
        move(check, now_ms);
    }
}

enum hf_error hf_return_routability_take(struct hf_return_routability *check, struct hf_span content, uint32_t path,
                                         uint64_t now_ms, struct hf_routability_message *ret_reply)
{
    struct hf_reader reader = hf_reader_of(content);
    uint8_t type = hf_reader_u8(&reader);
    struct hf_span cookie = hf_reader_bytes(&reader, HF_ROUTABILITY_COOKIE_LEN);
    ret_reply->len = 0;
    if (type > PATH_DROP)
        return HF_OK;
    if (!hf_reader_end(&reader))
        return HF_ERR_decode_error;
    bool has_left = check->has_preferred && path != check->bound;
    if (type == PATH_CHALLENGE)
        write_message(has_left ? PATH_DROP : PATH_RESPONSE, path, cookie, ret_reply);
    else
        take_answer(check, type, cookie, path, now_ms);
    return HF_OK;
}

/* ---- time ---- */

/* Challenges share the stage's time evenly; the last part of it waits for the last one's answer. */
static uint64_t due_ms(const struct hf_return_routability *check, unsigned part)
{
    return check->since_ms + (uint64_t)check->wait_ms * part / HF_ROUTABILITY_CHALLENGES;
}

uint64_t hf_return_routability_deadline(const struct hf_return_routability *check)
{
    return check->stage == HF_ROUTABILITY_SETTLED ? UINT64_MAX : due_ms(check, check->asked);
}

static enum hf_error ask(struct hf_return_routability *check, size_t record_len,
                         struct hf_routability_message *ret_challenge)
{
    uint8_t *cookie = check->cookies[check->asked];
    bool is_new = check->stage == HF_ROUTABILITY_ASKS_NEW;
    HF_TRY(check->random->fill(check->random->context, cookie, HF_ROUTABILITY_COOKIE_LEN));
    check->asked++;
    if (is_new && check->went + record_len > HF_ROUTABILITY_AMPLIFICATION * check->came)
        return HF_OK; /* so much more must come first */
    if (is_new)
        check->went += record_len;
    write_message(PATH_CHALLENGE, asked_path(check), hf_span_of(cookie, HF_ROUTABILITY_COOKIE_LEN), ret_challenge);
    return HF_OK;
}

enum hf_error hf_return_routability_tick(struct hf_return_routability *check, uint64_t now_ms, size_t record_len,
                                         struct hf_routability_message *ret_challenge)
{
    ret_challenge->len = 0;
    if (hf_return_routability_deadline(check) > now_ms)
        return HF_OK;
    if (check->asked < HF_ROUTABILITY_CHALLENGES)
        return ask(check, record_len, ret_challenge);
    if (check->stage == HF_ROUTABILITY_ASKS_OLD) {
        enter(check, HF_ROUTABILITY_ASKS_NEW, now_ms);
        return ask(check, record_len, ret_challenge);
    }
    check->failed++;
    enter(check, HF_ROUTABILITY_SETTLED, now_ms);
    return HF_OK;
}
