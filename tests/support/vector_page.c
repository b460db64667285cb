/* Reads known answers; it trusts its input and aborts when that is broken. */
#include "support/vector_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hf_vector_page hf_vector_page_open(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/vectors/%s", HF_TESTS_DIR, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        abort();
    long len = ftell(file);
    char *text = calloc(1, (size_t)len + 1);
    rewind(file);
    if (text == NULL || fread(text, 1, (size_t)len, file) != (size_t)len)
        abort();
    fclose(file);
    return (struct hf_vector_page){text};
}

void hf_vector_page_free(struct hf_vector_page *page)
{
    free(page->text);
    page->text = NULL;
}

static struct hf_span read_hex(const char *hex)
{
    size_t len = strspn(hex, "0123456789abcdef") / 2;
    uint8_t *bytes = malloc(len + 1);
    if (bytes == NULL)
        abort();
    for (size_t i = 0; i < len; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return hf_span_of(bytes, len);
}

struct hf_span hf_vector_page_get(const struct hf_vector_page *page, const char *section, const char *name)
{
    char head[64];
    char key[64];
    snprintf(head, sizeof head, "\n[%s]\n", section);
    snprintf(key, sizeof key, "\n%s = ", name);
    const char *from = strstr(page->text, head);
    if (from == NULL)
        return hf_span_of(NULL, 0);
    from += strlen(head) - 1;
    const char *end = strstr(from, "\n[");
    const char *at = strstr(from, key);
    if (at == NULL || (end != NULL && at > end))
        return hf_span_of(NULL, 0);
    return read_hex(at + strlen(key));
}
