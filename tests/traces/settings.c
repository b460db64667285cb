#include <handfast/compression.h>
#include <handfast/psk.h>

#include "settings.h"

#include "support/ech_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void trace_settings_init(struct trace_side *side)
{
    *side = (struct trace_side){.clock_ms = LAB_NOW_MS};
}

struct word {
    const char *name;
    int value;
};

static const struct word identities[] = {
    {"server", LAB_SERVER},
    {"client", LAB_CLIENT},
    {"expired", LAB_CLIENT_EXPIRED},
    {"stranger", LAB_CLIENT_STRANGER},
    {"for-servers", LAB_CLIENT_SERVER_ONLY},
    {"server-expired", LAB_SERVER_EXPIRED},
    {NULL, 0},
};

static const struct word keys[] = {
    {"p256", MAKE_KEY_P256},   {"p384", MAKE_KEY_P384},       {"p521", MAKE_KEY_P521},
    {"rsa", MAKE_KEY_RSA2048}, {"ed25519", MAKE_KEY_ED25519}, {NULL, 0},
};

static const struct word auths[] = {
    {"require", HF_CLIENT_AUTH_REQUIRE},
    {"request", HF_CLIENT_AUTH_REQUEST},
    {"none", HF_CLIENT_AUTH_NONE},
    {NULL, 0},
};

static const struct word versions[] = {{"1.2", HF_TLS12}, {"1.3", HF_TLS13}, {NULL, 0}};

static bool find(const struct word *words, const char *name, int *ret_value)
{
    for (; words->name != NULL; words++)
        if (strcmp(words->name, name) == 0) {
            *ret_value = words->value;
            return true;
        }
    return false;
}

/* "+100d", "-3d" */
static uint64_t clock_of(const char *value)
{
    return LAB_NOW_MS + (uint64_t)(strtol(value, NULL, 10) * 86400L * 1000L);
}

static const char *keep(struct trace_side *side, size_t slot, const char *value)
{
    (void)snprintf(side->texts[slot], sizeof side->texts[slot], "%s", value);
    return side->texts[slot];
}

static bool take_word(struct trace_side *side, const char *key, const char *value)
{
    int found = 0;
    if (strcmp(key, "identity") == 0 && strcmp(value, "none") == 0)
        side->side.anonymous = true;
    else if (strcmp(key, "identity") == 0 && find(identities, value, &found))
        side->side.who = (enum lab_who)found;
    else if (strcmp(key, "key") == 0 && find(keys, value, &found))
        side->side.key = (enum make_certificate_key)found;
    else if (strcmp(key, "auth") == 0 && find(auths, value, &found))
        side->side.client_auth = (enum hf_client_auth)found;
    else if (strcmp(key, "min") == 0 && find(versions, value, &found))
        side->side.min = (enum hf_version)found;
    else if (strcmp(key, "max") == 0 && find(versions, value, &found))
        side->side.max = (enum hf_version)found;
    else
        return false;
    return true;
}

static bool take_text(struct trace_side *side, const char *key, const char *value)
{
    if (strcmp(key, "suites") == 0)
        side->side.suites = keep(side, 0, value);
    else if (strcmp(key, "groups") == 0)
        side->side.groups = keep(side, 1, value);
    else if (strcmp(key, "schemes") == 0)
        side->side.schemes = keep(side, 2, value);
    else if (strcmp(key, "alpn") == 0)
        side->side.alpn = keep(side, 3, value);
    else if (strcmp(key, "name") == 0)
        side->side.name = keep(side, 4, value);
    else if (strcmp(key, "admit") == 0)
        (void)snprintf(side->admit, sizeof side->admit, "%s", value);
    else if (strcmp(key, "ech") == 0)
        (void)snprintf(side->ech, sizeof side->ech, "%s", value);
    else if (strcmp(key, "psk") == 0)
        (void)snprintf(side->psk, sizeof side->psk, "%s", value);
    else
        return false;
    return true;
}

static bool take_rest(struct trace_side *side, const char *key, const char *value)
{
    if (strcmp(key, "trusts") == 0)
        side->side.trusts_other = strcmp(value, "other") == 0;
    else if (strcmp(key, "clock") == 0)
        side->clock_ms = clock_of(value);
    else if (strcmp(key, "record_size_limit") == 0)
        side->record_size_limit = strtoul(value, NULL, 10);
    else if (strcmp(key, "max_fragment_length") == 0)
        side->max_fragment_length = strtoul(value, NULL, 10);
    else if (strcmp(key, "shares") == 0)
        side->key_shares = strtoul(value, NULL, 10);
    else if (strcmp(key, "renegotiates") == 0)
        side->renegotiates = strcmp(value, "yes") == 0;
    else if (strcmp(key, "later") == 0)
        side->later = strcmp(value, "yes") == 0       ? HF_POST_HANDSHAKE_AUTH_ON
                      : strcmp(value, "decline") == 0 ? HF_POST_HANDSHAKE_AUTH_DECLINE
                                                      : HF_POST_HANDSHAKE_AUTH_OFF;
    else if (strcmp(key, "imports") == 0)
        side->imports = strcmp(value, "yes") == 0;
    else if (strcmp(key, "compresses") == 0)
        side->compresses = strcmp(value, "yes") == 0;
    else if (strcmp(key, "authorities") == 0)
        side->no_authorities = strcmp(value, "no") == 0;
    else
        return false;
    return true;
}

bool trace_settings_take(struct trace_side *side, char *setting)
{
    char *equals = strchr(setting, '=');
    if (equals == NULL)
        return false;
    *equals = '\0';
    return take_word(side, setting, equals + 1) || take_text(side, setting, equals + 1) ||
           take_rest(side, setting, equals + 1);
}

/* An algorithm of the pages' own, so that they need no library: a copy. */
static bool copy(void *context, const uint8_t *bytes, size_t bytes_len, uint8_t *into, size_t room, size_t *ret_len)
{
    (void)context;
    if (bytes_len > room)
        return false;
    memcpy(into, bytes, bytes_len);
    *ret_len = bytes_len;
    return true;
}

static bool copy_back(void *context, const uint8_t *compressed, size_t compressed_len, uint8_t *into, size_t len)
{
    size_t made;
    return compressed_len == len && copy(context, compressed, compressed_len, into, len, &made);
}

static void give_key(const struct trace_side *side, struct hf_builder *builder)
{
    static const char key[] = "a key of thirty-two random bytes";
    const struct hf_psk psk = {
        .identity = side->psk,
        .identity_len = strlen(side->psk),
        .key = key,
        .key_len = sizeof key - 1,
        .imported = side->imports,
    };
    hf_builder_psk13(builder, &psk);
}

static void give_ech(const struct trace_side *side, enum hf_role role, struct hf_builder *builder)
{
    const enum ech_lab_key key = strcmp(side->ech, "right") == 0 ? ECH_LAB_PUBLIC : ECH_LAB_OTHER;
    const struct hf_span list = ech_lab_list(key);
    if (role == HF_CLIENT)
        hf_builder_ech_configs(builder, list.data, list.len);
    else
        hf_builder_ech_pem(builder, ech_lab_pem(key), strlen(ech_lab_pem(key)), /* retry= */ true);
}

void trace_settings_apply(const struct trace_side *side, enum hf_role role, struct hf_builder *builder)
{
    if (side->psk[0] != '\0')
        give_key(side, builder);
    if (side->compresses)
        hf_builder_certificate_compression_own(
            builder, &(struct hf_certificate_compression){.id = 0xfe00, .compress = copy, .decompress = copy_back});
    if (side->ech[0] != '\0')
        give_ech(side, role, builder);
    if (side->admit[0] != '\0')
        hf_builder_admit(builder, side->admit);
    if (side->record_size_limit != 0)
        hf_builder_record_size_limit(builder, side->record_size_limit);
    if (side->max_fragment_length != 0)
        hf_builder_max_fragment_length(builder, side->max_fragment_length);
    if (side->key_shares != 0)
        hf_builder_key_shares(builder, side->key_shares);
    if (side->renegotiates)
        hf_builder_historic(builder,
                            role == HF_SERVER ? HF_HISTORIC_RENEGOTIATION_ASK : HF_HISTORIC_RENEGOTIATION_FOLLOW);
    hf_builder_post_handshake_auth(builder, side->later);
    if (role == HF_SERVER && side->no_authorities)
        hf_builder_send_authorities(builder, /* send= */ false);
}
