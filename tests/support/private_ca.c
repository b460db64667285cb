/* See private_ca.h. Aborts are fine here: a test without its certificates has nothing to say. */
#include "support/private_ca.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAY_S = 86400 };

static void stop_unless(enum hf_error error, const struct hf_failure *failure)
{
    char text[1024];
    if (error == HF_OK)
        return;
    (void)hf_failure_explain(failure, HF_PRIVATE_CA_NOW, text, sizeof(text));
    fprintf(stderr, "the test's CA: %s\n", text);
    abort();
}

struct hf_authority *hf_private_ca_new(const char *name, enum hf_authority_key key)
{
    struct hf_authority_settings settings = {
        .name = name,
        .key = key,
        .validity = {HF_PRIVATE_CA_NOW - (int64_t)365 * DAY_S, HF_PRIVATE_CA_NOW + (int64_t)9 * 365 * DAY_S}};
    struct hf_authority *authority = NULL;
    struct hf_failure failure;
    stop_unless(hf_authority_new(&settings, &authority, &failure), &failure);
    return authority;
}

struct hf_authority_issued hf_private_ca_issue_wish(const struct hf_authority *authority,
                                                    const struct hf_authority_wish *wish, int from_day, int to_day)
{
    struct hf_authority_wish whole = *wish;
    whole.validity.not_before_s = HF_PRIVATE_CA_NOW + (int64_t)from_day * DAY_S;
    whole.validity.not_after_s = HF_PRIVATE_CA_NOW + (int64_t)to_day * DAY_S;
    struct hf_authority_issued issued = {.chain_pem = NULL};
    struct hf_failure failure;
    stop_unless(hf_authority_issue(authority, &whole, &issued, &failure), &failure);
    return issued;
}

struct hf_authority_issued hf_private_ca_issue(const struct hf_authority *authority, enum hf_authority_role role,
                                               const char *name, int from_day, int to_day)
{
    struct hf_authority_wish wish = {.role = role, .name = name};
    return hf_private_ca_issue_wish(authority, &wish, from_day, to_day);
}
