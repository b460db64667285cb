/* A whole handshake between our two ends with somebody between who changes what passes. The input is a list of changes,
 * four bytes each: which move (its lowest bit: change by xor or cut off), the byte's place (two bytes), the value. Both
 * ends may fail; never may both be open and disagree. */
#include "support/ends.h"
#include "support/lab.h"

#include <stdlib.h>
#include <string.h>

enum { MOVES_MAX = 64, WIRE_MAX = 16384, CHANGE_LEN = 4 };

struct script {
    const uint8_t *changes;
    size_t count;
};

/* Applies the changes meant for this move; returns the length that passes. */
static size_t change(const struct script *script, size_t move, uint8_t *wire, size_t len)
{
    for (size_t i = 0; i < script->count; i++) {
        const uint8_t *row = script->changes + i * CHANGE_LEN;
        size_t place = (size_t)row[1] << 8 | row[2];
        if ((row[0] >> 1) != move || place >= len)
            continue;
        if ((row[0] & 1) == 0)
            wire[place] ^= row[3];
        else
            len = place;
    }
    return len;
}

static size_t pass(struct hf_connection *from, struct hf_connection *to, const struct script *script, size_t move)
{
    uint8_t wire[WIRE_MAX];
    size_t len = 0;
    hf_drain(from, wire, sizeof wire, &len);
    if (len > 0)
        (void)hf_feed(to, wire, change(script, move, wire, len), LAB_NOW_MS);
    return len;
}

static void check_agreement(const struct hf_connection *client, const struct hf_connection *server)
{
    struct hf_session_info one, other;
    ends_check(client);
    ends_check(server);
    hf_session_info(client, &one);
    hf_session_info(server, &other);
    if (one.opened && other.opened && (one.version != other.version || strcmp(one.suite, other.suite) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct script script = {.changes = data, .count = size / CHANGE_LEN};
    struct hf_connection *client = ends_client();
    struct hf_connection *server = ends_server();
    size_t moved = 1;
    for (size_t move = 0; move < MOVES_MAX && moved > 0; move += 2) {
        moved = pass(client, server, &script, move);
        moved += pass(server, client, &script, move + 1);
    }
    check_agreement(client, server);
    hf_connection_free(client);
    hf_connection_free(server);
    return 0;
}
