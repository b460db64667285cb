#include "quic_link.h"

#include "base64.h"

#include <handfast/early.h>
#include <handfast/quic.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 4, HEAD_LEN = 8, PARAMETERS_MAX = 256, RECORD_MAX = 1 << 18, DATA_MAX = 1 << 20 };
enum { TYPE_ALERT = 21, TYPE_HANDSHAKE = 22, TYPE_DATA = 23, FATAL = 2 };

struct keys {
    uint16_t suite;
    uint8_t secret[64];
    size_t len;
};

static struct {
    struct keys reads[LEVELS], writes[LEVELS];
    enum hf_quic_level write_level;
    bool alert_went;
    uint8_t data[DATA_MAX];
    size_t data_from, data_to;
} quic;

void bogo_quic_link_reset(void)
{
    memset(&quic, 0, sizeof quic);
}

struct hf_connection *bogo_quic_link_connect(struct hf_config *config, const struct bogo_flags *flags,
                                             const void *session, size_t session_len, struct hf_failure *ret_failure)
{
    uint8_t parameters[PARAMETERS_MAX];
    const char *text = flags->quic_parameters == NULL ? "" : flags->quic_parameters;
    const struct hf_quic_beginning beginning = {
        .peer_name = flags->host_name,
        .parameters = parameters,
        .parameters_len = bogo_base64_read(text, parameters, sizeof parameters, NULL),
        .session = session_len == 0 ? NULL : session,
        .session_len = session_len,
        .now_ms = bogo_link_now_ms(),
    };
    return hf_quic_connection_new(config, &beginning, ret_failure);
}

/* ---- out ---- */

static void take_secrets(struct bogo_link *link)
{
    struct hf_quic_secret secret;
    while (hf_quic_next_secret(link->connection, &secret)) {
        struct keys *keys = secret.writes ? &quic.writes[secret.level] : &quic.reads[secret.level];
        keys->suite = secret.suite;
        keys->len = secret.len;
        memcpy(keys->secret, secret.secret, secret.len);
        if (secret.writes && secret.level != HF_QUIC_EARLY)
            quic.write_level = secret.level;
    }
}

static bool send_record(struct bogo_link *link, unsigned type, enum hf_quic_level level, const uint8_t *bytes,
                        size_t len)
{
    const struct keys *keys = &quic.writes[level];
    const size_t whole = keys->len + len;
    const uint8_t head[HEAD_LEN] = {(uint8_t)type,         (uint8_t)level,         (uint8_t)(keys->suite >> 8),
                                    (uint8_t)keys->suite,  (uint8_t)(whole >> 24), (uint8_t)(whole >> 16),
                                    (uint8_t)(whole >> 8), (uint8_t)whole};
    return bogo_link_send(link, head, sizeof head) && bogo_link_send(link, keys->secret, keys->len) &&
           bogo_link_send(link, bytes, len);
}

bool bogo_quic_link_send_alert(struct bogo_link *link, uint8_t alert)
{
    const uint8_t body[] = {FATAL, alert};
    return send_record(link, TYPE_ALERT, quic.write_level, body, sizeof body);
}

static void tell_failure(struct bogo_link *link)
{
    const struct hf_failure *failure = hf_failure(link->connection);
    if (quic.alert_went || failure == NULL || failure->by != HF_BY_US || failure->alert == HF_ALERT_none)
        return;
    quic.alert_went = true;
    (void)bogo_quic_link_send_alert(link, (uint8_t)failure->alert);
}

void bogo_quic_link_flush(struct bogo_link *link)
{
    enum hf_quic_level level;
    const uint8_t *bytes;
    size_t len;
    take_secrets(link);
    while ((len = hf_quic_output(link->connection, &level, &bytes)) > 0) {
        (void)send_record(link, TYPE_HANDSHAKE, level, bytes, len);
        hf_quic_drained(link->connection, level, len);
    }
    tell_failure(link);
}

bool bogo_quic_link_takes_early(const struct bogo_link *link)
{
    return !link->flags->server && quic.writes[HF_QUIC_EARLY].len > 0 && quic.write_level == HF_QUIC_INITIAL;
}

bool bogo_quic_link_write(struct bogo_link *link, const void *data, size_t len)
{
    bogo_quic_link_flush(link);
    if (quic.write_level == HF_QUIC_APPLICATION)
        return send_record(link, TYPE_DATA, HF_QUIC_APPLICATION, data, len);
    return bogo_quic_link_takes_early(link) && send_record(link, TYPE_DATA, HF_QUIC_EARLY, data, len);
}

/* ---- in ---- */

static enum hf_error end(struct bogo_link *link)
{
    link->ended = true;
    return hf_feed_end(link->connection, bogo_link_now_ms());
}

static enum hf_error refuse(struct bogo_link *link, const char *why)
{
    fprintf(stderr, "a record of QUIC: %s\n", why);
    link->refused = true;
    return end(link);
}

static enum hf_error take_data(struct bogo_link *link, const uint8_t *bytes, size_t len)
{
    if (len > sizeof quic.data - quic.data_to)
        return refuse(link, "too much data");
    memcpy(quic.data + quic.data_to, bytes, len);
    quic.data_to += len;
    return HF_OK;
}

static enum hf_error take_record(struct bogo_link *link, const uint8_t *head, const uint8_t *body, size_t len)
{
    const struct keys *keys = &quic.reads[head[1]];
    if (head[1] == HF_QUIC_EARLY && keys->len == 0)
        return HF_OK; /* refused early data */
    if (head[1] != HF_QUIC_INITIAL && keys->len == 0)
        return refuse(link, "a level without keys");
    if ((head[2] << 8 | head[3]) != keys->suite || len < keys->len || memcmp(body, keys->secret, keys->len) != 0)
        return refuse(link, "another suite or secret");
    body += keys->len;
    len -= keys->len;
    if (head[0] == TYPE_DATA)
        return take_data(link, body, len);
    return hf_quic_feed(link->connection, (enum hf_quic_level)head[1], body, len, bogo_link_now_ms());
}

enum hf_error bogo_quic_link_step(struct bogo_link *link)
{
    static uint8_t body[RECORD_MAX];
    uint8_t head[HEAD_LEN];
    bogo_quic_link_flush(link);
    if (!bogo_link_receive(link, head, sizeof head))
        return end(link);
    size_t len = (size_t)head[4] << 24 | (size_t)head[5] << 16 | (size_t)head[6] << 8 | head[7];
    if (head[1] >= LEVELS || len > sizeof body)
        return refuse(link, "a level or a length");
    if (!bogo_link_receive(link, body, len))
        return end(link);
    return take_record(link, head, body, len);
}

bool bogo_quic_link_has_data(void)
{
    return quic.data_to > quic.data_from;
}

size_t bogo_quic_link_read(void *into, size_t room)
{
    size_t len = quic.data_to - quic.data_from;
    if (len > room)
        len = room;
    memcpy(into, quic.data + quic.data_from, len);
    quic.data_from += len;
    if (quic.data_from == quic.data_to)
        quic.data_from = quic.data_to = 0;
    return len;
}

bool bogo_quic_link_check(const struct bogo_link *link)
{
    uint8_t wanted[PARAMETERS_MAX];
    const uint8_t *got;
    const char *text = link->flags->expect_quic_parameters;
    if (!link->flags->quic || text == NULL)
        return true;
    size_t len = bogo_base64_read(text, wanted, sizeof wanted, NULL);
    if (hf_quic_peer_parameters(link->connection, &got) == len && memcmp(got, wanted, len) == 0)
        return true;
    fprintf(stderr, "QUIC transport params mismatch\n"); /* the words of the suite's own shim */
    return false;
}
