#include "cert_admit.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "out.h"

/* The text with `more` and a line end behind it; NULL, and the old one freed, when there is no memory. */
static char *joined(char *text, const char *more)
{
    size_t before = text == NULL ? 0 : strlen(text);
    size_t len = strlen(more);
    char *both = realloc(text, before + len + 2);
    if (both == NULL) {
        free(text);
        return NULL;
    }
    (void)snprintf(both + before, len + 2, "%s\n", more);
    return both;
}

static char *with_file(char *text, const char *path, struct hf_failure *ret_failure)
{
    struct hf_file file;
    if (!hf_file_read(path, &file, ret_failure)) {
        free(text);
        return NULL;
    }
    char *both = joined(text, file.bytes);
    hf_file_wipe(&file);
    return both;
}

bool hf_cert_admit_read(const struct hf_cert_flags *flags, struct hf_cert_admit *ret_admit, int *ret_exit)
{
    struct hf_failure failure = {.error = HF_ERR_no_memory, .alert = HF_ALERT_none, .depth = -1};
    char *text = NULL;
    for (size_t i = 0; i < flags->admit.count; i++) {
        const char *rules = flags->admit.items[i];
        text = rules[0] == '@' ? with_file(text, rules + 1, &failure) : joined(text, rules);
        if (text == NULL) {
            *ret_exit = hf_out_failure("cert check", &failure);
            return false;
        }
    }
    *ret_admit = (struct hf_cert_admit){.text = text};
    ret_admit->rules = (struct hf_inspect_admission){
        .text = text, .len = text == NULL ? 0 : strlen(text), .common_names = flags->admit_common_names};
    return true;
}

void hf_cert_admit_free(struct hf_cert_admit *admit)
{
    free(admit->text);
    admit->text = NULL;
}
