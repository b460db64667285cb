/* Flags are rows; this file finds the row of an argument and stores its value by kind. */
#include "flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { SWITCH, NUMBER, TEXT, NUMBERS, TEXTS, NOTHING, CREDENTIAL, RAW_CREDENTIAL, SHARED_CREDENTIAL };

struct row {
    const char *flag;
    enum kind kind;
    size_t offset;
};

#define BOGO_OFFSET_SWITCH(field)            offsetof(struct bogo_flags, field)
#define BOGO_OFFSET_NUMBER(field)            offsetof(struct bogo_flags, field)
#define BOGO_OFFSET_TEXT(field)              offsetof(struct bogo_flags, field)
#define BOGO_OFFSET_NUMBERS(field)           offsetof(struct bogo_flags, field)
#define BOGO_OFFSET_TEXTS(field)             offsetof(struct bogo_flags, field)
#define BOGO_OFFSET_NOTHING(field)           0
#define BOGO_OFFSET_CREDENTIAL(field)        0
#define BOGO_OFFSET_RAW_CREDENTIAL(field)    0
#define BOGO_OFFSET_SHARED_CREDENTIAL(field) 0

static const struct row rows[] = {
#define BOGO_FLAG(flag, kind, field) {flag, kind, BOGO_OFFSET_##kind(field)},
#include "flags.def"
#undef BOGO_FLAG
};

static const struct {
    const char *prefix;
    unsigned phases;
} prefixes[] = {
    {"-on-initial-", 1u << BOGO_INITIAL},
    {"-on-resume-", 1u << BOGO_RESUME},
    {"-on-retry-", 1u << BOGO_RETRY},
};

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const struct row *find(const char *flag)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].flag, flag) == 0)
            return &rows[i];
    return NULL;
}

#define OF_CREDENTIALS(field)                                                                                          \
    {                                                                                                                  \
        offsetof(struct bogo_flags, field), offsetof(struct bogo_credential, field)                                    \
    }

/* Where a value goes: a flag of credentials belongs to the last one that began. */
static char *place_of(const struct row *row, struct bogo_flags *flags)
{
    static const struct {
        size_t in_flags;
        size_t in_credential;
    } own[] = {OF_CREDENTIALS(cert_file),     OF_CREDENTIALS(key_file), OF_CREDENTIALS(signing_prefs),
               OF_CREDENTIALS(ocsp_response), OF_CREDENTIALS(scts),     OF_CREDENTIALS(must_match_issuer),
               OF_CREDENTIALS(psk_key),       OF_CREDENTIALS(psk_name), OF_CREDENTIALS(psk_context),
               OF_CREDENTIALS(psk_sha384),    OF_CREDENTIALS(delegated)};
    for (size_t i = 0; flags->credential_count > 0 && i < sizeof own / sizeof own[0]; i++)
        if (own[i].in_flags == row->offset)
            return (char *)&flags->credentials[flags->credential_count - 1] + own[i].in_credential;
    return (char *)flags + row->offset;
}

static void store(const struct row *row, struct bogo_flags *flags, const char *value)
{
    if (row->kind == NOTHING)
        return;
    if (row->kind >= CREDENTIAL) {
        if (flags->credential_count < BOGO_CREDENTIALS_MAX)
            flags->credentials[flags->credential_count++].is_raw = row->kind == RAW_CREDENTIAL;
        return;
    }
    char *field = place_of(row, flags);
    if (row->kind == SWITCH)
        *(bool *)field = true;
    else if (row->kind == NUMBER)
        *(uint64_t *)field = strtoull(value, NULL, 10);
    else if (row->kind == TEXT)
        *(const char **)field = value;
    else if (row->kind == NUMBERS) {
        struct bogo_numbers *numbers = (struct bogo_numbers *)field;
        if (numbers->count < BOGO_NUMBERS_MAX)
            numbers->values[numbers->count++] = (unsigned)strtoul(value, NULL, 10);
    } else if (row->kind == TEXTS) {
        struct bogo_texts *texts = (struct bogo_texts *)field;
        if (texts->count < BOGO_TEXTS_MAX)
            texts->values[texts->count++] = value;
    }
}

/* The flag behind its prefixes in *flag; which phases it is for. */
static unsigned take_prefixes(const char **flag, bool *ret_for_handshaker)
{
    *ret_for_handshaker = begins(*flag, "-on-handshaker-");
    if (*ret_for_handshaker || begins(*flag, "-on-shim-"))
        *flag += strlen(*ret_for_handshaker ? "-on-handshaker-" : "-on-shim-") - 1;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (begins(*flag, prefixes[i].prefix)) {
            *flag += strlen(prefixes[i].prefix) - 1;
            return prefixes[i].phases;
        }
    return ~0u;
}

const char *bogo_flags_read(int count, char **arguments, struct bogo_flags phases[BOGO_PHASES])
{
    for (int i = 0; i < count; i++) {
        const char *flag = arguments[i];
        bool for_handshaker;
        unsigned wanted = take_prefixes(&flag, &for_handshaker);
        const struct row *row = find(flag);
        bool has_value = row != NULL && row->kind != SWITCH && row->kind < NOTHING;
        if (row == NULL || (has_value && i + 1 == count))
            return arguments[i];
        const char *value = has_value ? arguments[++i] : NULL;
        for (unsigned phase = 0; phase < BOGO_PHASES; phase++)
            if (!for_handshaker && (wanted & (1u << phase)) != 0)
                store(row, &phases[phase], value);
    }
    return NULL;
}

void bogo_flags_unimplemented(const char *what)
{
    fprintf(stderr, "not built: %s\n", what);
    exit(BOGO_UNIMPLEMENTED);
}
