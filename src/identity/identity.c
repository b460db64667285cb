/* Makes identities, and explains files that do not make one. The rule that costs people most time is that the leaf
 * comes first: a key that belongs to a later certificate of the file is named as that, not as a mismatch (H23).
 * Certificates behind the leaf are sent as they stand; peers may want a cross-signed one (RFC 9846 4.5.1). */
#include "identity/identity.h"

#include "base/text.h"
#include "certificate/name.h"
#include "certificate/sniff.h"
#include "identity/chain_file.h"
#include "identity/delegation.h"
#include "identity/match_key.h"
#include "identity/own_key.h"
#include "registry/key_type.h"
#include "registry/signature_scheme.h"

static unsigned purposes_of(const struct hf_certificate *leaf)
{
    if ((leaf->present & HF_CERTIFICATE_EXTENDED_KEY_USAGE) == 0 || (leaf->purposes & HF_PURPOSE_ANY) != 0)
        return HF_IDENTITY_FOR_SERVER | HF_IDENTITY_FOR_CLIENT;
    return ((leaf->purposes & HF_PURPOSE_SERVER) != 0 ? HF_IDENTITY_FOR_SERVER : 0u) |
           ((leaf->purposes & HF_PURPOSE_CLIENT) != 0 ? HF_IDENTITY_FOR_CLIENT : 0u);
}

/* Says that the leaf is not the first of the file. */
static enum hf_error wrong_order(struct hf_failure *ret_failure, const struct hf_certificate *first,
                                 const struct hf_certificate *leaf, size_t leaf_index)
{
    (void)hf_chain_file_fail(ret_failure, HF_ERR_key_mismatch);
    hf_chain_file_name(ret_failure, first);
    char name[160];
    struct hf_text leaf_name = hf_text_of(name, sizeof(name));
    hf_name_print(leaf->subject, &leaf_name);
    struct hf_text text = hf_text_of(ret_failure->wanted, sizeof(ret_failure->wanted));
    hf_text_add(&text, "the leaf first, then its issuers");
    text = hf_text_of(ret_failure->got, sizeof(ret_failure->got));
    hf_text_add(&text, "the file is in the wrong order: it starts with %s, and the key's own certificate is #%zu (%s)",
                first->is_ca ? "a CA" : "another certificate", leaf_index + 1, name);
    text = hf_text_of(ret_failure->hint, sizeof(ret_failure->hint));
    hf_text_add(&text, "put the leaf first: handfast cert sort FILE --key KEYFILE --out FIXED");
    return HF_ERR_key_mismatch;
}

static enum hf_error no_such_key(struct hf_failure *ret_failure, const struct hf_private_key *key,
                                 const struct hf_chain_file *file)
{
    const struct hf_certificate *leaf = &file->parsed[0];
    (void)hf_chain_file_fail(ret_failure, HF_ERR_key_mismatch);
    hf_chain_file_name(ret_failure, leaf);
    struct hf_text text = hf_text_of(ret_failure->wanted, sizeof(ret_failure->wanted));
    hf_text_add(&text, "the %s key of the certificate", hf_algorithm_spki_name(leaf->key.kind));
    text = hf_text_of(ret_failure->got, sizeof(ret_failure->got));
    hf_text_add(&text, "a %s key that belongs to none of the %zu certificate%s of the file",
                hf_key_type_name(hf_private_key_type(key)), file->count, file->count == 1 ? "" : "s");
    text = hf_text_of(ret_failure->hint, sizeof(ret_failure->hint));
    hf_text_add(&text, "give the key that was made for this certificate; both are replaced together at a renewal");
    return HF_ERR_key_mismatch;
}

static enum hf_error match_key(const struct hf_allocator *allocator, const struct hf_private_key *key,
                               const struct hf_chain_file *file, struct hf_failure *ret_failure)
{
    size_t at = 0;
    enum hf_error error = hf_match_key(allocator, key, file->parsed, file->count, &at);
    if (error != HF_OK)
        return hf_chain_file_fail(ret_failure, error);
    if (at == file->count)
        return no_such_key(ret_failure, key, file);
    return at == 0 ? HF_OK : wrong_order(ret_failure, &file->parsed[0], &file->parsed[at], at);
}

/* Without a key at hand: the first certificate must not have issued another of the file. */
static enum hf_error check_first(const struct hf_chain_file *file, struct hf_failure *ret_failure)
{
    const struct hf_certificate *first = &file->parsed[0];
    for (size_t i = 1; i < file->count; i++) {
        if (hf_name_equal(file->parsed[i].issuer, first->subject))
            return wrong_order(ret_failure, first, &file->parsed[i], i);
    }
    return HF_OK;
}

static enum hf_error explain_key(enum hf_error error, struct hf_span chain, struct hf_span key,
                                 struct hf_failure *ret_failure)
{
    enum hf_sniffed sniffed = hf_sniff(key);
    bool holds_key = sniffed == HF_SNIFFED_KEY || sniffed == HF_SNIFFED_BOTH;
    bool unread = error == HF_ERR_file_malformed || error == HF_ERR_unsupported_key;
    if (!unread || holds_key) {
        (void)hf_chain_file_fail(ret_failure, error);
        struct hf_text text = hf_text_of(ret_failure->where, sizeof(ret_failure->where));
        hf_text_add(&text, "the private key");
        return error;
    }
    (void)hf_chain_file_sniff(ret_failure, key, "a PEM private key (-----BEGIN PRIVATE KEY-----)");
    struct hf_text text = hf_text_of(ret_failure->where, sizeof(ret_failure->where));
    hf_text_add(&text, "the private key");
    if (sniffed == HF_SNIFFED_CERTIFICATES) {
        text = hf_text_of(ret_failure->hint, sizeof(ret_failure->hint));
        hf_text_add(&text, "%s",
                    hf_sniff(chain) == HF_SNIFFED_KEY ? "certificate and key are swapped: exchange the two"
                                                      : "give the key's own file (--key FILE)");
    }
    return HF_ERR_file_malformed;
}

static enum hf_error explain_chain(struct hf_span chain, struct hf_span key, struct hf_failure *ret_failure)
{
    struct hf_text text = hf_text_of(ret_failure->where, sizeof(ret_failure->where));
    hf_text_add(&text, "the certificate chain");
    enum hf_sniffed key_sniffed = hf_sniff(key);
    bool swapped = key_sniffed == HF_SNIFFED_CERTIFICATES || key_sniffed == HF_SNIFFED_BOTH;
    if (hf_sniff(chain) == HF_SNIFFED_KEY) {
        text = hf_text_of(ret_failure->hint, sizeof(ret_failure->hint));
        hf_text_add(&text, "%s",
                    swapped ? "certificate and key are swapped: exchange the two"
                            : "give the certificate's file (--cert FILE)");
    }
    return ret_failure->error;
}

/* RFC 8017 9.1.1: a PSS encoding holds hash, salt of the same length and two bytes, in one bit less than the modulus.
 */
static bool is_room_for(const struct hf_signature_scheme *scheme, size_t bits)
{
    return scheme->kind.padding != HF_PADDING_PSS || (bits + 6) / 8 >= 2 * hf_hash_len(scheme->kind.hash) + 2;
}

/* A small RSA key cannot make every signature of its type. */
static void drop_too_long(struct hf_identity_schemes *schemes, size_t bits)
{
    size_t kept = 0;
    for (size_t i = 0; i < schemes->count; i++)
        if (is_room_for(hf_signature_scheme_find(schemes->items[i]), bits))
            schemes->items[kept++] = schemes->items[i];
    schemes->count = kept;
}

static void take_schemes(struct hf_identity *identity, enum hf_key_type type, size_t bits)
{
    identity->schemes13 = hf_own_key_schemes(type, HF_VERSION_BIT_13);
    identity->schemes12 = hf_own_key_schemes(type, HF_VERSION_BIT_12);
    identity->key_type = type;
    drop_too_long(&identity->schemes13, bits);
    drop_too_long(&identity->schemes12, bits);
}

static enum hf_error take_verifier(struct hf_identity *identity, struct hf_failure *ret_failure)
{
    enum hf_error error =
        hf_key_type_public_key(identity->toolbox, identity->allocator, &identity->parsed[0].key, &identity->verifier);
    return error == HF_OK ? HF_OK : hf_chain_file_fail(ret_failure, error);
}

/* Takes over what `file` holds and fills in what follows from the leaf. */
static enum hf_error assemble(struct hf_identity *identity, struct hf_chain_file *file, struct hf_failure *ret_failure)
{
    const struct hf_certificate *leaf = &file->parsed[0];
    enum hf_key_type type = hf_key_type_of(leaf->key.kind);
    take_schemes(identity, type, leaf->key.bits);
    if (identity->schemes13.count + identity->schemes12.count == 0) {
        (void)hf_chain_file_fail(ret_failure, HF_ERR_unsupported_key);
        hf_chain_file_name(ret_failure, leaf);
        return HF_ERR_unsupported_key;
    }
    for (size_t i = 0; i < file->count; i++)
        identity->chain[i] = file->spans[i];
    identity->chain_count = file->count;
    identity->memory = file->memory;
    identity->parsed = file->parsed;
    identity->purposes = purposes_of(leaf);
    struct hf_text text = hf_text_of(identity->subject, sizeof(identity->subject));
    hf_name_print(leaf->subject, &text);
    file->memory = NULL;
    file->parsed = NULL;
    return identity->key != NULL ? HF_OK : take_verifier(identity, ret_failure);
}

static enum hf_error read_chain(struct hf_identity *identity, struct hf_span chain, struct hf_span key,
                                struct hf_chain_file *ret_file, struct hf_failure *ret_failure)
{
    if (hf_chain_file_read(identity->allocator, chain, HF_IDENTITY_CHAIN_MAX, ret_file, ret_failure) != HF_OK)
        return explain_chain(chain, key, ret_failure);
    return HF_OK;
}

static enum hf_error check_key_and_assemble(struct hf_identity *identity, struct hf_chain_file *file,
                                            struct hf_failure *ret_failure)
{
    if (identity->key != NULL)
        HF_TRY(match_key(identity->allocator, identity->key, file, ret_failure));
    else
        HF_TRY(check_first(file, ret_failure));
    return assemble(identity, file, ret_failure);
}

static void release(const struct hf_signer *signer)
{
    if (signer->release != NULL)
        signer->release(signer->context);
}

static struct hf_identity *new_empty(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator)
{
    struct hf_identity *identity = hf_allocation_new(allocator, sizeof(*identity));
    if (identity == NULL)
        return NULL;
    identity->allocator = allocator;
    identity->toolbox = toolbox;
    hf_buffer_init(&identity->credential, allocator, HF_DELEGATION_LEN_MAX);
    for (size_t i = 0; i < HF_IDENTITY_CHAIN_MAX; i++) {
        hf_buffer_init(&identity->ocsp[i], allocator, HF_IDENTITY_PAPER_MAX);
        hf_buffer_init(&identity->scts[i], allocator, HF_IDENTITY_PAPER_MAX);
    }
    return identity;
}

/* The part common to both kinds: `identity` has its key or its signer already. Frees it on failure. */
static enum hf_error finish(struct hf_identity *identity, struct hf_span chain, struct hf_span key,
                            struct hf_identity **ret_identity, struct hf_failure *ret_failure)
{
    struct hf_chain_file file = {.count = 0};
    enum hf_error error = read_chain(identity, chain, key, &file, ret_failure);
    if (error == HF_OK)
        error = check_key_and_assemble(identity, &file, ret_failure);
    hf_chain_file_release(identity->allocator, &file);
    if (error != HF_OK) {
        hf_identity_free(identity);
        return error;
    }
    *ret_identity = identity;
    return HF_OK;
}

/* An identity that has its key and can sign; nothing is shown of it yet. */
static enum hf_error new_with_key(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                  const struct hf_identity_files *files, struct hf_identity **ret_identity,
                                  struct hf_failure *ret_failure)
{
    struct hf_identity *identity = new_empty(toolbox, allocator);
    if (identity == NULL) {
        (void)hf_chain_file_fail(ret_failure, HF_ERR_no_memory);
        return HF_ERR_no_memory;
    }
    enum hf_error error = hf_private_key_read_pem(toolbox, allocator, files->key, files->pass, &identity->key);
    if (error != HF_OK) {
        hf_identity_free(identity);
        return explain_key(error, files->chain, files->key, ret_failure);
    }
    identity->signer = hf_own_key_signer(identity->key);
    *ret_identity = identity;
    return HF_OK;
}

enum hf_error hf_identity_new_pem(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                  const struct hf_identity_files *files, struct hf_identity **ret_identity,
                                  struct hf_failure *ret_failure)
{
    struct hf_identity *identity = NULL;
    HF_TRY(new_with_key(toolbox, allocator, files, &identity, ret_failure));
    return finish(identity, files->chain, files->key, ret_identity, ret_failure);
}

/* A key has no dates and no issuer: as a certificate it is one that holds for ever and says nothing. */
static enum hf_error take_raw(struct hf_identity *identity)
{
    struct hf_buffer der;
    hf_buffer_init(&der, identity->allocator, HF_CERTIFICATE_LEN_MAX);
    enum hf_error error = hf_private_key_spki(identity->key, &der);
    const struct hf_span whole = hf_buffer_span(&der);
    identity->memory = hf_allocation_copy(identity->allocator, whole);
    identity->parsed = hf_allocation_array(identity->allocator, 1, sizeof *identity->parsed);
    if (error == HF_OK && (identity->memory == NULL || identity->parsed == NULL))
        error = HF_ERR_no_memory;
    if (error == HF_OK) {
        struct hf_certificate *as_certificate = &identity->parsed[0];
        identity->chain[0] = hf_span_of(identity->memory, whole.len);
        identity->chain_count = 1;
        as_certificate->not_before_s = INT64_MIN;
        as_certificate->not_after_s = INT64_MAX;
        if (!hf_algorithm_read_spki(identity->chain[0], &as_certificate->key))
            error = HF_ERR_unsupported_key;
    }
    hf_buffer_release(&der);
    return error;
}

enum hf_error hf_identity_new_raw(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                  const struct hf_identity_files *files, struct hf_identity **ret_identity,
                                  struct hf_failure *ret_failure)
{
    struct hf_identity *identity = NULL;
    HF_TRY(new_with_key(toolbox, allocator, files, &identity, ret_failure));
    if (identity == NULL)
        return HF_ERR_internal;
    identity->type = HF_CERTIFICATE_TYPE_RAW;
    identity->purposes = HF_IDENTITY_FOR_SERVER | HF_IDENTITY_FOR_CLIENT;
    enum hf_error error = take_raw(identity);
    if (error != HF_OK) {
        hf_identity_free(identity);
        return explain_key(error, files->key, files->key, ret_failure);
    }
    take_schemes(identity, hf_private_key_type(identity->key), identity->parsed[0].key.bits);
    struct hf_text text = hf_text_of(identity->subject, sizeof identity->subject);
    hf_text_add(&text, "a raw public key, %s", hf_key_type_name(identity->key_type));
    *ret_identity = identity;
    return HF_OK;
}

enum hf_error hf_identity_new_signer(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                     struct hf_span chain, struct hf_signer signer, struct hf_identity **ret_identity,
                                     struct hf_failure *ret_failure)
{
    struct hf_identity *identity = new_empty(toolbox, allocator);
    if (identity == NULL) {
        release(&signer);
        return hf_chain_file_fail(ret_failure, HF_ERR_no_memory);
    }
    identity->signer = signer;
    return finish(identity, chain, hf_span_of(NULL, 0), ret_identity, ret_failure);
}

unsigned hf_identity_papers(const struct hf_identity *identity)
{
    unsigned papers = 0;
    for (size_t i = 0; identity->type != HF_CERTIFICATE_TYPE_RAW && i < identity->chain_count; i++) {
        papers |= hf_buffer_len(&identity->ocsp[i]) > 0 ? HF_IDENTITY_OCSP : 0U;
        papers |= hf_buffer_len(&identity->scts[i]) > 0 ? HF_IDENTITY_SCTS : 0U;
    }
    return papers;
}

/* ---- by a delegated credential ---- */

static enum hf_error unfit(struct hf_failure *ret_failure, const char *wanted, const char *got)
{
    (void)hf_chain_file_fail(ret_failure, HF_ERR_credential_unfit);
    struct hf_text text = hf_text_of(ret_failure->wanted, sizeof ret_failure->wanted);
    hf_text_add(&text, "%s", wanted);
    text = hf_text_of(ret_failure->got, sizeof ret_failure->got);
    hf_text_add(&text, "%s", got);
    return HF_ERR_credential_unfit;
}

/* The key is the one that the credential names, and fits its scheme. */
static enum hf_error match_credential(const struct hf_identity *identity, const struct hf_delegation *delegation,
                                      struct hf_failure *ret_failure)
{
    const struct hf_signature_scheme *scheme = hf_signature_scheme_find(delegation->scheme);
    const struct hf_certificate as_certificate = {.key = delegation->key};
    struct hf_signature_kind kind;
    size_t at = 0;
    if (!hf_delegation_allows(delegation->scheme))
        return unfit(ret_failure, "a scheme that credentials may be for (RFC 9345 4)",
                     scheme == NULL ? "an unknown scheme" : scheme->name);
    enum hf_error error = hf_match_key(identity->allocator, identity->key, &as_certificate, 1, &at);
    if (error != HF_OK)
        return hf_chain_file_fail(ret_failure, error);
    if (at != 0)
        return hf_chain_file_fail(ret_failure, HF_ERR_key_mismatch);
    if (!hf_signature_scheme_fits(scheme, HF_VERSION_BIT_13, hf_private_key_type(identity->key), &kind))
        return unfit(ret_failure, "a key of the credential's scheme",
                     hf_key_type_name(hf_private_key_type(identity->key)));
    return HF_OK;
}

/* RFC 9345 4.2, and step 5 of 4.1.3. */
enum hf_error hf_identity_check_credential(const struct hf_identity *identity, enum hf_role role,
                                           struct hf_failure *ret_failure)
{
    const struct hf_certificate *leaf = &identity->parsed[0];
    struct hf_delegation delegation;
    struct hf_public_key *key;
    if (!hf_delegation_permits(leaf))
        return unfit(ret_failure, "a certificate with DelegationUsage and digitalSignature",
                     "one that does not permit it");
    enum hf_error error = hf_delegation_read(hf_buffer_span(&identity->credential), &delegation);
    if (error == HF_OK)
        error = hf_key_type_public_key(identity->toolbox, identity->allocator, &leaf->key, &key);
    if (error != HF_OK)
        return hf_chain_file_fail(ret_failure, error);
    error = hf_delegation_verify(identity->allocator, key, role, leaf->der, &delegation);
    hf_public_key_free(key);
    if (error == HF_ERR_bad_signature || error == HF_ERR_wrong_signature_scheme)
        return unfit(ret_failure, "one that this certificate's key has signed for this role", "another");
    return error == HF_OK ? HF_OK : hf_chain_file_fail(ret_failure, error);
}

static enum hf_error take_credential(struct hf_identity *identity, struct hf_span bytes, struct hf_failure *ret_failure)
{
    struct hf_delegation delegation;
    if (hf_delegation_read(bytes, &delegation) != HF_OK)
        return hf_chain_file_fail(ret_failure, HF_ERR_file_malformed);
    HF_TRY(match_credential(identity, &delegation, ret_failure));
    if (!hf_buffer_append(&identity->credential, bytes))
        return hf_chain_file_fail(ret_failure, HF_ERR_no_memory);
    identity->key_type = hf_private_key_type(identity->key);
    identity->schemes12.count = 0; /* RFC 9345 4.1: 1.3 only, and by this scheme only, whatever else is configured */
    identity->schemes13 = (struct hf_identity_schemes){.items = {delegation.scheme}, .count = 1};
    identity->schemes_chosen = true;
    identity->credential_signed_by = delegation.signed_by;
    identity->credential_end_s = hf_delegation_end_s(&delegation, &identity->parsed[0]);
    return HF_OK;
}

enum hf_error hf_identity_new_delegated(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                        const struct hf_identity_files *files, struct hf_span credential,
                                        struct hf_identity **ret_identity, struct hf_failure *ret_failure)
{
    struct hf_identity *identity = NULL;
    struct hf_chain_file file = {.count = 0};
    HF_TRY(new_with_key(toolbox, allocator, files, &identity, ret_failure));
    enum hf_error error = read_chain(identity, files->chain, files->key, &file, ret_failure);
    if (error == HF_OK)
        error = check_first(&file, ret_failure);
    if (error == HF_OK)
        error = assemble(identity, &file, ret_failure);
    hf_chain_file_release(allocator, &file);
    if (error == HF_OK)
        error = take_credential(identity, credential, ret_failure);
    if (error == HF_OK)
        *ret_identity = identity;
    else
        hf_identity_free(identity);
    return error;
}

size_t hf_identity_room(const struct hf_identity *identity)
{
    enum { HEADERS = 32 };
    size_t room = hf_buffer_len(&identity->credential);
    for (size_t i = 0; i < identity->chain_count; i++)
        room +=
            HEADERS + identity->chain[i].len + hf_buffer_len(&identity->ocsp[i]) + hf_buffer_len(&identity->scts[i]);
    return room;
}

void hf_identity_free(struct hf_identity *identity)
{
    if (identity == NULL)
        return;
    for (size_t i = 0; i < HF_IDENTITY_CHAIN_MAX; i++) {
        hf_buffer_release(&identity->ocsp[i]);
        hf_buffer_release(&identity->scts[i]);
    }
    hf_buffer_release(&identity->credential);
    release(&identity->signer);
    hf_public_key_free(identity->verifier);
    hf_private_key_free(identity->key);
    hf_allocation_free(identity->allocator, identity->parsed);
    hf_allocation_free(identity->allocator, identity->memory);
    hf_allocation_free(identity->allocator, identity);
}

static struct hf_identity_schemes in_order(const struct hf_identity_schemes *own, const uint16_t *schemes, size_t count)
{
    struct hf_identity_schemes kept = {.count = 0};
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < own->count && kept.count < HF_IDENTITY_SCHEMES_MAX; j++)
            if (own->items[j] == schemes[i])
                kept.items[kept.count++] = schemes[i];
    return kept;
}

static struct hf_identity_schemes listed(const struct hf_identity_schemes *own, const uint16_t *schemes, size_t count)
{
    struct hf_identity_schemes kept = {.count = 0};
    for (size_t i = 0; i < own->count; i++)
        for (size_t j = 0; j < count; j++)
            if (own->items[i] == schemes[j]) {
                kept.items[kept.count++] = own->items[i];
                break;
            }
    return kept;
}

bool hf_identity_prefer_schemes(struct hf_identity *identity, const uint16_t *schemes, size_t count)
{
    struct hf_identity_schemes kept13 = in_order(&identity->schemes13, schemes, count);
    struct hf_identity_schemes kept12 = in_order(&identity->schemes12, schemes, count);
    if (kept13.count == 0 && kept12.count == 0)
        return false;
    identity->schemes13 = kept13;
    identity->schemes12 = kept12;
    identity->schemes_chosen = true;
    return true;
}

void hf_identity_limit_schemes(struct hf_identity *identity, const uint16_t *schemes, size_t count)
{
    if (identity->schemes_chosen)
        return;
    identity->schemes13 = listed(&identity->schemes13, schemes, count);
    identity->schemes12 = listed(&identity->schemes12, schemes, count);
}
