/* What the search says of paths that come to nothing, with the facts that tell one cause from another:
 * names wanted and trusted, key ids, and what of the presented certificates stayed unused. */
#include "trust/findings.h"

#include "base/text.h"
#include "certificate/name.h"
#include "certificate/oid.h"
#include "trust/checks.h"

void hf_findings_add(struct hf_search *search, const struct hf_finding *finding, enum hf_search_rank rank)
{
    if (search->failure_count < HF_TRUST_FAILURES_MAX) {
        struct hf_span der = finding->certificate == NULL ? hf_span_of(NULL, 0) : finding->certificate->der;
        search->failures[search->failure_count++] =
            (struct hf_path_failure){.error = finding->error, .depth = finding->depth, .certificate = der};
    }
    if (rank <= search->best_rank)
        return;
    search->best = *finding;
    search->best_rank = rank;
}

static struct hf_finding finding_at_top(const struct hf_search *search, enum hf_error error)
{
    size_t top = search->path.count - 1;
    return (struct hf_finding){.error = error, .depth = (int)top, .certificate = search->path.nodes[top]};
}

static struct hf_text wanted_of(struct hf_finding *finding)
{
    return hf_text_of(finding->wanted, sizeof(finding->wanted));
}

static struct hf_text got_of(struct hf_finding *finding)
{
    return hf_text_of(finding->got, sizeof(finding->got));
}

static struct hf_text hint_of(struct hf_finding *finding)
{
    return hf_text_of(finding->hint, sizeof(finding->hint));
}

static void print_trusted(const struct hf_trust *trust, struct hf_text *text)
{
    if (trust->count == 0) {
        hf_text_add(text, "an issuer that is trusted, but no CA was given");
        return;
    }
    hf_text_add(text, trust->count == 1 ? "the trusted CA " : "one of the %zu trusted CAs", trust->count);
    for (size_t i = 0; trust->count <= 8 && i < trust->count; i++) {
        hf_text_add(text, i > 0 ? "; " : trust->count == 1 ? "" : ": ");
        hf_name_print(trust->anchors[i].certificate.subject, text);
    }
}

static void print_key_id(struct hf_span id, struct hf_text *text)
{
    if (id.len == 0)
        hf_text_add(text, "unknown");
    else
        hf_text_add_hex(text, id);
}

/* Whether the peer also sent a CA that the path did not get to: then what is missing lies between (H2). */
static bool has_gap(const struct hf_search *search)
{
    for (size_t i = 1; i < search->entry_count; i++) {
        const struct hf_certificate *certificate = &search->entries[i].certificate;
        bool used = false;
        for (size_t j = 0; j < search->path.count; j++)
            used = used || search->path.nodes[j] == certificate;
        if (!used && certificate->is_ca)
            return true;
    }
    return false;
}

static void record_self_signed(struct hf_search *search)
{
    struct hf_finding finding =
        finding_at_top(search, search->path.count == 1 ? HF_ERR_self_signed : HF_ERR_unknown_issuer);
    struct hf_text wanted = wanted_of(&finding);
    struct hf_text got = got_of(&finding);
    print_trusted(search->trust, &wanted);
    hf_name_print(finding.certificate->subject, &got);
    hf_text_add(&got, ", which is signed by itself and not trusted");
    hf_findings_add(search, &finding, HF_RANK_DEAD_END);
}

/* H1 or H2: the issuer is neither trusted nor sent. That an intermediate is missing, and not a root, shows by a CA of
 * the chain that connects to nothing, or by the address at which the leaf says that its issuer can be had. */
void hf_findings_record_dead_end(struct hf_search *search)
{
    struct hf_finding finding = finding_at_top(search, HF_ERR_unknown_issuer);
    const struct hf_certificate *top = finding.certificate;
    if (hf_certificate_is_self_issued(top)) {
        record_self_signed(search);
        return;
    }
    bool missing = has_gap(search) || (finding.depth == 0 && top->issuer_url.len > 0);
    finding.error = missing ? HF_ERR_incomplete_chain : HF_ERR_unknown_issuer;
    struct hf_text wanted = wanted_of(&finding);
    struct hf_text got = got_of(&finding);
    struct hf_text hint = hint_of(&finding);
    print_trusted(search->trust, &wanted);
    hf_text_add(&got, "issuer ");
    hf_name_print(top->issuer, &got);
    if (top->authority_key_id.len > 0) {
        hf_text_add(&got, ", key id ");
        hf_text_add_hex(&got, top->authority_key_id);
    }
    hf_text_add(&hint, missing ? "the peer must send the CA " : "if it is to be trusted, give the CA ");
    hf_name_print(top->issuer, &hint);
    hf_text_add(&hint, missing
                           ? " after its own certificate: cat leaf.pem issuer.pem > chain.pem"
                           : " (--ca, --client-ca); if that is an intermediate of a trusted CA, the peer must send it");
    if (missing && top->issuer_url.len > 0) {
        hf_text_add(&hint, " (to be had at ");
        hf_text_add_safe(&hint, top->issuer_url);
        hf_text_add(&hint, ")");
    }
    hf_findings_add(search, &finding, HF_RANK_DEAD_END);
}

/* H4: the same name, another key. */
static void tell_keys(struct hf_finding *finding, const struct hf_certificate *issuer, bool is_anchor)
{
    struct hf_text wanted = wanted_of(finding);
    struct hf_text got = got_of(finding);
    hf_text_add(&wanted, "signed by the %s CA ", is_anchor ? "trusted" : "presented");
    hf_name_print(issuer->subject, &wanted);
    hf_text_add(&wanted, ", key id ");
    print_key_id(issuer->subject_key_id, &wanted);
    hf_text_add(&wanted, ", valid from ");
    hf_text_add_time(&wanted, issuer->not_before_s);
    hf_text_add(&got, "signed by another key of that name, key id ");
    bool self_signed = finding->certificate->authority_key_id.len == 0 && finding->depth > 0;
    print_key_id(self_signed ? finding->certificate->subject_key_id : finding->certificate->authority_key_id, &got);
    hf_text_add(&got, "; issued ");
    hf_text_add_time(&got, finding->certificate->not_before_s);
}

static void tell_algorithm(const struct hf_search *search, struct hf_finding *finding,
                           const struct hf_certificate *issuer)
{
    struct hf_text wanted = wanted_of(finding);
    struct hf_text got = got_of(finding);
    if (finding->error == HF_ERR_weak_signature)
        hf_text_add(&wanted, "SHA-256 or better");
    if (finding->error == HF_ERR_weak_key)
        hf_text_add(&wanted, "RSA of %u to %u bits", search->policy->rsa_bits_min, search->policy->rsa_bits_max);
    if (finding->error == HF_ERR_weak_key || finding->certificate == issuer) {
        hf_checks_print_key(&issuer->key, &got);
        return;
    }
    hf_text_add(&got, "signature by ");
    if (finding->certificate->signature_algorithm.signature == HF_CERTIFICATE_SIGNATURE_UNKNOWN)
        hf_oid_print(finding->certificate->signature_algorithm.oid, &got);
    else
        hf_text_add(&got, "%s", hf_algorithm_signature_name(&finding->certificate->signature_algorithm));
}

/* A wrong signature under an issuer of the right key id is damage or forgery; under another id, or none, the issuer was
 * most likely made anew. */
static enum hf_error told(const struct hf_certificate *subject, const struct hf_certificate *issuer,
                          enum hf_error error)
{
    if (error != HF_ERR_bad_signature && error != HF_ERR_wrong_signature_scheme)
        return error;
    bool same_key =
        subject->authority_key_id.len > 0 && hf_span_equal(subject->authority_key_id, issuer->subject_key_id);
    return same_key ? HF_ERR_bad_certificate_signature : HF_ERR_issuer_key_differs;
}

void hf_findings_record_link(struct hf_search *search, const struct hf_certificate *issuer, bool is_anchor,
                             enum hf_error error)
{
    struct hf_finding finding = finding_at_top(search, error);
    finding.error = told(finding.certificate, issuer, error);
    bool of_issuer = finding.error == HF_ERR_weak_key || finding.error == HF_ERR_bad_certificate_encoding ||
                     (finding.error == HF_ERR_unsupported_key && issuer->key.kind == HF_SPKI_UNKNOWN);
    if (finding.error == HF_ERR_issuer_key_differs)
        tell_keys(&finding, issuer, is_anchor);
    if (of_issuer) {
        finding.certificate = issuer;
        finding.depth++;
    }
    if (of_issuer || finding.error == HF_ERR_weak_signature || finding.error == HF_ERR_unsupported_key)
        tell_algorithm(search, &finding, issuer);
    hf_findings_add(search, &finding, is_anchor ? HF_RANK_ANCHOR : HF_RANK_LINK);
}

void hf_findings_record_too_deep(struct hf_search *search)
{
    struct hf_finding finding = finding_at_top(search, HF_ERR_too_many_certificates);
    struct hf_text wanted = wanted_of(&finding);
    hf_text_add(&wanted, "at most %zu intermediates", search->policy->depth_max);
    hf_findings_add(search, &finding, HF_RANK_LINK);
}

void hf_findings_record_flaw(struct hf_search *search, size_t presented, const struct hf_certificate_flaw *flaw)
{
    struct hf_finding finding = {.error = HF_ERR_bad_certificate_encoding, .depth = (int)presented};
    struct hf_text got = got_of(&finding);
    hf_text_add(&got, "%s %s", flaw->field, flaw->what);
    hf_findings_add(search, &finding, HF_RANK_ANCHOR);
}
