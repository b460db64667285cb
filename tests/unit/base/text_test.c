/* base/text.h: cutting, escaping, dates of every kind, lengths of time. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/text.h"

#include <string.h>

static void adds_up(void **state)
{
    (void)state;
    char room[32];
    struct hf_text text = hf_text_of(room, sizeof room);
    assert_string_equal(room, "");
    hf_text_add(&text, "%s %d", "depth", 3);
    hf_text_add(&text, "!");
    assert_string_equal(room, "depth 3!");
    assert_int_equal(text.len, 8);
}

static void what_fits_exactly_is_not_cut(void **state)
{
    (void)state;
    char room[8];
    struct hf_text text = hf_text_of(room, sizeof room);
    hf_text_add(&text, "1234567");
    assert_string_equal(room, "1234567");
    hf_text_add(&text, "%s", "");
    assert_string_equal(room, "1234567");
    hf_text_add(&text, "8");
    assert_string_equal(room, "1234...");
    assert_int_equal(text.len, 7);
}

static void what_is_cut_stays_cut(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 12; size++) {
        char room[16];
        memset(room, '#', sizeof room);
        struct hf_text text = hf_text_of(room, size);
        hf_text_add(&text, "one two three four");
        hf_text_add(&text, " five");
        assert_int_equal(strlen(room), size - 1);
        assert_int_equal(text.len, size - 1);
        assert_int_equal(room[size], '#');
        if (size > 4)
            assert_string_equal(room + size - 4, "...");
    }
}

static void bytes_of_peers_are_escaped(void **state)
{
    (void)state;
    char room[64];
    struct hf_text text = hf_text_of(room, sizeof room);
    hf_text_add_safe(&text, hf_span_of("a~ \x1b[31m\n\x00\x7f\xc3", 12));
    assert_string_equal(room, "a~ \\x1b[31m\\x0a\\x00\\x7f\\xc3");
    text = hf_text_of(room, sizeof room);
    hf_text_add_safe(&text, hf_span_of_text("%s%n"));
    assert_string_equal(room, "%s%n");
    text = hf_text_of(room, sizeof room);
    hf_text_add_safe(&text, hf_span_of(NULL, 0));
    assert_string_equal(room, "");
}

static void hexadecimal(void **state)
{
    (void)state;
    char room[16];
    struct hf_text text = hf_text_of(room, sizeof room);
    hf_text_add_hex(&text, hf_span_of("\x00\xff\x0a", 3));
    assert_string_equal(room, "00ff0a");
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        int64_t time_s;
        const char *expected;
    } cases[] = {
        {0, "1970-01-01 00:00 UTC"},
        {59, "1970-01-01 00:00 UTC"},
        {86399, "1970-01-01 23:59 UTC"},
        {86400, "1970-01-02 00:00 UTC"},
        {-1, "1969-12-31 23:59 UTC"},
        {-86400, "1969-12-31 00:00 UTC"},
        {-86401, "1969-12-30 23:59 UTC"},
        {951782400, "2000-02-29 00:00 UTC"}, /* divisible by 400: a leap year */
        {951868800, "2000-03-01 00:00 UTC"},
        {1709164800, "2024-02-29 00:00 UTC"}, /* divisible by 4 */
        {1709251199, "2024-02-29 23:59 UTC"},
        {4107456000, "2100-02-28 00:00 UTC"}, /* divisible by 100: none */
        {4107542400, "2100-03-01 00:00 UTC"},
        {-2203977600, "1900-02-28 00:00 UTC"},
        {-2203891200, "1900-03-01 00:00 UTC"},
        {1767225599, "2025-12-31 23:59 UTC"},
        {1767225600, "2026-01-01 00:00 UTC"},
        {1795168800, "2026-11-20 10:00 UTC"},
        {2147483648, "2038-01-19 03:14 UTC"},   /* past 31 bits */
        {253402300799, "9999-12-31 23:59 UTC"}, /* "no well-defined expiration", RFC 5280 4.1.2.5 */
        {-62135596800, "0001-01-01 00:00 UTC"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char room[40];
        struct hf_text text = hf_text_of(room, sizeof room);
        hf_text_add_time(&text, cases[i].time_s);
        assert_string_equal(room, cases[i].expected);
    }
}

/* Walks day by day through 800 years with a calendar reckoned the plain way. */
static void every_day_of_800_years(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day_number = -135140; /* 1600-01-01 */
    for (int year = 1600; year < 2400; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= length; day++) {
                char room[40], expected[80];
                struct hf_text text = hf_text_of(room, sizeof room);
                struct hf_text plain = hf_text_of(expected, sizeof expected);
                hf_text_add_time(&text, day_number++ * 86400 + 3661);
                hf_text_add(&plain, "%04d-%02d-%02d 01:01 UTC", year, month, day);
                assert_string_equal(room, expected);
            }
        }
    }
}

static void lengths_of_time(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *expected;
    } cases[] = {
        {0, "0 seconds"},          {1, "1 second"},
        {2, "2 seconds"},          {119, "119 seconds"},
        {120, "2 minutes"},        {7199, "119 minutes"},
        {7200, "2 hours"},         {172799, "47 hours"},
        {172800, "2 days"},        {3 * 86400 + 5, "3 days"},
        {-1, "1 second"},          {-3 * 86400, "3 days"},
        {365 * 86400, "365 days"}, {INT64_MIN, "106751991167300 days"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char room[40];
        struct hf_text text = hf_text_of(room, sizeof room);
        hf_text_add_duration(&text, cases[i].seconds);
        assert_string_equal(room, cases[i].expected);
    }
}

static void the_farthest_times_do_not_overflow(void **state)
{
    (void)state;
    char room[64];
    struct hf_text text = hf_text_of(room, sizeof room);
    hf_text_add_time(&text, INT64_MAX);
    assert_string_equal(room, "292277026596-12-04 15:30 UTC");
    text = hf_text_of(room, sizeof room);
    hf_text_add_time(&text, INT64_MIN);
    assert_string_equal(room, "-292277022657-01-27 08:29 UTC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_up),
        cmocka_unit_test(what_fits_exactly_is_not_cut),
        cmocka_unit_test(what_is_cut_stays_cut),
        cmocka_unit_test(bytes_of_peers_are_escaped),
        cmocka_unit_test(hexadecimal),
        cmocka_unit_test(dates),
        cmocka_unit_test(every_day_of_800_years),
        cmocka_unit_test(lengths_of_time),
        cmocka_unit_test(the_farthest_times_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
