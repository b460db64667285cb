/* Anchors, and what is demanded of chains that end at them: <handfast/config.h>. */
#include "api/builder.h"
#include "base/text.h"
#include "trust/folder.h"
#include "trust/system_store.h"

enum { RSA_BITS_LEAST = 1024, RSA_BITS_MOST = 16384, INTERMEDIATES_MAX = HF_TRUST_DEPTH_MAX - 2 };

static void refuse_trust(struct hf_builder *builder, enum hf_error error, const char *path,
                         const struct hf_trust_added *added)
{
    hf_builder_refuse(builder, error, path, "certificates of CAs, as PEM", added->flaw);
    if (added->line == 0)
        return;
    struct hf_text got = hf_text_of(builder->failure.got, sizeof builder->failure.got);
    hf_text_add(&got, "line %u: %s", added->line, added->flaw == NULL ? "" : added->flaw);
}

void hf_builder_trust_file(struct hf_builder *builder, const char *path)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_trust_added added = {0};
    enum hf_error error = hf_system_store_add_file(builder->config->trust, path, &added);
    if (error != HF_OK)
        refuse_trust(builder, error, path, &added);
}

void hf_builder_trust_pem(struct hf_builder *builder, const char *pem, size_t pem_len)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_trust_added added = {0};
    enum hf_error error =
        hf_trust_add_pem(builder->config->trust, hf_span_of(pem, pem_len), /* lenient= */ false, &added);
    if (error != HF_OK)
        refuse_trust(builder, error, "hf_builder_trust_pem", &added);
}

void hf_builder_trust_system(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->trusts_system = true;
}

void hf_builder_trust_folder(struct hf_builder *builder, const char *path)
{
    char concerned[HF_FOLDER_PATH_MAX];
    struct hf_trust_added added = {0};
    if (!hf_builder_is_fine(builder))
        return;
    enum hf_error error = hf_folder_add(builder->config->trust, path, concerned, &added);
    if (error != HF_OK)
        refuse_trust(builder, error, concerned, &added);
}

/* ---- anchors of trust domains ---- */

/* Anchors that come now are the domain's, until end_domain. */
static bool begin_domain(struct hf_builder *builder, const char *domain)
{
    if (!hf_builder_is_fine(builder))
        return false;
    struct hf_span name = hf_span_of_text(domain);
    enum hf_error error = hf_trust_set_domain(builder->config->trust, name);
    if (error == HF_OK && name.len == 0)
        error = HF_ERR_setting_invalid;
    if (error != HF_OK)
        hf_builder_refuse(builder, error, "the trust domain of a CA", "a name of a-z 0-9 . - _, as in spiffe://NAME/",
                          domain);
    return error == HF_OK;
}

static void end_domain(struct hf_builder *builder)
{
    if (hf_trust_set_domain(builder->config->trust, hf_span_of(NULL, 0)) != HF_OK)
        hf_builder_refuse(builder, HF_ERR_internal, "the trust domain of a CA", NULL, NULL);
}

void hf_builder_trust_domain_file(struct hf_builder *builder, const char *domain, const char *path)
{
    if (!begin_domain(builder, domain))
        return;
    hf_builder_trust_file(builder, path);
    end_domain(builder);
}

void hf_builder_trust_domain_pem(struct hf_builder *builder, const char *domain, const char *pem, size_t pem_len)
{
    if (!begin_domain(builder, domain))
        return;
    hf_builder_trust_pem(builder, pem, pem_len);
    end_domain(builder);
}

/* ---- what is demanded of chains ---- */

void hf_builder_allow_partial_chains(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        hf_trust_demand_roots(builder->config->trust, false);
}

void hf_builder_allow_sha1_chains(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->trust_policy.allow_sha1 = true;
}

void hf_builder_rsa_bits_min(struct hf_builder *builder, unsigned bits)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (bits < RSA_BITS_LEAST || bits > RSA_BITS_MOST)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_rsa_bits_min", "1024 to 16384", NULL);
    else
        builder->config->trust_policy.rsa_bits_min = bits;
}

void hf_builder_max_intermediates(struct hf_builder *builder, size_t count)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (count > INTERMEDIATES_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_max_intermediates", "0 to 14", NULL);
    else
        builder->config->trust_policy.depth_max = count;
}

void hf_builder_allow_loose_profile(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->trust_policy.allow_loose_profile = true;
}
