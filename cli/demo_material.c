/* Made with the library's own authority, as `handfast cert` does, but nothing touches the disk.
 * The CA is a little older than its expired certificate: an issuer cannot sign for a time before its own. */
#include "demo_material.h"

#include <stddef.h>

enum {
    DAY_S = 86400,
    CA_AGE_DAYS = 60,
    CA_DAYS = 3650,
    LEAF_DAYS = 90,
    EXPIRED_SINCE_DAYS = 3,
    EXPIRED_LIFE_DAYS = 30
};

static bool make_authority(const char *name, int64_t now_s, struct hf_authority **ret_authority,
                           struct hf_failure *ret_failure)
{
    int64_t then_s = now_s - (int64_t)CA_AGE_DAYS * DAY_S;
    const struct hf_authority_settings settings = {
        .name = name, .key = HF_AUTHORITY_P256, .validity = hf_authority_validity_days(then_s, CA_AGE_DAYS + CA_DAYS)};
    return hf_authority_new(&settings, ret_authority, ret_failure) == HF_OK;
}

static const char *const loopback[] = {"127.0.0.1"};

static bool issue(const struct hf_authority *authority, enum hf_authority_role role, const char *name,
                  struct hf_authority_validity validity, struct hf_authority_issued *ret_issued,
                  struct hf_failure *ret_failure)
{
    const struct hf_authority_wish wish = {.role = role,
                                           .name = name,
                                           .names = role == HF_AUTHORITY_SERVER ? loopback : NULL,
                                           .names_count = role == HF_AUTHORITY_SERVER ? 1 : 0,
                                           .key = HF_AUTHORITY_P256,
                                           .validity = validity};
    return hf_authority_issue(authority, &wish, ret_issued, ret_failure) == HF_OK;
}

bool hf_demo_material_make(struct hf_demo_material *material, int64_t now_s, struct hf_failure *ret_failure)
{
    int64_t expired_s = now_s - (int64_t)EXPIRED_SINCE_DAYS * DAY_S;
    const struct hf_authority_validity fresh = hf_authority_validity_days(now_s, LEAF_DAYS);
    const struct hf_authority_validity over = {.not_before_s = expired_s - (int64_t)EXPIRED_LIFE_DAYS * DAY_S,
                                               .not_after_s = expired_s};
    *material = (struct hf_demo_material){.now_s = now_s};
    return make_authority(HF_DEMO_CA_NAME, now_s, &material->authority, ret_failure) &&
           make_authority(HF_DEMO_OTHER_CA, now_s, &material->other, ret_failure) &&
           issue(material->authority, HF_AUTHORITY_SERVER, HF_DEMO_SERVER_NAME, fresh, &material->server,
                 ret_failure) &&
           issue(material->authority, HF_AUTHORITY_CLIENT, "billing", fresh, &material->client, ret_failure) &&
           issue(material->authority, HF_AUTHORITY_CLIENT, "billing", over, &material->expired, ret_failure) &&
           issue(material->other, HF_AUTHORITY_CLIENT, "stranger", fresh, &material->stranger, ret_failure);
}

bool hf_demo_material_add_rsa(struct hf_demo_material *material, struct hf_failure *ret_failure)
{
    const struct hf_authority_wish wish = {.role = HF_AUTHORITY_SERVER,
                                           .name = HF_DEMO_SERVER_NAME,
                                           .names = loopback,
                                           .names_count = 1,
                                           .key = HF_AUTHORITY_RSA2048,
                                           .validity = hf_authority_validity_days(material->now_s, LEAF_DAYS)};
    return hf_authority_issue(material->authority, &wish, &material->rsa, ret_failure) == HF_OK;
}

void hf_demo_material_wipe(struct hf_demo_material *material)
{
    hf_authority_issued_wipe(&material->server);
    hf_authority_issued_wipe(&material->client);
    hf_authority_issued_wipe(&material->expired);
    hf_authority_issued_wipe(&material->stranger);
    hf_authority_issued_wipe(&material->rsa);
    hf_authority_free(material->authority);
    hf_authority_free(material->other);
    *material = (struct hf_demo_material){.now_s = 0};
}

const char *hf_demo_material_root(const struct hf_demo_material *material)
{
    return hf_authority_certificate_pem(material->authority, HF_AUTHORITY_ROOT);
}
