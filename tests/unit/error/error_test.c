/* The table of failures: numbers unique and in their ranges, every column filled sensibly, columns read back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "error/error.h"

#include <stdbool.h>
#include <string.h>

static const struct row {
    int number;
    const char *name;
    enum hf_alert alert13, alert12;
    int reason, exit_status;
    const char *title, *remedy, *section;
} rows[] = {
#define HF_ERROR(number, name, alert13, alert12, reason, exit_status, title, remedy, section)                          \
    {number, #name, HF_ALERT_##alert13, HF_ALERT_##alert12, reason, exit_status, title, remedy, section},
#include <handfast/errors.def>
#undef HF_ERROR
};

static const struct {
    unsigned number;
    const char *name;
} alerts[] = {
#define HF_ALERT(number, name) {number, #name},
#include <handfast/alerts.def>
#undef HF_ALERT
};

#define ROWS   (sizeof rows / sizeof rows[0])
#define ALERTS (sizeof alerts / sizeof alerts[0])

static void numbers_and_names_are_unique_and_rise(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        assert_true(rows[i].number > (i == 0 ? 0 : rows[i - 1].number));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(rows[i].name, rows[j].name);
    }
}

static void columns_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        enum hf_error error = (enum hf_error)rows[i].number;
        assert_string_equal(hf_error_name(error), rows[i].name);
        assert_string_equal(hf_error_title(error), rows[i].title);
        assert_string_equal(hf_error_remedy(error), rows[i].remedy);
        assert_string_equal(hf_error_section(error), rows[i].section);
        assert_int_equal(hf_error_reason(error), rows[i].reason);
        assert_int_equal(hf_error_exit_status(error), rows[i].exit_status);
        assert_int_equal(hf_error_alert13(error), rows[i].alert13);
        assert_int_equal(hf_error_alert12(error), rows[i].alert12);
    }
}

/* A clause has words, no capital except of a name, no full stop: sentences are made around it. */
static void assert_clause(const char *clause)
{
    size_t len = strlen(clause);
    assert_in_range(len, 8, 250);
    assert_true(clause[0] >= 'a' && clause[0] <= 'z');
    assert_true(clause[len - 1] != '.' && clause[len - 1] != ' ');
    for (size_t i = 0; i < len; i++)
        assert_true(clause[i] >= 0x20 && clause[i] < 0x7f);
}

static void titles_and_remedies_are_clauses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        assert_clause(rows[i].title);
        assert_clause(rows[i].remedy);
        assert_true(rows[i].section[0] == '\0' || strncmp(rows[i].section, "RFC ", 4) == 0);
    }
}

/* The ranges that errors.def states, by number: who refused whom. Exit 0 is success's alone. */
static void exit_statuses_are_in_their_groups(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        int number = rows[i].number;
        int status = rows[i].exit_status;
        assert_in_range(status, 2, 60);
        assert_in_range(rows[i].reason, 0, 32);
        if (number >= 200 && number < 300)
            assert_in_range(status, 10, 19);
        if (number >= 300 && number < 400)
            assert_in_range(status, 20, 39);
        if (number >= 400 && number < 500)
            assert_in_range(status, 40, 49);
        if (number >= 500 && number < 600)
            assert_true(status == 2 || (status >= 50 && status <= 59));
        if (number >= 600)
            assert_int_equal(status, 60);
    }
}

static bool sends_nothing(const struct row *row)
{
    return row->alert13 == HF_ALERT_none;
}

/* What the peer, the network or our files did sends no alert; what we refuse does. The few others are named. */
static void alerts_fit_their_group(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        assert_int_equal(row->alert13 == HF_ALERT_none, row->alert12 == HF_ALERT_none);
        if (row->number >= 300 && row->number < 600)
            assert_true(sends_nothing(row));
        if (row->number < 300)
            assert_int_equal(sends_nothing(row), strcmp(row->name, "not_tls") == 0);
    }
}

/* Alerts that one version does not have may not be sent in it: 1.3 dropped those that RFC 9846 6 calls reserved;
 * 1.2 lacks missing_extension and certificate_required. Nothing is ever refused with a warning or a closure alert. */
static void alerts_exist_in_their_version(void **state)
{
    (void)state;
    static const enum hf_alert never13[] = {
        HF_ALERT_decryption_failed,  HF_ALERT_decompression_failure,    HF_ALERT_no_certificate,
        HF_ALERT_export_restriction, HF_ALERT_no_renegotiation,         HF_ALERT_close_notify,
        HF_ALERT_user_canceled,      HF_ALERT_certificate_unobtainable, HF_ALERT_bad_certificate_hash_value};
    static const enum hf_alert never12[] = {
        HF_ALERT_decryption_failed,    HF_ALERT_no_certificate,       HF_ALERT_missing_extension,
        HF_ALERT_certificate_required, HF_ALERT_export_restriction,   HF_ALERT_close_notify,
        HF_ALERT_general_error,        HF_ALERT_decompression_failure}; /* ech_required is: RFC 9849 6.1.6 */
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < sizeof never13 / sizeof never13[0]; j++)
            assert_int_not_equal(rows[i].alert13, never13[j]);
        for (size_t j = 0; j < sizeof never12 / sizeof never12[0]; j++)
            assert_int_not_equal(rows[i].alert12, never12[j]);
    }
}

static void alerts_have_unique_numbers_and_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALERTS; i++) {
        assert_string_equal(hf_alert_name(alerts[i].number), alerts[i].name);
        assert_true(alerts[i].number <= 255);
        assert_true(i == 0 || alerts[i].number > alerts[i - 1].number);
    }
    assert_string_equal(hf_alert_name(255), "unknown_alert");
    assert_string_equal(hf_alert_name(HF_ALERT_none), "unknown_alert");
}

static void success_and_strangers(void **state)
{
    (void)state;
    assert_int_equal(hf_error_exit_status(HF_OK), 0);
    assert_string_equal(hf_error_name(HF_OK), "ok");
    enum hf_error stranger = (enum hf_error)9999;
    assert_string_equal(hf_error_name(stranger), "internal");
    assert_int_equal(hf_error_exit_status(stranger), 60);
    assert_int_equal(hf_error_alert13(stranger), HF_ALERT_internal_error);
}

static enum hf_error fails_with(enum hf_error error, int *ret_passed)
{
    HF_TRY(error);
    *ret_passed = 1;
    return HF_OK;
}

static void trying_hands_failures_up(void **state)
{
    (void)state;
    int passed = 0;
    assert_int_equal(fails_with(HF_ERR_no_memory, &passed), HF_ERR_no_memory);
    assert_int_equal(passed, 0);
    assert_int_equal(fails_with(HF_OK, &passed), HF_OK);
    assert_int_equal(passed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_names_are_unique_and_rise),
        cmocka_unit_test(columns_read_back),
        cmocka_unit_test(titles_and_remedies_are_clauses),
        cmocka_unit_test(exit_statuses_are_in_their_groups),
        cmocka_unit_test(alerts_fit_their_group),
        cmocka_unit_test(alerts_exist_in_their_version),
        cmocka_unit_test(alerts_have_unique_numbers_and_names),
        cmocka_unit_test(success_and_strangers),
        cmocka_unit_test(trying_hands_failures_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
