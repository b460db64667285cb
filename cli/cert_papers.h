/* `handfast cert check --crl --ocsp`: the files that these flags name, read whole. */
#ifndef HF_CLI_CERT_PAPERS_H
#define HF_CLI_CERT_PAPERS_H

#include <handfast/inspect.h>

#include "cert_flags.h"
#include "file.h"

struct hf_cert_papers {
    struct hf_file files[HF_OPTION_LIST_MAX];
    struct hf_inspect_paper items[HF_OPTION_LIST_MAX];
    size_t count;
};

/* Reads them; false: said on stderr, *ret_exit set. Free in either case. */
bool hf_cert_papers_read(const struct hf_option_list *paths, struct hf_cert_papers *papers, int *ret_exit);
void hf_cert_papers_free(struct hf_cert_papers *papers);

#endif
