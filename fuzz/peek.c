/* What a listener reads of a datagram before it knows anybody: a hello, its cookie, a connection ID; the first hello
 * made again of the second; and a return routability message. Whatever is found lies within what was given. The first
 * byte says how long IDs are. RFC 6347 4.2.1, RFC 9147 4, 5.1, RFC 9146 4, RFC 9853 4. */
#include "datagram/return_routability.h"
#include "extension/first_hello.h"
#include "listener/peek.h"
#include "support/demand.h"
#include "wire/hello_cookie.h"

enum { ID_LEN_MAX = 20, FIRST_MAX = 1 << 16 };

static void demand_within(struct hf_span part, struct hf_span whole)
{
    demand(part.len == 0 ||
           (part.data >= whole.data && part.data + part.len <= whole.data + whole.len && part.len <= whole.len));
}

/* Made again, it is shorter by a cookie or the same, and has none that could be taken off. */
static void rebuild(struct hf_span second)
{
    struct hf_buffer first, again;
    hf_buffer_init(&first, &hf_allocation_standard, FIRST_MAX);
    hf_buffer_init(&again, &hf_allocation_standard, FIRST_MAX);
    if (hf_first_hello_rebuild(second, &first) == HF_OK) {
        demand(hf_buffer_len(&first) <= second.len);
        demand(hf_first_hello_rebuild(hf_buffer_span(&first), &again) == HF_OK);
        demand(hf_span_equal(hf_buffer_span(&first), hf_buffer_span(&again)));
    }
    hf_buffer_release(&first);
    hf_buffer_release(&again);
}

static void look_for_cookies(struct hf_span piece)
{
    struct hf_span cookie;
    size_t before = 0;
    for (size_t at = 0; hf_peek_next_cookie(piece, &at, &cookie); before = at) {
        demand(at > before && at <= piece.len);
        demand_within(cookie, piece);
        demand(cookie.len > 0);
    }
}

static void check_routability(struct hf_span content)
{
    struct hf_return_routability check = {.is_agreed = true};
    struct hf_routability_message reply;
    enum hf_error error = hf_return_routability_take(&check, content, 1, 0, &reply);
    demand(error == HF_OK || error == HF_ERR_decode_error);
    demand(error != HF_OK || reply.len == 0 || reply.len == HF_ROUTABILITY_MESSAGE_LEN);
    demand(check.bound == 0 && check.stage == HF_ROUTABILITY_SETTLED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_span datagram = size == 0 ? hf_span_of(NULL, 0) : hf_span_of(data + 1, size - 1);
    size_t id_len = size == 0 ? 0 : data[0] % (ID_LEN_MAX + 1);
    struct hf_peek hello;
    struct hf_span id;
    if (hf_peek_hello(datagram, &hello)) {
        const struct hf_span parts[] = {hello.body,     hello.random,       hello.parts.before, hello.parts.cookie,
                                        hello.versions, hello.retry_cookie, hello.lists,        hello.parts.after};
        for (size_t i = 0; i < HF_COUNT(parts); i++)
            demand_within(parts[i], datagram);
        demand(!hello.is_front || hello.random.len == 32);
        demand(!hello.is_whole || hello.is_front);
        rebuild(hello.body);
    }
    if (hf_peek_id(datagram, id_len, &id)) {
        demand(id.len == id_len && id_len > 0);
        demand_within(id, datagram);
    }
    look_for_cookies(datagram);
    rebuild(datagram);
    check_routability(datagram);
    return 0;
}
