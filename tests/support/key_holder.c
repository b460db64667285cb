#include "support/key_holder.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>

size_t key_holder_sign(enum lab_who who, const struct hf_signature_wanted *wanted, uint8_t *signature, size_t room)
{
    BIO *bio = BIO_new_mem_buf(lab_identity(who, MAKE_KEY_P256)->key, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t len = room;
    if (wanted->scheme != 0x0403 || strcmp(wanted->scheme_name, "ecdsa_secp256r1_sha256") != 0 || key == NULL ||
        EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(context, signature, &len, wanted->message, wanted->message_len) != 1)
        abort();
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    BIO_free(bio);
    return len;
}

static bool sign(void *context, const struct hf_signature_wanted *wanted, struct hf_signature_made *ret_made)
{
    const enum lab_who *who = context;
    ret_made->len = key_holder_sign(*who, wanted, ret_made->bytes, sizeof ret_made->bytes);
    return true;
}

void key_holder_add(struct hf_builder *builder, enum lab_who who)
{
    static enum lab_who all[LAB_WHO_COUNT];
    const struct lab_identity *identity = lab_identity(who, MAKE_KEY_P256);
    all[who] = who;
    hf_builder_identity_holder(builder, identity->chain, strlen(identity->chain),
                               &(struct hf_key_holder){.sign = sign, .context = &all[who]});
}
