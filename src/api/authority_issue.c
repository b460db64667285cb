/* handfast/authority.h: certificates issued and renewed. Nothing is handed out that was not read again, matched with
 * its key, and verified up to the root for its role: by the same code that judges peers. RFC 5280 6. */
#include "api/authority_parts.h"

#include "authority/certify.h"
#include "authority/der_write.h"
#include "authority/host_name.h"
#include "base/text.h"
#include "certificate/general_name.h"
#include "identity/chain_file.h"
#include "trust/trust.h"
#include "trust/verdict.h"

enum { COMMON_NAME_MAX = 64 };

/* A certificate in the making. */
struct making {
    enum hf_authority_role role;
    struct hf_certify_subject subject;
    const char *verify_name; /* that it must be for; NULL: none is checked */
    const char *pass;        /* for the key's text */
    bool keep_key;           /* the holder has it already */
};

static enum hf_error need_issuer(const struct hf_authority *authority, enum hf_authority_role role,
                                 struct hf_failure *ret_failure)
{
    bool known = role == HF_AUTHORITY_SERVER || role == HF_AUTHORITY_CLIENT;
    if (known && authority->parts[role] != NULL && authority->parts[role]->key != NULL)
        return HF_OK;
    return hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid, "the CA's issuer for this role, with its key",
                                   hf_authority_role_name(role));
}

static enum hf_error verify(const struct hf_authority *authority, const struct hf_identity *made,
                            const struct making *making, struct hf_failure *ret_failure)
{
    struct hf_trust *trust = hf_trust_new(authority->allocator);
    if (trust == NULL)
        return hf_authority_parts_fail(ret_failure, HF_ERR_no_memory, NULL, NULL);
    struct hf_trust_question question = {
        .certificates = made->chain,
        .certificate_count = made->chain_count,
        .purpose = making->role == HF_AUTHORITY_SERVER ? HF_PURPOSE_SERVER : HF_PURPOSE_CLIENT,
        .name = making->verify_name,
        .now_s = made->parsed[0].not_before_s,
        .toolbox = authority->toolbox,
        .allocator = authority->allocator,
    };
    struct hf_verdict verdict = {.error = HF_OK, .depth = -1};
    enum hf_error error = hf_trust_add_der(trust, authority->parts[HF_AUTHORITY_ROOT]->chain[0]);
    if (error == HF_OK)
        error = hf_trust_verify(trust, &question, &verdict);
    if (error != HF_OK) {
        (void)hf_authority_parts_fail(ret_failure, error, NULL, NULL);
        if (verdict.error != HF_OK)
            hf_trust_fill_failure(&verdict, ret_failure);
    }
    hf_trust_free(trust);
    return error;
}

static void describe(const struct hf_identity *made, struct hf_authority_issued *issued)
{
    const struct hf_certificate *leaf = &made->parsed[0];
    issued->not_before_s = leaf->not_before_s;
    issued->not_after_s = leaf->not_after_s;
    struct hf_text text = hf_text_of(issued->serial, sizeof(issued->serial));
    hf_text_add_hex(&text, leaf->serial);
    text = hf_text_of(issued->subject, sizeof(issued->subject));
    hf_text_add(&text, "%s", made->subject);
    text = hf_text_of(issued->identity, sizeof(issued->identity));
    hf_general_name_print_all(leaf->subject_alt_names, &text);
}

/* Reads the new pair back from its own texts and verifies it. */
static enum hf_error prove(const struct hf_authority *authority, const struct making *making, const char *plain_key,
                           struct hf_authority_issued *issued, struct hf_failure *ret_failure)
{
    struct hf_identity_files files = {.chain = hf_span_of_text(issued->chain_pem), .key = hf_span_of_text(plain_key)};
    struct hf_identity *made = NULL;
    HF_TRY(hf_identity_new_pem(authority->toolbox, authority->allocator, &files, &made, ret_failure));
    enum hf_error error = verify(authority, made, making, ret_failure);
    if (error == HF_OK)
        describe(made, issued);
    hf_identity_free(made);
    return error;
}

static enum hf_error write_texts(const struct hf_authority *authority, const struct making *making, struct hf_span der,
                                 char **ret_plain_key, struct hf_authority_issued *issued)
{
    HF_TRY(hf_authority_parts_certificate_text(authority, der, authority->pem[making->role], &issued->chain_pem));
    HF_TRY(hf_authority_parts_key_text(authority, making->subject.key, /* pass */ NULL, ret_plain_key));
    if (making->keep_key)
        return HF_OK;
    return hf_authority_parts_key_text(authority, making->subject.key, making->pass, &issued->key_pem);
}

static enum hf_error make(const struct hf_authority *authority, const struct making *making,
                          struct hf_authority_issued *ret_issued, struct hf_failure *ret_failure)
{
    const struct hf_identity *part = authority->parts[making->role];
    struct hf_certify_issuer issuer = {.certificate = &part->parsed[0], .key = part->key};
    uint8_t der[HF_TEMPLATE_LEN_MAX];
    struct hf_writer writer = hf_writer_of(der, sizeof(der));
    enum hf_error error = hf_certify_leaf(authority->toolbox, authority->allocator, &issuer, &making->subject, &writer);
    if (error == HF_ERR_setting_invalid)
        return hf_authority_parts_fail(ret_failure, error, "a validity within that of the CA's issuer",
                                       "one that is empty, or all before or after it");
    struct hf_authority_issued issued = {.chain_pem = NULL};
    char *plain_key = NULL;
    if (error == HF_OK)
        error = write_texts(authority, making, hf_writer_span(&writer), &plain_key, &issued);
    if (error == HF_OK)
        error = prove(authority, making, plain_key, &issued, ret_failure);
    else
        (void)hf_authority_parts_fail(ret_failure, error, NULL, NULL);
    hf_authority_parts_drop_text(authority->allocator, plain_key);
    if (error != HF_OK) {
        hf_authority_issued_wipe(&issued);
        return error;
    }
    *ret_issued = issued;
    return HF_OK;
}

static enum hf_error write_server_names(const struct hf_authority_wish *wish, struct hf_writer *names,
                                        struct hf_failure *ret_failure)
{
    for (size_t i = 0; i <= wish->names_count; i++) {
        const char *name = i == 0 ? wish->name : wish->names[i - 1];
        hf_host_name_write(names, name);
        if (!hf_writer_end(names))
            return hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid,
                                           "DNS names (api.lan, *.lan) or IP addresses for a server", name);
    }
    return HF_OK;
}

/* Every segment of a SPIFFE ID's path: letters, digits, '.', '-', '_' (SPIFFE-ID 2.2). */
static bool is_path(const char *name)
{
    char segment[HF_AUTHORITY_NAME_MAX + 1];
    for (size_t from = 0, at = 0;; at++) {
        if (name[at] != '/' && name[at] != '\0')
            continue;
        struct hf_span part = hf_span_of(name + from, at - from);
        if (!hf_span_copy(part, segment, sizeof(segment) - 1))
            return false;
        segment[part.len] = '\0';
        if (!hf_host_name_is_label(segment, /* lower_case */ false, HF_AUTHORITY_NAME_MAX))
            return false;
        if (name[at] == '\0')
            return at <= 200;
        from = at + 1;
    }
}

static enum hf_error write_client_name(const struct hf_authority *authority, const struct hf_authority_wish *wish,
                                       struct hf_writer *names, struct hf_failure *ret_failure)
{
    if (!is_path(wish->name) || wish->names_count != 0)
        return hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid,
                                       "one name of letters, digits, '.', '-', '_' for a client, '/' between parts",
                                       wish->names_count != 0 ? wish->names[0] : wish->name);
    char uri[320];
    struct hf_text text = hf_text_of(uri, sizeof(uri));
    hf_text_add(&text, "spiffe://%s/%s", authority->name, wish->name);
    hf_der_write_value(names, HF_DER_CONTEXT(HF_GENERAL_NAME_URI), hf_span_of_text(uri));
    return HF_OK;
}

/* The common name is for people and old tools: the first DNS name, or the client's. Of a server that has addresses only
 * it is no host's name, or OpenSSL would hold it against DNS constraints. X.520 bounds it to 64 characters; a longer
 * one is told by its first part. */
static void tell_common_name(const struct hf_authority_wish *wish, char into[COMMON_NAME_MAX + 1])
{
    struct hf_text text = hf_text_of(into, COMMON_NAME_MAX + 1);
    const char *name = wish->name;
    for (size_t i = 0; i < wish->names_count && hf_host_name_is_address(name); i++)
        name = wish->names[i];
    bool address = wish->role == HF_AUTHORITY_SERVER && hf_host_name_is_address(name);
    hf_text_add(&text, "%s%s", address ? "server at " : "", address ? wish->name : name);
}

static enum hf_error issue(const struct hf_authority *authority, const struct hf_authority_wish *wish,
                           struct making *making, struct hf_authority_issued *ret_issued,
                           struct hf_failure *ret_failure)
{
    uint8_t names_bytes[HF_AUTHORITY_NAMES_LEN_MAX];
    struct hf_writer names = hf_writer_of(names_bytes, sizeof(names_bytes));
    bool server = wish->role == HF_AUTHORITY_SERVER;
    HF_TRY(server ? write_server_names(wish, &names, ret_failure)
                  : write_client_name(authority, wish, &names, ret_failure));
    bool has_names = !server || !wish->unfit_without_names;
    making->subject.names = has_names ? hf_writer_span(&names) : hf_span_of(NULL, 0);
    making->verify_name = server && has_names && wish->name[0] != '*' ? wish->name : NULL;
    char common_name[COMMON_NAME_MAX + 1];
    tell_common_name(wish, common_name);
    uint8_t subject_bytes[128];
    struct hf_writer subject = hf_writer_of(subject_bytes, sizeof(subject_bytes));
    hf_template_write_name(&subject, common_name);
    making->subject.name = hf_writer_span(&subject);
    return make(authority, making, ret_issued, ret_failure);
}

static struct making making_of(const struct hf_authority_wish *wish)
{
    bool server = wish->role == HF_AUTHORITY_SERVER;
    return (struct making){
        .role = wish->role,
        .pass = wish->pass,
        .subject = {.delegates = wish->delegates,
                    .validity = {wish->validity.not_before_s, wish->validity.not_after_s},
                    .purpose = server ? HF_PURPOSE_SERVER : HF_PURPOSE_CLIENT},
    };
}

enum hf_error hf_authority_issue(const struct hf_authority *authority, const struct hf_authority_wish *wish,
                                 struct hf_authority_issued *ret_issued, struct hf_failure *ret_failure)
{
    HF_TRY(need_issuer(authority, wish->role, ret_failure));
    struct making making = making_of(wish);
    struct hf_private_key *key = NULL;
    enum hf_error error = hf_authority_parts_new_key(authority, wish->key, &key);
    if (error != HF_OK)
        return hf_authority_parts_fail(ret_failure, error, NULL, "a new key could not be made");
    making.subject.key = key;
    error = issue(authority, wish, &making, ret_issued, ret_failure);
    hf_private_key_free(key);
    return error;
}

/* Whether this CA issued it: at the moment at which its validity began. */
static enum hf_error verify_old(const struct hf_authority *authority, const struct hf_identity *old,
                                struct making *making, struct hf_failure *ret_failure)
{
    const struct hf_certificate *leaf = &old->parsed[0];
    bool both = leaf->purposes != HF_PURPOSE_SERVER && leaf->purposes != HF_PURPOSE_CLIENT;
    if (leaf->is_ca || both)
        return hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid,
                                       "a server's or client's certificate that this CA issued", old->subject);
    making->role = leaf->purposes == HF_PURPOSE_SERVER ? HF_AUTHORITY_SERVER : HF_AUTHORITY_CLIENT;
    HF_TRY(need_issuer(authority, making->role, ret_failure));
    making->subject.purpose = (enum hf_purpose)leaf->purposes;
    making->subject.name = leaf->subject;
    making->subject.names = leaf->subject_alt_names;
    making->subject.delegates = (leaf->present & HF_CERTIFICATE_DELEGATION_USAGE) != 0;
    return verify(authority, old, making, ret_failure);
}

static enum hf_error read_old(const struct hf_authority *authority, const struct hf_authority_pair *old,
                              struct hf_identity **ret_identity, struct hf_failure *ret_failure)
{
    struct hf_identity_files files = {.chain = hf_span_of(old->certificate, old->certificate_len),
                                      .key = hf_span_of(old->key, old->key_len),
                                      .pass = hf_span_of_text(old->pass)};
    if (old->key == NULL)
        return hf_identity_new_signer(authority->toolbox, authority->allocator, files.chain,
                                      (struct hf_signer){.begin = NULL}, ret_identity, ret_failure);
    return hf_identity_new_pem(authority->toolbox, authority->allocator, &files, ret_identity, ret_failure);
}

enum hf_error hf_authority_renew(const struct hf_authority *authority, const struct hf_authority_pair *old,
                                 const struct hf_authority_wish *wish, struct hf_authority_issued *ret_issued,
                                 struct hf_failure *ret_failure)
{
    struct hf_identity *identity = NULL;
    HF_TRY(read_old(authority, old, &identity, ret_failure));
    struct making making = making_of(wish);
    struct hf_private_key *key = NULL;
    enum hf_error error = verify_old(authority, identity, &making, ret_failure);
    making.keep_key = identity->key != NULL;
    if (error == HF_OK && !making.keep_key) {
        error = hf_authority_parts_new_key(authority, wish->key, &key);
        if (error != HF_OK)
            (void)hf_authority_parts_fail(ret_failure, error, NULL, "a new key could not be made");
    }
    making.subject.key = making.keep_key ? identity->key : key;
    if (error == HF_OK)
        error = make(authority, &making, ret_issued, ret_failure);
    hf_private_key_free(key);
    hf_identity_free(identity);
    return error;
}

void hf_authority_issued_wipe(struct hf_authority_issued *issued)
{
    hf_authority_parts_drop_text(&hf_allocation_standard, issued->chain_pem);
    hf_authority_parts_drop_text(&hf_allocation_standard, issued->key_pem);
    *issued = (struct hf_authority_issued){.chain_pem = NULL};
}
