/* A peer's chain is DER; what reads certificates for people takes PEM (RFC 7468), so it is wrapped here. */
#include "chain.h"

#include <stdlib.h>
#include <string.h>

static const char begin_line[] = "-----BEGIN CERTIFICATE-----\n";
static const char end_line[] = "-----END CERTIFICATE-----\n";

enum { BYTES_PER_LINE = 48 };

/* How long one certificate of `len` bytes is as PEM, at most. */
static size_t pem_room(size_t len)
{
    size_t lines = len / BYTES_PER_LINE + 1;
    return sizeof begin_line + sizeof end_line + lines * (BYTES_PER_LINE / 3 * 4 + 1);
}

static char *put(char *at, const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        at[i] = text[i];
    return at + len;
}

/* Three bytes as four letters; fewer are filled with "=". RFC 4648 4. */
static char *put_group(char *at, const uint8_t *from, size_t len)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = (unsigned)from[0] << 16 | (len > 1 ? (unsigned)from[1] << 8 : 0) | (len > 2 ? from[2] : 0);
    at[0] = letters[bits >> 18 & 63];
    at[1] = letters[bits >> 12 & 63];
    at[2] = len > 1 ? letters[bits >> 6 & 63] : '=';
    at[3] = len > 2 ? letters[bits & 63] : '=';
    return at + 4;
}

static char *put_certificate(char *at, const uint8_t *der, size_t len)
{
    at = put(at, begin_line);
    for (size_t i = 0; i < len; i += 3) {
        at = put_group(at, der + i, len - i);
        if ((i + 3) % BYTES_PER_LINE == 0)
            *at++ = '\n';
    }
    if (at[-1] != '\n')
        *at++ = '\n';
    return put(at, end_line);
}

struct hf_inspection *hf_chain_read(const struct hf_peer *peer)
{
    size_t room = 0;
    size_t len = 0;
    for (size_t i = 0; i < hf_peer_chain_count(peer); i++)
        if (hf_peer_chain(peer, i, &len) != NULL)
            room += pem_room(len);
    char *pem = malloc(room + 1);
    if (pem == NULL)
        return NULL;
    char *at = pem;
    for (size_t i = 0; i < hf_peer_chain_count(peer); i++) {
        const uint8_t *der = hf_peer_chain(peer, i, &len);
        if (der != NULL)
            at = put_certificate(at, der, len);
    }
    struct hf_inspection *inspection = NULL;
    struct hf_failure failure;
    if (hf_inspection_new(pem, (size_t)(at - pem), &inspection, &failure) != HF_OK)
        inspection = NULL;
    free(pem);
    return inspection;
}
