/* The client-facing side of split mode: <handfast/ech_front.h>. */
#ifndef HF_FRONT_FRONT_H
#define HF_FRONT_FRONT_H

#include <handfast/ech_front.h>

#include "front/hello_reader.h"
#include "handshake/ech_open.h"

/* Which of the client's hellos is awaited. */
enum hf_front_stage { HF_FRONT_FIRST = 0, HF_FRONT_SECOND, HF_FRONT_NONE };

struct hf_ech_front {
    struct hf_config *config; /* held */
    enum hf_ech_front_state state;
    enum hf_front_stage stage;
    struct hf_buffer wire;         /* of the client, not yet passed on */
    size_t read;                   /* of it, by the reader of hellos: kept until it is known what they are */
    size_t record_left;            /* of a record that is passed on as it is */
    struct hf_hello_reader reader; /* of the hello that is awaited */
    struct hf_ech_opened opened;
    struct hf_buffer output; /* for the server */
    char *server_name;       /* of the inner hello; NULL */
    struct hf_failure failure;
    uint8_t alert[7]; /* a record */
    size_t alert_len;
};

#endif
