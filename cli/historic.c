/* The names of enum hf_historic as flags. */
#include "historic.h"

#include "out.h"

#include <string.h>

static const struct {
    const char *name;
    enum hf_historic bit;
} switches[] = {
    {"rsa-key-exchange", HF_HISTORIC_RSA_KEY_EXCHANGE},
    {"dhe", HF_HISTORIC_DHE},
    {"plain-psk", HF_HISTORIC_PLAIN_PSK},
    {"cbc", HF_HISTORIC_CBC},
    {"3des", HF_HISTORIC_3DES},
    {"null-encryption", HF_HISTORIC_NULL_ENCRYPTION},
    {"compression", HF_HISTORIC_COMPRESSION},
    {"sha1-signatures", HF_HISTORIC_SHA1_SIGNATURES},
    {"pkcs1-clients", HF_HISTORIC_PKCS1_CLIENTS},
    {"renegotiation-ask", HF_HISTORIC_RENEGOTIATION_ASK},
    {"renegotiation-follow", HF_HISTORIC_RENEGOTIATION_FOLLOW},
    {"psk-without-key-exchange", HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE},
    {"mac-then-encrypt", HF_HISTORIC_MAC_THEN_ENCRYPT},
};

static unsigned bit_of(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        if (strlen(switches[i].name) == len && strncmp(switches[i].name, name, len) == 0)
            return switches[i].bit;
    return 0;
}

size_t hf_historic_count(void)
{
    return sizeof switches / sizeof switches[0];
}

const char *hf_historic_name(unsigned all, size_t index)
{
    return index < hf_historic_count() && (all & (unsigned)switches[index].bit) != 0 ? switches[index].name : NULL;
}

/* The bits of the names of a list. NULL; or the first that is none, of *ret_len bytes. */
static const char *read_list(const char *list, unsigned *ret_bits, size_t *ret_len)
{
    *ret_bits = 0;
    for (const char *at = list; *at != '\0';) {
        *ret_len = strcspn(at, ",:");
        unsigned bit = bit_of(at, *ret_len);
        if (bit == 0)
            return at;
        *ret_bits |= bit;
        at += *ret_len + (at[*ret_len] != '\0' ? 1 : 0);
    }
    return NULL;
}

bool hf_historic_check(const char *list, const char *command, int *ret_exit)
{
    unsigned bits;
    size_t len = 0;
    const char *unknown = read_list(list, &bits, &len);
    if (unknown != NULL)
        *ret_exit = hf_out_usage(command, "--historic knows no %.*s: it takes " HF_HISTORIC_NAMES, (int)len, unknown);
    return unknown == NULL;
}

void hf_historic_give(struct hf_builder *builder, const char *list)
{
    unsigned bits;
    size_t len;
    (void)read_list(list, &bits, &len);
    hf_builder_historic(builder, bits);
}
