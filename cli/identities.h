/* Who we are, from --cert, --key and --passfile to the builder: files of keys, and keys that stay in a token. */
#ifndef HF_CLI_IDENTITIES_H
#define HF_CLI_IDENTITIES_H

#include "pass_phrase.h"
#include "settings.h"

/* Gives the builder all identities. What is wrong with files of keys the builder tells when it is finished; of a token,
 * or of the chain beside it, *ret_failure does: then false. The phrase opens encrypted keys and is a token's PIN. */
bool hf_identities_give(struct hf_builder *builder, const struct hf_settings *settings,
                        const struct hf_pass_phrase *phrase, struct hf_failure *ret_failure);

#endif
