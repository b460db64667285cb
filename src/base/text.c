/* Texts for people, in bounded room. Dates are reckoned here because gmtime is not for any year nor any thread, and
 * the library asks no clock and no locale. */
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct hf_text hf_text_of(char *at, size_t room)
{
    at[0] = '\0';
    return (struct hf_text){.at = at, .len = 0, .room = room};
}

static void mark_cut(struct hf_text *text)
{
    text->len = text->room - 1;
    if (text->room > 4)
        memcpy(text->at + text->room - 4, "...", 4);
}

void hf_text_add(struct hf_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    hf_text_add_arguments(text, format, arguments);
    va_end(arguments);
}

void hf_text_add_arguments(struct hf_text *text, const char *format, va_list arguments)
{
    size_t left = text->room - text->len;
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): clang-tidy 14 does not follow a va_list into its callee */
    int written = vsnprintf(text->at + text->len, left, format, arguments);
    if (written < 0)
        text->at[text->len] = '\0';
    else if ((size_t)written >= left)
        mark_cut(text);
    else
        text->len += (size_t)written;
}

void hf_text_add_safe(struct hf_text *text, struct hf_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] >= 0x20 && bytes.data[i] < 0x7f)
            hf_text_add(text, "%c", bytes.data[i]);
        else
            hf_text_add(text, "\\x%02x", bytes.data[i]);
    }
}

void hf_text_add_hex(struct hf_text *text, struct hf_span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        hf_text_add(text, "%02x", bytes.data[i]);
}

/* Days since 1970-01-01 to a civil date in the proleptic Gregorian calendar; 719468 days lie between
 * 0000-03-01 and 1970-01-01, and 146097 make one era of 400 years. */
static void civil(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * of_year + 2) / 153;
    *ret_day = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
    *ret_month = (unsigned)(month < 10 ? month + 3 : month - 9);
    *ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

void hf_text_add_time(struct hf_text *text, int64_t time_s)
{
    int64_t days = time_s / 86400;
    int64_t of_day = time_s % 86400;
    if (of_day < 0) {
        of_day += 86400;
        days--;
    }
    int64_t year;
    unsigned month, day;
    civil(days, &year, &month, &day);
    hf_text_add(text, "%04" PRId64 "-%02u-%02u %02d:%02d UTC", year, month, day, (int)(of_day / 3600),
                (int)(of_day / 60 % 60));
}

void hf_text_add_duration(struct hf_text *text, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    uint64_t length = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
    size_t unit = 0;
    while (unit < HF_COUNT(units) - 1 && length < (uint64_t)units[unit].seconds * 2)
        unit++;
    uint64_t amount = length / (uint64_t)units[unit].seconds;
    hf_text_add(text, "%" PRIu64 " %s%s", amount, units[unit].name, amount == 1 ? "" : "s");
}
