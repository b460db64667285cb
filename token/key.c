/* A key opened: session, PIN, object. A PIN is tried once, for tokens lock themselves (PKCS#11 5.6). */
#define _GNU_SOURCE /* explicit_bzero */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum hf_error error_of_login(CK_RV rv)
{
    switch (rv) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_LOCKED:
    case CKR_PIN_EXPIRED:
        return HF_ERR_token_pin_wrong;
    default:
        return HF_ERR_token_failed;
    }
}

static bool fail_login(const struct hf_token_key *key, CK_RV rv, struct hf_failure *ret_failure)
{
    char name[96];
    CK_TOKEN_INFO now;
    hf_token_name(key, name);
    (void)hf_token_fail(ret_failure, error_of_login(rv), name, "%s", p11_kit_strerror(rv));
    if (key->module->C_GetTokenInfo(key->slot, &now) == CKR_OK && (now.flags & CKF_USER_PIN_FINAL_TRY) != 0)
        (void)snprintf(ret_failure->hint, sizeof ret_failure->hint, "one try is left before the token locks itself");
    return false;
}

bool hf_token_log_in(struct hf_token_key *key, const struct hf_token_pin *pin, struct hf_failure *ret_failure)
{
    char name[96];
    hf_token_name(key, name);
    CK_RV rv = key->module->C_OpenSession(key->slot, CKF_SERIAL_SESSION, NULL, NULL, &key->session);
    if (rv != CKR_OK)
        return hf_token_fail(ret_failure, HF_ERR_token_failed, name, "%s", p11_kit_strerror(rv));
    key->has_session = true;
    if ((key->token.flags & CKF_LOGIN_REQUIRED) == 0)
        return true;
    bool has_pad =
        (key->token.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0; /* the PIN is typed on the token itself */
    if (!pin->given && !has_pad)
        return hf_token_fail(ret_failure, HF_ERR_token_pin_missing, name, "%s", "no PIN");
    unsigned char bytes[HF_TOKEN_PIN_MAX];
    memcpy(bytes, pin->bytes, pin->len);
    rv = key->module->C_Login(key->session, CKU_USER, pin->given ? bytes : NULL, (CK_ULONG)pin->len);
    explicit_bzero(bytes, sizeof bytes);
    return rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN || fail_login(key, rv, ret_failure);
}

/* At most `room` private keys that fit, all of the token when `attributes` is only their class. */
static CK_RV find(const struct hf_token_key *key, CK_ATTRIBUTE *attributes, CK_ULONG attribute_count,
                  CK_OBJECT_HANDLE found[8], CK_ULONG *ret_count)
{
    CK_RV rv = key->module->C_FindObjectsInit(key->session, attributes, attribute_count);
    if (rv != CKR_OK)
        return rv;
    rv = key->module->C_FindObjects(key->session, found, 8, ret_count);
    CK_RV end = key->module->C_FindObjectsFinal(key->session);
    return rv != CKR_OK ? rv : end;
}

/* Puts what the token has instead into the failure. */
static void list_others(const struct hf_token_key *key, CK_ATTRIBUTE *class_only, struct hf_failure *failure)
{
    CK_OBJECT_HANDLE found[8];
    CK_ULONG count = 0;
    if (find(key, class_only, 1, found, &count) != CKR_OK)
        return;
    (void)snprintf(failure->got, sizeof failure->got, "%s",
                   count == 0 ? "no private key at all" : "other private keys:");
    for (CK_ULONG i = 0; i < count; i++) {
        unsigned char label[64];
        char text[80];
        CK_ATTRIBUTE attribute = {CKA_LABEL, label, sizeof label};
        size_t len = strlen(failure->got);
        bool has_label = key->module->C_GetAttributeValue(key->session, found[i], &attribute, 1) == CKR_OK &&
                         attribute.ulValueLen <= sizeof label;
        hf_token_text(label, has_label ? attribute.ulValueLen : 0, text);
        (void)snprintf(failure->got + len, sizeof failure->got - len, " \"%s\"", text);
    }
}

static bool learn(struct hf_token_key *key, const char *name, struct hf_failure *ret_failure)
{
    CK_BBOOL signs = CK_TRUE;
    CK_BBOOL asks_always = CK_FALSE;
    CK_ATTRIBUTE type = {CKA_KEY_TYPE, &key->type, sizeof key->type};
    CK_ATTRIBUTE sign = {CKA_SIGN, &signs, sizeof signs};
    CK_ATTRIBUTE always = {CKA_ALWAYS_AUTHENTICATE, &asks_always, sizeof asks_always};
    CK_RV rv = key->module->C_GetAttributeValue(key->session, key->object, &type, 1);
    if (rv != CKR_OK)
        return hf_token_fail(ret_failure, HF_ERR_token_failed, name, "%s", p11_kit_strerror(rv));
    /* Modules of old know neither: then they are as the standard's defaults. */
    (void)key->module->C_GetAttributeValue(key->session, key->object, &sign, 1);
    (void)key->module->C_GetAttributeValue(key->session, key->object, &always, 1);
    if (signs == CK_FALSE)
        return hf_token_fail(ret_failure, HF_ERR_token_key_missing, name, "%s", "the key is not for signing");
    if (asks_always != CK_FALSE)
        return hf_token_fail(ret_failure, HF_ERR_token_key_missing, name, "%s",
                             "the key wants its PIN for every signature, which is not done here");
    return true;
}

bool hf_token_find_key(struct hf_token_key *key, P11KitUri *uri, struct hf_failure *ret_failure)
{
    char name[96];
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE of_class = {CKA_CLASS, &class, sizeof class};
    CK_OBJECT_HANDLE found[8];
    CK_ULONG found_count = 0;
    CK_ULONG count = 0;
    hf_token_name(key, name);
    if (p11_kit_uri_set_attribute(uri, &of_class) != P11_KIT_URI_OK)
        return hf_token_fail(ret_failure, HF_ERR_no_memory, name, "%s", "");
    CK_ATTRIBUTE *attributes = p11_kit_uri_get_attributes(uri, &count);
    CK_RV rv = find(key, attributes, count, found, &found_count);
    if (rv != CKR_OK)
        return hf_token_fail(ret_failure, HF_ERR_token_failed, name, "%s", p11_kit_strerror(rv));
    if (found_count == 1) {
        key->object = found[0];
        return learn(key, name, ret_failure);
    }
    (void)hf_token_fail(ret_failure, HF_ERR_token_key_missing, name, "%lu private keys fit: say more (object=, id=)",
                        found_count);
    if (found_count == 0)
        list_others(key, &of_class, ret_failure);
    return false;
}

static bool open_with(struct hf_token_key *key, P11KitUri *uri, const struct hf_token_pin *pin,
                      struct hf_failure *ret_failure)
{
    return hf_token_find(key, uri, ret_failure) && hf_token_log_in(key, pin, ret_failure) &&
           hf_token_find_key(key, uri, ret_failure);
}

struct hf_token_key *hf_token_key_open(const char *uri, const void *pin, size_t pin_len, struct hf_failure *ret_failure)
{
    struct hf_token_pin secret = {.len = 0};
    struct hf_token_key *key = calloc(1, sizeof *key);
    P11KitUri *parsed = NULL;
    if (key == NULL || pthread_mutex_init(&key->lock, NULL) != 0) {
        (void)hf_token_fail(ret_failure, HF_ERR_no_memory, "the PKCS#11 URI", "%s", "");
        free(key);
        return NULL;
    }
    bool opened = hf_token_uri_read(uri, &parsed, ret_failure) &&
                  hf_token_pin_find(parsed, pin, pin_len, &secret, ret_failure) &&
                  open_with(key, parsed, &secret, ret_failure);
    explicit_bzero(&secret, sizeof secret);
    p11_kit_uri_free(parsed);
    if (opened)
        return key;
    hf_token_key_free(key);
    return NULL;
}

void hf_token_key_free(struct hf_token_key *key)
{
    if (key == NULL)
        return;
    if (key->has_session)
        (void)key->module->C_CloseSession(key->session);
    hf_token_unload(key);
    pthread_mutex_destroy(&key->lock);
    free(key);
}
