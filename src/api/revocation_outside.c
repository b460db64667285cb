/* Revocation that the application looks up while a verdict is asked of it: <handfast/connection.h>. */
#include <handfast/connection.h>

#include "base/text.h"
#include "engine/connection.h"
#include "engine/failure.h"
#include "handshake/machine.h"
#include "handshake/peer_proof.h"
#include "trust/peer.h"

static bool is_wanted(const struct hf_connection *connection)
{
    const struct hf_handshake *handshake = &connection->handshake;
    return handshake->config->revocation_outside && hf_machine_awaits(handshake, HF_INPUT_verdict);
}

/* An address that is cut is none. */
static void copy_url(struct hf_span url, char into[512])
{
    struct hf_text text = hf_text_of(into, 512);
    if (url.len < 512)
        hf_text_add_safe(&text, url);
}

/* Of the i-th bit that is set. */
static bool find_depth(uint32_t missing, size_t i, size_t *ret_depth)
{
    for (*ret_depth = 0; missing >> *ret_depth != 0; ++*ret_depth)
        if ((missing >> *ret_depth & 1) != 0 && i-- == 0)
            return true;
    return false;
}

bool hf_revocation_missing(const struct hf_connection *connection, size_t i, struct hf_revocation_missing *ret_missing)
{
    struct hf_revocation_missing missing = {0};
    struct hf_certificate certificate;
    if (!is_wanted(connection))
        return false;
    const struct hf_peer *peer = connection->handshake.work->verified->peer;
    if (!find_depth(hf_peer_revocation_missing(peer), i, &missing.depth))
        return false;
    missing.certificate = hf_peer_chain(peer, missing.depth, &missing.certificate_len);
    missing.issuer = hf_peer_chain(peer, missing.depth + 1, &missing.issuer_len);
    if (hf_certificate_read(hf_span_of(missing.certificate, missing.certificate_len), &certificate,
                            /* ret_flaw= */ NULL) != HF_OK)
        return false;
    copy_url(certificate.crl_url, missing.crl_url);
    copy_url(certificate.ocsp_url, missing.ocsp_url);
    *ret_missing = missing;
    return true;
}

enum hf_error hf_answer_revocation(struct hf_connection *connection, enum hf_revocation_answer kind, const void *bytes,
                                   size_t len)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    if (!is_wanted(connection) || kind > HF_REVOCATION_ANSWER_OCSP)
        return HF_ERR_wrong_call;
    enum hf_error error = hf_peer_proof_add(&connection->handshake, kind, hf_span_of(bytes, bytes == NULL ? 0 : len));
    if (error == HF_OK || error == HF_ERR_file_malformed)
        return error;
    return hf_failure_by_us(connection, error);
}
