/* What several of `handfast cert`'s subcommands read from their flags. */
#include "cert_flags.h"

#include <stdint.h>

#include "out.h"

bool hf_cert_flags_parse(const struct hf_option_page *page, int argc, char **argv, struct hf_option_list *ret_words,
                         int *ret_exit)
{
    struct hf_cert_flags *flags = page->groups[0].into;
    flags->days = SIZE_MAX; /* which no flag can give */
    if (!hf_options_parse(page, argc, argv, ret_words, ret_exit))
        return false;
    if (flags->days == 0) {
        *ret_exit = hf_out_usage(page->command, "--days takes 1 to %d", HF_CERT_DAYS_MAX);
        return false;
    }
    flags->days = flags->days == SIZE_MAX ? 0 : flags->days;
    return true;
}

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
