/* The rows of extension/extensions.def with their verbs, for the two loops that walk them: write.c and read.c. */
#ifndef HF_EXTENSION_TABLE_H
#define HF_EXTENSION_TABLE_H

#include "extension/verbs.h"

struct hf_extension_entry {
    bool free; /* an answer of it may come unasked */
    hf_extension_offer *offer;
    hf_extension_take *take;
    hf_extension_reply *reply;
    hf_extension_check *check;
};

/* Never NULL for a row below HF_EXTENSION_ROWS. Static. */
const struct hf_extension_entry *hf_extension_table_at(enum hf_extension_row row);

#endif
