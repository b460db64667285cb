/* Certificate, of either end. RFC 9846 4.5.1, RFC 5246 7.4.2, 7.4.6.
 * What the peer presents is verified in full by peer_proof.c. That the peer holds the key is certificate_verify.c's to
 * prove. */
#include "handshake/certificate.h"

#include "extension/entry.h"
#include "handshake/delegated.h"
#include "handshake/peer_proof.h"
#include "handshake/post_handshake_auth.h"
#include "handshake/refuse.h"
#include "handshake/steps.h"
#include "negotiate/suite.h"
#include "wire/read.h"
#include "wire/write.h"

/* ---- the peer's ---- */

static enum hf_failure_of owner(const struct hf_handshake *handshake)
{
    return hf_handshake_peer_role(handshake) == HF_SERVER ? HF_OF_SERVER : HF_OF_CLIENT;
}

/* An empty Certificate: a server's is an error, a client's is for the policy to judge (RFC 9846 4.5.1.3). */
static enum hf_error take_none(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    handshake->failure->of = owner(handshake);
    if (hf_handshake_peer_role(handshake) == HF_SERVER)
        return hf_refuse(handshake, HF_ERR_server_sent_no_certificate, "Certificate", NULL, NULL);
    if (handshake->config->client_auth == HF_CLIENT_AUTH_REQUIRE)
        return hf_refuse(handshake, HF_ERR_certificate_missing, "Certificate", NULL, "an empty list");
    if (handshake->peer != NULL) /* renegotiation: who is known does not become nobody */
        return hf_refuse(handshake, HF_ERR_renegotiation_other_peer, "Certificate", hf_peer_subject(handshake->peer),
                         "an empty list");
    handshake->failure->of = HF_OF_NOBODY;
    handshake->driver.event(handshake->driver.context, HF_EVENT_UNAUTHENTICATED);
    *ret_outcome = HF_OUTCOME_NO_CERT;
    return HF_OK;
}

/* Certificates are read from a copy that stays while the handshake does. *ret_entries: the same list there. */
static enum hf_error copy_entries(struct hf_handshake *handshake, struct hf_span entries, struct hf_reader *ret_entries)
{
    struct hf_work *work = handshake->work;
    work->chain_count = 0;
    hf_buffer_release(&work->chain_bytes);
    if (!hf_buffer_append(&work->chain_bytes, entries))
        return HF_ERR_no_memory;
    *ret_entries = hf_reader_of(hf_buffer_span(&work->chain_bytes));
    return HF_OK;
}

static enum hf_error keep(struct hf_handshake *handshake, struct hf_span certificate,
                          const struct hf_certificate_entry *papers)
{
    struct hf_work *work = handshake->work;
    enum hf_error error = hf_handshake_grow_chain(handshake);
    if (error == HF_ERR_too_many_certificates)
        return hf_refuse_got(handshake, error, "Certificate", "more than %d", HF_HANDSHAKE_CERTIFICATES_MAX);
    HF_TRY(error);
    work->papers[work->chain_count] = *papers;
    work->chain[work->chain_count++] = certificate;
    return HF_OK;
}

/* What an entry of the peer's Certificate may answer: our hello, or what our CertificateRequest says (RFC 9846 4.5.1).
 */
static struct hf_extension_set asked_of(const struct hf_handshake *handshake)
{
    struct hf_extension_set asked = {0};
    if (hf_handshake_peer_role(handshake) == HF_SERVER)
        return handshake->work->offer.offered;
    if (handshake->config->asks_staples)
        hf_extension_set_add(&asked, HF_ROW_status_request);
    if (handshake->config->asks_scts)
        hf_extension_set_add(&asked, HF_ROW_signed_certificate_timestamp);
    if (handshake->config->delegated_count > 0)
        hf_extension_set_add(&asked, HF_ROW_delegated_credential);
    return asked;
}

static enum hf_error keep_chain13(struct hf_handshake *handshake, struct hf_span entries)
{
    const struct hf_extension_set asked = asked_of(handshake);
    struct hf_reader list;
    struct hf_wire_certificate_entry13 entry;
    HF_TRY(copy_entries(handshake, entries, &list));
    while (hf_wire_next_certificate_entry13(&list, &entry)) {
        struct hf_certificate_entry papers;
        HF_TRY(hf_extension_read_certificate_entry(entry.extensions, asked, &papers, handshake->failure));
        if (handshake->work->chain_count == 0) /* RFC 9345 4.1.1: beside others it is ignored */
            handshake->work->delegated = hf_extension_entry_credential(entry.extensions);
        HF_TRY(keep(handshake, entry.cert_data, &papers));
    }
    return hf_reader_end(&list) ? HF_OK : HF_ERR_decode_error;
}

/* The server's SCTs came with ServerHello (RFC 6962 3.3.1), an OCSP response may come behind (certificate_status.c). */
static enum hf_error keep_chain12(struct hf_handshake *handshake, struct hf_span entries)
{
    struct hf_reader list;
    struct hf_wire_certificate_entry12 entry;
    HF_TRY(copy_entries(handshake, entries, &list));
    while (hf_wire_next_certificate_entry12(&list, &entry)) {
        const bool is_leaf = handshake->work->chain_count == 0;
        const struct hf_certificate_entry papers = {.scts = is_leaf ? hf_buffer_span(&handshake->work->scts)
                                                                    : hf_span_of(NULL, 0)};
        HF_TRY(keep(handshake, entry.cert_data, &papers));
    }
    return hf_reader_end(&list) ? HF_OK : HF_ERR_decode_error;
}

/* RFC 7250 3: the key and nothing else. */
static enum hf_error keep_raw(struct hf_handshake *handshake, struct hf_span key)
{
    static const struct hf_certificate_entry no_papers = {0};
    struct hf_spki spki;
    struct hf_reader copy;
    if (hf_raw_keys_read(key, &spki) != HF_OK)
        return hf_refuse(handshake, HF_ERR_decode_error, "Certificate", "a SubjectPublicKeyInfo", NULL);
    HF_TRY(copy_entries(handshake, key, &copy));
    return keep(handshake, hf_buffer_span(&handshake->work->chain_bytes), &no_papers);
}

/* RFC 9846 4.5.1: with raw public keys no more than one entry. */
static enum hf_error keep_raw13(struct hf_handshake *handshake, struct hf_span entries)
{
    struct hf_reader list = hf_reader_of(entries);
    struct hf_wire_certificate_entry13 entry;
    struct hf_certificate_entry papers;
    if (!hf_wire_next_certificate_entry13(&list, &entry))
        return HF_ERR_decode_error;
    if (hf_reader_more(&list))
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "Certificate", "one raw public key", "more entries");
    HF_TRY(hf_extension_read_certificate_entry(entry.extensions, asked_of(handshake), &papers, handshake->failure));
    return keep_raw(handshake, entry.cert_data);
}

static enum hf_error prove(struct hf_handshake *handshake)
{
    handshake->received_certificate = true;
    hf_peer_proof_demand(handshake);
    return hf_peer_proof_give(handshake);
}

/* The server's key decrypts and does not sign: that it holds the private half is shown by Finished. Beside a shared key
 * nobody is asked for a verdict: the builder has none with such keys, and the states behind SHARED do not wait for one.
 */
static enum hf_error go_unsigned(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    const bool judges = handshake->config->verdict_outside;
    *ret_outcome = HF_OUTCOME_SHARED;
    if (hf_suite_traits_of(handshake->suite)->has_psk)
        return judges ? HF_ERR_internal : HF_OK;
    *ret_outcome = judges ? HF_OUTCOME_JUDGE : HF_OUTCOME_UNSIGNED;
    if (judges)
        handshake->driver.event(handshake->driver.context, HF_EVENT_NEEDS_VERDICT);
    return HF_OK;
}

enum hf_error hf_certificate_take_chain13(struct hf_handshake *handshake, struct hf_span entries,
                                          enum hf_outcome *ret_outcome)
{
    if (handshake->work->choice.peer_type == HF_CERTIFICATE_TYPE_RAW)
        HF_TRY(keep_raw13(handshake, entries));
    else
        HF_TRY(keep_chain13(handshake, entries));
    *ret_outcome = HF_OUTCOME_DONE;
    HF_TRY(prove(handshake));
    return hf_delegated_take(handshake);
}

enum hf_error hf_certificate_check13(struct hf_handshake *handshake, struct hf_span body, enum hf_outcome *ret_outcome)
{
    struct hf_wire_certificate13 message;
    HF_TRY(hf_wire_read_certificate13(body, &message));
    if (message.context.len > 0) /* ours was empty: RFC 9846 4.4.2 */
        return hf_refuse(handshake, HF_ERR_illegal_parameter, "Certificate.certificate_request_context", "an empty one",
                         NULL);
    if (message.entries.len == 0)
        return take_none(handshake, ret_outcome);
    return hf_certificate_take_chain13(handshake, message.entries, ret_outcome);
}

/* The answer to a request on the open connection, which its context names: RFC 9846 4.7.2. */
enum hf_error hf_certificate_check13_late(struct hf_handshake *handshake, struct hf_span body,
                                          enum hf_outcome *ret_outcome)
{
    struct hf_wire_certificate13 message;
    HF_TRY(hf_wire_read_certificate13(body, &message));
    const bool declines = message.entries.len == 0;
    HF_TRY(hf_post_handshake_auth_begin_judging(handshake, message.context, declines));
    *ret_outcome = HF_OUTCOME_NO_CERT;
    return declines ? HF_OK : hf_certificate_take_chain13(handshake, message.entries, ret_outcome);
}

enum hf_error hf_step_check_certificate13(struct hf_handshake *handshake, const struct hf_taken *taken,
                                          enum hf_outcome *ret_outcome)
{
    return hf_certificate_check13(handshake, taken->body, ret_outcome);
}

enum hf_error hf_step_check_certificate13_late(struct hf_handshake *handshake, const struct hf_taken *taken,
                                               enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_post_handshake_auth_check_awaited(handshake));
    return hf_certificate_check13_late(handshake, taken->body, ret_outcome);
}

static enum hf_error keep_presented12(struct hf_handshake *handshake, struct hf_span body, bool *ret_empty)
{
    if (handshake->work->choice.peer_type == HF_CERTIFICATE_TYPE_RAW) {
        struct hf_wire_certificate12_raw message;
        HF_TRY(hf_wire_read_certificate12_raw(body, &message));
        *ret_empty = message.key.len == 0;
        return *ret_empty ? HF_OK : keep_raw(handshake, message.key);
    }
    struct hf_wire_certificate12 message;
    HF_TRY(hf_wire_read_certificate12(body, &message));
    *ret_empty = message.entries.len == 0;
    return *ret_empty ? HF_OK : keep_chain12(handshake, message.entries);
}

enum hf_error hf_certificate_judge_server12(struct hf_handshake *handshake, enum hf_outcome *ret_outcome)
{
    HF_TRY(prove(handshake));
    HF_TRY(hf_negotiate_suite_check_key(handshake->suite, hf_public_key_type(handshake->work->verified->key),
                                        handshake->failure));
    *ret_outcome = HF_OUTCOME_DONE;
    return hf_suite_traits_of(handshake->suite)->signs ? HF_OK : go_unsigned(handshake, ret_outcome);
}

enum hf_error hf_step_check_certificate12(struct hf_handshake *handshake, const struct hf_taken *taken,
                                          enum hf_outcome *ret_outcome)
{
    bool is_empty;
    HF_TRY(keep_presented12(handshake, taken->body, &is_empty));
    if (is_empty)
        return take_none(handshake, ret_outcome);
    *ret_outcome = HF_OUTCOME_DONE;
    if (hf_handshake_peer_role(handshake) == HF_CLIENT)
        return prove(handshake);
    if (!handshake->work->choice.status_request)
        return hf_certificate_judge_server12(handshake, ret_outcome);
    const struct hf_suite_traits *traits = hf_suite_traits_of(handshake->suite);
    *ret_outcome = traits->signs     ? HF_OUTCOME_STATUS
                   : traits->has_psk ? HF_OUTCOME_STATUS_SHARED
                                     : HF_OUTCOME_STATUS_UNSIGNED;
    return HF_OK;
}

/* ---- ours: with no identity that fits, an empty one ---- */

/* A server answers the hello, a client the CertificateRequest; whichever there is, the other is all false. */
unsigned hf_certificate_papers(const struct hf_handshake *handshake)
{
    const struct hf_work *work = handshake->work;
    unsigned asked = 0;
    if (work->facts.status_request || work->request.status_request)
        asked |= HF_IDENTITY_OCSP;
    if (work->facts.scts || work->request.scts)
        asked |= HF_IDENTITY_SCTS;
    return asked & hf_identity_papers(handshake->identity);
}

enum hf_error hf_build_certificate13(struct hf_handshake *handshake, struct hf_writer *body)
{
    const unsigned papers = handshake->identity == NULL ? 0 : hf_certificate_papers(handshake);
    hf_extension_write_certificate13(handshake->identity, papers, handshake->work->request.context, body);
    handshake->presented |= handshake->identity != NULL; /* whoever declines later has been known before */
    return HF_OK;
}

enum hf_error hf_build_certificate12(struct hf_handshake *handshake, struct hf_writer *body)
{
    const struct hf_identity *identity = handshake->identity;
    handshake->presented = identity != NULL;
    if (identity != NULL && identity->type == HF_CERTIFICATE_TYPE_RAW) {
        hf_writer_vector(body, 3, identity->chain[0]);
        return HF_OK;
    }
    size_t list = hf_writer_open(body, 3);
    for (size_t i = 0; identity != NULL && i < identity->chain_count; i++) {
        const struct hf_wire_certificate_entry12 entry = {.cert_data = identity->chain[i]};
        hf_wire_write_certificate_entry12(body, &entry);
    }
    hf_writer_close(body, list, 3);
    return HF_OK;
}
