#include "trust/domain.h"

#include "certificate/name.h"
#include "trust/spiffe.h"

/* Empty: the leaf has no SPIFFE ID. */
static struct hf_span domain_of(const struct hf_certificate *leaf)
{
    struct hf_span id = hf_spiffe_of(leaf);
    return id.len == 0 ? id : hf_spiffe_domain(id);
}

/* URIs of the scheme that do not make an ID, two of them for instance, would else reach rules of admission (uri:)
 * without any domain's proof. */
bool hf_domain_fits(const struct hf_certificate *leaf, const struct hf_anchor *anchor)
{
    struct hf_span domain = domain_of(leaf);
    if (domain.len == 0 && hf_spiffe_is_claimed(leaf))
        return false;
    return hf_span_equal(domain, hf_anchors_domain_name(anchor->domain));
}

static void add_domain(struct hf_span domain, const char *otherwise, struct hf_text *text)
{
    if (domain.len == 0)
        hf_text_add(text, "%s", otherwise);
    else
        hf_text_add(text, "the trust domain ");
    hf_text_add_safe(text, domain);
}

void hf_domain_explain(const struct hf_certificate *leaf, const struct hf_anchor *anchor, struct hf_text *wanted,
                       struct hf_text *got)
{
    struct hf_span domain = domain_of(leaf);
    if (domain.len == 0 && hf_spiffe_is_claimed(leaf)) {
        hf_text_add(wanted, "one SPIFFE ID, as the only URI");
        hf_text_add(got, "URIs that are none, or several");
        return;
    }
    hf_text_add(wanted, "a CA of ");
    add_domain(domain, "no trust domain, as the certificate has no SPIFFE ID", wanted);
    hf_name_print(anchor->certificate.subject, got);
    hf_text_add(got, ", a CA of ");
    add_domain(hf_anchors_domain_name(anchor->domain), "no trust domain", got);
}
