/* Our errors are fewer, and say where and what in fields; the suite's names mix both. So a row of error_names.def picks
 * by the error and, where that is not enough, by what stands in the fields. */
#include "error_names.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct row {
    enum hf_error error;
    const char *where;  /* stands in failure->where; "": anything, "=": nothing does */
    const char *wanted; /* likewise in failure->wanted */
    const char *got;    /* likewise in failure->got */
    const char *name;
};

static const struct row rows[] = {
#define BOGO_NAME(error, where, wanted, got, name) {HF_ERR_##error, where, wanted, got, name},
#include "error_names.def"
#undef BOGO_NAME
};

/* Alerts that SSL 3.0 knew have its name before theirs. */
static bool is_of_ssl3(unsigned alert)
{
    return alert == 0 || alert == 10 || alert == 20 || alert == 30 || (alert >= 40 && alert <= 47);
}

static void print_alert(unsigned alert, bool is_first_answer)
{
    if (alert == HF_ALERT_handshake_failure && is_first_answer) {
        fprintf(stderr, ":HANDSHAKE_FAILURE_ON_CLIENT_HELLO:\n");
        return;
    }
    fprintf(stderr, ":%s_ALERT_", is_of_ssl3(alert) ? "SSLV3" : "TLSV1");
    for (const char *at = hf_alert_name(alert); *at != '\0'; at++)
        fputc(toupper((unsigned char)*at), stderr);
    fprintf(stderr, ":\n");
}

static bool fits(const char *pattern, const char *text)
{
    return strcmp(pattern, "=") == 0 ? text[0] == '\0' : strstr(text, pattern) != NULL;
}

static const char *find(const struct hf_failure *failure)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].error == failure->error && fits(rows[i].where, failure->where) &&
            fits(rows[i].wanted, failure->wanted) && fits(rows[i].got, failure->got))
            return rows[i].name;
    return NULL;
}

void bogo_error_names_print(const struct hf_failure *failure, const struct hf_connection *connection)
{
    const char *name = failure->by == HF_BY_PEER ? NULL : find(failure);
    struct hf_session_info info = {0};
    if (connection != NULL)
        hf_session_info(connection, &info);
    if (failure->by == HF_BY_PEER)
        print_alert(failure->alert, info.version == 0 && !info.hello_retried);
    else if (name != NULL)
        fprintf(stderr, ":%s:\n", name);
    fprintf(stderr, "%s, by %d, alert %s, where \"%s\", wanted \"%s\", got \"%s\"\n", hf_error_name(failure->error),
            (int)failure->by, hf_alert_name(failure->alert), failure->where, failure->wanted, failure->got);
}
