/* Finding rows by a name that a person typed. */
#ifndef HF_REGISTRY_ROW_NAME_H
#define HF_REGISTRY_ROW_NAME_H

#include "base/span.h"

/* Whether `name` is one of the comma-separated names in `list`, without regard to case. An empty name never is. */
bool hf_row_name_is(struct hf_span name, const char *list);

#endif
