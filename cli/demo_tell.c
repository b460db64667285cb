/* The demo's two voices. Invariants: no line wider than HF_STORY_WIDTH; colour on a terminal only; with --json
 * standard output is one document, whatever happens. */
#define _POSIX_C_SOURCE 200809L
#include "demo_tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "historic.h"
#include "out.h"
#include "report.h"
#include "story.h"

enum {
    LABEL_COLUMN = 12,
    CHECK_COLUMN = 6,
    MOMENT_COLUMN = 11,
    PAST_COLUMN = 12,
    REFUSAL_COLUMN = 21,
    TEXT_ROOM = 2048
};

static const char *style(enum hf_out_style which)
{
    return hf_out_style(stdout, which);
}

static const char *mark(bool good)
{
    if (hf_story_is_utf8())
        return good ? "✓" : "✗";
    return good ? "+" : "x";
}

static bool is_client(const struct hf_demo_end *end)
{
    return end->role == HF_CLIENT;
}

static const char *name_of(const struct hf_demo_end *end)
{
    return is_client(end) ? "client" : "server";
}

/* ---- The cast. ---- */

static void tell_one(const char *who, const struct hf_authority_issued *issued, const char *remark)
{
    char until[24];
    printf("  %s%-8s%s  ", style(HF_OUT_BOLD), who, style(HF_OUT_PLAIN));
    char text[TEXT_ROOM];
    (void)snprintf(text, sizeof text, "%s (%s), valid to %s%s", issued->subject, issued->identity,
                   hf_out_time((time_t)issued->not_after_s, until), remark);
    hf_story_wrapped(stdout, LABEL_COLUMN, text);
}

static void open_document(void)
{
    printf("{\"demo\": \"handfast\", \"scenes\": [");
}

void hf_demo_tell_preface(struct hf_demo_teller *teller, const char *text)
{
    if (teller->json)
        open_document();
    else
        hf_story_wrapped(stdout, 0, text);
}

void hf_demo_tell_cast(struct hf_demo_teller *teller, const struct hf_demo_material *material)
{
    if (teller->json) {
        open_document();
        return;
    }
    printf("%shandfast demo%s: two ends prove to each other who they are, over a real loopback connection,\n"
           "and three attempts fail for a reason that both ends can tell.\n\n%sThe cast%s, made a moment ago:\n",
           style(HF_OUT_BOLD), style(HF_OUT_PLAIN), style(HF_OUT_BOLD), style(HF_OUT_PLAIN));
    printf("  %s%-8s%s  ", style(HF_OUT_BOLD), "CA", style(HF_OUT_PLAIN));
    hf_story_wrapped(stdout, LABEL_COLUMN,
                     HF_DEMO_CA_NAME ": a root, with one issuer for servers and one for clients. Both ends trust it.");
    tell_one("server", &material->server, "");
    tell_one("client", &material->client, "");
    tell_one("expired", &material->expired, ": the client's former certificate");
    tell_one("stranger", &material->stranger, ", but from another CA: " HF_DEMO_OTHER_CA);
}

/* ---- Scenes. ---- */

/* A comma before every step but the first. */
static void next_step(struct hf_demo_teller *teller)
{
    printf("%s", teller->first_step ? "" : ", ");
    teller->first_step = false;
}

static void past_json(const struct hf_demo_past *past, bool *first)
{
    bool first_switch = true;
    hf_out_json_member(stdout, first, "name", past->name);
    hf_out_json_member(stdout, first, "since", past->since);
    hf_out_json_member(stdout, first, "retired", past->retired);
    hf_out_json_member(stdout, first, "why", past->why);
    printf(", \"switches\": [");
    for (size_t i = 0; i < hf_historic_count(); i++) {
        const char *name = hf_historic_name(past->switches, i);
        if (name == NULL)
            continue;
        printf("%s", first_switch ? "" : ", ");
        first_switch = false;
        hf_out_json_text(stdout, name);
    }
    printf("]");
}

static void past_line(const char *label, const char *text)
{
    printf("   %s%-7s%s  ", style(HF_OUT_DIM), label, style(HF_OUT_PLAIN));
    hf_story_wrapped(stdout, PAST_COLUMN, text);
}

static void past_lines(const struct hf_demo_past *past)
{
    char switches[TEXT_ROOM] = "";
    size_t len = 0;
    for (size_t i = 0; i < hf_historic_count(); i++) {
        const char *name = hf_historic_name(past->switches, i);
        if (name != NULL)
            len +=
                (size_t)snprintf(switches + len, sizeof switches - len, "%s%s", len == 0 ? "--historic " : ",", name);
    }
    past_line("since", past->since);
    past_line("retired", past->retired);
    past_line("why", past->why);
    past_line("switch", len == 0 ? "none" : switches);
}

static void head_json(const struct hf_demo_head *head)
{
    bool first = true;
    hf_out_json_member(stdout, &first, "title", head->title);
    hf_out_json_member(stdout, &first, "protocol", head->protocol);
    hf_out_json_member(stdout, &first, "story", head->story);
    if (head->past != NULL)
        past_json(head->past, &first);
    printf(", \"steps\": [");
}

void hf_demo_tell_scene(struct hf_demo_teller *teller, const struct hf_demo_head *head)
{
    teller->scenes++;
    teller->first_step = true;
    teller->first_check = true;
    teller->in_checks = false;
    if (teller->json) {
        printf("%s\n{", teller->scenes > 1 ? "," : "");
        head_json(head);
        return;
    }
    char line[HF_STORY_WIDTH];
    int len = snprintf(line, sizeof line, "%d  %s, %s ", teller->scenes, head->title, head->protocol);
    printf("\n%s%s%s", style(HF_OUT_BOLD), line, style(HF_OUT_DIM));
    for (; len < HF_STORY_WIDTH; len++)
        printf("%s", hf_story_is_utf8() ? "─" : "-");
    printf("%s\n   ", style(HF_OUT_PLAIN));
    hf_story_wrapped(stdout, 3, head->story);
    if (head->past != NULL)
        past_lines(head->past);
    printf("\n");
    teller->has_header = false;
}

/* Keys need not encrypt. The first hello is seen before there is a connection to ask. */
static bool is_encrypted(const struct hf_demo_end *by, const struct hf_seen *what)
{
    struct hf_session_info session = {.authenticated_only = false};
    if (by->connection != NULL)
        hf_session_info(by->connection, &session);
    return strcmp(what->keys, "none") != 0 && !session.authenticated_only;
}

static void seen_json(struct hf_demo_teller *teller, const struct hf_demo_end *by, const struct hf_seen *what)
{
    bool first = true;
    next_step(teller);
    printf("\n  {");
    hf_out_json_member(stdout, &first, "step", what->sent ? "sent" : "received");
    hf_out_json_member(stdout, &first, "by", name_of(by));
    hf_out_json_member(stdout, &first, "message", what->message);
    hf_out_json_number(stdout, &first, "bytes", (long long)what->len);
    hf_out_json_member(stdout, &first, "keys", what->keys);
    hf_out_json_bool(stdout, &first, "encrypted", is_encrypted(by, what));
    hf_out_json_member(stdout, &first, "why", what->why);
    hf_out_json_member(stdout, &first, "detail", what->detail);
    printf("}");
}

void hf_demo_tell_seen(struct hf_demo_teller *teller, const struct hf_demo_end *by, const struct hf_seen *what)
{
    if (teller->json) {
        seen_json(teller, by, what);
        return;
    }
    if (!teller->has_header)
        hf_story_header(stdout);
    teller->has_header = true;
    if (what->sent) {
        hf_story_message(stdout, is_client(by), what);
        hf_story_detail(stdout, "", what->detail);
        return;
    }
    if (strcmp(what->detail, hf_demo_pair_senders_detail(by)) == 0)
        return; /* both say the same */
    char who[64];
    (void)snprintf(who, sizeof who, "the %s finds in %s", name_of(by), what->message);
    hf_story_detail(stdout, who, what->detail);
}

/* What the peer has proven, by a certificate or by a key; a client that was not asked, nothing. */
static void say_proven(const struct hf_demo_end *by, const struct hf_session_info *session, char *into, size_t room)
{
    char identity[600] = "";
    const struct hf_peer *peer = hf_peer(by->connection);
    const char *other = is_client(by) ? "server" : "client";
    if (peer != NULL)
        (void)snprintf(into, room, "the %s proved to be %s", other,
                       hf_report_identity(peer, identity, sizeof identity));
    else if (session->psk_identity != NULL)
        (void)snprintf(into, room, "the %s proved to hold the key \"%s\"", other,
                       hf_report_psk(session, identity, sizeof identity));
    else
        (void)snprintf(into, room, "nobody knows yet who the %s is", other);
}

static void say_moment(const struct hf_demo_end *by, enum hf_demo_moment moment, char *into, size_t room)
{
    char proven[700] = "";
    struct hf_session_info session;
    hf_session_info(by->connection, &session);
    bool late = is_client(by) && session.version == HF_TLS13; /* RFC 9846 4.5.1.3: judged after the client is done */
    say_proven(by, &session, proven, sizeof proven);
    switch (moment) {
    case HF_DEMO_OPENED:
        (void)snprintf(into, room, "is open: %s%s", proven,
                       late ? ". Whether the server goes on with us is not known yet" : "");
        break;
    case HF_DEMO_ACCEPTED:
        (void)snprintf(into, room, "is accepted: the server has shown that it goes on with us");
        break;
    case HF_DEMO_RENEGOTIATED:
        (void)snprintf(into, room, "has renegotiated: %s", proven);
        break;
    case HF_DEMO_CLOSED:
        (void)snprintf(into, room, "heard that the %s sends nothing more", is_client(by) ? "server" : "client");
        break;
    case HF_DEMO_LOST:
        (void)snprintf(into, room, "is not heard: %zu datagram%s, its whole flight, went astray", by->lost,
                       by->lost == 1 ? "" : "s");
        break;
    case HF_DEMO_REPEATED:
        (void)snprintf(into, room, "sends its flight again: %s",
                       is_client(by) ? "the answer is late (the time doubles with each try)"
                                     : "who hears an old message again knows that its answer was lost");
        break;
    case HF_DEMO_FAILED:
        (void)snprintf(into, room, "%s: %s",
                       by->failure.by == HF_BY_US     ? "refuses"
                       : by->failure.by == HF_BY_PEER ? "is refused"
                                                      : "failed",
                       hf_error_title(by->failure.error));
        break;
    }
}

void hf_demo_tell_moment(struct hf_demo_teller *teller, const struct hf_demo_end *by, enum hf_demo_moment moment)
{
    static const char *const names[] = {
        [HF_DEMO_OPENED] = "opened",      [HF_DEMO_ACCEPTED] = "accepted", [HF_DEMO_RENEGOTIATED] = "renegotiated",
        [HF_DEMO_CLOSED] = "peer_closed", [HF_DEMO_FAILED] = "failed",     [HF_DEMO_LOST] = "lost",
        [HF_DEMO_REPEATED] = "repeated"};
    bool is_bad = moment == HF_DEMO_FAILED || moment == HF_DEMO_LOST;
    char text[TEXT_ROOM];
    bool first = true;
    say_moment(by, moment, text, sizeof text);
    if (!teller->json) {
        printf("  %s%s %s%s ", style(is_bad ? HF_OUT_RED : HF_OUT_GREEN), mark(!is_bad), name_of(by),
               style(HF_OUT_PLAIN));
        hf_story_wrapped(stdout, MOMENT_COLUMN, text);
        return;
    }
    next_step(teller);
    printf("\n  {");
    hf_out_json_member(stdout, &first, "step", names[moment]);
    hf_out_json_member(stdout, &first, "by", name_of(by));
    hf_out_json_member(stdout, &first, "text", text);
    printf("}");
}

void hf_demo_tell_data(struct hf_demo_teller *teller, const struct hf_demo_end *by, const char *text)
{
    bool first = true;
    if (!teller->json) {
        char quoted[TEXT_ROOM];
        (void)snprintf(quoted, sizeof quoted, "\"%s\"", text);
        hf_story_data(stdout, is_client(by), strlen(text), quoted);
        return;
    }
    next_step(teller);
    printf("\n  {");
    hf_out_json_member(stdout, &first, "step", "data");
    hf_out_json_member(stdout, &first, "by", name_of(by));
    hf_out_json_number(stdout, &first, "bytes", (long long)strlen(text));
    hf_out_json_member(stdout, &first, "text", text);
    printf("}");
}

void hf_demo_tell_failure(struct hf_demo_teller *teller, const struct hf_demo_end *by)
{
    char text[TEXT_ROOM];
    if (teller->json || by->error == HF_OK)
        return; /* the scene's end has it */
    hf_failure_explain(&by->failure, (int64_t)time(NULL), text, sizeof text);
    printf("\n  %sthe %s says%s\n      ", style(HF_OUT_BOLD), name_of(by), style(HF_OUT_PLAIN));
    hf_story_wrapped(stdout, CHECK_COLUMN, text);
}

void hf_demo_tell_refusal(struct hf_demo_teller *teller, const struct hf_failure *failure)
{
    char text[TEXT_ROOM];
    bool first = true;
    hf_failure_explain(failure, (int64_t)time(NULL), text, sizeof text);
    if (!teller->json) {
        printf("  %s%s the library says%s ", style(HF_OUT_RED), mark(false), style(HF_OUT_PLAIN));
        hf_story_wrapped(stdout, REFUSAL_COLUMN, text);
        return;
    }
    next_step(teller);
    printf("\n  {");
    hf_out_json_member(stdout, &first, "step", "refused");
    hf_out_json_member(stdout, &first, "by", "library");
    hf_out_json_member(stdout, &first, "error", hf_error_name(failure->error));
    hf_out_json_member(stdout, &first, "text", text);
    printf("}");
}

/* ---- Checks and ends. ---- */

static void check_json(struct hf_demo_teller *teller, bool holds, const char *text)
{
    bool first = true;
    if (!teller->in_checks)
        printf("\n], \"checks\": [");
    teller->in_checks = true;
    printf("%s\n  {", teller->first_check ? "" : ",");
    teller->first_check = false;
    hf_out_json_bool(stdout, &first, "holds", holds);
    hf_out_json_member(stdout, &first, "text", text);
    printf("}");
}

void hf_demo_tell_check(struct hf_demo_teller *teller, bool holds, const char *format, ...)
{
    char text[TEXT_ROOM];
    va_list values;
    va_start(values, format);
    (void)vsnprintf(text, sizeof text, format, values);
    va_end(values);
    teller->expectations++;
    teller->broken += holds ? 0 : 1;
    if (teller->json) {
        check_json(teller, holds, text);
        return;
    }
    if (!teller->in_checks)
        printf("\n");
    teller->in_checks = true;
    printf("    %s%s%s ", style(holds ? HF_OUT_GREEN : HF_OUT_RED), mark(holds), style(HF_OUT_PLAIN));
    hf_story_wrapped(stdout, CHECK_COLUMN, text);
}

static void end_json(const struct hf_demo_end *end)
{
    bool first = true;
    char identity[600];
    printf(", \"%s\": {", name_of(end));
    hf_report_session_json(stdout, &first, end->connection);
    hf_out_json_number(stdout, &first, "wire_bytes", (long long)end->wire_len);
    hf_out_json_bool(stdout, &first, "readable", end->readable);
    if (hf_peer(end->connection) != NULL)
        hf_out_json_member(stdout, &first, "peer",
                           hf_report_identity(hf_peer(end->connection), identity, sizeof identity));
    if (end->error != HF_OK) {
        printf(", \"failure\": ");
        hf_report_failure_json(stdout, &end->failure);
    }
    printf("}");
}

void hf_demo_tell_scene_end(struct hf_demo_teller *teller, const struct hf_demo_pair *pair)
{
    if (!teller->json)
        return;
    printf("%s]", teller->in_checks ? "\n" : "\n], \"checks\": [");
    if (pair->client.connection != NULL)
        end_json(&pair->client);
    if (pair->server.connection != NULL)
        end_json(&pair->server);
    printf("}");
}

void hf_demo_tell_end(struct hf_demo_teller *teller, double seconds)
{
    if (teller->json) {
        printf("\n], \"checks\": %d, \"broken\": %d, \"ok\": %s}\n", teller->expectations, teller->broken,
               teller->broken == 0 ? "true" : "false");
        return;
    }
    if (teller->broken == 0)
        printf("\n%sAll %d expectations held%s, in %.1f seconds. Now make your own: handfast cert --help\n",
               style(HF_OUT_GREEN), teller->expectations, style(HF_OUT_PLAIN), seconds);
    else
        printf("\n%s%d of %d expectations did not hold%s: this is a defect, please report it.\n", style(HF_OUT_RED),
               teller->broken, teller->expectations, style(HF_OUT_PLAIN));
}
