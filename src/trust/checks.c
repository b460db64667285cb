/* One function a demand. They run demand by demand, each over the whole path, so that of several failures the more
 * fundamental one is told. Texts are written only when a demand is not met. */
#include "trust/checks.h"

#include "base/text.h"
#include "certificate/name.h"
#include "certificate/oid.h"
#include "trust/constraints.h"
#include "trust/domain.h"
#include "trust/names.h"
#include "trust/policies.h"
#include "trust/profile.h"

struct check {
    const struct hf_path *path;
    const struct hf_trust_question *question;
    const struct hf_trust_policy *policy;
    struct hf_finding *finding;
    struct hf_text wanted; /* into the finding */
    struct hf_text got;
    struct hf_text hint;
};

static const struct hf_certificate *at(const struct check *check, size_t depth)
{
    return check->path->nodes[depth];
}

static bool is_anchor(const struct check *check, size_t depth)
{
    return check->path->anchor != NULL && depth + 1 == check->path->count;
}

static enum hf_error check_extensions(struct check *check, size_t depth)
{
    struct hf_span oid = at(check, depth)->unknown_critical;
    if (oid.len == 0)
        return HF_OK;
    hf_text_add(&check->got, "critical extension ");
    hf_oid_print(oid, &check->got);
    return HF_ERR_unknown_critical_extension;
}

/* RFC 5280 6.1.4 (k). An anchor of version 1 has no extensions to say it with; it was named as a CA by the user. */
static enum hf_error check_ca(struct check *check, size_t depth)
{
    const struct hf_certificate *certificate = at(check, depth);
    if (depth == 0 || certificate->is_ca || (is_anchor(check, depth) && !hf_certificate_can_extend(certificate)))
        return HF_OK;
    hf_text_add(&check->wanted, "basicConstraints CA:TRUE");
    hf_text_add(&check->got, (certificate->present & HF_CERTIFICATE_BASIC_CONSTRAINTS) != 0
                                 ? "basicConstraints CA:FALSE"
                                 : "no basicConstraints");
    return HF_ERR_issuer_not_ca;
}

/* RFC 5280 4.2.1.9: self-issued intermediates and the leaf do not count. */
static enum hf_error check_path_len(struct check *check, size_t depth)
{
    const struct hf_certificate *certificate = at(check, depth);
    uint32_t below = 0;
    for (size_t i = 1; i < depth; i++)
        below += hf_certificate_is_self_issued(at(check, i)) ? 0 : 1;
    if (depth == 0 || !certificate->has_path_len || below <= certificate->path_len)
        return HF_OK;
    hf_text_add(&check->wanted, "at most %u CAs below it", (unsigned)certificate->path_len);
    hf_text_add(&check->got, "%u", (unsigned)below);
    return HF_ERR_path_too_long;
}

static void print_key_usage(uint16_t usage, struct hf_text *text)
{
    static const char *const names[] = {"digitalSignature", "contentCommitment", "keyEncipherment",
                                        "dataEncipherment", "keyAgreement",      "keyCertSign",
                                        "cRLSign",          "encipherOnly",      "decipherOnly"};
    bool first = true;
    for (size_t i = 0; i < HF_COUNT(names); i++) {
        if ((usage & 1U << i) == 0)
            continue;
        hf_text_add(text, first ? "%s" : ", %s", names[i]);
        first = false;
    }
}

/* An issuer signs certificates, a leaf signs handshakes or decrypts in them (RFC 5280 4.2.1.3, RFC 9846 4.5.1.2). */
static enum hf_error check_key_usage(struct check *check, size_t depth)
{
    const struct hf_certificate *certificate = at(check, depth);
    uint16_t of_leaf = check->question->leaf_decrypts ? HF_KEY_USAGE_KEY_ENCIPHERMENT : HF_KEY_USAGE_DIGITAL_SIGNATURE;
    uint16_t needed = depth == 0 ? of_leaf : HF_KEY_USAGE_CERT_SIGN;
    if ((certificate->present & HF_CERTIFICATE_KEY_USAGE) == 0 || (certificate->key_usage & needed) != 0)
        return HF_OK;
    print_key_usage(needed, &check->wanted);
    print_key_usage(certificate->key_usage, &check->got);
    return HF_ERR_key_usage_wrong;
}

/* Both ends belong to the validity (RFC 5280 4.1.2.5). */
static enum hf_error check_validity(struct check *check, size_t depth)
{
    const struct hf_certificate *certificate = at(check, depth);
    int64_t now_s = check->question->now_s;
    if (now_s >= certificate->not_before_s && now_s <= certificate->not_after_s)
        return HF_OK;
    bool early = now_s < certificate->not_before_s;
    check->finding->since_s = early ? certificate->not_before_s : certificate->not_after_s;
    hf_text_add(&check->wanted, "valid at ");
    hf_text_add_time(&check->wanted, now_s);
    hf_text_add(&check->got, "valid from ");
    hf_text_add_time(&check->got, certificate->not_before_s);
    hf_text_add(&check->got, " to ");
    hf_text_add_time(&check->got, certificate->not_after_s);
    if (!early)
        return depth == 0 ? HF_ERR_certificate_expired : HF_ERR_issuer_expired;
    hf_text_add(&check->hint, "this machine's clock says ");
    hf_text_add_time(&check->hint, now_s);
    hf_text_add(&check->hint, ", ");
    hf_text_add_duration(&check->hint, certificate->not_before_s - now_s);
    hf_text_add(&check->hint, " before the certificate begins: if that is not the time, set the clock");
    return HF_ERR_certificate_not_yet_valid;
}

bool hf_checks_key_is_strong(const struct hf_spki *key, const struct hf_trust_policy *policy)
{
    bool rsa = key->kind == HF_SPKI_RSA || key->kind == HF_SPKI_RSA_PSS;
    return !rsa || (key->bits >= policy->rsa_bits_min && key->bits <= policy->rsa_bits_max);
}

void hf_checks_print_key(const struct hf_spki *key, struct hf_text *text)
{
    if (key->kind == HF_SPKI_UNKNOWN)
        hf_oid_print(key->oid, text);
    else if (key->kind == HF_SPKI_RSA || key->kind == HF_SPKI_RSA_PSS)
        hf_text_add(text, "%s of %u bits", hf_algorithm_spki_name(key->kind), key->bits);
    else
        hf_text_add(text, "%s", hf_algorithm_spki_name(key->kind));
}

static enum hf_error check_key(struct check *check, size_t depth)
{
    const struct hf_spki *key = &at(check, depth)->key;
    if (key->kind != HF_SPKI_UNKNOWN && hf_checks_key_is_strong(key, check->policy))
        return HF_OK;
    hf_checks_print_key(key, &check->got);
    if (key->kind == HF_SPKI_UNKNOWN)
        return HF_ERR_unsupported_key;
    hf_text_add(&check->wanted, "RSA of %u to %u bits", check->policy->rsa_bits_min, check->policy->rsa_bits_max);
    return HF_ERR_weak_key;
}

bool hf_checks_algorithm_is_strong(const struct hf_signature_algorithm *algorithm, const struct hf_trust_policy *policy)
{
    switch (algorithm->hash) {
    case HF_CERTIFICATE_HASH_MD5:
    case HF_CERTIFICATE_HASH_SHA224:
        return false;
    case HF_CERTIFICATE_HASH_SHA1:
        return policy->allow_sha1;
    case HF_CERTIFICATE_HASH_NONE:
    case HF_CERTIFICATE_HASH_SHA256:
    case HF_CERTIFICATE_HASH_SHA384:
    case HF_CERTIFICATE_HASH_SHA512:
        break;
    }
    return true;
}

bool hf_checks_hash_is_strong(const struct hf_certificate *certificate, const struct hf_trust_policy *policy)
{
    return hf_checks_algorithm_is_strong(&certificate->signature_algorithm, policy);
}

/* An anchor is believed because it was given, whatever it is signed with. */
static enum hf_error check_hash(struct check *check, size_t depth)
{
    const struct hf_certificate *certificate = at(check, depth);
    if (is_anchor(check, depth) || hf_checks_hash_is_strong(certificate, check->policy))
        return HF_OK;
    hf_text_add(&check->wanted, "SHA-256 or better");
    hf_text_add(&check->got, "%s", hf_algorithm_signature_name(&certificate->signature_algorithm));
    return HF_ERR_weak_signature;
}

static void print_purposes(const struct hf_certificate *certificate, struct hf_text *text)
{
    struct hf_der oids = hf_der_of(certificate->extended_key_usage);
    for (bool first = true; hf_der_more(&oids); first = false) {
        struct hf_span oid = hf_oid_take(&oids);
        hf_text_add(text, first ? "" : ", ");
        if (hf_span_equal(oid, HF_OID("\x2b\x06\x01\x05\x05\x07\x03\x01")))
            hf_text_add(text, "serverAuth");
        else if (hf_span_equal(oid, HF_OID("\x2b\x06\x01\x05\x05\x07\x03\x02")))
            hf_text_add(text, "clientAuth");
        else
            hf_oid_print(oid, text);
    }
}

/* Extended key usage narrows, on the leaf and, as practice has it, on the CAs above it (RFC 5280 4.2.1.12 is silent).
 */
static enum hf_error check_purpose(struct check *check, size_t depth)
{
    const struct hf_certificate *certificate = at(check, depth);
    uint32_t purpose = (uint32_t)check->question->purpose;
    if ((certificate->present & HF_CERTIFICATE_EXTENDED_KEY_USAGE) == 0 || purpose == 0 ||
        (certificate->purposes & (purpose | HF_PURPOSE_ANY)) != 0)
        return HF_OK;
    hf_text_add(&check->wanted, "extended key usage %s", purpose == HF_PURPOSE_CLIENT ? "clientAuth" : "serverAuth");
    print_purposes(certificate, &check->got);
    if (depth > 0)
        hf_text_add(&check->hint, "this CA may not issue for this purpose: have the leaf issued by another");
    return HF_ERR_wrong_purpose;
}

static enum hf_error constraint_broken(struct check *check, const struct hf_certificate *ca,
                                       const struct hf_constraints_violation *violation)
{
    struct hf_span list = violation->excluded ? ca->excluded_subtrees : ca->permitted_subtrees;
    struct hf_general_names each = hf_general_name_each(list);
    struct hf_general_name base;
    hf_text_add(&check->wanted, violation->excluded ? "a name outside " : "a name inside ");
    for (bool first = true; hf_general_name_next_subtree(&each, &base); first = false) {
        hf_text_add(&check->wanted, first ? "" : ", ");
        hf_general_name_print(&base, &check->wanted);
    }
    hf_text_add(&check->wanted, ", as ");
    hf_name_print(ca->subject, &check->wanted);
    hf_text_add(&check->wanted, " demands");
    hf_general_name_print(&violation->name, &check->got);
    return HF_ERR_name_constraint;
}

/* RFC 5280 6.1.3 (b), (c): the names of each certificate against every CA above it; self-issued CAs are exempt. */
static enum hf_error check_constraints(struct check *check, size_t depth)
{
    const struct hf_certificate *certificate = at(check, depth);
    if (depth > 0 && hf_certificate_is_self_issued(certificate))
        return HF_OK;
    for (size_t i = depth + 1; i < check->path->count; i++) {
        struct hf_constraints_violation violation = {0};
        if ((at(check, i)->present & HF_CERTIFICATE_NAME_CONSTRAINTS) == 0)
            continue;
        enum hf_error error = hf_constraints_check(at(check, i), certificate, &violation);
        if (error == HF_ERR_name_constraint)
            return constraint_broken(check, at(check, i), &violation);
        HF_TRY(error);
    }
    return HF_OK;
}

static enum hf_error check_profile(struct check *check, size_t depth)
{
    bool is_exempt = check->policy->allow_loose_profile || is_anchor(check, depth);
    const struct hf_profile_rule *broken = is_exempt ? NULL : hf_profile_check(at(check, depth));
    if (broken == NULL)
        return HF_OK;
    hf_text_add(&check->wanted, "%s", broken->wanted);
    hf_text_add(&check->got, "%s", broken->got);
    return HF_ERR_profile_broken;
}

/* Once a path, not once a certificate: *ret_finding says at which one the policies ended. */
static enum hf_error check_policies(struct check *check, size_t depth)
{
    size_t ended_at = 0;
    size_t demanded_by = 0;
    enum hf_error error = hf_policies_check(check->path, &ended_at, &demanded_by);
    if (error == HF_OK || depth != ended_at)
        return HF_OK;
    hf_text_add(&check->wanted, "a certificate policy, as ");
    hf_name_print(at(check, demanded_by)->subject, &check->wanted);
    hf_text_add(&check->wanted, " demands");
    hf_text_add(&check->got, at(check, depth)->policies.len == 0 ? "no certificatePolicies" : "none that is allowed");
    return error;
}

static enum hf_error check_domain(struct check *check, size_t depth)
{
    const struct hf_anchor *anchor = check->path->anchor;
    if (depth > 0 || !check->path->in_domains || hf_domain_fits(at(check, 0), anchor))
        return HF_OK;
    hf_domain_explain(at(check, 0), anchor, &check->wanted, &check->got);
    return HF_ERR_trust_domain_wrong;
}

static void print_names(const struct hf_certificate *leaf, struct hf_text *text)
{
    if (leaf->subject_alt_names.len > 0) {
        hf_general_name_print_all(leaf->subject_alt_names, text);
        return;
    }
    hf_text_add(text, "no subject alternative name; subject ");
    hf_name_print(leaf->subject, text);
}

static enum hf_error check_name(struct check *check, size_t depth)
{
    const struct hf_trust_question *question = check->question;
    enum hf_error error = HF_OK;
    if (depth > 0)
        return HF_OK;
    if (question->name != NULL)
        error = hf_names_check(at(check, 0), question->name);
    bool of_name = error != HF_OK;
    if (error == HF_OK && question->address.len > 0)
        error = hf_names_check_address(at(check, 0), question->address);
    if (error == HF_OK)
        return HF_OK;
    if (of_name)
        hf_text_add_safe(&check->wanted, hf_span_of_text(question->name));
    else
        hf_general_name_print_address(question->address, &check->wanted);
    print_names(at(check, 0), &check->got);
    return error;
}

typedef enum hf_error (*check_one)(struct check *check, size_t depth);

static const check_one checks[] = {check_extensions, check_ca,     check_path_len, check_key_usage, check_validity,
                                   check_key,        check_hash,   check_purpose,  check_profile,   check_constraints,
                                   check_policies,   check_domain, check_name};

enum hf_error hf_checks_path(const struct hf_path *path, const struct hf_trust_question *question,
                             const struct hf_trust_policy *policy, struct hf_finding *ret_finding)
{
    struct check check = {.path = path, .question = question, .policy = policy, .finding = ret_finding};
    *ret_finding = (struct hf_finding){.depth = -1};
    check.wanted = hf_text_of(ret_finding->wanted, sizeof(ret_finding->wanted));
    check.got = hf_text_of(ret_finding->got, sizeof(ret_finding->got));
    check.hint = hf_text_of(ret_finding->hint, sizeof(ret_finding->hint));
    for (size_t i = 0; i < HF_COUNT(checks); i++) {
        for (size_t depth = 0; depth < path->count; depth++) {
            enum hf_error error = checks[i](&check, depth);
            if (error == HF_OK)
                continue;
            ret_finding->error = error;
            ret_finding->depth = (int)depth;
            ret_finding->certificate = path->nodes[depth];
            return error;
        }
    }
    return HF_OK;
}
