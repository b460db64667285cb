/* Cryptography that protects nothing, for fuzzers that are to get behind it: the linker puts these functions in the
 * place of the library's (fuzz/CMakeLists.txt, --wrap), in the programs fuzz_blind_* and nowhere else. The library's
 * own objects are those that ship; nothing in src/ knows of this, and lint.blind sees that nothing outside fuzz/ does.
 *
 * Ciphers give the plaintext and a tag of zeros; what comes is taken with any tag but one that begins with FORGED,
 * which stands for what is not authentic. HMACs are zeros, and so is all that is made of them: secrets, Finished,
 * binders, cookies, MACs of records. Masks of record numbers are zeros. Any signature verifies, and ours is always the
 * same. */
#include "crypto/aead.h"
#include "crypto/hmac.h"
#include "crypto/hmac_hidden.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"
#include "crypto/record_number.h"

#ifndef HF_BLIND_CRYPTOGRAPHY
#error "for fuzz_blind_* only"
#endif

enum { FORGED = 0xff };

enum hf_error __wrap_hf_aead_seal(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                  struct hf_span plaintext, uint8_t *into);
enum hf_error __wrap_hf_aead_seal_tailed(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                         const struct hf_aead_tailed *content, uint8_t *into);
enum hf_error __wrap_hf_aead_open(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                  struct hf_span ciphertext, uint8_t *into);
enum hf_error __wrap_hf_aead_open_apart(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                        struct hf_span ciphertext, struct hf_aead_apart *apart);
enum hf_error __real_hf_hmac_make(struct hf_hmac *hmac, const struct hf_span *parts, size_t count,
                                  struct hf_digest *ret_digest);
enum hf_error __wrap_hf_hmac_make(struct hf_hmac *hmac, const struct hf_span *parts, size_t count,
                                  struct hf_digest *ret_digest);
enum hf_error __wrap_hf_hmac_once(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span key,
                                  const struct hf_span *parts, size_t count, struct hf_digest *ret_digest);
enum hf_error __wrap_hf_hmac_hidden(const struct hf_toolbox *toolbox, enum hf_hash_id id,
                                    const struct hf_hmac_hidden_input *input, struct hf_digest *ret_digest);
enum hf_error __wrap_hf_record_number_mask(struct hf_record_number *number, const uint8_t *sample,
                                           uint8_t ret_mask[HF_RECORD_NUMBER_MASK_LEN]);
enum hf_error __wrap_hf_public_key_verify(const struct hf_public_key *key, struct hf_signature_kind kind,
                                          struct hf_span message, struct hf_span signature);
enum hf_error __wrap_hf_private_key_sign(const struct hf_private_key *key, struct hf_signature_kind kind,
                                         struct hf_span message, struct hf_signature_room room, size_t *ret_len);

enum hf_error __wrap_hf_aead_seal_tailed(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                         const struct hf_aead_tailed *content, uint8_t *into)
{
    (void)nonce, (void)aad;
    if (!hf_span_copy(content->plaintext, into, content->plaintext.len))
        return HF_ERR_internal;
    for (size_t i = 0; i < aead->kind->tag_len; i++)
        into[content->plaintext.len + content->tail_len + i] = 0;
    return HF_OK;
}

enum hf_error __wrap_hf_aead_seal(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                  struct hf_span plaintext, uint8_t *into)
{
    const struct hf_aead_tailed content = {.plaintext = plaintext};
    return __wrap_hf_aead_seal_tailed(aead, nonce, aad, &content, into);
}

enum hf_error __wrap_hf_aead_open(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                  struct hf_span ciphertext, uint8_t *into)
{
    (void)nonce, (void)aad;
    const size_t tag_len = aead->kind->tag_len;
    if (ciphertext.len < tag_len)
        return HF_ERR_bad_record;
    const size_t len = ciphertext.len - tag_len;
    if (ciphertext.data[len] == FORGED || !hf_span_copy(hf_span_part(ciphertext, 0, len), into, len))
        return HF_ERR_bad_record;
    return HF_OK;
}

enum hf_error __wrap_hf_aead_open_apart(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                        struct hf_span ciphertext, struct hf_aead_apart *apart)
{
    (void)nonce, (void)aad;
    const size_t tag_len = aead->kind->tag_len;
    if (ciphertext.len <= tag_len)
        return HF_ERR_bad_record;
    const size_t len = ciphertext.len - tag_len - 1;
    if (ciphertext.data[len + 1] == FORGED || !hf_span_copy(hf_span_part(ciphertext, 0, len), apart->into, len))
        return HF_ERR_bad_record;
    apart->last = ciphertext.data[len];
    return HF_OK;
}

static enum hf_error zeros(size_t len, struct hf_digest *ret_digest)
{
    if (len == 0)
        return HF_ERR_unsupported_here;
    *ret_digest = (struct hf_digest){.len = len};
    return HF_OK;
}

enum hf_error __wrap_hf_hmac_make(struct hf_hmac *hmac, const struct hf_span *parts, size_t count,
                                  struct hf_digest *ret_digest)
{
    HF_TRY(__real_hf_hmac_make(hmac, parts, count, ret_digest));
    return zeros(ret_digest->len, ret_digest);
}

enum hf_error __wrap_hf_hmac_once(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span key,
                                  const struct hf_span *parts, size_t count, struct hf_digest *ret_digest)
{
    (void)toolbox, (void)key, (void)parts, (void)count;
    return zeros(hf_hash_len(id), ret_digest);
}

enum hf_error __wrap_hf_hmac_hidden(const struct hf_toolbox *toolbox, enum hf_hash_id id,
                                    const struct hf_hmac_hidden_input *input, struct hf_digest *ret_digest)
{
    (void)toolbox, (void)input;
    return zeros(hf_hash_len(id), ret_digest);
}

enum hf_error __wrap_hf_record_number_mask(struct hf_record_number *number, const uint8_t *sample,
                                           uint8_t ret_mask[HF_RECORD_NUMBER_MASK_LEN])
{
    (void)number, (void)sample;
    for (size_t i = 0; i < HF_RECORD_NUMBER_MASK_LEN; i++)
        ret_mask[i] = 0;
    return HF_OK;
}

enum hf_error __wrap_hf_public_key_verify(const struct hf_public_key *key, struct hf_signature_kind kind,
                                          struct hf_span message, struct hf_span signature)
{
    (void)message, (void)signature;
    return kind.key == hf_public_key_type(key) && hf_signature_kind_sound(kind) ? HF_OK : HF_ERR_wrong_signature_scheme;
}

enum hf_error __wrap_hf_private_key_sign(const struct hf_private_key *key, struct hf_signature_kind kind,
                                         struct hf_span message, struct hf_signature_room room, size_t *ret_len)
{
    static const uint8_t signature[] = {0x30, 6, 2, 1, 1, 2, 1, 1}; /* ECDSA's form, of 1 and 1 */
    (void)message;
    if (kind.key != hf_private_key_type(key) ||
        !hf_span_copy(hf_span_of(signature, sizeof signature), room.into, room.room))
        return HF_ERR_wrong_call;
    *ret_len = sizeof signature;
    return HF_OK;
}
