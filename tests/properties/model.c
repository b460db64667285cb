#include "model.h"

#include <stdio.h>
#include <string.h>

/* ---- lists ---- */

static bool has(const char *list, const char *name, size_t len)
{
    for (const char *at = list; at != NULL && *at != '\0'; at = strchr(at, ':') == NULL ? NULL : strchr(at, ':') + 1)
        if (strncmp(at, name, len) == 0 && (at[len] == ':' || at[len] == '\0'))
            return true;
    return false;
}

/* Whether a name of this beginning, and with this in it, is in both lists; an empty list has all. */
static bool share(const char *one, const char *other, const char *with, bool is_13)
{
    if (one[0] == '\0' || other[0] == '\0') {
        const char *only = one[0] == '\0' ? other : one;
        return only[0] == '\0' || strstr(only, with) != NULL;
    }
    for (const char *at = one; *at != '\0';) {
        size_t len = strcspn(at, ":");
        bool of_13 = strncmp(at, "TLS_ECDHE", 9) != 0;
        const char *found = strstr(at, with);
        if (of_13 == is_13 && found != NULL && found < at + len && has(other, at, len))
            return true;
        at += len + (at[len] == ':');
    }
    return false;
}

static bool share_groups(const struct world *world)
{
    const char *one = world->sides[HF_CLIENT].groups, *other = world->sides[HF_SERVER].groups;
    if (one[0] == '\0' || other[0] == '\0')
        return true;
    for (const char *at = one; *at != '\0';) {
        size_t len = strcspn(at, ":");
        if (has(other, at, len))
            return true;
        at += len + (at[len] == ':');
    }
    return false;
}

/* The server's first that the client has (RFC 7301 3.2); NULL: none in common; "" where one of them has no list. */
static const char *common_alpn(const struct world *world, size_t *ret_len)
{
    const char *client = world->sides[HF_CLIENT].alpn, *server = world->sides[HF_SERVER].alpn;
    *ret_len = 0;
    if (client == NULL || server == NULL)
        return "";
    for (const char *at = server; *at != '\0';) {
        size_t len = strcspn(at, ":");
        if (has(client, at, len)) {
            *ret_len = len;
            return at;
        }
        at += len + (at[len] == ':');
    }
    return NULL;
}

/* ---- what must come of it ---- */

static enum hf_version best_version(const struct world *world)
{
    enum hf_version one = world->sides[HF_CLIENT].max, other = world->sides[HF_SERVER].max;
    enum hf_version best = one < other ? one : other;
    bool fits = best >= world->sides[HF_CLIENT].min && best >= world->sides[HF_SERVER].min;
    return fits ? best : (enum hf_version)0;
}

/* The server's certificate, and the client's judgement of it. */
static bool server_fails(const struct world *world)
{
    return strcmp(world->name, "server.lab") != 0 || world->sides[HF_CLIENT].refuses ||
           !end_is_sound(&world->sides[HF_SERVER], world->sides[HF_CLIENT].trusts_other);
}

static enum model_verdict judge_client(const struct world *world)
{
    const struct world_side *client = &world->sides[HF_CLIENT], *server = &world->sides[HF_SERVER];
    if (world->auth == HF_CLIENT_AUTH_NONE)
        return MODEL_OPENS;
    if (end_is_sound(client, server->trusts_other))
        return server->refuses ? MODEL_FAILS : MODEL_OPENS;
    if (world->auth == HF_CLIENT_AUTH_REQUIRE)
        return MODEL_FAILS;
    return client->anonymous ? MODEL_OPENS : MODEL_UNSURE; /* presented or not, that is the client's choice */
}

/* In 1.2 the curve of an ECDSA key must be among the groups (RFC 8422 5.1), and RSA keys sign in many ways. */
static bool is_simple(const struct world *world)
{
    for (int i = 0; i < 2; i++)
        if (world->sides[i].key == MAKE_KEY_P384 || world->sides[i].groups[0] != '\0')
            return false;
    return true;
}

enum model_verdict model_judge(const struct world *world)
{
    size_t alpn_len;
    enum hf_version version = best_version(world);
    const struct world_side *client = &world->sides[HF_CLIENT], *server = &world->sides[HF_SERVER];
    bool is_13 = version == HF_TLS13;
    if (version == 0 || common_alpn(world, &alpn_len) == NULL)
        return MODEL_FAILS;
    if (world->psk12 != WORLD_PSK_NONE || world->psk13 != WORLD_PSK_NONE)
        return MODEL_UNSURE;
    if (server_fails(world) || !share_groups(world))
        return MODEL_FAILS;
    if (is_13 ? !share(client->suites, server->suites, "", true)
              : !share(client->suites, server->suites, server->key == MAKE_KEY_RSA2048 ? "ECDHE_RSA" : "ECDHE_ECDSA",
                       false) &&
                    !world->historic)
        return MODEL_FAILS;
    enum model_verdict verdict = judge_client(world);
    return verdict == MODEL_OPENS && !is_13 && (world->historic || !is_simple(world)) ? MODEL_UNSURE : verdict;
}

/* ---- agreement ---- */

static enum hf_version on_wire(const struct world *world, enum hf_version version)
{
    if (!world->over_datagrams)
        return version;
    return version == HF_TLS13 ? HF_DTLS13 : HF_DTLS12;
}

static void demand_same(const struct world *world, const char *one, const char *other, const char *property)
{
    end_demand(world, strcmp(one, other) == 0, property);
}

static void check_choice(const struct end *client)
{
    const struct world *world = client->world;
    size_t len;
    const char *alpn = common_alpn(world, &len);
    const char *suites[2] = {world->sides[0].suites, world->sides[1].suites};
    end_demand(world, client->view.version == on_wire(world, best_version(world)),
               "the highest common version is used");
    end_demand(world, alpn != NULL && strlen(client->view.alpn) == len && memcmp(client->view.alpn, alpn, len) == 0,
               "the protocol is the server's first that the client has");
    for (int i = 0; i < 2; i++) {
        end_demand(world, suites[i][0] == '\0' || has(suites[i], client->view.suite, strlen(client->view.suite)),
                   "the suite is one that both allow");
        end_demand(world,
                   world->sides[i].groups[0] == '\0' || client->view.group[0] == '\0' ||
                       has(world->sides[i].groups, client->view.group, strlen(client->view.group)),
                   "the group is one that both allow");
    }
}

void model_check_agreement(const struct end *client, const struct end *server)
{
    const struct world *world = client->world;
    const struct end_view *one = &client->view, *other = &server->view;
    end_demand(world, one->version == other->version, "both have the same version");
    demand_same(world, one->suite, other->suite, "both have the same suite");
    demand_same(world, one->group, other->group, "both have the same group");
    demand_same(world, one->alpn, other->alpn, "both have the same protocol");
    demand_same(world, one->psk, other->psk, "both have the same shared key");
    demand_same(world, one->own_scheme, other->peer_scheme, "the server knows how the client signed");
    demand_same(world, one->peer_scheme, other->own_scheme, "the client knows how the server signed");
    end_demand(world, one->resumed == other->resumed, "both resumed, or none");
    end_demand(world, one->retried == other->retried, "both saw a retry, or none");
    end_demand(world, one->asked == other->asked, "both know whether a certificate was asked for");
    end_demand(world, one->extended_master_secret == other->extended_master_secret, "both bind the master secret");
    end_demand(world, one->early == other->early, "both know whether early data was taken");
    end_demand(world, model_judge(world) != MODEL_FAILS, "what must fail does");
    check_choice(client);
    if (one->is_late || other->is_late)
        return;
    end_demand(world, memcmp(one->exporter, other->exporter, sizeof one->exporter) == 0, "both export the same");
    end_demand(world, one->resumed || one->presented == other->has_peer, "who presented a certificate is known by it");
}

/* ---- order ---- */

/* The words of the RFCs: RFC 9846 2, A; RFC 5246 7.3; RFC 4279 2; RFC 5077 3.3; RFC 6347 4.2. A word in brackets may be
 * missing. */
static const char *order_of(const struct end *end)
{
    const struct end_view *view = &end->view;
    bool is_13 = view->version == HF_TLS13 || view->version == HF_DTLS13;
    bool is_shared = view->psk[0] != '\0';
    if (end->role == HF_CLIENT && is_13)
        return view->resumed || is_shared ? "[HelloRetryRequest] ServerHello EncryptedExtensions Finished"
               : view->asked
                   ? "[HelloRetryRequest] ServerHello EncryptedExtensions CertificateRequest Certificate "
                     "CertificateVerify Finished"
                   : "[HelloRetryRequest] ServerHello EncryptedExtensions Certificate CertificateVerify Finished";
    if (end->role == HF_SERVER && is_13)
        return view->resumed || is_shared
                   ? view->early ? "ClientHello EndOfEarlyData Finished" : "ClientHello [ClientHello] Finished"
               : !view->asked   ? "ClientHello [ClientHello] Finished"
               : view->has_peer ? "ClientHello [ClientHello] Certificate CertificateVerify Finished"
                                : "ClientHello [ClientHello] Certificate Finished";
    if (end->role == HF_CLIENT)
        return view->resumed ? "[HelloVerifyRequest] ServerHello [NewSessionTicket] ChangeCipherSpec Finished"
               : is_shared   ? "[HelloVerifyRequest] ServerHello [Certificate] [ServerKeyExchange] ServerHelloDone "
                               "[NewSessionTicket] ChangeCipherSpec Finished"
               : strncmp(view->suite, "TLS_RSA_", 8) == 0
                   ? "[HelloVerifyRequest] ServerHello Certificate [CertificateRequest] ServerHelloDone "
                     "[NewSessionTicket] ChangeCipherSpec Finished"
               : view->asked ? "[HelloVerifyRequest] ServerHello Certificate ServerKeyExchange CertificateRequest "
                               "ServerHelloDone [NewSessionTicket] ChangeCipherSpec Finished"
                             : "[HelloVerifyRequest] ServerHello Certificate ServerKeyExchange ServerHelloDone "
                               "[NewSessionTicket] ChangeCipherSpec Finished";
    return view->resumed    ? "ClientHello [ClientHello] ChangeCipherSpec Finished"
           : view->has_peer ? "ClientHello [ClientHello] Certificate ClientKeyExchange CertificateVerify "
                              "ChangeCipherSpec Finished"
           : view->asked    ? "ClientHello [ClientHello] Certificate ClientKeyExchange ChangeCipherSpec Finished"
                            : "ClientHello [ClientHello] ClientKeyExchange ChangeCipherSpec Finished";
}

static bool fits(const char *order, const char *words)
{
    while (*order != '\0') {
        bool may_miss = *order == '[';
        const char *name = order + may_miss;
        size_t len = strcspn(name, " ]");
        bool is_there = strncmp(words, name, len) == 0 && words[len] == ' ';
        if (!is_there && !may_miss)
            return false;
        words += is_there ? len + 1 : 0;
        order = name + len + may_miss;
        order += *order == ' ';
    }
    return *words == '\0';
}

void model_check_order(const struct end *end)
{
    char text[3 * END_WORDS_MAX];
    if (end->view.is_late) /* whether it knew a peer cannot be told any more */
        return;
    (void)snprintf(text, sizeof text, "a %s opens by \"%s\"; it came to \"%s\"",
                   end->role == HF_CLIENT ? "client" : "server", order_of(end), end->words);
    end_demand(end->world, fits(order_of(end), end->words), text);
}
