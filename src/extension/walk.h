/* One walk over a block of extensions: the rules that hold for all of them (RFC 9846 4.3), then each one's own verb. */
#ifndef HF_EXTENSION_WALK_H
#define HF_EXTENSION_WALK_H

#include "extension/verbs.h"

struct hf_extension_walk {
    struct hf_extension_reading reading;  /* reading.failure must be a fresh failure */
    struct hf_extension_set offered;      /* what an answer may answer */
    struct hf_client_hello_facts *hello;  /* in a ClientHello; else NULL */
    struct hf_server_hello_facts *answer; /* in what a server sent; NULL where nothing is to be learnt */
    struct hf_extension_set present;      /* OUTPUT: the rows that came */
};

/* decode_error, duplicate_extension, misplaced_extension, unsolicited_extension, and what the verbs refuse; the failure
 * then has error, where, and as it may be wanted and got. */
HF_MUST enum hf_error hf_extension_walk(struct hf_extension_walk *walk, struct hf_span block);

/* Puts error and place into the failure of a reading, beside the texts that are there, and gives the error back.
 * `extension` is a name, NULL when it is the message itself. */
enum hf_error hf_extension_walk_fail(const struct hf_extension_reading *reading, enum hf_error error,
                                     const char *extension);

#endif
