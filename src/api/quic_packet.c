/* The calls of <handfast/quic_packet.h>: arguments are checked here, the work is quic/packet_keys.c's. */
#include <handfast/quic_packet.h>

#include "base/writer.h"
#include "quic/packet_keys.h"

enum { RETRY_MAX = 1500 };

/* RFC 9001 6.6, appendix B: where a packet is as long as it may be. */
struct limits {
    enum hf_aead_id aead;
    uint64_t seal, failure;
};

static const struct limits limits[] = {
    {HF_AEAD_AES_128_GCM, UINT64_C(1) << 23, UINT64_C(1) << 52},
    {HF_AEAD_AES_256_GCM, UINT64_C(1) << 23, UINT64_C(1) << 52},
    {HF_AEAD_CHACHA20_POLY1305, UINT64_MAX, UINT64_C(1) << 36},
    {HF_AEAD_AES_128_CCM, 2965820, 2965820}, /* 2^21.5 */
};

static const struct limits *limits_of(const struct hf_quic_packet_keys *keys)
{
    size_t i = 0;
    while (i + 1 < HF_COUNT(limits) && limits[i].aead != hf_packet_keys_suite(keys)->aead)
        i++;
    return &limits[i];
}

uint64_t hf_quic_packet_keys_seal_limit(const struct hf_quic_packet_keys *keys)
{
    return limits_of(keys)->seal;
}

uint64_t hf_quic_packet_keys_failure_limit(const struct hf_quic_packet_keys *keys)
{
    return limits_of(keys)->failure;
}

enum hf_error hf_quic_packet_keys_new(struct hf_config *config, uint32_t version, const struct hf_quic_secret *secret,
                                      struct hf_quic_packet_keys **ret_keys)
{
    HF_WIPED struct hf_secret copy = {0};
    const struct hf_packet_keys_setup setup = {
        .config = config,
        .version = hf_packet_keys_version(version),
        .suite = hf_suite_find(secret->suite),
        .secret = &copy,
        .writes = secret->writes,
    };
    if (setup.version == NULL || setup.suite == NULL || !hf_packet_keys_serve(setup.suite) ||
        secret->len != hf_hash_len(setup.suite->hash) || !hf_secret_set(&copy, hf_span_of(secret->secret, secret->len)))
        return HF_ERR_wrong_call;
    return hf_packet_keys_new(&setup, ret_keys);
}

enum hf_error hf_quic_packet_keys_initial(struct hf_config *config, const struct hf_quic_initial *initial,
                                          struct hf_quic_packet_keys **ret_keys)
{
    enum { SUITE = 0x1301 }; /* RFC 9001 5.2: AEAD_AES_128_GCM and SHA-256 */
    HF_WIPED struct hf_secret secret = {0};
    const struct hf_packet_keys_setup setup = {
        .config = config,
        .version = hf_packet_keys_version(initial->version),
        .suite = hf_suite_find(SUITE),
        .secret = &secret,
        .writes = initial->writes,
    };
    if (setup.version == NULL || initial->id_len > HF_QUIC_CONNECTION_ID_LEN_MAX)
        return HF_ERR_wrong_call;
    HF_TRY(hf_packet_keys_initial_secret(&setup, hf_span_of(initial->id, initial->id_len), initial->sender, &secret));
    return hf_packet_keys_new(&setup, ret_keys);
}

enum hf_error hf_quic_packet_keys_next(const struct hf_quic_packet_keys *keys, struct hf_quic_packet_keys **ret_next)
{
    return hf_packet_keys_next(keys, ret_next);
}

void hf_quic_packet_keys_free(struct hf_quic_packet_keys *keys)
{
    hf_packet_keys_free(keys);
}

static bool is_sound(const struct hf_quic_packet *packet)
{
    return packet->number >> 62 == 0;
}

enum hf_error hf_quic_packet_seal(struct hf_quic_packet_keys *keys, const struct hf_quic_packet *packet, uint8_t *into)
{
    if (!is_sound(packet) || !hf_packet_keys_write(keys))
        return HF_ERR_wrong_call;
    return hf_packet_keys_seal(keys, packet, into);
}

enum hf_error hf_quic_packet_open(struct hf_quic_packet_keys *keys, const struct hf_quic_packet *packet, uint8_t *into)
{
    if (!is_sound(packet) || hf_packet_keys_write(keys))
        return HF_ERR_wrong_call;
    return hf_packet_keys_open(keys, packet, into);
}

enum hf_error hf_quic_packet_mask(struct hf_quic_packet_keys *keys, const uint8_t sample[HF_QUIC_PACKET_SAMPLE_LEN],
                                  uint8_t ret_mask[HF_QUIC_PACKET_MASK_LEN])
{
    return hf_packet_keys_mask(keys, sample, ret_mask);
}

enum hf_error hf_quic_retry_tag(struct hf_config *config, const struct hf_quic_retry *retry,
                                uint8_t ret_tag[HF_QUIC_PACKET_TAG_LEN])
{
    uint8_t room[1 + HF_QUIC_CONNECTION_ID_LEN_MAX + RETRY_MAX];
    struct hf_writer pseudo = hf_writer_of(room, sizeof room);
    const struct hf_packet_version *version = hf_packet_keys_version(retry->version);
    if (version == NULL || retry->id_len > HF_QUIC_CONNECTION_ID_LEN_MAX)
        return HF_ERR_wrong_call;
    hf_writer_vector(&pseudo, 1, hf_span_of(retry->id, retry->id_len));
    hf_writer_bytes(&pseudo, hf_span_of(retry->packet, retry->packet_len));
    if (!hf_writer_end(&pseudo))
        return HF_ERR_wrong_call;
    return hf_packet_keys_retry_tag(config, version, hf_writer_span(&pseudo), ret_tag);
}
