/* PKCS#11 URIs (RFC 7512), as p11-kit reads them, and what ours must not say. */
#include "parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool hf_token_is_uri(const char *text)
{
    return strncmp(text, "pkcs11:", 7) == 0;
}

bool hf_token_fail(struct hf_failure *ret_failure, enum hf_error error, const char *where, const char *format, ...)
{
    struct hf_failure failure = {.error = error, .by = HF_BY_SETTINGS, .alert = HF_ALERT_none, .depth = -1};
    va_list arguments;
    (void)snprintf(failure.where, sizeof failure.where, "%s", where);
    va_start(arguments, format);
    (void)vsnprintf(failure.got, sizeof failure.got, format, arguments);
    va_end(arguments);
    *ret_failure = failure;
    return false;
}

void hf_token_text(const unsigned char *field, size_t len, char into[80])
{
    size_t at = 0;
    while (len > 0 && (field[len - 1] == ' ' || field[len - 1] == '\0'))
        len--;
    for (; at < len && at < 79; at++)
        into[at] = (char)(field[at] >= 0x20 && field[at] < 0x7f ? field[at] : '?');
    into[at] = '\0';
}

void hf_token_name(const struct hf_token_key *key, char into[96])
{
    char label[80];
    hf_token_text(key->token.label, sizeof key->token.label, label);
    (void)snprintf(into, 96, "the token \"%s\"", label);
}

static bool refuse(struct hf_failure *ret_failure, const char *got, const char *wanted)
{
    (void)hf_token_fail(ret_failure, HF_ERR_setting_invalid, "the PKCS#11 URI", "%s", got);
    (void)snprintf(ret_failure->wanted, sizeof ret_failure->wanted, "%s", wanted);
    return false;
}

static bool check(P11KitUri *uri, struct hf_failure *ret_failure)
{
    const char *source = p11_kit_uri_get_pin_source(uri);
    if (p11_kit_uri_any_unrecognized(uri))
        return refuse(ret_failure, "an attribute that is not known",
                      "token, serial, manufacturer, model, object, id, module-path, module-name, pin-source");
    /* RFC 7512 8: the words of a command are seen by everybody on the machine. */
    if (p11_kit_uri_get_pin_value(uri) != NULL)
        return refuse(ret_failure, "a PIN in the URI itself, which others can see",
                      "pin-source=file:PATH, a file whose first line is the PIN");
    if (source != NULL && source[0] == '|')
        return refuse(ret_failure, "a pin-source that is a command", "pin-source=file:PATH");
    return true;
}

bool hf_token_uri_read(const char *text, P11KitUri **ret_uri, struct hf_failure *ret_failure)
{
    P11KitUri *uri = p11_kit_uri_new();
    if (uri == NULL)
        return hf_token_fail(ret_failure, HF_ERR_no_memory, "the PKCS#11 URI", "%s", "");
    int result = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, uri);
    if (result != P11_KIT_URI_OK) {
        p11_kit_uri_free(uri);
        return refuse(ret_failure, p11_kit_uri_message(result), "pkcs11:token=NAME;object=NAME (RFC 7512)");
    }
    if (!check(uri, ret_failure)) {
        p11_kit_uri_free(uri);
        return false;
    }
    *ret_uri = uri;
    return true;
}
