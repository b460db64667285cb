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
    at[2] = at[3] = '=';
    if (len > 1)
        at[2] = letters[bits >> 6 & 63];
    if (len > 2)
        at[3] = letters[bits & 63];
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

/* Certificates to be written as PEM: `room` bytes at `pem`, of which those before `at` are used. */
struct text {
    char *pem;
    char *at;
};

static struct hf_inspection *inspect(struct text *text)
{
    struct hf_inspection *inspection = NULL;
    struct hf_failure failure;
    if (hf_inspection_new(text->pem, (size_t)(text->at - text->pem), &inspection, &failure) != HF_OK)
        inspection = NULL;
    free(text->pem);
    return inspection;
}

struct hf_inspection *hf_chain_read(const struct hf_peer *peer)
{
    size_t room = 0;
    size_t len = 0;
    for (size_t i = 0; i < hf_peer_chain_count(peer); i++)
        if (hf_peer_chain(peer, i, &len) != NULL)
            room += pem_room(len);
    struct text text = {.pem = malloc(room + 1)};
    if (text.pem == NULL)
        return NULL;
    text.at = text.pem;
    for (size_t i = 0; i < hf_peer_chain_count(peer); i++) {
        const uint8_t *der = hf_peer_chain(peer, i, &len);
        if (der != NULL)
            text.at = put_certificate(text.at, der, len);
    }
    return inspect(&text);
}

/* What is left of a message. */
struct rest {
    const uint8_t *at;
    size_t len;
};

/* Takes a vector whose length stands before it in `size` bytes; false: it is longer than what is left. */
static bool take(struct rest *rest, size_t size, struct rest *ret_vector)
{
    size_t len = 0;
    if (rest->len < size)
        return false;
    for (size_t i = 0; i < size; i++)
        len = len << 8 | rest->at[i];
    if (rest->len - size < len)
        return false;
    *ret_vector = (struct rest){rest->at + size, len};
    rest->at += size + len;
    rest->len -= size + len;
    return true;
}

struct hf_inspection *hf_chain_read_message(const uint8_t *message, size_t len, bool is_13)
{
    enum { HEADER_LEN = 4, CERTIFICATE_LEN_MIN = 64 };
    struct rest rest = {message + HEADER_LEN, len < HEADER_LEN ? 0 : len - HEADER_LEN};
    struct rest context;
    struct rest list;
    struct rest certificate;
    struct rest extensions;
    if (len < HEADER_LEN || (is_13 && !take(&rest, 1, &context)) || !take(&rest, 3, &list))
        return NULL;
    size_t room = 2 * len + (list.len / CERTIFICATE_LEN_MIN + 1) * pem_room(0);
    struct text text = {.pem = malloc(room)};
    if (text.pem == NULL)
        return NULL;
    text.at = text.pem;
    while (list.len > 0 && take(&list, 3, &certificate) && (!is_13 || take(&list, 2, &extensions)))
        if (certificate.len >= CERTIFICATE_LEN_MIN)
            text.at = put_certificate(text.at, certificate.at, certificate.len);
    return inspect(&text);
}
