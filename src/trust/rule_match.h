/* A compiled rule of admission held against a peer. */
#ifndef HF_TRUST_RULE_MATCH_H
#define HF_TRUST_RULE_MATCH_H

#include <handfast/peer.h>

#include "trust/rule.h"

/* Whether the peer fits the rule. */
bool hf_rule_match_peer(const struct hf_rule_node *node, const struct hf_peer *peer);

/* Whether a pattern fits a name: a star stands for any run of bytes without the separator (0: for any run), two stars
 * for any run at all. `folded`: ASCII letters without regard to case. */
bool hf_rule_match_pattern(struct hf_span pattern, struct hf_span name, uint8_t separator, bool folded);

#endif
