/* What every floor needs of errors: the enum, and the idiom that hands them up. */
#ifndef HF_ERROR_ERROR_H
#define HF_ERROR_ERROR_H

#include <handfast/failure.h>

/* Calls that can fail return enum hf_error and are HF_MUST; HF_TRY hands a failure to the caller. */
#define HF_TRY(call)                                                                                                   \
    do {                                                                                                               \
        enum hf_error hf_try_error = (call);                                                                           \
        if (hf_try_error != HF_OK)                                                                                     \
            return hf_try_error;                                                                                       \
    } while (0)

/* The alert that tells a peer of this error, in TLS 1.3 and in TLS 1.2; HF_ALERT_none where none is sent. */
enum hf_alert hf_error_alert13(enum hf_error error);
enum hf_alert hf_error_alert12(enum hf_error error);

#endif
