#include "guest_tell.h"

#include "out.h"
#include "report.h"
#include "udp.h"

#include <stdio.h>

static void tell_json(struct hf_guest *guest, const char *event, bool failed)
{
    bool first = true;
    struct hf_failure failure;
    hf_guest_failure(guest, &failure);
    struct hf_report report = {.address = guest->address,
                               .name = "",
                               .connection = guest->connection,
                               .first_bytes = guest->failure != NULL ? guest->failure->first_bytes : "",
                               .failure = failed ? &failure : NULL};
    (void)snprintf(report.handshake, sizeof report.handshake, "%s", guest->handshake);
    report.verdict = guest->was_open ? HF_VERDICT_ACCEPTED : HF_VERDICT_PENDING;
    putchar('{');
    hf_out_json_member(stdout, &first, "event", event);
    hf_out_json_number(stdout, &first, "connection", (long long)guest->number);
    hf_out_json_bool(stdout, &first, "unauthenticated", guest->unauthenticated);
    hf_report_json(stdout, &first, &report);
    printf("}\n");
}

static void tell_prefix(const struct hf_guest *guest, const char *what, enum hf_out_style style)
{
    printf("#%lu %s %s %s%s%s", guest->number, guest->handshake[0] != '\0' ? guest->handshake : "--------",
           guest->address, hf_out_style(stdout, style), what, hf_out_style(stdout, HF_OUT_PLAIN));
}

static void tell_open(struct hf_guest *guest)
{
    struct hf_session_info session;
    char identity[600] = "not asked";
    char key[300];
    hf_session_info(guest->connection, &session);
    if (hf_peer(guest->connection) != NULL)
        hf_report_identity(hf_peer(guest->connection), identity, sizeof identity);
    else if (session.psk_identity != NULL)
        (void)snprintf(identity, sizeof identity, "by the shared key %s", hf_report_psk(&session, key, sizeof key));
    else if (session.asked_for_certificate && !guest->asking)
        (void)snprintf(identity, sizeof identity, "unauthenticated, it presented no certificate");
    tell_prefix(guest, "opened", HF_OUT_GREEN);
    printf(" %s %s %s%s%s; client: %s\n", hf_report_version(session.version), session.suite, session.group,
           session.alpn[0] != '\0' ? " " : "", session.alpn, identity);
}

static void tell_failed(struct hf_guest *guest)
{
    char text[2048];
    struct hf_failure failure;
    hf_guest_failure(guest, &failure);
    hf_out_explain(&failure, text, sizeof text);
    tell_prefix(guest, guest->was_open ? "cut" : failure.by == HF_BY_US ? "refused" : "failed", HF_OUT_RED);
    printf(" %s\n", text);
}

/* H29: no failure, but what it asked for it gets as nobody. */
static void tell_declined(struct hf_guest *guest, bool json)
{
    const char *what = guest->unaskable ? "it cannot be asked later who it is, as it did not offer that"
                                        : "to say who it is when asked later";
    guest->declined = guest->unaskable = false;
    if (!json) {
        tell_prefix(guest, "declined", HF_OUT_RED);
        printf(" %s: ask in the first handshake [H29]\n", what);
        return;
    }
    bool first = true;
    putchar('{');
    hf_out_json_member(stdout, &first, "event", "declined");
    hf_out_json_number(stdout, &first, "connection", (long long)guest->number);
    hf_out_json_member(stdout, &first, "reason", "H29");
    printf("}\n");
}

/* Asked later, it said who it is. In TLS 1.2 it may have said that it is nobody. */
static void tell_identified(struct hf_guest *guest, bool json)
{
    char identity[600] = "unauthenticated, it presented no certificate";
    guest->identified = false;
    if (json) {
        tell_json(guest, "answered", /* failed= */ false);
        return;
    }
    if (hf_peer(guest->connection) != NULL)
        hf_report_identity(hf_peer(guest->connection), identity, sizeof identity);
    tell_prefix(guest, "answered", HF_OUT_GREEN);
    printf(" client: %s\n", identity);
}

void hf_guest_tell(struct hf_guest *guest, bool json)
{
    bool opened = guest->was_open && !guest->told_open;
    bool failed = guest->failed && !guest->told_failure;
    bool moved = guest->moved && guest->association != NULL;
    bool identified = guest->identified;
    bool declined = guest->declined || guest->unaskable;
    if (moved)
        hf_udp_tell_moved(guest, json);
    if (opened && json)
        tell_json(guest, "opened", /* failed= */ false);
    else if (opened)
        tell_open(guest);
    if (declined)
        tell_declined(guest, json);
    if (identified)
        tell_identified(guest, json);
    if (failed && json)
        tell_json(guest, "failed", /* failed= */ true);
    else if (failed)
        tell_failed(guest);
    guest->told_open |= opened;
    guest->told_failure |= failed;
    if (opened || failed || moved || declined || identified)
        (void)fflush(stdout);
}

void hf_guest_tell_listening(const char *address, bool json)
{
    if (json) {
        bool first = true;
        putchar('{');
        hf_out_json_member(stdout, &first, "event", "listening");
        hf_out_json_member(stdout, &first, "address", address);
        printf("}\n");
    } else {
        printf("listening on %s\n", address);
    }
    (void)fflush(stdout);
}
