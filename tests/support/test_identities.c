/* Identities for tests: PEM in, as users give it. */
#include "support/test_identities.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/toolbox.h"

static struct hf_toolbox *toolbox;

static void free_toolbox(void)
{
    hf_toolbox_free(toolbox);
}

static void need_toolbox(void)
{
    if (toolbox != NULL)
        return;
    if (hf_toolbox_new(&hf_allocation_standard, &toolbox) != HF_OK)
        abort();
    atexit(free_toolbox);
}

struct hf_identity *test_identity(enum make_certificate_key key, const char *dns_name)
{
    char sans[128];
    snprintf(sans, sizeof sans, "DNS:%s", dns_name != NULL ? dns_name : "");
    struct make_certificate *certificate = make_certificate(&(struct make_certificate_of){
        .subject = "CN=test", .key = key, .sans = dns_name != NULL ? sans : NULL, .ekus = "serverAuth,clientAuth"});
    char *chain = make_certificate_pem(certificate);
    char *private_key = make_certificate_key_pem(certificate);
    struct hf_identity *identity = NULL;
    struct hf_failure failure;
    const struct hf_identity_files files = {.chain = hf_span_of_text(chain), .key = hf_span_of_text(private_key)};
    need_toolbox();
    if (hf_identity_new_pem(toolbox, &hf_allocation_standard, &files, &identity, &failure) != HF_OK)
        abort();
    free(chain);
    free(private_key);
    make_certificate_free(certificate);
    return identity;
}

void test_identity_free(struct hf_identity *identity)
{
    hf_identity_free(identity);
}
