/* The certificates of a PEM file: decoded, read, and, when that fails, explained (table of failures, H23 and H24). */
#ifndef HF_IDENTITY_CHAIN_FILE_H
#define HF_IDENTITY_CHAIN_FILE_H

#include "base/allocation.h"
#include "certificate/certificate.h"
#include "error/error.h"

/* One certificate after another, in the order of the file. */
struct hf_chain_file {
    uint8_t *memory; /* what the spans point into */
    struct hf_span *spans;
    struct hf_certificate *parsed;
    size_t count;
};

/* Reads at most `max` certificates; one more is a failure. A file without any is one, too.
 * Give back with hf_chain_file_release. */
HF_MUST enum hf_error hf_chain_file_read(const struct hf_allocator *allocator, struct hf_span pem, size_t max,
                                         struct hf_chain_file *ret_file, struct hf_failure *ret_failure);
void hf_chain_file_release(const struct hf_allocator *allocator, struct hf_chain_file *file);

/* Fills a failure of local files: error, by, alert, depth; texts empty. Returns the error. */
enum hf_error hf_chain_file_fail(struct hf_failure *ret_failure, enum hf_error error);

/* The same, about a file that holds something else than `wanted`: says what it holds and how to mend it. */
enum hf_error hf_chain_file_sniff(struct hf_failure *ret_failure, struct hf_span file, const char *wanted);

/* Puts subject and serial of a certificate into a failure. */
void hf_chain_file_name(struct hf_failure *failure, const struct hf_certificate *certificate);

#endif
