/* Handshake messages out of fragments of any order and overlap, within bounds. RFC 9147 5.5, RFC 6347 4.2.3.
 * Fragments that disagree on the length or the type of their message are refused (what CVE-2026-33846 of another
 * library was made of). What was collected in an older epoch never continues in a newer one, so nothing that came in
 * the clear can pass for protected. */
#ifndef HF_DATAGRAM_REASSEMBLE_H
#define HF_DATAGRAM_REASSEMBLE_H

#include "base/allocation.h"
#include "datagram/fragment.h"
#include "error/error.h"

enum {
    HF_REASSEMBLE_AHEAD = 8 /* messages that are collected at a time: the next one and those behind it */
};

/* What became of a fragment. */
enum hf_reassembled {
    HF_REASSEMBLED_NEW,    /* it brought bytes that were missing */
    HF_REASSEMBLED_KNOWN,  /* all of it is here already */
    HF_REASSEMBLED_OLD,    /* of a message that was handed up before */
    HF_REASSEMBLED_DROPPED /* too far ahead, or no room: it must come again */
};

struct hf_reassemble_slot {
    uint8_t *whole; /* NULL: free. Header as of one fragment, the body, then a bit for each byte of it that came */
    uint8_t type;
    size_t body_len;
    size_t missing; /* bytes of the body */
    size_t prefix;  /* bytes from its beginning on that are there */
};

struct hf_reassemble {
    const struct hf_allocator *allocator;
    struct hf_reassemble_slot slots[HF_REASSEMBLE_AHEAD]; /* of message_seq n at n mod AHEAD */
    uint32_t next;                                        /* message_seq to be handed up next */
    size_t body_max;
    size_t held; /* bytes of all slots */
    bool is_lent;
};

/* Waits for message_seq `first`. */
void hf_reassemble_init(struct hf_reassemble *reassemble, const struct hf_allocator *allocator, size_t body_max,
                        uint16_t first);

/* Takes a fragment of the current epoch. Fails with handshake_message_too_long, illegal_parameter (it disagrees with
 * what is here; nothing changed) or no_memory. */
HF_MUST enum hf_error hf_reassemble_add(struct hf_reassemble *reassemble, const struct hf_fragment *fragment,
                                        enum hf_reassembled *ret_reassembled);

/* Whether a message of this number was handed up before. */
bool hf_reassemble_is_old(const struct hf_reassemble *reassemble, uint16_t message_seq);

/* Whether anything was collected that was not handed up. */
bool hf_reassemble_is_begun(const struct hf_reassemble *reassemble);

/* Whether bytes of a message behind a gap are here: something was lost or overtaken. */
bool hf_reassemble_has_gap(const struct hf_reassemble *reassemble);

/* Lends the next message when it is whole: its header (of one fragment) and body in one span; empty else. It lives
 * until the next call of next, turn or release. */
struct hf_span hf_reassemble_next(struct hf_reassemble *reassemble);

/* Forgets the message of this number, so that it can begin anew. */
void hf_reassemble_forget(struct hf_reassemble *reassemble, uint16_t message_seq);

/* A new epoch begins: what is incomplete, or not handed up, goes. */
void hf_reassemble_turn(struct hf_reassemble *reassemble);

void hf_reassemble_release(struct hf_reassemble *reassemble);

#endif
