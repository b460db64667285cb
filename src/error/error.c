/* The one table of failures, from its rows in <handfast/errors.def>, and the names of alerts from alerts.def.
 * Callers see columns only; an unknown number reads as `internal`, never as success. */
#include "error/error.h"

struct row {
    enum hf_error error;
    const char *name;
    enum hf_alert alert13;
    enum hf_alert alert12;
    int reason;
    int exit_status;
    const char *title;
    const char *remedy;
    const char *section;
};

static const struct row rows[] = {
    {HF_OK, "ok", HF_ALERT_none, HF_ALERT_none, 0, 0, "nothing failed", "", ""},
#define HF_ERROR(number, name, alert13, alert12, reason, exit_status, title, remedy, section)                          \
    {HF_ERR_##name, #name, HF_ALERT_##alert13, HF_ALERT_##alert12, reason, exit_status, title, remedy, section},
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

/* An error that has no row can only come from memory gone wrong; it is told as a defect. */
static const struct row *row_of(enum hf_error error)
{
    const struct row *internal = &rows[0];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].error == error)
            return &rows[i];
        if (rows[i].error == HF_ERR_internal)
            internal = &rows[i];
    }
    return internal;
}

const char *hf_error_name(enum hf_error error)
{
    return row_of(error)->name;
}

const char *hf_error_title(enum hf_error error)
{
    return row_of(error)->title;
}

const char *hf_error_remedy(enum hf_error error)
{
    return row_of(error)->remedy;
}

const char *hf_error_section(enum hf_error error)
{
    return row_of(error)->section;
}

int hf_error_reason(enum hf_error error)
{
    return row_of(error)->reason;
}

int hf_error_exit_status(enum hf_error error)
{
    return row_of(error)->exit_status;
}

enum hf_alert hf_error_alert13(enum hf_error error)
{
    return row_of(error)->alert13;
}

enum hf_alert hf_error_alert12(enum hf_error error)
{
    return row_of(error)->alert12;
}

const char *hf_alert_name(unsigned number)
{
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
        if (alerts[i].number == number)
            return alerts[i].name;
    return "unknown_alert";
}
