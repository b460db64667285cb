/* The names of enum hf_historic as flags, and files of shared keys as psktool and others write them. Keys are wiped
 * when the library has them. */
#define _GNU_SOURCE
#include "historic.h"

#include "file.h"
#include "out.h"

#include <string.h>

enum { KEY_MAX = 64 };

static const struct {
    const char *name;
    enum hf_historic bit;
} switches[] = {
    {"rsa-key-exchange", HF_HISTORIC_RSA_KEY_EXCHANGE},
    {"dhe", HF_HISTORIC_DHE},
    {"plain-psk", HF_HISTORIC_PLAIN_PSK},
    {"cbc", HF_HISTORIC_CBC},
    {"null-encryption", HF_HISTORIC_NULL_ENCRYPTION},
    {"compression", HF_HISTORIC_COMPRESSION},
    {"sha1-signatures", HF_HISTORIC_SHA1_SIGNATURES},
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

bool hf_historic_give(struct hf_builder *builder, const char *list, const char *command, int *ret_exit)
{
    unsigned all = 0;
    for (const char *at = list; *at != '\0';) {
        size_t len = strcspn(at, ",:");
        unsigned bit = bit_of(at, len);
        if (bit == 0) {
            *ret_exit = hf_out_usage(command, "--historic knows no %.*s: it takes " HF_HISTORIC_NAMES, (int)len, at);
            return false;
        }
        all |= bit;
        at += len + (at[len] != '\0' ? 1 : 0);
    }
    hf_builder_historic(builder, all);
    return true;
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* How many bytes; 0 when it is no hexadecimal, or too long. */
static size_t read_key(const char *text, size_t len, unsigned char key[KEY_MAX])
{
    if (len % 2 != 0 || len / 2 > KEY_MAX)
        return 0;
    for (size_t i = 0; i < len / 2; i++) {
        int high = digit_of(text[2 * i]);
        int low = digit_of(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return 0;
        key[i] = (unsigned char)(high * 16 + low);
    }
    return len / 2;
}

/* One line; false when it is none of a key. *found counts those that were given. */
static bool give_line(struct hf_builder *builder, const char *line, size_t len, const char *identity, size_t *found)
{
    unsigned char key[KEY_MAX];
    const char *colon = memrchr(line, ':', len);
    if (len == 0 || line[0] == '#')
        return true;
    if (colon == NULL)
        return false;
    size_t name_len = (size_t)(colon - line);
    size_t key_len = read_key(colon + 1, len - name_len - 1, key);
    bool wanted = identity == NULL || (strlen(identity) == name_len && strncmp(identity, line, name_len) == 0);
    if (key_len > 0 && wanted) {
        hf_builder_psk(builder, line, name_len, key, key_len);
        ++*found;
    }
    explicit_bzero(key, sizeof key);
    return key_len > 0;
}

static bool give_lines(struct hf_builder *builder, const char *text, const char *identity, size_t *found)
{
    bool good = true;
    for (const char *line = text; good && *line != '\0';) {
        size_t len = strcspn(line, "\r\n");
        good = give_line(builder, line, len, identity, found);
        line += len;
        line += strspn(line, "\r\n");
    }
    return good;
}

bool hf_historic_give_keys(struct hf_builder *builder, const char *path, const char *identity, const char *command,
                           int *ret_exit)
{
    struct hf_file file;
    struct hf_failure failure = {.depth = -1};
    size_t found = 0;
    if (!hf_file_read(path, &file, &failure)) {
        *ret_exit = hf_out_failure(command, &failure);
        return false;
    }
    bool good = give_lines(builder, file.bytes, identity, &found);
    hf_file_wipe(&file);
    if (good && found > 0)
        return true;
    *ret_exit = hf_out_usage(command,
                             good ? "%s has no key for this --psk-identity"
                                  : "%s: lines must be IDENTITY:KEY, the key in hexadecimal",
                             path);
    return false;
}
