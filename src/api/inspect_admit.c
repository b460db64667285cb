/* Admission tried on the certificates of a file: <handfast/inspect.h>. */
#include <handfast/inspect.h>

#include "api/inspect_parts.h"
#include "base/text.h"
#include "trust/admission.h"
#include "trust/peer.h"

static enum hf_error judge(const struct hf_inspection *inspection, const struct hf_admission *admission, char *rule,
                           size_t room, struct hf_failure *ret_failure)
{
    struct hf_peer *peer = NULL;
    const char *fits = "";
    HF_TRY(
        hf_peer_new(inspection->allocator, inspection->toolbox, inspection->file.spans, inspection->file.count, &peer));
    enum hf_error error = hf_admission_judge(admission, peer, &fits, ret_failure);
    struct hf_text text = hf_text_of(rule, room);
    if (error == HF_OK)
        hf_text_add_safe(&text, hf_span_of_text(fits));
    hf_peer_drop(peer);
    return error;
}

enum hf_error hf_inspection_admit(const struct hf_inspection *inspection, const struct hf_inspect_admission *rules,
                                  char *rule, size_t room, struct hf_failure *ret_failure)
{
    *ret_failure = (struct hf_failure){.alert = HF_ALERT_none, .depth = -1};
    if (room == 0)
        return HF_ERR_wrong_call;
    struct hf_admission *admission = hf_admission_new(inspection->allocator);
    if (admission == NULL)
        return HF_ERR_no_memory;
    if (rules->common_names)
        hf_admission_allow_common_names(admission);
    enum hf_error error = hf_admission_add(admission, hf_span_of(rules->text, rules->len), "the rules", ret_failure);
    if (error == HF_OK)
        error = judge(inspection, admission, rule, room, ret_failure);
    hf_admission_free(admission);
    ret_failure->error = error;
    ret_failure->by = error == HF_ERR_not_admitted ? HF_BY_US : HF_BY_SETTINGS;
    return error;
}
