/* The index of a CRL finds what going through the list finds, whatever the list's order, and sooner. */
#define _POSIX_C_SOURCE 200809L
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "certificate/crl.h"
#include "support/test_allocator.h"

enum { ENTRIES = 100000, SERIAL_LEN = 16, ENTRY_LEN = 2 + 2 + SERIAL_LEN + 2 + 13 };

/* Numbers that are neither in order nor clustered, with the top bit clear: splitmix64 of the place. */
static uint64_t spread(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static void make_serial(uint64_t number, uint8_t serial[SERIAL_LEN])
{
    uint64_t value = spread(number);
    for (size_t i = 0; i < SERIAL_LEN; i++)
        serial[i] = (uint8_t)(value >> 8 * (i % 8));
    serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
}

/* A list like that of a large CA: serial numbers of 16 bytes, a date each; the date says which entry it is. */
static uint8_t *make_list(size_t count)
{
    uint8_t *list = malloc(count * ENTRY_LEN + 1);
    assert_non_null(list);
    for (size_t i = 0; i < count; i++) {
        uint8_t *at = list + i * ENTRY_LEN;
        static const uint8_t head[] = {0x30, ENTRY_LEN - 2, 0x02, SERIAL_LEN};
        memcpy(at, head, sizeof head);
        make_serial(i, at + 4);
        memcpy(at + 4 + SERIAL_LEN,
               "\x17\x0d"
               "260101000000Z",
               15);
        at[4 + SERIAL_LEN + 12] = (uint8_t)('0' + i % 6); /* seconds */
        at[4 + SERIAL_LEN + 13] = (uint8_t)('0' + i / 6 % 10);
    }
    return list;
}

static struct hf_crl_index *index_of(struct hf_span list)
{
    struct hf_crl_index *index = NULL;
    assert_int_equal(hf_crl_index_new(&hf_allocation_standard, list, &index), HF_OK);
    return index;
}

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* How long `asked` questions take, of which every second one has no answer; the same answers either way. */
static double ask(const struct hf_crl *crl, size_t asked)
{
    double began_us = now_us();
    for (size_t i = 0; i < asked; i++) {
        uint8_t serial[SERIAL_LEN];
        struct hf_crl_entry entry = {0};
        size_t number = (size_t)(spread(i) % ENTRIES) + (i % 2 == 0 ? 0 : ENTRIES);
        make_serial(number, serial);
        assert_int_equal(hf_crl_find(crl, hf_span_of(serial, sizeof serial), &entry), i % 2 == 0);
        if (i % 2 == 0)
            assert_memory_equal(entry.serial.data, serial, sizeof serial);
        if (i % 2 == 0)
            assert_int_equal(entry.date_s % 60, number % 6 * 10 + number / 6 % 10);
    }
    return (now_us() - began_us) / (double)asked;
}

static void a_hundred_thousand_entries(void **state)
{
    (void)state;
    uint8_t *list = make_list(ENTRIES);
    struct hf_crl crl = {.revoked = hf_span_of(list, (size_t)ENTRIES * ENTRY_LEN)};
    double linear_us = ask(&crl, 20);
    double began_us = now_us();
    struct hf_crl_index *index = index_of(crl.revoked);
    double built_us = now_us() - began_us;
    crl.index = index;
    double indexed_us = ask(&crl, 10000);
    print_message("%d entries: built in %.0f ms; found in %.2f us, from front to back in %.0f us\n", ENTRIES,
                  built_us / 1000, indexed_us, linear_us);
    assert_true(indexed_us * 10 < linear_us);
    hf_crl_index_free(index, &hf_allocation_standard);
    free(list);
}

/* Small lists of all lengths, each entry found, and of twins the first. */
static void every_entry_is_found(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 40; count++) {
        uint8_t *list = make_list(count);
        if (count >= 2) /* the last one is a twin of the first, of another date */
            memcpy(list + (count - 1) * ENTRY_LEN + 4, list + 4, SERIAL_LEN);
        struct hf_crl crl = {.revoked = hf_span_of(list, count * ENTRY_LEN)};
        struct hf_crl_index *index = index_of(crl.revoked);
        for (size_t i = 0; i <= count; i++) {
            uint8_t serial[SERIAL_LEN];
            struct hf_crl_entry by_index = {0};
            struct hf_crl_entry by_hand = {0};
            make_serial(i, serial);
            crl.index = NULL;
            bool there = hf_crl_find(&crl, hf_span_of(serial, sizeof serial), &by_hand);
            crl.index = index;
            assert_int_equal(hf_crl_find(&crl, hf_span_of(serial, sizeof serial), &by_index), there);
            assert_ptr_equal(by_index.serial.data, by_hand.serial.data);
        }
        assert_int_equal(hf_crl_index_find(index, hf_span_of(NULL, 0)).len, 0);
        hf_crl_index_free(index, &hf_allocation_standard);
        free(list);
    }
}

static void memory_may_be_missing(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    struct hf_crl_index *index = NULL;
    uint8_t *list = make_list(3);
    hf_test_allocator_init(&test, 1);
    assert_int_equal(hf_crl_index_new(&test.allocator, hf_span_of(list, 3 * ENTRY_LEN), &index), HF_ERR_no_memory);
    assert_null(index);
    assert_int_equal(test.live, 0);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_thousand_entries),
        cmocka_unit_test(every_entry_is_found),
        cmocka_unit_test(memory_may_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
