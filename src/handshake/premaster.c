#include "handshake/premaster.h"

#include "crypto/rsa_premaster.h"
#include "handshake/refuse.h"

/* RFC 5246 8.1.2: a field's secret loses its leading zeros. Whose length shows in time, which is the Raccoon attack on
 * servers that use a pair twice; ours serves one connection. */
static void strip_zeros(struct hf_premaster *premaster)
{
    size_t zeros = 0;
    while (zeros < premaster->len && premaster->bytes[zeros] == 0)
        zeros++;
    for (size_t i = zeros; i < premaster->len; i++)
        premaster->bytes[i - zeros] = premaster->bytes[i];
    premaster->len -= zeros;
}

static enum hf_error agree_by_shares(struct hf_handshake *handshake, struct hf_premaster *premaster)
{
    const struct hf_work *work = handshake->work;
    enum hf_error error = hf_key_exchange_finish(work->exchanges[0], hf_buffer_span(&work->peer_share), premaster);
    if (error == HF_ERR_bad_key_share)
        return hf_refuse(handshake, error, "the peer's share", handshake->group->name, NULL);
    HF_TRY(error);
    if (hf_suite_traits_of(handshake->suite)->has_field)
        strip_zeros(premaster);
    return HF_OK;
}

/* A client has kept what it encrypted; a server takes out what came, and never learns whether that was right. */
static enum hf_error agree_by_rsa(struct hf_handshake *handshake, struct hf_premaster *premaster)
{
    struct hf_work *work = handshake->work;
    if (hf_handshake_role(handshake) == HF_CLIENT) {
        premaster->len = work->encrypted.len;
        return hf_span_copy(hf_secret_span(&work->encrypted), premaster->bytes, sizeof premaster->bytes)
                   ? HF_OK
                   : HF_ERR_internal;
    }
    return hf_rsa_premaster_open(handshake->identity->key, &handshake->config->random, work->facts.legacy_version,
                                 hf_buffer_span(&work->peer_share), premaster);
}

/* RFC 4279 2: the other secret and the shared key, each behind its length. Without another one there stand as many
 * zeros as the key has bytes. */
static enum hf_error add_psk(const struct hf_secret *psk, struct hf_premaster *premaster)
{
    HF_WIPED_PREMASTER struct hf_premaster both = {.len = 0};
    static const uint8_t zeros[HF_SECRET_MAX];
    struct hf_span other =
        premaster->len > 0 ? hf_span_of(premaster->bytes, premaster->len) : hf_span_of(zeros, psk->len);
    struct hf_writer writer = hf_writer_of(both.bytes, sizeof both.bytes);
    hf_writer_vector(&writer, 2, other);
    hf_writer_vector(&writer, 2, hf_secret_span(psk));
    if (!hf_writer_end(&writer))
        return HF_ERR_internal;
    both.len = writer.len;
    *premaster = both;
    return HF_OK;
}

static enum hf_error agree(struct hf_handshake *handshake, struct hf_premaster *premaster)
{
    const struct hf_suite_traits *traits = hf_suite_traits_of(handshake->suite);
    if (traits->has_curve || traits->has_field)
        HF_TRY(agree_by_shares(handshake, premaster));
    if (traits->decrypts)
        HF_TRY(agree_by_rsa(handshake, premaster));
    return traits->has_psk ? add_psk(&handshake->work->psk, premaster) : HF_OK;
}

static void forget(struct hf_work *work)
{
    hf_handshake_forget_exchanges(work);
    hf_buffer_release(&work->peer_share);
    hf_secret_wipe(&work->encrypted);
    hf_secret_wipe(&work->psk);
}

enum hf_error hf_premaster_agree(struct hf_handshake *handshake, struct hf_premaster *ret_premaster)
{
    HF_WIPED_PREMASTER struct hf_premaster premaster = {.len = 0};
    enum hf_error error = agree(handshake, &premaster);
    forget(handshake->work);
    HF_TRY(error);
    *ret_premaster = premaster;
    return HF_OK;
}
