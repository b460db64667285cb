/* The inside of struct hf_authority, shared by the files that implement handfast/authority.h. */
#ifndef HF_API_AUTHORITY_PARTS_H
#define HF_API_AUTHORITY_PARTS_H

#include <handfast/authority.h>

#include "crypto/private_key.h"
#include "identity/identity.h"

enum {
    HF_AUTHORITY_PARTS = 3,
    HF_AUTHORITY_NAME_MAX = 48,
    HF_AUTHORITY_NAMES_LEN_MAX = 8192 /* bytes of all names of one certificate, or of all its constraints */
};

/* Each part is one certificate of the CA, by enum hf_authority_role; NULL when it is not here. The root of an opened CA
 * has no key. pem[i] is that certificate as text. */
struct hf_authority {
    const struct hf_allocator *allocator;
    struct hf_toolbox *toolbox;
    char name[HF_AUTHORITY_NAME_MAX + 1];
    struct hf_identity *parts[HF_AUTHORITY_PARTS];
    char *pem[HF_AUTHORITY_PARTS];
};

/* Fills a failure of settings, with what was wanted and what came; either text may be NULL. Returns the error. */
enum hf_error hf_authority_parts_fail(struct hf_failure *ret_failure, enum hf_error error, const char *wanted,
                                      const char *got);

/* A new key of this kind. */
HF_MUST enum hf_error hf_authority_parts_new_key(const struct hf_authority *authority, enum hf_authority_key kind,
                                                 struct hf_private_key **ret_key);

/* A key as text, encrypted when pass is not NULL. */
HF_MUST enum hf_error hf_authority_parts_key_text(const struct hf_authority *authority,
                                                  const struct hf_private_key *key, const char *pass, char **ret_pem);

/* A certificate as text, followed by `behind`, which may be "". */
HF_MUST enum hf_error hf_authority_parts_certificate_text(const struct hf_authority *authority, struct hf_span der,
                                                          const char *behind, char **ret_pem);

/* Any bytes as text, under a label of PEM. */
HF_MUST enum hf_error hf_authority_parts_text(const struct hf_authority *authority, const char *label,
                                              struct hf_span der, char **ret_pem);

/* Wipes and frees a text; NULL is fine. */
void hf_authority_parts_drop_text(const struct hf_allocator *allocator, char *text);

#endif
