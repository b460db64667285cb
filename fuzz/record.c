/* TLS framing under any bytes, with no keys, 1.3 keys and 1.2 keys. The first byte of the input selects the set-up; in
 * half of them the rest is contents that are sealed first, so that the judging behind the AEAD is reached.
 * Whatever comes, it must come the same when the bytes arrive one by one. RFC 9846 5, RFC 5246 6. */
#include "base/reader.h"
#include "record/tls12.h"
#include "record/tls13.h"
#include "stream/stream.h"
#include "support/demand.h"

enum setup_bits {
    SETUP_RULES = 3,
    SETUP_KEYS = 4,
    SETUP_SEAL = 8,
    SETUP_OVER = 16,
    SETUP_LIMITS = 32,
    SETUP_SKIP = 64
};

static bool is_13(uint8_t setup)
{
    return (setup & SETUP_RULES) != HF_RULES_12;
}

static struct hf_record_protection *protection(uint8_t setup, enum hf_aead_direction direction)
{
    struct hf_traffic_keys keys = {.key = {.bytes = {1}, .len = 16},
                                   .iv = {.bytes = {2}, .len = is_13(setup) ? 12 : 4}};
    struct hf_record_protection *made = NULL;
    enum hf_aead_id aead = HF_AEAD_AES_128_GCM;
    if (is_13(setup))
        demand(hf_tls13_new(demand_toolbox(), &hf_allocation_standard, aead, direction, &keys, &made) == HF_OK);
    else
        demand(hf_tls12_new(demand_toolbox(), &hf_allocation_standard, aead, direction, &keys, &made) == HF_OK);
    return made;
}

static struct hf_framing *make_framing(uint8_t setup)
{
    struct hf_framing *framing = NULL;
    struct hf_framing_limits limits = {.receive = 64, .message = 300};
    demand(hf_stream_new(&hf_allocation_standard, &framing) == HF_OK);
    if ((setup & SETUP_RULES) != 0)
        hf_framing_set_rules(framing, (setup & SETUP_RULES) == HF_RULES_12 ? HF_RULES_12 : HF_RULES_13);
    if ((setup & SETUP_KEYS) != 0)
        demand(hf_framing_turn_read(framing, protection(setup, HF_AEAD_OPEN)) == HF_OK);
    if ((setup & SETUP_LIMITS) != 0)
        hf_framing_set_limits(framing, &limits);
    if ((setup & SETUP_SKIP) != 0)
        hf_framing_skip_early_data(framing, 200);
    if ((setup & SETUP_OVER) != 0)
        hf_framing_end_handshake(framing);
    return framing;
}

/* A running sum of all that came up (FNV-1a): equal sums, equal units. */
static uint64_t mix(uint64_t sum, struct hf_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        sum = (sum ^ bytes.data[i]) * 0x100000001b3;
    return sum * 31 + bytes.len;
}

static uint64_t mix_unit(uint64_t sum, const struct hf_unit *unit)
{
    uint8_t head[] = {(uint8_t)unit->kind, unit->is_protected, unit->type, unit->alert_level, unit->alert};
    demand(unit->kind != HF_UNIT_HANDSHAKE || unit->whole.len == unit->body.len + 4);
    demand(unit->kind != HF_UNIT_DATA || unit->data.len > 0);
    return mix(mix(mix(sum, hf_span_of(head, sizeof head)), unit->whole), unit->data);
}

static enum hf_error run_piece(struct hf_framing *framing, struct hf_span piece, uint64_t *sum)
{
    for (;;) {
        struct hf_unit unit;
        size_t taken = 0;
        HF_TRY(hf_framing_next(framing, &unit));
        if (unit.kind != HF_UNIT_NONE) {
            *sum = mix_unit(*sum, &unit);
            continue;
        }
        if (piece.len == 0)
            return HF_OK;
        HF_TRY(hf_framing_feed(framing, piece, &taken));
        demand(taken >= 1 && taken <= piece.len);
        piece = hf_span_part(piece, taken, piece.len);
    }
}

static uint64_t run(uint8_t setup, struct hf_span wire, size_t step)
{
    struct hf_framing *framing = make_framing(setup);
    enum hf_error error = HF_OK;
    uint64_t sum = 0xcbf29ce484222325;
    char room[128];
    struct hf_text text = hf_text_of(room, sizeof room);
    for (size_t at = 0; at < wire.len && error == HF_OK; at += step) {
        error = run_piece(framing, hf_span_part(wire, at, step), &sum);
        hf_framing_rest(framing);
    }
    hf_framing_describe(framing, &text);
    hf_framing_free(framing);
    return sum ^ (uint64_t)error;
}

/* Contents, each: type, length, padding, bytes. Sealed one behind the other. */
static size_t seal_contents(uint8_t setup, struct hf_span bytes, uint8_t *into, size_t room)
{
    struct hf_record_protection *sealer = protection(setup, HF_AEAD_SEAL);
    struct hf_reader reader = hf_reader_of(bytes);
    struct hf_writer writer = hf_writer_of(into, room);
    while (hf_reader_more(&reader) && room - writer.len > 1024) {
        struct hf_record_content content = {.type = hf_reader_u8(&reader), .version = 0x0303};
        size_t len = hf_reader_u8(&reader);
        content.padding = is_13(setup) ? hf_reader_u8(&reader) : 0;
        content.bytes = hf_reader_bytes(&reader, len);
        if (!reader.bad)
            demand(hf_record_seal(sealer, &content, &writer) == HF_OK);
    }
    hf_record_free(sealer);
    return writer.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t sealed[65536];
    if (size == 0)
        return 0;
    uint8_t setup = data[0];
    struct hf_span wire = hf_span_of(data + 1, size - 1);
    if ((setup & SETUP_SEAL) != 0 && (setup & SETUP_KEYS) != 0)
        wire = hf_span_of(sealed, seal_contents(setup, wire, sealed, sizeof sealed));
    uint64_t whole = run(setup, wire, wire.len + 1);
    demand(run(setup, wire, 7) == whole);
    if (wire.len < 4096)
        demand(run(setup, wire, 1) == whole);
    return 0;
}
