/* Fuzzes what Encrypted Client Hello reads of strangers: lists of configurations (from anywhere), and inner hellos
 * (from whoever has the server's public key). What decodes is encoded and decoded again to the same. RFC 9849 4, 5.1.
 */
#include <stdint.h>

#include "base/reader.h"
#include "config/ech_config.h"
#include "extension/ech_inner.h"
#include "support/demand.h"

enum { ROOM = 1 << 17 };

static void try_list(struct hf_span bytes)
{
    struct hf_span inside;
    struct hf_ech_config config, again;
    struct hf_hpke_suite suite;
    if (hf_ech_config_check_list(bytes, &inside) != HF_OK ||
        !hf_ech_config_choose(demand_toolbox(), inside, &config, &suite))
        return;
    demand(hf_ech_config_is_public_name(config.public_name) && !config.is_demanding);
    demand(hf_ech_config_has_suite(&config, suite.kdf, suite.aead) && suite.kem == config.kem);
    demand(hf_ech_config_read(config.whole, &again) == HF_OK && again.id == config.id);
}

static void encode_again(struct hf_span inner, struct hf_span outer, bool has_cookie)
{
    static uint8_t rooms[2][ROOM];
    struct hf_writer arranged = hf_writer_of(rooms[0], ROOM), encoded = hf_writer_of(rooms[1], ROOM);
    struct hf_buffer back;
    const char *where;
    if (hf_ech_inner_arrange(inner, outer, has_cookie, &arranged) != HF_OK)
        return; /* an extension stands twice: whoever reads the hello says so */
    demand(arranged.len == inner.len);
    demand(hf_ech_inner_encode(hf_writer_span(&arranged), outer, has_cookie, &encoded) == HF_OK);
    hf_buffer_init(&back, &hf_allocation_standard, 2 * ROOM);
    if (hf_ech_inner_decode(hf_writer_span(&encoded), outer, has_cookie, &back, &where) == HF_OK)
        demand(hf_span_equal(hf_buffer_span(&back), hf_writer_span(&arranged)));
    hf_buffer_release(&back);
}

static void try_inner(struct hf_span bytes)
{
    struct hf_reader reader = hf_reader_of(bytes);
    struct hf_buffer inner;
    struct hf_wire_ech_outer found;
    const char *where = NULL;
    size_t at;
    const bool has_cookie = (hf_reader_u8(&reader) & 1) != 0;
    const struct hf_span outer = hf_reader_vector(&reader, 2, 0, UINT16_MAX);
    const struct hf_span encoded = hf_reader_rest(&reader);
    if (hf_ech_inner_find(outer, has_cookie, &found, &at))
        demand(at + found.payload.len <= outer.len);
    hf_buffer_init(&inner, &hf_allocation_standard, 2 * ROOM);
    enum hf_error error = hf_ech_inner_decode(encoded, outer, has_cookie, &inner, &where);
    demand(error == HF_OK || where != NULL);
    if (error == HF_OK) {
        demand(hf_buffer_len(&inner) <= encoded.len + outer.len);
        encode_again(hf_buffer_span(&inner), outer, has_cookie);
    }
    hf_buffer_release(&inner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_list(hf_span_of(data, size));
    try_inner(hf_span_of(data, size));
    return 0;
}
