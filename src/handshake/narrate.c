#include "handshake/narrate.h"

#include "base/text.h"
#include "certificate/name.h"

enum { DETAIL_MAX = 320 };

/* One clause a message; of those that differ by sender the client's stands first. */
static const struct {
    enum hf_message message;
    const char *by_client;
    const char *by_server;
} purposes[] = {
    {HF_MESSAGE_client_hello, "offers versions, suites, groups and key shares", ""},
    {HF_MESSAGE_server_hello, "", "chooses version, suite and key exchange"},
    {HF_MESSAGE_hello_retry_request, "", "asks for a key share of another group"},
    {HF_MESSAGE_hello_verify_request, "", "asks to prove the address by a cookie"},
    {HF_MESSAGE_end_of_early_data, "ends what was sent early", ""},
    {HF_MESSAGE_encrypted_extensions, "", "answers what needs no key, under keys"},
    {HF_MESSAGE_certificate_request, "", "asks who the client is"},
    {HF_MESSAGE_certificate, "says who the client is", "says who the server is"},
    {HF_MESSAGE_compressed_certificate, "says who the client is, compressed", "says who the server is, compressed"},
    {HF_MESSAGE_certificate_verify, "proves the client's private key", "proves the server's private key"},
    {HF_MESSAGE_server_key_exchange, "", "gives the server's share, signed"},
    {HF_MESSAGE_server_hello_done, "", "ends the server's flight"},
    {HF_MESSAGE_client_key_exchange, "gives the client's share", ""},
    {HF_MESSAGE_finished, "seals the handshake as the client saw it", "seals the handshake as the server saw it"},
    {HF_MESSAGE_new_session_ticket, "", "shows that the server accepted the client"},
    {HF_MESSAGE_key_update, "changes the client's keys", "changes the server's keys"},
    {HF_MESSAGE_new_connection_id, "gives the server further IDs to write", "gives the client further IDs to write"},
    {HF_MESSAGE_request_connection_id, "asks for further IDs of the server's", "asks for further IDs of the client's"},
    {HF_MESSAGE_hello_request, "", "asks to renegotiate"},
};

/* What the hellos are for when a session is, or is to be, resumed; "" when none is. */
static const char *purpose_of_resuming(const struct hf_handshake *handshake, enum hf_message message)
{
    const struct hf_work *work = handshake->work;
    if (message == HF_MESSAGE_client_hello && work != NULL &&
        (work->offer.session != NULL || work->offer.psk_count > 0))
        return "offers to resume a session, and all that a full handshake needs";
    if (message == HF_MESSAGE_server_hello && handshake->resumed)
        return "resumes the session: no certificates, keys from the secret that both kept";
    return "";
}

/* What the exchange of keys is made of differs by suite; "" where the table says all. */
static const char *purpose_of_exchange(const struct hf_handshake *handshake, enum hf_message message)
{
    if (handshake->suite == NULL)
        return "";
    const struct hf_suite_traits *traits = hf_suite_traits_of(handshake->suite);
    const bool has_share = traits->has_curve || traits->has_field;
    if (message == HF_MESSAGE_server_key_exchange && traits->has_psk)
        return has_share ? "gives the server's share, unsigned" : "hints which shared key is meant";
    if (message == HF_MESSAGE_client_key_exchange && !has_share)
        return traits->has_psk ? hf_suite_certifies(handshake->suite)
                                     ? "names the shared key, gives a secret under the server's"
                                     : "names the shared key"
                               : "gives the secret, encrypted to the server's key";
    if (message == HF_MESSAGE_client_key_exchange && traits->has_psk)
        return "names the shared key, gives the client's share";
    return "";
}

static const char *purpose_of(const struct hf_handshake *handshake, enum hf_message message, enum hf_role sender)
{
    const char *resuming = purpose_of_resuming(handshake, message);
    if (resuming[0] != '\0')
        return resuming;
    const char *exchange = purpose_of_exchange(handshake, message);
    if (exchange[0] != '\0')
        return exchange;
    for (size_t i = 0; i < HF_COUNT(purposes); i++)
        if (purposes[i].message == message)
            return sender == HF_CLIENT ? purposes[i].by_client : purposes[i].by_server;
    return "";
}

static void add_choice(const struct hf_handshake *handshake, struct hf_text *text)
{
    if (handshake->protocol == NULL || handshake->suite == NULL)
        return;
    hf_text_add(text, "%s, %s", handshake->protocol->name, handshake->suite->name);
    if (handshake->group != NULL)
        hf_text_add(text, ", %s", handshake->group->name);
}

/* Not proven: only what it says of itself. */
static void add_refused_leaf(struct hf_span der, struct hf_text *text)
{
    struct hf_certificate leaf;
    if (hf_certificate_read(der, &leaf, /* ret_flaw= */ NULL) != HF_OK)
        hf_text_add(text, "not readable");
    else
        hf_name_print(leaf.subject, text);
}

static void add_certificate(const struct hf_handshake *handshake, bool sent, struct hf_text *text)
{
    const struct hf_work *work = handshake->work;
    if (sent && handshake->identity != NULL)
        hf_text_add(text, "%s", handshake->identity->subject);
    else if (!sent && work != NULL && work->verified != NULL)
        hf_text_add(text, "%s", hf_peer_subject(work->verified->peer));
    else if (!sent && handshake->received_certificate && work != NULL && work->chain_count > 0)
        add_refused_leaf(work->chain[0], text);
    else
        hf_text_add(text, "empty: no certificate");
}

static void add_scheme(const struct hf_signature_scheme *scheme, struct hf_text *text)
{
    if (scheme != NULL)
        hf_text_add(text, "%s", scheme->name);
}

static void describe(const struct hf_handshake *handshake, bool sent, enum hf_message message, struct hf_text *text)
{
    switch (message) {
    case HF_MESSAGE_client_hello:
        if (handshake->server_name != NULL)
            hf_text_add(text, "for %s", handshake->server_name);
        break;
    case HF_MESSAGE_server_hello:
        add_choice(handshake, text);
        break;
    case HF_MESSAGE_certificate:
    case HF_MESSAGE_compressed_certificate:
        add_certificate(handshake, sent, text);
        break;
    case HF_MESSAGE_certificate_request:
        if (!sent && handshake->request_told != NULL)
            hf_text_add(text, "%u CA name%s", handshake->request_told->authority_count,
                        handshake->request_told->authority_count == 1 ? "" : "s");
        break;
    case HF_MESSAGE_certificate_verify:
    case HF_MESSAGE_server_key_exchange:
        add_scheme(sent ? handshake->own_scheme : handshake->peer_scheme, text);
        break;
    default:
        break;
    }
}

static void tell(struct hf_handshake *handshake, bool sent, struct hf_seen *seen)
{
    seen->sent = sent;
    seen->keys = sent ? handshake->write_keys : handshake->read_keys;
    seen->version = handshake->protocol == NULL ? 0 : (enum hf_version)handshake->protocol->version;
    handshake->driver.seen(handshake->driver.context, seen);
}

void hf_narrate_message(struct hf_handshake *handshake, bool sent, enum hf_message message, struct hf_span whole)
{
    if (handshake->config->observe == NULL)
        return;
    char detail[DETAIL_MAX];
    struct hf_text text = hf_text_of(detail, sizeof detail);
    describe(handshake, sent, message, &text);
    enum hf_role sender = sent ? hf_handshake_role(handshake) : hf_handshake_peer_role(handshake);
    struct hf_seen seen = {
        .message = hf_message_name(message),
        .len = whole.len,
        .bytes = whole.data,
        .why = purpose_of(handshake, message, sender),
        .detail = detail,
    };
    tell(handshake, sent, &seen);
}

void hf_narrate_inner_hello(struct hf_handshake *handshake, struct hf_span whole)
{
    if (handshake->config->observe == NULL)
        return;
    char detail[DETAIL_MAX];
    struct hf_text text = hf_text_of(detail, sizeof detail);
    describe(handshake, /* sent= */ false, HF_MESSAGE_client_hello, &text);
    struct hf_seen seen = {
        .message = "ClientHelloInner",
        .len = whole.len,
        .bytes = whole.data,
        .why = "what the ClientHello holds encrypted, and both work with",
        .detail = detail,
    };
    tell(handshake, hf_handshake_role(handshake) == HF_CLIENT, &seen);
}

void hf_narrate_ccs(struct hf_handshake *handshake, bool sent)
{
    if (handshake->config->observe == NULL)
        return;
    bool real = handshake->protocol != NULL && handshake->protocol->rules == HF_RULES_12;
    struct hf_seen seen = {
        .message = "ChangeCipherSpec",
        .len = 1,
        .bytes = (const uint8_t *)"\x01",
        .why = real ? "from here on the new keys hold" : "a decoy, for middleboxes that expect TLS 1.2",
        .detail = "",
    };
    tell(handshake, sent, &seen);
}

void hf_narrate_ack(struct hf_handshake *handshake, bool sent, struct hf_span content)
{
    enum { RECORD_LEN = 16 };
    char detail[DETAIL_MAX];
    struct hf_text text = hf_text_of(detail, sizeof detail);
    size_t count = content.len / RECORD_LEN;
    hf_text_add(&text, "%zu record%s", count, count == 1 ? "" : "s");
    struct hf_seen seen = {
        .message = "ACK",
        .len = content.len,
        .bytes = content.data,
        .why = "says which records with messages came, so that they do not go again",
        .detail = detail,
    };
    tell(handshake, sent, &seen);
}

void hf_narrate_alert(struct hf_handshake *handshake, bool sent, unsigned alert)
{
    if (handshake->config->observe == NULL)
        return;
    struct hf_seen seen = {
        .message = "Alert",
        .len = 2,
        .bytes = NULL,
        .why = alert == HF_ALERT_close_notify ? "ends this direction" : "says what went wrong",
        .detail = hf_alert_name(alert),
    };
    tell(handshake, sent, &seen);
}
