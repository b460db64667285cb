/* One protection of records, of any kind, suite and keys, sealing and opening: what was sealed opens as it was, what
 * was changed on the way does not, whatever else comes is refused, and a call that fails writes nothing. RFC 9846 5,
 * RFC 5246 6, RFC 9147 4, RFC 9146 4, RFC 9150, RFC 3749. The input: the kind, its suite, how its keys are wrong and
 * which allocation fails; then rows of eight bytes, each a record. */
#include "record/compression.h"
#include "record/dtls12.h"
#include "record/dtls12_block.h"
#include "record/dtls13.h"
#include "record/dtls13_integrity.h"
#include "record/dtls_plain.h"
#include "record/plain.h"
#include "record/tls12.h"
#include "record/tls12_block.h"
#include "record/tls13.h"
#include "record/tls13_integrity.h"
#include "support/demand.h"
#include "support/test_allocator.h"

#include <string.h>

enum kind {
    TLS12,
    TLS13,
    DTLS12,
    DTLS13,
    TLS12_BLOCK,
    DTLS12_BLOCK,
    TLS13_INTEGRITY,
    DTLS13_INTEGRITY,
    PLAIN,
    DTLS_PLAIN,
    KINDS
};
enum { COMPRESSED = 0x80 }; /* of a kind */
enum quirk { IV_TOO_LONG = 1, KEY_TOO_LONG = 2, MAC_TOO_LONG = 4, FAILING_SHIFT = 3 };
enum deed { PASS, FORGE, ANYTHING, LITTLE_ROOM, DEEDS, FAR = 4, APART = 8, IN_PLACE = 16 };
enum { ROW_LEN = 8, HEAD_LEN = 3, ROOM = 1 << 16, SLACK = 4096 };

struct row {
    uint8_t deed, type, padding, id_len, place, value;
    size_t len;
};

struct play {
    enum kind kind;
    bool is_compressed;
    struct hf_test_allocator memory;
    struct hf_record_protection *sealer, *opener;
};

static uint8_t sealed[ROOM + SLACK], opened[ROOM + SLACK];

/* ---- making ---- */

static void set_len(struct hf_secret *secret, size_t len, bool is_too_long)
{
    secret->len = (uint8_t)(len + (is_too_long ? 1 : 0));
}

static enum hf_error make_aead(struct play *play, uint8_t suite, uint8_t quirks, enum hf_aead_direction direction,
                               struct hf_record_protection **ret_protection)
{
    const enum hf_aead_id aead = (enum hf_aead_id)(1 + suite % (HF_AEAD_COUNT - 1));
    const struct hf_allocator *allocator = &play->memory.allocator;
    const bool is_12 = play->kind == TLS12 || play->kind == DTLS12;
    struct hf_traffic_keys keys = {.key = {.bytes = {1}}, .iv = {.bytes = {2}}, .number = {.bytes = {3}}};
    set_len(&keys.key, hf_aead_key_len(aead), (quirks & KEY_TOO_LONG) != 0);
    set_len(&keys.iv, is_12 ? hf_tls12_iv_len(aead) : HF_AEAD_NONCE_LEN, (quirks & IV_TOO_LONG) != 0);
    if (play->kind == DTLS13)
        set_len(&keys.number, hf_aead_key_len(aead), (quirks & MAC_TOO_LONG) != 0);
    if (play->kind == TLS12)
        return hf_tls12_new(demand_toolbox(), allocator, aead, direction, &keys, ret_protection);
    if (play->kind == TLS13)
        return hf_tls13_new(demand_toolbox(), allocator, aead, direction, &keys, ret_protection);
    if (play->kind == DTLS12)
        return hf_dtls12_new(demand_toolbox(), allocator, aead, direction, &keys, ret_protection);
    return hf_dtls13_new(demand_toolbox(), allocator, aead, direction, &keys, ret_protection);
}

static enum hf_hash_id hash_of(uint8_t suite)
{
    return (enum hf_hash_id)(suite % (HF_HASH_SHA512 + 1));
}

static enum hf_error make_block(struct play *play, uint8_t suite, uint8_t quirks, enum hf_aead_direction direction,
                                struct hf_record_protection **ret_protection)
{
    struct hf_traffic_keys keys = {.key = {.bytes = {1}}, .mac = {.bytes = {2}}};
    const struct hf_mac_body_setup setup = {
        .block = (enum hf_block_cipher_id)(suite >> 4 & 3),
        .mac = hash_of(suite & 7),
        .encrypt_then_mac = (suite & 8) != 0,
        .seals = direction == HF_AEAD_SEAL,
        .keys = &keys,
    };
    set_len(&keys.key, hf_block_cipher_key_len(setup.block), (quirks & KEY_TOO_LONG) != 0);
    set_len(&keys.mac, hf_hash_len(setup.mac), (quirks & MAC_TOO_LONG) != 0);
    set_len(&keys.iv, 0, (quirks & IV_TOO_LONG) != 0);
    return (play->kind == TLS12_BLOCK ? hf_tls12_block_new : hf_dtls12_block_new)(
        demand_toolbox(), &play->memory.allocator, &setup, ret_protection);
}

static enum hf_error make_integrity(struct play *play, uint8_t suite, uint8_t quirks, enum hf_aead_direction direction,
                                    struct hf_record_protection **ret_protection)
{
    struct hf_traffic_keys keys = {.key = {.bytes = {1}}, .iv = {.bytes = {2}}};
    const enum hf_hash_id hash = hash_of(suite);
    set_len(&keys.key, hf_hash_len(hash), (quirks & KEY_TOO_LONG) != 0);
    set_len(&keys.iv, hf_hash_len(hash), (quirks & IV_TOO_LONG) != 0);
    return (play->kind == TLS13_INTEGRITY ? hf_tls13_integrity_new : hf_dtls13_integrity_new)(
        demand_toolbox(), &play->memory.allocator, hash, direction, &keys, ret_protection);
}

static enum hf_error make(struct play *play, uint8_t suite, uint8_t quirks, enum hf_aead_direction direction,
                          struct hf_record_protection **ret_protection)
{
    const struct hf_allocator *allocator = &play->memory.allocator;
    if (play->kind <= DTLS13)
        HF_TRY(make_aead(play, suite, quirks, direction, ret_protection));
    else if (play->kind <= DTLS12_BLOCK)
        HF_TRY(make_block(play, suite, quirks, direction, ret_protection));
    else if (play->kind <= DTLS13_INTEGRITY)
        HF_TRY(make_integrity(play, suite, quirks, direction, ret_protection));
    else if (play->kind == PLAIN)
        HF_TRY(hf_plain_new(allocator, ret_protection));
    else
        HF_TRY(hf_dtls_plain_new(allocator, ret_protection));
    if (!play->is_compressed)
        return HF_OK;
    struct hf_record_protection *inner = *ret_protection;
    *ret_protection = NULL;
    return hf_record_compression_new(allocator, direction == HF_AEAD_SEAL, inner, ret_protection);
}

/* ---- records ---- */

static bool over_datagrams(enum kind kind)
{
    return kind == DTLS12 || kind == DTLS13 || kind == DTLS12_BLOCK || kind == DTLS13_INTEGRITY || kind == DTLS_PLAIN;
}

/* What is in the clear has no connection ID (RFC 9146 3): its header would hide the type. */
static struct hf_record_content content_of(const struct play *play, const struct row *row)
{
    static const uint8_t id[HF_CONNECTION_ID_MAX] = {7};
    static uint8_t bytes[ROOM];
    memset(bytes, row->value, row->len);
    return (struct hf_record_content){
        .type = row->type == 0 ? HF_CONTENT_APPLICATION_DATA : row->type,
        .version = 0x0303,
        .bytes = hf_span_of(bytes, row->len),
        .padding = row->padding,
        .sequence = (row->deed & FAR) != 0 ? UINT64_C(0xffffffffff00) + row->place * UINT64_C(2) : row->place,
        .epoch = row->value & 3,
        .id = hf_span_of(id, play->kind == DTLS_PLAIN ? 0 : row->id_len),
    };
}

/* The record of the wire as framing would find it. */
static struct hf_record_wire wire_of(const struct play *play, const struct hf_record_content *content,
                                     struct hf_span record)
{
    const bool is_unified = play->kind == DTLS13 || play->kind == DTLS13_INTEGRITY;
    size_t header_len = HF_RECORD_HEADER_LEN;
    if (over_datagrams(play->kind))
        header_len = (is_unified ? HF_DTLS13_HEADER_LEN : HF_DTLS_HEADER_LEN) + content->id.len;
    return (struct hf_record_wire){
        .header = hf_span_part(record, 0, header_len),
        .body = hf_span_part(record, header_len, record.len),
        .id = over_datagrams(play->kind)
                  ? hf_span_part(record, is_unified ? 1 : 11, (is_unified ? 1 : 11) + content->id.len)
                  : hf_span_of(NULL, 0),
        .sequence = content->sequence,
    };
}

static void check_same(const struct play *play, const struct hf_record_content *was, const struct hf_record_content *is)
{
    demand(is->type == was->type && hf_span_equal(is->bytes, was->bytes));
    demand(!over_datagrams(play->kind) || is->sequence == was->sequence);
}

static bool is_fine(enum hf_error error)
{
    return error == HF_OK || error == HF_ERR_bad_record || error == HF_ERR_record_too_long ||
           error == HF_ERR_no_memory || error == HF_ERR_inner_plaintext_empty || error == HF_ERR_usage_limit_reached;
}

/* A copy with one byte changed does not open, nor does one cut short; and neither harms what comes behind it. */
static enum hf_error forge(struct play *play, const struct row *row, struct hf_record_wire wire)
{
    static uint8_t body[ROOM + SLACK];
    struct hf_record_content content;
    if (wire.body.len == 0 || play->kind >= PLAIN)
        return HF_OK;
    demand(hf_span_copy(wire.body, body, sizeof body));
    const size_t at = (row->len * 7 + row->place) % wire.body.len;
    body[at] ^= (uint8_t)(row->value | 1);
    wire.body = hf_span_of(body, row->value % 3 == 0 ? at : wire.body.len);
    const enum hf_error error = hf_record_open(play->opener, &wire, opened, &content);
    demand(error != HF_OK && is_fine(error));
    return error == HF_ERR_no_memory ? error : HF_OK;
}

static enum hf_error open_sealed(struct play *play, const struct row *row, const struct hf_record_content *content,
                                 struct hf_span record)
{
    struct hf_record_content found;
    struct hf_record_wire wire = wire_of(play, content, record);
    uint8_t *into = opened;
    if (row->deed % DEEDS == FORGE && !play->is_compressed)
        HF_TRY(forge(play, row, wire));
    const size_t room = content->bytes.len + row->padding;
    if ((row->deed & APART) != 0 && play->kind == TLS13 && !play->is_compressed && play->opener->open_less > 0 &&
        room > 0)
        wire.room = room;
    else if ((row->deed & IN_PLACE) != 0)
        into = sealed + (wire.body.data - sealed);
    HF_TRY(hf_record_open(play->opener, &wire, into, &found));
    check_same(play, content, &found);
    return HF_OK;
}

/* What follows the row as a record; or a body of zeros, which may be long. */
static enum hf_error open_anything(struct play *play, const struct row *row, struct hf_span rest)
{
    struct hf_record_content content = {.id = hf_span_of(NULL, row->id_len), .sequence = row->place};
    struct hf_record_wire wire = wire_of(play, &content, rest);
    static const uint8_t zeros[ROOM];
    if ((row->deed & APART) != 0)
        wire.body = hf_span_of(zeros, row->len);
    const enum hf_error error = hf_record_open(play->opener, &wire, opened, &content);
    demand(is_fine(error));
    return play->is_compressed ? HF_ERR_bad_record : HF_OK; /* the windows of the two differ from now on */
}

static enum hf_error seal_and_open(struct play *play, const struct row *row)
{
    const struct hf_record_content content = content_of(play, row);
    const size_t room = row->deed % DEEDS == LITTLE_ROOM ? row->len / 2 + row->place : sizeof sealed;
    struct hf_writer writer = hf_writer_of(sealed, room);
    const enum hf_error error = hf_record_seal(play->sealer, &content, &writer);
    if (error != HF_OK) {
        demand(writer.len == 0);
        demand(error == HF_ERR_internal || error == HF_ERR_usage_limit_reached || error == HF_ERR_no_memory);
        return play->is_compressed ? error : HF_OK;
    }
    demand(writer.len <= room && hf_writer_end(&writer));
    return open_sealed(play, row, &content, hf_writer_span(&writer));
}

static void run(struct play *play, const uint8_t *data, size_t size)
{
    enum hf_error error = HF_OK;
    for (size_t at = 0; size - at >= ROW_LEN && error == HF_OK; at += ROW_LEN) {
        const uint8_t *bytes = data + at;
        const struct row row = {.deed = bytes[0],
                                .type = bytes[1],
                                .len = (size_t)bytes[2] << 8 | bytes[3],
                                .padding = bytes[4],
                                .id_len = bytes[5],
                                .place = bytes[6],
                                .value = bytes[7]};
        if (row.deed % DEEDS == ANYTHING)
            error = open_anything(play, &row, hf_span_of(data + at + ROW_LEN, size - at - ROW_LEN));
        else
            error = seal_and_open(play, &row);
        if (row.value % 5 == 0) {
            hf_record_rest(play->sealer);
            hf_record_rest(play->opener);
        }
    }
    demand(is_fine(error) || error == HF_ERR_internal);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD_LEN)
        return 0;
    struct play play = {.kind = (enum kind)((data[0] & ~COMPRESSED) % KINDS),
                        .is_compressed = (data[0] & COMPRESSED) != 0};
    hf_test_allocator_init(&play.memory, data[2] >> FAILING_SHIFT);
    if (make(&play, data[1], data[2], HF_AEAD_SEAL, &play.sealer) == HF_OK &&
        make(&play, data[1], data[2], HF_AEAD_OPEN, &play.opener) == HF_OK)
        run(&play, data + HEAD_LEN, size - HEAD_LEN);
    hf_record_free(play.sealer);
    hf_record_free(play.opener);
    demand(play.memory.live == 0);
    return 0;
}
