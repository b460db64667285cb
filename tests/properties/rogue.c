#include "rogue.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdlib.h>
#include <string.h>

#include "base/writer.h"
#include "engine/connection.h"
#include "schedule/transcript.h"

enum { OPS_MAX = 3, OUT_MAX = 6, PLACES = 8, STOLEN_MAX = 8192, FORGED_MAX = 40, NEVER = 99, SEQ_AT = 5 };

enum deed {
    LOSE = 0, /* the message is not sent */
    DOUBLE,
    SWAP,   /* goes behind the next one */
    FLIP,   /* one bit of the body */
    CUT,    /* the body's end is missing */
    PAD,    /* a byte behind the body */
    RETYPE, /* another type in its header */
    EMPTY,  /* no body */
    STEAL,  /* the certificate of somebody else */
    FORGE,  /* a message of any type before it */
    REPEAT, /* the one before it once more */
    DATA,   /* application data before it */
    CCS,    /* a ChangeCipherSpec before it */
    WARN,   /* an alert before it */
    DEEDS
};

struct op {
    enum deed deed;
    enum hf_message message; /* at this one; HF_MESSAGES: at the nth that is sent */
    unsigned nth;
    unsigned value;
};

struct text {
    uint8_t *bytes;
    size_t len;
};

static struct rogue {
    struct world *world;
    struct hf_connection *connection;
    const struct hf_framing_methods *real;
    struct hf_framing_methods bent;
    struct op ops[OPS_MAX];
    size_t op_count;
    bool no_ccs;
    unsigned turn_left_out; /* which change of keys, NEVER: none */
    unsigned sent, turned;
    bool is_building; /* a header was written, the transcript comes next */
    bool is_decided;  /* `out` is what the next call of send_message sends */
    bool was_bent;
    bool has_lied; /* a proof went out that is none */
    struct text out[OUT_MAX], held, last;
    uint8_t held_type;
    size_t out_count;
} rogue;

enum hf_error __real_hf_transcript_add(struct hf_transcript *transcript, struct hf_span message);
enum hf_error __wrap_hf_transcript_add(struct hf_transcript *transcript, struct hf_span message);

/* ---- texts ---- */

static struct text copy(const uint8_t *bytes, size_t len, size_t more)
{
    struct text text = {calloc(1, len + more + 1), len};
    if (text.bytes == NULL)
        abort();
    if (len > 0)
        memcpy(text.bytes, bytes, len);
    return text;
}

static void drop(struct text *text)
{
    free(text->bytes);
    *text = (struct text){NULL, 0};
}

static void drop_out(void)
{
    while (rogue.out_count > 0)
        drop(&rogue.out[--rogue.out_count]);
}

static size_t head_len(void)
{
    return hf_framing_header_len(rogue.connection->framing);
}

/* A whole message, with the header that its place in the flight gives it. */
static void add(uint8_t type, const uint8_t *body, size_t len)
{
    if (rogue.out_count == OUT_MAX)
        return;
    struct text whole = copy(NULL, 0, head_len() + len);
    struct hf_writer header = hf_writer_of(whole.bytes, head_len());
    if (rogue.real->write_header == NULL) {
        hf_writer_u8(&header, type);
        hf_writer_uint(&header, 3, len);
    } else {
        rogue.real->write_header(rogue.connection->framing, &header, type, len);
        whole.bytes[SEQ_AT] = (uint8_t)(whole.bytes[SEQ_AT] + rogue.out_count); /* message_seq: RFC 9147 5.2 */
    }
    if (len > 0)
        memcpy(whole.bytes + head_len(), body, len);
    whole.len = head_len() + len;
    rogue.out[rogue.out_count++] = whole;
}

/* ---- deeds ---- */

static size_t der_of(X509 *certificate, uint8_t *into)
{
    unsigned char *at = into;
    int len = i2d_X509(certificate, NULL);
    if (len <= 0 || len > STOLEN_MAX / 4 || i2d_X509(certificate, &at) != len)
        abort();
    return (size_t)len;
}

/* The chain of somebody trusted, as a Certificate of this version carries it: RFC 5246 7.4.2, RFC 9846 4.5.1. */
static size_t write_stolen(uint8_t body[STOLEN_MAX])
{
    static uint8_t der[STOLEN_MAX];
    const struct world_side *side = &rogue.world->sides[rogue.world->rogue];
    const char *chain = lab_identity(side->role == HF_CLIENT ? LAB_CLIENT : LAB_SERVER, side->key)->chain;
    BIO *bio = BIO_new_mem_buf(chain, -1);
    const struct hf_protocol *protocol = rogue.connection->handshake.protocol; /* NULL before the hellos agreed */
    bool is_13 = protocol != NULL && protocol->rules == HF_RULES_13;
    size_t start = is_13 ? 1 : 0; /* certificate_request_context, empty */
    struct hf_writer writer = hf_writer_of(body, STOLEN_MAX);
    X509 *one;
    hf_writer_uint(&writer, start + 3, 0);
    while ((one = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        hf_writer_vector(&writer, 3, hf_span_of(der, der_of(one, der)));
        if (is_13)
            hf_writer_u16(&writer, 0);
        X509_free(one);
    }
    BIO_free(bio);
    size_t list_len = writer.len - start - 3;
    body[start + 1] = (uint8_t)(list_len >> 8);
    body[start + 2] = (uint8_t)list_len;
    return writer.len;
}

static void forge(const struct op *op)
{
    static const uint8_t types[] = {0, 1, 2, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 22, 24, 25, 3, 9, 10, 254};
    uint8_t body[FORGED_MAX] = {0};
    size_t len = op->value / sizeof types % 4 == 0 ? 0 : op->value / sizeof types % FORGED_MAX;
    for (size_t i = 0; i < len && op->value % 3 == 0; i++)
        body[i] = (uint8_t)world_random(rogue.world, 256);
    add(types[op->value % sizeof types], body, len);
}

static void send_beside(const struct op *op)
{
    static const uint8_t data[] = "data that nobody may read yet";
    size_t taken = 0;
    struct hf_framing *framing = rogue.connection->framing;
    rogue.was_bent = true;
    if (op->deed == DATA)
        (void)rogue.real->send_data(framing, hf_span_of(data, sizeof data), &taken);
    else if (op->deed == CCS)
        (void)rogue.real->send_ccs(framing);
    else
        (void)rogue.real->send_alert(framing, (uint8_t)(1 + op->value / 64 % 2), (uint8_t)(op->value % 128));
}

static void bend_before(const struct op *op)
{
    if (op->deed >= DATA)
        send_beside(op);
    else if (op->deed == FORGE)
        forge(op);
    else if (op->deed == REPEAT && rogue.last.bytes != NULL)
        add(rogue.last.bytes[0], rogue.last.bytes + head_len(), rogue.last.len - head_len());
}

/* Changes the message itself; `message` has room for more. False: it does not go out now. */
static bool bend_itself(const struct op *op, uint8_t *type, struct text *body)
{
    switch (op->deed) {
    case LOSE:
        return false;
    case SWAP:
        drop(&rogue.held);
        rogue.held = copy(body->bytes, body->len, 0);
        rogue.held_type = *type;
        return false;
    case FLIP:
        if (body->len > 0)
            body->bytes[op->value % body->len] ^= (uint8_t)(1u << op->value / 7 % 8);
        return true;
    case CUT:
        body->len -= body->len == 0 ? 0 : 1 + op->value % body->len;
        return true;
    case PAD:
        body->bytes[body->len++] = (uint8_t)op->value;
        return true;
    case RETYPE:
        *type = (uint8_t)(op->value % 26);
        return true;
    case EMPTY:
        body->len = 0;
        return true;
    case STEAL:
        drop(body);
        *body = copy(NULL, 0, STOLEN_MAX);
        body->len = write_stolen(body->bytes);
        return true;
    default:
        return true;
    }
}

/* Whether the proof in this message is spoilt. */
static bool is_lie(const struct op *op, enum hf_message kind)
{
    bool spoils = op->deed == FLIP || op->deed == CUT || op->deed == PAD || op->deed == EMPTY;
    return spoils && (kind == HF_MESSAGE_finished || kind == HF_MESSAGE_certificate_verify);
}

/* What goes out instead of this message. */
static void decide(struct hf_span message)
{
    uint8_t type = message.data[0];
    struct text body = copy(message.data + head_len(), message.len - head_len(), STOLEN_MAX);
    enum hf_message kind = hf_message_classify(type, hf_span_of(body.bytes, body.len));
    struct text behind = rogue.held;
    const uint8_t behind_type = rogue.held_type;
    bool goes = true, twice = false;
    rogue.held = (struct text){NULL, 0};
    for (size_t i = 0; i < rogue.op_count; i++) {
        const struct op *op = &rogue.ops[i];
        if (op->message == HF_MESSAGES ? op->nth != rogue.sent : op->message != kind)
            continue;
        rogue.was_bent = true;
        rogue.has_lied = rogue.has_lied || is_lie(op, kind);
        bend_before(op);
        goes = bend_itself(op, &type, &body) && goes;
        twice = twice || op->deed == DOUBLE;
    }
    for (int times = goes ? (twice ? 2 : 1) : 0; times > 0; times--)
        add(type, body.bytes, body.len);
    if (behind.bytes != NULL)
        add(behind_type, behind.bytes, behind.len);
    drop(&behind);
    drop(&body);
    drop(&rogue.last);
    rogue.last = copy(message.data, message.len, 0);
    rogue.sent++;
    rogue.is_decided = true;
}

/* ---- hooks ---- */

enum hf_error __wrap_hf_transcript_add(struct hf_transcript *transcript, struct hf_span message)
{
    const struct hf_connection *connection = rogue.connection;
    if (connection == NULL || !rogue.is_building || connection->handshake.work == NULL ||
        transcript != &connection->handshake.work->transcript)
        return __real_hf_transcript_add(transcript, message);
    decide(message);
    for (size_t i = 0; i < rogue.out_count; i++)
        HF_TRY(__real_hf_transcript_add(transcript, hf_span_of(rogue.out[i].bytes, rogue.out[i].len)));
    return HF_OK;
}

static void bent_header(struct hf_framing *framing, struct hf_writer *header, uint8_t type, size_t body_len)
{
    rogue.is_building = true;
    if (rogue.real->write_header != NULL) {
        rogue.real->write_header(framing, header, type, body_len);
        return;
    }
    hf_writer_u8(header, type);
    hf_writer_uint(header, 3, body_len);
}

static enum hf_error bent_message(struct hf_framing *framing, struct hf_span message)
{
    enum hf_error error = HF_OK;
    if (!rogue.is_decided)
        decide(message);
    for (size_t i = 0; i < rogue.out_count && error == HF_OK; i++)
        error = rogue.real->send_message(framing, hf_span_of(rogue.out[i].bytes, rogue.out[i].len));
    drop_out();
    rogue.is_building = rogue.is_decided = false;
    return error;
}

static enum hf_error bent_ccs(struct hf_framing *framing)
{
    if (!rogue.no_ccs)
        return rogue.real->send_ccs(framing);
    rogue.was_bent = true;
    return HF_OK;
}

static enum hf_error bent_turn(struct hf_framing *framing, struct hf_record_protection *protection)
{
    if (rogue.turned++ != rogue.turn_left_out)
        return rogue.real->turn_write(framing, protection);
    rogue.was_bent = true;
    hf_record_free(protection);
    return HF_OK;
}

/* ---- drawing ---- */

/* What has broken others: proofs left out, in the wrong place, or of somebody else. */
static void draw_plan(struct world *world)
{
    static const struct op plans[][2] = {
        {{LOSE, HF_MESSAGE_certificate_verify, 0, 0}},
        {{LOSE, HF_MESSAGE_certificate, 0, 0}, {LOSE, HF_MESSAGE_certificate_verify, 0, 0}},
        {{LOSE, HF_MESSAGE_certificate, 0, 0}},
        {{LOSE, HF_MESSAGE_finished, 0, 0}},
        {{LOSE, HF_MESSAGE_finished, 0, 0}, {DATA, HF_MESSAGE_finished, 0, 0}},
        {{LOSE, HF_MESSAGE_server_key_exchange, 0, 0}},
        {{LOSE, HF_MESSAGE_client_key_exchange, 0, 0}},
        {{LOSE, HF_MESSAGE_certificate_request, 0, 0}},
        {{SWAP, HF_MESSAGE_certificate, 0, 0}},
        {{SWAP, HF_MESSAGE_certificate_verify, 0, 0}},
        {{SWAP, HF_MESSAGE_client_key_exchange, 0, 0}},
        {{FLIP, HF_MESSAGE_certificate_verify, 0, 40}},
        {{FLIP, HF_MESSAGE_finished, 0, 3}},
        {{EMPTY, HF_MESSAGE_finished, 0, 0}},
        {{CUT, HF_MESSAGE_finished, 0, 0}},
        {{DATA, HF_MESSAGE_certificate, 0, 0}},
        {{DATA, HF_MESSAGE_finished, 0, 0}},
        {{CCS, HF_MESSAGE_client_key_exchange, 0, 0}},
        {{REPEAT, HF_MESSAGE_finished, 0, 0}},
        {{STEAL, HF_MESSAGE_certificate, 0, 0}},
        {{STEAL, HF_MESSAGE_certificate, 0, 0}, {LOSE, HF_MESSAGE_certificate_verify, 0, 0}},
        {{STEAL, HF_MESSAGE_certificate, 0, 0}, {LOSE, HF_MESSAGE_server_key_exchange, 0, 0}},
    };
    const struct op *plan = plans[world_random(world, sizeof plans / sizeof plans[0])];
    struct world_side *side = &world->sides[world->rogue];
    rogue.op_count = plan[1].message == HF_MESSAGE_hello_request ? 1 : 2;
    memcpy(rogue.ops, plan, rogue.op_count * sizeof *plan);
    if (plan[0].deed == STEAL) {
        side->who = side->role == HF_CLIENT ? LAB_SERVER : LAB_CLIENT; /* of another key */
        side->anonymous = false;
    }
}

static void draw_ops(struct world *world)
{
    rogue.op_count = 1 + world_random(world, OPS_MAX);
    for (size_t i = 0; i < rogue.op_count; i++)
        rogue.ops[i] = (struct op){.deed = (enum deed)world_random(world, DEEDS),
                                   .message = HF_MESSAGES,
                                   .nth = world_random(world, PLACES),
                                   .value = world_random(world, 1u << 20)};
}

void rogue_draw(struct world *world)
{
    rogue = (struct rogue){.world = world, .turn_left_out = NEVER};
    if (world_chance(world, 50))
        draw_plan(world);
    else
        draw_ops(world);
    rogue.no_ccs = world_chance(world, 6);
    if (world_chance(world, 6))
        rogue.turn_left_out = world_random(world, 3);
}

void rogue_take(struct end *end)
{
    struct hf_framing *framing = end->connection->framing;
    rogue.connection = end->connection;
    rogue.real = framing->methods;
    rogue.bent = *rogue.real;
    rogue.bent.write_header = bent_header;
    rogue.bent.send_message = bent_message;
    rogue.bent.send_ccs = bent_ccs;
    rogue.bent.turn_write = bent_turn;
    framing->methods = &rogue.bent;
    rogue.sent = rogue.turned = 0;
}

void rogue_release(void)
{
    drop_out();
    drop(&rogue.held);
    drop(&rogue.last);
    rogue.connection = NULL;
    rogue.is_building = rogue.is_decided = false;
}

bool rogue_has_lied(void)
{
    return rogue.has_lied;
}

bool rogue_was_bent(void)
{
    return rogue.was_bent;
}
