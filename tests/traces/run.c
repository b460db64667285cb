/* Runs one page of this folder: a story of two ends, told as the messages that each sends and how it ends.
 *
 *   over    TLS12 TLS13 DTLS12 DTLS13 in which versions; the server allows only that one (else: `over any`). Over
 * datagrams nothing is lost, time passes while anything is due soon, and no client begins anew client  key=value ...
 * settings, see settings.c; likewise `server` wire    hides=supported_versions what something between the two does
 *   client> ClientHello              the next messages are the client's, in this order; one that is refused is sent too
 *   server< ServerHello ...
 *   client! error alert              the client has failed with this error; the alert that went out or came in, or none
 *   client= open                     it is open and shows its peer;  `accepted`: the peer has accepted it
 *                                    `retried`, `largest-record=N`: the longest record that it sent
 *   client: write 20000              does something, then bytes move: write N (the other reads them), close, update,
 *                                    ask (update and ask for one), demand (a certificate, by renegotiation), vanish
 *                                    (its transport ends)
 *
 * Lines run in order. ChangeCipherSpec is shown in 1.2 only. Behind # is a comment. A page passes if every message of
 * both ends is told by it and each end saw just what the other sent. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

enum { EVENTS_MAX = 128, NAME_MAX_LEN = 64 };

struct event {
    bool of_client;
    char name[NAME_MAX_LEN];
};

static struct story {
    const char *page;
    unsigned line;
    struct trace_side client, server;
    bool hides_versions;
    bool over_datagrams;
    struct hf_connection *ends[2]; /* client, server */
    struct event sent[EVENTS_MAX];
    size_t sent_count, told_count;
    char received[2][EVENTS_MAX][NAME_MAX_LEN];
    size_t received_count[2];
    size_t largest_record[2];
    bool is_open[2]; /* transports */
} story;

static void fail(const char *what, const char *detail)
{
    (void)fprintf(stderr, "%s:%u: %s%s%s\n", story.page, story.line, what, detail[0] == '\0' ? "" : ": ", detail);
    for (size_t i = 0; i < story.sent_count; i++)
        (void)fprintf(stderr, "  %s %s%s\n", story.sent[i].of_client ? "client>" : "server<", story.sent[i].name,
                      i < story.told_count ? "" : "   (not told yet)");
    for (int i = 0; i < 2; i++) {
        char text[1024];
        const struct hf_failure *failure = story.ends[i] == NULL ? NULL : hf_failure(story.ends[i]);
        if (failure == NULL)
            continue;
        (void)hf_failure_explain(failure, LAB_NOW_S, text, sizeof text);
        (void)fprintf(stderr, "  %s! %s %s: %s\n", i == 0 ? "client" : "server", hf_error_name(failure->error),
                      hf_alert_name(failure->alert), text);
    }
    exit(1);
}

/* ---- what is seen ---- */

static void name_event(const struct hf_seen *seen, char into[NAME_MAX_LEN])
{
    const char *detail = "";
    if (strcmp(seen->message, "Alert") == 0)
        detail = seen->detail;
    else if (strcmp(seen->message, "Certificate") == 0 && strncmp(seen->detail, "empty", 5) == 0)
        detail = "empty";
    (void)snprintf(into, NAME_MAX_LEN, detail[0] == '\0' ? "%s" : "%s(%s)", seen->message, detail);
}

static void see(void *context, const struct hf_connection *connection, const struct hf_seen *seen)
{
    bool of_client = *(const enum hf_role *)context == HF_CLIENT;
    (void)connection;
    bool is_12 = seen->version == HF_TLS12 || seen->version == HF_DTLS12;
    if (strcmp(seen->message, "ChangeCipherSpec") == 0 && !is_12)
        return;
    if (strcmp(seen->message, "ClientHelloInner") ==
        0) /* it goes inside another, and not all who get that can open it */
        return;
    if (strcmp(seen->message, "ACK") == 0) /* of what is sent when, not of what is said */
        return;
    if (!seen->sent) {
        size_t *count = &story.received_count[of_client ? 0 : 1];
        if (*count < EVENTS_MAX)
            name_event(seen, story.received[of_client ? 0 : 1][(*count)++]);
    } else if (story.sent_count < EVENTS_MAX) {
        story.sent[story.sent_count].of_client = of_client;
        name_event(seen, story.sent[story.sent_count++].name);
    }
}

static const enum hf_role client_role = HF_CLIENT, server_role = HF_SERVER;

static void over(struct hf_builder *builder)
{
    if (!story.over_datagrams)
        return;
    hf_builder_datagrams(builder);
    hf_builder_begin_anew(builder, 0);
}

static void more_of_client(struct hf_builder *builder)
{
    trace_settings_apply(&story.client, HF_CLIENT, builder);
    over(builder);
    hf_builder_observe(builder, see, (void *)(uintptr_t)&client_role);
}

static void more_of_server(struct hf_builder *builder)
{
    trace_settings_apply(&story.server, HF_SERVER, builder);
    over(builder);
    hf_builder_observe(builder, see, (void *)(uintptr_t)&server_role);
}

/* ---- bytes ---- */

/* supported_versions, renamed to a type that nobody knows: what a downgrade attack would do (RFC 9846 4.2.3). */
static void hide_versions(uint8_t *wire, size_t len)
{
    for (size_t i = 0; i + 6 < len; i++)
        if (wire[i] == 0 && wire[i + 1] == 43 && wire[i + 2] == 0 && wire[i + 3] == wire[i + 4] + 1 &&
            wire[i + 5] == 3) {
            wire[i] = 0x7a;
            wire[i + 1] = 0x7a;
            return;
        }
}

static void measure(int from, const uint8_t *wire, size_t len)
{
    for (size_t at = 0; at + 5 <= len;) {
        size_t body = ((size_t)wire[at + 3] << 8) + wire[at + 4];
        if (body > story.largest_record[from])
            story.largest_record[from] = body;
        at += 5 + body;
    }
}

static size_t move(int from)
{
    static uint8_t wire[1 << 20];
    size_t len;
    hf_drain(story.ends[from], wire, sizeof wire, &len);
    if (len == 0)
        return 0;
    measure(from, wire, len);
    if (from == 0 && story.hides_versions)
        hide_versions(wire, len);
    if (story.is_open[0] && story.is_open[1])
        (void)hf_feed(story.ends[1 - from], wire, len, from == 0 ? story.server.clock_ms : story.client.clock_ms);
    return len;
}

static void move_all(void)
{
    while (move(0) + move(1) > 0)
        ;
}

/* How long until either end has something to do; both have clocks of their own. */
static uint64_t left_ms(void)
{
    uint64_t client_ms = hf_deadline(story.ends[0]), server_ms = hf_deadline(story.ends[1]);
    client_ms =
        client_ms == UINT64_MAX || client_ms < story.client.clock_ms ? client_ms : client_ms - story.client.clock_ms;
    server_ms =
        server_ms == UINT64_MAX || server_ms < story.server.clock_ms ? server_ms : server_ms - story.server.clock_ms;
    return client_ms < server_ms ? client_ms : server_ms;
}

static void pass(uint64_t ms)
{
    story.client.clock_ms += ms;
    story.server.clock_ms += ms;
    (void)hf_tick(story.ends[0], story.client.clock_ms);
    (void)hf_tick(story.ends[1], story.server.clock_ms);
    move_all();
}

/* ACKs come late, and alerts in the clear are believed late. */
static void run(void)
{
    enum { SOON_MS = 4000 };
    move_all();
    for (uint64_t passed = 0, ms = 0; story.over_datagrams && passed < SOON_MS; passed += ms) {
        ms = left_ms();
        if (ms > SOON_MS)
            return;
        pass(ms);
    }
}

static struct hf_connection *open_end(enum hf_role role, struct trace_side *side)
{
    struct hf_failure failure = {0};
    side->side.more = role == HF_CLIENT ? more_of_client : more_of_server;
    struct hf_config *config = lab_config(role, &side->side, &failure);
    const char *name = side->side.name == NULL ? "server.lab" : side->side.name;
    struct hf_connection *end =
        config == NULL ? NULL : hf_connection_new(config, role == HF_CLIENT ? name : NULL, side->clock_ms, &failure);
    if (end == NULL)
        fail("no connection can be made", hf_error_name(failure.error));
    hf_config_drop(config);
    return end;
}

static void open_both(void)
{
    if (story.ends[0] != NULL)
        return;
    story.is_open[0] = true;
    story.is_open[1] = true;
    story.ends[0] = open_end(HF_CLIENT, &story.client);
    story.ends[1] = open_end(HF_SERVER, &story.server);
    run();
}

/* ---- lines ---- */

static void expect_messages(bool of_client, char *names)
{
    for (char *name = strtok(names, " "); name != NULL; name = strtok(NULL, " ")) {
        if (story.told_count == story.sent_count)
            fail("was not sent", name);
        const struct event *event = &story.sent[story.told_count];
        if (event->of_client != of_client || strcmp(event->name, name) != 0)
            fail("is not what came next", name);
        story.told_count++;
    }
}

static void expect_failure(int end, char *words)
{
    const struct hf_failure *failure = hf_failure(story.ends[end]);
    const char *error = strtok(words, " ");
    const char *alert = strtok(NULL, " ");
    if (error == NULL || failure == NULL)
        fail("has not failed", end == 0 ? "client" : "server");
    if (strcmp(hf_error_name(failure->error), error) != 0)
        fail("is not its error", error);
    bool none = alert == NULL || strcmp(alert, "none") == 0;
    if (none != (failure->alert == HF_ALERT_none) || (!none && strcmp(hf_alert_name(failure->alert), alert) != 0))
        fail("is not the alert", alert == NULL ? "none" : alert);
    if (hf_peer(story.ends[end]) != NULL)
        fail("shows a peer although it failed", "");
}

static bool is_so(int end, const char *word)
{
    struct hf_session_info info;
    hf_session_info(story.ends[end], &info);
    if (strcmp(word, "open") == 0)
        return info.opened;
    if (strcmp(word, "accepted") == 0)
        return info.accepted;
    if (strcmp(word, "retried") == 0)
        return info.hello_retried;
    if (strcmp(word, "closed") == 0)
        return info.peer_closed;
    if (strcmp(word, "unauthenticated") == 0)
        return info.opened && hf_peer(story.ends[end]) == NULL;
    if (strcmp(word, "proven") == 0)
        return info.opened && hf_peer(story.ends[end]) != NULL;
    if (strncmp(word, "alpn=", 5) == 0)
        return strcmp(info.alpn, word + 5) == 0;
    if (strncmp(word, "group=", 6) == 0)
        return strcmp(info.group, word + 6) == 0;
    if (strncmp(word, "suite=", 6) == 0)
        return strcmp(info.suite, word + 6) == 0;
    if (strncmp(word, "records<=", 9) == 0)
        return story.largest_record[end] <= strtoul(word + 9, NULL, 10);
    return false;
}

static void expect_state(int end, char *words)
{
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
        if (!is_so(end, word))
            fail(end == 0 ? "the client is not" : "the server is not", word);
}

static void write_data(int end, size_t len)
{
    static uint8_t sent[1 << 16], got[1 << 16];
    size_t written = 0, read = 0;
    story.largest_record[end] = 0;
    for (size_t i = 0; i < len; i++)
        sent[i] = (uint8_t)(i * 7);
    while (read < len) {
        size_t taken = 0;
        size_t room = hf_datagram_room(story.ends[end]);
        size_t now = len - written < room ? len - written : room;
        if (hf_write(story.ends[end], sent + written, now, &taken) != HF_OK)
            fail("could not write", "");
        written += taken;
        run();
        if (hf_read(story.ends[1 - end], got + read, sizeof got - read, &taken) != HF_OK || taken == 0)
            fail("data did not arrive", "");
        read += taken;
    }
    if (memcmp(sent, got, len) != 0)
        fail("data arrived otherwise than it was sent", "");
}

static void act(int end, char *words)
{
    const char *verb = strtok(words, " ");
    const char *number = strtok(NULL, " ");
    if (verb == NULL)
        fail("does what?", "");
    else if (strcmp(verb, "write") == 0 && number != NULL)
        write_data(end, strtoul(number, NULL, 10) & 0xffff);
    else if (strcmp(verb, "close") == 0)
        hf_close(story.ends[end]);
    else if (strcmp(verb, "update") == 0 || strcmp(verb, "ask") == 0)
        (void)hf_key_update(story.ends[end], strcmp(verb, "ask") == 0);
    else if (strcmp(verb, "demand") == 0)
        (void)hf_ask_for_certificate(story.ends[end]);
    else if (strcmp(verb, "vanish") == 0)
        (void)hf_feed_end(story.ends[1 - end], LAB_NOW_MS);
    else
        fail("is nothing to do", verb);
    run();
}

static void take_settings(struct trace_side *side, char *words)
{
    for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
        if (!trace_settings_take(side, word))
            fail("is no setting", word);
}

static void take_line(char *line)
{
    char *rest = line + strcspn(line, " ");
    if (*rest != '\0')
        *rest++ = '\0';
    size_t len = strlen(line);
    bool of_client = strncmp(line, "client", 6) == 0;
    if (strcmp(line, "over") == 0)
        return;
    if (strcmp(line, "wire") == 0) {
        story.hides_versions = true;
        return;
    }
    if (len == 6) {
        take_settings(of_client ? &story.client : &story.server, rest);
        return;
    }
    open_both();
    int end = of_client ? 0 : 1;
    switch (line[6]) {
    case '>':
    case '<':
        expect_messages(of_client, rest);
        break;
    case '!':
        expect_failure(end, rest);
        break;
    case '=':
        expect_state(end, rest);
        break;
    case ':':
        act(end, rest);
        break;
    default:
        fail("is no line of a page", line);
    }
}

/* What one end received is the beginning of what the other sent. */
static void check_received(int end)
{
    size_t at = 0;
    for (size_t i = 0; i < story.sent_count && at < story.received_count[end]; i++)
        if (story.sent[i].of_client == (end == 1) && strcmp(story.sent[i].name, story.received[end][at++]) != 0)
            fail("was received otherwise than it was sent", story.sent[i].name);
    if (at < story.received_count[end])
        fail("was received but not sent", story.received[end][at]);
}

static void run_page(FILE *page, const char *version)
{
    char line[512];
    story.line = 0;
    trace_settings_init(&story.client);
    trace_settings_init(&story.server);
    story.over_datagrams = version[0] == 'D';
    if (strcmp(version, "any") != 0) {
        story.server.side.min = strstr(version, "TLS12") != NULL ? HF_TLS12 : HF_TLS13;
        story.server.side.max = story.server.side.min;
    }
    while (fgets(line, sizeof line, page) != NULL) {
        story.line++;
        line[strcspn(line, "#\n")] = '\0';
        if (line[strspn(line, " ")] != '\0')
            take_line(line);
    }
    if (story.told_count != story.sent_count)
        fail("the page ends before the story", "");
    check_received(0);
    check_received(1);
    hf_connection_free(story.ends[0]);
    hf_connection_free(story.ends[1]);
}

/* run PAGE VERSION */
int main(int argc, char **argv)
{
    FILE *page = argc == 3 ? fopen(argv[1], "r") : NULL;
    if (page == NULL) {
        (void)fprintf(stderr, "usage: run PAGE TLS12|TLS13|DTLS12|DTLS13|any\n");
        return 2;
    }
    story.page = argv[1];
    run_page(page, argv[2]);
    (void)fclose(page);
    return 0;
}
