/* What is told about a connection: to a person in lines, to a program as JSON. */
#ifndef HF_CLI_REPORT_H
#define HF_CLI_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include <handfast/connection.h>

/* What the peer has shown about our certificate so far. */
enum hf_verdict {
    HF_VERDICT_PENDING = 0, /* not opened, or nothing heard yet */
    HF_VERDICT_NOT_NEEDED,  /* the server asked for no certificate: there was nothing to judge */
    HF_VERDICT_ACCEPTED,
    HF_VERDICT_REFUSED,
    HF_VERDICT_UNKNOWN /* it said nothing in the time given */
};

const char *hf_verdict_name(enum hf_verdict verdict);

enum { HF_REPORT_ID_ROOM = 9 };

struct hf_report {
    const char *address;                    /* of the peer, "127.0.0.1:4433"; "" before there is one */
    const char *name;                       /* of the server, as proven or to be proven; "" if none */
    const struct hf_connection *connection; /* NULL: it never came so far */
    const struct hf_failure *failure;       /* NULL: none */
    const char *first_bytes;                /* of a peer that speaks no TLS, in quotes; "" */
    enum hf_verdict verdict;
    char handshake[HF_REPORT_ID_ROOM]; /* hf_report_handshake; "" before */
};

/* Both ends can name a handshake by the first four bytes of its client's random value, and so find each other's log
 * line. True, and the name as hexadecimal, when `what` is a ClientHello. */
bool hf_report_handshake(const struct hf_seen *what, char ret_id[HF_REPORT_ID_ROOM]);

/* "TLS 1.3"; "" for none. */
const char *hf_report_version(enum hf_version version);

/* One line about who a peer is: "CN=billing, spiffe://lab/billing", "CN=a.lan for a.lan, 10.0.0.5". Returns `into`. */
const char *hf_report_identity(const struct hf_peer *peer, char *into, size_t room);

/* The session as lines: version, suite, the server's chain, what it asked of us. */
/* The identity of the shared key, safe to print: other bytes than letters as \\xNN. Returns `into`; "" without a key.
 */
const char *hf_report_psk(const struct hf_session_info *session, char *into, size_t room);

void hf_report_session(FILE *to, const struct hf_report *report);

/* What the server wants of a client, when it asked and got nothing that fits (H14, H15). told: hf_report_session has
 * said already which CAs it accepts. */
void hf_report_request(FILE *to, const struct hf_report *report, bool told);

/* H29: no failure, but what we asked for we get as nobody. */
void hf_report_declined(FILE *to, bool json);

/* The first line of an HTTP answer. */
void hf_report_answer(FILE *to, bool json, int status, const char *line);

/* A label in the column of labels, and one fact; a text of several lines stands below itself. */
void hf_report_line(FILE *to, const char *label, const char *text);

/* The same for one long sentence, broken into lines that fit; and for names that stand between colons. */
void hf_report_wrapped(FILE *to, const char *label, const char *text);
void hf_report_words(FILE *to, const char *label, const char *words);

/* "verdict      accepted: ...". */
void hf_report_verdict(FILE *to, const struct hf_report *report);

/* A failure as members of an object: error, number, reason, by, alert, certificate, wanted, got, explanation. */
void hf_report_failure_json(FILE *to, const struct hf_failure *failure);

/* What was negotiated, as members of an object: version, suite, group, schemes and so on. */
void hf_report_session_json(FILE *to, bool *first, const struct hf_connection *connection);

/* All of it as members of an object that the caller has opened and will close. */
void hf_report_json(FILE *to, bool *first, const struct hf_report *report);

#endif
