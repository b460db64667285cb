/* What a person may type is narrow on purpose: what is written into a certificate is matched by everybody's code.
 * inet_pton is the one reader of addresses. RFC 5280 4.2.1.6 and 4.2.1.10, RFC 1034 3.5, RFC 9525 6.3. */
#include "authority/host_name.h"

#include <arpa/inet.h>

#include "certificate/der.h"
#include "certificate/general_name.h"
#include "authority/der_write.h"

enum { NAME_MAX_LEN = 253, LABEL_MAX_LEN = 63, RANGE_TEXT = 64 };

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_dns(const char *text)
{
    size_t label = 0;
    size_t i = 0;
    for (; text[i] != '\0'; i++) {
        if (text[i] == '.') {
            if (label == 0 || text[i - 1] == '-')
                return false;
            label = 0;
            continue;
        }
        bool hyphen = (text[i] == '-' || text[i] == '_') && (label > 0 || text[i] == '_');
        if (!is_letter_or_digit(text[i]) && !hyphen)
            return false;
        if (++label > LABEL_MAX_LEN)
            return false;
    }
    return label > 0 && text[i - 1] != '-' && i <= NAME_MAX_LEN;
}

static size_t read_address(const char *text, uint8_t address[16])
{
    if (inet_pton(AF_INET, text, address) == 1)
        return 4;
    return inet_pton(AF_INET6, text, address) == 1 ? 16 : 0;
}

bool hf_host_name_is_address(const char *text)
{
    uint8_t address[16];
    return read_address(text, address) != 0;
}

/* Digits and dots only is a mistyped address, never a name. */
static bool is_mistyped_address(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((*text < '0' || *text > '9') && *text != '.')
            return false;
    }
    return true;
}

bool hf_host_name_is_valid(const char *text)
{
    if (hf_host_name_is_address(text))
        return true;
    if (text[0] == '*' && text[1] == '.')
        text += 2;
    return !is_mistyped_address(text) && is_dns(text);
}

void hf_host_name_write(struct hf_writer *writer, const char *text)
{
    uint8_t address[16];
    size_t len = read_address(text, address);
    if (len != 0)
        hf_der_write_value(writer, HF_DER_CONTEXT(HF_GENERAL_NAME_IP), hf_span_of(address, len));
    else if (hf_host_name_is_valid(text))
        hf_der_write_value(writer, HF_DER_CONTEXT(HF_GENERAL_NAME_DNS), hf_span_of_text(text));
    else
        writer->bad = true;
}

/* "10.0.0.0/8" into address and mask, 8 or 32 bytes; a lone address has all bits of its mask. Bits of the address
 * outside the mask are cleared. 0 when it is none. */
static size_t read_range(const char *text, uint8_t range[32])
{
    char address[RANGE_TEXT];
    struct hf_span all = hf_span_of_text(text);
    size_t slash = 0;
    while (slash < all.len && text[slash] != '/')
        slash++;
    if (!hf_span_copy(hf_span_part(all, 0, slash), address, sizeof(address) - 1))
        return 0;
    address[slash] = '\0';
    size_t len = read_address(address, range);
    unsigned bits = slash == all.len ? (unsigned)len * 8 : 0;
    for (size_t i = slash + 1; i < all.len; i++) {
        if (text[i] < '0' || text[i] > '9' || bits > 128)
            return 0;
        bits = bits * 10 + (unsigned)(text[i] - '0');
    }
    if (len == 0 || bits > len * 8 || slash + 1 == all.len)
        return 0;
    for (size_t i = 0; i < len; i++) {
        unsigned here = bits > i * 8 ? bits - (unsigned)i * 8 : 0;
        uint8_t mask = (uint8_t)(here >= 8 ? 0xffu : 0xff00u >> here);
        range[len + i] = mask;
        range[i] = (uint8_t)(range[i] & mask);
    }
    return 2 * len;
}

bool hf_host_name_is_range(const char *text)
{
    uint8_t range[32];
    return read_range(text, range) != 0;
}

void hf_host_name_write_subtree(struct hf_writer *writer, const char *text)
{
    uint8_t range[32];
    size_t len = read_range(text, range);
    size_t mark = hf_der_write_open(writer, HF_DER_SEQUENCE);
    if (text[0] == '*' && text[1] == '.')
        text += 2;
    else if (text[0] == '.')
        text += 1;
    if (len != 0)
        hf_der_write_value(writer, HF_DER_CONTEXT(HF_GENERAL_NAME_IP), hf_span_of(range, len));
    else if (!is_mistyped_address(text) && is_dns(text))
        hf_der_write_value(writer, HF_DER_CONTEXT(HF_GENERAL_NAME_DNS), hf_span_of_text(text));
    else
        writer->bad = true;
    hf_der_write_close(writer, mark);
}

bool hf_host_name_is_label(const char *text, bool lower_case, size_t max)
{
    size_t len = 0;
    bool dots_only = true;
    for (; text[len] != '\0'; len++) {
        bool capital = text[len] >= 'A' && text[len] <= 'Z';
        bool other = text[len] == '.' || text[len] == '-' || text[len] == '_';
        if ((!is_letter_or_digit(text[len]) && !other) || (capital && lower_case) || len == max)
            return false;
        dots_only = dots_only && text[len] == '.';
    }
    return len > 0 && !dots_only;
}
