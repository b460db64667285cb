/* HPKE against RFC 9180's appendix A (tests/vectors/hpke.txt), and what must not open. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/reader.h"
#include "crypto/hpke.h"
#include "support/vector_page.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 256, LAST = 256 };

static const char *const sections[] = {"A.1.1", "A.2.1", "A.3.1", "A.4.1", "A.5.1", "A.6.1"};

static struct hf_toolbox *toolbox;
static struct hf_vector_page page;

static int set_up(void **state)
{
    (void)state;
    page = hf_vector_page_open("hpke.txt");
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    hf_vector_page_free(&page);
    hf_toolbox_free(toolbox);
    return 0;
}

struct value {
    struct hf_span span;
    uint8_t bytes[ROOM];
};

/* Empty where the page has none. */
static struct hf_span get(struct value *value, const char *section, const char *name)
{
    struct hf_span found = hf_vector_page_get(&page, section, name);
    assert_true(found.len <= sizeof value->bytes);
    if (found.len > 0)
        assert_true(hf_span_copy(found, value->bytes, sizeof value->bytes));
    free((void *)(uintptr_t)found.data);
    value->span = hf_span_of(value->bytes, found.len);
    return value->span;
}

static uint16_t number(const char *section, const char *name)
{
    struct value value;
    struct hf_reader reader = hf_reader_of(get(&value, section, name));
    return hf_reader_u16(&reader);
}

static struct hf_hpke_setup setup_of(const char *section, struct value *info)
{
    return (struct hf_hpke_setup){
        .toolbox = toolbox,
        .allocator = &hf_allocation_standard,
        .suite = {number(section, "kem_id"), number(section, "kdf_id"), number(section, "aead_id")},
        .info = get(info, section, "info"),
    };
}

/* The sequence numbers that the page has no vector of are sealed and opened all the same, to get to those it has. */
static void check_messages(const char *section, struct hf_hpke *sender, struct hf_hpke *receiver)
{
    size_t seen = 0;
    for (unsigned i = 0; i <= LAST; i++) {
        char names[3][16];
        struct value pt, aad, ct;
        uint8_t sealed[ROOM], opened[ROOM];
        snprintf(names[0], sizeof names[0], "pt%u", i);
        snprintf(names[1], sizeof names[1], "aad%u", i);
        snprintf(names[2], sizeof names[2], "ct%u", i);
        get(&pt, section, names[0]);
        get(&aad, section, names[1]);
        get(&ct, section, names[2]);
        assert_int_equal(hf_hpke_seal(sender, aad.span, pt.span, sealed), HF_OK);
        const struct hf_span made = hf_span_of(sealed, pt.span.len + HF_HPKE_TAG_LEN);
        if (ct.span.len > 0) {
            assert_true(hf_span_equal(made, ct.span));
            seen++;
        }
        assert_int_equal(hf_hpke_open(receiver, aad.span, made, opened), HF_OK);
        assert_true(hf_span_equal(hf_span_of(opened, pt.span.len), pt.span));
    }
    assert_int_equal(seen, 6);
}

static void the_vectors_come_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(sections); i++) {
        struct value info, ephemeral, public, private, enc, shared;
        uint8_t room[HF_HPKE_ENC_MAX];
        struct hf_writer writer = hf_writer_of(room, sizeof room);
        struct hf_hpke *sender, *receiver;
        const struct hf_hpke_setup setup = setup_of(sections[i], &info);
        get(&public, sections[i], "pkRm");
        get(&private, sections[i], "skRm");
        get(&ephemeral, sections[i], "skEm");
        get(&enc, sections[i], "enc");
        get(&shared, sections[i], "shared_secret");
        assert_int_equal(hf_hpke_public_len(setup.suite.kem), public.span.len);
        assert_int_equal(hf_hpke_new_sender(&setup, public.span, ephemeral.span, &writer, &sender), HF_OK);
        assert_true(hf_span_equal(hf_writer_span(&writer), enc.span));
        assert_int_equal(hf_hpke_new_receiver(&setup, private.span, enc.span, &receiver), HF_OK);
        assert_true(hf_span_equal(hf_secret_span(hf_hpke_shared_secret(sender)), shared.span));
        assert_true(hf_span_equal(hf_secret_span(hf_hpke_shared_secret(receiver)), shared.span));
        check_messages(sections[i], sender, receiver);
        hf_hpke_free(sender);
        hf_hpke_free(receiver);
    }
}

static void what_was_changed_does_not_open(void **state)
{
    struct value info, public, private;
    uint8_t room[HF_HPKE_ENC_MAX], sealed[ROOM], opened[ROOM];
    struct hf_writer enc = hf_writer_of(room, sizeof room);
    struct hf_hpke *sender, *receiver;
    const struct hf_hpke_setup setup = setup_of("A.1.1", &info);
    const struct hf_span none = hf_span_of(NULL, 0), text = hf_span_of_text("a text");
    const struct hf_span made = hf_span_of(sealed, text.len + HF_HPKE_TAG_LEN);
    (void)state;
    get(&public, "A.1.1", "pkRm");
    get(&private, "A.1.1", "skRm");
    assert_int_equal(hf_hpke_new_sender(&setup, public.span, none, &enc, &sender), HF_OK);
    assert_int_equal(hf_hpke_new_receiver(&setup, private.span, hf_writer_span(&enc), &receiver), HF_OK);
    assert_int_equal(hf_hpke_seal(sender, none, text, sealed), HF_OK);
    assert_int_equal(hf_hpke_open(receiver, text, made, opened), HF_ERR_bad_record);
    for (size_t i = 0; i < made.len; i++) {
        sealed[i] ^= 1;
        assert_int_equal(hf_hpke_open(receiver, none, made, opened), HF_ERR_bad_record);
        sealed[i] ^= 1;
        assert_int_equal(hf_hpke_open(receiver, none, hf_span_part(made, 0, i), opened), HF_ERR_bad_record);
    }
    assert_int_equal(hf_hpke_open(receiver, none, made, opened), HF_OK); /* the place in the sequence stayed */
    assert_int_equal(hf_hpke_open(receiver, none, made, opened), HF_ERR_bad_record);
    hf_hpke_free(sender);
    hf_hpke_free(receiver);
}

static void what_is_no_key_is_refused(void **state)
{
    static const uint8_t zeros[HF_HPKE_ENC_MAX];
    struct value info, private;
    uint8_t room[HF_HPKE_ENC_MAX];
    struct hf_hpke *hpke;
    (void)state;
    for (size_t i = 0; i < HF_COUNT(sections); i++) {
        const struct hf_hpke_setup setup = setup_of(sections[i], &info);
        const size_t len = hf_hpke_public_len(setup.suite.kem);
        get(&private, sections[i], "skRm");
        for (size_t wrong = 0; wrong < 3; wrong++) { /* all zeros: of small order, or on no curve; then lengths */
            struct hf_writer enc = hf_writer_of(room, sizeof room);
            const struct hf_span bytes = hf_span_of(zeros, wrong == 0 ? len : wrong == 1 ? len - 1 : 0);
            assert_int_equal(hf_hpke_new_sender(&setup, bytes, hf_span_of(NULL, 0), &enc, &hpke), HF_ERR_bad_key_share);
            assert_int_equal(hf_hpke_new_receiver(&setup, private.span, bytes, &hpke), HF_ERR_bad_key_share);
        }
        assert_int_equal(hf_hpke_new_receiver(&setup, hf_span_of(NULL, 0), private.span, &hpke), HF_ERR_wrong_call);
    }
}

static void suites_without_a_row_are_told(void **state)
{
    struct value info, public;
    uint8_t room[HF_HPKE_ENC_MAX];
    struct hf_writer enc = hf_writer_of(room, sizeof room);
    struct hf_hpke *hpke;
    static const struct hf_hpke_suite wrong[] = {
        {0x6666, 1, 1}, {HF_HPKE_KEM_X25519, 0, 1}, {HF_HPKE_KEM_X25519, 4, 1}, {HF_HPKE_KEM_X25519, 1, 0xffff}};
    (void)state;
    assert_int_equal(hf_hpke_public_len(0x6666), 0);
    for (size_t i = 0; i < HF_COUNT(wrong); i++) {
        struct hf_hpke_setup setup = setup_of("A.1.1", &info);
        setup.suite = wrong[i];
        get(&public, "A.1.1", "pkRm");
        assert_false(hf_hpke_available(toolbox, wrong[i]));
        assert_int_equal(hf_hpke_new_sender(&setup, public.span, hf_span_of(NULL, 0), &enc, &hpke),
                         HF_ERR_unsupported_here);
        assert_int_equal(hf_hpke_new_receiver(&setup, public.span, public.span, &hpke), HF_ERR_unsupported_here);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_come_out),
        cmocka_unit_test(what_was_changed_does_not_open),
        cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test(suites_without_a_row_are_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
