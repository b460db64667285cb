/* Whether the peer is where its records come from: the return routability check (RFC 9853). Paths have numbers, which
 * the caller gives; whoever sends us an authentic record, newer than all before, by another path than the one that we
 * send by, is asked there to send 8 random bytes back, and only then do we send there.
 *
 *   SETTLED -> ASKS_OLD    enhanced: is the peer still on the old path? It is: we stay. It has left, or is silent:
 *           -> ASKS_NEW    basic: is it on the new one? It is: we move. It is silent: we stay.
 *
 * It reads no clock, and sends nothing itself: what must go comes out of tick and take. */
#ifndef HF_DATAGRAM_RETURN_ROUTABILITY_H
#define HF_DATAGRAM_RETURN_ROUTABILITY_H

#include "base/must.h"
#include "base/writer.h"
#include "error/error.h"
#include "seam/random.h"

enum hf_return_routability_sizes {
    HF_ROUTABILITY_COOKIE_LEN = 8,
    HF_ROUTABILITY_MESSAGE_LEN = 1 + HF_ROUTABILITY_COOKIE_LEN,
    HF_ROUTABILITY_CHALLENGES = 3,   /* in one stage, for those that are lost; each with a cookie of its own */
    HF_ROUTABILITY_WAIT_MS = 1000,   /* for an answer, when the round trip was not measured: RFC 9853 5.5 */
    HF_ROUTABILITY_AMPLIFICATION = 3 /* times what came may go to an address that was not checked */
};

enum hf_routability_stage { HF_ROUTABILITY_SETTLED, HF_ROUTABILITY_ASKS_OLD, HF_ROUTABILITY_ASKS_NEW };

struct hf_return_routability {
    const struct hf_random *random;
    bool is_agreed;     /* both ends have the extension */
    bool is_basic;      /* the old path is not asked first */
    bool has_preferred; /* we have moved by ourselves: challenges by other paths are told so */
    uint32_t bound;     /* the path that we send by */

    bool has_newest; /* of authentic records: */
    uint16_t newest_epoch;
    uint64_t newest_sequence;

    enum hf_routability_stage stage;
    uint32_t candidate;
    uint8_t cookies[HF_ROUTABILITY_CHALLENGES][HF_ROUTABILITY_COOKIE_LEN];
    unsigned asked;      /* in this stage */
    uint32_t wait_ms;    /* of a stage */
    uint64_t since_ms;   /* the stage began */
    uint64_t came, went; /* bytes, of the candidate's path */

    uint64_t begun; /* counts of checks */
    uint64_t moved;
    uint64_t stayed; /* the peer is on the old path still */
    uint64_t failed; /* nobody answered */
};

/* A message that must go, as the content of a record, by a path. len 0: none. */
struct hf_routability_message {
    uint32_t path;
    size_t len;
    uint8_t bytes[HF_ROUTABILITY_MESSAGE_LEN];
};

/* An authentic record, and the path that it came by. */
struct hf_routability_heard {
    uint32_t path;
    uint16_t epoch;
    uint64_t sequence;
    size_t len;
    uint64_t now_ms;
    uint32_t wait_ms;
};

/* A check begins where that is due; a stage of it may take wait_ms. The first challenge comes out of tick, at once. */
void hf_return_routability_heard(struct hf_return_routability *check, const struct hf_routability_heard *heard);

/* The content of a record of the type return_routability_check came by this path. *ret_reply is what must go back.
 * Unknown messages, and answers to nothing, are ignored (RFC 9853 4, 5.4). HF_ERR_decode_error. */
HF_MUST enum hf_error hf_return_routability_take(struct hf_return_routability *check, struct hf_span content,
                                                 uint32_t path, uint64_t now_ms,
                                                 struct hf_routability_message *ret_reply);

/* When tick must be called; UINT64_MAX: never. */
uint64_t hf_return_routability_deadline(const struct hf_return_routability *check);

/* A challenge that is due; record_len is how long its record is. Or the stage is over. */
HF_MUST enum hf_error hf_return_routability_tick(struct hf_return_routability *check, uint64_t now_ms,
                                                 size_t record_len, struct hf_routability_message *ret_challenge);

/* We move by ourselves. */
void hf_return_routability_prefer(struct hf_return_routability *check, uint32_t path);

#endif
