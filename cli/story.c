/* The story's layout, shared by `demo` and by the --verbose of `connect` and `serve`:
 *   client --> server  ClientHello            318  none          what the client offers
 *                      . for localhost
 * Invariant: no line is wider than HF_STORY_WIDTH, however long a text is. */
#define _POSIX_C_SOURCE 200809L
#include "story.h"

#include "out.h"

#include <langinfo.h>
#include <string.h>

enum { MESSAGE_COLUMN = 21, KEYS_WIDTH = 12, WHY_COLUMN = 63 };

bool hf_story_is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* How many bytes of `text` stand on one line of `room` columns, broken at a blank when there is one. */
static size_t line_len(const char *text, size_t room)
{
    size_t len = strcspn(text, "\n");
    if (len <= room)
        return len;
    size_t at = room;
    while (at > 0 && text[at] != ' ')
        at--;
    return at == 0 ? room : at;
}

void hf_story_wrapped(FILE *to, int column, const char *text)
{
    size_t room = (size_t)(HF_STORY_WIDTH - column);
    for (bool first = true; *text != '\0' || first; first = false) {
        size_t len = line_len(text, room);
        (void)fprintf(to, "%*s%.*s\n", first ? 0 : column, "", (int)len, text);
        text += len;
        while (*text == ' ' || *text == '\n')
            text++;
    }
}

static void print_direction(FILE *to, bool from_client)
{
    bool utf8 = hf_story_is_utf8();
    const char *arrow = from_client ? utf8 ? "──▶" : "-->" : utf8 ? "◀──" : "<--";
    (void)fprintf(to, "  %sclient%s %s%s%s %sserver%s  ", hf_out_style(to, from_client ? HF_OUT_BOLD : HF_OUT_PLAIN),
                  hf_out_style(to, HF_OUT_PLAIN), hf_out_style(to, from_client ? HF_OUT_GREEN : HF_OUT_YELLOW), arrow,
                  hf_out_style(to, HF_OUT_PLAIN), hf_out_style(to, from_client ? HF_OUT_PLAIN : HF_OUT_BOLD),
                  hf_out_style(to, HF_OUT_PLAIN));
}

void hf_story_header(FILE *to)
{
    (void)fprintf(to, "  %s%-17s  %-19s  %5s  %-*s  what it is for%s\n", hf_out_style(to, HF_OUT_DIM), "who", "message",
                  "bytes", KEYS_WIDTH, "keys", hf_out_style(to, HF_OUT_PLAIN));
}

static void print_row(FILE *to, bool from_client, const char *what, size_t len, const char *keys)
{
    bool is_clear = strcmp(keys, "none") == 0;
    print_direction(to, from_client);
    (void)fprintf(to, "%s%-19s%s  %5zu  %s%-*s%s  ", hf_out_style(to, HF_OUT_BOLD), what,
                  hf_out_style(to, HF_OUT_PLAIN), len, hf_out_style(to, is_clear ? HF_OUT_YELLOW : HF_OUT_GREEN),
                  KEYS_WIDTH, is_clear ? "in the clear" : keys, hf_out_style(to, HF_OUT_PLAIN));
}

void hf_story_message(FILE *to, bool from_client, const struct hf_seen *what)
{
    print_row(to, from_client, what->message, what->len, what->keys);
    hf_story_wrapped(to, WHY_COLUMN, what->why);
}

void hf_story_detail(FILE *to, const char *who, const char *detail)
{
    if (detail[0] == '\0')
        return;
    int column = MESSAGE_COLUMN + 2 + (who[0] == '\0' ? 0 : (int)strlen(who) + 2);
    (void)fprintf(to, "%*s%s%s %s%s", MESSAGE_COLUMN, "", hf_out_style(to, HF_OUT_DIM), hf_story_is_utf8() ? "·" : ".",
                  who, who[0] == '\0' ? "" : ": ");
    hf_story_wrapped(to, column, detail);
    (void)fprintf(to, "%s", hf_out_style(to, HF_OUT_PLAIN));
}

void hf_story_data(FILE *to, bool from_client, size_t len, const char *text)
{
    print_row(to, from_client, "data", len, "application");
    hf_story_wrapped(to, WHY_COLUMN, text);
}
