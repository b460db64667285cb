/* What practice has retired, asked for by name: --historic. */
#ifndef HF_CLI_HISTORIC_H
#define HF_CLI_HISTORIC_H

#include <stdbool.h>
#include <stddef.h>

#include <handfast/config.h>

/* Whether the list ("rsa-key-exchange,cbc") names switches only. false: said on stderr, exit status in *ret_exit. */
bool hf_historic_check(const char *list, const char *command, int *ret_exit);

/* Turns on the switches of a list that was checked. */
void hf_historic_give(struct hf_builder *builder, const char *list);

/* The names, separated by ", ": for --help. */
#define HF_HISTORIC_NAMES                                                                                              \
    "rsa-key-exchange, dhe, plain-psk, cbc, 3des, mac-then-encrypt,\nnull-encryption, compression, sha1-signatures, "  \
    "pkcs1-clients,\n"                                                                                                 \
    "psk-without-key-exchange, renegotiation-ask (serve),\nrenegotiation-follow (connect)"

/* How many switches there are; and the name of the one at this index, when it is among `all` (bits of enum
 * hf_historic), else NULL. */
size_t hf_historic_count(void);
const char *hf_historic_name(unsigned all, size_t index);

#endif
