/* Encrypted Client Hello: its flags, and what is told of it. */
#ifndef HF_CLI_ECH_H
#define HF_CLI_ECH_H

#include <stdbool.h>
#include <stdio.h>

#include <handfast/ech.h>

#include "settings.h"

extern const struct hf_option hf_ech_client_options[];
extern const size_t hf_ech_client_option_count;
extern const struct hf_option hf_ech_server_options[];
extern const size_t hf_ech_server_option_count;

/* Hands the flags of this role over. false, and *ret_failure, when a file cannot be read. */
bool hf_ech_give(struct hf_builder *builder, const struct hf_settings_ech *ech, enum hf_role role,
                 struct hf_failure *ret_failure);

/* "accepted, public name server.example"; "" where there is nothing to tell. Returns `into`. */
const char *hf_ech_tell(const struct hf_connection *connection, char *into, size_t room);

/* After the failure of a client: the configurations to try once more with, if that is it. */
void hf_ech_tell_retry(FILE *to, const struct hf_connection *connection);

/* Whether the connection failed so that --ech-retry tries once more; then the settings are for that. */
bool hf_ech_keep_retry(const struct hf_connection *connection, struct hf_settings_ech *ech);

#endif
