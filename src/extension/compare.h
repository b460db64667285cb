/* The second ClientHello held against the first. RFC 9846 4.2.2. */
#ifndef HF_EXTENSION_COMPARE_H
#define HF_EXTENSION_COMPARE_H

#include "base/must.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "error/error.h"

/* Whether a second ClientHello is the first but for what a HelloRetryRequest may change: key_share, cookie,
 * pre_shared_key, early_data, padding (RFC 9846 4.2.2). Both are bodies that could be read. HF_ERR_hello_changed. */
HF_MUST enum hf_error hf_extension_compare_hellos(struct hf_span first, struct hf_span second,
                                                  struct hf_failure *ret_failure);

/* The same for a server that did not keep the first hello: a digest over what may not change, made of the first, and
 * the second held against it. Bodies as above. */
HF_MUST enum hf_error hf_extension_digest_lasting(const struct hf_toolbox *toolbox,
                                                  const struct hf_allocator *allocator, struct hf_span hello,
                                                  struct hf_digest *ret_lasting);
HF_MUST enum hf_error hf_extension_check_lasting(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                                 struct hf_span second, const struct hf_digest *lasting,
                                                 struct hf_failure *ret_failure);

#endif
