#include "stage.h"

#include <handfast/early.h>
#include <handfast/session.h>
#include <handfast/transfer.h>

#include "base/writer.h"
#include "blind/memory.h"
#include "seam/record.h"
#include "support/ends.h"
#include "support/lab.h"
#include "support/steady.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEP_HEAD = 3,
    RECORD_ROOM = 1 << 16,
    TAG_LEN = 16,
    NONCE_LEN = 8,
    TIME_UNIT_MS = 64,
    SESSION_ROOM = 1 << 14,
    TIGHT_LESS = 5 + 1 + TAG_LEN,
    DEEDS = 16
};

bool stage_next(struct hf_span *input, struct stage_step *ret_step)
{
    if (input->len < STEP_HEAD)
        return false;
    const size_t len = (size_t)input->data[1] << 8 | input->data[2];
    *ret_step = (struct stage_step){input->data[0], hf_span_part(*input, STEP_HEAD, len)};
    *input = hf_span_part(*input, STEP_HEAD + ret_step->bytes.len, input->len);
    return true;
}

size_t stage_write(const struct stage_step *step, uint8_t *into, size_t room)
{
    struct hf_writer writer = hf_writer_of(into, room);
    hf_writer_u8(&writer, step->op);
    hf_writer_u16(&writer, (uint16_t)step->bytes.len);
    hf_writer_bytes(&writer, step->bytes);
    return step->bytes.len > UINT16_MAX || !hf_writer_end(&writer) ? 0 : writer.len;
}

/* ---- ends ---- */

/* The session of a handshake that these two configs had once. */
static struct hf_span session_of(bool over_datagrams, uint8_t profile)
{
    static struct session {
        uint8_t bytes[SESSION_ROOM];
        size_t len;
        bool is_made;
    } sessions[2][2];
    struct session *session = &sessions[over_datagrams][(profile & STAGE_OLDER) != 0];
    if (session->is_made)
        return hf_span_of(session->bytes, session->len);
    session->is_made = true;
    struct hf_failure failure;
    uint8_t wire[RECORD_ROOM];
    struct hf_config *of_client = stage_config(HF_CLIENT, over_datagrams, profile);
    struct hf_config *of_server = stage_config(HF_SERVER, over_datagrams, profile);
    steady_restart();
    struct hf_connection *client = hf_connection_new(of_client, "server.lab", LAB_NOW_MS, &failure);
    struct hf_connection *server = hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure);
    if (client == NULL || server == NULL)
        abort();
    for (size_t moved = 1; moved > 0;) {
        moved = 0;
        for (int i = 0; i < 2; i++) {
            struct hf_connection *from = i == 0 ? client : server;
            struct hf_event event;
            size_t len = 0;
            hf_drain(from, wire, sizeof wire, &len);
            if (len > 0)
                (void)hf_feed(i == 0 ? server : client, wire, len, LAB_NOW_MS);
            while (hf_next_event(client, &event))
                if (event.kind == HF_EVENT_SESSION)
                    (void)hf_session_bytes(client, session->bytes, sizeof session->bytes, &session->len);
            while (hf_next_event(server, &event))
                ;
            moved += len;
        }
    }
    hf_connection_free(client);
    hf_connection_free(server);
    return hf_span_of(session->bytes, session->len);
}

struct hf_connection *stage_connection(enum hf_role role, bool over_datagrams, uint8_t profile)
{
    memory_fail(0, false);
    struct hf_failure failure;
    struct hf_connection *connection;
    const struct hf_span session = role == HF_CLIENT && (profile & STAGE_FLAVOUR) == STAGE_SESSIONS
                                       ? session_of(over_datagrams, profile)
                                       : hf_span_of(NULL, 0);
    struct hf_config *config = stage_config(role, over_datagrams, profile);
    steady_restart();
    if (session.len > 0)
        connection = hf_connection_resume(config, "server.lab", session.data, session.len, LAB_NOW_MS, &failure);
    else
        connection = hf_connection_new(config, role == HF_CLIENT ? "server.lab" : NULL, LAB_NOW_MS, &failure);
    if (connection == NULL)
        abort();
    return connection;
}

/* ---- what an application does ---- */

static void answer(struct hf_connection *connection, enum hf_event_kind kind)
{
    static const uint8_t signature[] = {0x30, 6, 2, 1, 1, 2, 1, 1};
    uint8_t room[4096];
    size_t len = 0;
    if (kind == HF_EVENT_NEEDS_SIGNATURE)
        (void)hf_answer_signature(connection, signature, sizeof signature);
    else if (kind == HF_EVENT_NEEDS_VERDICT)
        (void)hf_answer_verdict(connection, true);
    else if (kind == HF_EVENT_NEEDS_SESSION)
        (void)hf_answer_session(connection, NULL, 0);
    else if (kind == HF_EVENT_EARLY_DATA)
        while (hf_read_early(connection, room, sizeof room, &len) == HF_OK && len > 0)
            ;
}

size_t stage_work(struct hf_connection *connection, uint8_t *wire, size_t room)
{
    static uint8_t thrown[RECORD_ROOM];
    const struct hf_failure *failure = hf_failure(connection);
    struct hf_event event;
    size_t len = 0;
    while (hf_next_event(connection, &event))
        answer(connection, event.kind);
    while (hf_read(connection, thrown, sizeof thrown, &len) == HF_OK && len > 0)
        ;
    ends_check(connection);
    if (failure != NULL && (failure->error == HF_ERR_internal || failure->error == HF_ERR_proof_missing))
        abort();
    len = 0;
    if (wire != NULL) {
        hf_drain(connection, wire, room, &len);
        return len;
    }
    do {
        hf_drain(connection, thrown, sizeof thrown, &len);
    } while (len > 0);
    return 0;
}

/* Data sealed from where it lies, in pieces; what comes of it is thrown away. */
static void send_pieces(struct hf_connection *connection, const uint8_t *data, size_t len)
{
    static uint8_t wire[RECORD_ROOM];
    const struct hf_bytes pieces[] = {{data, len / 3}, {data, len}};
    struct hf_sending out = {.data = pieces, .data_count = 2, .wire = wire, .wire_room = 4096 + len * 4};
    (void)hf_send(connection, &out);
}

/* Data opened to where it is wanted; into little room first, or into one that the content of a record just fits. */
static void receive_pieces(struct hf_connection *connection, struct hf_span wire, bool is_small_first, uint64_t now_ms)
{
    static uint8_t small[16], large[RECORD_ROOM];
    const struct hf_room rooms[] = {{small, sizeof small}, {large, sizeof large}, {small, sizeof small}};
    const size_t just = wire.len < TIGHT_LESS ? 0 : wire.len - TIGHT_LESS;
    const struct hf_room tight = {large, just};
    struct hf_receiving in = {.wire = wire.data, .wire_len = wire.len, .data = rooms + 1, .data_count = 2};
    if (is_small_first && wire.len % 2 == 0)
        in.data = rooms;
    else if (is_small_first)
        in.data = &tight, in.data_count = 1;
    (void)hf_receive(connection, &in, now_ms);
    if (in.wire_taken > wire.len || in.data_len > sizeof small + sizeof large)
        abort();
}

/* What concerns paths, memory, and data that goes while other waits. */
static void do_more(struct hf_connection *connection, uint8_t what, uint8_t how)
{
    static uint8_t data[4096], wire[512];
    const struct hf_bytes piece = {data, (size_t)how * 16};
    struct hf_sending out = {.data = &piece, .data_count = 1, .wire = wire, .wire_room = sizeof wire};
    size_t len = 0;
    switch (what) {
    case 11:
        hf_set_path(connection, how & 3);
        break;
    case 12:
        (void)hf_prefer_path(connection, how & 3);
        break;
    case 13:
        memory_fail(how & 63, (how & 64) != 0);
        break;
    case 14:
        (void)hf_write(connection, data, (size_t)how * 16, &len);
        (void)hf_send(connection, &out);
        break;
    default:
        out.wire_room = how;
        (void)hf_send(connection, &out);
        break;
    }
}

void stage_do(struct hf_connection *connection, struct hf_span what, uint64_t now_ms)
{
    static const uint8_t data[4096];
    const uint8_t how = what.len > 1 ? what.data[1] : 0;
    uint8_t exported[32];
    size_t len = 0;
    if (what.len == 0)
        return;
    switch (what.data[0] % DEEDS) {
    case 0:
        (void)hf_write(connection, data, (size_t)how * 16, &len);
        break;
    case 1:
        (void)hf_key_update(connection, how & 1);
        break;
    case 2:
        (void)hf_ask_for_certificate(connection);
        break;
    case 3:
        hf_close(connection);
        break;
    case 4:
        (void)hf_export(connection, "EXPORTER-fuzz", &how, 1, exported, sizeof exported);
        break;
    case 5:
        hf_rest(connection);
        break;
    case 6:
        (void)((how & 1) != 0 ? hf_ask_for_connection_ids(connection, how / 2)
                              : hf_give_connection_ids(connection, how / 4, (how & 2) != 0));
        break;
    case 7:
        if (hf_early_room(connection) > 0)
            (void)hf_write_early(connection, data, how, &len);
        break;
    case 8:
        send_pieces(connection, data, (size_t)how * 16);
        break;
    case 9:
        hf_set_retransmission(connection, how * 8u);
        break;
    case 10:
        hf_set_datagram_max(connection, (size_t)how * 8);
        break;
    default:
        do_more(connection, what.data[0] % DEEDS, how);
        break;
    }
    (void)hf_tick(connection, now_ms);
}

/* ---- records ---- */

static void put_nonce(struct stage *stage, struct hf_writer *into)
{
    if (stage->is_older)
        hf_writer_uint(into, NONCE_LEN, stage->sealed);
}

static void put_tag(struct hf_writer *into)
{
    hf_writer_uint(into, TAG_LEN / 2, 0);
    hf_writer_uint(into, TAG_LEN / 2, 0);
}

/* A record of a stream: 1.2 shows its type and has an explicit nonce (RFC 5288 3), 1.3 hides the type (RFC 9846 5.2).
 */
static void put_stream_record(struct stage *stage, uint8_t type, struct hf_span content, bool sealed,
                              struct hf_writer *into)
{
    hf_writer_u8(into, sealed && !stage->is_older ? HF_CONTENT_APPLICATION_DATA : type);
    hf_writer_u16(into, 0x0303);
    const size_t mark = hf_writer_open(into, 2);
    if (sealed)
        put_nonce(stage, into);
    hf_writer_bytes(into, content);
    if (sealed && !stage->is_older)
        hf_writer_u8(into, type);
    if (sealed)
        put_tag(into);
    hf_writer_close(into, mark, 2);
}

/* RFC 6347 4.1, RFC 9147 4: records of 1.3 behind a unified header, whose number nothing hides here. */
static void put_datagram_record(struct stage *stage, uint8_t op, struct hf_span content, uint8_t type,
                                struct hf_writer *into)
{
    const unsigned kind = op % STEP_KINDS;
    const uint8_t epoch = op >> STEP_EPOCH_SHIFT & 3;
    const bool sealed = kind == STEP_SEALED || kind == STEP_SEALED_MESSAGE;
    if (sealed && !stage->is_older) {
        hf_writer_u8(into, 0x2c | epoch);
        hf_writer_u16(into, (uint16_t)stage->sealed);
    } else {
        hf_writer_u8(into, type);
        hf_writer_u16(into, 0xfefd);
        hf_writer_u16(into, sealed ? epoch : 0);
        hf_writer_uint(into, 6, stage->sealed);
    }
    const size_t mark = hf_writer_open(into, 2);
    if (sealed)
        put_nonce(stage, into);
    hf_writer_bytes(into, content);
    if (sealed && !stage->is_older)
        hf_writer_u8(into, type);
    if (sealed)
        put_tag(into);
    hf_writer_close(into, mark, 2);
}

static struct hf_span message_of(struct stage *stage, const struct stage_step *step, uint8_t *into, size_t room)
{
    struct hf_writer writer = hf_writer_of(into, room);
    const struct hf_span body = hf_span_part(step->bytes, 1, step->bytes.len);
    hf_writer_bytes(&writer, hf_span_part(step->bytes, 0, 1));
    hf_writer_uint(&writer, 3, body.len);
    if (stage->over_datagrams) {
        hf_writer_u16(&writer, stage->message_seq++);
        hf_writer_uint(&writer, 3, 0);
        hf_writer_uint(&writer, 3, body.len);
    }
    hf_writer_bytes(&writer, body);
    return hf_span_of(into, hf_writer_end(&writer) ? writer.len : 0);
}

static void feed_record(struct stage *stage, const struct stage_step *step)
{
    static uint8_t wire[2 * RECORD_ROOM], message[2 * RECORD_ROOM];
    const unsigned kind = step->op % STEP_KINDS;
    const bool is_message = kind == STEP_CLEAR_MESSAGE || kind == STEP_SEALED_MESSAGE;
    struct hf_writer writer = hf_writer_of(wire, sizeof wire);
    if (step->bytes.len == 0)
        return;
    const uint8_t type = is_message ? HF_CONTENT_HANDSHAKE : step->bytes.data[0];
    const struct hf_span content =
        is_message ? message_of(stage, step, message, sizeof message) : hf_span_part(step->bytes, 1, step->bytes.len);
    if (stage->over_datagrams)
        put_datagram_record(stage, step->op, content, type, &writer);
    else
        put_stream_record(stage, type, content, kind == STEP_SEALED || kind == STEP_SEALED_MESSAGE, &writer);
    stage->sealed++;
    if (hf_writer_end(&writer))
        (void)hf_feed(stage->connection, wire, writer.len, stage->now_ms);
}

static void take_step(struct stage *stage, const struct stage_step *step)
{
    enum { TICKS_MAX = 16 };
    switch ((enum stage_step_kind)(step->op % STEP_KINDS)) {
    case STEP_RAW:
        if (!stage->over_datagrams && (step->op >> STEP_EPOCH_SHIFT & 1) != 0)
            receive_pieces(stage->connection, step->bytes, (step->op >> STEP_EPOCH_SHIFT & 2) != 0, stage->now_ms);
        else
            (void)hf_feed(stage->connection, step->bytes.data, step->bytes.len, stage->now_ms);
        break;
    case STEP_DO:
        stage_do(stage->connection, step->bytes, stage->now_ms);
        break;
    case STEP_TIME:
        stage->now_ms += TIME_UNIT_MS * (step->bytes.len > 0 ? step->bytes.data[0] : 1u);
        for (unsigned i = 0; i < TICKS_MAX && hf_deadline(stage->connection) <= stage->now_ms; i++)
            (void)hf_tick(stage->connection, stage->now_ms);
        break;
    case STEP_END:
        if (!stage->over_datagrams)
            (void)hf_feed_end(stage->connection, stage->now_ms);
        break;
    default:
        feed_record(stage, step);
        break;
    }
    (void)stage_work(stage->connection, NULL, 0);
}

void stage_play(enum hf_role role, bool over_datagrams, struct hf_span input)
{
    struct stage stage = {.now_ms = LAB_NOW_MS, .over_datagrams = over_datagrams};
    struct stage_step step;
    if (input.len == 0)
        return;
    const uint8_t profile = input.data[0];
    stage.is_older = (profile & STAGE_OLDER) != 0;
    stage.connection = stage_connection(role, over_datagrams, profile);
    input = hf_span_part(input, 1, input.len);
    (void)stage_work(stage.connection, NULL, 0);
    while (stage_next(&input, &step))
        take_step(&stage, &step);
    hf_connection_free(stage.connection);
    memory_fail(0, false);
}
