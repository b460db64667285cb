/* The second ClientHello against the first, RFC 9846 4.2.2: all the same but key_share, cookie, pre_shared_key and
 * padding; early_data may go, and may not come. A server that let more change would negotiate twice, with a peer that
 * could have been told apart from the first. */
#include "extension/compare.h"

#include "extension/fail.h"
#include "wire/extension.h"

static bool may_change(uint16_t type)
{
    switch (type) {
    case HF_EXTENSION_key_share:
    case HF_EXTENSION_cookie:
    case HF_EXTENSION_pre_shared_key:
    case HF_EXTENSION_early_data:
    case HF_EXTENSION_padding:
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

/* NULL when they agree, else the name of what differs. The order counts: the hello is to be the same. */
static const char *find_changed_extension(struct hf_span first, struct hf_span second)
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

enum hf_error hf_extension_compare_hellos(struct hf_span first, struct hf_span second, struct hf_failure *ret_failure)
{
    struct hf_wire_client_hello a;
    struct hf_wire_client_hello b;
    if (hf_wire_read_client_hello(first, &a) != HF_OK || hf_wire_read_client_hello(second, &b) != HF_OK)
        return hf_extension_fail(ret_failure, HF_ERR_decode_error, "ClientHello");
    const char *change = find_change(&a, &b);
    if (change == NULL)
        return HF_OK;
    (void)hf_extension_fail(ret_failure, HF_ERR_hello_changed, "the second ClientHello");
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "another %s than in the first", change);
    return HF_ERR_hello_changed;
}
