/* A failure explained: what was found, by whom, about which certificate, what was wanted and what came,
 * which alert said it, and what to do. One table holds them all: <handfast/errors.def>. */
#ifndef HANDFAST_FAILURE_H
#define HANDFAST_FAILURE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every error, by its row in errors.def: HF_ERR_<name>. Numbers are stable. 0 is success. */
enum hf_error {
    HF_OK = 0,
#define HF_ERROR(number, name, alert13, alert12, reason, exit_status, title, remedy, section) HF_ERR_##name = number,
#include <handfast/errors.def>
#undef HF_ERROR
};

/* Every alert, by its row in alerts.def: HF_ALERT_<name>. HF_ALERT_none means that no alert is sent. */
enum hf_alert {
#define HF_ALERT(number, name) HF_ALERT_##name = number,
#include <handfast/alerts.def>
#undef HF_ALERT
    HF_ALERT_none = 256
};

/* Who refused whom. */
enum hf_failure_by {
    HF_BY_NOBODY = 0, /* no failure */
    HF_BY_US,         /* we found it and refused the peer */
    HF_BY_PEER,       /* the peer refused us: error says what it most probably found */
    HF_BY_NETWORK,    /* the transport ended or failed */
    HF_BY_SETTINGS    /* local files or settings, before any connection */
};

/* Which end of the connection the certificate in a failure belongs to. */
enum hf_failure_of { HF_OF_NOBODY = 0, HF_OF_SERVER, HF_OF_CLIENT };

/* What is known about a failure. Texts are empty where they do not apply, NUL-terminated, and safe to print:
 * bytes chosen by a peer are escaped. */
struct hf_failure {
    enum hf_error error;
    enum hf_failure_by by;
    enum hf_failure_of of;
    uint16_t alert;    /* enum hf_alert: sent when by == HF_BY_US, received when by == HF_BY_PEER */
    int depth;         /* of the certificate in the chain; 0 is the leaf; -1: no certificate concerned */
    int64_t since_s;   /* seconds since 1970: when it expired, or becomes valid; 0: does not apply */
    char subject[160]; /* of the certificate concerned */
    char serial[44];   /* hexadecimal */
    char wanted[320];  /* what was expected */
    char got[320];     /* what came instead */
    char where[96];    /* the message, extension, file or function in which it was found */
    char hint[320];    /* a remedy made for this very case; else the table's remedy holds */
};

/* The columns of the error's row. Static strings, never NULL; "" where a column is empty. */
const char *hf_error_name(enum hf_error error);
const char *hf_error_title(enum hf_error error);
const char *hf_error_remedy(enum hf_error error);
const char *hf_error_section(enum hf_error error);

/* The reason number of docs/FAILURES.md, 1 to 32; 0 where none fits. */
int hf_error_reason(enum hf_error error);

/* The same for a failure, which may know more: a client's certificate that a server finds expired is another row than a
 * server's that a client does. Both ends of one connection give the same number, if they can tell. */
int hf_failure_reason(const struct hf_failure *failure);

/* The exit status that the program gives for this error: see errors.def. 0 for HF_OK. */
int hf_error_exit_status(enum hf_error error);

/* The name of an alert by its number on the wire; "unknown_alert" for numbers that have none. */
const char *hf_alert_name(unsigned number);

/* Writes the explanation as sentences for a person into `room` bytes at `into`: what, which certificate, wanted, got,
 * the alert, the remedy, the reason number. `now_s` (seconds since 1970) lets it say "3 days ago".
 * Always NUL-terminated when room > 0. Returns the length written, without the NUL. Any thread. */
size_t hf_failure_explain(const struct hf_failure *failure, int64_t now_s, char *into, size_t room);

#ifdef __cplusplus
}
#endif
#endif
