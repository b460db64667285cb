#include "support/wire_tap.h"

struct wire_tap wire_tap_clean(void)
{
    return (struct wire_tap){
        .cut_at = {WIRE_TAP_NEVER, WIRE_TAP_NEVER},
        .flip_at = {WIRE_TAP_NEVER, WIRE_TAP_NEVER},
    };
}

static size_t move(struct wire_tap *tap, enum wire_tap_direction direction, struct hf_connection *from,
                   struct hf_connection *to)
{
    uint8_t wire[16384];
    size_t len;
    hf_drain(from, wire, sizeof wire, &len);
    size_t before = tap->passed[direction];
    tap->passed[direction] += len;
    size_t flip = tap->flip_at[direction];
    if (flip >= before && flip < before + len)
        wire[flip - before] ^= tap->mask;
    size_t cut = tap->cut_at[direction];
    size_t arrives = cut <= before ? 0 : (cut - before < len ? cut - before : len);
    if (arrives > 0)
        (void)hf_feed(to, wire, arrives, LAB_NOW_MS);
    return len;
}

void wire_tap_run(struct wire_tap *tap, struct lab_pair *pair)
{
    size_t moved;
    do {
        moved = move(tap, WIRE_TAP_TO_SERVER, pair->client, pair->server);
        moved += move(tap, WIRE_TAP_TO_CLIENT, pair->server, pair->client);
    } while (moved > 0);
}
