/* The inside of struct hf_inspection, shared by the files that implement handfast/inspect.h. */
#ifndef HF_API_INSPECT_PARTS_H
#define HF_API_INSPECT_PARTS_H

#include <handfast/inspect.h>

#include "crypto/toolbox.h"
#include "identity/chain_file.h"

enum { HF_INSPECT_CERTIFICATES_MAX = 256, HF_INSPECT_NAME_LEN = 320, HF_INSPECT_PURPOSES_MAX = 4 };

/* The texts that a struct hf_inspected points at. */
struct hf_inspect_texts {
    char subject[320];
    char issuer[320];
    char serial[64];
    char fingerprint[72];
    char key[40];
    char signature[64];
    const char *purposes[HF_INSPECT_PURPOSES_MAX];
    const char **names;
    char (*name_texts)[HF_INSPECT_NAME_LEN];
};

struct hf_inspection {
    const struct hf_allocator *allocator;
    struct hf_toolbox *toolbox;
    uint8_t *pem; /* a copy of the file */
    size_t pem_len;
    struct hf_chain_file file;
    struct hf_inspected *items; /* file.count of each */
    struct hf_inspect_texts *texts;
};

#endif
