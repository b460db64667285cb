/* Built without p11-kit: there are no tokens, and whoever opens one is told. */
#include <handfast/token.h>

#include <stdio.h>
#include <string.h>

bool hf_token_is_uri(const char *text)
{
    return strncmp(text, "pkcs11:", 7) == 0;
}

struct hf_token_key *hf_token_key_open(const char *uri, const void *pin, size_t pin_len, struct hf_failure *ret_failure)
{
    (void)uri, (void)pin, (void)pin_len;
    *ret_failure = (struct hf_failure){
        .error = HF_ERR_unsupported_here, .by = HF_BY_SETTINGS, .alert = HF_ALERT_none, .depth = -1};
    snprintf(ret_failure->where, sizeof ret_failure->where, "the PKCS#11 URI");
    snprintf(ret_failure->got, sizeof ret_failure->got, "a build without p11-kit");
    snprintf(ret_failure->hint, sizeof ret_failure->hint, "build with libp11-kit-dev installed (-DHF_TOKENS=ON)");
    return NULL;
}

void hf_token_key_free(struct hf_token_key *key)
{
    (void)key;
}

/* No key was ever opened. */
void hf_builder_identity_token(struct hf_builder *builder, const char *chain, size_t chain_len,
                               struct hf_token_key *key)
{
    (void)builder, (void)chain, (void)chain_len, (void)key;
}

bool hf_token_key_sign(struct hf_token_key *key, const struct hf_signature_wanted *wanted,
                       struct hf_signature_made *ret_made)
{
    (void)key, (void)wanted;
    ret_made->len = 0;
    return false;
}
