/* Each chapter is one real connection over loopback, and what is claimed of it is what the library reports at both
 * ends, or what stands on the wire. */
#include "history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <handfast/session.h>
#include <handfast/socket.h>

#include "out.h"
#include "report.h"

enum { QUIET_MS = 60, SESSION_ROOM = 16384, CACHE_SESSIONS = 8, SESSION_LIFE_S = 3600, EXPORT_LEN = 16 };

static const char before[] = "GET /map";
static const char answer[] = "understood";

/* What a chapter needs while it is played. */
struct stage {
    const struct hf_history_chapter *chapter;
    struct hf_demo_teller *teller;
    struct hf_demo_cast cast;
    struct hf_demo_pair pair;
    char session[SESSION_ROOM]; /* that the client kept of the connection before */
    size_t session_len;
    bool was_asked_later; /* nobody knew the client, and then by its own certificate */
};

static void see(void *context, const struct hf_demo_end *end, const struct hf_seen *what)
{
    hf_demo_tell_seen(context, end, what);
}

static void note(void *context, const struct hf_demo_end *end, enum hf_demo_moment moment)
{
    hf_demo_tell_moment(context, end, moment);
}

static void see_nothing(void *context, const struct hf_demo_end *end, const struct hf_seen *what)
{
    (void)context, (void)end, (void)what;
}

static void note_nothing(void *context, const struct hf_demo_end *end, enum hf_demo_moment moment)
{
    (void)context, (void)end, (void)moment;
}

static struct hf_demo_cast cast_of(const struct hf_history_chapter *chapter, const struct hf_demo_material *material)
{
    const struct hf_authority_issued *server = chapter->server_rsa ? &material->rsa : &material->server;
    struct hf_demo_cast cast = {
        .root_pem = hf_demo_material_root(material),
        .server_chain = server->chain_pem,
        .server_key = server->key_pem,
        .client_chain = material->client.chain_pem,
        .client_key = material->client.key_pem,
        .now_s = material->now_s,
        .wishes = chapter->wishes,
    };
    const unsigned by_server = HF_HISTORIC_RENEGOTIATION_ASK;
    const unsigned by_client = HF_HISTORIC_RENEGOTIATION_FOLLOW;
    cast.wishes.historic = chapter->past.switches & ~(by_server | by_client);
    cast.wishes.historic_server = chapter->past.switches & by_server;
    cast.wishes.historic_client = chapter->past.switches & by_client;
    return cast;
}

/* ---- What is checked. ---- */

static void session_of(const struct hf_demo_end *end, struct hf_session_info *ret_info)
{
    hf_session_info(end->connection, ret_info);
}

static bool has_message(const struct hf_demo_log *log, const char *message)
{
    for (size_t i = 0; i < log->count; i++)
        if (strcmp(log->items[i].message, message) == 0)
            return true;
    return false;
}

static void check_suite(const struct stage *stage, const struct hf_session_info *client,
                        const struct hf_session_info *server)
{
    const struct hf_history_report *report = &stage->chapter->report;
    const enum hf_version version = stage->chapter->protocol.version;
    hf_demo_tell_check(stage->teller,
                       client->version == version && server->version == version &&
                           strcmp(client->suite, report->suite) == 0 && strcmp(server->suite, report->suite) == 0,
                       "both ends report %s with %s", stage->chapter->protocol.name, client->suite);
    hf_demo_tell_check(
        stage->teller, strcmp(client->group, report->group) == 0 && strcmp(server->group, report->group) == 0,
        "both ends report %s%s", client->group[0] == '\0' ? "no Diffie-Hellman" : "an exchange by ", client->group);
    bool sent = has_message(&stage->pair.server.sent, "ServerKeyExchange");
    if (version == HF_TLS12)
        hf_demo_tell_check(stage->teller, sent == report->server_key_exchange, "%s ServerKeyExchange was sent",
                           sent ? "a" : "no");
    if (report->scheme != NULL)
        hf_demo_tell_check(stage->teller,
                           strcmp(client->peer_scheme, report->scheme) == 0 &&
                               strcmp(server->peer_scheme, report->scheme) == 0,
                           "each end found the other's signature to be of %s", client->peer_scheme);
}

static bool is_key_named(const struct hf_session_info *info)
{
    return info->psk_identity != NULL && info->psk_identity_len == strlen(HF_DEMO_PSK_NAME) &&
           memcmp(info->psk_identity, HF_DEMO_PSK_NAME, info->psk_identity_len) == 0;
}

static void check_proofs(const struct stage *stage, const struct hf_session_info *client,
                         const struct hf_session_info *server)
{
    const struct hf_history_report *report = &stage->chapter->report;
    const struct hf_peer *server_peer = hf_peer(stage->pair.client.connection);
    const struct hf_peer *client_peer = hf_peer(stage->pair.server.connection);
    hf_demo_tell_check(stage->teller, (server_peer != NULL) == report->server_certificate, "the server is known by %s",
                       server_peer == NULL ? "its key alone" : hf_peer_subject(server_peer));
    hf_demo_tell_check(stage->teller, (client_peer != NULL) == report->client_certificate, "the client is known by %s",
                       client_peer == NULL ? "its key alone" : hf_peer_subject(client_peer));
    if (stage->chapter->wishes.shares_key)
        hf_demo_tell_check(stage->teller, is_key_named(client) && is_key_named(server),
                           "both ends proved to hold the key \"%s\"", HF_DEMO_PSK_NAME);
}

static void check_records(const struct stage *stage, const struct hf_session_info *client,
                          const struct hf_session_info *server)
{
    const struct hf_history_report *report = &stage->chapter->report;
    const struct hf_demo_end *sender = &stage->pair.client;
    const size_t len = strlen(stage->chapter->words);
    hf_demo_tell_check(stage->teller, sender->readable == report->readable, "the client's last words %s on the wire",
                       sender->readable ? "can be read" : "cannot be read");
    hf_demo_tell_check(stage->teller,
                       client->encrypt_then_mac == report->encrypt_then_mac &&
                           server->encrypt_then_mac == report->encrypt_then_mac,
                       "encrypt-then-MAC: %s", client->encrypt_then_mac ? "yes" : "no");
    hf_demo_tell_check(stage->teller,
                       client->compressed == report->compressed && server->compressed == report->compressed &&
                           (sender->wire_len < len) == report->compressed,
                       "compressed: %s; %zu bytes of them made %zu on the wire", client->compressed ? "yes" : "no", len,
                       sender->wire_len);
    hf_demo_tell_check(stage->teller,
                       client->resumed == report->resumed && server->resumed == report->resumed &&
                           (!report->resumed || !has_message(&stage->pair.server.sent, "Certificate")),
                       "resumed: %s", client->resumed ? "yes, and no certificate was sent" : "no");
}

static bool export_of(const struct hf_demo_end *end, unsigned char into[EXPORT_LEN])
{
    return hf_export(end->connection, "EXPERIMENTAL handfast demo", NULL, 0, into, EXPORT_LEN) == HF_OK;
}

static void check_keys(const struct stage *stage)
{
    unsigned char client[EXPORT_LEN] = {0};
    unsigned char server[EXPORT_LEN] = {1};
    bool both = export_of(&stage->pair.client, client) && export_of(&stage->pair.server, server);
    hf_demo_tell_check(stage->teller, both && memcmp(client, server, sizeof client) == 0,
                       "both ends hold the same keys, as an exported value shows");
}

/* Its settings without its switch: the library must not even make a configuration of them. */
static void check_off(const struct stage *stage)
{
    struct hf_demo_cast cast = stage->cast;
    struct hf_demo_pair *pair = malloc(sizeof *pair);
    const struct hf_demo_listener silent = {see_nothing, note_nothing, NULL};
    struct hf_failure failure = {.error = HF_OK};
    cast.wishes.historic = cast.wishes.historic_client = cast.wishes.historic_server = 0;
    bool made = pair == NULL || hf_demo_pair_start(pair, &stage->chapter->protocol, &cast, &silent, &failure);
    hf_demo_tell_check(stage->teller, !made && failure.error == HF_ERR_setting_invalid && failure.by == HF_BY_SETTINGS,
                       "without its switch it is refused before there is a connection: %s",
                       hf_error_name(failure.error));
    if (pair != NULL)
        hf_demo_pair_end(pair);
    free(pair);
}

/* ---- How a chapter goes. ---- */

static bool say(struct stage *stage, struct hf_demo_end *end, const char *text)
{
    bool said = hf_demo_pair_say(end, text);
    hf_demo_tell_data(stage->teller, end, text);
    hf_demo_pair_settle(&stage->pair, QUIET_MS);
    return said;
}

static bool part(struct hf_demo_pair *pair)
{
    hf_close(pair->client.connection);
    hf_demo_pair_settle(pair, QUIET_MS);
    hf_close(pair->server.connection);
    hf_demo_pair_settle(pair, QUIET_MS);
    return pair->client.peer_closed && pair->server.peer_closed;
}

/* The client says something, the server asks who says it, and a second handshake answers. */
static bool ask_later(struct stage *stage)
{
    struct hf_demo_pair *pair = &stage->pair;
    bool unknown = hf_peer(pair->server.connection) == NULL;
    bool said = say(stage, &pair->client, before);
    bool asked = hf_ask_for_certificate(pair->server.connection) == HF_OK;
    hf_demo_pair_settle(pair, QUIET_MS);
    pair->server.data_len = 0; /* it acts on what comes now */
    stage->was_asked_later = unknown && pair->client.renegotiated && pair->server.renegotiated;
    return said && asked;
}

static void check_plot(const struct stage *stage)
{
    if (stage->chapter->plot == HF_HISTORY_RESUMED)
        hf_demo_tell_check(stage->teller, stage->session_len > 0,
                           "a full handshake came before, and left the client a session of %zu bytes",
                           stage->session_len);
    if (stage->chapter->plot == HF_HISTORY_ASKED_LATER)
        hf_demo_tell_check(stage->teller, stage->was_asked_later,
                           "the client was nobody, was asked, and came back under a certificate");
}

static void check_all(struct stage *stage)
{
    struct hf_session_info client;
    struct hf_session_info server;
    check_plot(stage);
    session_of(&stage->pair.client, &client);
    session_of(&stage->pair.server, &server);
    check_suite(stage, &client, &server);
    check_proofs(stage, &client, &server);
    check_records(stage, &client, &server);
    check_keys(stage);
    hf_demo_tell_check(stage->teller, hf_demo_pair_logs_agree(&stage->pair),
                       "each message came as it was sent: %zu and %zu of them", stage->pair.client.sent.count,
                       stage->pair.server.sent.count);
    if (stage->chapter->off_without)
        check_off(stage);
}

static void play_connection(struct stage *stage)
{
    struct hf_demo_pair *pair = &stage->pair;
    const char *words = stage->chapter->words;
    hf_demo_pair_settle(pair, QUIET_MS);
    bool opened = pair->client.opened && pair->server.opened;
    if (opened && stage->chapter->plot == HF_HISTORY_ASKED_LATER)
        opened = ask_later(stage);
    bool said = opened && say(stage, &pair->server, answer) && say(stage, &pair->client, words);
    bool closed = said && part(pair);
    hf_demo_tell_check(stage->teller,
                       closed && strcmp(pair->server.data, words) == 0 && strcmp(pair->client.data, answer) == 0,
                       "both ends opened the connection, data arrived unchanged both ways, and both closed it");
    check_all(stage);
}

/* Sets up the two ends, or says why not; what this build leaves out (zlib) is no defect of it. */
static bool begin(struct stage *stage, const struct hf_demo_listener *listener)
{
    struct hf_failure failure;
    char why[1024];
    if (hf_demo_pair_start(&stage->pair, &stage->chapter->protocol, &stage->cast, listener, &failure))
        return true;
    hf_failure_explain(&failure, stage->cast.now_s, why, sizeof why);
    hf_demo_tell_check(stage->teller, failure.error == HF_ERR_unsupported_here, "the two ends could not be set up: %s",
                       why);
    return false;
}

/* The connection before: nobody sees it, but it leaves a session. */
static bool leave_session(struct stage *stage)
{
    const struct hf_demo_listener silent = {see_nothing, note_nothing, NULL};
    struct hf_demo_pair *pair = &stage->pair;
    bool begun = begin(stage, &silent);
    if (begun) {
        hf_demo_pair_settle(pair, QUIET_MS);
        begun = hf_session_bytes(pair->client.connection, stage->session, sizeof stage->session, &stage->session_len) ==
                    HF_OK &&
                part(pair);
    }
    hf_demo_pair_end(pair);
    stage->cast.wishes.session = stage->session;
    stage->cast.wishes.session_len = stage->session_len;
    stage->cast.wishes.groups_differ = stage->chapter->parts_groups;
    return begun;
}

static void play_resumed(struct stage *stage)
{
    const struct hf_demo_listener listener = {see, note, stage->teller};
    struct hf_demo_wishes *wishes = &stage->cast.wishes;
    wishes->cache = hf_session_cache_new(CACHE_SESSIONS, SESSION_LIFE_S);
    wishes->tickets = wishes->takes_tickets ? hf_ticket_keys_new() : NULL;
    if (wishes->cache == NULL || !leave_session(stage))
        hf_demo_tell_check(stage->teller, false, "there is no session to resume");
    else if (begin(stage, &listener))
        play_connection(stage);
    hf_demo_tell_scene_end(stage->teller, &stage->pair);
    hf_demo_pair_end(&stage->pair);
    hf_session_cache_drop(wishes->cache);
    hf_ticket_keys_drop(wishes->tickets);
}

static void play_refused(struct stage *stage)
{
    const struct hf_demo_listener silent = {see_nothing, note_nothing, NULL};
    struct hf_failure failure = {.error = HF_OK};
    bool made = hf_demo_pair_start(&stage->pair, &stage->chapter->protocol, &stage->cast, &silent, &failure);
    if (!made)
        hf_demo_tell_refusal(stage->teller, &failure);
    hf_demo_tell_check(stage->teller,
                       !made && failure.by == HF_BY_SETTINGS && strstr(failure.wanted, "RFC 7465") != NULL,
                       "it is refused by name: %s", hf_error_name(failure.error));
    hf_demo_pair_end(&stage->pair);
    hf_demo_tell_scene_end(stage->teller, &stage->pair);
}

static void play_open(struct stage *stage)
{
    const struct hf_demo_listener listener = {see, note, stage->teller};
    if (begin(stage, &listener))
        play_connection(stage);
    hf_demo_tell_scene_end(stage->teller, &stage->pair);
    hf_demo_pair_end(&stage->pair);
}

static void play(struct stage *stage, const struct hf_demo_material *material)
{
    const struct hf_history_chapter *chapter = stage->chapter;
    const struct hf_demo_head head = {
        .title = chapter->title, .protocol = chapter->protocol.name, .story = chapter->story, .past = &chapter->past};
    stage->cast = cast_of(chapter, material);
    hf_demo_tell_scene(stage->teller, &head);
    if (chapter->plot == HF_HISTORY_RESUMED)
        play_resumed(stage);
    else if (chapter->plot == HF_HISTORY_REFUSED)
        play_refused(stage);
    else
        play_open(stage);
}

/* ---- Which chapters. ---- */

static bool is_named(const struct hf_option_list *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return names->count == 0;
}

bool hf_history_knows(const char *name)
{
    for (size_t i = 0; i < hf_history_chapter_count; i++)
        if (strcmp(hf_history_chapters[i].past.name, name) == 0)
            return true;
    return false;
}

bool hf_history_play(const struct hf_option_list *names, struct hf_demo_material *material,
                     struct hf_demo_teller *teller, struct hf_failure *ret_failure)
{
    if (!hf_demo_material_add_rsa(material, ret_failure))
        return false;
    for (size_t i = 0; i < hf_history_chapter_count; i++) {
        struct stage *stage = calloc(1, sizeof *stage);
        if (stage == NULL) {
            *ret_failure = (struct hf_failure){.error = HF_ERR_no_memory, .alert = HF_ALERT_none, .depth = -1};
            return false;
        }
        stage->chapter = &hf_history_chapters[i];
        stage->teller = teller;
        if (is_named(names, stage->chapter->past.name))
            play(stage, material);
        free(stage);
    }
    return true;
}
