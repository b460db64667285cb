#include "identities.h"

#include <handfast/delegation.h>
#include <handfast/token.h>

#include "file.h"

static bool give_token(struct hf_builder *builder, const char *chain_path, const char *uri,
                       const struct hf_pass_phrase *phrase, struct hf_failure *ret_failure)
{
    struct hf_file chain;
    if (!hf_file_read(chain_path, &chain, ret_failure))
        return false;
    struct hf_token_key *key = hf_token_key_open(uri, phrase->len > 0 ? phrase->text : NULL, phrase->len, ret_failure);
    if (key != NULL)
        hf_builder_identity_token(builder, chain.bytes, chain.len, key);
    hf_file_wipe(&chain);
    return key != NULL;
}

bool hf_identities_give(struct hf_builder *builder, const struct hf_settings *settings,
                        const struct hf_pass_phrase *phrase, struct hf_failure *ret_failure)
{
    if (phrase->len > 0)
        hf_builder_pass_phrase(builder, phrase->text, phrase->len);
    for (size_t i = 0; i < settings->certs.count; i++) {
        const char *chain = settings->certs.items[i];
        const char *key = settings->keys.count > 0 ? settings->keys.items[i] : chain;
        const char *delegated = i < settings->delegated.count ? settings->delegated.items[i] : NULL;
        if (delegated != NULL)
            hf_builder_identity_delegated_files(builder, chain, delegated, delegated);
        if (delegated != NULL && settings->keys.count == 0)
            continue; /* the certificate's key is elsewhere */
        if (!hf_token_is_uri(key))
            hf_builder_identity_files(builder, chain, key);
        else if (!give_token(builder, chain, key, phrase, ret_failure))
            return false;
        if (i < settings->staples.count)
            hf_builder_identity_ocsp_file(builder, /* depth= */ 0, settings->staples.items[i]);
    }
    for (size_t i = 0; i < settings->raw_keys.count; i++)
        hf_builder_identity_raw_file(builder, settings->raw_keys.items[i]);
    return true;
}
