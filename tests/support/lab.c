#include "support/lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/make_revocation.h"

enum { DAY = 86400 };

static struct {
    struct make_certificate *root, *intermediate;
    struct make_certificate *other_root, *other_intermediate;
    char *root_pem, *other_root_pem;
    struct lab_identity identities[LAB_WHO_COUNT][MAKE_KEY_SECP256K1 + 1];
    struct make_certificate *leaves[LAB_WHO_COUNT][MAKE_KEY_SECP256K1 + 1];
    struct make_revocation *responses[LAB_WHO_COUNT][MAKE_KEY_SECP256K1 + 1][2];
    char *crls[LAB_WHO_COUNT][MAKE_KEY_SECP256K1 + 1][2];
} lab;

/* Old enough to have issued what has expired since. */
static struct make_certificate *make_authority(const char *subject, const struct make_certificate *issuer)
{
    return make_certificate(&(struct make_certificate_of){
        .subject = subject,
        .issuer = issuer,
        .ca = true,
        .not_before_s = LAB_NOW_S - 365 * (int64_t)DAY,
        .not_after_s = LAB_NOW_S + 3650 * (int64_t)DAY,
    });
}

static void make_authorities(void)
{
    if (lab.root != NULL)
        return;
    lab.root = make_authority("CN=Lab Root", NULL);
    lab.intermediate = make_authority("CN=Lab Intermediate", lab.root);
    lab.other_root = make_authority("CN=Other Root", NULL);
    lab.other_intermediate = make_authority("CN=Other Intermediate", lab.other_root);
    lab.root_pem = make_certificate_pem(lab.root);
    lab.other_root_pem = make_certificate_pem(lab.other_root);
}

const char *lab_root(void)
{
    make_authorities();
    return lab.root_pem;
}

const char *lab_other_root(void)
{
    make_authorities();
    return lab.other_root_pem;
}

static struct make_certificate_of describe(enum lab_who who)
{
    struct make_certificate_of of = {
        .issuer = lab.intermediate, .subject = "CN=billing", .ekus = "clientAuth", .sans = "URI:spiffe://lab/billing"};
    switch (who) {
    case LAB_SERVER_EXPIRED:
    case LAB_SERVER_STAPLES:
    case LAB_SERVER:
        of.subject = "CN=server.lab";
        of.ekus = "serverAuth";
        of.sans = "DNS:server.lab,DNS:*.wild.lab,IP:127.0.0.1";
        break;
    case LAB_CLIENT_SERVER_ONLY:
        of.ekus = "serverAuth";
        break;
    case LAB_CLIENT_STRANGER:
        of.issuer = lab.other_intermediate;
        break;
    default:
        break;
    }
    of.not_before_s = LAB_NOW_S - 100 * DAY;
    if (who == LAB_SERVER_STAPLES || who == LAB_CLIENT_STAPLES) /* TLS feature: status_request */
        of.extensions[0] = (struct make_certificate_extension){.oid = "1.3.6.1.5.5.7.1.24", .hex = "3003020105"};
    if (who == LAB_CLIENT_EXPIRED || who == LAB_SERVER_EXPIRED)
        of.not_after_s = LAB_NOW_S - 3 * DAY;
    return of;
}

const struct lab_identity *lab_identity(enum lab_who who, enum make_certificate_key key)
{
    struct lab_identity *identity = &lab.identities[who][key];
    if (identity->chain != NULL)
        return identity;
    make_authorities();
    struct make_certificate_of of = describe(who);
    of.key = key;
    if (key == MAKE_KEY_RSA2048) /* for RSA key exchange too (RFC 5246 7.4.2) */
        of.key_usage = "critical,digitalSignature,keyEncipherment";
    struct make_certificate *leaf = make_certificate(&of);
    char *first = make_certificate_pem(leaf);
    char *second = make_certificate_pem(who == LAB_CLIENT_STRANGER ? lab.other_intermediate
                                        : who == LAB_CLIENT_GAP    ? lab.root
                                                                   : lab.intermediate);
    size_t room = strlen(first) + strlen(second) + 1;
    identity->chain = malloc(room);
    if (identity->chain == NULL)
        abort();
    (void)snprintf(identity->chain, room, "%s%s", first, second);
    identity->key = make_certificate_key_pem(leaf);
    free(first);
    free(second);
    lab.leaves[who][key] = leaf;
    return identity;
}

struct hf_span lab_ocsp(enum lab_who who, enum make_certificate_key key, bool revoked)
{
    struct make_revocation **response = &lab.responses[who][key][revoked ? 1 : 0];
    (void)lab_identity(who, key);
    if (*response == NULL)
        *response =
            make_ocsp(&(struct make_ocsp_of){.entries = {{.certificate = lab.leaves[who][key],
                                                          .issuer = lab.intermediate,
                                                          .status = revoked ? MAKE_OCSP_REVOKED : MAKE_OCSP_GOOD}}});
    return make_revocation_span(*response);
}

const char *lab_crls(enum lab_who who, enum make_certificate_key key, bool revoked)
{
    char **crls = &lab.crls[who][key][revoked ? 1 : 0];
    (void)lab_identity(who, key);
    if (*crls != NULL)
        return *crls;
    struct make_revocation *of_root = make_crl(&(struct make_crl_of){.issuer = lab.root});
    struct make_revocation *of_issuer = make_crl(
        &(struct make_crl_of){.issuer = lab.intermediate,
                              .number = revoked ? 2 : 1,
                              .revoked = {{.certificate = revoked ? lab.leaves[who][key] : NULL, .reason = 1}}});
    *crls = make_revocation_pem(of_root, of_issuer);
    make_revocation_free(of_issuer);
    make_revocation_free(of_root);
    return *crls;
}

static void add_identity(struct hf_builder *builder, enum hf_role role, const struct lab_side *side)
{
    if (side->anonymous) {
        hf_builder_anonymous(builder);
        return;
    }
    enum lab_who who = role == HF_CLIENT && side->who == LAB_SERVER ? LAB_CLIENT : side->who;
    const struct lab_identity *identity = lab_identity(who, side->key);
    hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key, strlen(identity->key));
}

struct hf_config *lab_config(enum hf_role role, const struct lab_side *side, struct hf_failure *ret_failure)
{
    struct hf_builder *builder =
        side->allocator == NULL ? hf_builder_new(role) : hf_builder_new_with(role, side->allocator);
    const char *root = side->trusts_other ? lab_other_root() : lab_root();
    if (builder != NULL) {
        add_identity(builder, role, side);
        hf_builder_trust_pem(builder, root, strlen(root));
        if (role == HF_SERVER)
            hf_builder_client_auth(builder, side->client_auth);
        if (side->min != 0 || side->max != 0)
            hf_builder_versions(builder, side->min == 0 ? HF_TLS12 : side->min, side->max == 0 ? HF_TLS13 : side->max);
        if (side->suites != NULL)
            hf_builder_suites(builder, side->suites);
        if (side->groups != NULL)
            hf_builder_groups(builder, side->groups);
        if (side->schemes != NULL)
            hf_builder_signature_schemes(builder, side->schemes);
        if (side->alpn != NULL)
            hf_builder_alpn(builder, side->alpn);
        if (side->more != NULL)
            side->more(builder);
    }
    /* Made when even those that have expired since were valid. */
    return hf_builder_finish(builder, LAB_NOW_S - 10 * DAY, ret_failure);
}

static struct hf_connection *open_side(enum hf_role role, const struct lab_side *side)
{
    static const struct lab_side defaults = {0};
    if (side == NULL)
        side = &defaults;
    struct hf_failure failure = {0};
    struct hf_config *config = lab_config(role, side, &failure);
    const char *name = side->name != NULL ? side->name : "server.lab";
    struct hf_connection *connection =
        config == NULL ? NULL : hf_connection_new(config, role == HF_CLIENT ? name : NULL, LAB_NOW_MS, &failure);
    if (connection == NULL) {
        char text[1024];
        (void)hf_failure_explain(&failure, LAB_NOW_S, text, sizeof text);
        (void)fprintf(stderr, "lab: %s\n", text);
        abort();
    }
    hf_config_drop(config);
    return connection;
}

void lab_pair_open(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    pair->client = open_side(HF_CLIENT, client);
    pair->server = open_side(HF_SERVER, server);
}

void lab_pair_close(struct lab_pair *pair)
{
    hf_connection_free(pair->client);
    hf_connection_free(pair->server);
}

size_t lab_move(struct hf_connection *from, struct hf_connection *to, size_t room)
{
    uint8_t wire[16384];
    size_t len = 0;
    hf_drain(from, wire, room < sizeof wire ? room : sizeof wire, &len);
    if (len > 0)
        (void)hf_feed(to, wire, len, LAB_NOW_MS);
    return len;
}

size_t lab_pair_run_cut(struct lab_pair *pair, size_t room)
{
    size_t total = 0;
    for (;;) {
        size_t moved = lab_move(pair->client, pair->server, room);
        moved += lab_move(pair->server, pair->client, room);
        if (moved == 0)
            return total;
        total += moved;
    }
}

size_t lab_pair_run(struct lab_pair *pair)
{
    return lab_pair_run_cut(pair, 16384);
}

bool lab_event(struct hf_connection *connection, enum hf_event_kind kind)
{
    struct hf_event event;
    bool came = false;
    while (hf_next_event(connection, &event))
        came = came || event.kind == kind;
    return came;
}

bool lab_event_first(struct hf_connection *connection, enum hf_event_kind kind)
{
    struct hf_event event;
    while (hf_next_event(connection, &event))
        if (event.kind == kind)
            return true;
    return false;
}
