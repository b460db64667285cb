/* The choice of an identity, for servers and for clients, and the report of why not (RFC 9846 4.5.1.2). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "certificate/certificate.h"
#include "crypto/toolbox.h"
#include "identity/choose.h"
#include "support/private_ca.h"

enum {
    BILLING,  /* client, P-256 */
    SERVER,   /* server, for api.lan */
    EXPIRED,  /* client, until yesterday */
    EARLY,    /* client, from tomorrow */
    STRANGER, /* client, Ed25519, of another CA */
    WILDCARD, /* server, for *.api.lan */
    COUNT
};

static struct hf_toolbox *toolbox;
static struct hf_identity *made[COUNT];

static struct hf_identity *identity(const struct hf_authority *ca, const struct hf_authority_wish *wish, int from_day,
                                    int to_day)
{
    struct hf_authority_issued issued = hf_private_ca_issue_wish(ca, wish, from_day, to_day);
    struct hf_identity_files files = {.chain = hf_span_of_text(issued.chain_pem),
                                      .key = hf_span_of_text(issued.key_pem)};
    struct hf_identity *result = NULL;
    struct hf_failure failure;
    assert_int_equal(hf_identity_new_pem(toolbox, &hf_allocation_standard, &files, &result, &failure), HF_OK);
    hf_authority_issued_wipe(&issued);
    return result;
}

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    struct hf_authority *lab = hf_private_ca_new("lab", HF_AUTHORITY_P256);
    struct hf_authority *other = hf_private_ca_new("other", HF_AUTHORITY_ED25519);
    made[BILLING] = identity(lab, &(struct hf_authority_wish){.role = HF_AUTHORITY_CLIENT, .name = "billing"}, 0, 90);
    made[SERVER] = identity(lab, &(struct hf_authority_wish){.role = HF_AUTHORITY_SERVER, .name = "api.lan"}, 0, 90);
    made[EXPIRED] = identity(lab, &(struct hf_authority_wish){.role = HF_AUTHORITY_CLIENT, .name = "expired"}, -30, -1);
    made[EARLY] = identity(lab, &(struct hf_authority_wish){.role = HF_AUTHORITY_CLIENT, .name = "early"}, 1, 90);
    made[STRANGER] = identity(
        other,
        &(struct hf_authority_wish){.role = HF_AUTHORITY_CLIENT, .name = "stranger", .key = HF_AUTHORITY_ED25519}, 0,
        90);
    made[WILDCARD] =
        identity(lab, &(struct hf_authority_wish){.role = HF_AUTHORITY_SERVER, .name = "*.api.lan"}, 0, 90);
    hf_authority_free(lab);
    hf_authority_free(other);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        hf_identity_free(made[i]);
    hf_toolbox_free(toolbox);
    return 0;
}

static const uint16_t ecdsa[] = {0x0804, 0x0403};
static const uint16_t rsa[] = {0x0804, 0x0805, 0x0806, 0x0401, 0x0501};
static const uint16_t eddsa[] = {0x0807};
static const uint16_t any[] = {0x0403, 0x0804, 0x0807};

static struct hf_choose_wish wish_of(const uint16_t *schemes, size_t count)
{
    return (struct hf_choose_wish){
        .rule = HF_CHOOSE_SCHEMES_13, .schemes = schemes, .schemes_count = count, .now_s = HF_PRIVATE_CA_NOW + 60};
}

static enum hf_misfit_reason reason_for(size_t which, const struct hf_choose_wish *wish, const char *told)
{
    struct hf_choose_list list = {.items = &made[which], .count = 1};
    struct hf_identity_misfit misfit;
    struct hf_choice choice;
    assert_int_equal(hf_choose_report(&list, wish, &misfit, 1), 1);
    assert_int_equal(hf_choose_for_client(&list, wish, &choice),
                     misfit.reason == HF_MISFIT_NONE || misfit.reason == HF_MISFIT_CHAIN_SCHEME);
    if (strstr(misfit.text, told) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", misfit.text, told);
    return misfit.reason;
}

static void test_each_reason_is_told(void **state)
{
    (void)state;
    struct hf_choose_wish wish = wish_of(ecdsa, 2);
    assert_int_equal(reason_for(BILLING, &wish, "CN=billing fits"), HF_MISFIT_NONE);
    assert_int_equal(reason_for(SERVER, &wish, "CN=api.lan is not for clients"), HF_MISFIT_PURPOSE);
    assert_int_equal(reason_for(EXPIRED, &wish, "CN=expired expired"), HF_MISFIT_EXPIRED);
    assert_int_equal(reason_for(EARLY, &wish, "is not valid before"), HF_MISFIT_NOT_YET_VALID);
    assert_int_equal(reason_for(STRANGER, &wish, "has a key of type Ed25519; the peer takes rsa_pss_rsae_sha256"),
                     HF_MISFIT_SCHEME);
    wish = wish_of(rsa, 5);
    assert_int_equal(reason_for(BILLING, &wish, "and 2 more"), HF_MISFIT_SCHEME);
    wish = wish_of(eddsa, 1);
    assert_int_equal(reason_for(STRANGER, &wish, "fits"), HF_MISFIT_NONE);
}

/* Names as certificate_authorities has them: each behind its length. */
static struct hf_span list_of(struct hf_span name)
{
    static uint8_t room[512];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    if (name.len > 0)
        hf_writer_vector(&writer, 2, name);
    assert_true(hf_writer_end(&writer));
    return hf_writer_span(&writer);
}

static void test_authorities(void **state)
{
    (void)state;
    struct hf_choose_wish wish = wish_of(any, 3);
    wish.authorities = list_of(made[BILLING]->parsed[1].issuer);
    assert_int_equal(reason_for(BILLING, &wish, "fits"), HF_MISFIT_NONE);
    assert_int_equal(reason_for(STRANGER, &wish, "is issued by CN=other Root CA; the peer takes CN=lab Root CA"),
                     HF_MISFIT_AUTHORITY);
    wish.authorities = list_of(made[BILLING]->parsed[0].issuer);
    assert_int_equal(reason_for(BILLING, &wish, "fits"), HF_MISFIT_NONE);
}

static void test_issuers_by_rule(void **state)
{
    (void)state;
    struct hf_choose_wish wish = wish_of(any, 3);
    made[STRANGER]->issuers = HF_ISSUERS_ANY;
    made[BILLING]->issuers = HF_ISSUERS_MUST_FIT;
    assert_int_equal(reason_for(BILLING, &wish, "for peers that name its own"), HF_MISFIT_AUTHORITY);
    wish.authorities = list_of(made[BILLING]->parsed[0].issuer);
    assert_int_equal(reason_for(BILLING, &wish, "fits"), HF_MISFIT_NONE);
    assert_int_equal(reason_for(STRANGER, &wish, "fits"), HF_MISFIT_NONE);
    made[STRANGER]->issuers = made[BILLING]->issuers = HF_ISSUERS_BY_ROLE;
}

/* A server prefers whom the client names, and takes another where none is; one that must fit is left out. */
static void test_a_server_goes_by_the_clients_names(void **state)
{
    (void)state;
    struct hf_identity *const items[] = {made[STRANGER], made[BILLING]};
    const struct hf_choose_list list = {.items = items, .count = 2};
    struct hf_choose_wish wish = wish_of(any, 3);
    struct hf_choice choice;
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_OK);
    assert_int_equal(choice.index, 0);
    wish.authorities = list_of(made[BILLING]->parsed[0].issuer);
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_OK);
    assert_int_equal(choice.index, 1);
    wish.authorities = list_of(made[SERVER]->parsed[0].subject);
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_OK);
    assert_int_equal(choice.index, 0);
    made[STRANGER]->issuers = made[BILLING]->issuers = HF_ISSUERS_MUST_FIT;
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_ERR_no_common_issuer);
    wish.schemes_count = 0;
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_ERR_no_common_signature_scheme);
    made[STRANGER]->issuers = made[BILLING]->issuers = HF_ISSUERS_BY_ROLE;
}

static void test_chain_schemes(void **state)
{
    (void)state;
    struct hf_choose_wish wish = wish_of(any, 3);
    wish.certificate_schemes = rsa;
    wish.certificate_schemes_count = 5;
    assert_int_equal(reason_for(BILLING, &wish, "is signed with ECDSA"), HF_MISFIT_CHAIN_SCHEME);
}

static void test_client_takes_the_first_that_fits(void **state)
{
    (void)state;
    struct hf_choose_list list = {.items = made, .count = COUNT};
    struct hf_choose_wish wish = wish_of(eddsa, 1);
    struct hf_choice choice;
    assert_true(hf_choose_for_client(&list, &wish, &choice));
    assert_int_equal(choice.index, STRANGER);
    assert_int_equal(choice.scheme, 0x0807);
    wish = wish_of(any, 3);
    assert_true(hf_choose_for_client(&list, &wish, &choice));
    assert_int_equal(choice.index, BILLING);
    wish = wish_of(rsa, 5);
    choice.index = 77;
    assert_false(hf_choose_for_client(&list, &wish, &choice));
    assert_int_equal(choice.index, 77);
    struct hf_identity_misfit misfits[COUNT];
    assert_int_equal(hf_choose_report(&list, &wish, misfits, COUNT), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(misfits[i].index, i);
        assert_int_not_equal(misfits[i].reason, HF_MISFIT_NONE);
    }
    assert_int_equal(hf_choose_report(&list, &wish, misfits, 2), 2);
}

static size_t server_for(const char *name)
{
    struct hf_identity *servers[] = {made[SERVER], made[WILDCARD], made[STRANGER]};
    struct hf_choose_list list = {.items = servers, .count = 3};
    struct hf_choose_wish wish = wish_of(any, 3);
    wish.server_name = hf_span_of_text(name);
    struct hf_choice choice;
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_OK);
    assert_ptr_equal(choice.identity, servers[choice.index]);
    return choice.index;
}

static void test_server_by_name(void **state)
{
    (void)state;
    assert_int_equal(server_for("api.lan"), 0);
    assert_int_equal(server_for("API.LAN."), 0);
    assert_int_equal(server_for("one.api.lan"), 1);
    assert_int_equal(server_for("two.one.api.lan"), 0); /* a wildcard is for one label: the default serves */
    assert_int_equal(server_for(".api.lan"), 0);
    assert_int_equal(server_for("elsewhere.lan"), 0);
    assert_int_equal(server_for(NULL), 0);
}

static void test_server_by_scheme(void **state)
{
    (void)state;
    struct hf_identity *servers[] = {made[SERVER], made[STRANGER]};
    struct hf_choose_list list = {.items = servers, .count = 2};
    struct hf_choose_wish wish = wish_of(eddsa, 1);
    wish.server_name = hf_span_of_text("api.lan");
    struct hf_choice choice;
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_OK);
    assert_int_equal(choice.index, 1);
    wish = wish_of(rsa, 5);
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_ERR_no_common_signature_scheme);
    list.count = 0;
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_ERR_no_server_identity);
}

/* TLS 1.2 does not bind the curve: a P-256 key may sign with SHA-384 there, and may not in TLS 1.3. */
static void test_rule_of_the_version(void **state)
{
    (void)state;
    static const uint16_t sha384[] = {0x0503};
    struct hf_choose_list list = {.items = &made[SERVER], .count = 1};
    struct hf_choose_wish wish = wish_of(sha384, 1);
    struct hf_choice choice;
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_ERR_no_common_signature_scheme);
    wish.rule = HF_CHOOSE_SCHEMES_12;
    assert_int_equal(hf_choose_for_server(&list, &wish, &choice), HF_OK);
    assert_int_equal(choice.scheme, 0x0503);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_reason_is_told), cmocka_unit_test(test_authorities),
        cmocka_unit_test(test_issuers_by_rule),     cmocka_unit_test(test_a_server_goes_by_the_clients_names),
        cmocka_unit_test(test_chain_schemes),       cmocka_unit_test(test_client_takes_the_first_that_fits),
        cmocka_unit_test(test_server_by_name),      cmocka_unit_test(test_server_by_scheme),
        cmocka_unit_test(test_rule_of_the_version),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
