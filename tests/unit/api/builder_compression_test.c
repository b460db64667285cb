/* Which certificates are compressed by what, and what the builder says to the rest. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/compression.h>

#include "compression/zlib.h"
#include "config/config.h"
#include "support/lab.h"

static bool copy(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room, size_t *ret_len)
{
    (void)context;
    *ret_len = bytes_len;
    return hf_span_copy(hf_span_of(bytes, bytes_len), into, room);
}

static bool copy_back(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    (void)context;
    return compressed_len == len && hf_span_copy(hf_span_of(compressed, len), into, len);
}

static bool never(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room, size_t *ret_len)
{
    (void)context, (void)bytes, (void)bytes_len, (void)into, (void)room, (void)ret_len;
    return false;
}

static void add(struct hf_builder *builder, unsigned id)
{
    const struct hf_certificate_compression algorithm = {(uint16_t)id, copy, copy_back, NULL};
    hf_builder_certificate_compression_own(builder, &algorithm);
}

static void one_twice(struct hf_builder *builder)
{
    add(builder, 0xfe00);
    add(builder, 0xfe00);
}

static void nine(struct hf_builder *builder)
{
    for (unsigned id = 0xfe00; id < 0xfe09; id++)
        add(builder, id);
}

static void an_unknown_name(struct hf_builder *builder)
{
    hf_builder_certificate_compression(builder, HF_COMPRESSION_BOTH, "lzma");
}

static void zlib_twice(struct hf_builder *builder)
{
    hf_builder_certificate_compression(builder, HF_COMPRESSION_TAKE, "zlib:ZLIB");
}

static void the_number_of_zlib(struct hf_builder *builder)
{
    add(builder, 1);
}

static bool never_back(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    (void)context, (void)compressed, (void)compressed_len, (void)into, (void)len;
    return false;
}

static void two_contexts(struct hf_builder *builder)
{
    static int one, other;
    hf_builder_certificate_compression_own(
        builder, &(struct hf_certificate_compression){.id = 0xfe00, .compress = never, .context = &one});
    hf_builder_certificate_compression_own(
        builder, &(struct hf_certificate_compression){.id = 0xfe00, .decompress = never_back, .context = &other});
}

static void nothing_to_do(struct hf_builder *builder)
{
    hf_builder_certificate_compression_own(builder, &(struct hf_certificate_compression){.id = 0xfe00});
}

static void what_cannot_be_is_refused(void **state)
{
    static const struct {
        void (*more)(struct hf_builder *builder);
        const char *wanted;
    } wrong[] = {
        {one_twice, "once"},        {nine, "8 algorithms"},       {an_unknown_name, "zstd"},     {zlib_twice, "once"},
        {the_number_of_zlib, "id"}, {nothing_to_do, "functions"}, {two_contexts, "one context"},
    };
    (void)state;
    for (size_t i = 0; i < HF_COUNT(wrong); i++) {
        struct hf_failure failure = {0};
        if (wrong[i].more == zlib_twice && !hf_zlib_available())
            continue;
        assert_null(lab_config(HF_SERVER, &(struct lab_side){.more = wrong[i].more}, &failure));
        assert_int_equal(failure.error, HF_ERR_setting_invalid);
        assert_non_null(strstr(failure.where, "hf_builder_certificate_compression"));
        assert_non_null(strstr(failure.wanted, wrong[i].wanted));
    }
}

/* What an algorithm was not able to do goes plain. */
static void declines(struct hf_builder *builder)
{
    hf_builder_certificate_compression_own(builder,
                                           &(struct hf_certificate_compression){.id = 0xfe00, .compress = never});
    add(builder, 0xfe01);
}

static void declined_ones_are_left_out(void **state)
{
    static const uint8_t both[] = {0xfe, 0, 0xfe, 1};
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_SERVER, &(struct lab_side){.more = declines}, &failure);
    (void)state;
    assert_non_null(config);
    const struct hf_config_compressed *found =
        hf_config_compressed_find(config, config->identities[0], 0, hf_span_of(both, sizeof both));
    assert_int_equal(found->algorithm, 0xfe01);
    assert_int_equal(found->len, found->uncompressed_len);
    assert_null(hf_config_compressed_find(config, config->identities[0], 0, hf_span_of(both, 2)));
    assert_null(hf_config_compressed_find(config, config->identities[0], HF_IDENTITY_OCSP, hf_span_of(both, 4)));
    hf_config_drop(config);
}

static void zlib_one_way_each(struct hf_builder *builder)
{
    hf_builder_certificate_compression(builder, HF_COMPRESSION_SEND, "zlib");
    hf_builder_certificate_compression(builder, HF_COMPRESSION_TAKE, "zlib");
}

static void nothing_is_on_by_itself(void **state)
{
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_CLIENT, &(struct lab_side){0}, &failure);
    (void)state;
    assert_int_equal(config->compression_count, 0);
    assert_null(config->compressed);
    hf_config_drop(config);
    if (!hf_zlib_available())
        return;
    config = lab_config(HF_CLIENT, &(struct lab_side){.more = zlib_one_way_each}, &failure);
    assert_non_null(config);
    assert_int_equal(config->compression_count, 1);
    assert_true(config->compressed->len < config->compressed->uncompressed_len);
    hf_config_drop(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(declined_ones_are_left_out),
        cmocka_unit_test(nothing_is_on_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
