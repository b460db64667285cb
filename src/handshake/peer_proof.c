#include "handshake/peer_proof.h"

#include "handshake/ech_offer.h"
#include "handshake/refuse.h"
#include "negotiate/version.h"
#include "trust/admission.h"
#include "trust/verdict.h"

static bool of_server(const struct hf_handshake *handshake)
{
    return hf_handshake_peer_role(handshake) == HF_SERVER;
}

/* The name that the peer must have: of a server that did not take our encrypted hello the one that stands in the clear
 * (RFC 9849 6.1.7). NULL: any. */
static const char *name_of(const struct hf_handshake *handshake)
{
    return hf_ech_offer_is_refused(handshake) ? handshake->ech_told->public_name : handshake->peer_name;
}

void hf_peer_proof_demand(struct hf_handshake *handshake)
{
    bool with_name = of_server(handshake) && name_of(handshake) != NULL;
    hf_proofs_demand(&handshake->proofs, hf_proofs_of_presenter(with_name, handshake->config->verdict_outside));
}

/* A peer whose certificates came out of a session could not staple anything to them; nor can a client in TLS 1.2. */
static bool asks_staples(const struct hf_handshake *handshake)
{
    const bool can =
        of_server(handshake) || hf_negotiate_version_rules(handshake->work->choice.generation)->shares_in_hellos;
    return can && handshake->config->asks_staples && handshake->received_certificate;
}

/* Papers, and what was found for this peer, are of one connection and have dates of their own: with them the chain is
 * verified whole, and nobody shares the peer. */
static struct hf_verified_cache *cache_of(const struct hf_handshake *handshake)
{
    const struct hf_work *work = handshake->work;
    if (work->fetched != NULL || work->is_settled)
        return NULL;
    for (size_t i = 0; i < work->chain_count; i++)
        if (work->papers[i].ocsp.len > 0 || work->papers[i].scts.len > 0)
            return NULL;
    return handshake->config->verified_cache;
}

/* Where a suite of TLS 1.2 has the server's key decrypt. Authenticators go by 1.3, whatever the suite: there it signs.
 */
static bool leaf_decrypts(const struct hf_handshake *handshake)
{
    return of_server(handshake) && !hf_suite_traits_of(handshake->suite)->signs &&
           !hf_negotiate_version_rules(handshake->work->choice.generation)->shares_in_hellos;
}

/* Path and, for a server, name: the cache knows chains that were verified before. */
static enum hf_error verify(struct hf_handshake *handshake, struct hf_verified **ret_verified)
{
    const struct hf_work *work = handshake->work;
    const struct hf_config *config = handshake->config;
    const struct hf_verified_rules rules = {config->trust, hf_digest_span(&config->policy)};
    struct hf_verdict verdict;
    struct hf_span staples[HF_HANDSHAKE_CERTIFICATES_MAX];
    for (size_t i = 0; i < work->chain_count; i++)
        staples[i] = work->papers[i].ocsp;
    const struct hf_trust_question question = {
        .certificates = work->chain,
        .certificate_count = work->chain_count,
        .staples = asks_staples(handshake) ? staples : NULL,
        .revocation = config->revocation,
        .fetched = work->fetched,
        .leaves_open = config->revocation_outside && !work->is_settled,
        .leaf_decrypts = leaf_decrypts(handshake),
        .purpose = of_server(handshake) ? HF_PURPOSE_SERVER : HF_PURPOSE_CLIENT,
        .name = name_of(handshake),
        .now_s = hf_handshake_now_s(handshake),
        .toolbox = config->toolbox,
        .allocator = handshake->allocator,
        .policy = &config->trust_policy,
    };
    enum hf_error error = hf_verified_cache_verify(cache_of(handshake), &rules, &question, &verdict, ret_verified);
    if (error != HF_OK)
        hf_trust_fill_failure(&verdict, handshake->failure);
    return error;
}

/* What came beside the certificates that the path is made of. */
static enum hf_error attach_papers(const struct hf_work *work, struct hf_peer *peer)
{
    for (size_t i = 0; i < work->chain_count; i++) {
        HF_TRY(hf_peer_attach(peer, HF_PEER_OCSP, work->chain[i], work->papers[i].ocsp));
        HF_TRY(hf_peer_attach(peer, HF_PEER_SCTS, work->chain[i], work->papers[i].scts));
    }
    return HF_OK;
}

/* A key that is known stands for path and name: whose it is was said by whoever gave it (RFC 7250 6). One that is not
 * known is nobody's, unless the application will judge it (hf_builder_any_raw_key), as CVE-2024-12797 was about. */
static enum hf_error verify_raw(struct hf_handshake *handshake, struct hf_verified **ret_verified)
{
    const struct hf_config *config = handshake->config;
    const bool judges = config->any_raw_key && config->verdict_outside;
    struct hf_spki key;
    HF_TRY(hf_raw_keys_read(handshake->work->chain[0], &key));
    HF_TRY(hf_raw_keys_judge(config->raw_keys, config->toolbox, judges, &key, handshake->failure));
    return hf_verified_new_raw(handshake->allocator, config->toolbox, &key, ret_verified);
}

/* By what it proved itself: its leaf, or its raw key. */
static struct hf_span shown_by(const struct hf_peer *peer)
{
    size_t len = 0;
    const uint8_t *shown = hf_peer_raw_key(peer, &len);
    if (shown == NULL)
        shown = hf_peer_chain(peer, 0, &len);
    return hf_span_of(shown, len);
}

/* In a renegotiation nobody comes back as somebody else: RFC 5746 5, the triple handshake. */
static enum hf_error check_same(struct hf_handshake *handshake)
{
    if (handshake->peer == NULL)
        return HF_OK;
    if (!hf_span_equal(shown_by(handshake->peer), handshake->work->chain[0]))
        return hf_refuse(handshake, HF_ERR_renegotiation_other_peer, "Certificate", hf_peer_subject(handshake->peer),
                         "another certificate");
    hf_proofs_give(&handshake->proofs, HF_PROOF_SAME);
    return HF_OK;
}

/* Verifies, and judges who that is by who it was, before all else, and by our rules. */
static enum hf_error judge(struct hf_handshake *handshake, struct hf_verified **ret_verified)
{
    const bool is_raw = handshake->work->choice.peer_type == HF_CERTIFICATE_TYPE_RAW;
    struct hf_verified *verified;
    HF_TRY(check_same(handshake));
    HF_TRY(is_raw ? verify_raw(handshake, &verified) : verify(handshake, &verified));
    enum hf_error error = attach_papers(handshake->work, verified->peer);
    if (error == HF_OK && !hf_ech_offer_is_refused(handshake)) /* our rules are of those whom we mean */
        error = hf_admission_judge(handshake->config->admission, verified->peer, &handshake->admitted_by,
                                   handshake->failure);
    if (error != HF_OK) {
        hf_verified_drop(verified);
        return error;
    }
    *ret_verified = verified;
    return HF_OK;
}

enum hf_error hf_peer_proof_give(struct hf_handshake *handshake)
{
    struct hf_verified *verified;
    enum hf_error error = judge(handshake, &verified);
    if (error != HF_OK) {
        handshake->failure->of = of_server(handshake) ? HF_OF_SERVER : HF_OF_CLIENT;
        return error;
    }
    hf_proofs_give(&handshake->proofs, HF_PROOF_CHAIN);
    if (name_of(handshake) != NULL)
        hf_proofs_give(&handshake->proofs, HF_PROOF_NAME);
    hf_proofs_give(&handshake->proofs, HF_PROOF_AUTHORIZED);
    hf_verified_drop(handshake->work->verified);
    handshake->work->verified = verified;
    return HF_OK;
}

enum hf_error hf_peer_proof_add(struct hf_handshake *handshake, enum hf_revocation_answer kind, struct hf_span bytes)
{
    struct hf_work *work = handshake->work;
    const char *flaw = NULL;
    if (work->fetched == NULL)
        work->fetched = hf_revocation_new(handshake->allocator);
    if (work->fetched == NULL)
        return HF_ERR_no_memory;
    HF_TRY(kind == HF_REVOCATION_ANSWER_CRL ? hf_revocation_add_crl(work->fetched, bytes, &flaw)
                                            : hf_revocation_add_ocsp(work->fetched, bytes, &flaw));
    return hf_peer_proof_give(handshake);
}

enum hf_error hf_peer_proof_settle(struct hf_handshake *handshake)
{
    const struct hf_config *config = handshake->config;
    bool is_open = hf_peer_revocation_missing(handshake->work->verified->peer) != 0;
    if (!is_open || !config->revocation_outside || hf_revocation_mode(config->revocation) != HF_REVOCATION_HARD)
        return HF_OK;
    handshake->work->is_settled = true;
    return hf_peer_proof_give(handshake);
}
