/* Keys and configurations of Encrypted Client Hello for tests: made once a program, each for public.lab or server.lab.
 */
#ifndef HF_TESTS_ECH_LAB_H
#define HF_TESTS_ECH_LAB_H

#include <handfast/ech.h>

#include "base/span.h"

enum ech_lab_key {
    ECH_LAB_PUBLIC,  /* config_id 1, for server.lab, which the lab's server has a certificate for */
    ECH_LAB_SAME_ID, /* config_id 1, for server.lab */
    ECH_LAB_OTHER,   /* config_id 2, for server.lab */
    ECH_LAB_NOBODY,  /* config_id 3, for public.lab, which nobody has a certificate for */
    ECH_LAB_KEYS
};

/* As PEM (RFC 9934), and its ECHConfigList. Live until the program ends. */
const char *ech_lab_pem(enum ech_lab_key key);
struct hf_span ech_lab_list(enum ech_lab_key key);

#endif
