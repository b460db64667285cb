/* The search walks depth first from the leaf, over every issuer that fits by name, and tries the most promising first.
 * It has a stack of its own and does not recurse. A link is a good signature; a path that reaches an anchor is then
 * checked as a whole (checks.c). Bounds: steps, signature checks, depth; what a presented pair came to is remembered,
 * so that a thicket of cross-signed certificates costs each pair once. RFC 5280 6.1, RFC 4158. */
#include "trust/path.h"

#include "certificate/name.h"
#include "trust/checks.h"
#include "trust/findings.h"
#include "trust/key.h"
#include "trust/revocation.h"

const struct hf_trust_policy hf_trust_policy_default = {.rsa_bits_min = 2048,
                                                        .rsa_bits_max = 16384,
                                                        .allow_sha1 = false,
                                                        .depth_max = 8,
                                                        .signature_checks_max = 100,
                                                        .steps_max = 2000};

static bool is_own_fault(enum hf_error error)
{
    return error == HF_ERR_no_memory || error == HF_ERR_crypto_failed || error == HF_ERR_internal;
}

/* A name that comes back with the same key closes a loop (RFC 4158 5.2). */
static bool is_on_path(const struct hf_search *search, const struct hf_certificate *certificate)
{
    for (size_t i = 0; i < search->path.count; i++)
        if (hf_span_equal(search->path.nodes[i]->key.raw, certificate->key.raw) &&
            hf_name_equal(search->path.nodes[i]->subject, certificate->subject))
            return true;
    return false;
}

/* Anchors before others, matching key ids before unknown ones, certificates of today before others. */
static unsigned score_of(const struct hf_search *search, const struct hf_certificate *subject,
                         const struct hf_certificate *issuer, bool is_anchor)
{
    bool known = subject->authority_key_id.len > 0 && issuer->subject_key_id.len > 0;
    bool fits = hf_span_equal(subject->authority_key_id, issuer->subject_key_id);
    int64_t now_s = search->question->now_s;
    bool valid = now_s >= issuer->not_before_s && now_s <= issuer->not_after_s;
    return (known ? (fits ? 8U : 0U) : 4U) + (valid ? 2U : 0U) + (is_anchor ? 1U : 0U);
}

static void add_candidate(struct hf_search_frame *frame, struct hf_search_candidate candidate)
{
    if (frame->count == HF_SEARCH_CANDIDATES_MAX)
        return;
    size_t at = frame->count++;
    for (; at > 0 && frame->candidates[at - 1].score < candidate.score; at--)
        frame->candidates[at] = frame->candidates[at - 1];
    frame->candidates[at] = candidate;
}

static void gather_anchors(struct hf_search *search, const struct hf_search_entry *of, struct hf_search_frame *frame)
{
    const struct hf_anchor *anchor = hf_anchors_next(search->trust, of->issuer_hash, NULL);
    for (; anchor != NULL; anchor = hf_anchors_next(search->trust, of->issuer_hash, anchor)) {
        if (!hf_name_equal(anchor->certificate.subject, of->certificate.issuer) ||
            is_on_path(search, &anchor->certificate))
            continue;
        unsigned score = score_of(search, &of->certificate, &anchor->certificate, /* is_anchor */ true);
        add_candidate(frame, (struct hf_search_candidate){.anchor = anchor, .score = score});
        search->steps++;
    }
}

static bool is_anchor_candidate(const struct hf_search_frame *frame, const struct hf_certificate *certificate)
{
    for (size_t i = 0; i < frame->count; i++)
        if (frame->candidates[i].anchor != NULL &&
            hf_span_equal(frame->candidates[i].anchor->certificate.der, certificate->der))
            return true;
    return false;
}

/* Intermediates on the path that count: the self-issued do not (RFC 5280 6.1.4 (l)). */
static size_t counted_intermediates(const struct hf_search *search)
{
    size_t count = 0;
    for (size_t i = 1; i < search->path.count; i++)
        count += hf_certificate_is_self_issued(search->path.nodes[i]) ? 0 : 1;
    return count;
}

static bool is_too_deep(const struct hf_search *search, const struct hf_certificate *next)
{
    if (search->path.count + 1 >= HF_TRUST_DEPTH_MAX)
        return true;
    return counted_intermediates(search) >= search->policy->depth_max && !hf_certificate_is_self_issued(next);
}

/* *ret_too_deep: one was left out, as the path would become longer than the policy allows. */
static void gather_presented(struct hf_search *search, const struct hf_search_entry *of, struct hf_search_frame *frame,
                             bool *ret_too_deep)
{
    for (size_t i = 0; i < search->entry_count; i++) {
        const struct hf_search_entry *entry = &search->entries[i];
        if (entry->subject_hash != of->issuer_hash ||
            !hf_name_equal(entry->certificate.subject, of->certificate.issuer) ||
            is_on_path(search, &entry->certificate) || is_anchor_candidate(frame, &entry->certificate))
            continue;
        if (is_too_deep(search, &entry->certificate)) {
            *ret_too_deep = true;
            continue;
        }
        unsigned score = score_of(search, &of->certificate, &entry->certificate, /* is_anchor */ false);
        add_candidate(frame, (struct hf_search_candidate){.entry = i, .score = score});
        search->steps++;
    }
}

/* Puts a presented certificate on the path and gathers its issuers. */
static void push(struct hf_search *search, size_t entry)
{
    struct hf_search_frame *frame = &search->frames[search->path.count];
    frame->count = 0;
    frame->next = 0;
    frame->entry = entry;
    search->path.nodes[search->path.count++] = &search->entries[entry].certificate;
    bool too_deep = false;
    gather_anchors(search, &search->entries[entry], frame);
    gather_presented(search, &search->entries[entry], frame, &too_deep);
    if (frame->count == 0 && too_deep)
        hf_findings_record_too_deep(search);
    else if (frame->count == 0)
        hf_findings_record_dead_end(search);
}

/* The presented issuer's key, made once. */
static enum hf_error entry_key(struct hf_search *search, struct hf_search_entry *entry)
{
    if (!entry->key_tried) {
        entry->key_tried = true;
        entry->key_error = hf_key_of_certificate(search->question->toolbox, search->question->allocator,
                                                 &entry->certificate, &entry->key);
    }
    return entry->key_error;
}

static enum hf_error check_with_anchor(struct hf_search *search, const struct hf_certificate *subject,
                                       const struct hf_anchor *anchor)
{
    if (anchor->key != NULL)
        return hf_key_check_signature(subject, &anchor->certificate, anchor->key);
    struct hf_public_key *key = NULL;
    HF_TRY(hf_key_of_certificate(search->question->toolbox, search->question->allocator, &anchor->certificate, &key));
    enum hf_error error = hf_key_check_signature(subject, &anchor->certificate, key);
    hf_public_key_free(key);
    return error;
}

/* What the policy refuses is not computed with: a huge key costs time, a weak hash proves nothing. */
static enum hf_error check_strength(const struct hf_search *search, const struct hf_certificate *subject,
                                    const struct hf_certificate *issuer)
{
    if (!hf_checks_hash_is_strong(subject, search->policy))
        return HF_ERR_weak_signature;
    const bool is_rsa = issuer->key.kind == HF_SPKI_RSA || issuer->key.kind == HF_SPKI_RSA_PSS;
    return is_rsa && issuer->key.bits > search->policy->rsa_bits_max ? HF_ERR_weak_key : HF_OK;
}

static enum hf_error check_link(struct hf_search *search, const struct hf_search_frame *frame,
                                const struct hf_search_candidate *candidate)
{
    const struct hf_certificate *subject = &search->entries[frame->entry].certificate;
    const struct hf_certificate *issuer =
        candidate->anchor != NULL ? &candidate->anchor->certificate : &search->entries[candidate->entry].certificate;
    int *known = candidate->anchor != NULL ? NULL : hf_search_link(search, candidate->entry, frame->entry);
    if (known != NULL && *known != HF_SEARCH_UNKNOWN)
        return (enum hf_error) * known;
    HF_TRY(check_strength(search, subject, issuer));
    if (search->signature_checks >= search->policy->signature_checks_max) {
        search->exhausted = true;
        return HF_ERR_path_search_exhausted;
    }
    search->signature_checks++;
    if (candidate->anchor != NULL)
        return check_with_anchor(search, subject, candidate->anchor);
    enum hf_error error = entry_key(search, &search->entries[candidate->entry]);
    if (error == HF_OK)
        error = hf_key_check_signature(subject, issuer, search->entries[candidate->entry].key);
    if (known != NULL && !is_own_fault(error))
        *known = (int)error;
    return error;
}

/* A whole path: HF_OK ends the search; what breaks a rule is remembered, and the search goes on. */
static enum hf_error check_whole(struct hf_search *search, const struct hf_anchor *anchor)
{
    struct hf_finding finding;
    search->path.anchor = anchor;
    enum hf_error error = hf_checks_path(&search->path, search->question, search->policy, &finding);
    if (error == HF_OK)
        error = hf_revocation_check(search, &finding);
    search->path.anchor = NULL;
    if (is_own_fault(error))
        return error;
    if (error != HF_OK)
        hf_findings_add(search, &finding, HF_RANK_PATH);
    return error;
}

/* Tries the next candidate of the top frame. HF_OK: a path was found, and stands. */
static enum hf_error try_next(struct hf_search *search, struct hf_search_frame *frame)
{
    const struct hf_search_candidate *candidate = &frame->candidates[frame->next++];
    enum hf_error error = check_link(search, frame, candidate);
    const struct hf_certificate *issuer =
        candidate->anchor != NULL ? &candidate->anchor->certificate : &search->entries[candidate->entry].certificate;
    if (is_own_fault(error) || search->exhausted)
        return error;
    if (error != HF_OK) {
        hf_findings_record_link(search, issuer, candidate->anchor != NULL, error);
        return error;
    }
    if (candidate->anchor == NULL) {
        push(search, candidate->entry);
        return HF_ERR_unknown_issuer; /* not yet */
    }
    search->path.nodes[search->path.count++] = issuer;
    error = check_whole(search, candidate->anchor);
    if (error != HF_OK)
        search->path.count--;
    return error;
}

/* A leaf that was itself given as trusted is a path of one. */
static enum hf_error try_leaf_alone(struct hf_search *search)
{
    search->path.nodes[0] = &search->entries[0].certificate;
    search->path.count = 1;
    const struct hf_anchor *anchor = hf_anchors_find(search->trust, search->path.nodes[0]);
    return anchor == NULL ? HF_ERR_unknown_issuer : check_whole(search, anchor);
}

static enum hf_error walk(struct hf_search *search)
{
    if (try_leaf_alone(search) == HF_OK)
        return HF_OK;
    search->path.count = 0;
    push(search, 0);
    while (search->path.count > 0) {
        struct hf_search_frame *frame = &search->frames[search->path.count - 1];
        if (frame->next == frame->count) {
            search->path.count--;
            continue;
        }
        search->exhausted = search->exhausted || ++search->steps > search->policy->steps_max;
        if (search->exhausted)
            return HF_ERR_path_search_exhausted;
        enum hf_error error = try_next(search, frame);
        if (error == HF_OK || is_own_fault(error))
            return error;
    }
    return HF_ERR_unknown_issuer;
}

static bool is_read_already(const struct hf_search *search, struct hf_span der)
{
    for (size_t i = 0; i < search->entry_count; i++)
        if (hf_span_equal(search->entries[i].certificate.der, der))
            return true;
    return false;
}

/* The leaf must be readable; another that is not is left out, and told if no path is found without it. */
static enum hf_error read_presented(struct hf_search *search)
{
    for (size_t i = 0; i < search->question->certificate_count; i++) {
        struct hf_certificate_flaw flaw = {.field = "", .what = ""};
        struct hf_search_entry *entry = &search->entries[search->entry_count];
        if (is_read_already(search, search->question->certificates[i]))
            continue;
        if (hf_certificate_read(search->question->certificates[i], &entry->certificate, &flaw) != HF_OK) {
            hf_findings_record_flaw(search, i, &flaw);
            if (i == 0)
                return HF_ERR_bad_certificate_encoding;
            continue;
        }
        entry->subject_hash = hf_name_hash(entry->certificate.subject);
        entry->issuer_hash = hf_name_hash(entry->certificate.issuer);
        search->entry_count++;
    }
    return HF_OK;
}

static void fill_from_best(const struct hf_search *search, struct hf_verdict *verdict)
{
    const struct hf_finding *best = &search->best;
    verdict->error = best->error;
    verdict->depth = best->depth;
    verdict->since_s = best->since_s;
    if (best->certificate != NULL)
        verdict->certificate = best->certificate->der;
    else if (best->depth >= 0 && (size_t)best->depth < search->question->certificate_count)
        verdict->certificate = search->question->certificates[best->depth];
    (void)hf_span_copy(hf_span_of(best->wanted, sizeof(best->wanted)), verdict->wanted, sizeof(verdict->wanted));
    (void)hf_span_copy(hf_span_of(best->got, sizeof(best->got)), verdict->got, sizeof(verdict->got));
    (void)hf_span_copy(hf_span_of(best->hint, sizeof(best->hint)), verdict->hint, sizeof(verdict->hint));
}

static void fill(const struct hf_search *search, enum hf_error error, struct hf_verdict *verdict)
{
    verdict->signature_checks = search->signature_checks;
    verdict->steps = search->steps;
    for (size_t i = 0; i < search->failure_count; i++)
        verdict->failures[i] = search->failures[i];
    verdict->failure_count = search->failure_count;
    verdict->error = error;
    if (error == HF_OK) {
        for (size_t i = 0; i < search->path.count; i++)
            verdict->chain[i] = search->path.nodes[i]->der;
        verdict->chain_count = search->path.count;
        verdict->revocation = search->revocation;
        return;
    }
    /* An exhausted search still knows something when it got as far as an anchor. */
    bool exhausted = search->exhausted && search->best_rank < HF_RANK_ANCHOR;
    if (!is_own_fault(error) && !exhausted && search->best_rank != HF_RANK_NONE)
        fill_from_best(search, verdict);
    else if (exhausted)
        verdict->error = HF_ERR_path_search_exhausted;
}

static enum hf_error search_in(struct hf_search *search, struct hf_verdict *verdict)
{
    const size_t links = search->question->certificate_count * search->question->certificate_count;
    for (size_t i = 0; i < links; i++)
        search->links[i] = HF_SEARCH_UNKNOWN;
    enum hf_error error = read_presented(search);
    if (error == HF_OK)
        error = walk(search);
    fill(search, error, verdict);
    for (size_t i = 0; i < search->entry_count; i++)
        hf_public_key_free(search->entries[i].key);
    return verdict->error;
}

static void free_search(struct hf_search *search)
{
    const struct hf_allocator *allocator = search->question->allocator;
    hf_allocation_free(allocator, search->entries);
    hf_allocation_free(allocator, search->frames);
    hf_allocation_free(allocator, search->links);
    hf_allocation_free(allocator, search);
}

/* Room for what was presented, not for the most that may be. */
static struct hf_search *make_search(const struct hf_trust *trust, const struct hf_trust_question *question)
{
    const size_t count = question->certificate_count;
    struct hf_search *search = hf_allocation_new(question->allocator, sizeof *search);
    if (search == NULL)
        return NULL;
    search->trust = trust;
    search->question = question;
    search->path.in_domains = trust->domains != NULL;
    search->policy = question->policy != NULL ? question->policy : &hf_trust_policy_default;
    search->entries = hf_allocation_array(question->allocator, count, sizeof *search->entries);
    search->frames = hf_allocation_array(question->allocator, count, sizeof *search->frames);
    search->links = hf_allocation_array(question->allocator, count * count, sizeof *search->links);
    if (search->entries != NULL && search->frames != NULL && search->links != NULL)
        return search;
    free_search(search);
    return NULL;
}

enum hf_error hf_trust_verify(const struct hf_trust *trust, const struct hf_trust_question *question,
                              struct hf_verdict *ret_verdict)
{
    *ret_verdict = (struct hf_verdict){.error = HF_OK, .depth = -1};
    if (question->certificate_count == 0)
        ret_verdict->error = HF_ERR_certificate_missing;
    if (question->certificate_count > HF_TRUST_PRESENTED_MAX)
        ret_verdict->error = HF_ERR_too_many_certificates;
    if (ret_verdict->error != HF_OK)
        return ret_verdict->error;
    struct hf_search *search = make_search(trust, question);
    if (search == NULL) {
        ret_verdict->error = HF_ERR_no_memory;
        return HF_ERR_no_memory;
    }
    enum hf_error error = search_in(search, ret_verdict);
    free_search(search);
    return error;
}
