#include "extension/ech_inner.h"

#include "extension/encrypted_client_hello.h"
#include "wire/read.h"
#include "wire/write.h"

enum { RANDOM_LEN = 32, PREFIX = 2, TYPES_MAX = 127, SUITES_MAX = 0xfffe };

/* A hello's body taken apart: all but the session ID and the extensions is copied as it is. */
struct parts {
    struct hf_span front; /* legacy_version and random */
    struct hf_span session_id;
    struct hf_span middle; /* legacy_cookie, cipher_suites, legacy_compression_methods */
    struct hf_span extensions;
    struct hf_span rest; /* behind it all */
};

static bool take_apart(struct hf_span body, bool has_cookie, struct parts *ret_parts)
{
    struct hf_reader reader = hf_reader_of(body);
    ret_parts->front = hf_reader_bytes(&reader, 2 + RANDOM_LEN);
    ret_parts->session_id = hf_reader_vector(&reader, 1, 0, HF_MESSAGE_SESSION_ID_MAX);
    struct hf_span from = {reader.next, reader.left};
    if (has_cookie)
        (void)hf_reader_vector(&reader, 1, 0, UINT8_MAX);
    (void)hf_reader_vector(&reader, PREFIX, 2, SUITES_MAX);
    (void)hf_reader_vector(&reader, 1, 1, UINT8_MAX);
    ret_parts->middle = hf_span_part(from, 0, from.len - reader.left);
    ret_parts->extensions = hf_reader_vector(&reader, PREFIX, 0, UINT16_MAX);
    ret_parts->rest = hf_reader_rest(&reader);
    return hf_reader_end(&reader) && hf_wire_extensions_check(ret_parts->extensions) == HF_OK;
}

static void put_front(const struct parts *parts, struct hf_span session_id, struct hf_writer *into)
{
    hf_writer_bytes(into, parts->front);
    hf_writer_vector(into, 1, session_id);
    hf_writer_bytes(into, parts->middle);
}

/* ---- client ---- */

/* Whether the outer hello stands for it. The name is compared with nothing: that both are equal is nobody's business.
 */
static bool is_shared(const struct hf_wire_extension *extension, struct hf_span outer)
{
    struct hf_span same;
    switch (extension->type) {
    case HF_EXTENSION_server_name:
    case HF_EXTENSION_encrypted_client_hello:
    case HF_EXTENSION_pre_shared_key:
        return false;
    default:
        return hf_wire_extension_find(outer, (uint16_t)extension->type, &same) && hf_span_equal(extension->data, same);
    }
}

enum pass { ALONE, SHARED, LAST };

static enum pass pass_of(const struct hf_wire_extension *extension, struct hf_span outer)
{
    if (extension->type == HF_EXTENSION_pre_shared_key)
        return LAST;
    return is_shared(extension, outer) ? SHARED : ALONE;
}

static void put_pass(const struct parts *inner, const struct parts *outer, enum pass pass, struct hf_writer *into)
{
    struct hf_reader list = hf_reader_of(inner->extensions);
    struct hf_wire_extension extension;
    while (hf_wire_next_extension(&list, &extension))
        if (pass_of(&extension, outer->extensions) == pass)
            hf_wire_write_extension(into, &extension);
}

enum hf_error hf_ech_inner_arrange(struct hf_span inner, struct hf_span outer, bool has_cookie, struct hf_writer *into)
{
    struct parts in, out;
    if (!take_apart(inner, has_cookie, &in) || !take_apart(outer, has_cookie, &out))
        return HF_ERR_internal;
    put_front(&in, in.session_id, into);
    const size_t block = hf_writer_open(into, PREFIX);
    put_pass(&in, &out, ALONE, into);
    put_pass(&in, &out, SHARED, into);
    put_pass(&in, &out, LAST, into);
    hf_writer_close(into, block, PREFIX);
    return hf_writer_end(into) ? HF_OK : HF_ERR_internal;
}

/* The types of those that the outer hello stands for. */
static void put_types(const struct parts *inner, const struct parts *outer, struct hf_writer *into)
{
    struct hf_reader list = hf_reader_of(inner->extensions);
    struct hf_wire_extension extension;
    const struct hf_writer before = *into;
    hf_writer_u16(into, HF_EXTENSION_ech_outer_extensions);
    const size_t mark = hf_writer_open(into, PREFIX);
    const size_t types = hf_writer_open(into, 1);
    const size_t empty = into->len;
    while (hf_wire_next_extension(&list, &extension))
        if (pass_of(&extension, outer->extensions) == SHARED)
            hf_writer_u16(into, (uint16_t)extension.type);
    const bool any = into->len > empty;
    hf_writer_close(into, types, 1);
    hf_writer_close(into, mark, PREFIX);
    if (!any && !into->bad)
        *into = before;
}

enum hf_error hf_ech_inner_encode(struct hf_span inner, struct hf_span outer, bool has_cookie, struct hf_writer *into)
{
    struct parts in, out;
    if (!take_apart(inner, has_cookie, &in) || !take_apart(outer, has_cookie, &out))
        return HF_ERR_internal;
    put_front(&in, hf_span_of(NULL, 0), into);
    const size_t block = hf_writer_open(into, PREFIX);
    put_pass(&in, &out, ALONE, into);
    put_types(&in, &out, into);
    put_pass(&in, &out, LAST, into);
    hf_writer_close(into, block, PREFIX);
    return hf_writer_end(into) ? HF_OK : HF_ERR_internal;
}

size_t hf_ech_inner_padded_len(size_t encoded_len, size_t name_len, size_t name_max)
{
    enum { NAME_OVERHEAD = 9, STEP = 32 };
    size_t len = encoded_len;
    if (name_len == 0)
        len += name_max + NAME_OVERHEAD;
    else if (name_len < name_max)
        len += name_max - name_len;
    return (len + STEP - 1) / STEP * STEP;
}

/* ---- server ---- */

static const char at_types[] = "ech_outer_extensions in the encrypted ClientHello";

/* RFC 9849 A: both lists are gone through once. `list` goes on where the last type was found. */
static enum hf_error copy_from_outer(struct hf_span payload, struct hf_reader *list, struct hf_writer *into)
{
    struct hf_wire_ech_outer_extensions wire;
    HF_TRY(hf_wire_read_ech_outer_extensions(payload, &wire));
    struct hf_reader types = hf_reader_of(wire.types);
    while (hf_reader_more(&types)) {
        const uint16_t type = hf_reader_u16(&types);
        struct hf_wire_extension extension = {.type = 0};
        bool found = false;
        if (type == HF_EXTENSION_encrypted_client_hello || type == HF_EXTENSION_ech_outer_extensions)
            return HF_ERR_ech_inner_wrong;
        while (!found && hf_wire_next_extension(list, &extension))
            found = extension.type == type;
        if (!found)
            return HF_ERR_ech_inner_wrong;
        hf_wire_write_extension(into, &extension);
    }
    return HF_OK;
}

static enum hf_error put_extensions(struct hf_span encoded, struct hf_span outer, struct hf_writer *into,
                                    const char **ret_where)
{
    struct hf_reader list = hf_reader_of(encoded);
    struct hf_reader outer_list = hf_reader_of(outer);
    struct hf_wire_extension extension;
    while (hf_wire_next_extension(&list, &extension)) {
        if (extension.type != HF_EXTENSION_ech_outer_extensions) {
            hf_wire_write_extension(into, &extension);
            continue;
        }
        *ret_where = at_types;
        HF_TRY(copy_from_outer(extension.data, &outer_list, into));
    }
    return HF_OK;
}

static bool are_zeros(struct hf_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i] != 0)
            return false;
    return true;
}

static enum hf_error put_hello(const struct parts *in, const struct parts *out, struct hf_writer *into,
                               const char **ret_where)
{
    put_front(in, out->session_id, into);
    const size_t block = hf_writer_open(into, PREFIX);
    HF_TRY(put_extensions(in->extensions, out->extensions, into, ret_where));
    hf_writer_close(into, block, PREFIX);
    return hf_writer_end(into) ? HF_OK : HF_ERR_ech_inner_wrong;
}

enum hf_error hf_ech_inner_decode(struct hf_span encoded, struct hf_span outer, bool has_cookie, struct hf_buffer *into,
                                  const char **ret_where)
{
    struct parts in, out;
    *ret_where = "the encrypted ClientHello";
    if (!take_apart(encoded, has_cookie, &in) || !take_apart(outer, has_cookie, &out) || in.session_id.len > 0)
        return HF_ERR_decode_error;
    if (!are_zeros(in.rest)) {
        *ret_where = "the padding of the encrypted ClientHello";
        return HF_ERR_ech_inner_wrong;
    }
    const size_t room = encoded.len + outer.len; /* nothing of the outer one is copied twice */
    uint8_t *bytes = hf_buffer_reserve(into, room);
    if (bytes == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(bytes, room);
    enum hf_error error = put_hello(&in, &out, &writer, ret_where);
    hf_buffer_grew(into, writer.len);
    return error;
}

bool hf_ech_inner_find(struct hf_span hello, bool has_cookie, struct hf_wire_ech_outer *ret_outer,
                       size_t *ret_payload_at)
{
    struct parts parts;
    struct hf_span payload;
    struct hf_wire_ech_client_hello wire;
    if (!take_apart(hello, has_cookie, &parts) ||
        !hf_wire_extension_find(parts.extensions, HF_EXTENSION_encrypted_client_hello, &payload) ||
        hf_wire_read_ech_client_hello(payload, &wire) != HF_OK || wire.type != HF_ECH_TYPE_OUTER ||
        hf_wire_read_ech_outer(wire.body, ret_outer) != HF_OK)
        return false;
    *ret_payload_at = (size_t)(ret_outer->payload.data - hello.data);
    return true;
}
