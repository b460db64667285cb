/* GeneralNames (RFC 5280 4.2.1.6): the subject alternative names, and the bases of name constraints, one at a time. */
#ifndef HF_CERTIFICATE_GENERAL_NAME_H
#define HF_CERTIFICATE_GENERAL_NAME_H

#include "base/text.h"
#include "certificate/der.h"

/* Numbers are the CHOICE's tags. */
enum hf_general_name_kind {
    HF_GENERAL_NAME_OTHER = 0,
    HF_GENERAL_NAME_EMAIL = 1,
    HF_GENERAL_NAME_DNS = 2,
    HF_GENERAL_NAME_X400 = 3,
    HF_GENERAL_NAME_DIRECTORY = 4,
    HF_GENERAL_NAME_EDI = 5,
    HF_GENERAL_NAME_URI = 6,
    HF_GENERAL_NAME_IP = 7,
    HF_GENERAL_NAME_REGISTERED_ID = 8
};

struct hf_general_name {
    enum hf_general_name_kind kind;
    struct hf_span value; /* text of e-mail, DNS, URI; 4 or 16 bytes of IP (8 or 32 in a constraint); whole Name */
};

/* Iterates over the content of GeneralNames that hf_certificate_read has accepted. */
struct hf_general_names {
    struct hf_der der;
};
struct hf_general_names hf_general_name_each(struct hf_span names);
bool hf_general_name_next(struct hf_general_names *names, struct hf_general_name *ret_name);

/* Iterates over the content of GeneralSubtrees likewise: their bases. */
bool hf_general_name_next_subtree(struct hf_general_names *names, struct hf_general_name *ret_base);

/* Whether the content of GeneralNames (of GeneralSubtrees) is well-formed, every name of it, and not empty.
 * DNS, e-mail and URI are printable ASCII; an embedded NUL is the old attack. */
HF_MUST bool hf_general_name_check_all(struct hf_span names);
HF_MUST bool hf_general_name_check_subtrees(struct hf_span subtrees);

/* Adds "DNS:api.lan", "IP:10.0.0.5", "URI:spiffe://...", ...; or the whole list, separated by ", ". Safe to print. */
void hf_general_name_print(const struct hf_general_name *name, struct hf_text *text);
void hf_general_name_print_all(struct hf_span names, struct hf_text *text);

/* Adds 4 bytes as 10.0.0.5 and 16 as IPv6 after RFC 5952; other lengths in hexadecimal. */
void hf_general_name_print_address(struct hf_span address, struct hf_text *text);

#endif
