/* The inner hello encoded and decoded: what goes out comes back, each rule for what comes has a case, and work stays
 * linear. RFC 9849 5.1, 6.1.3, A. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "extension/ech_inner.h"

enum { ROOM = 4096, SHARES = 51, GROUPS = 10, NAME = 0, PSK = 41, ECH = 0xfe0d, OUTER = 0xfd00 };

struct hello {
    uint8_t bytes[ROOM];
    struct hf_writer writer;
    size_t block;
};

static void begin(struct hello *hello, uint8_t random, const char *session_id, bool has_cookie)
{
    uint8_t randoms[32];
    memset(randoms, random, sizeof randoms);
    hello->writer = hf_writer_of(hello->bytes, sizeof hello->bytes);
    hf_writer_u16(&hello->writer, 0x0303);
    hf_writer_bytes(&hello->writer, hf_span_of(randoms, sizeof randoms));
    hf_writer_vector(&hello->writer, 1, hf_span_of_text(session_id));
    if (has_cookie)
        hf_writer_vector(&hello->writer, 1, hf_span_of(NULL, 0));
    hf_writer_vector(&hello->writer, 2, hf_span_of("\x13\x01", 2));
    hf_writer_vector(&hello->writer, 1, hf_span_of("\0", 1));
    hello->block = hf_writer_open(&hello->writer, 2);
}

static void add(struct hello *hello, uint16_t type, const char *data, size_t len)
{
    hf_writer_u16(&hello->writer, type);
    hf_writer_vector(&hello->writer, 2, hf_span_of(data, len));
}

static struct hf_span end(struct hello *hello)
{
    hf_writer_close(&hello->writer, hello->block, 2);
    assert_true(hf_writer_end(&hello->writer));
    return hf_writer_span(&hello->writer);
}

static void padding(struct hello *hello, const char *bytes, size_t len)
{
    hf_writer_bytes(&hello->writer, hf_span_of(bytes, len));
}

static struct hf_span outer_of(struct hello *hello, bool has_cookie)
{
    begin(hello, 2, "session", has_cookie);
    add(hello, NAME, "public", 6);
    add(hello, SHARES, "shares", 6);
    add(hello, 43, "old", 3);
    add(hello, GROUPS, "groups", 6);
    add(hello, ECH, "\0\0\1\0\1\7\0\0\0\3abc", 13);
    add(hello, PSK, "made up", 7);
    return end(hello);
}

static struct hf_span inner_of(struct hello *hello, bool has_cookie)
{
    begin(hello, 1, "session", has_cookie);
    add(hello, NAME, "secret", 6);
    add(hello, SHARES, "shares", 6);
    add(hello, 43, "new", 3);
    add(hello, GROUPS, "groups", 6);
    add(hello, ECH, "\1", 1);
    add(hello, PSK, "true", 4);
    return end(hello);
}

static void what_is_encoded_comes_back(void **state)
{
    (void)state;
    for (int cookie = 0; cookie < 2; cookie++) {
        static struct hello outer, inner;
        uint8_t arranged_room[ROOM], encoded_room[ROOM] = {0};
        struct hf_writer arranged = hf_writer_of(arranged_room, sizeof arranged_room);
        struct hf_writer encoded = hf_writer_of(encoded_room, sizeof encoded_room);
        const struct hf_span out = outer_of(&outer, cookie != 0), in = inner_of(&inner, cookie != 0);
        struct hf_buffer back;
        const char *where;
        hf_buffer_init(&back, &hf_allocation_standard, 2 * ROOM);
        assert_int_equal(hf_ech_inner_arrange(in, out, cookie != 0, &arranged), HF_OK);
        assert_int_equal(arranged.len, in.len);
        assert_int_equal(hf_ech_inner_encode(hf_writer_span(&arranged), out, cookie != 0, &encoded), HF_OK);
        assert_true(encoded.len < arranged.len);
        /* no session ID; shares and groups by their types, the others and the name as they are */
        const struct hf_span padded = hf_span_of(encoded_room, encoded.len + 11);
        assert_int_equal(hf_ech_inner_decode(padded, out, cookie != 0, &back, &where), HF_OK);
        assert_true(hf_span_equal(hf_buffer_span(&back), hf_writer_span(&arranged)));
        hf_buffer_release(&back);
    }
}

/* Equal names must not be told by the length. */
static void names_are_never_shared(void **state)
{
    static struct hello outer;
    uint8_t room[2][ROOM];
    struct hf_writer arranged = hf_writer_of(room[0], ROOM), encoded = hf_writer_of(room[1], ROOM);
    const struct hf_span hello = outer_of(&outer, false);
    (void)state;
    assert_int_equal(hf_ech_inner_arrange(hello, hello, false, &arranged), HF_OK);
    assert_int_equal(hf_ech_inner_encode(hf_writer_span(&arranged), hello, false, &encoded), HF_OK);
    /* server_name, encrypted_client_hello, pre_shared_key whole; three types in one extension */
    assert_int_equal(encoded.len, 2 + 32 + 1 + 4 + 2 + 2 + 10 + 17 + 11 + (4 + 1 + 6));
}

static enum hf_error decode(struct hello *encoded, bool has_cookie)
{
    static struct hello outer;
    struct hf_buffer back;
    const char *where;
    hf_buffer_init(&back, &hf_allocation_standard, 2 * ROOM);
    enum hf_error error =
        hf_ech_inner_decode(hf_writer_span(&encoded->writer), outer_of(&outer, has_cookie), has_cookie, &back, &where);
    hf_buffer_release(&back);
    return error;
}

static void what_may_not_be_is_refused(void **state)
{
    static const struct {
        const char *types;
        size_t len;
        enum hf_error error;
    } cases[] = {
        {"\2\0\x33", 3, HF_OK},
        {"\4\0\x33\0\x0a", 5, HF_OK},                  /* others between */
        {"\4\0\x0a\0\x33", 5, HF_ERR_ech_inner_wrong}, /* the order is another */
        {"\4\0\x33\0\x33", 5, HF_ERR_ech_inner_wrong}, /* twice */
        {"\2\0\x63", 3, HF_ERR_ech_inner_wrong},       /* not there */
        {"\2\xfe\x0d", 3, HF_ERR_ech_inner_wrong},     /* encrypted_client_hello */
        {"\2\xfd\0", 3, HF_ERR_ech_inner_wrong},       /* itself */
        {"\0", 1, HF_ERR_decode_error},
        {"\3\0\x33\0", 4, HF_ERR_decode_error},
        {"\2\0\x33\0", 4, HF_ERR_decode_error},
    };
    static struct hello hello;
    (void)state;
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        begin(&hello, 1, "", false);
        add(&hello, OUTER, cases[i].types, cases[i].len);
        (void)end(&hello);
        assert_int_equal(decode(&hello, false), cases[i].error);
    }
    begin(&hello, 1, "", false); /* a second list goes on where the first ended */
    add(&hello, OUTER, "\2\0\x33", 3);
    add(&hello, OUTER, "\2\0\x0a", 3);
    (void)end(&hello);
    assert_int_equal(decode(&hello, false), HF_ERR_decode_error);
}

static void padding_is_zeros(void **state)
{
    static struct hello hello;
    (void)state;
    for (int i = 0; i < 3; i++) {
        begin(&hello, 1, "", false);
        (void)end(&hello);
        padding(&hello, i == 0 ? "\0\0\0" : i == 1 ? "\0\0\1" : "\1\0\0", 3);
        assert_int_equal(decode(&hello, false), i == 0 ? HF_OK : HF_ERR_ech_inner_wrong);
    }
    begin(&hello, 1, "session", false); /* RFC 9849 5.1: the outer one has it */
    (void)end(&hello);
    assert_int_equal(decode(&hello, false), HF_ERR_decode_error);
}

static void every_truncation_is_refused(void **state)
{
    static struct hello hello, outer;
    struct hf_buffer back;
    const char *where;
    (void)state;
    begin(&hello, 1, "", true);
    add(&hello, OUTER, "\2\0\x33", 3);
    const struct hf_span whole = end(&hello), out = outer_of(&outer, true);
    for (size_t len = 0; len < whole.len; len++) {
        hf_buffer_init(&back, &hf_allocation_standard, 2 * ROOM);
        assert_int_equal(hf_ech_inner_decode(hf_span_part(whole, 0, len), out, true, &back, &where),
                         HF_ERR_decode_error);
        hf_buffer_release(&back);
    }
}

/* RFC 9849 6.1.3. */
static void lengths_tell_little(void **state)
{
    (void)state;
    assert_int_equal(hf_ech_inner_padded_len(100, 10, 40), 160); /* 130 and up */
    assert_int_equal(hf_ech_inner_padded_len(120, 30, 40), 160);
    assert_int_equal(hf_ech_inner_padded_len(128, 40, 40), 128);
    assert_int_equal(hf_ech_inner_padded_len(129, 50, 40), 160); /* longer than said: no less */
    assert_int_equal(hf_ech_inner_padded_len(100, 0, 40), 160);  /* 149: as if there were one */
    for (size_t name = 1; name <= 40; name++)
        assert_int_equal(hf_ech_inner_padded_len(200 + name, name, 40), 256);
}

static void the_payload_is_found(void **state)
{
    static struct hello hello;
    struct hf_wire_ech_outer outer;
    size_t at;
    (void)state;
    const struct hf_span out = outer_of(&hello, false);
    assert_true(hf_ech_inner_find(out, false, &outer, &at));
    assert_int_equal(outer.config_id, 7);
    assert_true(hf_span_equal(hf_span_part(out, at, 3), hf_span_of_text("abc")));
    assert_false(hf_ech_inner_find(inner_of(&hello, false), false, &outer, &at));
    assert_false(hf_ech_inner_find(hf_span_of(NULL, 0), false, &outer, &at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_encoded_comes_back),  cmocka_unit_test(names_are_never_shared),
        cmocka_unit_test(what_may_not_be_is_refused),  cmocka_unit_test(padding_is_zeros),
        cmocka_unit_test(every_truncation_is_refused), cmocka_unit_test(lengths_tell_little),
        cmocka_unit_test(the_payload_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
