/* Writes the seeds of fuzz_blind_*: for each config the flights of a handshake and of what follows it, as steps for one
 * end, and rows for pairs. Nothing protects them, so they lead to the end whoever plays them. Run by
 * tools/make_handshake_corpus. */
#include "blind/stage.h"
#include "crowd.h"
#include "support/lab.h"

#include <stdio.h>
#include <string.h>

enum {
    TAPE_MAX = 1 << 17,
    WIRE_MAX = 1 << 15,
    MOVES = 26,
    OVER_DATAGRAMS = 16,
    ROW_LEN = 5,
    RECEIVED = 1 << STEP_EPOCH_SHIFT
};

/* As fuzz/blind_pair.c has them. */
enum deed { LOSE = 2, DOUBLE = 3, CLIENT_DOES = 5, SERVER_DOES = 6, TIME = 7, HOLD = 8 };

struct tape {
    uint8_t bytes[TAPE_MAX];
    size_t len;
};

static void put(struct tape *tape, uint8_t op, struct hf_span bytes)
{
    const struct stage_step step = {op, bytes};
    tape->len += stage_write(&step, tape->bytes + tape->len, sizeof tape->bytes - tape->len);
}

/* A stream's records one by one, those of 1.3 opened (their tag is 16 zeros, the type before it), and others of data by
 * hf_receive. */
static void put_records(struct tape *tape, const uint8_t *wire, size_t len, bool opened)
{
    enum { HEAD = 5, TAG = 16 };
    uint8_t content[WIRE_MAX];
    for (size_t at = 0; at + HEAD <= len;) {
        const size_t body_len = (size_t)wire[at + 3] << 8 | wire[at + 4];
        const uint8_t *body = wire + at + HEAD;
        if (opened && wire[at] == 23 && body_len > TAG && body_len % 2 == 0) {
            content[0] = body[body_len - TAG - 1];
            memcpy(content + 1, body, body_len - TAG - 1);
            put(tape, STEP_SEALED, hf_span_of(content, body_len - TAG));
        } else {
            put(tape, STEP_RAW | (wire[at] == 23 ? RECEIVED : 0), hf_span_of(wire + at, HEAD + body_len));
        }
        at += HEAD + body_len;
    }
}

/* What both applications do, by move: the steps of stage_do. */
static const struct {
    size_t move;
    uint8_t what[2];
} deeds[] = {{1, {7, 40}},  {9, {0, 4}},  {10, {2, 0}}, {14, {1, 1}}, {15, {0, 9}},   {16, {6, 9}}, {17, {6, 12}},
             {18, {8, 90}}, {19, {8, 9}}, {20, {5, 0}}, {21, {4, 0}}, {22, {10, 60}}, {24, {3, 0}}};

static void act(struct hf_connection *end, size_t move, struct tape *tape)
{
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        if (deeds[i].move != move)
            continue;
        put(tape, STEP_DO, hf_span_of(deeds[i].what, sizeof deeds[i].what));
        stage_do(end, hf_span_of(deeds[i].what, sizeof deeds[i].what), LAB_NOW_MS);
    }
}

static void record(const char *folder, bool over_datagrams, uint8_t profile)
{
    static struct tape tapes[2]; /* what each role is played */
    uint8_t wire[WIRE_MAX];
    char name[64];
    struct hf_connection *ends[2];
    for (int role = 0; role < 2; role++) {
        tapes[role].bytes[0] = profile;
        tapes[role].len = 1;
        ends[role] = stage_connection((enum hf_role)role, over_datagrams, profile);
    }
    for (size_t move = 0; move < MOVES; move++) {
        const int from = move % 2 == 0 ? HF_CLIENT : HF_SERVER;
        size_t len = 0;
        act(ends[from], move, &tapes[from]);
        while ((len = stage_work(ends[from], wire, sizeof wire)) > 0) {
            if (over_datagrams)
                put(&tapes[!from], STEP_RAW, hf_span_of(wire, len));
            else
                put_records(&tapes[!from], wire, len, (profile & (STAGE_OLDER | STAGE_INTEGRITY)) == 0);
            (void)hf_feed(ends[!from], wire, len, LAB_NOW_MS);
        }
    }
    (void)snprintf(name, sizeof name, "%02x", profile);
    for (int role = 0; role < 2; role++) {
        static const char *const targets[2][2] = {{"blind_client", "blind_server"},
                                                  {"blind_datagram_client", "blind_datagram_server"}};
        struct hf_session_info info;
        hf_session_info(ends[role], &info);
        if (!info.opened)
            (void)fprintf(stderr, "%s %s: not open\n", targets[over_datagrams][role == HF_SERVER], name);
        crowd_save(folder, targets[over_datagrams][role == HF_SERVER], name, tapes[role].bytes, tapes[role].len);
        hf_connection_free(ends[role]);
    }
}

struct rows {
    uint8_t bytes[1024];
    size_t len;
};

static void row(struct rows *rows, enum deed deed, size_t move, uint8_t first, uint8_t second)
{
    const uint8_t bytes[ROW_LEN] = {(uint8_t)deed, (uint8_t)move, 0, first, second};
    memcpy(rows->bytes + rows->len, bytes, sizeof bytes);
    rows->len += sizeof bytes;
}

static void save_rows(const char *folder, const char *what, const struct rows *rows)
{
    char name[32];
    (void)snprintf(name, sizeof name, "%s%02x", what, rows->bytes[0]);
    crowd_save(folder, "blind_pair", name, rows->bytes, rows->len);
}

static struct rows calm(uint8_t profile)
{
    struct rows rows = {.bytes = {profile}, .len = 1};
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        row(&rows, deeds[i].move % 2 == 0 ? CLIENT_DOES : SERVER_DOES, deeds[i].move, deeds[i].what[0],
            deeds[i].what[1]);
    return rows;
}

static void record_pair(const char *folder, uint8_t profile)
{
    struct rows rows = calm(profile);
    save_rows(folder, "calm", &rows);
    if ((profile & OVER_DATAGRAMS) == 0)
        return;
    for (size_t move = 1; move < 24; move += 3) /* a bad network */
        row(&rows, move % 2 == 0 ? LOSE : HOLD, move, 0, 0), row(&rows, TIME, move + 1, 0, 4);
    save_rows(folder, "storm", &rows);
    rows = calm(profile);
    for (size_t move = 3; move < 96; move += 2) /* a peer that is silent */
        row(&rows, LOSE, move, 0, 0), row(&rows, TIME, move + 1, 0, 16);
    save_rows(folder, "silence", &rows);
}

static void record_listener(const char *folder, uint8_t profile)
{
    static struct tape tape;
    char name[32];
    tape.bytes[0] = profile;
    tape.len = 1 + crowd_record(stage_config(HF_SERVER, true, profile), stage_config(HF_CLIENT, true, profile),
                                tape.bytes + 1, sizeof tape.bytes - 1);
    (void)snprintf(name, sizeof name, "crowd%02x", profile);
    crowd_save(folder, "blind_listener", name, tape.bytes, tape.len);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        (void)fprintf(stderr, "usage: fuzz_blind_seed CORPUS_FOLDER\n");
        return 2;
    }
    for (unsigned i = 0; i <= STAGE_ALL; i++) {
        const uint8_t profile = (uint8_t)i, suites = profile & (STAGE_BLOCKS | STAGE_INTEGRITY);
        if ((profile & STAGE_ALL) != profile || (suites != 0 && (profile & STAGE_FLAVOUR) != STAGE_HISTORIC))
            continue;
        record(arguments[1], /* over_datagrams= */ false, profile);
        record(arguments[1], /* over_datagrams= */ true, profile);
        record_pair(arguments[1], profile);
        record_pair(arguments[1], profile | OVER_DATAGRAMS);
        if (suites == 0)
            record_listener(arguments[1], profile);
    }
    return 0;
}
