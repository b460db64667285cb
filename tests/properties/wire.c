#include "wire.h"

#include <stdlib.h>
#include <string.h>

#include "support/steady.h"

enum { HEAD_LEN = 5, RECORD_MAX = 16640 + HEAD_LEN, DRAIN_ROOM = 1 << 17, FORGED_MAX = 64 };

enum kind {
    FLIP = 0, /* one bit */
    LOSE,
    DOUBLE,
    SWAP,    /* goes behind the next one */
    SHORTEN, /* bytes are missing at its end */
    LENGTHEN,
    STOP, /* nothing passes from here on */
    FORGE,
    REFLECT, /* the other way's last one before it */
    SPLIT,   /* a record in the clear as two: no harm */
    KINDS
};

void wire_draw(struct wire *wire, struct world *world)
{
    *wire = (struct wire){.world = world};
    if (world->kind != WORLD_WIRE)
        return;
    wire->deed_count = 1 + world_random(world, WIRE_DEEDS_MAX);
    for (size_t i = 0; i < wire->deed_count; i++)
        wire->deeds[i] = (struct wire_deed){.from = world_chance(world, 50) ? HF_CLIENT : HF_SERVER,
                                            .kind = world_random(world, KINDS),
                                            .record = world_random(world, 9),
                                            .value = world_random(world, 1u << 24)};
}

static uint8_t *room(size_t len)
{
    uint8_t *bytes = malloc(len);
    if (bytes == NULL)
        abort();
    return bytes;
}

void wire_begin(struct wire *wire, const struct wire_cut *cut)
{
    wire->cut = *cut;
    for (int i = 0; i < 2; i++) {
        wire->ways[i] = (struct wire_way){0};
        wire->ways[i].queue = room(WIRE_QUEUE_MAX);
        wire->ways[i].held = room(RECORD_MAX);
        wire->ways[i].last = room(RECORD_MAX);
    }
}

void wire_end(struct wire *wire)
{
    for (int i = 0; i < 2; i++) {
        free(wire->ways[i].queue);
        free(wire->ways[i].held);
        free(wire->ways[i].last);
    }
}

static void put(struct wire_way *way, const uint8_t *bytes, size_t len)
{
    if (way->stopped || len > WIRE_QUEUE_MAX - way->len)
        return;
    memcpy(way->queue + way->len, bytes, len);
    way->len += len;
}

/* ---- deeds ---- */

static void put_forged(struct wire_way *way, unsigned value)
{
    static const uint8_t types[] = {20, 21, 22, 23, 24, 0};
    static const uint8_t messages[] = {0, 1, 2, 4, 11, 14, 15, 16, 20, 24};
    uint8_t record[HEAD_LEN + FORGED_MAX] = {types[value % sizeof types], 3, 3};
    size_t len = 1 + value / 8 % FORGED_MAX;
    uint8_t *body = record + HEAD_LEN;
    for (size_t i = 0; i < len; i++)
        body[i] = (uint8_t)(value * (i + 1) >> 3);
    if (record[0] == 20 && value % 5 > 0)
        body[0] = 1, len = 1;
    if (record[0] == 21 && value % 5 > 0)
        body[0] = (uint8_t)(1 + value / 64 % 2), body[1] = (uint8_t)(value / 128 % 122), len = 2;
    if (record[0] == 22 && value % 5 > 0 && len >= 4) {
        body[0] = messages[value / 64 % sizeof messages];
        body[1] = body[2] = 0;
        body[3] = (uint8_t)(len - 4);
    }
    record[4] = (uint8_t)len;
    put(way, record, HEAD_LEN + len);
}

/* In the clear a message may go on in another record: RFC 9846 5.1. Others are left as they are. */
static void put_split(struct wire_way *way, const uint8_t *record, size_t len, unsigned value)
{
    uint8_t head[HEAD_LEN];
    if (record[0] != 22 || len < HEAD_LEN + 2) {
        put(way, record, len);
        return;
    }
    size_t first = 1 + value % (len - HEAD_LEN - 1);
    size_t second = len - HEAD_LEN - first;
    memcpy(head, record, HEAD_LEN);
    head[3] = (uint8_t)(first >> 8);
    head[4] = (uint8_t)first;
    put(way, head, HEAD_LEN);
    put(way, record + HEAD_LEN, first);
    head[3] = (uint8_t)(second >> 8);
    head[4] = (uint8_t)second;
    put(way, head, HEAD_LEN);
    put(way, record + HEAD_LEN + first, second);
}

static void do_deed(struct wire *wire, const struct wire_deed *deed, uint8_t *record, size_t len)
{
    struct wire_way *way = &wire->ways[deed->from];
    const struct wire_way *other = &wire->ways[!deed->from];
    switch ((enum kind)deed->kind) {
    case FLIP:
        record[deed->value % len] ^= (uint8_t)(1u << deed->value / 4096 % 8);
        break;
    case LOSE:
        return;
    case DOUBLE:
        put(way, record, len);
        break;
    case SWAP:
        memcpy(way->held, record, len);
        way->held_len = len;
        return;
    case SHORTEN:
        len -= 1 + deed->value % len;
        break;
    case LENGTHEN:
        put(way, record, len);
        put(way, record, 1 + deed->value % len);
        return;
    case STOP:
        way->stopped = true;
        break;
    case FORGE:
        put_forged(way, deed->value);
        break;
    case REFLECT:
        put(way, other->last, other->last_len);
        break;
    case SPLIT:
        put_split(way, record, len, deed->value);
        return;
    case KINDS:
        break;
    }
    put(way, record, len);
}

/* One whole record that an end sent. */
static void pass(struct wire *wire, enum hf_role from, uint8_t *record, size_t len)
{
    struct wire_way *way = &wire->ways[from];
    const struct wire_deed *found = NULL;
    size_t behind_len = way->held_len;
    size_t number = way->records++;
    for (size_t i = 0; i < wire->deed_count && found == NULL; i++)
        if (wire->deeds[i].from == from && wire->deeds[i].record == number)
            found = &wire->deeds[i];
    memcpy(way->last, record, len);
    way->last_len = len;
    if (found == NULL)
        put(way, record, len);
    else
        do_deed(wire, found, record, len);
    if (behind_len > 0 && way->held_len == behind_len) {
        put(way, way->held, behind_len);
        way->held_len = 0;
    }
}

/* ---- moving ---- */

static void collect(struct wire *wire, struct end *from)
{
    static uint8_t drained[DRAIN_ROOM];
    size_t len = 0, at = 0, more = 0;
    steady_select(&from->random);
    do {
        hf_drain(from->connection, drained + len, sizeof drained - len, &more);
        len += more;
    } while (more > 0 && len < sizeof drained);
    while (len - at >= HEAD_LEN) {
        size_t record = HEAD_LEN + ((size_t)drained[at + 3] << 8 | drained[at + 4]);
        end_demand(wire->world, record <= len - at && record <= RECORD_MAX, "what goes out is whole records");
        pass(wire, from->role, drained + at, record);
        at += record;
    }
    end_demand(wire->world, at == len, "what goes out is whole records");
}

static size_t next_piece(struct wire *wire, size_t left)
{
    size_t piece = wire->cut.piece_max;
    if (piece > 1) {
        uint64_t z = (wire->cut.random += UINT64_C(0x9e3779b97f4a7c15));
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        piece = 1 + (size_t)((z ^ (z >> 27)) % piece);
    }
    return piece == 0 || piece > left ? left : piece;
}

static size_t deliver(struct wire *wire, struct end *from, struct end *to)
{
    struct wire_way *way = &wire->ways[from->role];
    size_t len = way->len;
    for (size_t at = 0; at < len;) {
        size_t piece = next_piece(wire, len - at);
        end_feed(to, way->queue + at, piece);
        at += piece;
    }
    way->len = 0;
    return len;
}

void wire_run(struct wire *wire, struct end *client, struct end *server)
{
    size_t moved;
    do {
        collect(wire, client);
        moved = deliver(wire, client, server);
        collect(wire, server);
        moved += deliver(wire, server, client);
    } while (moved > 0);
}
