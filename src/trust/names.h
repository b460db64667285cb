/* Does a certificate's subject alternative name match the name or address wanted (RFC 9525 6)?
 * The common name is never looked at. */
#ifndef HF_TRUST_NAMES_H
#define HF_TRUST_NAMES_H

#include "certificate/certificate.h"

/* Whether `presented` (a dNSName) matches `wanted`: ASCII letters without regard to case; a trailing dot of `wanted`
 * does not count; "*" only as the whole left-most label, for exactly one label, above at least two labels that are not
 * wildcards. */
bool hf_names_match_dns(struct hf_span presented, struct hf_span wanted);

/* Whether it has the form of a host's DNS name in ASCII (A-labels included; "_" is tolerated within labels). */
bool hf_names_is_dns(struct hf_span name);

/* Reads an IPv4 dotted quad or an IPv6 literal (with or without brackets) into 4 or 16 bytes. */
HF_MUST bool hf_names_read_address(const char *text, uint8_t ret_address[16], size_t *ret_len);

/* HF_OK, HF_ERR_name_mismatch, HF_ERR_address_mismatch or HF_ERR_no_subject_alt_name. */
HF_MUST enum hf_error hf_names_check_dns(const struct hf_certificate *leaf, struct hf_span wanted);
HF_MUST enum hf_error hf_names_check_address(const struct hf_certificate *leaf, struct hf_span address);

/* `text` is an IP literal or a DNS name: the check that fits. */
HF_MUST enum hf_error hf_names_check(const struct hf_certificate *leaf, const char *text);

#endif
