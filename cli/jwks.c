#define _POSIX_C_SOURCE 200809L
#include "jwks.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 64 };

bool hf_jwks_is_one(const struct hf_file *file)
{
    return file->bytes[strspn(file->bytes, " \t\r\n")] == '{';
}

static char *fail(const char *path, const char *got, struct hf_failure *ret_failure)
{
    (void)hf_file_fail(HF_ERR_file_malformed, path, 0, ret_failure);
    (void)snprintf(ret_failure->wanted, sizeof ret_failure->wanted,
                   "a SPIFFE bundle: a JWK Set with \"x5c\" in a key of use \"x509-svid\"");
    (void)snprintf(ret_failure->got, sizeof ret_failure->got, "%s", got);
    return NULL;
}

/* The base64 of an entry's certificate; NULL when it is of no use here (X509-SVID 6.2): of another use, or without
 * x5c. All values of x5c but the first are passed by. */
static const char *certificate_of(const json_t *entry)
{
    const char *use = json_string_value(json_object_get(entry, "use"));
    if (use == NULL || strcmp(use, "x509-svid") != 0)
        return NULL;
    return json_string_value(json_array_get(json_object_get(entry, "x5c"), 0));
}

/* Nothing but base64 gets into the PEM text: no line of its own, and no end of the block. */
static bool is_base64(const char *text)
{
    size_t len = strlen(text);
    return len > 0 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == len;
}

static void print_block(FILE *to, const char *base64)
{
    (void)fputs("-----BEGIN CERTIFICATE-----\n", to);
    for (size_t left = strlen(base64); left > 0; left -= left < LINE ? left : LINE, base64 += LINE)
        (void)fprintf(to, "%.*s\n", left < LINE ? (int)left : LINE, base64);
    (void)fputs("-----END CERTIFICATE-----\n", to);
}

/* NULL: printed, at least one. Else what is wrong. */
static const char *print_all(FILE *to, const json_t *bundle)
{
    const json_t *keys = json_object_get(bundle, "keys");
    size_t found = 0;
    if (!json_is_array(keys))
        return "JSON without \"keys\"";
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const char *certificate = certificate_of(json_array_get(keys, i));
        if (certificate == NULL)
            continue;
        if (!is_base64(certificate))
            return "an \"x5c\" that is no base64";
        print_block(to, certificate);
        found++;
    }
    return found == 0 ? "no such key" : NULL;
}

char *hf_jwks_pem(const struct hf_file *file, const char *path, struct hf_failure *ret_failure)
{
    json_error_t error;
    char *pem = NULL;
    size_t len = 0;
    json_t *bundle = json_loadb(file->bytes, file->len, JSON_REJECT_DUPLICATES, &error);
    if (bundle == NULL) {
        char got[sizeof error.text + 32];
        (void)snprintf(got, sizeof got, "line %d: %s", error.line, error.text);
        return fail(path, got, ret_failure);
    }
    FILE *to = open_memstream(&pem, &len);
    const char *flaw = to == NULL ? "too little memory" : print_all(to, bundle);
    if (to != NULL && fclose(to) != 0)
        flaw = "too little memory";
    json_decref(bundle);
    if (flaw == NULL)
        return pem;
    free(pem);
    return fail(path, flaw, ret_failure);
}
