/* Anchors lie in one array that grows while the set is built; buckets hold chains of indexes into it.
 * A certificate stands in the set once. After building nothing changes, so any number of threads may look. */
#include "trust/anchors.h"

#include "certificate/name.h"
#include "certificate/pem.h"
#include "trust/key.h"
#include "trust/spiffe.h"

struct hf_trust *hf_trust_new(const struct hf_allocator *allocator)
{
    struct hf_trust *trust = hf_allocation_new(allocator, sizeof(*trust));
    if (trust != NULL)
        trust->allocator = allocator;
    return trust;
}

static void drop_from(struct hf_trust *trust, size_t count)
{
    for (size_t i = count; i < trust->count; i++) {
        hf_public_key_free(trust->anchors[i].key);
        hf_allocation_free(trust->allocator, trust->anchors[i].der);
    }
    trust->count = count;
}

void hf_trust_free(struct hf_trust *trust)
{
    if (trust == NULL)
        return;
    drop_from(trust, 0);
    hf_allocation_free(trust->allocator, trust->anchors);
    hf_allocation_free(trust->allocator, trust->buckets);
    while (trust->domains != NULL) {
        struct hf_anchor_domain *domain = trust->domains;
        trust->domains = domain->next;
        hf_allocation_free(trust->allocator, domain);
    }
    hf_allocation_free(trust->allocator, trust);
}

/* ---- what anchors belong to ---- */

struct hf_span hf_anchors_domain_name(const struct hf_anchor_domain *domain)
{
    return domain == NULL ? hf_span_of(NULL, 0) : hf_span_of(domain->name, domain->len);
}

enum hf_error hf_trust_set_domain(struct hf_trust *trust, struct hf_span domain)
{
    struct hf_anchor_domain *known = trust->domains;
    trust->domain = NULL;
    if (domain.len == 0)
        return HF_OK;
    if (!hf_spiffe_is_domain(domain))
        return HF_ERR_setting_invalid;
    while (known != NULL && !hf_span_equal(hf_anchors_domain_name(known), domain))
        known = known->next;
    if (known == NULL) {
        known = hf_allocation_new(trust->allocator, sizeof *known + domain.len);
        if (known == NULL || !hf_span_copy(domain, known->name, domain.len))
            return HF_ERR_no_memory;
        known->len = domain.len;
        known->next = trust->domains;
        trust->domains = known;
    }
    trust->domain = known;
    return HF_OK;
}

void hf_trust_demand_roots(struct hf_trust *trust, bool demand)
{
    trust->demands_roots = demand;
}

/* ---- the set ---- */

static void link_anchor(struct hf_trust *trust, size_t i)
{
    size_t bucket = (size_t)trust->anchors[i].subject_hash & (trust->bucket_count - 1);
    trust->anchors[i].next = trust->buckets[bucket];
    trust->buckets[bucket] = i + 1;
}

static void link_all(struct hf_trust *trust)
{
    for (size_t i = 0; i < trust->bucket_count; i++)
        trust->buckets[i] = 0;
    for (size_t i = 0; i < trust->count; i++)
        link_anchor(trust, i);
}

/* Room for one more; buckets are as many as anchors have room. */
static enum hf_error grow(struct hf_trust *trust)
{
    if (trust->count < trust->room)
        return HF_OK;
    if (trust->count >= HF_TRUST_ANCHORS_MAX)
        return HF_ERR_no_memory;
    size_t room = trust->room == 0 ? 4 : trust->room * 2;
    struct hf_anchor *anchors = hf_allocation_array(trust->allocator, room, sizeof(*anchors));
    size_t *buckets = hf_allocation_array(trust->allocator, room, sizeof(*buckets));
    if (anchors == NULL || buckets == NULL) {
        hf_allocation_free(trust->allocator, anchors);
        hf_allocation_free(trust->allocator, buckets);
        return HF_ERR_no_memory;
    }
    for (size_t i = 0; i < trust->count; i++)
        anchors[i] = trust->anchors[i];
    hf_allocation_free(trust->allocator, trust->anchors);
    hf_allocation_free(trust->allocator, trust->buckets);
    trust->anchors = anchors;
    trust->buckets = buckets;
    trust->room = room;
    trust->bucket_count = room;
    link_all(trust);
    return HF_OK;
}

const struct hf_anchor *hf_anchors_next(const struct hf_trust *trust, uint64_t subject_hash,
                                        const struct hf_anchor *after)
{
    if (trust->bucket_count == 0)
        return NULL;
    size_t at = after != NULL ? after->next : trust->buckets[(size_t)subject_hash & (trust->bucket_count - 1)];
    while (at != 0 && trust->anchors[at - 1].subject_hash != subject_hash)
        at = trust->anchors[at - 1].next;
    return at == 0 ? NULL : &trust->anchors[at - 1];
}

const struct hf_anchor *hf_anchors_find(const struct hf_trust *trust, const struct hf_certificate *certificate)
{
    uint64_t hash = hf_name_hash(certificate->subject);
    const struct hf_anchor *anchor = hf_anchors_next(trust, hash, NULL);
    while (anchor != NULL && !hf_span_equal(anchor->certificate.der, certificate->der))
        anchor = hf_anchors_next(trust, hash, anchor);
    return anchor;
}

/* NULL: it may be an anchor. `known`: the anchor that it is already; NULL: none. */
static const char *why_no_anchor(const struct hf_trust *trust, const struct hf_certificate *certificate,
                                 const struct hf_anchor *known)
{
    if (known != NULL && known->domain != trust->domain)
        return "a CA that is trusted already, for another trust domain or for all that has none";
    if (trust->demands_roots && !hf_certificate_is_self_issued(certificate))
        return "a certificate that another CA issued: give its root, or allow partial chains";
    return NULL;
}

/* *ret_known: the certificate was there already, and nothing was added. */
static enum hf_error add(struct hf_trust *trust, struct hf_span der, bool *ret_known,
                         struct hf_certificate_flaw *ret_flaw)
{
    struct hf_anchor anchor = {.domain = trust->domain};
    HF_TRY(hf_certificate_read(der, &anchor.certificate, ret_flaw));
    const struct hf_anchor *known = hf_anchors_find(trust, &anchor.certificate);
    const char *why = why_no_anchor(trust, &anchor.certificate, known);
    *ret_known = known != NULL;
    if (why != NULL) {
        *ret_flaw = (struct hf_certificate_flaw){.field = NULL, .what = why};
        return HF_ERR_setting_invalid;
    }
    if (known != NULL)
        return HF_OK;
    HF_TRY(grow(trust));
    anchor.der = hf_allocation_copy(trust->allocator, der);
    if (anchor.der == NULL)
        return HF_ERR_no_memory;
    HF_TRY(hf_certificate_read(hf_span_of(anchor.der, der.len), &anchor.certificate, ret_flaw));
    anchor.subject_hash = hf_name_hash(anchor.certificate.subject);
    trust->anchors[trust->count] = anchor;
    link_anchor(trust, trust->count++);
    return HF_OK;
}

/* The same, telling what came of it. */
static enum hf_error add_and_tell(struct hf_trust *trust, struct hf_span der, struct hf_trust_added *added)
{
    bool known = false;
    struct hf_certificate_flaw flaw = {.field = "", .what = "the certificate is not proper DER"};
    enum hf_error error = add(trust, der, &known, &flaw);
    added->added += error == HF_OK && !known ? 1 : 0;
    added->known += error == HF_OK && known ? 1 : 0;
    if (error != HF_OK && error != HF_ERR_no_memory) {
        added->flaw = flaw.what;
        added->field = flaw.field;
    }
    return error;
}

enum hf_error hf_anchors_add_der(struct hf_trust *trust, struct hf_span der, struct hf_trust_added *ret_added)
{
    struct hf_trust_added added = {0};
    enum hf_error error = add_and_tell(trust, der, &added);
    if (ret_added != NULL)
        *ret_added = added;
    return error;
}

enum hf_error hf_trust_add_der(struct hf_trust *trust, struct hf_span der)
{
    return hf_anchors_add_der(trust, der, /* ret_added= */ NULL);
}

static bool is_certificate(const struct hf_pem_block *block)
{
    return hf_pem_has_label(block, "CERTIFICATE") || hf_pem_has_label(block, "TRUSTED CERTIFICATE") ||
           hf_pem_has_label(block, "X509 CERTIFICATE");
}

static enum hf_error add_block(struct hf_trust *trust, const struct hf_pem_block *block, struct hf_buffer *buffer,
                               struct hf_trust_added *added)
{
    added->line = block->line;
    if (hf_pem_has_label(block, "TRUSTED CERTIFICATE")) {
        added->flaw = "a TRUSTED CERTIFICATE of OpenSSL holds more than a certificate";
        return HF_ERR_file_malformed;
    }
    enum hf_error error = hf_pem_decode(block, buffer, &added->line);
    if (error != HF_OK) {
        added->flaw = "the base64 is not right";
        return error;
    }
    error = add_and_tell(trust, hf_buffer_span(buffer), added);
    if (error != HF_OK)
        added->line = block->line;
    return error == HF_ERR_bad_certificate_encoding ? HF_ERR_file_malformed : error;
}

/* The next certificate of the text. HF_PEM_NONE ends; a flaw of the PEM is told in *added. */
static enum hf_pem_found next_certificate(struct hf_pem *pem, struct hf_pem_block *ret_block,
                                          struct hf_trust_added *added)
{
    enum hf_pem_found found = HF_PEM_NONE;
    do
        found = hf_pem_next(pem, ret_block);
    while (found == HF_PEM_BLOCK && !is_certificate(ret_block));
    if (found == HF_PEM_FLAWED) {
        added->line = pem->line;
        added->flaw = pem->flaw;
    }
    return found;
}

static enum hf_error add_all(struct hf_trust *trust, struct hf_pem *pem, bool lenient, struct hf_trust_added *added)
{
    struct hf_pem_block block;
    enum hf_pem_found found = next_certificate(pem, &block, added);
    for (; found != HF_PEM_NONE; found = next_certificate(pem, &block, added)) {
        struct hf_buffer buffer;
        hf_buffer_init(&buffer, trust->allocator, HF_CERTIFICATE_LEN_MAX);
        enum hf_error error = HF_ERR_file_malformed;
        if (found == HF_PEM_BLOCK)
            error = add_block(trust, &block, &buffer, added);
        hf_buffer_release(&buffer);
        if ((error == HF_ERR_file_malformed || error == HF_ERR_setting_invalid) && lenient)
            added->skipped++;
        else if (error != HF_OK)
            return error;
    }
    if (added->added + added->known > 0)
        return HF_OK;
    if (added->flaw == NULL)
        added->flaw = "there is no CERTIFICATE block";
    return HF_ERR_file_malformed;
}

enum hf_error hf_trust_add_pem(struct hf_trust *trust, struct hf_span text, bool lenient,
                               struct hf_trust_added *ret_added)
{
    struct hf_trust_added added = {0};
    struct hf_pem pem = hf_pem_of(text);
    size_t before = trust->count;
    enum hf_error error = add_all(trust, &pem, lenient, &added);
    if (error != HF_OK) {
        drop_from(trust, before);
        link_all(trust);
        added.added = 0;
    } else if (!lenient) {
        added.line = 0;
    }
    if (ret_added != NULL)
        *ret_added = added;
    return error;
}

enum hf_error hf_trust_prepare(struct hf_trust *trust, const struct hf_toolbox *toolbox)
{
    for (size_t i = 0; i < trust->count; i++) {
        struct hf_anchor *anchor = &trust->anchors[i];
        if (anchor->key != NULL)
            continue;
        enum hf_error error = hf_key_of_certificate(toolbox, trust->allocator, &anchor->certificate, &anchor->key);
        if (error == HF_ERR_no_memory || error == HF_ERR_crypto_failed)
            return error;
    }
    return HF_OK;
}

size_t hf_trust_count(const struct hf_trust *trust)
{
    return trust->count;
}

const struct hf_certificate *hf_trust_anchor(const struct hf_trust *trust, size_t i)
{
    return i < trust->count ? &trust->anchors[i].certificate : NULL;
}

struct hf_span hf_trust_anchor_domain(const struct hf_trust *trust, size_t i)
{
    return hf_anchors_domain_name(i < trust->count ? trust->anchors[i].domain : NULL);
}

const struct hf_allocator *hf_trust_allocator(const struct hf_trust *trust)
{
    return trust->allocator;
}
