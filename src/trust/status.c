#include "trust/status.h"

#include "trust/checks.h"
#include "trust/key.h"

#define CLOCK_SKEW_S 300 /* clocks of CAs and ours may differ by that much */

bool hf_status_is_fresh(const struct hf_status_question *question, int64_t this_update_s, int64_t next_update_s)
{
    int64_t now_s = question->asked->now_s;
    if (this_update_s > now_s + CLOCK_SKEW_S || (next_update_s != 0 && next_update_s < now_s))
        return false;
    bool bounded = next_update_s != 0 || question->age_max_s != 0;
    return bounded && (question->age_max_s == 0 || now_s - this_update_s <= question->age_max_s);
}

int64_t hf_status_fresh_until(const struct hf_status_question *question, int64_t this_update_s, int64_t next_update_s)
{
    int64_t by_date = next_update_s != 0 ? next_update_s : INT64_MAX;
    int64_t by_age = question->age_max_s != 0 ? this_update_s + question->age_max_s : INT64_MAX;
    return by_date < by_age ? by_date : by_age;
}

bool hf_status_is_own_fault(enum hf_error error)
{
    return error == HF_ERR_no_memory || error == HF_ERR_crypto_failed || error == HF_ERR_internal;
}

enum hf_error hf_status_check_signed(const struct hf_status_question *question, const struct hf_certificate *by,
                                     const struct hf_signed *what)
{
    struct hf_public_key *key = NULL;
    if (!hf_checks_algorithm_is_strong(&what->algorithm, question->policy))
        return HF_ERR_weak_signature;
    if (!hf_checks_key_is_strong(&by->key, question->policy))
        return HF_ERR_weak_key;
    if (*question->signature_checks >= question->policy->signature_checks_max)
        return HF_ERR_path_search_exhausted;
    ++*question->signature_checks;
    HF_TRY(hf_key_of_certificate(question->asked->toolbox, question->asked->allocator, by, &key));
    enum hf_error error = hf_key_check_signed(what, &by->key, key);
    hf_public_key_free(key);
    return error;
}
