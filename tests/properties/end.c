#include "end.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/key_holder.h"
#include "support/steady.h"

enum { READ_ROOM = 1500, DATUM_HEAD = 2 };

void end_demand(const struct world *world, bool holds, const char *property)
{
    if (holds)
        return;
    (void)fprintf(stderr, "does not hold: %s\nplay it again: properties.run %s 1 %llu\n", property,
                  world->over_datagrams ? "datagrams" : "streams", (unsigned long long)world->seed);
    if (getenv("HF_PROPERTIES_ABORT") != NULL)
        abort();
    exit(1);
}

/* ---- what comes ---- */

static bool is_told(const char *message)
{
    return strcmp(message, "Alert") != 0 && strcmp(message, "HelloRequest") != 0 && strcmp(message, "ACK") != 0;
}

/* A hello that answers nothing begins the handshake anew (a client's right over datagrams). */
static void note_sent(struct end *end, const char *message)
{
    if (strcmp(message, "ClientHello") != 0)
        return;
    if (!end->retry_came)
        end->words[0] = '\0';
    end->retry_came = false;
}

void end_seen(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    struct end *end = context;
    struct hf_session_info info;
    hf_session_info(connection, &info);
    if (end->opened || info.opened || !is_told(what->message))
        return;
    if (what->sent) {
        note_sent(end, what->message);
        return;
    }
    if (strcmp(what->message, "HelloRetryRequest") == 0 || strcmp(what->message, "HelloVerifyRequest") == 0)
        end->retry_came = true;
    size_t at = strlen(end->words);
    (void)snprintf(end->words + at, sizeof end->words - at, "%s ", what->message);
}

/* Every byte of the application's is known from its place: `way` is 0, 1 for the two ends, 2 for early data. */
static uint8_t byte_at(unsigned way, size_t place)
{
    return (uint8_t)(place * 31 + (place >> 8) * 7 + way * 85);
}

static void check_stream(const struct end *end, const uint8_t *data, size_t len, bool early)
{
    size_t from = early ? end->early_read : end->read;
    size_t wrote = early ? end->other->early_wrote : end->other->wrote;
    if (end->peer_is_rogue)
        return;
    end_demand(end->world, from + len <= wrote, "no more data comes than was written");
    for (size_t i = 0; i < len; i++)
        end_demand(end->world, data[i] == byte_at(early ? 2 : end->other->role, from + i),
                   "data comes as it was written");
}

static void check_datum(struct end *end, const uint8_t *data, size_t len)
{
    if (end->peer_is_rogue)
        return;
    bool is_ours = len >= DATUM_HEAD && data[0] == end->other->role && data[1] < end->other->wrote_count;
    end_demand(end->world, is_ours, "a datum comes as it was written");
    end_demand(end->world, ++end->came[data[1]] == 1, "a datum comes once at most");
}

/* Reading takes up the records behind, so whether it is open is asked before: a bad one closes it in the same call. */
static void read_data(struct end *end)
{
    uint8_t room[READ_ROOM];
    for (;;) {
        struct hf_session_info info;
        size_t len = 0;
        hf_session_info(end->connection, &info);
        if (hf_read(end->connection, room, sizeof room, &len) != HF_OK || len == 0)
            return;
        end_demand(end->world, info.opened, "no data is read before the connection is open");
        if (end->world->over_datagrams)
            check_datum(end, room, len);
        else
            check_stream(end, room, len, /* early= */ false);
        end->read += len;
    }
}

static void read_early(struct end *end)
{
    uint8_t room[READ_ROOM];
    size_t len = 0;
    end_demand(end->world, end->world->early && end->role == HF_SERVER, "early data comes where it was asked for");
    while (hf_read_early(end->connection, room, sizeof room, &len) == HF_OK && len > 0) {
        end_demand(end->world, hf_early_peer(end->connection) != NULL, "early data has a known sender");
        check_stream(end, room, len, /* early= */ true);
        end->early_read += len;
    }
}

/* ---- what is known ---- */

static void copy_text(char into[END_NAME_MAX], const char *text)
{
    (void)snprintf(into, END_NAME_MAX, "%s", text);
}

static void take_view(struct end *end)
{
    struct end_view *view = &end->view;
    const struct hf_peer *peer = hf_peer(end->connection);
    struct hf_session_info info;
    hf_session_info(end->connection, &info);
    *view = (struct end_view){.version = info.version,
                              .resumed = info.resumed,
                              .retried = info.hello_retried,
                              .asked = info.asked_for_certificate,
                              .presented = info.presented_certificate,
                              .extended_master_secret = info.extended_master_secret,
                              .early = info.early_data,
                              .is_late = hf_failure(end->connection) != NULL,
                              .has_peer = peer != NULL};
    copy_text(view->suite, info.suite);
    copy_text(view->group, info.group);
    copy_text(view->alpn, info.alpn);
    copy_text(view->own_scheme, info.own_scheme);
    copy_text(view->peer_scheme, info.peer_scheme);
    if (info.psk_identity != NULL)
        (void)snprintf(view->psk, sizeof view->psk, "%.*s", (int)info.psk_identity_len,
                       (const char *)info.psk_identity);
    if (peer != NULL)
        memcpy(view->fingerprint, hf_peer_certificate_fingerprint(peer), sizeof view->fingerprint);
    if (!view->is_late)
        end_demand(end->world,
                   hf_export(end->connection, "EXPORTER-play", NULL, 0, view->exporter, sizeof view->exporter) ==
                           HF_OK ||
                       !view->extended_master_secret,
                   "an open connection exports");
}

static void answer_signature(struct end *end)
{
    struct hf_signature_wanted wanted;
    uint8_t signature[HF_SIGNATURE_LEN_MAX];
    end_demand(end->world, hf_signature_wanted(end->connection, &wanted), "a signature that is needed is wanted");
    size_t len = key_holder_sign(end->world->sides[end->role].who, &wanted, signature, sizeof signature);
    (void)hf_answer_signature(end->connection, signature, len);
}

static void answer_verdict(struct end *end)
{
    const struct hf_peer *candidate = hf_peer_candidate(end->connection);
    end_demand(end->world, candidate != NULL, "there is whom to judge");
    end_demand(end->world, hf_peer(end->connection) == NULL, "who is to be judged is no peer yet");
    (void)hf_answer_verdict(end->connection, !end->world->sides[end->role].refuses);
}

static void take_event(struct end *end, enum hf_event_kind kind)
{
    switch (kind) {
    case HF_EVENT_OPENED:
        end_demand(end->world, !end->opened, "a connection opens once");
        end->opened = true;
        take_view(end);
        break;
    case HF_EVENT_ACCEPTED:
        end_demand(end->world, end->opened && !end->accepted, "who is accepted is open, and it is told once");
        end->accepted = true;
        break;
    case HF_EVENT_NEEDS_SIGNATURE:
        answer_signature(end);
        break;
    case HF_EVENT_NEEDS_VERDICT:
        answer_verdict(end);
        break;
    case HF_EVENT_EARLY_DATA:
        read_early(end);
        break;
    case HF_EVENT_EARLY_REFUSED:
        end->early_refused = true;
        break;
    case HF_EVENT_SESSION:
        if (hf_session_size(end->connection) <= sizeof end->session)
            (void)hf_session_bytes(end->connection, end->session, sizeof end->session, &end->session_len);
        break;
    case HF_EVENT_PEER_CLOSED:
        end->peer_closed = true;
        break;
    case HF_EVENT_CERTIFICATE_ANSWERED:
        end_demand(end->world, false, "nothing is renegotiated where that is off");
        break;
    default:
        break;
    }
}

/* ---- what must hold ---- */

static void check_failure(const struct end *end, const struct hf_failure *failure)
{
    char text[2048];
    end_demand(end->world, hf_peer(end->connection) == NULL, "a connection that failed names no peer");
    end_demand(end->world, hf_peer_candidate(end->connection) == NULL, "... nor whom to judge");
    end_demand(end->world, failure->error != HF_ERR_internal && failure->error != HF_ERR_proof_missing,
               "nothing fails for a reason of our own making");
    end_demand(end->world, failure->by != HF_BY_NOBODY && failure->by != HF_BY_SETTINGS, "a failure is somebody's");
    end_demand(end->world, hf_failure_explain(failure, LAB_NOW_S, text, sizeof text) > 20, "a failure is explained");
}

bool end_is_sound(const struct world_side *side, bool by_other)
{
    enum lab_who good = side->role == HF_SERVER ? LAB_SERVER : by_other ? LAB_CLIENT_STRANGER : LAB_CLIENT;
    return !side->anonymous && side->who == good && (side->role == HF_CLIENT || !by_other);
}

/* Whom an open connection may name, and where it must name somebody. */
static void check_peer(const struct end *end, const struct hf_session_info *info)
{
    const struct world_side *theirs = &end->world->sides[!end->role];
    const struct hf_peer *peer = hf_peer(end->connection);
    bool must = end->role == HF_CLIENT || end->world->auth == HF_CLIENT_AUTH_REQUIRE;
    if (info->psk_identity != NULL) {
        end_demand(end->world, end->world->psk12 == WORLD_PSK_SAME || end->world->psk13 == WORLD_PSK_SAME,
                   "a shared key is shared");
        return;
    }
    end_demand(end->world, peer != NULL || !must, "an open connection knows its peer where that is demanded");
    if (peer == NULL)
        return;
    end_demand(end->world, end_is_sound(theirs, end->world->sides[end->role].trusts_other),
               "nobody is named whose certificate does not hold");
    end_demand(end->world, !end->world->sides[end->role].refuses, "nobody is named who was refused");
    end_demand(end->world,
               memcmp(hf_peer_certificate_fingerprint(peer), world_fingerprint(theirs->who, theirs->key), 32) == 0,
               "the peer that is named is the one that is there");
}

static void check(const struct end *end)
{
    struct hf_session_info info;
    const struct hf_failure *failure = hf_failure(end->connection);
    if (end->is_rogue)
        return;
    hf_session_info(end->connection, &info);
    if (failure != NULL)
        check_failure(end, failure);
    if (!info.opened)
        end_demand(end->world, hf_peer(end->connection) == NULL, "a connection that is not open names no peer");
    else if (failure == NULL)
        check_peer(end, &info);
}

void end_work(struct end *end)
{
    struct hf_event event;
    steady_select(&end->random);
    while (hf_next_event(end->connection, &event)) {
        take_event(end, event.kind);
        check(end);
        read_data(end);
    }
    read_data(end);
    check(end);
}

/* ---- life ---- */

void end_begin(struct end *end, struct hf_connection *connection)
{
    end->connection = connection;
    end_work(end);
}

void end_free(struct end *end)
{
    steady_select(&end->random);
    hf_connection_free(end->connection);
    end->connection = NULL;
}

void end_feed(struct end *end, const uint8_t *wire, size_t len)
{
    steady_select(&end->random);
    (void)hf_feed(end->connection, wire, len, LAB_NOW_MS);
    end_work(end);
}

static void write_stream(struct end *end, size_t len)
{
    uint8_t data[20000];
    size_t taken = 0;
    len = len < sizeof data ? len : sizeof data;
    for (size_t i = 0; i < len; i++)
        data[i] = byte_at(end->role, end->wrote + i);
    if (hf_write(end->connection, data, len, &taken) == HF_OK)
        end->wrote += taken;
}

static void write_datum(struct end *end, size_t len)
{
    uint8_t data[64] = {(uint8_t)end->role, (uint8_t)end->wrote_count};
    size_t taken = 0;
    if (end->wrote_count < END_DATA_COUNT && hf_write(end->connection, data, len, &taken) == HF_OK)
        end->wrote_count++;
}

void end_do(struct end *end, const struct world_round *round)
{
    steady_select(&end->random);
    if (end->world->over_datagrams)
        write_datum(end, round->len);
    else
        write_stream(end, round->len);
    if (round->update)
        (void)hf_key_update(end->connection, round->ask_update);
    end_work(end);
}

void end_write_early(struct end *end, size_t len)
{
    uint8_t data[1024];
    size_t taken = 0;
    steady_select(&end->random);
    len = len < sizeof data ? len : sizeof data;
    for (size_t i = 0; i < len; i++)
        data[i] = byte_at(2, end->early_wrote + i);
    if (hf_early_room(end->connection) > 0 && hf_write_early(end->connection, data, len, &taken) == HF_OK)
        end->early_wrote += taken;
    end_work(end);
}

void end_cut(struct end *end)
{
    steady_select(&end->random);
    (void)hf_feed_end(end->connection, LAB_NOW_MS);
    end_work(end);
}

void end_summary(const struct end *end, char *into, size_t room)
{
    const struct hf_failure *failure = hf_failure(end->connection);
    const struct end_view *view = &end->view;
    char exporter[2 * END_EXPORTER_LEN + 1] = "";
    for (size_t i = 0; i < END_EXPORTER_LEN; i++)
        (void)snprintf(exporter + 2 * i, 3, "%02x", view->exporter[i]);
    (void)snprintf(
        into, room,
        "opened %d accepted %d failure %s by %d alert %d closed %d; %x %s %s '%s' %s %s '%s' resumed %d retried "
        "%d asked %d presented %d early %d; read %zu early %zu; %s|%s",
        end->opened, end->accepted, failure == NULL ? "none" : hf_error_name(failure->error),
        failure == NULL ? 0 : (int)failure->by, failure == NULL ? 0 : failure->alert, end->peer_closed,
        (unsigned)view->version, view->suite, view->group, view->alpn, view->own_scheme, view->peer_scheme, view->psk,
        view->resumed, view->retried, view->asked, view->presented, view->early, end->read, end->early_read, end->words,
        view->is_late    ? ""
        : view->has_peer ? "peer "
                         : "nobody ");
    if (!view->is_late)
        (void)snprintf(into + strlen(into), room - strlen(into), "%s", exporter);
}
