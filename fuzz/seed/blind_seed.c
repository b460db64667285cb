/* Writes the seeds of fuzz_blind_*: for each config the flights of a handshake and of what follows it, as steps for one
 * end, and rows for pairs. Nothing protects them, so they lead to the end whoever plays them. Run by
 * tools/make_handshake_corpus. */
#include "blind/stage.h"
#include "crowd.h"
#include "support/lab.h"

#include <stdio.h>
#include <string.h>

enum { TAPE_MAX = 1 << 17, WIRE_MAX = 1 << 15, MOVES = 24, PROFILES = (STAGE_FLAVOUR | STAGE_OLDER) + 1 };

struct tape {
    uint8_t bytes[TAPE_MAX];
    size_t len;
};

static void put(struct tape *tape, uint8_t op, struct hf_span bytes)
{
    const struct stage_step step = {op, bytes};
    tape->len += stage_write(&step, tape->bytes + tape->len, sizeof tape->bytes - tape->len);
}

/* A stream's records one by one, those of 1.3 opened: their tag is 16 zeros, the type before it. */
static void put_records(struct tape *tape, const uint8_t *wire, size_t len)
{
    enum { HEAD = 5, TAG = 16 };
    uint8_t content[WIRE_MAX];
    for (size_t at = 0; at + HEAD <= len;) {
        const size_t body_len = (size_t)wire[at + 3] << 8 | wire[at + 4];
        const uint8_t *body = wire + at + HEAD;
        if (wire[at] == 23 && body_len > TAG) {
            content[0] = body[body_len - TAG - 1];
            memcpy(content + 1, body, body_len - TAG - 1);
            put(tape, STEP_SEALED, hf_span_of(content, body_len - TAG));
        } else {
            put(tape, STEP_RAW, hf_span_of(wire + at, HEAD + body_len));
        }
        at += HEAD + body_len;
    }
}

/* What both applications do, by move: the steps of stage_do. */
static const struct {
    size_t move;
    uint8_t what[2];
} deeds[] = {{1, {7, 40}}, {9, {0, 4}},  {10, {2, 0}},  {14, {1, 1}},
             {15, {0, 9}}, {16, {6, 9}}, {17, {6, 12}}, {20, {3, 0}}};

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
                put_records(&tapes[!from], wire, len);
            (void)hf_feed(ends[!from], wire, len, LAB_NOW_MS);
        }
    }
    (void)snprintf(name, sizeof name, "%s%d", (profile & STAGE_OLDER) != 0 ? "older" : "newer",
                   profile & STAGE_FLAVOUR);
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

static void record_pair(const char *folder, uint8_t profile)
{
    uint8_t rows[64] = {profile};
    size_t len = 1;
    char name[32];
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        const uint8_t row[] = {deeds[i].move % 2 == 0 ? 5 : 6, (uint8_t)deeds[i].move, 0, deeds[i].what[0],
                               deeds[i].what[1]};
        memcpy(rows + len, row, sizeof row);
        len += sizeof row;
    }
    (void)snprintf(name, sizeof name, "calm%02x", profile);
    crowd_save(folder, "blind_pair", name, rows, len);
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
    for (uint8_t profile = 0; profile < PROFILES; profile++) {
        record(arguments[1], /* over_datagrams= */ false, profile);
        record(arguments[1], /* over_datagrams= */ true, profile);
        record_pair(arguments[1], profile);
        record_pair(arguments[1], profile | 16);
        if ((profile & STAGE_FLAVOUR) == STAGE_PAPERS || (profile & STAGE_FLAVOUR) == STAGE_PLAIN)
            record_listener(arguments[1], profile);
    }
    return 0;
}
