/* Lists of both sides as names, for explanations: who failed to agree wants to see what each end has. */
#ifndef HF_NEGOTIATE_NAMES_H
#define HF_NEGOTIATE_NAMES_H

#include "base/text.h"
#include "config/config.h"

/* Each adds names separated by ", ": "none" for an empty list; numbers for what the registry does not know; GREASE is
 * left out (RFC 8701). Peers' lists are uint16 each; only their first 64 are told. */
void hf_negotiate_names_suites(struct hf_text *text, struct hf_span list);
void hf_negotiate_names_groups(struct hf_text *text, struct hf_span list);
void hf_negotiate_names_schemes(struct hf_text *text, struct hf_span list);

/* Ours, as far as the generations (bits) allow them. */
void hf_negotiate_names_own_suites(struct hf_text *text, const struct hf_config *config, unsigned generations);
void hf_negotiate_names_own_groups(struct hf_text *text, const struct hf_config *config, unsigned generations);
void hf_negotiate_names_own_schemes(struct hf_text *text, const struct hf_config *config, unsigned generations);

/* ALPN names: hf_wire_protocol_name items. */
void hf_negotiate_names_protocols(struct hf_text *text, struct hf_span list);

#endif
