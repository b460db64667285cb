/* What tests of wounds share: CertificateVerify messages of a client that sign with the real key, by a scheme that the
 * test chooses. */
#ifndef HF_TESTS_SIGNED_BY_H
#define HF_TESTS_SIGNED_BY_H

#include "handshake/machine.h"
#include "support/lab.h"
#include "support/puppet.h"

/* Signs what the server of the pair will check with the client's own key, so that only the scheme may be wrong with it.
 * The server waits for CertificateVerify. */
static inline void send_verify(struct lab_pair *pair, struct puppet *puppet, uint16_t scheme)
{
    const struct hf_handshake *checker = &pair->server->handshake;
    const struct hf_signer *signer = &pair->client->handshake.config->identities[0]->signer;
    uint8_t content[64 + 34 + HF_DIGEST_MAX], body[600], signature[HF_SIGNER_ROOM];
    struct hf_writer room = hf_writer_of(content, sizeof content);
    struct hf_writer verify = hf_writer_of(body, sizeof body);
    struct hf_writer signed_by = hf_writer_of(signature, sizeof signature);
    struct hf_digest digest;
    struct hf_span message = hf_transcript_messages(&checker->work->transcript);
    if (checker->state == HF_STATE_S13_WAIT_VERIFY) {
        assert_int_equal(hf_transcript_digest(&checker->work->transcript, &digest), HF_OK);
        for (int i = 0; i < 64; i++)
            hf_writer_u8(&room, ' ');
        hf_writer_bytes(&room, hf_span_of("TLS 1.3, client CertificateVerify", 34));
        hf_writer_bytes(&room, hf_digest_span(&digest));
        message = hf_writer_span(&room);
    }
    const struct hf_signer_request request = {.scheme = scheme, .message = message};
    assert_int_equal(signer->begin(signer->context, &request, &signed_by), HF_SIGNER_DONE);
    hf_writer_u16(&verify, scheme);
    hf_writer_vector(&verify, 2, hf_writer_span(&signed_by));
    assert_true(hf_writer_end(&verify));
    puppet_send_message(puppet, 15, hf_writer_span(&verify));
    (void)lab_move(pair->client, pair->server, 16384);
}

/* A pair whose server waits for the CertificateVerify of a client with such a key. */
static inline struct puppet *wait_for_verify(struct lab_pair *pair, const struct lab_side *client,
                                             const struct lab_side *server)
{
    lab_pair_open(pair, client, server);
    struct puppet *puppet = puppet_take(pair->client);
    puppet_stop_before(puppet, HF_MESSAGE_certificate_verify);
    (void)lab_pair_run(pair);
    assert_true(pair->server->handshake.state == HF_STATE_S13_WAIT_VERIFY ||
                pair->server->handshake.state == HF_STATE_S12_WAIT_VERIFY);
    return puppet;
}

static inline void assert_refused(struct lab_pair *pair, enum hf_error error, enum hf_alert alert)
{
    assert_non_null(hf_failure(pair->server));
    assert_int_equal(hf_failure(pair->server)->error, error);
    assert_int_equal(hf_failure(pair->server)->alert, alert);
    assert_null(hf_peer(pair->server));
    lab_pair_close(pair);
}

#endif
