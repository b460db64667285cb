/* The only place of the program that knows about terminals and about JSON rules (RFC 8259 7). See out.h. */
#define _POSIX_C_SOURCE 200809L
#include "out.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXPLAINED_MAX = 2048 };

static void print_prefix(void)
{
    (void)fprintf(stderr, "%shandfast:%s ", hf_out_style(stderr, HF_OUT_RED), hf_out_style(stderr, HF_OUT_PLAIN));
}

void hf_out_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_prefix();
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
}

void hf_out_explain(const struct hf_failure *failure, char *into, size_t room)
{
    (void)hf_failure_explain(failure, (int64_t)time(NULL), into, room);
    for (char *at = into; *at != '\0'; at++)
        if (*at == '\n')
            *at = ' ';
}

int hf_out_failure(const char *what, const struct hf_failure *failure)
{
    char text[EXPLAINED_MAX];
    (void)hf_failure_explain(failure, (int64_t)time(NULL), text, sizeof(text));
    print_prefix();
    (void)fprintf(stderr, "%s%s%s\n", what == NULL ? "" : what, what == NULL ? "" : ": ", text);
    return hf_error_exit_status(failure->error);
}

int hf_out_usage(const char *subcommand, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_prefix();
    (void)vfprintf(stderr, format, arguments);
    (void)fprintf(stderr, " (try handfast %s --help)\n", subcommand);
    va_end(arguments);
    return HF_EXIT_USAGE;
}

static bool wants_colour(FILE *stream)
{
    const char *term = getenv("TERM");
    return isatty(fileno(stream)) == 1 && getenv("NO_COLOR") == NULL && (term == NULL || strcmp(term, "dumb") != 0);
}

const char *hf_out_style(FILE *stream, enum hf_out_style style)
{
    static const char *const codes[] = {
        [HF_OUT_PLAIN] = "\x1b[0m", [HF_OUT_BOLD] = "\x1b[1m",   [HF_OUT_DIM] = "\x1b[2m",
        [HF_OUT_RED] = "\x1b[31m",  [HF_OUT_GREEN] = "\x1b[32m", [HF_OUT_YELLOW] = "\x1b[33m",
    };
    return wants_colour(stream) ? codes[style] : "";
}

void hf_out_json_text(FILE *stream, const char *text)
{
    if (text == NULL) {
        (void)fputs("null", stream);
        return;
    }
    (void)fputc('"', stream);
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            (void)fprintf(stream, "\\%c", *c);
        else if (*c == '\n')
            (void)fputs("\\n", stream);
        else if (*c < 0x20 || *c >= 0x7f)
            (void)fprintf(stream, "\\u%04x", *c); /* bytes above ASCII are escaped below us already */
        else
            (void)fputc(*c, stream);
    }
    (void)fputc('"', stream);
}

static void print_name(FILE *stream, bool *first, const char *name)
{
    (void)fputs(*first ? "" : ", ", stream);
    *first = false;
    hf_out_json_text(stream, name);
    (void)fputs(": ", stream);
}

void hf_out_json_member(FILE *stream, bool *first, const char *name, const char *text)
{
    print_name(stream, first, name);
    hf_out_json_text(stream, text);
}

void hf_out_json_number(FILE *stream, bool *first, const char *name, long long number)
{
    print_name(stream, first, name);
    (void)fprintf(stream, "%lld", number);
}

void hf_out_json_bool(FILE *stream, bool *first, const char *name, bool value)
{
    print_name(stream, first, name);
    (void)fputs(value ? "true" : "false", stream);
}

const char *hf_out_time(time_t time_s, char into[static 24])
{
    struct tm parts;
    if (gmtime_r(&time_s, &parts) == NULL || strftime(into, 24, "%Y-%m-%d %H:%M UTC", &parts) == 0)
        into[0] = '\0';
    return into;
}
