/* One connection for each version that the settings allow, the newest first; all is told of the first that both ends
 * can speak. A chain that does not verify is shown as it was sent: what fails a connection is what one wants to see. */
#include "diagnose.h"

#include <handfast/socket.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cert_dir.h"
#include "chain.h"
#include "out.h"
#include "report.h"

enum { MESSAGE_ROOM = 65540 };

/* One connection, and what was seen of it. */
struct attempt {
    struct hf_connection *connection; /* NULL: none could be made */
    struct hf_failure failure;        /* error HF_OK: none */
    struct hf_report report;
    char address[HF_ENDPOINT_TEXT_ROOM];
    bool reached;
    bool is_13;
    uint8_t chain[MESSAGE_ROOM]; /* the server's Certificate message */
    size_t chain_len;
    char last_message[96];
};

static void see(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    struct attempt *attempt = context;
    (void)connection;
    if (attempt->report.handshake[0] == '\0')
        hf_report_handshake(what, attempt->report.handshake);
    (void)snprintf(attempt->last_message, sizeof attempt->last_message, "%s %s (%zu bytes)",
                   what->sent ? "our" : "the server's", what->message, what->len);
    if (what->sent || strcmp(what->message, "Certificate") != 0 || what->len > sizeof attempt->chain)
        return;
    memcpy(attempt->chain, what->bytes, what->len);
    attempt->chain_len = what->len;
    attempt->is_13 = what->version == HF_TLS13;
}

/* ---- One connection. ---- */

static void take_failure(struct attempt *attempt, enum hf_error error)
{
    const struct hf_failure *known = hf_failure(attempt->connection);
    attempt->failure = (struct hf_failure){.error = error, .by = HF_BY_NETWORK, .alert = HF_ALERT_none, .depth = -1};
    if (known != NULL)
        attempt->failure = *known;
    if (attempt->failure.by == HF_BY_NETWORK && attempt->last_message[0] != '\0')
        (void)snprintf(attempt->failure.where, sizeof attempt->failure.where, "after %.88s", attempt->last_message);
}

static void await_verdict(const struct hf_diagnosis *diagnosis, struct attempt *attempt, int fd)
{
    struct hf_certificate_request_info request;
    hf_certificate_request(attempt->connection, &request);
    attempt->report.verdict = HF_VERDICT_NOT_NEEDED;
    if (!request.asked)
        return;
    enum hf_error error = hf_socket_await_verdict(attempt->connection, fd, diagnosis->verdict_timeout_ms);
    attempt->report.verdict = error == HF_OK              ? HF_VERDICT_ACCEPTED
                              : error == HF_ERR_timed_out ? HF_VERDICT_UNKNOWN
                                                          : HF_VERDICT_REFUSED;
    if (attempt->report.verdict == HF_VERDICT_REFUSED)
        take_failure(attempt, error);
}

static void shake(const struct hf_diagnosis *diagnosis, struct attempt *attempt, int fd)
{
    enum hf_error error = hf_socket_handshake(attempt->connection, fd, diagnosis->timeout_ms);
    if (error == HF_OK)
        await_verdict(diagnosis, attempt, fd);
    else
        take_failure(attempt, error);
    if (attempt->failure.by == HF_BY_PEER)
        attempt->report.verdict = HF_VERDICT_REFUSED;
    if (attempt->failure.error == HF_OK)
        (void)hf_socket_close(attempt->connection, fd);
    else
        (void)hf_socket_send(attempt->connection, fd);
}

/* False: our own settings are wrong, which was said. */
static bool try_settings(const struct hf_diagnosis *diagnosis, const struct hf_settings *settings,
                         struct attempt *attempt, int *ret_exit)
{
    const struct hf_settings_observer observer = {see, attempt};
    struct hf_settings_kept kept;
    attempt->report.address = attempt->address;
    attempt->report.name = diagnosis->name != NULL ? diagnosis->name : "";
    attempt->report.first_bytes = "";
    struct hf_config *config = hf_settings_config(settings, HF_CLIENT, "connect", &observer, &kept, ret_exit);
    if (config == NULL)
        return false;
    int fd = hf_endpoint_connect(&diagnosis->endpoint, diagnosis->timeout_ms, attempt->address, &attempt->failure);
    attempt->reached = fd >= 0;
    if (fd >= 0)
        attempt->connection = hf_connection_new(config, diagnosis->name, hf_socket_now_ms(), &attempt->failure);
    attempt->report.connection = attempt->connection;
    if (attempt->connection != NULL)
        shake(diagnosis, attempt, fd);
    if (fd >= 0)
        hf_endpoint_hang_up(fd, /* linger= */ attempt->failure.by == HF_BY_US);
    hf_config_drop(config);
    hf_settings_release(&kept);
    return true;
}

static bool try_version(const struct hf_diagnosis *diagnosis, const char *version, struct attempt *attempt,
                        int *ret_exit)
{
    struct hf_settings settings = diagnosis->settings;
    settings.min_version = version;
    settings.max_version = version;
    return try_settings(diagnosis, &settings, attempt, ret_exit);
}

/* ---- Telling. ---- */

/* Whether both ends can speak the version of this attempt, whatever came of it. */
static bool has_version(const struct attempt *attempt)
{
    struct hf_session_info session = {.version = 0};
    if (attempt->connection == NULL)
        return false;
    hf_session_info(attempt->connection, &session);
    return session.version != 0;
}

static void tell_version(const char *version, const struct attempt *attempt)
{
    struct hf_session_info session;
    char label[16];
    char text[256];
    (void)snprintf(label, sizeof label, "TLS %s", version);
    if (!has_version(attempt)) {
        (void)snprintf(text, sizeof text, "no: %s", hf_error_title(attempt->failure.error));
    } else {
        hf_session_info(attempt->connection, &session);
        (void)snprintf(text, sizeof text, "yes, %s%s%s%s", session.suite, session.group[0] != '\0' ? ", keys by " : "",
                       session.group, session.hello_retried ? ", after a HelloRetryRequest" : "");
    }
    hf_report_line(stdout, label, text);
}

static void tell_certificate(const char *label, size_t i, const struct hf_inspected *certificate)
{
    char from[24];
    char until[24];
    char text[1200];
    size_t len = (size_t)snprintf(text, sizeof text, "%zu %.160s\nissued by %.160s\n%s, valid from %s to %s", i,
                                  certificate->subject, certificate->issuer, certificate->key,
                                  hf_out_time((time_t)certificate->not_before_s, from),
                                  hf_out_time((time_t)certificate->not_after_s, until));
    for (size_t j = 0; j < certificate->names_count && len < sizeof text - 200; j++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%.160s", j == 0 ? "\nfor " : ", ",
                                certificate->names[j]);
    hf_report_line(stdout, label, text);
}

/* The clock of this machine beside the dates of all that the server sent (H8, H9). */
static void tell_clock(const struct hf_inspection *chain)
{
    char now_text[24];
    char text[160];
    int64_t now_s = (int64_t)time(NULL);
    const char *what = "within the dates of all that the server sent";
    for (size_t i = 0; i < hf_inspection_count(chain); i++) {
        const struct hf_inspected *certificate = hf_inspection_at(chain, i);
        if (now_s < certificate->not_before_s)
            what = "BEFORE the first day of a certificate that the server sent";
        else if (now_s > certificate->not_after_s)
            what = "AFTER the last day of a certificate that the server sent";
    }
    (void)snprintf(text, sizeof text, "%s, %s", hf_out_time((time_t)now_s, now_text), what);
    hf_report_line(stdout, "our clock", text);
}

static void tell_chain(const struct attempt *attempt)
{
    struct hf_inspection *chain = hf_chain_read_message(attempt->chain, attempt->chain_len, attempt->is_13);
    if (chain == NULL) {
        hf_report_line(stdout, "it sent", "no certificate that can be shown");
        return;
    }
    for (size_t i = 0; i < hf_inspection_count(chain); i++)
        tell_certificate(i == 0 ? "it sent" : "", i, hf_inspection_at(chain, i));
    tell_clock(chain);
    hf_inspection_free(chain);
    hf_report_line(stdout, "we find",
                   hf_peer(attempt->connection) != NULL ? "its chain, name and key proven"
                   : attempt->failure.by == HF_BY_US    ? hf_error_title(attempt->failure.error)
                                                        : "nothing wrong with it so far");
}

static void tell_own(const struct hf_diagnosis *diagnosis, const struct attempt *attempt)
{
    struct hf_session_info session;
    char text[400];
    hf_session_info(attempt->connection, &session);
    if (!session.presented_certificate || session.own_identity >= diagnosis->settings.certs.count) {
        hf_report_line(stdout, "we present", "no certificate");
        return;
    }
    (void)snprintf(text, sizeof text, "%.300s, signing with %s", diagnosis->settings.certs.items[session.own_identity],
                   session.own_scheme[0] != '\0' ? session.own_scheme : "nothing yet");
    hf_report_line(stdout, "we present", text);
}

static void tell_request(const struct hf_diagnosis *diagnosis, const struct attempt *attempt)
{
    struct hf_certificate_request_info request;
    hf_certificate_request(attempt->connection, &request);
    if (!request.asked && attempt->failure.error == HF_OK) {
        hf_report_line(stdout, "it asks for",
                       "no certificate: it does not know who we are [H30]\n"
                       "if it should, the connection ends before it, at a load balancer or proxy,\n"
                       "or it chooses by name (--name), or asks for some paths only, later");
        return;
    }
    if (!request.asked) {
        hf_report_line(stdout, "it asks for", "nothing, as far as we came");
        return;
    }
    hf_report_line(stdout, "it asks for", "a certificate");
    hf_report_line(stdout, "issued by",
                   request.authority_count == 0 ? "any CA, or it does not say which" : request.authorities);
    hf_report_words(stdout, "signed by", request.schemes);
    hf_report_line(stdout, "not fitting", request.misfits);
    tell_own(diagnosis, attempt);
}

static void tell_end(const struct attempt *attempt)
{
    char text[2048];
    if (attempt->failure.error == HF_OK) {
        hf_report_verdict(stdout, &attempt->report);
        return;
    }
    hf_failure_explain(&attempt->failure, (int64_t)time(NULL), text, sizeof text);
    const char *label = attempt->failure.by == HF_BY_US     ? "we refuse"
                        : attempt->failure.by == HF_BY_PEER ? "it refuses"
                                                            : "it fails";
    hf_report_wrapped(stdout, label, text);
}

static void tell(const struct hf_diagnosis *diagnosis, const struct attempt *attempt)
{
    char text[400];
    (void)snprintf(text, sizeof text, "%s%s%.256s", attempt->address,
                   diagnosis->name != NULL ? " as " : ", whoever it is",
                   diagnosis->name != NULL ? diagnosis->name : "");
    hf_report_line(stdout, "server", text);
    if (has_version(attempt)) {
        tell_chain(attempt);
        tell_request(diagnosis, attempt);
    }
    tell_end(attempt);
}

static int status_of(const struct attempt *attempt)
{
    if (attempt->failure.error != HF_OK)
        return hf_error_exit_status(attempt->failure.error);
    return attempt->report.verdict == HF_VERDICT_UNKNOWN ? hf_error_exit_status(HF_ERR_timed_out) : HF_EXIT_FINE;
}

/* ---- All of it. ---- */

static const char *const versions[] = {"1.3", "1.2"};
enum { VERSIONS = 2, ATTEMPTS };

static bool is_allowed(const struct hf_settings *settings, const char *version)
{
    return (settings->min_version == NULL || strcmp(version, settings->min_version) >= 0) &&
           (settings->max_version == NULL || strcmp(version, settings->max_version) <= 0);
}

/* Tells of the newest version that works; where none does, of a connection that offers all of them. */
static int run(const struct hf_diagnosis *diagnosis, struct attempt *attempts)
{
    const struct attempt *best = NULL;
    int status = HF_EXIT_FINE;
    for (size_t i = 0; i < VERSIONS; i++) {
        struct attempt *attempt = &attempts[i];
        if (!is_allowed(&diagnosis->settings, versions[i]))
            continue;
        if (!try_version(diagnosis, versions[i], attempt, &status))
            return status;
        if (best == NULL || (!has_version(best) && has_version(attempt)))
            best = attempt;
        if (!attempt->reached)
            return hf_out_failure("connect", &attempt->failure);
        tell_version(versions[i], attempt);
    }
    if (best == NULL || !has_version(best)) {
        best = &attempts[VERSIONS];
        if (!try_settings(diagnosis, &diagnosis->settings, &attempts[VERSIONS], &status))
            return status;
    }
    tell(diagnosis, best);
    return status_of(best);
}

int hf_diagnose(struct hf_diagnosis *diagnosis)
{
    int status = HF_EXIT_FINE;
    struct hf_cert_dir *dir = calloc(1, sizeof *dir);
    struct attempt *attempts = calloc(ATTEMPTS, sizeof *attempts);
    if (dir == NULL || attempts == NULL) {
        hf_out_error("connect: there is no memory");
        status = hf_error_exit_status(HF_ERR_no_memory);
    } else if (diagnosis->cert_dir == NULL ||
               hf_cert_dir_add(dir, diagnosis->cert_dir, &diagnosis->settings, stdout, &status)) {
        status = run(diagnosis, attempts);
    }
    for (size_t i = 0; attempts != NULL && i < ATTEMPTS; i++)
        hf_connection_free(attempts[i].connection);
    free(attempts);
    free(dir);
    return status;
}
