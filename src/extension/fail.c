/* A failure found in a hello: error, place, and empty texts that the finder fills in. Alerts are not chosen here: they
 * follow from the error and the version. */
#include "extension/fail.h"

enum hf_error hf_extension_fail(struct hf_failure *ret_failure, enum hf_error error, const char *where)
{
    *ret_failure = (struct hf_failure){.error = error, .by = HF_BY_US, .depth = -1};
    struct hf_text text = hf_text_of(ret_failure->where, sizeof ret_failure->where);
    hf_text_add(&text, "%s", where);
    return error;
}

struct hf_text hf_extension_fail_wanted(struct hf_failure *failure)
{
    return hf_text_of(failure->wanted, sizeof failure->wanted);
}

struct hf_text hf_extension_fail_got(struct hf_failure *failure)
{
    return hf_text_of(failure->got, sizeof failure->got);
}
