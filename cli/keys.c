/* Files of shared keys as psktool and others write them. Keys are wiped when the library has them. */
#define _GNU_SOURCE
#include "keys.h"

#include "file.h"
#include "hex.h"

#include <stdio.h>
#include <string.h>

/* One line; false when it is none of a key. *found counts those that were given. */
static bool give_line(struct hf_builder *builder, const char *line, size_t len, const struct hf_keys *keys,
                      size_t *found)
{
    unsigned char key[HF_PSK_KEY_MAX];
    const char *identity = keys->identity;
    const char *colon = memrchr(line, ':', len);
    if (len == 0 || line[0] == '#')
        return true;
    if (colon == NULL)
        return false;
    size_t name_len = (size_t)(colon - line);
    size_t key_len = hf_hex_read(colon + 1, len - name_len - 1, key, sizeof key);
    bool wanted = identity == NULL || (strlen(identity) == name_len && strncmp(identity, line, name_len) == 0);
    if (key_len > 0 && wanted) {
        const struct hf_psk psk = {
            .identity = line,
            .identity_len = name_len,
            .key = key,
            .key_len = key_len,
            .hash = keys->hash,
            .imported = keys->imported,
        };
        if (keys->of_13)
            hf_builder_psk13(builder, &psk);
        else
            hf_builder_psk(builder, line, name_len, key, key_len);
        ++*found;
    }
    explicit_bzero(key, sizeof key);
    return key_len > 0;
}

static bool give_lines(struct hf_builder *builder, const char *text, const struct hf_keys *keys, size_t *found)
{
    bool good = true;
    for (const char *line = text; good && *line != '\0';) {
        size_t len = strcspn(line, "\r\n");
        good = give_line(builder, line, len, keys, found);
        line += len;
        line += strspn(line, "\r\n");
    }
    return good;
}

bool hf_keys_give(struct hf_builder *builder, const struct hf_keys *keys, struct hf_failure *ret_failure)
{
    struct hf_file file;
    size_t found = 0;
    if (!hf_file_read(keys->path, &file, ret_failure))
        return false;
    bool good = give_lines(builder, file.bytes, keys, &found);
    hf_file_wipe(&file);
    if (good && found > 0)
        return true;
    (void)hf_file_fail(HF_ERR_file_malformed, keys->path, 0, ret_failure);
    (void)snprintf(ret_failure->wanted, sizeof ret_failure->wanted, "%s",
                   good ? "a line with the key of this --psk-identity"
                        : "lines of IDENTITY:KEY, the key in hexadecimal");
    return false;
}
