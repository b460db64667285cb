/* Writes docs/FAILURES.md to standard output, from the one table of failures (handfast/errors.def): what users meet, by
 * its reason number H1-H32, then every error. A test fails when the committed page is not what this writes. */
#include <handfast/failure.h>

#include <stdio.h>

struct row {
    int number, reason, exit_status;
    const char *name, *alert13, *alert12, *title, *remedy, *section;
};

static const struct row rows[] = {
#define HF_ERROR(number, name, alert13, alert12, reason, exit_status, title, remedy, section)                          \
    {number, reason, exit_status, #name, #alert13, #alert12, title, remedy, section},
#include <handfast/errors.def>
#undef HF_ERROR
};

enum { ROWS = sizeof rows / sizeof rows[0], REASONS = 32 };

static void write_row(const struct row *row)
{
    printf("| `%s` | %s | %s | %d |\n", row->name, row->title, row->remedy, row->exit_status);
}

static int count_of(int reason)
{
    int count = 0;
    for (int i = 0; i < ROWS; i++)
        count += rows[i].reason == reason;
    return count;
}

static void write_reasons(void)
{
    for (int reason = 1; reason <= REASONS; reason++) {
        if (count_of(reason) == 0)
            continue;
        printf("\n### H%d\n\n| error | what a person is told | remedy | exit |\n|---|---|---|---|\n", reason);
        for (int i = 0; i < ROWS; i++)
            if (rows[i].reason == reason)
                write_row(&rows[i]);
    }
}

static void write_all(void)
{
    printf("\n## Every error\n\n| number | error | alert in 1.3 | alert in 1.2 | reason | exit | section |\n"
           "|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < ROWS; i++) {
        printf("| %d | `%s` | %s | %s | ", rows[i].number, rows[i].name, rows[i].alert13, rows[i].alert12);
        if (rows[i].reason != 0)
            printf("H%d", rows[i].reason);
        printf(" | %d | %s |\n", rows[i].exit_status, rows[i].section);
    }
}

int main(void)
{
    printf(
        "# Failures\n\n"
        "Written by `tools/write_failures.c` from `include/handfast/errors.def`; do not edit.\n\n"
        "Each explanation ends in a number like [H14]: the failure as users meet it, the same at both ends where both\n"
        "can tell, and in every log line and JSON object. A server that judges a client tells H15 to H18 where a "
        "client\n"
        "that judges a server tells H1 to H4, H8 to H10 and H11 (`hf_failure_reason`). H30 has no row:\n"
        "not to be asked is no failure, and `connect --diagnose` tells it. Nor is it one to decline a request to\n"
        "say who we are later (H29), unless it comes again and again: `connect` and `serve` tell it.\n\n"
        "Exit statuses of the program: 10-19 we refused the peer, 20-29 the peer refused us, 30-39 nothing in common,\n"
        "40-49 network, 50-59 local files, 2 usage, 60 a defect or limit of ours.\n\n"
        "## By reason\n");
    write_reasons();
    write_all();
    return 0;
}
