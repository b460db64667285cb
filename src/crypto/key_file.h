/* Private keys out of PEM, for private_key.c only. No terminal is ever asked for a pass phrase. */
#ifndef HF_CRYPTO_KEY_FILE_H
#define HF_CRYPTO_KEY_FILE_H

#include "base/must.h"
#include "base/span.h"
#include "error/error.h"

#include <openssl/evp.h>

/* The first private key of the text; errors as hf_private_key_read_pem says. The caller frees the key. */
HF_MUST enum hf_error hf_key_file_read(struct hf_span pem, struct hf_span pass, EVP_PKEY **ret_key);

#endif
