/* hf_failure_explain: a failure's fields put into sentences. It lives on this floor because it needs hf_text. */
#include <handfast/failure.h>

#include "base/text.h"

#include <string.h>

static const char *owner(enum hf_failure_of of)
{
    switch (of) {
    case HF_OF_SERVER:
        return "the server's certificate";
    case HF_OF_CLIENT:
        return "the client's certificate";
    case HF_OF_NOBODY:
        break;
    }
    return "";
}

/* "the certificate expired" becomes "the client's certificate expired"; other clauses get the owner in front. What the
 * peer found about us says "our certificate" already. */
static void add_title(struct hf_text *text, const struct hf_failure *failure)
{
    static const char generic[] = "the certificate";
    const char *title = hf_error_title(failure->error);
    const char *of = failure->by == HF_BY_PEER || failure->depth < 0 ? "" : owner(failure->of);
    size_t len = sizeof generic - 1;
    bool names_it = strncmp(title, generic, len) == 0 && (title[len] == ' ' || title[len] == '\'');
    size_t skip = of[0] != '\0' && names_it ? len : 0;
    hf_text_add(text, "%s%s%s", of, of[0] == '\0' || skip > 0 ? "" : ": ", title + skip);
}

static void add_certificate(struct hf_text *text, const struct hf_failure *failure)
{
    if (failure->subject[0] == '\0')
        return;
    hf_text_add(text, " (%s", failure->subject);
    if (failure->serial[0] != '\0')
        hf_text_add(text, ", serial %s", failure->serial);
    if (failure->depth >= 0)
        hf_text_add(text, ", depth %d", failure->depth);
    hf_text_add(text, ")");
}

static void add_time(struct hf_text *text, const struct hf_failure *failure, int64_t now_s)
{
    if (failure->since_s == 0)
        return;
    bool past = failure->since_s <= now_s;
    uint64_t apart = past ? (uint64_t)now_s - (uint64_t)failure->since_s : (uint64_t)failure->since_s - (uint64_t)now_s;
    hf_text_add(text, past ? " " : ", but in ");
    hf_text_add_duration(text, apart > INT64_MAX ? INT64_MAX : (int64_t)apart);
    hf_text_add(text, past ? " ago, at " : ", at ");
    hf_text_add_time(text, failure->since_s);
}

int hf_failure_reason(const struct hf_failure *failure)
{
    /* What a server finds about a client has rows of its own: 14 to 20. */
    static const struct {
        int of_server;
        int of_client;
    } rows[] = {{1, 15}, {2, 16}, {3, 15}, {4, 15}, {8, 17}, {9, 17}, {10, 17}, {11, 18}};
    int reason = hf_error_reason(failure->error);
    if (failure->by != HF_BY_US || failure->of != HF_OF_CLIENT)
        return reason;
    for (size_t i = 0; i < HF_COUNT(rows); i++)
        if (rows[i].of_server == reason)
            return rows[i].of_client;
    return reason;
}

static void add_alert(struct hf_text *text, const struct hf_failure *failure)
{
    if (failure->alert == HF_ALERT_none)
        return;
    if (failure->by == HF_BY_US)
        hf_text_add(text, " Alert sent: %s.", hf_alert_name(failure->alert));
    if (failure->by == HF_BY_PEER)
        hf_text_add(text, " Alert received: %s.", hf_alert_name(failure->alert));
}

size_t hf_failure_explain(const struct hf_failure *failure, int64_t now_s, char *into, size_t room)
{
    if (room == 0)
        return 0;
    struct hf_text text = hf_text_of(into, room);
    add_title(&text, failure);
    add_time(&text, failure, now_s);
    add_certificate(&text, failure);
    if (failure->wanted[0] != '\0')
        hf_text_add(&text, "; wanted: %s", failure->wanted);
    if (failure->got[0] != '\0')
        hf_text_add(&text, "; got: %s", failure->got);
    if (failure->where[0] != '\0')
        hf_text_add(&text, " [in %s]", failure->where);
    hf_text_add(&text, ".");
    add_alert(&text, failure);
    const char *remedy = failure->hint[0] != '\0' ? failure->hint : hf_error_remedy(failure->error);
    if (remedy[0] != '\0')
        hf_text_add(&text, " Remedy: %s.", remedy);
    if (hf_failure_reason(failure) != 0)
        hf_text_add(&text, " [H%d]", hf_failure_reason(failure));
    return text.len;
}
