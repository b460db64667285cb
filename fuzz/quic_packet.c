/* The protection of QUIC packets. A byte that picks version, keys and phase, eight for the packet number, one for the
 * header's length, then header and payload. The payload opens by itself only if it was sealed; sealed, it opens to
 * itself, and with any byte of it or of the header changed it does not. */
#include <handfast/quic_packet.h>

#include "support/ends.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_LEN = 10, PAYLOAD_MAX = 1500, SUITES = 4 };

static const uint32_t versions[] = {HF_QUIC_VERSION_1, HF_QUIC_VERSION_2};
static const uint16_t suites[SUITES] = {0x1301, 0x1302, 0x1303, 0x1304};

static struct hf_quic_packet_keys *make(unsigned pick, bool writes)
{
    static const uint8_t bytes[48] = {1, 2, 3};
    struct hf_config *config = ends_quic_server_config();
    struct hf_quic_packet_keys *keys = NULL, *next = NULL;
    const uint32_t version = versions[pick & 1];
    const struct hf_quic_initial initial = {
        .version = version, .sender = HF_CLIENT, .writes = writes, .id = bytes, .id_len = 8};
    const uint16_t suite = suites[pick >> 1 & 3];
    const struct hf_quic_secret secret = {.level = HF_QUIC_APPLICATION,
                                          .writes = writes,
                                          .suite = suite,
                                          .secret = bytes,
                                          .len = suite == 0x1302 ? 48 : 32};
    enum hf_error error = (pick & 8) != 0 ? hf_quic_packet_keys_initial(config, &initial, &keys)
                                          : hf_quic_packet_keys_new(config, version, &secret, &keys);
    if (error == HF_OK && (pick & 16) != 0) {
        error = hf_quic_packet_keys_next(keys, &next);
        hf_quic_packet_keys_free(keys);
        keys = next;
    }
    if (error != HF_OK)
        abort();
    return keys;
}

/* One byte of what was sealed is another. */
static void check_damage(struct hf_quic_packet_keys *opens, struct hf_quic_packet packet, uint8_t *sealed,
                         uint8_t where)
{
    uint8_t opened[PAYLOAD_MAX + HF_QUIC_PACKET_TAG_LEN];
    sealed[where % packet.payload_len] ^= 0x10;
    if (hf_quic_packet_open(opens, &packet, opened) != HF_ERR_bad_record)
        abort();
}

static void check(unsigned pick, const struct hf_quic_packet *packet, uint8_t where)
{
    uint8_t sealed[PAYLOAD_MAX + HF_QUIC_PACKET_TAG_LEN], opened[PAYLOAD_MAX + HF_QUIC_PACKET_TAG_LEN];
    uint8_t mask[HF_QUIC_PACKET_MASK_LEN];
    struct hf_quic_packet_keys *seals = make(pick, /* writes= */ true), *opens = make(pick, /* writes= */ false);
    struct hf_quic_packet again = *packet;
    if (hf_quic_packet_open(opens, packet, opened) != HF_ERR_bad_record ||
        hf_quic_packet_seal(seals, packet, sealed) != HF_OK)
        abort();
    again.payload = sealed;
    again.payload_len = packet->payload_len + HF_QUIC_PACKET_TAG_LEN;
    if (hf_quic_packet_open(opens, &again, opened) != HF_OK ||
        memcmp(opened, packet->payload, packet->payload_len) != 0 || hf_quic_packet_mask(opens, sealed, mask) != HF_OK)
        abort();
    check_damage(opens, again, sealed, where);
    hf_quic_packet_keys_free(seals);
    hf_quic_packet_keys_free(opens);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_quic_packet packet = {0};
    if (size < HEAD_LEN)
        return 0;
    for (size_t i = 1; i < HEAD_LEN - 1; i++)
        packet.number = packet.number << 8 | data[i];
    packet.number &= (UINT64_C(1) << 62) - 1;
    packet.header = data + HEAD_LEN;
    packet.header_len = data[HEAD_LEN - 1] < size - HEAD_LEN ? data[HEAD_LEN - 1] : size - HEAD_LEN;
    packet.payload = packet.header + packet.header_len;
    packet.payload_len = size - HEAD_LEN - packet.header_len;
    if (packet.payload_len <= PAYLOAD_MAX)
        check(data[0], &packet, data[1]);
    return 0;
}
