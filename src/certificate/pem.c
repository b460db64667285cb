/* Lines are found first, then judged: a block is what lies between a BEGIN line and the END line of the same label
 * (RFC 7468 3). Base64 is strict: its alphabet, whole groups, padding at the end only, unused bits zero. */
#include "certificate/pem.h"

#include "base/writer.h"

static const char pem_begin[] = "-----BEGIN ";
static const char pem_end[] = "-----END ";
static const char pem_dashes[] = "-----";

struct hf_pem hf_pem_of(struct hf_span text)
{
    return (struct hf_pem){.left = text, .line = 1, .flaw = NULL};
}

/* Takes one line, without its end and the blanks before it. */
static struct hf_span take_line(struct hf_span *left)
{
    size_t len = 0;
    while (len < left->len && left->data[len] != '\n')
        len++;
    struct hf_span line = hf_span_part(*left, 0, len);
    *left = hf_span_part(*left, len + 1, left->len);
    while (line.len > 0 &&
           (line.data[line.len - 1] == '\r' || line.data[line.len - 1] == ' ' || line.data[line.len - 1] == '\t'))
        line = hf_span_part(line, 0, line.len - 1);
    return line;
}

/* The label of a BEGIN or END line. */
static bool is_boundary(struct hf_span line, const char *opening, struct hf_span *ret_label)
{
    struct hf_span open = hf_span_of_text(opening);
    struct hf_span dashes = hf_span_of_text(pem_dashes);
    if (line.len < open.len + dashes.len || !hf_span_equal(hf_span_part(line, 0, open.len), open) ||
        !hf_span_equal(hf_span_part(line, line.len - dashes.len, dashes.len), dashes))
        return false;
    *ret_label = hf_span_part(line, open.len, line.len - open.len - dashes.len);
    return true;
}

static enum hf_pem_found flawed(struct hf_pem *pem, unsigned line, const char *flaw)
{
    pem->line = line;
    pem->flaw = flaw;
    return HF_PEM_FLAWED;
}

static bool has_colon(struct hf_span line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] == ':')
            return true;
    return false;
}

/* RFC 1421 headers stand before a blank line; a block that does not begin with one has none. */
static void split_headers(struct hf_pem_block *block)
{
    struct hf_span left = block->body;
    struct hf_span look = left;
    if (!has_colon(take_line(&look)))
        return;
    unsigned lines = 0;
    bool blank = false;
    while (left.len > 0 && !blank) {
        blank = take_line(&left).len == 0;
        lines++;
    }
    if (!blank)
        return;
    block->headers = hf_span_part(block->body, 0, block->body.len - left.len);
    block->body = left;
    block->body_line += lines;
}

/* From the line behind BEGIN up to END. */
static enum hf_pem_found take_body(struct hf_pem *pem, struct hf_pem_block *block)
{
    struct hf_span body = pem->left;
    while (pem->left.len > 0) {
        size_t len = body.len - pem->left.len;
        struct hf_span label = {0};
        struct hf_span line = take_line(&pem->left);
        pem->line++;
        if (is_boundary(line, pem_begin, &label))
            return flawed(pem, pem->line - 1, "a block begins inside another: an END line is missing");
        if (!is_boundary(line, pem_end, &label))
            continue;
        if (!hf_span_equal(label, block->label))
            return flawed(pem, pem->line - 1, "an END line has another label than its BEGIN line");
        block->body = hf_span_part(body, 0, len);
        split_headers(block);
        return HF_PEM_BLOCK;
    }
    return flawed(pem, block->line, "a block has no END line");
}

enum hf_pem_found hf_pem_next(struct hf_pem *pem, struct hf_pem_block *ret_block)
{
    struct hf_pem_block block = {0};
    while (pem->left.len > 0) {
        struct hf_span line = take_line(&pem->left);
        block.line = pem->line++;
        block.body_line = pem->line;
        if (is_boundary(line, pem_end, &block.label))
            return flawed(pem, block.line, "an END line has no BEGIN line");
        if (!is_boundary(line, pem_begin, &block.label))
            continue;
        enum hf_pem_found found = take_body(pem, &block);
        if (found == HF_PEM_BLOCK)
            *ret_block = block;
        return found;
    }
    return HF_PEM_NONE;
}

bool hf_pem_has_label(const struct hf_pem_block *block, const char *label)
{
    return hf_span_equal(block->label, hf_span_of_text(label));
}

bool hf_pem_is_encrypted(const struct hf_pem_block *block)
{
    if (hf_pem_has_label(block, "ENCRYPTED PRIVATE KEY"))
        return true;
    struct hf_span left = block->headers;
    while (left.len > 0)
        if (hf_span_equal(take_line(&left), hf_span_of_text("Proc-Type: 4,ENCRYPTED")))
            return true;
    return false;
}

/* 0 to 63; 64 for "=", 65 for white space, -1 for anything else. */
static int value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '/')
        return c == '+' ? 62 : 63;
    if (c == '=')
        return 64;
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' ? 65 : -1;
}

/* The bits gathered so far, and how many characters and paddings made them. */
struct group {
    uint32_t bits;
    unsigned characters;
    unsigned padding;
};

/* A full group of four gives three bytes, less one for each padding, whose bits must be zero (RFC 4648 3.5). */
static bool end_group(struct group *group, struct hf_writer *writer)
{
    unsigned bytes = 3 - group->padding;
    if ((group->bits & ((UINT32_C(1) << (8 * group->padding)) - 1)) != 0)
        return false;
    for (unsigned i = 0; i < bytes; i++)
        hf_writer_u8(writer, (uint8_t)(group->bits >> (16 - 8 * i)));
    *group = (struct group){.padding = group->padding};
    return true;
}

/* False at a character that may not stand there. */
static bool put_character(struct group *group, int value, struct hf_writer *writer)
{
    bool padding = value == 64;
    if (value < 0 || (padding && group->characters < 2) || (!padding && group->padding > 0) || group->padding > 2)
        return false;
    group->padding += padding ? 1 : 0;
    group->bits = group->bits << 6 | (padding ? 0U : (uint32_t)value);
    group->characters++;
    return group->characters < 4 || end_group(group, writer);
}

static bool decode(const struct hf_pem_block *block, struct hf_writer *writer, unsigned *ret_line)
{
    struct group group = {0};
    unsigned line = block->body_line;
    for (size_t i = 0; i < block->body.len; i++) {
        uint8_t c = block->body.data[i];
        int value = value_of(c);
        if (value != 65 && !put_character(&group, value, writer)) {
            *ret_line = line;
            return false;
        }
        line += c == '\n' ? 1 : 0;
    }
    *ret_line = line;
    return group.characters == 0 && hf_writer_end(writer) && writer->len > 0;
}

enum hf_error hf_pem_decode(const struct hf_pem_block *block, struct hf_buffer *into, unsigned *ret_line)
{
    size_t room = block->body.len / 4 * 3 + 3;
    if (room > into->max - hf_buffer_len(into))
        room = into->max - hf_buffer_len(into);
    uint8_t *at = hf_buffer_reserve(into, room);
    if (at == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(at, room);
    unsigned line = 0;
    if (!decode(block, &writer, &line)) {
        if (ret_line != NULL)
            *ret_line = line;
        return writer.bad ? HF_ERR_no_memory : HF_ERR_file_malformed;
    }
    hf_buffer_grew(into, writer.len);
    return HF_OK;
}

static void write_boundary(struct hf_writer *writer, const char *opening, const char *label)
{
    hf_writer_bytes(writer, hf_span_of_text(opening));
    hf_writer_bytes(writer, hf_span_of_text(label));
    hf_writer_bytes(writer, hf_span_of_text(pem_dashes));
    hf_writer_u8(writer, '\n');
}

static void write_group(struct hf_writer *writer, struct hf_span three)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; i++)
        bits = bits << 8 | (i < three.len ? three.data[i] : 0U);
    for (size_t i = 0; i < 4; i++)
        hf_writer_u8(writer, i <= three.len ? (uint8_t)alphabet[bits >> (18 - 6 * i) & 63] : (uint8_t)'=');
}

enum hf_error hf_pem_write(const char *label, struct hf_span der, struct hf_buffer *into)
{
    size_t groups = (der.len + 2) / 3;
    size_t lines = (groups + 15) / 16;
    size_t label_len = hf_span_of_text(label).len;
    size_t len = groups * 4 + lines + 2 * (label_len + 6) + sizeof(pem_begin) - 1 + sizeof(pem_end) - 1;
    uint8_t *at = hf_buffer_reserve(into, len);
    if (at == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(at, len);
    write_boundary(&writer, pem_begin, label);
    for (size_t i = 0; i < groups; i++) {
        write_group(&writer, hf_span_part(der, i * 3, 3));
        if (i % 16 == 15 || i + 1 == groups)
            hf_writer_u8(&writer, '\n');
    }
    write_boundary(&writer, pem_end, label);
    if (!hf_writer_end(&writer))
        return HF_ERR_internal;
    hf_buffer_grew(into, writer.len);
    return HF_OK;
}
