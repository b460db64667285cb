#include "settings_trust.h"

#include "file.h"
#include "jwks.h"
#include "out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct hf_settings_trust, name)

enum { DOMAIN_ROOM = 256 };

const struct hf_option hf_settings_trust[] = {
    {.name = "ca-dir",
     .value = "FOLDER",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(folders),
     .help = "CAs to believe: every file of a folder (PEM or DER); may be\nrepeated"},
    {.name = "trust-domain",
     .value = "DOMAIN=FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(domains),
     .help =
         "CAs that prove the identities spiffe://DOMAIN/... and nothing\nelse; other CAs then prove no SPIFFE ID; PEM, "
         "or a\nSPIFFE bundle (JSON); may be repeated"},
    {.name = "trust-key",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(keys),
     .help = "public keys (PEM) whose owners need no certificate (RFC 7250)\nand no name; may be repeated"},
    {.name = "trust-system",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(system),
     .help = "believe what the system believes, too"},
    {.name = "allow-partial-chains",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(partial_chains),
     .help =
         "a CA that another CA issued, or a peer's own certificate, may\nbe given as trusted; its issuer's word does "
         "not count then"},
    {.name = "allow-sha1-chains",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(sha1_chains),
     .help = "certificates may be signed over SHA-1, which can be forged"},
    {.name = "rsa-min",
     .value = "BITS",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(rsa_bits_min),
     .max = 16384,
     .help = "the least size of RSA keys in chains; default 2048"},
    {.name = "max-intermediates",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(intermediates_max),
     .max = 14,
     .help = "CAs between a certificate and its trusted CA; default 8"},
};
const size_t hf_settings_trust_count = sizeof hf_settings_trust / sizeof hf_settings_trust[0];

bool hf_settings_trust_names_anchors(const struct hf_settings_trust *trust)
{
    return trust->folders.count > 0 || trust->domains.count > 0 || trust->keys.count > 0 || trust->system;
}

/* "example.org=bundle.pem": the domain is copied out, and what comes behind is the file. NULL: it has no such form. */
static const char *split(const char *text, char domain[DOMAIN_ROOM])
{
    const char *equals = strchr(text, '=');
    size_t len = equals == NULL ? 0 : (size_t)(equals - text);
    if (len == 0 || len >= DOMAIN_ROOM || equals[1] == '\0')
        return NULL;
    (void)snprintf(domain, DOMAIN_ROOM, "%.*s", (int)len, text);
    return equals + 1;
}

bool hf_settings_trust_check(const struct hf_settings_trust *trust, const char *command, int *ret_exit)
{
    char domain[DOMAIN_ROOM];
    for (size_t i = 0; i < trust->domains.count; i++)
        if (split(trust->domains.items[i], domain) == NULL) {
            *ret_exit = hf_out_usage(command,
                                     "--trust-domain wants DOMAIN=FILE, as in example.org=bundle.pem, and not "
                                     "\"%s\"",
                                     trust->domains.items[i]);
            return false;
        }
    return true;
}

/* A bundle as SPIFFE publishes it, or CAs as PEM or DER. */
static bool give_domain(struct hf_builder *builder, const char *domain, const char *path,
                        struct hf_failure *ret_failure)
{
    struct hf_file file;
    if (!hf_file_read(path, &file, ret_failure))
        return false;
    bool is_bundle = hf_jwks_is_one(&file);
    char *pem = is_bundle ? hf_jwks_pem(&file, path, ret_failure) : NULL;
    if (pem != NULL)
        hf_builder_trust_domain_pem(builder, domain, pem, strlen(pem));
    if (!is_bundle)
        hf_builder_trust_domain_file(builder, domain, path);
    hf_file_wipe(&file);
    bool fine = !is_bundle || pem != NULL;
    free(pem);
    return fine;
}

bool hf_settings_trust_give(struct hf_builder *builder, const struct hf_settings_trust *trust,
                            const struct hf_option_list *files, struct hf_failure *ret_failure)
{
    char domain[DOMAIN_ROOM];
    if (trust->partial_chains)
        hf_builder_allow_partial_chains(builder);
    if (trust->sha1_chains)
        hf_builder_allow_sha1_chains(builder);
    if (trust->rsa_bits_min != 0)
        hf_builder_rsa_bits_min(builder, (unsigned)trust->rsa_bits_min);
    hf_builder_max_intermediates(builder, trust->intermediates_max);
    for (size_t i = 0; i < files->count; i++)
        hf_builder_trust_file(builder, files->items[i]);
    for (size_t i = 0; i < trust->folders.count; i++)
        hf_builder_trust_folder(builder, trust->folders.items[i]);
    for (size_t i = 0; i < trust->domains.count; i++) {
        const char *file = split(trust->domains.items[i], domain);
        if (file != NULL && !give_domain(builder, domain, file, ret_failure))
            return false;
    }
    for (size_t i = 0; i < trust->keys.count; i++)
        hf_builder_trust_key_file(builder, trust->keys.items[i]);
    if (trust->system)
        hf_builder_trust_system(builder);
    return true;
}
