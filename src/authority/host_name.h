/* Names as a person types them, put into GeneralNames (RFC 5280 4.2.1.6) and GeneralSubtrees (4.2.1.10). */
#ifndef HF_AUTHORITY_HOST_NAME_H
#define HF_AUTHORITY_HOST_NAME_H

#include "base/writer.h"

/* Whether it is fit for a server's certificate: an IPv4 or IPv6 literal, or a DNS name in ASCII, a wildcard allowed as
 * its whole first label. */
bool hf_host_name_is_valid(const char *text);

/* Whether it is an IP literal. */
bool hf_host_name_is_address(const char *text);

/* Writes it as one GeneralName: dNSName or iPAddress. Spoils the writer when it is not valid. */
void hf_host_name_write(struct hf_writer *writer, const char *text);

/* Writes it as one base of a name constraint: a DNS domain (a leading dot or wildcard is left out: the domain covers
 * all below it), or an IP address or range ("10.0.0.0/8", "fd00::/8"). Spoils the writer when it is neither. */
void hf_host_name_write_subtree(struct hf_writer *writer, const char *text);

/* The kind of a constraint's text, for the other kind must then be excluded: an address or a range. */
bool hf_host_name_is_range(const char *text);

/* Whether it can be a CA's name, and a path segment of a SPIFFE ID: letters, digits, '.', '-', '_', not "." or "..";
 * `lower_case` forbids capitals (SPIFFE-ID 2.1: trust domains). At most `max` characters. */
bool hf_host_name_is_label(const char *text, bool lower_case, size_t max);

#endif
