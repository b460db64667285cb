/* Flags read by their table, and help printed from the same table.
 * Invariants: a flag that does nothing is never accepted in silence: unknown ones, values that do not fit, values
 * missing and flags given twice are each refused by name, with the nearest flag or choice. */
#include "options.h"

#include "out.h"
#include "suggest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_LEN = 64, HELP_COLUMN = 30 };

struct reading {
    const struct hf_option_page *page;
    int argc;
    char **argv;
    int at; /* the argument being read */
};

/* Prints the refusal and where help is. */
#define REFUSE(reading, ...) hf_out_usage((reading)->page->command, __VA_ARGS__)

static const struct hf_option *find(const struct hf_option_page *page, const char *name, void **ret_into)
{
    for (size_t g = 0; g < page->group_count; g++) {
        const struct hf_option_group *group = &page->groups[g];
        for (size_t i = 0; i < group->count; i++) {
            if (strcmp(group->options[i].name, name) != 0)
                continue;
            *ret_into = (char *)group->into + group->options[i].offset;
            return &group->options[i];
        }
    }
    return NULL;
}

static int refuse_unknown(const struct reading *reading, const char *name)
{
    struct hf_suggest suggest = {.typed = name};
    hf_suggest_consider(&suggest, "help");
    for (size_t g = 0; g < reading->page->group_count; g++)
        for (size_t i = 0; i < reading->page->groups[g].count; i++)
            hf_suggest_consider(&suggest, reading->page->groups[g].options[i].name);
    if (suggest.best == NULL)
        return REFUSE(reading, "there is no flag --%s", name);
    return REFUSE(reading, "there is no flag --%s; did you mean --%s?", name, suggest.best);
}

/* True when `value` is one of the words of "a|b|c". */
static bool is_choice(const char *choices, const char *value)
{
    size_t len = strlen(value);
    for (const char *at = choices; at != NULL; at = strchr(at, '|')) {
        at += *at == '|' ? 1 : 0;
        if (strncmp(at, value, len) == 0 && (at[len] == '|' || at[len] == '\0') && len > 0)
            return true;
    }
    return false;
}

/* "none|request|require" as "none, request or require". */
static void say_choices(const char *choices, char *into, size_t room)
{
    size_t len = 0;
    const char *last = strrchr(choices, '|');
    for (const char *at = choices; *at != '\0' && len + 5 < room; at++) {
        const char *put = at == last ? " or " : *at == '|' ? ", " : NULL;
        if (put == NULL) {
            into[len++] = *at;
            continue;
        }
        len += (size_t)snprintf(into + len, room - len, "%s", put);
    }
    into[len] = '\0';
}

static int put_choice(const struct reading *reading, const struct hf_option *option, const char *value,
                      const char **into)
{
    if (is_choice(option->choices, value)) {
        *into = value;
        return 0;
    }
    char said[160];
    say_choices(option->choices, said, sizeof said);
    return REFUSE(reading, "--%s takes %s, not \"%s\"", option->name, said, value);
}

static int put_number(const struct reading *reading, const struct hf_option *option, const char *value, size_t *into)
{
    char *end = NULL;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || number > option->max)
        return REFUSE(reading, "--%s takes a number from 0 to %zu, not \"%s\"", option->name, option->max, value);
    *into = (size_t)number;
    return 0;
}

static int put_seconds(const struct reading *reading, const struct hf_option *option, const char *value, int *into)
{
    char *end = NULL;
    errno = 0;
    double number = strtod(value, &end);
    double scale = strcmp(end, "ms") == 0 ? 1 : *end == '\0' || strcmp(end, "s") == 0 ? 1000 : 0;
    bool is_decimal = strspn(value, "0123456789.") == (size_t)(end - value) && end != value;
    if (!is_decimal || errno != 0 || scale == 0 || number * scale > (double)option->max * 1000)
        return REFUSE(reading, "--%s takes seconds, 0 to %zu, like 3, 0.5 or 500ms, not \"%s\"", option->name,
                      option->max, value);
    *into = (int)(number * scale);
    return 0;
}

static int put_value(const struct reading *reading, const struct hf_option *option, const char *value, void *into)
{
    struct hf_option_list *list = into;
    const char **text = into;
    if (value[0] == '\0')
        return REFUSE(reading, "--%s needs a value: --%s %s", option->name, option->name, option->value);
    switch (option->kind) {
    case HF_OPTION_NUMBER:
        return put_number(reading, option, value, into);
    case HF_OPTION_SECONDS:
        return put_seconds(reading, option, value, into);
    case HF_OPTION_LIST:
        if (list->count == HF_OPTION_LIST_MAX)
            return REFUSE(reading, "--%s was given more than %d times", option->name, HF_OPTION_LIST_MAX);
        list->items[list->count++] = value;
        return 0;
    case HF_OPTION_TEXT:
    case HF_OPTION_CHOICE:
        if (*text != NULL)
            return REFUSE(reading, "--%s was given twice: \"%s\" and \"%s\"", option->name, *text, value);
        if (option->kind == HF_OPTION_CHOICE)
            return put_choice(reading, option, value, text);
        *text = value;
        return 0;
    case HF_OPTION_SWITCH:
        break;
    }
    return 0;
}

/* The value after "=" or in the next argument. NULL: refused, *ret_exit says so. */
static const char *value_of(struct reading *reading, const struct hf_option *option, const char *equals, int *ret_exit)
{
    if (equals != NULL)
        return equals + 1;
    const char *next = reading->at + 1 < reading->argc ? reading->argv[reading->at + 1] : NULL;
    if (next != NULL && strncmp(next, "--", 2) != 0) {
        reading->at++;
        return next;
    }
    if (next == NULL)
        *ret_exit = REFUSE(reading, "--%s needs a value: --%s %s", option->name, option->name, option->value);
    else
        *ret_exit = REFUSE(reading, "--%s needs a value (%s), but %s follows; if that is the value: --%s=%s",
                           option->name, option->value, next, option->name, next);
    return NULL;
}

static int read_flag(struct reading *reading, const char *argument)
{
    char name[NAME_MAX_LEN];
    const char *equals = strchr(argument, '=');
    size_t len = equals != NULL ? (size_t)(equals - argument) - 2 : strlen(argument) - 2;
    (void)snprintf(name, sizeof name, "%.*s", (int)(len < sizeof name ? len : sizeof name - 1), argument + 2);
    void *into = NULL;
    const struct hf_option *option = find(reading->page, name, &into);
    if (option == NULL)
        return refuse_unknown(reading, name);
    if (option->kind == HF_OPTION_SWITCH && equals != NULL)
        return REFUSE(reading, "--%s takes no value, but was given \"%s\"", option->name, equals + 1);
    if (option->kind == HF_OPTION_SWITCH) {
        *(bool *)into = true;
        return 0;
    }
    int status = 0;
    const char *value = value_of(reading, option, equals, &status);
    return value == NULL ? status : put_value(reading, option, value, into);
}

static int read_word(const struct reading *reading, const char *word, struct hf_option_list *words)
{
    if (words->count >= reading->page->words_max)
        return REFUSE(reading, "\"%s\" is one word too many (usage: handfast %s %s)", word, reading->page->command,
                      reading->page->synopsis);
    words->items[words->count++] = word;
    return 0;
}

/* "-cert" is how other tools write it. */
static int refuse_single_dash(const struct reading *reading, const char *argument)
{
    void *into = NULL;
    if (find(reading->page, argument + 1, &into) != NULL)
        return REFUSE(reading, "flags have two dashes: -%s", argument);
    return refuse_unknown(reading, argument + 1);
}

bool hf_options_parse(const struct hf_option_page *page, int argc, char **argv, struct hf_option_list *ret_words,
                      int *ret_exit)
{
    struct reading reading = {.page = page, .argc = argc, .argv = argv, .at = 1};
    struct hf_option_list words = {.count = 0};
    bool flags_ended = false;
    int status = 0;
    for (; reading.at < argc && status == 0; reading.at++) {
        const char *argument = argv[reading.at];
        if (flags_ended || argument[0] != '-' || argument[1] == '\0') {
            status = read_word(&reading, argument, &words);
        } else if (strcmp(argument, "--") == 0) {
            flags_ended = true;
        } else if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
            hf_options_help(page);
            *ret_exit = HF_EXIT_FINE;
            return false;
        } else if (argument[1] != '-') {
            status = refuse_single_dash(&reading, argument);
        } else {
            status = read_flag(&reading, argument);
        }
    }
    *ret_exit = status;
    if (status == 0)
        *ret_words = words;
    return status == 0;
}

/* The help text beside its flag; its further lines below, in the same column. */
static void print_option(const struct hf_option *option)
{
    char flag[NAME_MAX_LEN];
    (void)snprintf(flag, sizeof flag, "  --%s%s%s", option->name, option->value != NULL ? " " : "",
                   option->value != NULL ? option->value : "");
    printf("%-*s", HELP_COLUMN, flag);
    if (strlen(flag) >= HELP_COLUMN)
        printf("\n%-*s", HELP_COLUMN, "");
    for (const char *at = option->help; *at != '\0'; at++) {
        putchar(*at);
        if (*at == '\n')
            printf("%-*s", HELP_COLUMN, "");
    }
    putchar('\n');
}

void hf_options_help(const struct hf_option_page *page)
{
    const char *bold = hf_out_style(stdout, HF_OUT_BOLD);
    const char *plain = hf_out_style(stdout, HF_OUT_PLAIN);
    printf("%susage:%s handfast %s %s\n\n%s\n", bold, plain, page->command, page->synopsis, page->about);
    for (size_t g = 0; g < page->group_count; g++) {
        printf("\n%s%s%s\n", bold, page->groups[g].title, plain);
        for (size_t i = 0; i < page->groups[g].count; i++)
            print_option(&page->groups[g].options[i]);
    }
    if (page->notes[0] != '\0')
        printf("\n%s\n", page->notes);
}
