/* The second ClientHello against the first, RFC 9846 4.2.2: all the same but key_share, cookie, pre_shared_key,
 * padding and what ECH encrypts; early_data may go, and may not come. A server that let more change would negotiate
 * twice, with a peer that could have been told apart from the first. */
#include "extension/compare.h"

#include "base/writer.h"
#include "extension/fail.h"
#include "wire/extension.h"

enum { REORDERED_MAX = 64 /* extensions */ };

static bool may_change(uint16_t type)
{
    switch (type) {
    case HF_EXTENSION_key_share:
    case HF_EXTENSION_cookie:
    case HF_EXTENSION_pre_shared_key:
    case HF_EXTENSION_early_data:
    case HF_EXTENSION_padding:
    case HF_EXTENSION_encrypted_client_hello: /* RFC 9849 6.1.5: encrypted anew */
        return true;
    default:
        return false;
    }
}

/* The next extension that may not change; false at the end. */
static bool next_lasting(struct hf_reader *list, struct hf_wire_extension *ret_extension)
{
    while (hf_wire_next_extension(list, ret_extension))
        if (!may_change(ret_extension->type))
            return true;
    return false;
}

/* NULL when they agree, in the same order; else the name of what differs. */
static const char *find_change_in_order(struct hf_span first, struct hf_span second)
{
    struct hf_reader list_a = hf_reader_of(first);
    struct hf_reader list_b = hf_reader_of(second);
    for (;;) {
        struct hf_wire_extension a;
        struct hf_wire_extension b;
        const bool more_a = next_lasting(&list_a, &a);
        const bool more_b = next_lasting(&list_b, &b);
        if (!more_a && !more_b)
            return NULL;
        if (!more_a)
            return hf_extension_name(b.type);
        if (!more_b || a.type != b.type || !hf_span_equal(a.data, b.data))
            return hf_extension_name(a.type);
    }
}

/* NULL when each extension of `list` that may not change is the same in `other`, else the name of one that is not. */
static const char *find_missing(struct hf_span list, struct hf_span other)
{
    struct hf_reader reader = hf_reader_of(list);
    struct hf_wire_extension one;
    while (hf_wire_next_extension(&reader, &one)) {
        struct hf_span same;
        if (!may_change(one.type) &&
            (!hf_wire_extension_find(other, one.type, &same) || !hf_span_equal(one.data, same)))
            return hf_extension_name(one.type);
    }
    return NULL;
}

static bool are_many(struct hf_span extensions)
{
    struct hf_reader list = hf_reader_of(extensions);
    struct hf_wire_extension one;
    size_t count = 0;
    while (count <= REORDERED_MAX && next_lasting(&list, &one))
        count++;
    return count > REORDERED_MAX;
}

/* A client should keep the order too, but wolfSSL 5.5 does not, and nothing is decided by it. Only of very many, whose
 * pairs it would take long to compare, the order counts. */
static const char *find_changed_extension(struct hf_span first, struct hf_span second)
{
    if (are_many(first) || are_many(second))
        return find_change_in_order(first, second);
    const char *missing = find_missing(first, second);
    return missing != NULL ? missing : find_missing(second, first);
}

static const char *find_change(const struct hf_wire_client_hello *a, const struct hf_wire_client_hello *b)
{
    if (a->legacy_version != b->legacy_version)
        return "legacy_version";
    if (!hf_span_equal(a->random, b->random))
        return "random";
    if (!hf_span_equal(a->session_id, b->session_id))
        return "legacy_session_id";
    if (!hf_span_equal(a->cipher_suites, b->cipher_suites))
        return "cipher_suites";
    if (!hf_span_equal(a->compression_methods, b->compression_methods))
        return "legacy_compression_methods";
    struct hf_span early;
    if (hf_wire_extension_find(b->extensions, HF_EXTENSION_early_data, &early))
        return "early_data";
    return find_changed_extension(a->extensions, b->extensions);
}

static enum hf_error refuse_change(const char *change, struct hf_failure *ret_failure)
{
    (void)hf_extension_fail(ret_failure, HF_ERR_hello_changed, "the second ClientHello");
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "another %s than in the first", change);
    return HF_ERR_hello_changed;
}

enum hf_error hf_extension_compare_hellos(struct hf_span first, struct hf_span second, struct hf_failure *ret_failure)
{
    struct hf_wire_client_hello a;
    struct hf_wire_client_hello b;
    if (hf_wire_read_client_hello(first, &a) != HF_OK || hf_wire_read_client_hello(second, &b) != HF_OK)
        return hf_extension_fail(ret_failure, HF_ERR_decode_error, "ClientHello");
    const char *change = find_change(&a, &b);
    return change == NULL ? HF_OK : refuse_change(change, ret_failure);
}

/* ---- by a digest ---- */

/* A length before each, so that no two hellos give the same bytes. */
static enum hf_error update(struct hf_hash *hash, uint16_t type, struct hf_span bytes)
{
    uint8_t head[6];
    struct hf_writer writer = hf_writer_of(head, sizeof head);
    hf_writer_u16(&writer, type);
    hf_writer_uint(&writer, 4, bytes.len);
    HF_TRY(hf_hash_update(hash, hf_writer_span(&writer)));
    return hf_hash_update(hash, bytes);
}

/* Of those that may not change the one of the lowest type, `from` or above. */
static bool next_by_type(struct hf_span extensions, uint32_t from, struct hf_wire_extension *ret_extension)
{
    struct hf_reader list = hf_reader_of(extensions);
    struct hf_wire_extension one;
    bool found = false;
    while (next_lasting(&list, &one))
        if (one.type >= from && (!found || one.type < ret_extension->type)) {
            *ret_extension = one;
            found = true;
        }
    return found;
}

/* By type, so that their order does not count; that of very many does. */
static enum hf_error update_extensions(struct hf_hash *hash, struct hf_span extensions)
{
    struct hf_reader list = hf_reader_of(extensions);
    struct hf_wire_extension one;
    if (are_many(extensions)) {
        while (next_lasting(&list, &one))
            HF_TRY(update(hash, one.type, one.data));
        return HF_OK;
    }
    for (uint32_t from = 0; next_by_type(extensions, from, &one); from = one.type + 1u)
        HF_TRY(update(hash, one.type, one.data));
    return HF_OK;
}

static enum hf_error update_lasting(struct hf_hash *hash, const struct hf_wire_client_hello *hello)
{
    HF_TRY(update(hash, hello->legacy_version, hello->random));
    HF_TRY(update(hash, 0, hello->session_id));
    HF_TRY(update(hash, 0, hello->cipher_suites));
    HF_TRY(update(hash, 0, hello->compression_methods));
    return update_extensions(hash, hello->extensions);
}

enum hf_error hf_extension_digest_lasting(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                          struct hf_span hello, struct hf_digest *ret_lasting)
{
    struct hf_wire_client_hello fields;
    struct hf_hash *hash;
    HF_TRY(hf_wire_read_client_hello(hello, &fields));
    HF_TRY(hf_hash_new(toolbox, allocator, HF_HASH_SHA256, &hash));
    enum hf_error error = update_lasting(hash, &fields);
    if (error == HF_OK)
        error = hf_hash_peek(hash, ret_lasting);
    hf_hash_free(hash);
    return error;
}

enum hf_error hf_extension_check_lasting(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                         struct hf_span second, const struct hf_digest *lasting,
                                         struct hf_failure *ret_failure)
{
    struct hf_wire_client_hello fields;
    struct hf_digest digest;
    struct hf_span early;
    if (hf_wire_read_client_hello(second, &fields) != HF_OK)
        return hf_extension_fail(ret_failure, HF_ERR_decode_error, "ClientHello");
    if (hf_wire_extension_find(fields.extensions, HF_EXTENSION_early_data, &early))
        return refuse_change("early_data", ret_failure);
    HF_TRY(hf_extension_digest_lasting(toolbox, allocator, second, &digest));
    if (hf_span_equal(hf_digest_span(&digest), hf_digest_span(lasting)))
        return HF_OK;
    return refuse_change("field or extension", ret_failure);
}
