#include "trust/verified.h"

#include "trust/key.h"

/* The time in which all of the path is valid, and what is known of its revocation still holds. An anchor's dates count
 * too: hf_checks_path looks at them. */
static enum hf_error take_dates(struct hf_verified *verified, const struct hf_verdict *verdict)
{
    verified->begins_s = INT64_MIN;
    verified->ends_s = verdict->revocation.until_s;
    for (size_t i = 0; i < verdict->chain_count; i++) {
        struct hf_certificate certificate;
        HF_TRY(hf_certificate_read(verdict->chain[i], &certificate, /* ret_flaw= */ NULL));
        if (certificate.not_before_s > verified->begins_s)
            verified->begins_s = certificate.not_before_s;
        if (certificate.not_after_s < verified->ends_s)
            verified->ends_s = certificate.not_after_s;
    }
    return HF_OK;
}

static enum hf_error fill(struct hf_verified *verified, const struct hf_trust_question *question,
                          const struct hf_verdict *verdict)
{
    struct hf_span leaf = {0};
    HF_TRY(hf_peer_new(verified->allocator, question->toolbox, verdict->chain, verdict->chain_count, &verified->peer));
    leaf.data = hf_peer_chain(verified->peer, 0, &leaf.len);
    hf_peer_set_revocation(verified->peer, &verdict->revocation);
    HF_TRY(hf_certificate_read(leaf, &verified->leaf, /* ret_flaw= */ NULL));
    HF_TRY(hf_key_of_certificate(question->toolbox, verified->allocator, &verified->leaf, &verified->key));
    return take_dates(verified, verdict);
}

static struct hf_verified *new_empty(const struct hf_allocator *allocator)
{
    struct hf_verified *verified = hf_allocation_new(allocator, sizeof *verified);
    if (verified == NULL)
        return NULL;
    verified->allocator = allocator;
    atomic_init(&verified->holders, 1);
    return verified;
}

/* Gives what was filled, or drops it. */
static enum hf_error give(struct hf_verified *verified, enum hf_error error, struct hf_verified **ret_verified)
{
    if (error == HF_OK)
        *ret_verified = verified;
    else
        hf_verified_drop(verified);
    return error;
}

enum hf_error hf_verified_new(const struct hf_trust_question *question, const struct hf_verdict *verdict,
                              struct hf_verified **ret_verified)
{
    struct hf_verified *verified = new_empty(question->allocator);
    if (verified == NULL)
        return HF_ERR_no_memory;
    return give(verified, fill(verified, question, verdict), ret_verified);
}

static enum hf_error fill_raw(struct hf_verified *verified, const struct hf_toolbox *toolbox, const struct hf_spki *key)
{
    struct hf_span own = {0};
    verified->begins_s = INT64_MIN;
    verified->ends_s = INT64_MAX;
    HF_TRY(hf_peer_new_raw(verified->allocator, toolbox, key, &verified->peer));
    own.data = hf_peer_raw_key(verified->peer, &own.len);
    if (!hf_algorithm_read_spki(own, &verified->leaf.key))
        return HF_ERR_internal;
    return hf_key_of_certificate(toolbox, verified->allocator, &verified->leaf, &verified->key);
}

enum hf_error hf_verified_new_raw(const struct hf_allocator *allocator, const struct hf_toolbox *toolbox,
                                  const struct hf_spki *key, struct hf_verified **ret_verified)
{
    struct hf_verified *verified = new_empty(allocator);
    if (verified == NULL)
        return HF_ERR_no_memory;
    return give(verified, fill_raw(verified, toolbox, key), ret_verified);
}

struct hf_verified *hf_verified_hold(struct hf_verified *verified)
{
    atomic_fetch_add_explicit(&verified->holders, 1, memory_order_relaxed);
    return verified;
}

void hf_verified_drop(struct hf_verified *verified)
{
    if (verified == NULL || atomic_fetch_sub_explicit(&verified->holders, 1, memory_order_acq_rel) != 1)
        return;
    hf_peer_drop(verified->peer);
    hf_public_key_free(verified->key);
    hf_allocation_free(verified->allocator, verified);
}
