/* GREASE: numbers that nobody has, in the places of those that may grow, so that peers which choke on new ones are
 * found before there are new ones. RFC 8701: in lists of a ClientHello (3.1) and among the extensions of a
 * NewSessionTicket (4.1). A peer that chooses one of them is refused as one that chooses what was not offered. */
#ifndef HF_EXTENSION_GREASE_H
#define HF_EXTENSION_GREASE_H

#include "base/writer.h"

enum hf_grease_place {
    HF_GREASE_SUITE = 0,
    HF_GREASE_GROUP,
    HF_GREASE_VERSION,
    HF_GREASE_SCHEME,
    HF_GREASE_EXTENSION, /* the first one; the last one's number follows from it */
    HF_GREASE_PLACES
};

/* Zeros: none. The seed is random, and the same in both hellos. */
struct hf_grease {
    bool on;
    bool without_share; /* a HelloRetryRequest asked for a share: that one goes alone */
    uint8_t seed[HF_GREASE_PLACES];
};

/* One of the 16 numbers for this place; both extensions' differ. */
uint16_t hf_grease_value(const struct hf_grease *grease, enum hf_grease_place place);

/* Writes the number, if it is on. */
void hf_grease_write(const struct hf_grease *grease, enum hf_grease_place place, struct hf_writer *list);

/* Writes a whole extension, if it is on: an empty one, or the last of a hello with a byte in it, for old servers choke
 * on an empty last one. */
void hf_grease_write_extension(const struct hf_grease *grease, bool is_last, struct hf_writer *block);

#endif
