/* A scene: two ends are joined, shake hands, and either talk and part, or one refuses the other.
 * Invariant: nothing is claimed that is not checked on the connections themselves. */
#include "demo_scene.h"

#include <stdio.h>
#include <string.h>

#include "report.h"

enum { QUIET_MS = 60, EXPORT_LEN = 16 };

static const char question[] = "who am I to you?";

static void see(void *context, const struct hf_demo_end *end, const struct hf_seen *what)
{
    hf_demo_tell_seen(context, end, what);
}

static void note(void *context, const struct hf_demo_end *end, enum hf_demo_moment moment)
{
    hf_demo_tell_moment(context, end, moment);
}

static struct hf_demo_cast cast_of(const struct hf_demo_scene *scene, const struct hf_demo_material *material)
{
    const struct hf_authority_issued *client = scene->presents == HF_DEMO_PRESENTS_EXPIRED    ? &material->expired
                                               : scene->presents == HF_DEMO_PRESENTS_STRANGER ? &material->stranger
                                                                                              : &material->client;
    bool has_none = scene->presents == HF_DEMO_PRESENTS_NOTHING;
    return (struct hf_demo_cast){
        .root_pem = hf_demo_material_root(material),
        .server_chain = material->server.chain_pem,
        .server_key = material->server.key_pem,
        .client_chain = has_none ? NULL : client->chain_pem,
        .client_key = has_none ? NULL : client->key_pem,
        .now_s = material->now_s,
        /* Left to itself, a client whose certificate will not do presents none: it is made to. */
        .present_anyway = !has_none,
        .loses_flight = scene->loses_flight,
    };
}

/* ---- When all goes well. ---- */

static void export_hex(const struct hf_demo_end *end, char hex[2 * EXPORT_LEN + 1])
{
    unsigned char bytes[EXPORT_LEN] = {0};
    hex[0] = '\0';
    if (hf_export(end->connection, "EXPERIMENTAL handfast demo", NULL, 0, bytes, sizeof bytes) != HF_OK)
        return;
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static void check_identities(const struct hf_demo_pair *pair, struct hf_demo_teller *teller)
{
    const struct hf_peer *server = hf_peer(pair->client.connection);
    const struct hf_peer *client = hf_peer(pair->server.connection);
    const char *dns = server == NULL || hf_peer_dns_count(server) == 0 ? "" : hf_peer_dns(server, 0);
    const char *spiffe = client == NULL ? "" : hf_peer_spiffe_id(client);
    hf_demo_tell_check(teller, strcmp(dns, HF_DEMO_SERVER_NAME) == 0, "the client knows the server: %s, proven by %s",
                       dns, server == NULL ? "nobody" : hf_peer_issuer(server));
    hf_demo_tell_check(teller, strcmp(spiffe, "spiffe://" HF_DEMO_CA_NAME "/billing") == 0,
                       "the server knows the client: %s, proven by %s", spiffe,
                       client == NULL ? "nobody" : hf_peer_issuer(client));
}

static void check_session(const struct hf_demo_pair *pair, const struct hf_demo_protocol *protocol,
                          struct hf_demo_teller *teller)
{
    struct hf_session_info client;
    struct hf_session_info server;
    char client_hex[2 * EXPORT_LEN + 1];
    char server_hex[2 * EXPORT_LEN + 1];
    hf_session_info(pair->client.connection, &client);
    hf_session_info(pair->server.connection, &server);
    export_hex(&pair->client, client_hex);
    export_hex(&pair->server, server_hex);
    hf_demo_tell_check(teller, client.version == protocol->told && server.version == protocol->told,
                       "%s with %s, keys agreed by %s", protocol->name, client.suite, client.group);
    hf_demo_tell_check(teller, client_hex[0] != '\0' && strcmp(client_hex, server_hex) == 0,
                       "both ends hold the same keys, as an exported value shows: %s", client_hex);
}

/* Data both ways, then goodbyes. True when all of it arrived. */
static bool talk(struct hf_demo_pair *pair, struct hf_demo_teller *teller)
{
    char answer[HF_DEMO_DATA_ROOM];
    const struct hf_peer *client = hf_peer(pair->server.connection);
    (void)snprintf(answer, sizeof answer, "you are %s", client == NULL ? "nobody" : hf_peer_spiffe_id(client));
    bool said = hf_demo_pair_say(&pair->client, question);
    hf_demo_tell_data(teller, &pair->client, question);
    hf_demo_pair_settle(pair, QUIET_MS);
    said = hf_demo_pair_say(&pair->server, answer) && said;
    hf_demo_tell_data(teller, &pair->server, answer);
    hf_demo_pair_settle(pair, QUIET_MS);
    hf_close(pair->client.connection);
    hf_demo_pair_settle(pair, QUIET_MS);
    hf_close(pair->server.connection);
    hf_demo_pair_settle(pair, QUIET_MS);
    return said && strcmp(pair->server.data, question) == 0 && strcmp(pair->client.data, answer) == 0;
}

static void play_well(struct hf_demo_pair *pair, const struct hf_demo_protocol *protocol, struct hf_demo_teller *teller)
{
    bool opened = pair->client.opened && pair->server.opened;
    bool heard = opened && talk(pair, teller);
    hf_demo_tell_check(teller, opened && pair->client.accepted,
                       "both ends opened the connection, and the client learnt that it was accepted");
    check_identities(pair, teller);
    check_session(pair, protocol, teller);
    hf_demo_tell_check(teller, heard, "data arrived unchanged, both ways");
    hf_demo_tell_check(teller, pair->client.peer_closed && pair->server.peer_closed,
                       "both ends closed with close_notify: nothing was cut off");
}

/* ---- When the server refuses. ---- */

static void play_refusal(struct hf_demo_pair *pair, const struct hf_demo_scene *scene, struct hf_demo_teller *teller)
{
    const struct hf_failure *client = &pair->client.failure;
    const struct hf_failure *server = &pair->server.failure;
    struct hf_session_info session;
    hf_session_info(pair->server.connection, &session);
    hf_demo_tell_failure(teller, &pair->server);
    hf_demo_tell_failure(teller, &pair->client);
    hf_demo_tell_check(teller, server->error == scene->server_finds && server->by == HF_BY_US,
                       "the server refused for the right reason: %s", hf_error_name(server->error));
    hf_demo_tell_check(teller, client->by == HF_BY_PEER && hf_failure_reason(client) == scene->client_reason,
                       "the client knows that it was refused, and why: H%d, exit status %d", hf_failure_reason(client),
                       hf_error_exit_status(client->error));
    hf_demo_tell_check(teller, !session.opened && !pair->client.accepted && hf_peer(pair->server.connection) == NULL,
                       "the server never opened the connection, and nobody was believed");
}

void hf_demo_scene_play(const struct hf_demo_scene *scene, const struct hf_demo_protocol *protocol,
                        const struct hf_demo_material *material, struct hf_demo_teller *teller)
{
    static struct hf_demo_pair pair; /* too large for a stack, and only one at a time */
    const struct hf_demo_listener listener = {see, note, teller};
    const struct hf_demo_cast cast = cast_of(scene, material);
    struct hf_failure failure;
    char why[1024];
    const struct hf_demo_head head = {.title = scene->title, .protocol = protocol->name, .story = scene->story};
    hf_demo_tell_scene(teller, &head);
    if (hf_demo_pair_start(&pair, protocol, &cast, &listener, &failure)) {
        hf_demo_pair_settle(&pair, QUIET_MS);
        if (scene->server_finds == HF_OK)
            play_well(&pair, protocol, teller);
        else
            play_refusal(&pair, scene, teller);
        if (scene->loses_flight)
            hf_demo_tell_check(teller, pair.server.lost > 0 && pair.client.repeated > 0 && pair.server.repeated > 0,
                               "the server's flight (%zu datagrams) was lost, and went again: nothing was missed",
                               pair.server.lost);
        hf_demo_tell_check(teller, hf_demo_pair_logs_agree(&pair),
                           "each message came as it was sent: %zu and %zu of them", pair.client.sent.count,
                           pair.server.sent.count);
    } else {
        hf_failure_explain(&failure, material->now_s, why, sizeof why);
        hf_demo_tell_check(teller, false, "the two ends could not be set up: %s", why);
    }
    hf_demo_tell_scene_end(teller, &pair);
    hf_demo_pair_end(&pair);
}
