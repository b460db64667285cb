#include "trust/raw_keys.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "trust/checks.h"

enum { DIGEST_LEN = 32, KEYS_MAX = 4096 };

struct hf_raw_keys {
    size_t count;
    uint8_t digests[];
};

enum hf_error hf_raw_keys_add(struct hf_raw_keys **keys, const struct hf_allocator *allocator,
                              const uint8_t digest[DIGEST_LEN])
{
    size_t count = *keys == NULL ? 0 : (*keys)->count;
    if (count == KEYS_MAX)
        return HF_ERR_setting_invalid;
    struct hf_raw_keys *longer = hf_allocation_new(allocator, sizeof *longer + (count + 1) * DIGEST_LEN);
    if (longer == NULL)
        return HF_ERR_no_memory;
    longer->count = count + 1;
    if (!hf_span_copy(hf_raw_keys_span(*keys), longer->digests, count * DIGEST_LEN) ||
        !hf_span_copy(hf_span_of(digest, DIGEST_LEN), longer->digests + count * DIGEST_LEN, DIGEST_LEN)) {
        hf_allocation_free(allocator, longer);
        return HF_ERR_internal;
    }
    hf_raw_keys_free(*keys, allocator);
    *keys = longer;
    return HF_OK;
}

void hf_raw_keys_free(struct hf_raw_keys *keys, const struct hf_allocator *allocator)
{
    hf_allocation_free(allocator, keys);
}

struct hf_span hf_raw_keys_span(const struct hf_raw_keys *keys)
{
    return keys == NULL ? hf_span_of(NULL, 0) : hf_span_of(keys->digests, keys->count * DIGEST_LEN);
}

enum hf_error hf_raw_keys_read(struct hf_span der, struct hf_spki *ret_key)
{
    return hf_algorithm_read_spki(der, ret_key) ? HF_OK : HF_ERR_decode_error;
}

static enum hf_error fail(enum hf_error error, const struct hf_spki *key, const char *wanted,
                          struct hf_failure *failure)
{
    struct hf_text text = hf_text_of(failure->got, sizeof failure->got);
    hf_checks_print_key(key, &text);
    text = hf_text_of(failure->wanted, sizeof failure->wanted);
    hf_text_add(&text, "%s", wanted);
    return error;
}

static bool is_known(struct hf_span digests, struct hf_span digest)
{
    for (size_t at = 0; at < digests.len; at += DIGEST_LEN)
        if (hf_span_equal(hf_span_part(digests, at, DIGEST_LEN), digest))
            return true;
    return false;
}

static enum hf_error refuse_unknown(struct hf_span digest, bool any_known, struct hf_failure *failure)
{
    struct hf_text text = hf_text_of(failure->got, sizeof failure->got);
    hf_text_add(&text, "the key with SHA-256 ");
    hf_text_add_hex(&text, digest);
    text = hf_text_of(failure->wanted, sizeof failure->wanted);
    hf_text_add(&text, "%s",
                any_known ? "a key that was given (hf_builder_trust_key)" : "a key that is known; none is");
    return HF_ERR_raw_key_unknown;
}

enum hf_error hf_raw_keys_judge(const struct hf_raw_keys *keys, const struct hf_toolbox *toolbox, bool any,
                                const struct hf_spki *key, struct hf_failure *ret_failure)
{
    struct hf_digest digest;
    const struct hf_span known = hf_raw_keys_span(keys);
    if (key->kind == HF_SPKI_UNKNOWN)
        return fail(HF_ERR_unsupported_key, key, "a kind of key that is done here", ret_failure);
    if (!hf_checks_key_is_strong(key, &hf_trust_policy_default))
        return fail(HF_ERR_weak_key, key, "a stronger one", ret_failure);
    HF_TRY(hf_hash_once(toolbox, HF_HASH_SHA256, &key->raw, 1, &digest));
    if (any || is_known(known, hf_digest_span(&digest)))
        return HF_OK;
    return refuse_unknown(hf_digest_span(&digest), known.len > 0, ret_failure);
}
