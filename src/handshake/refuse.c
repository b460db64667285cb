#include "handshake/refuse.h"

#include "base/text.h"

#include <stdarg.h>

static void fill(char *into, size_t room, const char *text)
{
    struct hf_text out = hf_text_of(into, room);
    if (text != NULL)
        hf_text_add(&out, "%s", text);
}

struct hf_failure *hf_refuse_room(struct hf_handshake *handshake)
{
    if (handshake->failure == NULL)
        handshake->failure = hf_allocation_new(handshake->allocator, sizeof *handshake->failure);
    if (handshake->failure != NULL && handshake->failure->error == HF_OK)
        handshake->failure->depth = -1;
    return handshake->failure;
}

void hf_refuse_forget(struct hf_handshake *handshake)
{
    hf_allocation_free(handshake->allocator, handshake->failure);
    handshake->failure = NULL;
}

enum hf_error hf_refuse(struct hf_handshake *handshake, enum hf_error error, const char *where, const char *wanted,
                        const char *got)
{
    struct hf_failure *failure = hf_refuse_room(handshake);
    if (failure == NULL || failure->error != HF_OK)
        return error;
    failure->error = error;
    fill(failure->where, sizeof failure->where, where);
    fill(failure->wanted, sizeof failure->wanted, wanted);
    fill(failure->got, sizeof failure->got, got);
    return error;
}

enum hf_error hf_refuse_as(struct hf_handshake *handshake, enum hf_error error, const struct hf_failure *found)
{
    struct hf_failure *failure = hf_refuse_room(handshake);
    if (failure != NULL && failure->error == HF_OK)
        *failure = *found;
    return error;
}

enum hf_error hf_refuse_got(struct hf_handshake *handshake, enum hf_error error, const char *where, const char *format,
                            ...)
{
    char got[sizeof handshake->failure->got];
    struct hf_text text = hf_text_of(got, sizeof got);
    va_list arguments;
    va_start(arguments, format);
    hf_text_add_arguments(&text, format, arguments);
    va_end(arguments);
    return hf_refuse(handshake, error, where, NULL, got);
}
