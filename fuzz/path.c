/* Differential fuzzer: the input describes a handful of certificates (who signed whom, with what extensions, dates,
 * keys, and perhaps one changed byte), which of them are sent and which are trusted. Our verdict is held against
 * X509_verify_cert's. What we accept, libcrypto must accept when it is given exactly the path that we found; what we
 * refuse, it must refuse whatever it is given. The exceptions are those that docs/TRUST.md numbers: D1, D2, ... */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "certificate/name.h"
#include "crypto/toolbox.h"
#include "support/make_certificate.h"
#include "trust/trust.h"

#define COUNT_MAX 6
#define NOW       MAKE_CERTIFICATE_NOW

struct input {
    const uint8_t *data;
    size_t left;
};

static unsigned take(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->data++;
}

struct set {
    struct make_certificate *made[COUNT_MAX];
    size_t count;
    unsigned sent;    /* bits; the last one made is the leaf, always sent, first */
    unsigned trusted; /* bits */
    bool client;
    const char *name;
};

static struct make_certificate *make_one(struct set *set, struct input *input)
{
    static const char *const subjects[] = {"CN=N0", "CN=N1", "CN=N2,O=Lab", "CN=a.lan", "O=Lab,CN=N4"};
    static const char *const usages[] = {NULL, "", "critical,keyEncipherment", "critical,keyCertSign,digitalSignature"};
    static const char *const ekus[] = {
        NULL, NULL, "serverAuth", "clientAuth", "serverAuth,clientAuth", "emailProtection", "anyExtendedKeyUsage",
        NULL};
    static const char *const sans[] = {NULL,
                                       "DNS:a.lan",
                                       "DNS:b.a.lan,IP:10.0.0.5",
                                       "DNS:*.a.lan",
                                       "IP:10.0.0.5",
                                       "URI:spiffe://a.lan/x",
                                       "email:x@a.lan",
                                       "DNS:evil.example,DNS:a.lan"};
    static const char *const constraints[] = {NULL,
                                              NULL,
                                              "critical,permitted;DNS:a.lan",
                                              "critical,excluded;DNS:b.a.lan",
                                              "critical,permitted;IP:10.0.0.0/255.0.0.0",
                                              "permitted;URI:a.lan",
                                              "critical,permitted;email:a.lan,excluded;DNS:evil.example",
                                              NULL};
    unsigned who = take(input);
    unsigned authority = take(input);
    unsigned bounds = take(input);
    unsigned names = take(input);
    struct make_certificate_of of = {.subject = subjects[(who & 7) % 5]};
    size_t issuer = (who >> 3) & 7;
    of.issuer = issuer < set->count ? set->made[issuer] : NULL;
    of.key_number = 1 + (who & 7) % 5 * 2 + ((who >> 6) & 1);
    of.damage_signature = (who >> 7) != 0 && (authority & 0x80) != 0;
    of.ca = (authority & 3) != 3;
    of.has_path_len = (authority & 4) != 0;
    of.path_len = (authority >> 3) & 1;
    of.no_basic_constraints = (authority & 0x30) == 0x30;
    of.key_usage = usages[(authority >> 6) & 3];
    of.ekus = ekus[bounds & 7];
    of.not_before_s = (bounds & 0x18) == 0x18 ? NOW + 100 : 0;
    of.not_after_s = (bounds & 0x18) == 0x10 ? NOW - 100 : 0;
    of.hash = (bounds & 0xe0) == 0xe0 ? "sha1" : "sha256";
    of.key = (bounds & 0xe0) == 0xa0 ? MAKE_KEY_RSA1024 : (bounds & 0xe0) == 0x80 ? MAKE_KEY_ED25519 : MAKE_KEY_P256;
    of.version = (bounds & 0xe0) == 0xc0 ? 1 : 3;
    of.sans = sans[names & 7];
    of.name_constraints = of.ca ? constraints[(names >> 3) & 7] : NULL;
    if ((names >> 6) == 3)
        of.extensions[0] = (struct make_certificate_extension){"1.2.3.4", true, "0500"};
    of.no_authority_key_id = (names >> 6) == 2;
    return make_certificate(&of);
}

/* One byte of one certificate may be changed; libcrypto then reads it anew. */
static void change_byte(struct set *set, struct input *input)
{
    unsigned which = take(input);
    unsigned at = take(input) << 8 | take(input);
    unsigned change = take(input);
    if (change == 0)
        return;
    struct make_certificate *made = set->made[which % set->count];
    made->der[at % made->len] ^= (uint8_t)change;
    X509_free(made->x509);
    const unsigned char *der = made->der;
    made->x509 = d2i_X509(NULL, &der, (long)made->len);
}

static void make_set(struct set *set, struct input *input)
{
    static const char *const names[] = {NULL, "a.lan", "b.a.lan", "10.0.0.5"};
    unsigned head = take(input);
    size_t count = 1 + head % COUNT_MAX;
    set->client = (head & 0x40) != 0;
    set->name = names[(head >> 3) & 3];
    set->sent = take(input);
    set->trusted = take(input);
    while (set->count < count) {
        set->made[set->count] = make_one(set, input);
        set->count++;
    }
    change_byte(set, input);
}

static X509_STORE_CTX *context_of(const struct set *set, X509_STORE *store, X509 *leaf, STACK_OF(X509) * untrusted)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    if (context == NULL || X509_STORE_CTX_init(context, store, leaf, untrusted) != 1)
        abort();
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(param, (time_t)NOW);
    X509_VERIFY_PARAM_set_auth_level(param, 2);
    X509_VERIFY_PARAM_set_purpose(param, set->client ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (set->name != NULL && X509_VERIFY_PARAM_set1_ip_asc(param, set->name) != 1)
        X509_VERIFY_PARAM_set1_host(param, set->name, 0);
    return context;
}

static int run_theirs(const struct set *set, X509_STORE *store, X509 *leaf, STACK_OF(X509) * untrusted)
{
    X509_STORE_CTX *context = context_of(set, store, leaf, untrusted);
    int ok = X509_verify_cert(context);
    int error = ok == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context);
    if (ok != 1 && error == X509_V_OK)
        error = X509_V_ERR_UNSPECIFIED;
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return error;
}

/* libcrypto's verdict on all that is sent and trusted. */
static int ask_theirs(const struct set *set)
{
    X509 *leaf = set->made[set->count - 1]->x509;
    if (leaf == NULL)
        return X509_V_ERR_UNSPECIFIED;
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    for (size_t i = 0; i < set->count; i++) {
        if (set->made[i]->x509 != NULL && (set->trusted & 1U << i) != 0)
            X509_STORE_add_cert(store, set->made[i]->x509);
        if (set->made[i]->x509 != NULL && (set->sent & 1U << i) != 0)
            sk_X509_push(untrusted, set->made[i]->x509);
    }
    int error = run_theirs(set, store, leaf, untrusted);
    sk_X509_free(untrusted);
    X509_STORE_free(store);
    return error;
}

static X509 *read_x509(struct hf_span der)
{
    const unsigned char *at = der.data;
    return d2i_X509(NULL, &at, (long)der.len);
}

/* libcrypto's verdict on exactly the path that we found. */
static int ask_theirs_on(const struct set *set, const struct hf_verdict *verdict)
{
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    X509 *leaf = read_x509(verdict->chain[0]);
    X509 *anchor = read_x509(verdict->chain[verdict->chain_count - 1]);
    X509_STORE_add_cert(store, anchor);
    for (size_t i = 1; i + 1 < verdict->chain_count; i++)
        sk_X509_push(untrusted, read_x509(verdict->chain[i]));
    int error = run_theirs(set, store, leaf, untrusted);
    sk_X509_pop_free(untrusted, X509_free);
    X509_free(anchor);
    X509_free(leaf);
    X509_STORE_free(store);
    return error;
}

/* Whether libcrypto can read the public key. */
static bool makes_a_key(struct hf_span der)
{
    X509 *x509 = read_x509(der);
    bool makes = X509_get0_pubkey(x509) != NULL;
    X509_free(x509);
    return makes;
}

/* D4 to D9: what libcrypto refuses in a path that we accept. */
static bool may_refuse(const struct hf_verdict *verdict, int theirs)
{
    struct hf_certificate read;
    bool any_purpose = false;
    bool common_name = false;
    bool odd_anchor = false;
    bool rolled_over = false;
    for (size_t i = 0; i < verdict->chain_count; i++) {
        if (hf_certificate_read(verdict->chain[i], &read, NULL) != HF_OK)
            abort();
        rolled_over = rolled_over || (i + 1 < verdict->chain_count && hf_certificate_is_self_issued(&read));
        any_purpose = any_purpose || (read.purposes & HF_PURPOSE_ANY) != 0;
        common_name = common_name || (i == 0 && hf_name_common_name(read.subject).len > 0);
        odd_anchor = i + 1 == verdict->chain_count && !hf_certificate_can_extend(&read);
    }
    if (theirs == X509_V_ERR_INVALID_PURPOSE || theirs == X509_V_ERR_INVALID_CA)
        return any_purpose || odd_anchor; /* D4, D5 */
    if (theirs == X509_V_ERR_PERMITTED_VIOLATION || theirs == X509_V_ERR_EXCLUDED_VIOLATION)
        return common_name; /* D6 */
    if (theirs == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT || theirs == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN)
        return rolled_over;                    /* D9 */
    if (theirs == X509_V_ERR_EE_KEY_TOO_SMALL) /* D8 */
        return !makes_a_key(verdict->chain[0]);
    return theirs == X509_V_ERR_AKID_SKID_MISMATCH || /* D7 */
           theirs == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
           theirs == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

/* D1 to D3, D12 and D13: what we refuse and libcrypto accepts. */
static bool may_accept(const struct hf_verdict *verdict)
{
    enum hf_error ours = verdict->error;
    if (ours == HF_ERR_name_constraint)
        return strncmp(verdict->got, "DNS:*", 5) == 0; /* D12 */
    return ours == HF_ERR_bad_certificate_encoding ||  /* D1 */
           ours == HF_ERR_key_usage_wrong ||           /* D2 */
           ours == HF_ERR_issuer_not_ca ||             /* D3 */
           ours == HF_ERR_profile_broken;              /* D13 */
}

static struct hf_toolbox *toolbox;

static enum hf_error ask_ours(const struct set *set, struct hf_trust *trust, struct hf_span *spans, bool *ret_unread,
                              struct hf_verdict *verdict)
{
    struct hf_trust_question question = {.certificates = spans,
                                         .purpose = set->client ? HF_PURPOSE_CLIENT : HF_PURPOSE_SERVER,
                                         .name = set->name,
                                         .now_s = NOW,
                                         .toolbox = toolbox,
                                         .allocator = &hf_allocation_standard};
    spans[question.certificate_count++] = make_certificate_span(set->made[set->count - 1]);
    for (size_t i = 0; i < set->count; i++) {
        struct hf_certificate read;
        struct hf_span der = make_certificate_span(set->made[i]);
        *ret_unread = *ret_unread || hf_certificate_read(der, &read, NULL) != HF_OK;
        if ((set->trusted & 1U << i) != 0)
            (void)!hf_trust_add_der(trust, der);
        if ((set->sent & 1U << i) != 0)
            spans[question.certificate_count++] = der;
    }
    return hf_trust_verify(trust, &question, verdict);
}

static void compare(const struct set *set)
{
    struct hf_verdict verdict;
    struct hf_span spans[COUNT_MAX + 1];
    struct hf_trust *trust = hf_trust_new(&hf_allocation_standard);
    bool unread = false;
    enum hf_error ours = ask_ours(set, trust, spans, &unread, &verdict);
    int theirs = ours == HF_OK ? ask_theirs_on(set, &verdict) : ask_theirs(set);
    bool fine = ours == HF_OK ? theirs == X509_V_OK || may_refuse(&verdict, theirs)
                              : theirs != X509_V_OK || unread || may_accept(&verdict);
    if (!fine) {
        fprintf(stderr, "ours: %s at depth %d, wanted \"%s\", got \"%s\"; theirs: %s\n", hf_error_name(ours),
                verdict.depth, verdict.wanted, verdict.got, X509_verify_cert_error_string(theirs));
        abort();
    }
    hf_trust_free(trust);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.data = data, .left = size};
    struct set set = {0};
    if (toolbox == NULL && hf_toolbox_new(&hf_allocation_standard, &toolbox) != HF_OK)
        abort();
    make_set(&set, &input);
    compare(&set);
    for (size_t i = 0; i < set.count; i++)
        make_certificate_free(set.made[i]);
    return 0;
}
