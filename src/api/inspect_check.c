/* handfast/inspect.h: what is wrong with a chain, told all at once and not one thing a run: order and key first, for
 * they decide what the rest is about, then dates, purpose and name, then the path, by the code that judges peers. */
#include "api/inspect_parts.h"

#include "base/text.h"
#include "certificate/general_name.h"
#include "certificate/name.h"
#include "certificate/pem.h"
#include "identity/identity.h"
#include "identity/match_key.h"
#include "trust/names.h"
#include "trust/revocation.h"
#include "trust/trust.h"
#include "trust/verdict.h"

struct findings {
    struct hf_failure *items;
    size_t count;
    size_t room;
};

/* A new finding to be filled, about a certificate of the file or about none (NULL). Beyond the room the last one is
 * written over. */
static struct hf_failure *add(struct findings *findings, enum hf_error error, const struct hf_certificate *about)
{
    if (findings->count < findings->room)
        findings->count++;
    struct hf_failure *failure = &findings->items[findings->count - 1];
    (void)hf_chain_file_fail(failure, error);
    if (about != NULL)
        hf_chain_file_name(failure, about);
    return failure;
}

static bool has(const struct findings *findings, enum hf_error error)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].error == error)
            return true;
    }
    return false;
}

/* Whether the file makes an identity at all: order, and the key when there is one. */
static void check_identity(const struct hf_inspection *inspection, const struct hf_inspect_question *question,
                           struct findings *findings)
{
    struct hf_identity_files files = {.chain = hf_span_of(inspection->pem, inspection->pem_len),
                                      .key = hf_span_of(question->key, question->key_len),
                                      .pass = hf_span_of_text(question->pass)};
    struct hf_identity *identity = NULL;
    struct hf_failure failure = {.error = HF_OK};
    enum hf_error error =
        question->key == NULL
            ? hf_identity_new_signer(inspection->toolbox, inspection->allocator, files.chain,
                                     (struct hf_signer){.begin = NULL}, &identity, &failure)
            : hf_identity_new_pem(inspection->toolbox, inspection->allocator, &files, &identity, &failure);
    if (error != HF_OK)
        *add(findings, error, NULL) = failure;
    hf_identity_free(identity);
}

/* Each certificate behind the first should be the issuer of the one before it (RFC 5246 7.4.2). */
static void check_links(const struct hf_inspection *inspection, struct findings *findings)
{
    const struct hf_certificate *all = inspection->file.parsed;
    for (size_t i = 1; i < inspection->file.count && findings->count == 0; i++) {
        if (hf_name_equal(all[i - 1].issuer, all[i].subject))
            continue;
        struct hf_failure *failure = add(findings, HF_ERR_file_malformed, &all[i]);
        struct hf_text text = hf_text_of(failure->wanted, sizeof(failure->wanted));
        hf_text_add(&text, "as certificate #%zu ", i + 1);
        hf_name_print(all[i - 1].issuer, &text);
        text = hf_text_of(failure->got, sizeof(failure->got));
        hf_text_add(&text, "a certificate that is not the issuer of #%zu", i);
        text = hf_text_of(failure->hint, sizeof(failure->hint));
        hf_text_add(&text, "handfast cert sort FILE --out FIXED");
    }
}

static void check_dates(const struct hf_inspection *inspection, int64_t now_s, struct findings *findings)
{
    for (size_t i = 0; i < inspection->file.count; i++) {
        const struct hf_certificate *certificate = &inspection->file.parsed[i];
        bool early = now_s < certificate->not_before_s;
        if (!early && now_s <= certificate->not_after_s)
            continue;
        struct hf_failure *failure = add(findings, HF_ERR_own_certificate_expired, certificate);
        struct hf_text text = hf_text_of(failure->got, sizeof(failure->got));
        hf_text_add(&text, "certificate #%zu %s ", i + 1, early ? "is not valid before" : "expired at");
        hf_text_add_time(&text, early ? certificate->not_before_s : certificate->not_after_s);
        if (early) {
            text = hf_text_of(failure->hint, sizeof(failure->hint));
            hf_text_add(&text, "check the clock of this machine");
        }
    }
}

static enum hf_purpose purpose_bit(enum hf_inspect_purpose purpose, const struct hf_certificate *leaf)
{
    if (purpose == HF_INSPECT_CLIENT)
        return HF_PURPOSE_CLIENT;
    bool client_only = (leaf->present & HF_CERTIFICATE_EXTENDED_KEY_USAGE) != 0 &&
                       (leaf->purposes & (HF_PURPOSE_SERVER | HF_PURPOSE_ANY)) == 0;
    return purpose == HF_INSPECT_ANY && client_only ? HF_PURPOSE_CLIENT : HF_PURPOSE_SERVER;
}

static void check_purpose(const struct hf_certificate *leaf, enum hf_inspect_purpose purpose, struct findings *findings)
{
    if (purpose == HF_INSPECT_ANY || (leaf->present & HF_CERTIFICATE_EXTENDED_KEY_USAGE) == 0)
        return;
    if ((leaf->purposes & (uint32_t)(purpose_bit(purpose, leaf) | HF_PURPOSE_ANY)) != 0)
        return;
    struct hf_failure *failure = add(findings, HF_ERR_wrong_purpose, leaf);
    struct hf_text text = hf_text_of(failure->wanted, sizeof(failure->wanted));
    hf_text_add(&text, "%s", purpose == HF_INSPECT_SERVER ? "serverAuth" : "clientAuth");
}

static void check_name(const struct hf_certificate *leaf, const char *name, struct findings *findings)
{
    enum hf_error error = name == NULL ? HF_OK : hf_names_check(leaf, name);
    if (error == HF_OK)
        return;
    struct hf_failure *failure = add(findings, error, leaf);
    struct hf_text text = hf_text_of(failure->wanted, sizeof(failure->wanted));
    hf_text_add_safe(&text, hf_span_of_text(name));
    text = hf_text_of(failure->got, sizeof(failure->got));
    hf_general_name_print_all(leaf->subject_alt_names, &text);
}

/* By what a path is judged. */
struct known {
    struct hf_trust *trust;
    const struct hf_revocation *revocation; /* NULL: nothing is known of it */
};

static enum hf_error verify_path(const struct hf_inspection *inspection, const struct hf_inspect_question *question,
                                 const struct known *known, struct findings *findings)
{
    struct hf_trust_added added;
    enum hf_error error =
        hf_trust_add_pem(known->trust, hf_span_of(question->ca, question->ca_len), /* lenient */ false, &added);
    if (error == HF_ERR_file_malformed) {
        struct hf_failure *failure = add(findings, error, NULL);
        (void)hf_chain_file_sniff(failure, hf_span_of(question->ca, question->ca_len), "PEM certificates of CAs");
        struct hf_text text = hf_text_of(failure->where, sizeof(failure->where));
        hf_text_add(&text, "the CA file");
        return HF_OK;
    }
    HF_TRY(error);
    struct hf_trust_question asked = {
        .certificates = inspection->file.spans,
        .certificate_count = inspection->file.count,
        .revocation = known->revocation,
        .purpose = purpose_bit(question->purpose, &inspection->file.parsed[0]),
        .name = question->name,
        .now_s = question->now_s,
        .toolbox = inspection->toolbox,
        .allocator = inspection->allocator,
    };
    struct hf_verdict verdict = {.error = HF_OK};
    error = hf_trust_verify(known->trust, &asked, &verdict);
    bool told = has(findings, error) || ((error == HF_ERR_certificate_expired || error == HF_ERR_issuer_expired ||
                                          error == HF_ERR_certificate_not_yet_valid) &&
                                         has(findings, HF_ERR_own_certificate_expired));
    if (error == HF_OK || told)
        return HF_OK;
    if (error == HF_ERR_no_memory || error == HF_ERR_crypto_failed)
        return error;
    hf_trust_fill_failure(&verdict, add(findings, error, NULL));
    return HF_OK;
}

typedef enum hf_error add_paper(struct hf_revocation *revocation, struct hf_span bytes, const char **ret_flaw);

struct papers {
    add_paper *add_one;
    const struct hf_inspect_paper *items;
    size_t count;
};

/* Each that cannot be read is a finding of its own. */
static enum hf_error add_papers(struct hf_revocation *revocation, const struct papers *papers,
                                struct findings *findings)
{
    for (size_t i = 0; i < papers->count; i++) {
        const struct hf_inspect_paper *paper = &papers->items[i];
        const char *flaw = NULL;
        enum hf_error error = papers->add_one(revocation, hf_span_of(paper->bytes, paper->len), &flaw);
        if (error == HF_ERR_no_memory || error == HF_ERR_crypto_failed)
            return error;
        if (error == HF_OK)
            continue;
        struct hf_failure *failure = add(findings, error, NULL);
        struct hf_text text = hf_text_of(failure->where, sizeof(failure->where));
        hf_text_add_safe(&text, hf_span_of_text(paper->name));
        text = hf_text_of(failure->got, sizeof(failure->got));
        hf_text_add(&text, "%s", flaw == NULL ? "" : flaw);
    }
    return HF_OK;
}

static enum hf_error check_path(const struct hf_inspection *inspection, const struct hf_inspect_question *question,
                                struct findings *findings)
{
    const struct papers crls = {hf_revocation_add_crl, question->crls, question->crl_count};
    const struct papers responses = {hf_revocation_add_ocsp, question->responses, question->response_count};
    struct hf_trust *trust = hf_trust_new(inspection->allocator);
    struct hf_revocation *revocation = hf_revocation_new(inspection->allocator);
    enum hf_error error = trust == NULL || revocation == NULL ? HF_ERR_no_memory : HF_OK;
    if (error == HF_OK)
        error = add_papers(revocation, &crls, findings);
    if (error == HF_OK)
        error = add_papers(revocation, &responses, findings);
    if (error == HF_OK) {
        const struct known known = {trust, crls.count + responses.count == 0 ? NULL : revocation};
        error = verify_path(inspection, question, &known, findings);
    }
    hf_revocation_free(revocation);
    hf_trust_free(trust);
    return error;
}

enum hf_error hf_inspection_check(const struct hf_inspection *inspection, const struct hf_inspect_question *question,
                                  struct hf_failure *ret_failures, size_t room, size_t *ret_count)
{
    if (room == 0)
        return HF_ERR_wrong_call;
    struct findings findings = {.items = ret_failures, .count = 0, .room = room};
    const struct hf_certificate *leaf = &inspection->file.parsed[0];
    check_identity(inspection, question, &findings);
    check_links(inspection, &findings);
    check_dates(inspection, question->now_s, &findings);
    check_purpose(leaf, question->purpose, &findings);
    check_name(leaf, question->name, &findings);
    if (question->ca != NULL)
        HF_TRY(check_path(inspection, question, &findings));
    *ret_count = findings.count;
    return HF_OK;
}

/* The certificate that issued none of the others; the first when there is no such. */
static size_t find_leaf(const struct hf_chain_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        bool issued = false;
        for (size_t j = 0; j < file->count; j++)
            issued = issued || (i != j && hf_name_equal(file->parsed[j].issuer, file->parsed[i].subject));
        if (!issued)
            return i;
    }
    return 0;
}

static enum hf_error find_keys_leaf(const struct hf_inspection *inspection, const struct hf_inspect_question *question,
                                    size_t *ret_index, struct hf_failure *ret_failure)
{
    struct hf_private_key *key = NULL;
    enum hf_error error =
        hf_private_key_read_pem(inspection->toolbox, inspection->allocator,
                                hf_span_of(question->key, question->key_len), hf_span_of_text(question->pass), &key);
    if (error == HF_OK)
        error = hf_match_key(inspection->allocator, key, inspection->file.parsed, inspection->file.count, ret_index);
    hf_private_key_free(key);
    if (error == HF_OK && *ret_index == inspection->file.count)
        error = HF_ERR_key_mismatch;
    return error == HF_OK ? HF_OK : hf_chain_file_fail(ret_failure, error);
}

/* The issuer of `index` among the others; `count` when there is none. A self-signed root is not sent (RFC 9846 4.5.1),
 * so it is not found. */
static size_t find_issuer(const struct hf_chain_file *file, size_t index)
{
    size_t i = 0;
    while (i < file->count && (i == index || hf_certificate_is_self_issued(&file->parsed[i]) ||
                               !hf_name_equal(file->parsed[i].subject, file->parsed[index].issuer)))
        i++;
    return i;
}

static enum hf_error write_sorted(const struct hf_chain_file *file, size_t leaf, struct hf_buffer *text)
{
    static const uint8_t end = 0;
    size_t at = leaf;
    for (size_t written = 0; at < file->count && written < file->count; written++) {
        HF_TRY(hf_pem_write("CERTIFICATE", file->spans[at], text));
        at = find_issuer(file, at);
    }
    return hf_buffer_append(text, hf_span_of(&end, 1)) ? HF_OK : HF_ERR_no_memory;
}

enum hf_error hf_inspection_sorted_pem(const struct hf_inspection *inspection,
                                       const struct hf_inspect_question *question, char **ret_pem,
                                       struct hf_failure *ret_failure)
{
    size_t leaf = find_leaf(&inspection->file);
    if (question->key != NULL)
        HF_TRY(find_keys_leaf(inspection, question, &leaf, ret_failure));
    struct hf_buffer text;
    hf_buffer_init(&text, inspection->allocator, (size_t)HF_CERTIFICATE_LEN_MAX * 32);
    enum hf_error error = write_sorted(&inspection->file, leaf, &text);
    char *pem = error == HF_OK ? (char *)hf_allocation_copy(inspection->allocator, hf_buffer_span(&text)) : NULL;
    hf_buffer_release(&text);
    if (pem == NULL)
        return hf_chain_file_fail(ret_failure, error == HF_OK ? HF_ERR_no_memory : error);
    *ret_pem = pem;
    return HF_OK;
}
