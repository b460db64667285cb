/* Each sentence names the certificate, what it has, and what the peer takes, so that the next step is plain.
 * Names come from certificates and from the peer's list: they are printed escaped. */
#include "identity/misfit.h"

#include "base/text.h"
#include "certificate/certificate.h"
#include "certificate/name.h"
#include "registry/signature_scheme.h"
#include "wire/read.h"

/* The first few of a long list are enough for a person. */
enum { NAMED_MAX = 3 };

static void add_scheme(struct hf_text *text, uint16_t id)
{
    const struct hf_signature_scheme *scheme = hf_signature_scheme_find(id);
    if (scheme != NULL)
        hf_text_add(text, "%s", scheme->name);
    else
        hf_text_add(text, "0x%04x", (unsigned)id);
}

static void add_schemes(struct hf_text *text, const uint16_t *schemes, size_t count)
{
    for (size_t i = 0; i < count && i < NAMED_MAX; i++) {
        hf_text_add(text, "%s", i == 0 ? "" : ", ");
        add_scheme(text, schemes[i]);
    }
    if (count > NAMED_MAX)
        hf_text_add(text, " and %zu more", count - NAMED_MAX);
}

static void add_authorities(struct hf_text *text, const struct hf_choose_wish *wish)
{
    struct hf_reader list = hf_reader_of(wish->authorities);
    struct hf_wire_distinguished_name authority;
    size_t count = 0;
    while (hf_wire_next_distinguished_name(&list, &authority)) {
        if (count++ >= NAMED_MAX)
            continue;
        hf_text_add(text, "%s", count == 1 ? "" : "; ");
        hf_name_print(authority.name, text);
    }
    if (count > NAMED_MAX)
        hf_text_add(text, "; and %zu more", count - NAMED_MAX);
    if (count == 0)
        hf_text_add(text, "whatever: it names no CA, and this identity is for peers that name its own");
}

static void add_chain_scheme(struct hf_text *text, const struct hf_certificate *certificate,
                             const struct hf_choose_wish *wish)
{
    bool apart = wish->certificate_schemes_count > 0;
    hf_text_add(text, "is signed with %s, and the peer takes ",
                hf_algorithm_signature_name(&certificate->signature_algorithm));
    add_schemes(text, apart ? wish->certificate_schemes : wish->schemes,
                apart ? wish->certificate_schemes_count : wish->schemes_count);
}

static void add_reason(struct hf_text *text, const struct hf_certificate *certificate,
                       const struct hf_choose_wish *wish, enum hf_misfit_reason reason)
{
    switch (reason) {
    case HF_MISFIT_NONE:
        hf_text_add(text, "fits");
        return;
    case HF_MISFIT_TYPE:
        hf_text_add(text, wish->takes_raw ? "is a certificate; the peer takes raw public keys"
                                          : "is no certificate, which the peer wants");
        return;
    case HF_MISFIT_PURPOSE:
        hf_text_add(text, "is not for clients: its extended key usage lacks clientAuth");
        return;
    case HF_MISFIT_EXPIRED:
        hf_text_add(text, "expired ");
        hf_text_add_duration(text, wish->now_s - certificate->not_after_s);
        hf_text_add(text, " ago, at ");
        hf_text_add_time(text, certificate->not_after_s);
        return;
    case HF_MISFIT_NOT_YET_VALID:
        hf_text_add(text, "is not valid before ");
        hf_text_add_time(text, certificate->not_before_s);
        return;
    case HF_MISFIT_AUTHORITY:
        hf_text_add(text, "is issued by ");
        hf_name_print(certificate->issuer, text);
        hf_text_add(text, "; the peer takes ");
        add_authorities(text, wish);
        return;
    case HF_MISFIT_CREDENTIAL:
        hf_text_add(text, "has a delegated credential that is over, or that the peer does not take");
        return;
    case HF_MISFIT_SCHEME:
        hf_text_add(text, "has a key of type %s; the peer takes ", hf_algorithm_spki_name(certificate->key.kind));
        add_schemes(text, wish->schemes, wish->schemes_count);
        return;
    case HF_MISFIT_CHAIN_SCHEME:
        add_chain_scheme(text, certificate, wish);
        return;
    }
}

void hf_misfit_tell(const struct hf_identity *identity, const struct hf_choose_wish *wish, size_t depth,
                    struct hf_identity_misfit *misfit)
{
    const struct hf_certificate *certificate =
        &identity->parsed[depth < identity->chain_count ? depth : identity->chain_count - 1];
    struct hf_text text = hf_text_of(misfit->text, sizeof(misfit->text));
    if (identity->type == HF_CERTIFICATE_TYPE_RAW)
        hf_text_add(&text, "%s", identity->subject);
    else
        hf_name_print(certificate->subject, &text);
    hf_text_add(&text, " ");
    add_reason(&text, certificate, wish, misfit->reason);
}
