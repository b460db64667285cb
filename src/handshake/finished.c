/* Finished: proves that both ends saw the same handshake. RFC 9846 4.5.3, RFC 5246 7.4.9.
 * The transcript holds everything before this message. The one place that gives HF_PROOF_FINISHED. */
#include "handshake/finished.h"

#include "handshake/channel_binding.h"
#include "handshake/early_data.h"
#include "handshake/ech_offer.h"
#include "handshake/possession.h"
#include "handshake/post_handshake_auth.h"
#include "handshake/psk.h"
#include "handshake/refuse.h"
#include "handshake/renegotiation.h"
#include "handshake/resumption.h"
#include "handshake/steps.h"
#include "wire/read.h"
#include "wire/write.h"

enum hf_error hf_finished_check(struct hf_handshake *handshake, struct hf_span body, const struct hf_digest *expected)
{
    struct hf_wire_finished message;
    HF_TRY(hf_wire_read_finished(body, &message));
    if (message.verify_data.len != expected->len) /* incorrect contents, as any other: RFC 9846 4.5.3 */
        return hf_refuse_got(handshake, HF_ERR_bad_finished, "Finished", "%zu bytes of verify_data",
                             message.verify_data.len);
    if (!hf_secret_equal(message.verify_data, hf_digest_span(expected)))
        return hf_refuse(handshake, HF_ERR_bad_finished, "Finished", NULL, NULL);
    hf_proofs_give(&handshake->proofs, HF_PROOF_FINISHED);
    return HF_OK;
}

static enum hf_error verify_data13(struct hf_handshake *handshake, enum hf_role sender, struct hf_digest *ret_data)
{
    struct hf_digest digest;
    HF_TRY(hf_transcript_digest(&handshake->work->transcript, &digest));
    return hf_schedule13_finished(&handshake->schedule13, sender, &digest, ret_data);
}

static enum hf_error verify_data12(struct hf_handshake *handshake, enum hf_role sender, struct hf_digest *ret_data)
{
    struct hf_digest digest;
    HF_TRY(hf_transcript_digest(&handshake->work->transcript, &digest));
    HF_TRY(hf_schedule12_finished(&handshake->schedule12, sender, &digest, ret_data));
    hf_channel_binding_keep(handshake, ret_data);
    hf_renegotiation_keep(handshake, sender, ret_data);
    return HF_OK;
}

static void write(struct hf_writer *body, const struct hf_digest *verify_data)
{
    const struct hf_wire_finished message = {.verify_data = hf_digest_span(verify_data)};
    hf_wire_write_finished(body, &message);
}

/* A client whose encrypted hello we could not open was led on without the key, to learn how it could be opened
 * (negotiate/negotiate.c), and should have gone by now. */
static enum hf_error check_both(struct hf_handshake *handshake)
{
    if (hf_handshake_role(handshake) == HF_CLIENT || !handshake->config->psk13_with_certificates ||
        handshake->shared_key != NULL)
        return HF_OK;
    return hf_refuse(handshake, HF_ERR_psk_with_certificate_missing, "Finished", NULL, "certificates alone");
}

enum hf_error hf_step_check_finished13(struct hf_handshake *handshake, const struct hf_taken *taken,
                                       enum hf_outcome *ret_outcome)
{
    struct hf_digest expected;
    HF_TRY(verify_data13(handshake, hf_handshake_peer_role(handshake), &expected));
    *ret_outcome = HF_OUTCOME_DONE;
    HF_TRY(hf_finished_check(handshake, taken->body, &expected));
    hf_psk_inherit(handshake); /* where certificates went beside a shared key, or a session that one began */
    return check_both(handshake);
}

/* After the handshake: by the keys that protect data now, over the request too (RFC 9846 4.5). */
enum hf_error hf_step_check_finished13_late(struct hf_handshake *handshake, const struct hf_taken *taken,
                                            enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_step_check_finished13(handshake, taken, ret_outcome));
    if (hf_post_handshake_auth_plan_ticket(handshake))
        *ret_outcome = HF_OUTCOME_TICKET;
    return HF_OK;
}

/* Under the session's PSK: the peer is the end that held the key when the session was made. */
enum hf_error hf_step_check_finished13_kept(struct hf_handshake *handshake, const struct hf_taken *taken,
                                            enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_step_check_finished13(handshake, taken, ret_outcome));
    hf_possession_inherit(handshake);
    hf_early_data_over(handshake);
    hf_resumption_forget(handshake);
    return HF_OK;
}

/* Nobody else has the key that Finished is made with: it comes from the one shared beforehand. */
enum hf_error hf_step_check_finished13_shared(struct hf_handshake *handshake, const struct hf_taken *taken,
                                              enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_step_check_finished13(handshake, taken, ret_outcome));
    hf_psk_prove(handshake);
    return HF_OK;
}

enum hf_error hf_step_check_finished12(struct hf_handshake *handshake, const struct hf_taken *taken,
                                       enum hf_outcome *ret_outcome)
{
    struct hf_digest expected;
    HF_TRY(verify_data12(handshake, hf_handshake_peer_role(handshake), &expected));
    *ret_outcome = HF_OUTCOME_DONE;
    HF_TRY(hf_finished_check(handshake, taken->body, &expected));
    return hf_ech_offer_conclude(handshake);
}

/* Under the kept secret: the peer is the end that held the key when the session was made. */
enum hf_error hf_step_check_finished12_resumed(struct hf_handshake *handshake, const struct hf_taken *taken,
                                               enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_step_check_finished12(handshake, taken, ret_outcome));
    hf_possession_inherit(handshake);
    hf_psk_inherit(handshake);
    return HF_OK;
}

/* RSA key exchange: nobody else could decrypt what the master secret is made of (RFC 5246 F.1.1.2). */
enum hf_error hf_step_check_finished12_unsigned(struct hf_handshake *handshake, const struct hf_taken *taken,
                                                enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_step_check_finished12(handshake, taken, ret_outcome));
    hf_possession_inherit(handshake);
    return HF_OK;
}

/* The same for a shared key; beside it a server may have shown a certificate (RSA_PSK). */
enum hf_error hf_step_check_finished12_shared(struct hf_handshake *handshake, const struct hf_taken *taken,
                                              enum hf_outcome *ret_outcome)
{
    HF_TRY(hf_step_check_finished12(handshake, taken, ret_outcome));
    hf_possession_inherit(handshake);
    hf_psk_prove(handshake);
    return HF_OK;
}

enum hf_error hf_build_finished13(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_digest verify_data;
    HF_TRY(verify_data13(handshake, hf_handshake_role(handshake), &verify_data));
    write(body, &verify_data);
    return HF_OK;
}

enum hf_error hf_build_finished12(struct hf_handshake *handshake, struct hf_writer *body)
{
    struct hf_digest verify_data;
    HF_TRY(verify_data12(handshake, hf_handshake_role(handshake), &verify_data));
    write(body, &verify_data);
    return HF_OK;
}
