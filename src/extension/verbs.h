/* The four verbs of an extension, the same for all of them; extension/extensions.def names each one's.
 * Every verb sees the inside of extension_data only: type, length and place are the table's business. */
#ifndef HF_EXTENSION_VERBS_H
#define HF_EXTENSION_VERBS_H

#include "base/writer.h"
#include "error/error.h"
#include "extension/hello.h"

/* What is being read: from whom and where, and where an explanation goes. */
struct hf_extension_reading {
    enum hf_extension_place place;
    const struct hf_client_offer *offer; /* what we sent, at a client reading answers; else NULL */
    struct hf_failure *failure;          /* error and where are filled in by the table; wanted and got by the verb */
};

/* offer: writes the payload of a ClientHello; false: the extension is not sent (what was written is taken back). */
typedef bool hf_extension_offer(const struct hf_client_offer *offer, struct hf_writer *payload);

/* take: reads a ClientHello's payload into the facts. */
typedef enum hf_error hf_extension_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                        struct hf_client_hello_facts *facts);

/* reply: writes the payload of what a server sends; false: not sent. */
typedef bool hf_extension_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                struct hf_writer *payload);

/* check: reads what a server sent into the facts. */
typedef enum hf_error hf_extension_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                         struct hf_server_hello_facts *facts);

#endif
