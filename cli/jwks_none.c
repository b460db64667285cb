/* In place of jwks.c where there is no jansson: no file is taken for a bundle, so JSON is told to be no PEM. */
#include "jwks.h"

#include <stddef.h>

bool hf_jwks_is_one(const struct hf_file *file)
{
    (void)file;
    return false;
}

char *hf_jwks_pem(const struct hf_file *file, const char *path, struct hf_failure *ret_failure)
{
    (void)file;
    (void)hf_file_fail(HF_ERR_unsupported_here, path, 0, ret_failure);
    return NULL;
}
