/* Known answers as pages: [section], then "name = hexadecimal" lines; # begins a comment. Files: tests/vectors/. */
#ifndef HF_TESTS_VECTOR_PAGE_H
#define HF_TESTS_VECTOR_PAGE_H

#include "base/span.h"

struct hf_vector_page {
    char *text;
};

/* Reads tests/vectors/<name>; aborts when it is not there. Free with hf_vector_page_free. */
struct hf_vector_page hf_vector_page_open(const char *name);
void hf_vector_page_free(struct hf_vector_page *page);

/* The bytes of a value, or data == NULL when the section or the name is not there. The caller frees data with free. */
struct hf_span hf_vector_page_get(const struct hf_vector_page *page, const char *section, const char *name);

#endif
