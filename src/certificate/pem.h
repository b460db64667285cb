/* PEM, the textual encoding of RFC 7468: finds the blocks of a text, wherever they stand, and decodes them strictly.
 * Text between blocks is skipped, Windows line ends and lines of any length are fine, several blocks are usual. */
#ifndef HF_CERTIFICATE_PEM_H
#define HF_CERTIFICATE_PEM_H

#include "base/buffer.h"
#include "error/error.h"

/* Walks over a text's blocks. */
struct hf_pem {
    struct hf_span left;
    unsigned line;    /* of the next line, from 1; upon HF_PEM_FLAWED the line of the flaw */
    const char *flaw; /* static: "a block has no END line", ... */
};

struct hf_pem_block {
    struct hf_span label;   /* "CERTIFICATE", "PRIVATE KEY", ... */
    struct hf_span headers; /* the lines before the base64 that hold "Name: value" (RFC 1421); empty as a rule */
    struct hf_span body;    /* base64, with its line ends */
    unsigned line;          /* of its BEGIN line */
    unsigned body_line;
};

enum hf_pem_found {
    HF_PEM_NONE, /* no further block */
    HF_PEM_BLOCK,
    HF_PEM_FLAWED /* see pem->line and pem->flaw */
};

struct hf_pem hf_pem_of(struct hf_span text);

/* The next block, of whatever label. */
enum hf_pem_found hf_pem_next(struct hf_pem *pem, struct hf_pem_block *ret_block);

/* Whether the block has this label; whether it is encrypted in the old way (Proc-Type: 4,ENCRYPTED) or is an
 * ENCRYPTED PRIVATE KEY. */
bool hf_pem_has_label(const struct hf_pem_block *block, const char *label);
bool hf_pem_is_encrypted(const struct hf_pem_block *block);

/* Appends the block's bytes to `into`. HF_ERR_file_malformed, with *ret_line the line at fault, when the base64 is not
 * strict; HF_ERR_no_memory when `into` cannot take them. Nothing is appended then. ret_line may be NULL. */
HF_MUST enum hf_error hf_pem_decode(const struct hf_pem_block *block, struct hf_buffer *into, unsigned *ret_line);

/* Appends a block with this label: lines of 64 characters, "\n". HF_ERR_no_memory when `into` cannot take it. */
HF_MUST enum hf_error hf_pem_write(const char *label, struct hf_span der, struct hf_buffer *into);

#endif
