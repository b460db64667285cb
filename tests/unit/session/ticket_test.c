/* Tickets: sealed by the newest key, opened by it and the few before it, and by nothing else. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "crypto/random.h"
#include "session/ticket.h"

static struct hf_ticket_tools tools = {.allocator = &hf_allocation_standard, .random = &hf_random_system};
static struct hf_toolbox *toolbox;

static int set_up(void **state)
{
    (void)state;
    int failed = hf_toolbox_new(&hf_allocation_standard, &toolbox) != HF_OK;
    tools.toolbox = toolbox;
    return failed;
}

static int tear_down(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

static struct hf_ticket sample(void)
{
    return (struct hf_ticket){
        .session =
            {
                .version = 0x0303,
                .suite = 0xc02b,
                .created_s = 1795435200,
                .lifetime_s = 3600,
                .secret = {.bytes = {0xaa, 0xbb}, .len = HF_SESSION_SECRET_LEN},
            },
        .policy = {1, 2, 3},
        .chain = {4, 5, 6},
        .has_chain = true,
    };
}

struct sealed {
    uint8_t bytes[HF_TICKET_MAX];
    size_t len;
};

static struct sealed seal(struct hf_ticket_keys *keys, const struct hf_ticket *ticket)
{
    struct sealed sealed;
    struct hf_writer writer = hf_writer_of(sealed.bytes, sizeof sealed.bytes);
    assert_int_equal(hf_ticket_seal(ticket, keys, &tools, &writer), HF_OK);
    assert_true(hf_writer_end(&writer));
    sealed.len = writer.len;
    return sealed;
}

static enum hf_ticket_keys_age open_with(struct hf_ticket_keys *keys, const struct sealed *sealed)
{
    struct hf_ticket ticket = {.policy = {77}};
    const struct hf_ticket wanted = sample();
    enum hf_ticket_keys_age age = HF_TICKET_KEYS_NEWEST;
    assert_int_equal(hf_ticket_open(hf_span_of(sealed->bytes, sealed->len), keys, &tools, &ticket, &age), HF_OK);
    if (age == HF_TICKET_KEYS_NONE) {
        assert_int_equal(ticket.policy[0], 77);
        return age;
    }
    assert_int_equal(ticket.session.suite, wanted.session.suite);
    assert_int_equal(ticket.session.created_s, wanted.session.created_s);
    assert_int_equal(ticket.session.lifetime_s, wanted.session.lifetime_s);
    assert_true(hf_secret_equal(hf_secret_span(&ticket.session.secret), hf_secret_span(&wanted.session.secret)));
    assert_memory_equal(ticket.policy, wanted.policy, sizeof wanted.policy);
    assert_memory_equal(ticket.chain, wanted.chain, sizeof wanted.chain);
    assert_true(ticket.has_chain);
    assert_int_equal(ticket.session.chain_count, 0);
    return age;
}

static void what_is_sealed_is_opened(void **state)
{
    (void)state;
    struct hf_ticket_keys *keys = hf_ticket_keys_new();
    const struct hf_ticket ticket = sample();
    struct sealed one = seal(keys, &ticket);
    struct sealed two = seal(keys, &ticket);
    assert_int_equal(one.len, 200);
    assert_memory_equal(one.bytes, two.bytes, HF_TICKET_KEYS_NAME_LEN);
    assert_memory_not_equal(one.bytes + 16, two.bytes + 16, 12);
    assert_int_equal(open_with(keys, &one), HF_TICKET_KEYS_NEWEST);
    assert_int_equal(open_with(keys, &two), HF_TICKET_KEYS_NEWEST);
    hf_ticket_keys_drop(keys);
}

static void a_shared_key_s_name_goes_with_it(void **state)
{
    (void)state;
    struct hf_ticket_keys *keys = hf_ticket_keys_new();
    struct hf_ticket ticket = sample();
    struct hf_ticket read;
    enum hf_ticket_keys_age age;
    ticket.session.key = (struct hf_session_key){HF_SESSION_KEY_12, HF_SESSION_KEY_NAME_MAX, 0, "us"};
    const struct sealed one = seal(keys, &ticket);
    assert_int_equal(one.len, 200 + 1 + 2 + HF_SESSION_KEY_NAME_MAX + 2);
    assert_int_equal(hf_ticket_open(hf_span_of(one.bytes, one.len), keys, &tools, &read, &age), HF_OK);
    assert_int_equal(age, HF_TICKET_KEYS_NEWEST);
    assert_int_equal(read.session.key.kind, HF_SESSION_KEY_12);
    assert_memory_equal(read.session.key.name, ticket.session.key.name, HF_SESSION_KEY_NAME_MAX);
    hf_ticket_keys_drop(keys);
}

static void every_byte_is_authenticated(void **state)
{
    (void)state;
    struct hf_ticket_keys *keys = hf_ticket_keys_new();
    const struct hf_ticket ticket = sample();
    const struct sealed good = seal(keys, &ticket);
    for (size_t i = 0; i < good.len; i++) {
        struct sealed bad = good;
        bad.bytes[i] ^= 1;
        assert_int_equal(open_with(keys, &bad), HF_TICKET_KEYS_NONE);
        bad = good;
        bad.len = i;
        assert_int_equal(open_with(keys, &bad), HF_TICKET_KEYS_NONE);
    }
    hf_ticket_keys_drop(keys);
}

static void other_keys_do_not_open(void **state)
{
    (void)state;
    struct hf_ticket_keys *keys = hf_ticket_keys_new();
    struct hf_ticket_keys *others = hf_ticket_keys_new();
    const struct hf_ticket ticket = sample();
    const struct sealed sealed = seal(keys, &ticket);
    assert_int_equal(open_with(others, &sealed), HF_TICKET_KEYS_NONE);
    hf_ticket_keys_drop(keys);
    hf_ticket_keys_drop(others);
    hf_ticket_keys_drop(NULL);
}

static void the_last_few_keys_open(void **state)
{
    (void)state;
    struct hf_ticket_keys *keys = hf_ticket_keys_new();
    const struct hf_ticket ticket = sample();
    const struct sealed sealed = seal(keys, &ticket);
    for (int i = 1; i < HF_TICKET_KEYS_MAX; i++) {
        assert_int_equal(hf_ticket_keys_rotate(keys), HF_OK);
        assert_int_equal(open_with(keys, &sealed), HF_TICKET_KEYS_OLDER);
    }
    assert_int_equal(hf_ticket_keys_rotate(keys), HF_OK);
    assert_int_equal(open_with(keys, &sealed), HF_TICKET_KEYS_NONE);
    hf_ticket_keys_drop(keys);
}

static void a_fleet_shares_keys(void **state)
{
    (void)state;
    static const uint8_t name[HF_TICKET_KEY_NAME_LEN] = "key of monday...";
    static const uint8_t key[HF_TICKET_KEY_LEN] = {1, 2, 3};
    static const uint8_t other_key[HF_TICKET_KEY_LEN] = {1, 2, 4};
    struct hf_ticket_keys *here = hf_ticket_keys_new();
    struct hf_ticket_keys *there = hf_ticket_keys_new();
    const struct hf_ticket ticket = sample();
    assert_int_equal(hf_ticket_keys_add(here, name, key), HF_OK);
    assert_int_equal(hf_ticket_keys_add(there, name, key), HF_OK);
    const struct sealed sealed = seal(here, &ticket);
    assert_memory_equal(sealed.bytes, name, sizeof name);
    assert_int_equal(open_with(there, &sealed), HF_TICKET_KEYS_NEWEST);
    assert_int_equal(hf_ticket_keys_rotate(there), HF_OK);
    assert_int_equal(open_with(there, &sealed), HF_TICKET_KEYS_OLDER);
    assert_int_equal(hf_ticket_keys_add(there, name, key), HF_OK); /* in front again, and once */
    assert_int_equal(open_with(there, &sealed), HF_TICKET_KEYS_NEWEST);
    assert_int_equal(hf_ticket_keys_add(there, name, other_key), HF_OK);
    assert_int_equal(open_with(there, &sealed), HF_TICKET_KEYS_NONE);
    hf_ticket_keys_drop(here);
    hf_ticket_keys_drop(there);
}

static void what_keys_sealed_and_is_no_ticket_is_none(void **state)
{
    (void)state;
    struct hf_ticket_keys *keys = hf_ticket_keys_new();
    uint8_t plain[HF_TICKET_PLAIN_MAX + 1] = {0};
    for (size_t len = 0; len <= sizeof plain; len++) {
        uint8_t room[HF_TICKET_MAX + 1];
        struct hf_writer writer = hf_writer_of(room, sizeof room);
        struct hf_ticket ticket;
        enum hf_ticket_keys_age age = HF_TICKET_KEYS_NEWEST;
        plain[0] = 3;
        plain[42] = HF_SESSION_SECRET_LEN;
        assert_int_equal(hf_ticket_keys_seal(keys, &tools, hf_span_of(plain, len), &writer), HF_OK);
        assert_int_equal(hf_ticket_open(hf_writer_span(&writer), keys, &tools, &ticket, &age), HF_OK);
        /* Of zeros otherwise there is one ticket: without a digest of a chain. */
        assert_int_equal(age, len == 124 ? HF_TICKET_KEYS_NEWEST : HF_TICKET_KEYS_NONE);
    }
    hf_ticket_keys_drop(keys);
}

static enum hf_error fail_to_fill(void *context, uint8_t *into, size_t len)
{
    (void)context, (void)into, (void)len;
    return HF_ERR_crypto_failed;
}

static void without_randomness_nothing_is_sealed(void **state)
{
    (void)state;
    static const struct hf_random none = {.fill = fail_to_fill};
    struct hf_ticket_keys *keys = hf_ticket_keys_new();
    const struct hf_ticket ticket = sample();
    struct hf_ticket_tools broken = tools;
    uint8_t room[HF_TICKET_MAX];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    broken.random = &none;
    assert_int_equal(hf_ticket_seal(&ticket, keys, &broken, &writer), HF_ERR_crypto_failed);
    assert_int_equal(writer.len, 0);
    hf_ticket_keys_drop(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shared_key_s_name_goes_with_it),
        cmocka_unit_test(what_is_sealed_is_opened),
        cmocka_unit_test(every_byte_is_authenticated),
        cmocka_unit_test(other_keys_do_not_open),
        cmocka_unit_test(the_last_few_keys_open),
        cmocka_unit_test(a_fleet_shares_keys),
        cmocka_unit_test(what_keys_sealed_and_is_no_ticket_is_none),
        cmocka_unit_test(without_randomness_nothing_is_sealed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
