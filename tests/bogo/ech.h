/* Encrypted Client Hello: flags to a config, and what they expect. */
#ifndef HF_BOGO_ECH_H
#define HF_BOGO_ECH_H

#include <handfast/ech.h>

#include "flags.h"

void bogo_ech_set(struct hf_builder *builder, const struct bogo_flags *flags);

/* Whether the certificates of such a case are for the names that it says; those of others are not. */
bool bogo_ech_names_fit(const struct bogo_flags *flags);

/* When the handshake is over: which hello both work with. */
bool bogo_ech_check_opened(const struct hf_connection *connection, const struct bogo_flags *flags);

/* At the verdict: whose certificate it is to be. */
bool bogo_ech_check_name(const struct hf_connection *connection, const struct bogo_flags *flags);

/* Behind a failure: what the server would rather see used. */
bool bogo_ech_check_failed(const struct hf_connection *connection, const struct bogo_flags *flags);

#endif
