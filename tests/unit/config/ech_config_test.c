/* ECHConfigs: which are read, which are passed over, which one is chosen, and what they say again when written. RFC
 * 9849 4, 6.1, 6.1.7. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "base/writer.h"
#include "config/ech_config.h"

enum { ROOM = 2048 };

static struct hf_toolbox *toolbox;
static const uint8_t key[32] = {9};

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

/* A config as it might come, by its parts; zeros: as it should be. */
struct parts {
    uint16_t version, kem;
    uint8_t id;
    size_t key_len;
    uint16_t kdf, aead;
    const char *name;
    uint16_t extension; /* 0: none */
    bool twice;
};

static void write_extension(uint16_t type, struct hf_writer *into)
{
    hf_writer_u16(into, type);
    hf_writer_vector(into, 2, hf_span_of_text("x"));
}

static void write(const struct parts *parts, struct hf_writer *into)
{
    hf_writer_u16(into, parts->version == 0 ? 0xfe0d : parts->version);
    size_t contents = hf_writer_open(into, 2);
    hf_writer_u8(into, parts->id);
    hf_writer_u16(into, parts->kem == 0 ? 0x20 : parts->kem);
    hf_writer_vector(into, 2, hf_span_of(key, parts->key_len == 0 ? 32 : parts->key_len));
    size_t suites = hf_writer_open(into, 2);
    hf_writer_u16(into, parts->kdf == 0 ? 1 : parts->kdf);
    hf_writer_u16(into, parts->aead == 0 ? 1 : parts->aead);
    hf_writer_close(into, suites, 2);
    hf_writer_u8(into, 64);
    hf_writer_vector(into, 1, hf_span_of_text(parts->name == NULL ? "public.example" : parts->name));
    size_t extensions = hf_writer_open(into, 2);
    for (int i = 0; parts->extension != 0 && i < (parts->twice ? 2 : 1); i++)
        write_extension(parts->extension, into);
    hf_writer_close(into, extensions, 2);
    hf_writer_close(into, contents, 2);
    assert_true(hf_writer_end(into));
}

static void the_first_that_can_be_used_is(void **state)
{
    static const struct parts passed_over[] = {
        {.version = 0xbadd}, {.kem = 0x6666},       {.kdf = 0x1111},         {.aead = 0xffff},
        {.key_len = 31},     {.extension = 0x8001}, {.name = "under_score"}, {.name = "127.0.0.1"},
    };
    uint8_t room[ROOM];
    struct hf_writer list = hf_writer_of(room, sizeof room);
    struct hf_ech_config config;
    struct hf_hpke_suite suite;
    (void)state;
    for (size_t i = 0; i < HF_COUNT(passed_over); i++) {
        write(&passed_over[i], &list);
        assert_false(hf_ech_config_choose(toolbox, hf_writer_span(&list), &config, &suite));
    }
    const size_t from = list.len;
    write(&(struct parts){.id = 8, .aead = 3, .extension = 0x1a1a}, &list); /* not mandatory */
    const size_t to = list.len;
    write(&(struct parts){.id = 9}, &list);
    assert_true(hf_ech_config_choose(toolbox, hf_writer_span(&list), &config, &suite));
    assert_int_equal(config.id, 8);
    assert_int_equal(suite.kem, 0x20);
    assert_int_equal(suite.kdf, 1);
    assert_int_equal(suite.aead, 3);
    assert_true(hf_span_equal(config.whole, hf_span_part(hf_writer_span(&list), from, to - from)));
    assert_true(hf_ech_config_has_suite(&config, 1, 3));
    assert_false(hf_ech_config_has_suite(&config, 3, 1));
    assert_false(hf_ech_config_has_suite(&config, 1, 1));
}

static void lists_are_checked_whole(void **state)
{
    uint8_t room[ROOM];
    struct hf_writer list = hf_writer_of(room, sizeof room);
    struct hf_span inside;
    (void)state;
    const size_t mark = hf_writer_open(&list, 2);
    write(&(struct parts){.version = 0xbadd}, &list);
    write(&(struct parts){0}, &list);
    hf_writer_close(&list, mark, 2);
    const struct hf_span whole = hf_writer_span(&list);
    assert_int_equal(hf_ech_config_check_list(whole, &inside), HF_OK);
    assert_int_equal(inside.len, whole.len - 2);
    for (size_t len = 0; len < whole.len; len++)
        assert_int_equal(hf_ech_config_check_list(hf_span_part(whole, 0, len), &inside), HF_ERR_decode_error);
    room[whole.len] = 0;
    assert_int_equal(hf_ech_config_check_list(hf_span_of(room, whole.len + 1), &inside), HF_ERR_decode_error);
    assert_int_equal(hf_ech_config_check_list(hf_span_of("\0\0", 2), &inside), HF_ERR_decode_error);
}

static void an_extension_comes_once(void **state)
{
    uint8_t room[ROOM];
    struct hf_writer one = hf_writer_of(room, sizeof room);
    struct hf_ech_config config;
    (void)state;
    write(&(struct parts){.extension = 0x1a1a, .twice = true}, &one);
    assert_int_equal(hf_ech_config_read(hf_writer_span(&one), &config), HF_ERR_decode_error);
    one = hf_writer_of(room, sizeof room);
    write(&(struct parts){.version = 0xfe0e}, &one);
    assert_int_equal(hf_ech_config_read(hf_writer_span(&one), &config), HF_ERR_decode_error);
}

static void public_names_are_host_names(void **state)
{
    static const char *const fine[] = {"example.com", "a", "1.a", "a-b.c", "XN--A.example", "0xg", "1a", "a.0xyz"};
    static const char *const wrong[] = {"",       ".",      "a.",       ".a",    "a..b",    "-a.b", "a-.b",
                                        "a_b",    "a b",    "1",        "a.1",   "1.2.3.4", "0x",   "a.0x",
                                        "a.0X1f", "a.0xAB", "\xc3\xa4", "a.b/c", "*.a.b"};
    char label[70];
    (void)state;
    for (size_t i = 0; i < HF_COUNT(fine); i++)
        assert_true(hf_ech_config_is_public_name(hf_span_of_text(fine[i])));
    for (size_t i = 0; i < HF_COUNT(wrong); i++)
        if (hf_ech_config_is_public_name(hf_span_of_text(wrong[i])))
            fail_msg("%s", wrong[i]);
    memset(label, 'a', sizeof label);
    assert_true(hf_ech_config_is_public_name(hf_span_of(label, 63)));
    assert_false(hf_ech_config_is_public_name(hf_span_of(label, 64)));
}

static void what_is_written_is_read(void **state)
{
    uint8_t room[ROOM];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    struct hf_buffer info;
    struct hf_ech_config config;
    const struct hf_ech_config_wish wish = {.id = 5,
                                            .kem = HF_HPKE_KEM_X25519,
                                            .public_key = hf_span_of(key, sizeof key),
                                            .name_max = 77,
                                            .public_name = hf_span_of_text("public.example")};
    (void)state;
    hf_ech_config_write(&wish, &writer);
    assert_true(hf_writer_end(&writer));
    assert_int_equal(hf_ech_config_read(hf_writer_span(&writer), &config), HF_OK);
    assert_int_equal(config.id, 5);
    assert_int_equal(config.name_max, 77);
    assert_false(config.is_demanding);
    assert_true(hf_span_equal(config.public_name, wish.public_name));
    for (uint16_t aead = 1; aead <= 3; aead++)
        assert_true(hf_ech_config_has_suite(&config, HF_HPKE_KDF_SHA256, aead));
    hf_buffer_init(&info, &hf_allocation_standard, HF_ECH_CONFIG_INFO_MAX);
    assert_int_equal(hf_ech_config_write_info(&config, &info), HF_OK);
    assert_memory_equal(hf_buffer_span(&info).data, "tls ech\0\xfe\x0d", 10);
    assert_int_equal(hf_buffer_len(&info), 8 + writer.len);
    hf_buffer_release(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_that_can_be_used_is), cmocka_unit_test(lists_are_checked_whole),
        cmocka_unit_test(an_extension_comes_once),       cmocka_unit_test(public_names_are_host_names),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
