/* What several of `handfast cert`'s subcommands read from their flags. */
#include "cert_flags.h"

#include "out.h"

enum hf_authority_key hf_cert_flags_key(const struct hf_cert_flags *flags)
{
    enum hf_authority_key key = HF_AUTHORITY_P256;
    if (flags->key_type != NULL)
        (void)hf_authority_key_by_name(flags->key_type, &key); /* the flag's choices are these names */
    return key;
}

bool hf_cert_flags_pass(const char *path, struct hf_pass_phrase *phrase, const char **ret_pass, int *ret_exit)
{
    *ret_pass = NULL;
    if (path == NULL)
        return true;
    struct hf_failure failure;
    if (!hf_pass_phrase_read(path, phrase, &failure)) {
        *ret_exit = hf_out_failure(NULL, &failure);
        return false;
    }
    *ret_pass = phrase->text;
    return true;
}
