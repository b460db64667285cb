/* RFC 9180 4, 5.1 and 5.2, mode_base. An ephemeral key pair of the KEM is a pair of the key exchange; what both derive
 * from it goes through two labelled HKDFs, the KEM's and the schedule's, which differ in what they call the suite. */
#include "crypto/hpke.h"

#include "crypto/aead.h"
#include "crypto/hkdf.h"
#include "crypto/hmac.h"
#include "crypto/key_exchange.h"

enum { SUITE_ID_MAX = 10, INFO_MAX = 512, CONTEXT_MAX = 1 + 2 * HF_DIGEST_MAX };

struct kem {
    uint16_t id;
    enum hf_key_exchange_id exchange;
    enum hf_hash_id hash;
    uint8_t secret_len;
};

/* RFC 9180 7.1, table 2. */
static const struct kem kems[] = {
    {HF_HPKE_KEM_P256, HF_KEY_EXCHANGE_P256, HF_HASH_SHA256, 32},
    {HF_HPKE_KEM_P384, HF_KEY_EXCHANGE_P384, HF_HASH_SHA384, 48},
    {HF_HPKE_KEM_P521, HF_KEY_EXCHANGE_P521, HF_HASH_SHA512, 64},
    {HF_HPKE_KEM_X25519, HF_KEY_EXCHANGE_X25519, HF_HASH_SHA256, 32},
    {HF_HPKE_KEM_X448, HF_KEY_EXCHANGE_X448, HF_HASH_SHA512, 64},
};

struct hf_hpke {
    const struct hf_allocator *allocator;
    struct hf_aead aead;
    uint8_t base_nonce[HF_AEAD_NONCE_LEN];
    uint64_t sequence;
    struct hf_secret shared;
};

/* The KEM's or the schedule's labelled HKDF. */
struct labelled {
    const struct hf_toolbox *toolbox;
    enum hf_hash_id hash;
    uint8_t suite_id[SUITE_ID_MAX];
    size_t suite_id_len;
};

static const struct kem *kem_of(uint16_t id)
{
    for (size_t i = 0; i < HF_COUNT(kems); i++)
        if (kems[i].id == id)
            return &kems[i];
    return NULL;
}

static enum hf_hash_id hash_of(uint16_t kdf)
{
    static const enum hf_hash_id hashes[] = {HF_HASH_NONE, HF_HASH_SHA256, HF_HASH_SHA384, HF_HASH_SHA512};
    return kdf < HF_COUNT(hashes) ? hashes[kdf] : HF_HASH_NONE;
}

static enum hf_aead_id aead_of(uint16_t aead)
{
    static const enum hf_aead_id aeads[] = {HF_AEAD_NONE, HF_AEAD_AES_128_GCM, HF_AEAD_AES_256_GCM,
                                            HF_AEAD_CHACHA20_POLY1305};
    return aead < HF_COUNT(aeads) ? aeads[aead] : HF_AEAD_NONE;
}

bool hf_hpke_available(const struct hf_toolbox *toolbox, struct hf_hpke_suite suite)
{
    const struct kem *kem = kem_of(suite.kem);
    return kem != NULL && hash_of(suite.kdf) != HF_HASH_NONE && aead_of(suite.aead) != HF_AEAD_NONE &&
           hf_key_exchange_available(toolbox, kem->exchange) && hf_aead_available(toolbox, aead_of(suite.aead));
}

size_t hf_hpke_public_len(uint16_t id)
{
    const struct kem *kem = kem_of(id);
    return kem == NULL ? 0 : hf_key_exchange_offer_len(kem->exchange);
}

/* ---- labelled HKDF: RFC 9180 4 ---- */

static const char version_label[] = "HPKE-v1";

static struct labelled labelled_of(const struct hf_toolbox *toolbox, enum hf_hash_id hash, const char *what,
                                   const uint16_t *ids, size_t count)
{
    struct labelled made = {.toolbox = toolbox, .hash = hash};
    struct hf_writer writer = hf_writer_of(made.suite_id, sizeof made.suite_id);
    hf_writer_bytes(&writer, hf_span_of_text(what));
    for (size_t i = 0; i < count; i++)
        hf_writer_u16(&writer, ids[i]);
    made.suite_id_len = writer.len;
    return made;
}

static enum hf_error extract(const struct labelled *by, struct hf_span salt, const char *label, struct hf_span material,
                             struct hf_secret *ret_secret)
{
    struct hf_digest digest = {0};
    const struct hf_span parts[] = {hf_span_of_text(version_label), hf_span_of(by->suite_id, by->suite_id_len),
                                    hf_span_of_text(label), material};
    HF_TRY(hf_hmac_once(by->toolbox, by->hash, salt, parts, HF_COUNT(parts), &digest));
    bool fits = hf_secret_set(ret_secret, hf_digest_span(&digest));
    hf_wipe(&digest, sizeof digest);
    return fits ? HF_OK : HF_ERR_internal;
}

static enum hf_error expand(const struct labelled *by, const struct hf_secret *secret, const char *label,
                            struct hf_span context, struct hf_secret *ret_secret)
{
    uint8_t bytes[INFO_MAX];
    struct hf_writer info = hf_writer_of(bytes, sizeof bytes);
    hf_writer_u16(&info, (uint16_t)ret_secret->len);
    hf_writer_bytes(&info, hf_span_of_text(version_label));
    hf_writer_bytes(&info, hf_span_of(by->suite_id, by->suite_id_len));
    hf_writer_bytes(&info, hf_span_of_text(label));
    hf_writer_bytes(&info, context);
    if (!hf_writer_end(&info))
        return HF_ERR_internal;
    return hf_hkdf_expand(by->toolbox, by->hash, secret, hf_writer_span(&info), ret_secret->bytes, ret_secret->len);
}

/* ---- KEM: RFC 9180 4.1 ---- */

static enum hf_error extract_and_expand(const struct hf_hpke_setup *setup, const struct kem *kem,
                                        const struct hf_premaster *dh, struct hf_span context,
                                        struct hf_secret *ret_shared)
{
    const struct labelled by = labelled_of(setup->toolbox, kem->hash, "KEM", &kem->id, 1);
    HF_WIPED struct hf_secret prk = {0};
    HF_WIPED struct hf_secret shared = {.len = kem->secret_len};
    HF_TRY(extract(&by, hf_span_of(NULL, 0), "eae_prk", hf_span_of(dh->bytes, dh->len), &prk));
    HF_TRY(expand(&by, &prk, "shared_secret", context, &shared));
    *ret_shared = shared;
    return HF_OK;
}

/* Diffie-Hellman with a pair of ours, and what both ends saw: enc, then the receiver's public key. */
static enum hf_error agree(const struct hf_hpke_setup *setup, struct hf_key_exchange *pair, struct hf_span peer,
                           bool is_sender, struct hf_secret *ret_shared)
{
    HF_WIPED_PREMASTER struct hf_premaster dh = {.len = 0};
    uint8_t bytes[2 * HF_HPKE_ENC_MAX];
    struct hf_writer context = hf_writer_of(bytes, sizeof bytes);
    struct hf_span own = hf_key_exchange_share(pair);
    HF_TRY(hf_key_exchange_finish(pair, peer, &dh));
    hf_writer_bytes(&context, is_sender ? own : peer);
    hf_writer_bytes(&context, is_sender ? peer : own);
    if (!hf_writer_end(&context))
        return HF_ERR_internal;
    return extract_and_expand(setup, kem_of(setup->suite.kem), &dh, hf_writer_span(&context), ret_shared);
}

/* ---- key schedule: RFC 9180 5.1 ---- */

static enum hf_error write_context(const struct labelled *by, struct hf_span info, struct hf_writer *context)
{
    static const uint8_t mode_base = 0;
    HF_WIPED struct hf_secret psk_id_hash = {0};
    HF_WIPED struct hf_secret info_hash = {0};
    HF_TRY(extract(by, hf_span_of(NULL, 0), "psk_id_hash", hf_span_of(NULL, 0), &psk_id_hash));
    HF_TRY(extract(by, hf_span_of(NULL, 0), "info_hash", info, &info_hash));
    hf_writer_u8(context, mode_base);
    hf_writer_bytes(context, hf_secret_span(&psk_id_hash));
    hf_writer_bytes(context, hf_secret_span(&info_hash));
    return hf_writer_end(context) ? HF_OK : HF_ERR_internal;
}

static enum hf_error set_keys(const struct hf_hpke_setup *setup, enum hf_aead_direction direction, struct hf_hpke *hpke)
{
    const struct hf_hpke_suite suite = setup->suite;
    const uint16_t ids[] = {suite.kem, suite.kdf, suite.aead};
    const struct labelled by = labelled_of(setup->toolbox, hash_of(suite.kdf), "HPKE", ids, HF_COUNT(ids));
    uint8_t bytes[CONTEXT_MAX];
    struct hf_writer context = hf_writer_of(bytes, sizeof bytes);
    HF_WIPED struct hf_secret secret = {0};
    HF_WIPED struct hf_secret key = {.len = (uint8_t)hf_aead_key_len(aead_of(suite.aead))};
    HF_WIPED struct hf_secret nonce = {.len = HF_AEAD_NONCE_LEN};
    HF_TRY(write_context(&by, setup->info, &context));
    HF_TRY(extract(&by, hf_secret_span(&hpke->shared), "secret", hf_span_of(NULL, 0), &secret));
    HF_TRY(expand(&by, &secret, "key", hf_writer_span(&context), &key));
    HF_TRY(expand(&by, &secret, "base_nonce", hf_writer_span(&context), &nonce));
    if (!hf_span_copy(hf_secret_span(&nonce), hpke->base_nonce, sizeof hpke->base_nonce))
        return HF_ERR_internal;
    const struct hf_aead_setup aead = {.id = aead_of(suite.aead), .direction = direction, .key = hf_secret_span(&key)};
    return hf_aead_init(&hpke->aead, setup->toolbox, setup->allocator, &aead);
}

/* Takes nothing over. */
static enum hf_error begin(const struct hf_hpke_setup *setup, const struct hf_secret *shared,
                           enum hf_aead_direction direction, struct hf_hpke **ret_hpke)
{
    struct hf_hpke *hpke = hf_allocation_new(setup->allocator, sizeof *hpke);
    if (hpke == NULL)
        return HF_ERR_no_memory;
    hpke->allocator = setup->allocator;
    hpke->shared = *shared;
    enum hf_error error = set_keys(setup, direction, hpke);
    if (error != HF_OK) {
        hf_hpke_free(hpke);
        return error;
    }
    *ret_hpke = hpke;
    return HF_OK;
}

/* ---- contexts ---- */

static enum hf_error make_pair(const struct hf_hpke_setup *setup, const struct kem *kem, struct hf_span private_key,
                               struct hf_key_exchange **ret_pair)
{
    if (private_key.len == 0)
        return hf_key_exchange_new(setup->toolbox, setup->allocator, kem->exchange, ret_pair);
    return hf_key_exchange_from_private(setup->toolbox, setup->allocator, kem->exchange, private_key, ret_pair);
}

enum hf_error hf_hpke_new_sender(const struct hf_hpke_setup *setup, struct hf_span public_key, struct hf_span ephemeral,
                                 struct hf_writer *enc, struct hf_hpke **ret_hpke)
{
    const struct kem *kem = kem_of(setup->suite.kem);
    HF_WIPED struct hf_secret shared = {0};
    struct hf_key_exchange *pair;
    if (!hf_hpke_available(setup->toolbox, setup->suite))
        return HF_ERR_unsupported_here;
    HF_TRY(make_pair(setup, kem, ephemeral, &pair));
    enum hf_error error = agree(setup, pair, public_key, /* is_sender= */ true, &shared);
    if (error == HF_OK) {
        hf_writer_bytes(enc, hf_key_exchange_share(pair));
        error = hf_writer_end(enc) ? begin(setup, &shared, HF_AEAD_SEAL, ret_hpke) : HF_ERR_internal;
    }
    hf_key_exchange_free(pair);
    return error;
}

enum hf_error hf_hpke_new_receiver(const struct hf_hpke_setup *setup, struct hf_span private_key, struct hf_span enc,
                                   struct hf_hpke **ret_hpke)
{
    const struct kem *kem = kem_of(setup->suite.kem);
    HF_WIPED struct hf_secret shared = {0};
    struct hf_key_exchange *pair;
    if (private_key.len == 0)
        return HF_ERR_wrong_call;
    if (!hf_hpke_available(setup->toolbox, setup->suite))
        return HF_ERR_unsupported_here;
    HF_TRY(make_pair(setup, kem, private_key, &pair));
    enum hf_error error = agree(setup, pair, enc, /* is_sender= */ false, &shared);
    if (error == HF_OK)
        error = begin(setup, &shared, HF_AEAD_OPEN, ret_hpke);
    hf_key_exchange_free(pair);
    return error;
}

void hf_hpke_free(struct hf_hpke *hpke)
{
    if (hpke == NULL)
        return;
    hf_aead_wipe(&hpke->aead);
    hf_allocation_wipe(hpke->allocator, hpke, sizeof *hpke);
}

const struct hf_secret *hf_hpke_shared_secret(const struct hf_hpke *hpke)
{
    return &hpke->shared;
}

/* ComputeNonce, RFC 9180 5.2: the base nonce with the sequence number in its last bytes. */
static void make_nonce(const struct hf_hpke *hpke, uint8_t into[HF_AEAD_NONCE_LEN])
{
    for (size_t i = 0; i < HF_AEAD_NONCE_LEN; i++) {
        const size_t shift = 8 * (HF_AEAD_NONCE_LEN - 1 - i);
        into[i] = (uint8_t)(hpke->base_nonce[i] ^ (shift < 64 ? hpke->sequence >> shift : 0));
    }
}

enum hf_error hf_hpke_seal(struct hf_hpke *hpke, struct hf_span aad, struct hf_span plaintext, uint8_t *into)
{
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    make_nonce(hpke, nonce);
    HF_TRY(hf_aead_seal(&hpke->aead, nonce, aad, plaintext, into));
    hpke->sequence++;
    return HF_OK;
}

enum hf_error hf_hpke_open(struct hf_hpke *hpke, struct hf_span aad, struct hf_span ciphertext, uint8_t *into)
{
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    make_nonce(hpke, nonce);
    HF_TRY(hf_aead_open(&hpke->aead, nonce, aad, ciphertext, into));
    hpke->sequence++;
    return HF_OK;
}
