/* Whom a config believes, and how far: each switch lets in what is refused without it, through whole handshakes; what
 * cannot be an anchor is told, and trust for one domain does not reach another. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "support/lab.h"

/* A client's chain, and what the server is told beside its defaults. */
struct visit {
    const struct make_certificate *trusted;
    const struct make_certificate *leaf;
    const struct make_certificate *intermediate; /* NULL: none */
    void (*more)(struct hf_builder *builder);
};

static char *trusted_pem;
static void (*more_of_visit)(struct hf_builder *builder);

static void give_server(struct hf_builder *builder)
{
    if (more_of_visit != NULL)
        more_of_visit(builder);
    hf_builder_trust_pem(builder, trusted_pem, strlen(trusted_pem));
}

static struct hf_config *client_config(const struct visit *visit)
{
    struct hf_failure failure;
    char chain[16384];
    char *leaf = make_certificate_pem(visit->leaf);
    char *issuer = visit->intermediate != NULL ? make_certificate_pem(visit->intermediate) : NULL;
    char *key = make_certificate_key_pem(visit->leaf);
    snprintf(chain, sizeof chain, "%s%s", leaf, issuer != NULL ? issuer : "");
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    hf_builder_identity_pem(builder, chain, strlen(chain), key, strlen(key));
    hf_builder_identity_issuers(builder, HF_ISSUERS_ANY); /* presented though the server cannot take it */
    hf_builder_trust_pem(builder, lab_root(), strlen(lab_root()));
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S, &failure);
    assert_non_null(config);
    free(leaf);
    free(issuer);
    free(key);
    return config;
}

/* What the server's handshake with this client comes to; its config's own refusal, too. */
static enum hf_error outcome_of(const struct visit *visit)
{
    struct hf_failure failure = {0};
    trusted_pem = make_certificate_pem(visit->trusted);
    more_of_visit = visit->more;
    struct hf_config *server = lab_config(HF_SERVER, &(struct lab_side){.more = give_server}, &failure);
    free(trusted_pem);
    if (server == NULL)
        return failure.error;
    struct hf_config *client = client_config(visit);
    struct lab_pair pair = {hf_connection_new(client, "server.lab", LAB_NOW_MS, NULL),
                            hf_connection_new(server, NULL, LAB_NOW_MS, NULL)};
    (void)lab_pair_run(&pair);
    enum hf_error error = hf_failure(pair.server) != NULL ? hf_failure(pair.server)->error : HF_OK;
    assert_int_equal(hf_peer(pair.server) != NULL, error == HF_OK);
    lab_pair_close(&pair);
    hf_config_drop(client);
    hf_config_drop(server);
    return error;
}

static void allow_partial(struct hf_builder *builder)
{
    hf_builder_allow_partial_chains(builder);
}

static void allow_sha1(struct hf_builder *builder)
{
    hf_builder_allow_sha1_chains(builder);
}

static void allow_short(struct hf_builder *builder)
{
    hf_builder_rsa_bits_min(builder, 1024);
}

static void allow_no_intermediate(struct hf_builder *builder)
{
    hf_builder_max_intermediates(builder, 0);
}

static void each_switch_lets_in_what_is_refused_without(void **state)
{
    (void)state;
    struct make_certificate *root = make_certificate(&(struct make_certificate_of){.subject = "CN=Root", .ca = true});
    struct make_certificate *middle =
        make_certificate(&(struct make_certificate_of){.subject = "CN=Middle", .issuer = root, .ca = true});
    struct make_certificate *leaf =
        make_certificate(&(struct make_certificate_of){.subject = "CN=leaf", .issuer = middle});
    struct make_certificate *sha1 =
        make_certificate(&(struct make_certificate_of){.subject = "CN=sha1", .issuer = root, .hash = "sha1"});
    struct make_certificate *brief =
        make_certificate(&(struct make_certificate_of){.subject = "CN=brief", .issuer = root, .key = MAKE_KEY_RSA1024});
    const struct {
        struct visit visit;
        enum hf_error error;
    } rows[] = {
        {{root, leaf, middle, NULL}, HF_OK},
        {{root, leaf, middle, allow_no_intermediate}, HF_ERR_too_many_certificates},
        {{middle, leaf, middle, NULL}, HF_ERR_setting_invalid},
        {{middle, leaf, middle, allow_partial}, HF_OK},
        {{leaf, leaf, NULL, NULL}, HF_ERR_setting_invalid}, /* a pinned leaf is an anchor that another CA issued */
        {{leaf, leaf, NULL, allow_partial}, HF_OK},
        {{root, sha1, NULL, NULL}, HF_ERR_weak_signature},
        {{root, sha1, NULL, allow_sha1}, HF_OK},
        {{root, brief, NULL, NULL}, HF_ERR_weak_key},
        {{root, brief, NULL, allow_short}, HF_OK},
    };
    for (size_t i = 0; i < HF_COUNT(rows); i++) {
        enum hf_error error = outcome_of(&rows[i].visit);
        if (error != rows[i].error)
            fail_msg("row %zu: %s", i, hf_error_name(error));
    }
    struct make_certificate *all[] = {root, middle, leaf, sha1, brief};
    for (size_t i = 0; i < HF_COUNT(all); i++)
        make_certificate_free(all[i]);
}

static void assert_refused(void (*set)(struct hf_builder *builder), const char *where, const char *got)
{
    struct hf_failure failure = {0};
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    set(builder);
    assert_null(hf_builder_finish(builder, LAB_NOW_S, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    if (strstr(failure.where, where) == NULL || strstr(failure.got, got) == NULL)
        fail_msg("where \"%s\", got \"%s\"", failure.where, failure.got);
}

static void set_bits_low(struct hf_builder *builder)
{
    hf_builder_rsa_bits_min(builder, 1023);
}

static void set_bits_high(struct hf_builder *builder)
{
    hf_builder_rsa_bits_min(builder, 16385);
}

static void set_depth(struct hf_builder *builder)
{
    hf_builder_max_intermediates(builder, 15);
}

static void name_no_domain(struct hf_builder *builder)
{
    hf_builder_trust_domain_pem(builder, "Red.org", lab_root(), strlen(lab_root()));
}

static void name_empty_domain(struct hf_builder *builder)
{
    hf_builder_trust_domain_pem(builder, "", lab_root(), strlen(lab_root()));
}

static void share_ca(struct hf_builder *builder)
{
    hf_builder_trust_domain_pem(builder, "red.org", lab_root(), strlen(lab_root()));
    hf_builder_trust_domain_pem(builder, "blue.org", lab_root(), strlen(lab_root()));
}

static void bind_and_free(struct hf_builder *builder)
{
    hf_builder_trust_domain_pem(builder, "red.org", lab_root(), strlen(lab_root()));
    hf_builder_trust_pem(builder, lab_root(), strlen(lab_root()));
}

static void what_cannot_be_is_told(void **state)
{
    (void)state;
    assert_refused(set_bits_low, "hf_builder_rsa_bits_min", "");
    assert_refused(set_bits_high, "hf_builder_rsa_bits_min", "");
    assert_refused(set_depth, "hf_builder_max_intermediates", "");
    assert_refused(name_no_domain, "trust domain", "Red.org");
    assert_refused(name_empty_domain, "trust domain", "");
    assert_refused(share_ca, "hf_builder_trust_pem", "another trust domain");
    assert_refused(bind_and_free, "hf_builder_trust_pem", "another trust domain");
}

static const char *domain_of_root;

static void trust_root_for_domain(struct hf_builder *builder)
{
    hf_builder_trust_domain_pem(builder, domain_of_root, lab_other_root(), strlen(lab_other_root()));
}

/* The lab's other root makes a client that has an identity of the domain "lab". */
static enum hf_error of_stranger(const char *domain)
{
    struct lab_pair pair;
    domain_of_root = domain;
    lab_pair_open(&pair, &(struct lab_side){.who = LAB_CLIENT_STRANGER},
                  &(struct lab_side){.more = trust_root_for_domain});
    (void)lab_pair_run(&pair);
    enum hf_error error = hf_failure(pair.server) != NULL ? hf_failure(pair.server)->error : HF_OK;
    lab_pair_close(&pair);
    return error;
}

static void a_domain_reaches_no_other(void **state)
{
    (void)state;
    assert_int_equal(of_stranger("lab"), HF_OK);
    assert_int_equal(of_stranger("other"), HF_ERR_trust_domain_wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_switch_lets_in_what_is_refused_without),
        cmocka_unit_test(what_cannot_be_is_told),
        cmocka_unit_test(a_domain_reaches_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
