/* The bytes of a session: what is written is read, and nothing else is. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "session/session.h"

enum { ROOM = 512 };

static struct hf_toolbox *toolbox;
static const uint8_t policy[HF_SESSION_POLICY_LEN] = {1, 2, 3};
static const uint8_t leaf[] = "a leaf";
static const uint8_t issuer[] = "an issuer of it";

static int set_up(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

static struct hf_session_seal seal_of(const uint8_t *with)
{
    return (struct hf_session_seal){.toolbox = toolbox, .policy = hf_span_of(with, HF_SESSION_POLICY_LEN)};
}

static struct hf_session sample(void)
{
    struct hf_session session = {
        .version = 0x0303,
        .suite = 0xc02b,
        .created_s = 1795435200,
        .lifetime_s = 3600,
        .id = {.bytes = {9, 8, 7}, .len = 3},
        .secret = {.bytes = {0xaa}, .len = HF_SESSION_SECRET_LEN},
        .chain = {hf_span_of(leaf, sizeof leaf), hf_span_of(issuer, sizeof issuer)},
        .chain_count = 2,
    };
    return session;
}

static size_t write(const struct hf_session *session, uint8_t room[ROOM])
{
    struct hf_session_seal seal = seal_of(policy);
    struct hf_writer writer = hf_writer_of(room, ROOM);
    assert_int_equal(hf_session_write(session, &seal, &writer), HF_OK);
    assert_int_equal(writer.len, hf_session_length(session));
    return writer.len;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 2; count++) {
        uint8_t bytes[ROOM];
        struct hf_session session = sample();
        struct hf_session read;
        session.chain_count = count;
        size_t len = write(&session, bytes);
        assert_int_equal(hf_session_read(hf_span_of(bytes, len), &read), HF_OK);
        assert_int_equal(read.version, session.version);
        assert_int_equal(read.suite, session.suite);
        assert_int_equal(read.created_s, session.created_s);
        assert_int_equal(read.lifetime_s, session.lifetime_s);
        assert_int_equal(read.id.len, 3);
        assert_memory_equal(read.id.bytes, session.id.bytes, 3);
        assert_true(hf_secret_equal(hf_secret_span(&read.secret), hf_secret_span(&session.secret)));
        assert_int_equal(read.chain_count, count);
        for (size_t i = 0; i < count; i++)
            assert_true(hf_span_equal(read.chain[i], session.chain[i]));
    }
}

static void a_shared_key_s_name_is_read(void **state)
{
    (void)state;
    uint8_t bytes[ROOM];
    struct hf_session session = sample();
    struct hf_session read;
    const size_t plain = write(&session, bytes);
    session.key = (struct hf_session_key){HF_SESSION_KEY_IMPORTED, 3, 2, "a\0bcd"};
    const size_t len = write(&session, bytes);
    assert_int_equal(len, plain + 1 + 2 + 3 + 2 + 2);
    assert_int_equal(hf_session_read(hf_span_of(bytes, len), &read), HF_OK);
    assert_int_equal(read.key.kind, HF_SESSION_KEY_IMPORTED);
    assert_true(hf_span_equal(hf_session_key_identity(&read.key), hf_span_of("a\0b", 3)));
    assert_true(hf_span_equal(hf_session_key_context(&read.key), hf_span_of("cd", 2)));
    for (unsigned kind = 0; kind < 256; kind++) {
        bytes[1] = (uint8_t)kind;
        const bool is_kind = kind > HF_SESSION_KEY_NONE && kind < HF_SESSION_KEY_KINDS;
        assert_int_equal(hf_session_read(hf_span_of(bytes, len), &read), is_kind ? HF_OK : HF_ERR_decode_error);
    }
    session.chain_count = 0;
    assert_false(hf_session_is_anonymous(&session));
    session.key.kind = HF_SESSION_KEY_NONE;
    assert_true(hf_session_is_anonymous(&session));
}

/* Both parts together are bounded. */
static void a_name_too_long_is_refused(void **state)
{
    (void)state;
    for (uint16_t more = 0; more < 2; more++) {
        uint8_t bytes[2 * ROOM];
        struct hf_session session = sample();
        struct hf_session read;
        session.key = (struct hf_session_key){HF_SESSION_KEY_13, HF_SESSION_KEY_NAME_MAX - 1, 1, "long"};
        struct hf_session_seal seal = seal_of(policy);
        struct hf_writer writer = hf_writer_of(bytes, sizeof bytes);
        assert_int_equal(hf_session_write(&session, &seal, &writer), HF_OK);
        bytes[1 + 1 + 2 + HF_SESSION_KEY_NAME_MAX - 1 + 1] = (uint8_t)(1 + more); /* the context's length */
        assert_int_equal(hf_session_read(hf_span_of(bytes, writer.len), &read),
                         more == 0 ? HF_OK : HF_ERR_decode_error);
    }
}

static void every_changed_byte_breaks_the_seal(void **state)
{
    (void)state;
    uint8_t bytes[ROOM];
    struct hf_session session = sample();
    struct hf_session_seal seal = seal_of(policy);
    size_t len = write(&session, bytes);
    assert_true(hf_session_is_sealed(hf_span_of(bytes, len), &seal));
    for (size_t i = 0; i < len; i++) {
        bytes[i] ^= 1;
        assert_false(hf_session_is_sealed(hf_span_of(bytes, len), &seal));
        bytes[i] ^= 1;
    }
    for (size_t i = 0; i < len; i++)
        assert_false(hf_session_is_sealed(hf_span_of(bytes, i), &seal));
}

static void another_policy_has_another_seal(void **state)
{
    (void)state;
    static const uint8_t other[HF_SESSION_POLICY_LEN] = {1, 2, 4};
    uint8_t bytes[ROOM];
    struct hf_session session = sample();
    struct hf_session_seal seal = seal_of(other);
    size_t len = write(&session, bytes);
    assert_false(hf_session_is_sealed(hf_span_of(bytes, len), &seal));
    seal.policy.len--; /* no policy at all */
    assert_false(hf_session_is_sealed(hf_span_of(bytes, len), &seal));
}

static void every_length_but_the_right_one_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[ROOM] = {0};
    struct hf_session session = sample();
    struct hf_session read = {.suite = 1};
    size_t len = write(&session, bytes);
    for (size_t i = 0; i < len + 40; i++)
        if (i != len)
            assert_int_equal(hf_session_read(hf_span_of(bytes, i), &read), HF_ERR_decode_error);
    assert_int_equal(read.suite, 1);
}

static void assert_refused(const struct hf_session *session)
{
    uint8_t bytes[ROOM];
    struct hf_session read;
    size_t len = write(session, bytes);
    assert_int_equal(hf_session_read(hf_span_of(bytes, len), &read), HF_ERR_decode_error);
}

static void values_out_of_range_are_refused(void **state)
{
    (void)state;
    struct hf_session session = sample();
    session.lifetime_s = HF_SESSION_LIFETIME_MAX13 + 1;
    assert_refused(&session);
    session = sample();
    session.created_s = -1;
    assert_refused(&session);
    session = sample();
    session.id.len = 0;
    assert_refused(&session);
    session = sample();
    session.secret.len = HF_SESSION_SECRET_LEN - 1;
    assert_refused(&session);
    session = sample();
    session.chain[1].len = 0;
    assert_refused(&session);

    uint8_t bytes[ROOM];
    struct hf_session read;
    session = sample();
    size_t len = write(&session, bytes);
    bytes[0]++; /* a format to come */
    assert_int_equal(hf_session_read(hf_span_of(bytes, len), &read), HF_ERR_decode_error);
}

static void too_many_certificates_are_refused(void **state)
{
    (void)state;
    uint8_t bytes[ROOM];
    struct hf_session session = sample();
    struct hf_session read;
    session.chain_count = HF_SESSION_CHAIN_MAX;
    for (size_t i = 0; i < HF_SESSION_CHAIN_MAX; i++)
        session.chain[i] = hf_span_of(leaf, 1);
    size_t len = write(&session, bytes);
    assert_int_equal(hf_session_read(hf_span_of(bytes, len), &read), HF_OK);
    /* One more: the list's three bytes of length stand behind the secret. */
    size_t at = 1 + 2 + 2 + 8 + 4 + 1 + 3 + 1 + HF_SESSION_SECRET_LEN;
    bytes[at + 2] = (uint8_t)(bytes[at + 2] + 4);
    memmove(bytes + at + 3 + 4, bytes + at + 3, len - at - 3);
    assert_int_equal(hf_session_read(hf_span_of(bytes, len + 4), &read), HF_ERR_decode_error);
}

static void a_session_lasts_its_time(void **state)
{
    (void)state;
    struct hf_session session = sample();
    assert_false(hf_session_is_current(&session, session.created_s - 1));
    assert_true(hf_session_is_current(&session, session.created_s));
    assert_true(hf_session_is_current(&session, session.created_s + 3599));
    assert_false(hf_session_is_current(&session, session.created_s + 3600));
    session.lifetime_s = 0;
    assert_false(hf_session_is_current(&session, session.created_s));
}

static void no_room_is_an_error(void **state)
{
    (void)state;
    uint8_t bytes[ROOM];
    struct hf_session session = sample();
    struct hf_session_seal seal = seal_of(policy);
    for (size_t room = 0; room < hf_session_length(&session); room++) {
        struct hf_writer writer = hf_writer_of(bytes, room);
        assert_int_not_equal(hf_session_write(&session, &seal, &writer), HF_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shared_key_s_name_is_read),     cmocka_unit_test(a_name_too_long_is_refused),
        cmocka_unit_test(what_is_written_is_read),         cmocka_unit_test(every_changed_byte_breaks_the_seal),
        cmocka_unit_test(another_policy_has_another_seal), cmocka_unit_test(every_length_but_the_right_one_is_refused),
        cmocka_unit_test(values_out_of_range_are_refused), cmocka_unit_test(too_many_certificates_are_refused),
        cmocka_unit_test(a_session_lasts_its_time),        cmocka_unit_test(no_room_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
