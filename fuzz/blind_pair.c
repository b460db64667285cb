/* Two ends that need no keys (blind/crypto.c), and somebody between who changes what passes, sealed or not, and who has
 * either application do something. The input: which config and whether over datagrams (bit 4), then rows of five bytes:
 * what, at which move, the byte's place (two), a value. Both ends may fail; never may one that failed name a peer. */
#include "blind/stage.h"
#include "support/lab.h"

#include <string.h>

enum { OVER_DATAGRAMS = 16, MOVES_MAX = 96, WIRE_MAX = 1 << 15, ROW_LEN = 5, TURN_MS = 500, HELD = 99 };

enum deed { FLIP = 0, CUT, LOSE, DOUBLE, INSERT, CLIENT_DOES, SERVER_DOES, TIME, HOLD, DEEDS };

struct play {
    struct hf_connection *ends[2]; /* by enum hf_role */
    const uint8_t *rows;
    size_t row_count;
    uint64_t now_ms;
    uint8_t held[WIRE_MAX]; /* goes behind the next that passes the same way */
    size_t held_len;
    enum hf_role held_from;
};

static const uint8_t *row_at(const struct play *play, size_t i)
{
    return play->rows + i * ROW_LEN;
}

static size_t insert(uint8_t *wire, size_t len, size_t place, uint8_t value)
{
    const size_t count = 1 + value % 16u;
    if (place > len || len + count > WIRE_MAX)
        return len;
    memmove(wire + place + count, wire + place, len - place);
    memset(wire + place, value, count);
    return len + count;
}

/* Changes what passes at this move; returns its length, and how often it arrives. */
static size_t change(const struct play *play, size_t move, uint8_t *wire, size_t len, unsigned *ret_times)
{
    *ret_times = 1;
    for (size_t i = 0; i < play->row_count; i++) {
        const uint8_t *row = row_at(play, i);
        const size_t place = (size_t)row[2] << 8 | row[3];
        const unsigned deed = row[0] % DEEDS;
        if (row[1] != move)
            continue;
        if (deed == FLIP && place < len)
            wire[place] ^= row[4];
        else if (deed == CUT && place < len)
            len = place;
        else if (deed == LOSE)
            *ret_times = 0;
        else if (deed == DOUBLE)
            *ret_times = 2;
        else if (deed == INSERT)
            len = insert(wire, len, place, row[4]);
        else if (deed == HOLD)
            *ret_times = HELD;
    }
    return len;
}

static void act(struct play *play, size_t move)
{
    for (size_t i = 0; i < play->row_count; i++) {
        const uint8_t *row = row_at(play, i);
        const unsigned deed = row[0] % DEEDS;
        if (row[1] != move)
            continue;
        if (deed == CLIENT_DOES || deed == SERVER_DOES)
            stage_do(play->ends[deed == CLIENT_DOES ? HF_CLIENT : HF_SERVER], hf_span_of(row + 3, 2), play->now_ms);
        if (deed == TIME)
            play->now_ms += row[4] * (uint64_t)TURN_MS;
    }
}

static void pass(struct play *play, enum hf_role from, size_t move)
{
    static uint8_t wire[WIRE_MAX];
    unsigned times;
    act(play, move);
    (void)hf_tick(play->ends[from], play->now_ms);
    size_t len = stage_work(play->ends[from], wire, sizeof wire);
    if (len == 0)
        return;
    len = change(play, move, wire, len, &times);
    if (times == HELD) {
        memcpy(play->held, wire, len);
        play->held_len = len;
        play->held_from = from;
        return;
    }
    for (unsigned i = 0; i < times; i++)
        (void)hf_feed(play->ends[!from], wire, len, play->now_ms);
    if (play->held_len > 0 && play->held_from == from) {
        (void)hf_feed(play->ends[!from], play->held, play->held_len, play->now_ms);
        play->held_len = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const bool over_datagrams = (data[0] & OVER_DATAGRAMS) != 0;
    static struct play play;
    play = (struct play){.rows = data + 1, .row_count = (size - 1) / ROW_LEN, .now_ms = LAB_NOW_MS};
    play.ends[HF_CLIENT] = stage_connection(HF_CLIENT, over_datagrams, data[0]);
    play.ends[HF_SERVER] = stage_connection(HF_SERVER, over_datagrams, data[0]);
    for (size_t move = 0; move < MOVES_MAX; move++)
        pass(&play, move % 2 == 0 ? HF_CLIENT : HF_SERVER, move);
    for (int i = 0; i < 2; i++) {
        (void)stage_work(play.ends[i], NULL, 0);
        hf_connection_free(play.ends[i]);
    }
    return 0;
}
