/* Modules and the tokens in their slots. Modules are loaded through p11-kit, which lets several parts of one process
 * use the same module; those it cannot load, and slots that do not answer, are passed over unless they were named. */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MAX = 64 };

static bool load_one(struct hf_token_key *key, const char *path, struct hf_failure *ret_failure)
{
    key->modules = calloc(2, sizeof(CK_FUNCTION_LIST *));
    if (key->modules == NULL)
        return hf_token_fail(ret_failure, HF_ERR_no_memory, path, "%s", "");
    CK_FUNCTION_LIST *module = p11_kit_module_load(path, 0);
    if (module == NULL)
        return hf_token_fail(ret_failure, HF_ERR_token_module_unusable, path, "%s", p11_kit_message());
    CK_RV rv = p11_kit_module_initialize(module);
    if (rv != CKR_OK) {
        p11_kit_module_release(module);
        return hf_token_fail(ret_failure, HF_ERR_token_module_unusable, path, "it does not start: %s",
                             p11_kit_strerror(rv));
    }
    key->modules[0] = module;
    return true;
}

static bool load_registered(struct hf_token_key *key, struct hf_failure *ret_failure)
{
    key->modules = p11_kit_modules_load_and_initialize(0);
    if (key->modules != NULL && key->modules[0] != NULL)
        return true;
    (void)hf_token_fail(ret_failure, HF_ERR_token_module_unusable, "the modules registered with p11-kit", "%s",
                        key->modules == NULL ? p11_kit_message() : "there are none");
    return false;
}

void hf_token_unload(struct hf_token_key *key)
{
    if (key->modules == NULL)
        return;
    /* p11_kit_modules_finalize_and_release frees the array with free: it may be ours. */
    p11_kit_modules_finalize_and_release(key->modules);
    key->modules = NULL;
}

/* What has been looked through so far. */
struct search {
    size_t fitting;
    char seen[240]; /* the labels of tokens that do not fit */
};

static void note(struct search *search, const CK_TOKEN_INFO *token)
{
    char label[80];
    size_t len = strlen(search->seen);
    hf_token_text(token->label, sizeof token->label, label);
    (void)snprintf(search->seen + len, sizeof search->seen - len, "%s\"%s\"", len == 0 ? "" : ", ", label);
}

static void look_into_slots(struct hf_token_key *key, CK_FUNCTION_LIST *module, P11KitUri *uri, struct search *search)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = SLOTS_MAX;
    if (module->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        return;
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO token;
        if (module->C_GetTokenInfo(slots[i], &token) != CKR_OK || (token.flags & CKF_TOKEN_INITIALIZED) == 0)
            continue;
        if (!p11_kit_uri_match_token_info(uri, &token)) {
            note(search, &token);
            continue;
        }
        search->fitting++;
        key->module = module;
        key->slot = slots[i];
        key->token = token;
    }
}

static bool is_wanted(CK_FUNCTION_LIST *module, P11KitUri *uri)
{
    CK_INFO info;
    const char *name = p11_kit_uri_get_module_name(uri);
    char *own = p11_kit_module_get_name(module);
    bool named = name == NULL || (own != NULL && strcmp(own, name) == 0);
    free(own);
    return named && module->C_GetInfo(&info) == CKR_OK && p11_kit_uri_match_module_info(uri, &info);
}

bool hf_token_find(struct hf_token_key *key, P11KitUri *uri, struct hf_failure *ret_failure)
{
    struct search search = {.fitting = 0};
    const char *path = p11_kit_uri_get_module_path(uri);
    if (!(path != NULL ? load_one(key, path, ret_failure) : load_registered(key, ret_failure)))
        return false;
    for (size_t i = 0; key->modules[i] != NULL; i++)
        if (is_wanted(key->modules[i], uri))
            look_into_slots(key, key->modules[i], uri, &search);
    if (search.fitting == 1)
        return true;
    if (search.fitting > 1)
        return hf_token_fail(ret_failure, HF_ERR_token_missing, "the PKCS#11 URI",
                             "%zu tokens fit: say more of the one meant (token=, serial=)", search.fitting);
    return hf_token_fail(ret_failure, HF_ERR_token_missing, "the PKCS#11 URI", "%s%s",
                         search.seen[0] == '\0' ? "no token at all" : "other tokens: ", search.seen);
}
