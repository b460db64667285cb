/* What of the registry a config may have: by its switches, and by the keys and certificates that it was given. */
#ifndef HF_API_BUILDER_HISTORIC_H
#define HF_API_BUILDER_HISTORIC_H

#include "api/builder.h"

/* Whether this suite may be used at all: its switches are on, there is a shared key or a certificate for it, and a side
 * that has only keys to show demands them. */
bool hf_builder_historic_allows(const struct hf_builder *builder, const struct hf_suite *suite);

/* The same of a signature scheme; and the refusal that names its switch. */
bool hf_builder_historic_allows_scheme(const struct hf_builder *builder, const struct hf_signature_scheme *scheme);
void hf_builder_historic_refuse_scheme(struct hf_builder *builder, const struct hf_signature_scheme *scheme);

/* Refuses suites that were named and are not allowed, and shared keys beside what judges certificates only. */
void hf_builder_historic_check(struct hf_builder *builder);

#endif
