/* How extension/ and negotiate/ tell a failure: one line at the place where it is found. */
#ifndef HF_EXTENSION_FAIL_H
#define HF_EXTENSION_FAIL_H

#include "base/text.h"
#include "error/error.h"

/* Makes *ret_failure a fresh failure of this error, found by us at `where` (a static text, "" when unknown), and gives
 * the error back. wanted and got are empty. */
enum hf_error hf_extension_fail(struct hf_failure *ret_failure, enum hf_error error, const char *where);

/* Texts to write `wanted` and `got` of a failure with. */
struct hf_text hf_extension_fail_wanted(struct hf_failure *failure);
struct hf_text hf_extension_fail_got(struct hf_failure *failure);

#endif
