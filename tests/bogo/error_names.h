/* Failures of ours by the names that the suite looks for. */
#ifndef HF_BOGO_ERROR_NAMES_H
#define HF_BOGO_ERROR_NAMES_H

#include <handfast/connection.h>

/* Prints the failure's one name, ":LIKE_THIS:", and then all that is known of it, to stderr. connection: that failed,
 * or NULL when there was none yet. */
void bogo_error_names_print(const struct hf_failure *failure, const struct hf_connection *connection);

#endif
