#include "handshake/ech_open.h"

#include "config/ech_config.h"
#include "extension/ech_inner.h"

static const char of_second[] = "encrypted_client_hello in the second ClientHello";

/* A hello with encrypted_client_hello of type outer. */
struct sealed {
    struct hf_span hello;
    struct hf_wire_ech_outer outer;
    size_t payload_at;
};

static bool has_cookie(const struct hf_ech_opener *opener)
{
    return hf_config_transport(opener->config)->has_cookie;
}

static bool find(const struct hf_ech_opener *opener, struct hf_span hello, struct sealed *ret_sealed)
{
    ret_sealed->hello = hello;
    return hf_ech_inner_find(hello, has_cookie(opener), &ret_sealed->outer, &ret_sealed->payload_at);
}

bool hf_ech_open_applies(const struct hf_ech_opener *opener, struct hf_span hello)
{
    struct sealed sealed;
    return find(opener, hello, &sealed);
}

/* ClientHelloOuterAAD: the hello with zeros for the payload. */
static enum hf_error write_aad(const struct sealed *sealed, struct hf_buffer *aad)
{
    uint8_t *bytes = hf_buffer_reserve(aad, sealed->hello.len);
    if (bytes == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(bytes, sealed->hello.len);
    hf_writer_bytes(&writer, hf_span_part(sealed->hello, 0, sealed->payload_at));
    for (size_t i = 0; i < sealed->outer.payload.len; i++)
        hf_writer_u8(&writer, 0);
    hf_writer_bytes(&writer, hf_span_part(sealed->hello, sealed->payload_at + sealed->outer.payload.len, SIZE_MAX));
    hf_buffer_grew(aad, writer.len);
    return hf_writer_end(&writer) ? HF_OK : HF_ERR_internal;
}

static enum hf_error open_into(struct hf_hpke *hpke, const struct sealed *sealed, struct hf_span aad,
                               struct hf_buffer *encoded)
{
    const struct hf_span payload = sealed->outer.payload;
    if (payload.len < HF_HPKE_TAG_LEN)
        return HF_ERR_bad_record;
    uint8_t *bytes = hf_buffer_reserve(encoded, payload.len);
    if (bytes == NULL)
        return HF_ERR_no_memory;
    HF_TRY(hf_hpke_open(hpke, aad, payload, bytes));
    hf_buffer_grew(encoded, payload.len - HF_HPKE_TAG_LEN);
    return HF_OK;
}

/* HF_ERR_bad_record: it did not open. */
static enum hf_error open_with(const struct hf_ech_opener *opener, struct hf_hpke *hpke, const struct sealed *sealed,
                               struct hf_buffer *encoded)
{
    struct hf_buffer aad;
    hf_buffer_init(&aad, opener->allocator, sealed->hello.len);
    enum hf_error error = write_aad(sealed, &aad);
    if (error == HF_OK)
        error = open_into(hpke, sealed, hf_buffer_span(&aad), encoded);
    hf_buffer_release(&aad);
    return error;
}

static enum hf_error decode(const struct hf_ech_opener *opener, const struct sealed *sealed, struct hf_span encoded,
                            struct hf_buffer *inner, struct hf_ech_fault *ret_fault)
{
    hf_buffer_release(inner);
    return hf_ech_inner_decode(encoded, sealed->hello, has_cookie(opener), inner, &ret_fault->where);
}

static enum hf_error set_up(const struct hf_ech_opener *opener, const struct hf_config_ech_key *key,
                            const struct sealed *sealed, struct hf_hpke **ret_hpke)
{
    struct hf_ech_config config;
    struct hf_buffer info;
    HF_TRY(hf_ech_config_read(hf_span_of(key->bytes, key->len), &config));
    hf_buffer_init(&info, opener->allocator, HF_ECH_CONFIG_INFO_MAX);
    enum hf_error error = hf_ech_config_write_info(&config, &info);
    const struct hf_hpke_setup setup = {
        .toolbox = opener->config->toolbox,
        .allocator = opener->allocator,
        .suite = {key->key.kem, (uint16_t)sealed->outer.kdf_id, (uint16_t)sealed->outer.aead_id},
        .info = hf_buffer_span(&info),
    };
    if (error == HF_OK)
        error = hf_hpke_new_receiver(&setup, hf_span_of(key->key.private_bytes, key->key.private_len),
                                     sealed->outer.enc, ret_hpke);
    hf_buffer_release(&info);
    return error;
}

static bool is_for(const struct hf_config_ech_key *key, const struct hf_wire_ech_outer *outer)
{
    struct hf_ech_config config;
    return hf_ech_config_read(hf_span_of(key->bytes, key->len), &config) == HF_OK && config.id == outer->config_id &&
           hf_ech_config_has_suite(&config, (uint16_t)outer->kdf_id, (uint16_t)outer->aead_id);
}

/* What tells that this key is not the one, from what ends the handshake. */
static bool is_other_key(enum hf_error error)
{
    return error == HF_ERR_bad_record || error == HF_ERR_bad_key_share || error == HF_ERR_unsupported_here;
}

static enum hf_error try_key(const struct hf_ech_opener *opener, const struct hf_config_ech_key *key,
                             const struct sealed *sealed, struct hf_ech_opened *ret_opened, struct hf_buffer *encoded)
{
    struct hf_hpke *hpke = NULL;
    enum hf_error error = set_up(opener, key, sealed, &hpke);
    if (error == HF_OK)
        error = open_with(opener, hpke, sealed, encoded);
    if (error != HF_OK) {
        hf_hpke_free(hpke);
        return error;
    }
    *ret_opened = (struct hf_ech_opened){
        .key = key,
        .hpke = hpke,
        .suite = {key->key.kem, (uint16_t)sealed->outer.kdf_id, (uint16_t)sealed->outer.aead_id},
        .id = (uint8_t)sealed->outer.config_id,
    };
    return HF_OK;
}

/* The first key that opens it; configurations may share an identifier (RFC 9849 4.1). */
static enum hf_error try_keys(const struct hf_ech_opener *opener, const struct sealed *sealed,
                              struct hf_ech_opened *ret_opened, struct hf_buffer *encoded)
{
    for (const struct hf_config_ech_key *key = opener->config->ech.keys; key != NULL; key = key->next) {
        if (!is_for(key, &sealed->outer))
            continue;
        enum hf_error error = try_key(opener, key, sealed, ret_opened, encoded);
        if (error == HF_OK || !is_other_key(error))
            return error;
    }
    return HF_OK;
}

enum hf_error hf_ech_open_first(const struct hf_ech_opener *opener, struct hf_span hello,
                                struct hf_ech_opened *ret_opened, struct hf_buffer *inner,
                                struct hf_ech_fault *ret_fault)
{
    struct sealed sealed;
    struct hf_buffer encoded;
    *ret_opened = (struct hf_ech_opened){.key = NULL};
    if (!find(opener, hello, &sealed))
        return HF_OK;
    hf_buffer_init(&encoded, opener->allocator, hello.len);
    enum hf_error error = try_keys(opener, &sealed, ret_opened, &encoded);
    if (error == HF_OK && ret_opened->hpke != NULL)
        error = decode(opener, &sealed, hf_buffer_span(&encoded), inner, ret_fault);
    hf_buffer_release(&encoded);
    return error;
}

/* RFC 9849 7.1.1: as in the first, but for the key, which is known. */
static bool goes_on(const struct hf_ech_opened *opened, const struct hf_wire_ech_outer *outer)
{
    return outer->kdf_id == opened->suite.kdf && outer->aead_id == opened->suite.aead &&
           outer->config_id == opened->id && outer->enc.len == 0;
}

enum hf_error hf_ech_open_second(const struct hf_ech_opener *opener, struct hf_span hello,
                                 const struct hf_ech_opened *opened, struct hf_buffer *inner,
                                 struct hf_ech_fault *ret_fault)
{
    struct sealed sealed;
    struct hf_buffer encoded;
    *ret_fault = (struct hf_ech_fault){.where = of_second};
    if (!find(opener, hello, &sealed))
        return HF_ERR_missing_extension;
    if (!goes_on(opened, &sealed.outer)) {
        ret_fault->wanted = "the algorithms and the identifier of the first, and no key";
        return HF_ERR_illegal_parameter;
    }
    hf_buffer_init(&encoded, opener->allocator, hello.len);
    enum hf_error error = open_with(opener, opened->hpke, &sealed, &encoded);
    if (error == HF_OK)
        error = decode(opener, &sealed, hf_buffer_span(&encoded), inner, ret_fault);
    else if (error == HF_ERR_bad_record)
        error = HF_ERR_ech_not_opened;
    hf_buffer_release(&encoded);
    return error;
}
