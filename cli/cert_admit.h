/* `handfast cert check --admit`: rules of admission gathered from flags and files. */
#ifndef HF_CLI_CERT_ADMIT_H
#define HF_CLI_CERT_ADMIT_H

#include <stdbool.h>

#include <handfast/inspect.h>

#include "cert_flags.h"

/* Rules as one text; NULL when none were given. Free it with hf_cert_admit_free. */
struct hf_cert_admit {
    char *text;
    struct hf_inspect_admission rules;
};

/* Puts the rules of --admit, and of the files that @FILE names, behind one another. False: said on stderr, *ret_exit
 * set. */
bool hf_cert_admit_read(const struct hf_cert_flags *flags, struct hf_cert_admit *ret_admit, int *ret_exit);
void hf_cert_admit_free(struct hf_cert_admit *admit);

#endif
