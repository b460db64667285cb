#define _DEFAULT_SOURCE
#include "base/secret.h"

#include <string.h>

void hf_wipe(void *data, size_t len)
{
    if (len > 0)
        explicit_bzero(data, len);
}

void hf_secret_wipe(struct hf_secret *secret)
{
    hf_wipe(secret, sizeof *secret);
}

void hf_premaster_wipe(struct hf_premaster *premaster)
{
    hf_wipe(premaster, sizeof *premaster);
}

struct hf_span hf_secret_span(const struct hf_secret *secret)
{
    return hf_span_of(secret->bytes, secret->len);
}

bool hf_secret_set(struct hf_secret *secret, struct hf_span bytes)
{
    hf_secret_wipe(secret);
    if (!hf_span_copy(bytes, secret->bytes, sizeof secret->bytes))
        return false;
    secret->len = bytes.len;
    return true;
}

bool hf_secret_equal(struct hf_span a, struct hf_span b)
{
    if (a.len != b.len)
        return false;
    unsigned char different = 0;
    for (size_t i = 0; i < a.len; i++)
        different |= (unsigned char)(a.data[i] ^ b.data[i]);
    return different == 0;
}
