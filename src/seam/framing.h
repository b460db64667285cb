/* Framing: how handshake and engine move whole units, without knowing whether a stream or datagrams carry them.
 * Wire bytes go in by feed, units come out by next; units go in by the send_ calls, wire bytes come out by output.
 *
 *     for (;;) {
 *         HF_TRY(hf_framing_next(f, &unit));              drain what is already here ...
 *         if (unit.kind != HF_UNIT_NONE) { act on unit; continue; }
 *         if (wire.len == 0) break;
 *         HF_TRY(hf_framing_feed(f, wire, &taken));       ... then give more: taken >= 1 after HF_UNIT_NONE
 *         wire = hf_span_part(wire, taken, wire.len);
 *     }
 *
 * A record is opened by next, not by feed, and only when all units of the record before were handed up. So whoever
 * must change keys, or must wait for something before changing them, just does not call next until it did.
 * After a failure the framing must only be drained (output, consumed), told to send one alert, or freed.
 * Datagrams are fed and drained whole: feed takes one and keeps it, output is one. Over them messages are sent again
 * until the peer has them, by the time that set_time tells: see deadline and tick.
 * QUIC has neither records nor data: handshake bytes go in and out by encryption level, and keys come out as secrets.
 * Implementations: stream/stream.h, datagram/datagram.h, quic/quic.h. RFC 9846 5, RFC 5246 6, RFC 9147 4, 5. One thread
 * at a time.
 */
#ifndef HF_SEAM_FRAMING_H
#define HF_SEAM_FRAMING_H

#include "base/pieces.h"
#include "base/rooms.h"
#include "base/text.h"
#include "seam/record.h"

enum hf_unit_kind {
    HF_UNIT_NONE = 0,           /* nothing whole is here: feed more */
    HF_UNIT_HANDSHAKE,          /* one whole handshake message */
    HF_UNIT_CHANGE_CIPHER_SPEC, /* 1.2 rules only; the compatibility one of 1.3 is dropped unseen */
    HF_UNIT_ALERT,
    HF_UNIT_DATA /* application data, at least one byte */
};

/* What next hands up. The spans are lent: they live until the next call of next, feed, rest or free on this framing.
 * Fields that do not belong to `kind` are zero. */
struct hf_unit {
    enum hf_unit_kind kind;
    bool is_protected;    /* came under keys. An alert of the handshake may come without, though we have keys already:
                           * the peer failed before it turned its own. Such an alert is a hint, not a proof. */
    uint8_t type;         /* handshake: its message type */
    struct hf_span whole; /* handshake: header (hf_framing_header_len bytes) and body: what the transcript takes */
    struct hf_span body;  /* handshake: the body */
    struct hf_span data;  /* application data */
    uint8_t alert_level;  /* as on the wire: 1 warning, 2 fatal; 1.3 ignores it */
    uint8_t alert;        /* description as on the wire; may be a number that enum hf_alert lacks */
};

/* Which version's rules hold. Until the version is negotiated: HELLO. */
enum hf_framing_rules {
    HF_RULES_HELLO = 0, /* plaintext; lenient record versions (a first ClientHello has 0x0301 to 0x0303);
                         * change_cipher_spec is dropped as in 1.3, except that it may only come after a message */
    HF_RULES_12,        /* change_cipher_spec is a unit */
    HF_RULES_13         /* a single change_cipher_spec of one byte 0x01 is dropped while the handshake runs */
};

/* 0 in a field means the protocol's own maximum. */
struct hf_framing_limits {
    size_t send; /* longest content to put into a protected record. Of a peer's record_size_limit give the value in
                  * 1.2 and the value less one in 1.3 (the inner type counts, RFC 8449 4); of a negotiated
                  * max_fragment_length the length. */
    size_t send_plain; /* longest content to put into a record without protection: a negotiated max_fragment_length
                        * counts there too (RFC 6066 4), a record_size_limit does not (RFC 8449 4). */
    size_t receive;    /* longest content (in 1.3 with its padding) that a protected record may have; same counting, of
                        * what we announced. More is record_too_long. */
    size_t message;    /* longest handshake message body; default 131072. More is handshake_message_too_long. */
};

struct hf_framing;
struct hf_routes; /* of datagram/routes.h */
struct hf_random;

/* What both ends agreed on about connection IDs. */
struct hf_framing_ids {
    struct hf_span peer; /* that the peer wants to see; empty: none */
    bool checks_paths;   /* both have the extension rrc (RFC 9853) */
    bool is_basic;       /* the old path is not asked first: RFC 9853 5.1, 5.2 */
};

/* Who is told of the ACKs of DTLS 1.3 that go and come, each with its content (RFC 9147 7). */
struct hf_framing_watcher {
    void (*ack)(void *context, bool sent, struct hf_span content);
    void *context;
};

struct hf_framing_methods {
    enum hf_error (*feed)(struct hf_framing *framing, struct hf_span wire, size_t *ret_taken);
    enum hf_error (*next)(struct hf_framing *framing, struct hf_unit *ret_unit);
    enum hf_error (*send_message)(struct hf_framing *framing, struct hf_span message);
    enum hf_error (*send_ccs)(struct hf_framing *framing);
    enum hf_error (*send_alert)(struct hf_framing *framing, uint8_t level, uint8_t alert);
    enum hf_error (*send_data)(struct hf_framing *framing, struct hf_span data, size_t *ret_taken);
    enum hf_error (*flush)(struct hf_framing *framing);
    struct hf_span (*output)(const struct hf_framing *framing);
    void (*consumed)(struct hf_framing *framing, size_t len);
    enum hf_error (*turn_read)(struct hf_framing *framing, struct hf_record_protection *protection);
    enum hf_error (*turn_write)(struct hf_framing *framing, struct hf_record_protection *protection);
    void (*set_rules)(struct hf_framing *framing, enum hf_framing_rules rules);
    void (*set_limits)(struct hf_framing *framing, const struct hf_framing_limits *limits);
    void (*skip_early_data)(struct hf_framing *framing, size_t max);
    void (*end_handshake)(struct hf_framing *framing);
    bool (*between_messages)(const struct hf_framing *framing);
    enum hf_usage (*usage)(const struct hf_framing *framing, bool of_writing);
    void (*forget_keys)(struct hf_framing *framing);
    void (*rest)(struct hf_framing *framing);
    void (*quiet)(struct hf_framing *framing); /* NULL in QUIC's, which has no keys of records */
    void (*describe)(const struct hf_framing *framing, struct hf_text *ret_text);
    void (*free)(struct hf_framing *framing);

    /* NULL in all that carry datagrams. */
    enum hf_error (*seal_data)(struct hf_framing *framing, struct hf_pieces *data, struct hf_writer *wire);
    enum hf_error (*open_data)(struct hf_framing *framing, struct hf_span *wire, struct hf_rooms *into,
                               size_t *ret_len);

    /* NULL in all that carry ordered streams. */
    void (*write_header)(struct hf_framing *framing, struct hf_writer *header, uint8_t type, size_t body_len);
    uint64_t (*deadline)(const struct hf_framing *framing);
    enum hf_error (*tick)(struct hf_framing *framing);
    bool (*is_turning)(const struct hf_framing *framing);
    bool (*is_spent)(const struct hf_framing *framing);
    size_t (*data_max)(const struct hf_framing *framing);
    void (*set_datagram_max)(struct hf_framing *framing, size_t len);
    enum hf_error (*begin_anew)(struct hf_framing *framing);
    uint64_t (*dropped)(const struct hf_framing *framing);
    void (*set_retransmission)(struct hf_framing *framing, uint32_t first_ms);
    enum hf_error (*begin_routes)(struct hf_framing *framing, const struct hf_random *random, size_t own_len);
    enum hf_error (*agree_ids)(struct hf_framing *framing, const struct hf_framing_ids *ids);
    struct hf_routes *(*routes)(struct hf_framing *framing);
    void (*routes_changed)(struct hf_framing *framing);
    uint32_t (*output_path)(const struct hf_framing *framing);
    void (*watch)(struct hf_framing *framing, const struct hf_framing_watcher *watcher);

    /* NULL in all but QUIC's. */
    struct hf_span (*own_parameters)(const struct hf_framing *framing);
    enum hf_error (*keep_parameters)(struct hf_framing *framing, struct hf_span parameters);
};

/* The head of every implementation's struct. */
struct hf_framing {
    const struct hf_framing_methods *methods;
    bool is_unordered; /* datagrams: fed and drained whole, and what comes may have overtaken what went before */
    uint64_t now_ms;   /* as told by set_time; streams do not care */
    uint32_t path;     /* by which what is fed next came: a number of the caller's; streams do not care */
    bool has_levels;   /* QUIC: fed and drained by encryption level, through quic/quic.h; there are no records */
    uint8_t level;     /* QUIC: by which what is fed next came: enum hf_level */
    bool is_patient;   /* datagrams: an alert in the clear would end all, not only a first try: it waits longer */
};

/* ---- in ---- */

/* Takes bytes of the peer: copies *ret_taken of them, possibly fewer than given, never beyond the record in progress.
 * After next said HF_UNIT_NONE at least one byte is taken (of a span that is not empty); while units are waiting 0 may
 * be. Fails like next, when a record's header already tells. */
static inline HF_MUST enum hf_error hf_framing_feed(struct hf_framing *framing, struct hf_span wire, size_t *ret_taken)
{
    return framing->methods->feed(framing, wire, ret_taken);
}

/* Hands up the next unit. Handshake messages are whole however records cut them. Fails with decode_error,
 * unexpected_message, bad_record, record_too_long, handshake_message_too_long, too_many_empty_records,
 * inner_plaintext_empty, usage_limit_reached, not_tls or no_memory. */
static inline HF_MUST enum hf_error hf_framing_next(struct hf_framing *framing, struct hf_unit *ret_unit)
{
    return framing->methods->next(framing, ret_unit);
}

/* Streams only: opens whole records of data from the front of `wire` into the front of `into`, moves both over them,
 * and counts their bytes in *ret_len. Stops before whatever it cannot open so, units that wait included: 0 of a wire
 * that is not empty says that feed and next must have their turn, with the same bytes. Fails like next. */
static inline HF_MUST enum hf_error hf_framing_open_data(struct hf_framing *framing, struct hf_span *wire,
                                                         struct hf_rooms *into, size_t *ret_len)
{
    return framing->methods->open_data(framing, wire, into, ret_len);
}

/* True when no byte of a handshake message is held that was not handed up: neither a part of one nor further ones from
 * the same record. Must hold at every change of reading keys; turn_read checks it too. RFC 9846 5.1. */
static inline HF_MUST bool hf_framing_between_messages(const struct hf_framing *framing)
{
    return framing->methods->between_messages(framing);
}

/* ---- out ---- */

enum { HF_FRAMING_HEADER_LEN = 4, HF_FRAMING_HEADER_LEN_DATAGRAM = 12, HF_FRAMING_HEADER_LEN_MAX = 12 };

/* How long the header of a handshake message is: type, 3-byte length; over datagrams message_seq, offset and length of
 * the fragment too (RFC 9147 5.2). */
static inline size_t hf_framing_header_len(const struct hf_framing *framing)
{
    return framing->is_unordered ? HF_FRAMING_HEADER_LEN_DATAGRAM : HF_FRAMING_HEADER_LEN;
}

/* Writes the header of the next message to be sent. */
static inline void hf_framing_write_header(struct hf_framing *framing, struct hf_writer *header, uint8_t type,
                                           size_t body_len)
{
    if (framing->methods->write_header != NULL) {
        framing->methods->write_header(framing, header, type, body_len);
        return;
    }
    hf_writer_u8(header, type);
    hf_writer_uint(header, 3, body_len);
}

/* Queues one handshake message with its header. Messages share records until flush, a change of keys, or
 * something that is not a handshake message. The bytes are copied. */
static inline HF_MUST enum hf_error hf_framing_send_message(struct hf_framing *framing, struct hf_span message)
{
    return framing->methods->send_message(framing, message);
}

/* Queues a change_cipher_spec, never encrypted under 1.3 rules (RFC 9846 E.4), under the current keys in 1.2. */
static inline HF_MUST enum hf_error hf_framing_send_ccs(struct hf_framing *framing)
{
    return framing->methods->send_ccs(framing);
}

/* Queues an alert, protected as the current writing keys do. Works after a failure as well. */
static inline HF_MUST enum hf_error hf_framing_send_alert(struct hf_framing *framing, uint8_t level, uint8_t alert)
{
    return framing->methods->send_alert(framing, level, alert);
}

/* Seals application data. Takes as many whole records as the output may hold, and says how many bytes went; 0 when the
 * output must be drained first. Empty data does nothing. */
static inline HF_MUST enum hf_error hf_framing_send_data(struct hf_framing *framing, struct hf_span data,
                                                         size_t *ret_taken)
{
    return framing->methods->send_data(framing, data, ret_taken);
}

/* Streams only: the same from pieces, as many records as `wire` has room for, while nothing waits in the output. `data`
 * moves over what went. */
static inline HF_MUST enum hf_error hf_framing_seal_data(struct hf_framing *framing, struct hf_pieces *data,
                                                         struct hf_writer *wire)
{
    return framing->methods->seal_data(framing, data, wire);
}

/* Closes the record that handshake messages share, so that output has everything. */
static inline HF_MUST enum hf_error hf_framing_flush(struct hf_framing *framing)
{
    return framing->methods->flush(framing);
}

/* How much data send_data takes in one record: more is datagram_too_long over datagrams. SIZE_MAX: any amount. */
static inline size_t hf_framing_data_max(const struct hf_framing *framing)
{
    return framing->methods->data_max == NULL ? SIZE_MAX : framing->methods->data_max(framing);
}

/* How long a datagram may be, header of UDP not counted. Streams do not care. */
static inline void hf_framing_set_datagram_max(struct hf_framing *framing, size_t len)
{
    if (framing->methods->set_datagram_max != NULL)
        framing->methods->set_datagram_max(framing, len);
}

/* Flights go again after first_ms, doubling, whatever is measured; 0: as measured. Streams do not care. */
static inline void hf_framing_set_retransmission(struct hf_framing *framing, uint32_t first_ms)
{
    if (framing->methods->set_retransmission != NULL)
        framing->methods->set_retransmission(framing, first_ms);
}

/* What waits to go to the peer, without unflushed messages; lent until the next call on this framing. Say with consumed
 * how many of its first bytes went. Over datagrams it is one datagram, and goes as a whole. */
static inline struct hf_span hf_framing_output(const struct hf_framing *framing)
{
    return framing->methods->output(framing);
}

static inline void hf_framing_consumed(struct hf_framing *framing, size_t len)
{
    framing->methods->consumed(framing, len);
}

/* ---- keys, rules, limits ---- */

/* From the next record on, open with (seal with) `protection`. Takes ownership in every case: on failure it is already
 * freed. The protection in use until now is wiped and freed at once. turn_read fails with keys_change_inside_message,
 * and turn_write flushes first. */
static inline HF_MUST enum hf_error hf_framing_turn_read(struct hf_framing *framing,
                                                         struct hf_record_protection *protection)
{
    return framing->methods->turn_read(framing, protection);
}

static inline HF_MUST enum hf_error hf_framing_turn_write(struct hf_framing *framing,
                                                          struct hf_record_protection *protection)
{
    return framing->methods->turn_write(framing, protection);
}

/* Once, when the version is negotiated. */
static inline void hf_framing_set_rules(struct hf_framing *framing, enum hf_framing_rules rules)
{
    framing->methods->set_rules(framing, rules);
}

/* Whenever a limit becomes known. Copied. */
static inline void hf_framing_set_limits(struct hf_framing *framing, const struct hf_framing_limits *limits)
{
    framing->methods->set_limits(framing, limits);
}

/* A 1.3 server that took no early data: drop application_data records that the reading keys do not open, at most `max`
 * bytes of wire with their headers, until the first record that opens. RFC 9846 4.3.10. */
static inline void hf_framing_skip_early_data(struct hf_framing *framing, size_t max)
{
    framing->methods->skip_early_data(framing, max);
}

/* The peer's Finished was accepted: from here on no compatibility change_cipher_spec and no unprotected alert. */
static inline void hf_framing_end_handshake(struct hf_framing *framing)
{
    framing->methods->end_handshake(framing);
}

/* How far the writing (or reading) keys are used up. */
static inline enum hf_usage hf_framing_usage(const struct hf_framing *framing, bool of_writing)
{
    return framing->methods->usage(framing, of_writing);
}

/* The connection failed, its alert is in the output: wipes and frees both protections and all of the peer's bytes
 * (RFC 9846 6). From here on only output, consumed and free do anything. */
static inline void hf_framing_forget_keys(struct hf_framing *framing)
{
    framing->methods->forget_keys(framing);
}

/* Whether the last change of writing keys waits until the peer acknowledged the message that announced it: no other
 * change may begin (RFC 9147 8). Streams never wait. */
static inline HF_MUST bool hf_framing_is_turning(const struct hf_framing *framing)
{
    return framing->methods->is_turning != NULL && framing->methods->is_turning(framing);
}

/* Whether the writing keys are the last ones: no epoch, or no number for the message that announces new ones, is left
 * (RFC 9147 5.2, 8). Streams count neither. */
static inline HF_MUST bool hf_framing_is_spent(const struct hf_framing *framing)
{
    return framing->methods->is_spent != NULL && framing->methods->is_spent(framing);
}

/* Copied. Streams have nothing to tell. */
static inline void hf_framing_watch(struct hf_framing *framing, const struct hf_framing_watcher *watcher)
{
    if (framing->methods->watch != NULL)
        framing->methods->watch(framing, watcher);
}

/* ---- time ---- */

/* Milliseconds of any clock that does not jump back. Before every call that may send or receive. */
static inline void hf_framing_set_time(struct hf_framing *framing, uint64_t now_ms)
{
    framing->now_ms = now_ms;
}

/* When tick must be called; UINT64_MAX: never. */
static inline uint64_t hf_framing_deadline(const struct hf_framing *framing)
{
    return framing->methods->deadline == NULL ? UINT64_MAX : framing->methods->deadline(framing);
}

/* The time of set_time came: what is due is sent again; then call next. Fails with datagrams_unanswered when nothing
 * came for too long. */
static inline HF_MUST enum hf_error hf_framing_tick(struct hf_framing *framing)
{
    return framing->methods->tick == NULL ? HF_OK : framing->methods->tick(framing);
}

/* Datagrams: as if nothing had been sent or received yet, with record numbers that were not used before. What was
 * learnt of the path stays. HF_ERR_no_memory: nothing changed. */
static inline HF_MUST enum hf_error hf_framing_begin_anew(struct hf_framing *framing)
{
    return framing->methods->begin_anew == NULL ? HF_ERR_internal : framing->methods->begin_anew(framing);
}

/* Records that were dropped so far: damaged, forged, replayed or of no use. */
static inline uint64_t hf_framing_dropped(const struct hf_framing *framing)
{
    return framing->methods->dropped == NULL ? 0 : framing->methods->dropped(framing);
}

/* ---- connection IDs and paths: RFC 9146, RFC 9147 9, RFC 9853. Streams have none. ---- */

/* We are ready to use connection IDs; ours have this length, and the first is made; 0: we want none. Once in a
 * handshake, before the peer can know of it. HF_ERR_no_memory. */
static inline HF_MUST enum hf_error hf_framing_begin_routes(struct hf_framing *framing, const struct hf_random *random,
                                                            size_t own_len)
{
    return framing->methods->begin_routes == NULL ? HF_ERR_internal
                                                  : framing->methods->begin_routes(framing, random, own_len);
}

/* Both ends are: records under keys have IDs from here on. HF_ERR_no_memory. */
static inline HF_MUST enum hf_error hf_framing_agree_ids(struct hf_framing *framing, const struct hf_framing_ids *ids)
{
    return framing->methods->agree_ids == NULL ? HF_ERR_internal : framing->methods->agree_ids(framing, ids);
}

/* NULL: connection IDs are not used. Owned by the framing. After changing them: routes_changed. */
static inline struct hf_routes *hf_framing_routes(struct hf_framing *framing)
{
    return framing->methods->routes == NULL ? NULL : framing->methods->routes(framing);
}

static inline void hf_framing_routes_changed(struct hf_framing *framing)
{
    if (framing->methods->routes_changed != NULL)
        framing->methods->routes_changed(framing);
}

/* By which path the datagram of output must go. */
static inline uint32_t hf_framing_output_path(const struct hf_framing *framing)
{
    return framing->methods->output_path == NULL ? 0 : framing->methods->output_path(framing);
}

/* ---- transport parameters: RFC 9001 8.2. QUIC only. ---- */

/* What our hello says of them, lent; empty where there are none. */
static inline struct hf_span hf_framing_own_parameters(const struct hf_framing *framing)
{
    return framing->methods->own_parameters == NULL ? hf_span_of(NULL, 0) : framing->methods->own_parameters(framing);
}

/* Copies what the peer's says. */
static inline HF_MUST enum hf_error hf_framing_keep_parameters(struct hf_framing *framing, struct hf_span parameters)
{
    return framing->methods->keep_parameters == NULL ? HF_OK : framing->methods->keep_parameters(framing, parameters);
}

/* ---- life ---- */

/* Gives back every buffer that holds nothing. Spans lent by next end here. Call it when nothing more is to be done
 * now, before waiting for the peer: an idle connection then holds its keys and a small struct. */
static inline void hf_framing_rest(struct hf_framing *framing)
{
    framing->methods->rest(framing);
}

/* Rests, and gives back what is kept for speed only: it is made again when it is used. */
static inline void hf_framing_quiet(struct hf_framing *framing)
{
    framing->methods->rest(framing);
    if (framing->methods->quiet != NULL)
        framing->methods->quiet(framing);
}

/* After HF_ERR_not_tls: adds what came instead, as a clause ("an HTTP request: GET / HTTP/1.1"), safe to print. */
static inline void hf_framing_describe(const struct hf_framing *framing, struct hf_text *ret_text)
{
    framing->methods->describe(framing, ret_text);
}

/* Wipes and frees all, protections included. NULL is fine. */
static inline void hf_framing_free(struct hf_framing *framing)
{
    if (framing != NULL)
        framing->methods->free(framing);
}

#endif
