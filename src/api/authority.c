/* handfast/authority.h: a CA made, opened, added to, and taken apart again. Its parts are identities: that type checks
 * that key and certificate belong together, and explains files that do not. */
#include "api/authority_parts.h"

#include "authority/certify.h"
#include "authority/der_write.h"
#include "authority/host_name.h"
#include "base/text.h"
#include "certificate/general_name.h"
#include "certificate/name.h"
#include "crypto/toolbox.h"

#define ROOT_SUFFIX " Root CA"

static const struct {
    const char *name;
    enum hf_authority_key key;
} key_names[] = {
    {"p256", HF_AUTHORITY_P256},       {"p384", HF_AUTHORITY_P384},       {"p521", HF_AUTHORITY_P521},
    {"ed25519", HF_AUTHORITY_ED25519}, {"rsa2048", HF_AUTHORITY_RSA2048}, {"rsa4096", HF_AUTHORITY_RSA4096},
    {"mldsa44", HF_AUTHORITY_MLDSA44}, {"mldsa65", HF_AUTHORITY_MLDSA65}, {"mldsa87", HF_AUTHORITY_MLDSA87},
};

int hf_authority_key_by_name(const char *name, enum hf_authority_key *ret_key)
{
    for (size_t i = 0; i < HF_COUNT(key_names); i++) {
        if (hf_span_equal(hf_span_of_text(name), hf_span_of_text(key_names[i].name))) {
            *ret_key = key_names[i].key;
            return 0;
        }
    }
    return -1;
}

const char *hf_authority_role_name(enum hf_authority_role role)
{
    switch (role) {
    case HF_AUTHORITY_ROOT:
        return "root";
    case HF_AUTHORITY_SERVER:
        return "server";
    case HF_AUTHORITY_CLIENT:
        return "client";
    }
    return "unknown";
}

struct hf_authority_validity hf_authority_validity_days(int64_t now_s, unsigned days)
{
    enum { BACKDATED_S = 300, DAY_S = 86400 };
    return (struct hf_authority_validity){.not_before_s = now_s - BACKDATED_S,
                                          .not_after_s = now_s + (int64_t)days * DAY_S};
}

static enum hf_error new_empty(struct hf_authority **ret_authority)
{
    const struct hf_allocator *allocator = &hf_allocation_standard;
    struct hf_authority *authority = hf_allocation_new(allocator, sizeof(*authority));
    if (authority == NULL)
        return HF_ERR_no_memory;
    authority->allocator = allocator;
    enum hf_error error = hf_toolbox_new(allocator, &authority->toolbox);
    if (error != HF_OK) {
        hf_authority_free(authority);
        return error;
    }
    *ret_authority = authority;
    return HF_OK;
}

void hf_authority_free(struct hf_authority *authority)
{
    if (authority == NULL)
        return;
    for (size_t i = 0; i < HF_AUTHORITY_PARTS; i++) {
        hf_identity_free(authority->parts[i]);
        hf_allocation_free(authority->allocator, authority->pem[i]);
    }
    hf_toolbox_free(authority->toolbox);
    hf_allocation_free(authority->allocator, authority);
}

/* Takes over both; what the role had before is gone. */
static void put_part(struct hf_authority *authority, enum hf_authority_role role, struct hf_identity *part, char *pem)
{
    hf_identity_free(authority->parts[role]);
    hf_allocation_free(authority->allocator, authority->pem[role]);
    authority->parts[role] = part;
    authority->pem[role] = pem;
}

static enum hf_error read_again(const struct hf_authority *authority, const char *pem, const struct hf_private_key *key,
                                struct hf_identity **ret_part, struct hf_failure *ret_failure)
{
    char *key_text = NULL;
    enum hf_error error = hf_authority_parts_key_text(authority, key, /* pass */ NULL, &key_text);
    if (error != HF_OK)
        return hf_authority_parts_fail(ret_failure, error, NULL, NULL);
    struct hf_identity_files files = {.chain = hf_span_of_text(pem), .key = hf_span_of_text(key_text)};
    error = hf_identity_new_pem(authority->toolbox, authority->allocator, &files, ret_part, ret_failure);
    hf_authority_parts_drop_text(authority->allocator, key_text);
    return error;
}

/* Makes a certificate just signed a part, by way of its texts, which proves that they can be read again. */
static enum hf_error adopt(struct hf_authority *authority, enum hf_authority_role role, struct hf_span der,
                           const struct hf_private_key *key, struct hf_failure *ret_failure)
{
    char *pem = NULL;
    struct hf_identity *part = NULL;
    enum hf_error error = hf_authority_parts_certificate_text(authority, der, "", &pem);
    if (error != HF_OK)
        return hf_authority_parts_fail(ret_failure, error, NULL, NULL);
    error = read_again(authority, pem, key, &part, ret_failure);
    if (error != HF_OK) {
        hf_allocation_free(authority->allocator, pem);
        return error;
    }
    put_part(authority, role, part, pem);
    return HF_OK;
}

static enum hf_error certify(const struct hf_authority *authority, enum hf_authority_role role,
                             const struct hf_certify_subject *subject, struct hf_writer *ret_der)
{
    if (role == HF_AUTHORITY_ROOT)
        return hf_certify_root(authority->toolbox, authority->allocator, subject, ret_der);
    const struct hf_identity *root = authority->parts[HF_AUTHORITY_ROOT];
    struct hf_certify_issuer issuer = {.certificate = &root->parsed[0], .key = root->key};
    return hf_certify_issuer(authority->toolbox, authority->allocator, &issuer, subject, ret_der);
}

/* With the subject's key, or, where it has none, a new one of this kind. */
static enum hf_error add_part(struct hf_authority *authority, enum hf_authority_role role, enum hf_authority_key kind,
                              struct hf_certify_subject *subject, struct hf_failure *ret_failure)
{
    static const char *const suffixes[] = {ROOT_SUFFIX, " Server CA", " Client CA"};
    char common_name[HF_AUTHORITY_NAME_MAX + 16];
    struct hf_text text = hf_text_of(common_name, sizeof(common_name));
    hf_text_add(&text, "%s%s", authority->name, suffixes[role]);
    uint8_t name[128];
    struct hf_writer name_writer = hf_writer_of(name, sizeof(name));
    hf_template_write_name(&name_writer, common_name);
    subject->name = hf_writer_span(&name_writer);
    subject->purpose = role == HF_AUTHORITY_CLIENT ? HF_PURPOSE_CLIENT : HF_PURPOSE_SERVER;
    uint8_t der[HF_TEMPLATE_LEN_MAX];
    struct hf_writer writer = hf_writer_of(der, sizeof(der));
    struct hf_private_key *key = NULL;
    enum hf_error error = HF_OK;
    if (subject->key == NULL) {
        error = hf_authority_parts_new_key(authority, kind, &key);
        subject->key = key;
    }
    if (error == HF_OK)
        error = certify(authority, role, subject, &writer);
    if (error == HF_OK)
        error = adopt(authority, role, hf_writer_span(&writer), subject->key, ret_failure);
    else
        (void)hf_authority_parts_fail(ret_failure, error, NULL, "a certificate of the CA could not be made");
    hf_private_key_free(key);
    return error;
}

/* A kind of name that no constraint speaks of is free (RFC 5280 4.2.1.10), so the kinds not permitted are excluded:
 * all of DNS is the empty name, all addresses are a mask of zeros. */
static void exclude_all(struct hf_writer *excluded, enum hf_general_name_kind kind, size_t len)
{
    static const uint8_t zeros[32] = {0};
    size_t mark = hf_der_write_open(excluded, HF_DER_SEQUENCE);
    hf_der_write_value(excluded, HF_DER_CONTEXT((unsigned)kind), hf_span_of(zeros, len));
    hf_der_write_close(excluded, mark);
}

static void exclude_addresses(struct hf_writer *excluded)
{
    exclude_all(excluded, HF_GENERAL_NAME_IP, 8);
    exclude_all(excluded, HF_GENERAL_NAME_IP, 32);
}

static enum hf_error add_server_part(struct hf_authority *authority, const struct hf_authority_settings *settings,
                                     struct hf_certify_subject *subject, struct hf_failure *ret_failure)
{
    uint8_t permitted_bytes[HF_AUTHORITY_NAMES_LEN_MAX];
    uint8_t excluded_bytes[256];
    struct hf_writer permitted = hf_writer_of(permitted_bytes, sizeof(permitted_bytes));
    struct hf_writer excluded = hf_writer_of(excluded_bytes, sizeof(excluded_bytes));
    size_t ranges = 0;
    for (size_t i = 0; i < settings->permitted_count; i++) {
        hf_host_name_write_subtree(&permitted, settings->permitted[i]);
        ranges += hf_host_name_is_range(settings->permitted[i]) ? 1 : 0;
        if (!hf_writer_end(&permitted))
            return hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid,
                                           "DNS domains, IP addresses or ranges to issue for", settings->permitted[i]);
    }
    if (settings->permitted_count > 0 && ranges == 0)
        exclude_addresses(&excluded);
    if (settings->permitted_count > 0 && ranges == settings->permitted_count)
        exclude_all(&excluded, HF_GENERAL_NAME_DNS, 0);
    subject->permitted = hf_writer_span(&permitted);
    subject->excluded = hf_writer_span(&excluded);
    return add_part(authority, HF_AUTHORITY_SERVER, settings->key, subject, ret_failure);
}

/* Clients have names in the CA's own trust domain. DNS names are not excluded, though clients are given none: where a
 * certificate has no DNS name, OpenSSL takes its common name for one, and would refuse a client called db1.example. */
static enum hf_error add_client_part(struct hf_authority *authority, const struct hf_authority_settings *settings,
                                     struct hf_certify_subject *subject, struct hf_failure *ret_failure)
{
    uint8_t permitted_bytes[128];
    uint8_t excluded_bytes[128];
    struct hf_writer permitted = hf_writer_of(permitted_bytes, sizeof(permitted_bytes));
    struct hf_writer excluded = hf_writer_of(excluded_bytes, sizeof(excluded_bytes));
    size_t mark = hf_der_write_open(&permitted, HF_DER_SEQUENCE);
    hf_der_write_value(&permitted, HF_DER_CONTEXT(HF_GENERAL_NAME_URI), hf_span_of_text(authority->name));
    hf_der_write_close(&permitted, mark);
    exclude_addresses(&excluded);
    subject->permitted = hf_writer_span(&permitted);
    subject->excluded = hf_writer_span(&excluded);
    return add_part(authority, HF_AUTHORITY_CLIENT, settings->key, subject, ret_failure);
}

static enum hf_error check_settings(const struct hf_authority_settings *settings, struct hf_failure *ret_failure)
{
    if (settings->name == NULL || !hf_host_name_is_label(settings->name, /* lower_case */ true, HF_AUTHORITY_NAME_MAX))
        return hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid,
                                       "a CA name of 1 to 48 small letters, digits, '.', '-' and '_'", settings->name);
    if (settings->validity.not_after_s <= settings->validity.not_before_s)
        return hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid, "a validity that ends after it begins",
                                       NULL);
    return HF_OK;
}

static enum hf_error fill(struct hf_authority *authority, const struct hf_authority_settings *settings,
                          struct hf_failure *ret_failure)
{
    struct hf_text name = hf_text_of(authority->name, sizeof(authority->name));
    hf_text_add(&name, "%s", settings->name);
    struct hf_certify_subject subject = {.validity = {settings->validity.not_before_s, settings->validity.not_after_s}};
    struct hf_certify_subject root = subject;
    struct hf_certify_subject server = subject;
    HF_TRY(add_part(authority, HF_AUTHORITY_ROOT, settings->key, &root, ret_failure));
    HF_TRY(add_server_part(authority, settings, &server, ret_failure));
    return add_client_part(authority, settings, &subject, ret_failure);
}

enum hf_error hf_authority_new(const struct hf_authority_settings *settings, struct hf_authority **ret_authority,
                               struct hf_failure *ret_failure)
{
    HF_TRY(check_settings(settings, ret_failure));
    struct hf_authority *authority = NULL;
    enum hf_error error = new_empty(&authority);
    if (error != HF_OK)
        return hf_authority_parts_fail(ret_failure, error, NULL, NULL);
    error = fill(authority, settings, ret_failure);
    if (error != HF_OK) {
        hf_authority_free(authority);
        return error;
    }
    *ret_authority = authority;
    return HF_OK;
}

/* The CA's name stands in its root's common name, before ROOT_SUFFIX. */
static enum hf_error read_name(struct hf_authority *authority, struct hf_failure *ret_failure)
{
    const struct hf_certificate *root = &authority->parts[HF_AUTHORITY_ROOT]->parsed[0];
    struct hf_span common_name = hf_name_common_name(root->subject);
    struct hf_span suffix = hf_span_of_text(ROOT_SUFFIX);
    size_t len = common_name.len > suffix.len ? common_name.len - suffix.len : 0;
    struct hf_text name = hf_text_of(authority->name, sizeof(authority->name));
    hf_text_add_safe(&name, hf_span_part(common_name, 0, len));
    bool ours = root->is_ca && hf_span_equal(hf_span_part(common_name, len, suffix.len), suffix) &&
                hf_host_name_is_label(authority->name, /* lower_case */ true, HF_AUTHORITY_NAME_MAX);
    return ours ? HF_OK
                : hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid,
                                          "the root certificate of a CA made by handfast cert ca",
                                          authority->parts[HF_AUTHORITY_ROOT]->subject);
}

enum hf_error hf_authority_open(const char *root, size_t root_len, struct hf_authority **ret_authority,
                                struct hf_failure *ret_failure)
{
    struct hf_authority *authority = NULL;
    enum hf_error error = new_empty(&authority);
    if (error != HF_OK)
        return hf_authority_parts_fail(ret_failure, error, NULL, NULL);
    error =
        hf_identity_new_signer(authority->toolbox, authority->allocator, hf_span_of(root, root_len),
                               (struct hf_signer){.begin = NULL}, &authority->parts[HF_AUTHORITY_ROOT], ret_failure);
    if (error == HF_OK)
        error = read_name(authority, ret_failure);
    if (error == HF_OK)
        error = hf_authority_parts_certificate_text(authority, authority->parts[HF_AUTHORITY_ROOT]->chain[0], "",
                                                    &authority->pem[HF_AUTHORITY_ROOT]);
    if (error != HF_OK) {
        hf_authority_free(authority);
        return error;
    }
    *ret_authority = authority;
    return HF_OK;
}

static enum hf_error role_of(const struct hf_authority *authority, const struct hf_identity *issuer,
                             enum hf_authority_role *ret_role, struct hf_failure *ret_failure)
{
    const struct hf_certificate *certificate = &issuer->parsed[0];
    bool ours = hf_name_equal(certificate->issuer, authority->parts[HF_AUTHORITY_ROOT]->parsed[0].subject);
    bool server = certificate->purposes == HF_PURPOSE_SERVER;
    if (!ours || !certificate->is_ca || (!server && certificate->purposes != HF_PURPOSE_CLIENT))
        return hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid, "the server or client issuer of this CA",
                                       issuer->subject);
    *ret_role = server ? HF_AUTHORITY_SERVER : HF_AUTHORITY_CLIENT;
    return HF_OK;
}

enum hf_error hf_authority_add_issuer(struct hf_authority *authority, const struct hf_authority_pair *issuer,
                                      struct hf_failure *ret_failure)
{
    struct hf_identity_files files = {.chain = hf_span_of(issuer->certificate, issuer->certificate_len),
                                      .key = hf_span_of(issuer->key, issuer->key_len),
                                      .pass = hf_span_of_text(issuer->pass)};
    struct hf_identity *identity = NULL;
    HF_TRY(hf_identity_new_pem(authority->toolbox, authority->allocator, &files, &identity, ret_failure));
    enum hf_authority_role role = HF_AUTHORITY_ROOT;
    char *pem = NULL;
    enum hf_error error = role_of(authority, identity, &role, ret_failure);
    if (error == HF_OK)
        error = hf_authority_parts_certificate_text(authority, identity->chain[0], "", &pem);
    if (error != HF_OK) {
        hf_identity_free(identity);
        return error;
    }
    put_part(authority, role, identity, pem);
    return HF_OK;
}

enum hf_error hf_authority_renew_issuer(struct hf_authority *authority, enum hf_authority_role role,
                                        const struct hf_authority_settings *settings, struct hf_failure *ret_failure)
{
    const struct hf_identity *root = authority->parts[HF_AUTHORITY_ROOT];
    bool of_issuer = role == HF_AUTHORITY_SERVER || role == HF_AUTHORITY_CLIENT;
    const struct hf_identity *issuer = of_issuer ? authority->parts[role] : NULL;
    if (issuer == NULL || issuer->key == NULL || root->key == NULL)
        return hf_authority_parts_fail(ret_failure, HF_ERR_setting_invalid,
                                       "an issuer, server or client, with its key and that of the CA's root",
                                       hf_authority_role_name(role));
    struct hf_certify_subject subject = {.key = issuer->key,
                                         .validity = {settings->validity.not_before_s, settings->validity.not_after_s}};
    return role == HF_AUTHORITY_SERVER ? add_server_part(authority, settings, &subject, ret_failure)
                                       : add_client_part(authority, settings, &subject, ret_failure);
}

const char *hf_authority_name(const struct hf_authority *authority)
{
    return authority->name;
}

const char *hf_authority_certificate_pem(const struct hf_authority *authority, enum hf_authority_role role)
{
    return authority->pem[role];
}

enum hf_error hf_authority_key_pem(const struct hf_authority *authority, enum hf_authority_role role, const char *pass,
                                   char **ret_pem)
{
    if (authority->parts[role] == NULL || authority->parts[role]->key == NULL)
        return HF_ERR_wrong_call;
    return hf_authority_parts_key_text(authority, authority->parts[role]->key, pass, ret_pem);
}

void hf_authority_text_free(char *text)
{
    hf_authority_parts_drop_text(&hf_allocation_standard, text);
}
