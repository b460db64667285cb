/* What the handshake tells whoever drives it: events for the application, and messages for narration. */
#ifndef HF_SEAM_DRIVER_H
#define HF_SEAM_DRIVER_H

#include <handfast/connection.h>

struct hf_driver {
    void (*event)(void *context, enum hf_event_kind kind);
    void (*seen)(void *context, const struct hf_seen *seen);
    void *context;
};

#endif
