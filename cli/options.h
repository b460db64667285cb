/* The flags of a subcommand: one table says how each is called, what it takes and what help says of it.
 * `--flag value` and `--flag=value` are the same; `--` ends the flags. Whatever is wrong is said on stderr, with what
 * was most probably meant, and gives exit status 2. */
#ifndef HF_CLI_OPTIONS_H
#define HF_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum hf_option_kind {
    HF_OPTION_SWITCH = 0, /* bool: true when given */
    HF_OPTION_TEXT,       /* const char *: NULL until given; at most once */
    HF_OPTION_LIST,       /* struct hf_option_list: as often as wanted */
    HF_OPTION_CHOICE,     /* const char *: one of `choices`; NULL until given */
    HF_OPTION_NUMBER,     /* size_t: 0 to `max` */
    HF_OPTION_SECONDS     /* int, milliseconds: "3", "0.5", "3s" or "500ms", up to `max` seconds */
};

enum { HF_OPTION_LIST_MAX = 16 };

struct hf_option_list {
    const char *items[HF_OPTION_LIST_MAX];
    size_t count;
};

struct hf_option {
    const char *name;  /* without its dashes */
    const char *value; /* what help calls its value: "FILE"; NULL for a switch */
    enum hf_option_kind kind;
    size_t offset;       /* of the field in the group's struct */
    const char *choices; /* HF_OPTION_CHOICE: "none|request|require" */
    size_t max;          /* HF_OPTION_NUMBER, HF_OPTION_SECONDS */
    const char *help;    /* one sentence; line ends break lines */
};

/* Flags that belong together, and the struct that they fill. */
struct hf_option_group {
    const char *title;
    const struct hf_option *options;
    size_t count;
    void *into;
};

struct hf_option_page {
    const char *command;  /* "connect" */
    const char *synopsis; /* "HOST:PORT [flags]" */
    const char *about;    /* what it does, a few lines */
    const char *notes;    /* below the flags; exit statuses, examples */
    const struct hf_option_group *groups;
    size_t group_count;
    size_t words_max; /* words that are no flags */
};

/* Reads argv[1..]; argv[0] is the subcommand. True: go on. False: *ret_exit is the exit status (0 after --help). */
bool hf_options_parse(const struct hf_option_page *page, int argc, char **argv, struct hf_option_list *ret_words,
                      int *ret_exit);

/* Prints the page on stdout. */
void hf_options_help(const struct hf_option_page *page);

#endif
