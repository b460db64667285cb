#include "quic/packet_keys.h"

#include "crypto/aead.h"
#include "crypto/hkdf.h"
#include "crypto/record_number.h"
#include "schedule/expand_label.h"

enum { NUMBER_LEN = 8, SALT_LEN = 20, RETRY_KEY_LEN = 16 };

/* What the versions of QUIC differ in. The keys of Retry are no secrets: they tell one that was damaged from one that
 * was not. */
struct hf_packet_version {
    uint32_t version;
    const char *key, *iv, *header, *next; /* labels */
    uint8_t salt[SALT_LEN];
    uint8_t retry_key[RETRY_KEY_LEN];
    uint8_t retry_nonce[HF_AEAD_NONCE_LEN];
};

static const struct hf_packet_version versions[] = {
    {
        /* RFC 9001 5.1, 5.2, 5.8, 6.1 */
        .version = HF_QUIC_VERSION_1,
        .key = "quic key",
        .iv = "quic iv",
        .header = "quic hp",
        .next = "quic ku",
        .salt = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a},
        .retry_key = {0xbe, 0x0c, 0x69, 0x0b, 0x9f, 0x66, 0x57, 0x5a, 0x1d, 0x76, 0x6b, 0x54, 0xe3, 0x68, 0xc8, 0x4e},
        .retry_nonce = {0x46, 0x15, 0x99, 0xd3, 0x5d, 0x63, 0x2b, 0xf2, 0x23, 0x98, 0x25, 0xbb},
    },
    {
        /* RFC 9369 3.3 */
        .version = HF_QUIC_VERSION_2,
        .key = "quicv2 key",
        .iv = "quicv2 iv",
        .header = "quicv2 hp",
        .next = "quicv2 ku",
        .salt = {0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
                 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9},
        .retry_key = {0x8f, 0xb4, 0xb0, 0x1b, 0x56, 0xac, 0x48, 0xe2, 0x60, 0xfb, 0xcb, 0xce, 0xad, 0x7c, 0xcc, 0x92},
        .retry_nonce = {0xd8, 0x69, 0x69, 0xbc, 0x2d, 0x7c, 0x6d, 0x99, 0x90, 0xef, 0xb0, 0x4a},
    },
};

struct hf_quic_packet_keys {
    struct hf_config *config; /* held */
    const struct hf_packet_version *version;
    const struct hf_suite *suite;
    bool writes;
    struct hf_secret secret; /* of which the next phase's is made */
    struct hf_secret header; /* the key of header protection: it stays */
    struct hf_secret iv;
    struct hf_aead aead;
    struct hf_record_number *mask;
};

bool hf_packet_keys_serve(const struct hf_suite *suite)
{
    return (suite->versions & HF_VERSION_BIT_13) != 0 && hf_aead_tag_len(suite->aead) == HF_QUIC_PACKET_TAG_LEN;
}

const struct hf_packet_version *hf_packet_keys_version(uint32_t version)
{
    for (size_t i = 0; i < HF_COUNT(versions); i++)
        if (versions[i].version == version)
            return &versions[i];
    return NULL;
}

static enum hf_error expand(const struct hf_packet_keys_setup *setup, const char *label, size_t len,
                            struct hf_secret *ret_secret)
{
    const struct hf_expand_label input = {
        .toolbox = setup->config->toolbox,
        .hash = setup->suite->hash,
        .label = hf_span_of_text(label),
    };
    return hf_expand_label_secret(&input, setup->secret, len, ret_secret);
}

static enum hf_error fill(const struct hf_packet_keys_setup *setup, struct hf_quic_packet_keys *keys)
{
    const struct hf_config *config = setup->config;
    const size_t key_len = hf_aead_key_len(setup->suite->aead);
    HF_WIPED struct hf_secret key = {0};
    HF_TRY(expand(setup, setup->version->key, key_len, &key));
    HF_TRY(expand(setup, setup->version->iv, HF_AEAD_NONCE_LEN, &keys->iv));
    if (setup->header == NULL)
        HF_TRY(expand(setup, setup->version->header, key_len, &keys->header));
    else
        keys->header = *setup->header;
    const struct hf_aead_setup aead = {
        .id = setup->suite->aead,
        .direction = setup->writes ? HF_AEAD_SEAL : HF_AEAD_OPEN,
        .key = hf_secret_span(&key),
    };
    HF_TRY(hf_aead_init(&keys->aead, config->toolbox, &config->allocator, &aead));
    return hf_record_number_new(&config->allocator, setup->suite->aead, hf_secret_span(&keys->header), &keys->mask);
}

enum hf_error hf_packet_keys_new(const struct hf_packet_keys_setup *setup, struct hf_quic_packet_keys **ret_keys)
{
    struct hf_quic_packet_keys *keys = hf_allocation_new(&setup->config->allocator, sizeof *keys);
    if (keys == NULL)
        return HF_ERR_no_memory;
    keys->config = hf_config_hold(setup->config);
    keys->version = setup->version;
    keys->suite = setup->suite;
    keys->writes = setup->writes;
    keys->secret = *setup->secret;
    enum hf_error error = fill(setup, keys);
    if (error != HF_OK) {
        hf_packet_keys_free(keys);
        return error;
    }
    *ret_keys = keys;
    return HF_OK;
}

enum hf_error hf_packet_keys_initial_secret(const struct hf_packet_keys_setup *setup, struct hf_span id,
                                            enum hf_role sender, struct hf_secret *ret_secret)
{
    const struct hf_toolbox *toolbox = setup->config->toolbox;
    HF_WIPED struct hf_secret initial = {0};
    const struct hf_expand_label input = {
        .toolbox = toolbox,
        .hash = HF_HASH_SHA256,
        .label = hf_span_of_text(sender == HF_CLIENT ? "client in" : "server in"),
    };
    HF_TRY(hf_hkdf_extract(toolbox, HF_HASH_SHA256, hf_span_of(setup->version->salt, SALT_LEN), id, &initial));
    return hf_expand_label_secret(&input, &initial, hf_hash_len(HF_HASH_SHA256), ret_secret);
}

enum hf_error hf_packet_keys_next(const struct hf_quic_packet_keys *keys, struct hf_quic_packet_keys **ret_next)
{
    HF_WIPED struct hf_secret next = {0};
    struct hf_packet_keys_setup setup = {
        .config = keys->config,
        .version = keys->version,
        .suite = keys->suite,
        .secret = &keys->secret,
        .header = &keys->header,
        .writes = keys->writes,
    };
    HF_TRY(expand(&setup, keys->version->next, keys->secret.len, &next));
    setup.secret = &next;
    return hf_packet_keys_new(&setup, ret_next);
}

void hf_packet_keys_free(struct hf_quic_packet_keys *keys)
{
    if (keys == NULL)
        return;
    struct hf_config *config = keys->config;
    hf_aead_wipe(&keys->aead);
    hf_record_number_free(keys->mask);
    hf_allocation_wipe(&config->allocator, keys, sizeof *keys);
    hf_config_drop(config);
}

const struct hf_suite *hf_packet_keys_suite(const struct hf_quic_packet_keys *keys)
{
    return keys->suite;
}

bool hf_packet_keys_write(const struct hf_quic_packet_keys *keys)
{
    return keys->writes;
}

/* RFC 9001 5.3: the packet number, left of it zeros, on the IV. */
static void make_nonce(const struct hf_quic_packet_keys *keys, uint64_t number, uint8_t *nonce)
{
    for (size_t i = 0; i < HF_AEAD_NONCE_LEN; i++)
        nonce[i] = keys->iv.bytes[i];
    for (size_t i = 0; i < NUMBER_LEN; i++)
        nonce[HF_AEAD_NONCE_LEN - 1 - i] ^= (uint8_t)(number >> (8 * i));
}

enum hf_error hf_packet_keys_seal(struct hf_quic_packet_keys *keys, const struct hf_quic_packet *packet, uint8_t *into)
{
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    make_nonce(keys, packet->number, nonce);
    return hf_aead_seal(&keys->aead, nonce, hf_span_of(packet->header, packet->header_len),
                        hf_span_of(packet->payload, packet->payload_len), into);
}

enum hf_error hf_packet_keys_open(struct hf_quic_packet_keys *keys, const struct hf_quic_packet *packet, uint8_t *into)
{
    uint8_t nonce[HF_AEAD_NONCE_LEN];
    make_nonce(keys, packet->number, nonce);
    return hf_aead_open(&keys->aead, nonce, hf_span_of(packet->header, packet->header_len),
                        hf_span_of(packet->payload, packet->payload_len), into);
}

enum hf_error hf_packet_keys_mask(struct hf_quic_packet_keys *keys, const uint8_t *sample, uint8_t *ret_mask)
{
    return hf_record_number_mask(keys->mask, sample, ret_mask);
}

enum hf_error hf_packet_keys_retry_tag(const struct hf_config *config, const struct hf_packet_version *version,
                                       struct hf_span pseudo, uint8_t ret_tag[HF_QUIC_PACKET_TAG_LEN])
{
    const struct hf_aead_setup setup = {
        .id = HF_AEAD_AES_128_GCM, .direction = HF_AEAD_SEAL, .key = hf_span_of(version->retry_key, RETRY_KEY_LEN)};
    struct hf_aead aead;
    HF_TRY(hf_aead_init(&aead, config->toolbox, &config->allocator, &setup));
    enum hf_error error = hf_aead_seal(&aead, version->retry_nonce, pseudo, hf_span_of(NULL, 0), ret_tag);
    hf_aead_wipe(&aead);
    return error;
}
