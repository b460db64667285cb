/* First the lists that speak for this certificate and may be believed are gathered; then each complete one that no
 * newer one of the same scope supersedes is asked, with the newest delta to it. One that revokes is believed even when
 * it is stale: only a hold is ever taken back. What is not done (indirect lists) is refused by its name, never passed
 * by. */
#include "trust/crl_status.h"

#include "certificate/name.h"
#include "trust/key.h"

struct gathered {
    const struct hf_status_question *question;
    const struct hf_crl *lists[HF_CRL_STATUS_LISTS_MAX];
    size_t count;
    struct hf_status *status;
};

static void name_list(const struct hf_crl *crl, struct hf_text *text)
{
    hf_text_add(text, crl->base_number.len > 0 ? "the delta CRL of " : "the CRL of ");
    hf_name_print(crl->issuer, text);
    hf_text_add(text, " of ");
    hf_text_add_time(text, crl->this_update_s);
    if (crl->number.len > 0) {
        hf_text_add(text, ", number ");
        hf_text_add_hex(text, crl->number);
    }
}

/* Why nothing is known, in the end: the last list that could have told and did not. */
static void tell_why(struct gathered *gathered, const struct hf_crl *crl, const char *why)
{
    struct hf_text told = hf_text_of(gathered->status->told, sizeof gathered->status->told);
    name_list(crl, &told);
    hf_text_add(&told, " %s", why);
}

/* Whether the certificate says that its CA publishes a list of this name. */
static bool names_point(const struct hf_certificate *subject, const struct hf_distribution_point *of_list)
{
    struct hf_der list = hf_der_of(subject->crl_distribution_points);
    struct hf_distribution_point point;
    while (hf_der_more(&list) && hf_distribution_point_take(&list, &point))
        if (point.crl_issuer.len == 0 && hf_distribution_point_shares_name(&point, of_list))
            return true;
    return false;
}

/* RFC 5280 6.3.3 (b) (2), 5.2.5: whether the list is about such certificates at all. */
static bool covers(const struct hf_crl *crl, const struct hf_certificate *subject)
{
    bool of_kind = !(crl->only_users && subject->is_ca) && !(crl->only_cas && !subject->is_ca);
    bool named = crl->point.full_name.len > 0 || crl->point.relative_name.len > 0;
    return of_kind && !crl->only_attributes && (!named || names_point(subject, &crl->point));
}

static bool speaks_for(const struct hf_crl *crl, const struct hf_status_question *question)
{
    struct hf_span key_id = question->issuer->subject_key_id;
    bool other_key = crl->authority_key_id.len > 0 && key_id.len > 0 && !hf_span_equal(crl->authority_key_id, key_id);
    return hf_name_equal(crl->issuer, question->subject->issuer) && !other_key && covers(crl, question->subject);
}

/* NULL when its form is one to believe. */
static const char *flaw_of(const struct hf_crl *crl, const struct hf_certificate *issuer)
{
    bool may_sign =
        (issuer->present & HF_CERTIFICATE_KEY_USAGE) == 0 || (issuer->key_usage & HF_KEY_USAGE_CRL_SIGN) != 0;
    if (crl->indirect)
        return "is indirect (RFC 5280 5.2.5), which is not done here: give the CA's own";
    if (crl->unknown_critical.len > 0)
        return "has a critical extension that is not known here";
    if (crl->number.len == 0)
        return "has no number (RFC 5280 5.2.3)";
    if (crl->number_critical)
        return "has a number that is critical (RFC 5280 5.2.3)";
    return may_sign ? NULL : "was signed by a CA whose keyUsage lacks cRLSign";
}

static enum hf_error gather_one(struct gathered *gathered, const struct hf_crl *crl)
{
    const struct hf_certificate *issuer = gathered->question->issuer;
    const struct hf_signed what = {crl->tbs, crl->signature_algorithm, crl->signature};
    const char *flaw = flaw_of(crl, issuer);
    if (flaw == NULL) {
        enum hf_error error = hf_status_check_signed(gathered->question, issuer, &what);
        if (hf_status_is_own_fault(error))
            return error;
        flaw = error == HF_OK                          ? NULL
               : error == HF_ERR_path_search_exhausted ? "was not checked: too much work"
                                                       : "does not bear the CA's signature";
    }
    if (flaw != NULL)
        tell_why(gathered, crl, flaw);
    else
        gathered->lists[gathered->count++] = crl;
    return HF_OK;
}

static int compare_numbers(struct hf_span a, struct hf_span b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    for (size_t i = 0; i < a.len; i++)
        if (a.data[i] != b.data[i])
            return a.data[i] < b.data[i] ? -1 : 1;
    return 0;
}

static bool is_superseded(const struct gathered *gathered, const struct hf_crl *crl)
{
    for (size_t i = 0; i < gathered->count; i++) {
        const struct hf_crl *other = gathered->lists[i];
        if (other->base_number.len == 0 && hf_span_equal(other->scope, crl->scope) &&
            compare_numbers(other->number, crl->number) > 0)
            return true;
    }
    return false;
}

/* RFC 5280 5.2.4: a current delta that begins at this list or before it; the newest of them. NULL: none. */
static const struct hf_crl *delta_to(const struct gathered *gathered, const struct hf_crl *base)
{
    const struct hf_crl *best = NULL;
    for (size_t i = 0; i < gathered->count; i++) {
        const struct hf_crl *delta = gathered->lists[i];
        bool fits = delta->base_number.len > 0 && hf_span_equal(delta->scope, base->scope) &&
                    compare_numbers(delta->base_number, base->number) <= 0 &&
                    compare_numbers(delta->number, base->number) > 0 &&
                    hf_status_is_fresh(gathered->question, delta->this_update_s, delta->next_update_s);
        if (fits && (best == NULL || compare_numbers(delta->number, best->number) > 0))
            best = delta;
    }
    return best;
}

static void tell_revoked(struct hf_status *status, const struct hf_crl *by, const struct hf_crl_entry *entry)
{
    struct hf_text told = hf_text_of(status->told, sizeof status->told);
    status->kind = HF_STATUS_REVOKED;
    status->since_s = entry->date_s;
    hf_text_add(&told, "revoked on ");
    hf_text_add_time(&told, entry->date_s);
    hf_text_add(&told, " (%s), says ", hf_crl_reason_name(entry->reason));
    name_list(by, &told);
}

static void ask_list(struct gathered *gathered, const struct hf_crl *base)
{
    struct hf_crl_entry entry = {0};
    const struct hf_certificate *subject = gathered->question->subject;
    const struct hf_crl *delta = delta_to(gathered, base);
    const struct hf_crl *by = base;
    bool listed = hf_crl_find(base, subject->serial, &entry);
    if (delta != NULL && hf_crl_find(delta, subject->serial, &entry)) {
        by = delta;
        listed = entry.reason != HF_CRL_REASON_REMOVED;
    }
    bool fresh = delta != NULL || hf_status_is_fresh(gathered->question, base->this_update_s, base->next_update_s);
    if (listed) {
        tell_revoked(gathered->status, by, &entry);
    } else if (!fresh) {
        tell_why(gathered, base, "is not current");
    } else if (base->some_reasons) {
        tell_why(gathered, base, "lists some reasons of revocation only");
    } else {
        const struct hf_crl *newest = delta != NULL ? delta : base;
        gathered->status->kind = HF_STATUS_GOOD;
        gathered->status->until_s =
            hf_status_fresh_until(gathered->question, newest->this_update_s, newest->next_update_s);
        tell_why(gathered, newest, "does not list it");
    }
}

enum hf_error hf_crl_status(const struct hf_status_question *question, const struct hf_crl *crls, size_t count,
                            struct hf_status *ret_status)
{
    struct hf_status status = {.kind = HF_STATUS_NONE};
    struct gathered gathered = {.question = question, .status = &status};
    for (size_t i = 0; i < count && gathered.count < HF_CRL_STATUS_LISTS_MAX; i++)
        if (speaks_for(&crls[i], question))
            HF_TRY(gather_one(&gathered, &crls[i]));
    for (size_t i = 0; i < gathered.count && status.kind != HF_STATUS_REVOKED; i++)
        if (gathered.lists[i]->base_number.len == 0 && !is_superseded(&gathered, gathered.lists[i]))
            ask_list(&gathered, gathered.lists[i]);
    *ret_status = status;
    return HF_OK;
}
