/* What every subcommand prints by: errors to stderr as "handfast: ...", JSON text, colour on a terminal only.
 * Exit statuses are those of the library's table of errors (hf_error_exit_status); 0 is fine, 2 is usage. */
#ifndef HF_CLI_OUT_H
#define HF_CLI_OUT_H

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include <handfast/failure.h>

enum { HF_EXIT_FINE = 0, HF_EXIT_USAGE = 2, HF_EXIT_FILE = 51 };

/* The codes of out_style. */
enum hf_out_style { HF_OUT_PLAIN, HF_OUT_BOLD, HF_OUT_DIM, HF_OUT_RED, HF_OUT_GREEN, HF_OUT_YELLOW };

/* Prints "handfast: " and the message, and a line end, to stderr. */
void hf_out_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the failure's explanation to stderr, after "handfast: " and, when `what` is not NULL, "what: " (a file).
 * Returns the exit status that goes with it. */
int hf_out_failure(const char *what, const struct hf_failure *failure);

/* The failure's explanation as of now, in one line. */
void hf_out_explain(const struct hf_failure *failure, char *into, size_t room);

/* "handfast: ... (try handfast SUBCOMMAND --help)"; returns HF_EXIT_USAGE. */
int hf_out_usage(const char *subcommand, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The escape sequence that turns a style on (HF_OUT_PLAIN: all off); "" when `stream` is no terminal, or NO_COLOR is
 * set, or TERM is dumb. */
const char *hf_out_style(FILE *stream, enum hf_out_style style);

/* Prints a JSON string with its quotes; NULL prints null. */
void hf_out_json_text(FILE *stream, const char *text);

/* Prints `"name": "text"` with a comma before it unless *first, which it clears. */
void hf_out_json_member(FILE *stream, bool *first, const char *name, const char *text);

/* Prints `"name": number` the same way. */
void hf_out_json_number(FILE *stream, bool *first, const char *name, long long number);
/* Prints `"name": true` or false the same way. */
void hf_out_json_bool(FILE *stream, bool *first, const char *name, bool value);

/* Writes "2026-11-20 10:00 UTC" into `into` (at least 24 bytes) and returns it. */
const char *hf_out_time(time_t time_s, char into[static 24]);

#endif
