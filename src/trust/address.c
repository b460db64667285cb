/* One pass over the text; groups before "::" and after it are gathered apart and put together at the end. */
#include "trust/address.h"

#include "base/writer.h"

/* Takes the text up to `stop`, and the stop; *ret_last tells that there was none. */
static struct hf_span take_until(struct hf_span *left, uint8_t stop, bool *ret_last)
{
    size_t len = 0;
    while (len < left->len && left->data[len] != stop)
        len++;
    struct hf_span part = hf_span_part(*left, 0, len);
    *ret_last = len == left->len;
    *left = hf_span_part(*left, len + 1, left->len);
    return part;
}

bool hf_address_read_v4(struct hf_span text, uint8_t ret_address[4])
{
    uint8_t address[4] = {0};
    bool last = false;
    for (size_t i = 0; i < 4; i++) {
        if (last)
            return false;
        struct hf_span part = take_until(&text, '.', &last);
        unsigned value = 0;
        if (part.len == 0 || part.len > 3 || (part.len > 1 && part.data[0] == '0'))
            return false;
        for (size_t j = 0; j < part.len; j++) {
            if (part.data[j] < '0' || part.data[j] > '9')
                return false;
            value = value * 10 + (part.data[j] - (unsigned)'0');
        }
        if (value > 255)
            return false;
        address[i] = (uint8_t)value;
    }
    return last && hf_span_copy(hf_span_of(address, 4), ret_address, 4);
}

static bool read_group(struct hf_span part, uint16_t *ret_value)
{
    unsigned value = 0;
    if (part.len == 0 || part.len > 4)
        return false;
    for (size_t i = 0; i < part.len; i++) {
        unsigned c = part.data[i];
        unsigned digit = c >= '0' && c <= '9'   ? c - '0'
                         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                : 16;
        if (digit == 16)
            return false;
        value = value << 4 | digit;
    }
    *ret_value = (uint16_t)value;
    return true;
}

/* Groups separated by ":", and, where the whole text ends, a dotted quad in place of two. An empty text is no groups.
 */
static bool read_groups(struct hf_span text, bool at_end, struct hf_writer *into)
{
    bool last = text.len == 0;
    while (!last) {
        struct hf_span part = take_until(&text, ':', &last);
        uint8_t quad[4];
        uint16_t value = 0;
        if (last && at_end && hf_address_read_v4(part, quad))
            hf_writer_bytes(into, hf_span_of(quad, 4));
        else if (read_group(part, &value))
            hf_writer_u16(into, value);
        else
            return false;
    }
    return hf_writer_end(into);
}

static size_t find_gap(struct hf_span text)
{
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.data[i] == ':' && text.data[i + 1] == ':')
            return i;
    return text.len;
}

bool hf_address_read_v6(struct hf_span text, uint8_t ret_address[16])
{
    uint8_t head[16];
    uint8_t tail[16];
    uint8_t address[16];
    struct hf_writer of_head = hf_writer_of(head, sizeof(head));
    struct hf_writer of_tail = hf_writer_of(tail, sizeof(tail));
    struct hf_writer whole = hf_writer_of(address, sizeof(address));
    size_t gap = find_gap(text);
    bool has_gap = gap < text.len;
    if (!read_groups(hf_span_part(text, 0, gap), !has_gap, &of_head))
        return false;
    if (has_gap && !read_groups(hf_span_part(text, gap + 2, text.len), /* at_end */ true, &of_tail))
        return false;
    size_t len = of_head.len + of_tail.len;
    if (has_gap ? len > 14 : len != 16)
        return false;
    hf_writer_bytes(&whole, hf_writer_span(&of_head));
    for (size_t i = len; i < 16; i++)
        hf_writer_u8(&whole, 0);
    hf_writer_bytes(&whole, hf_writer_span(&of_tail));
    return hf_writer_end(&whole) && hf_span_copy(hf_writer_span(&whole), ret_address, 16);
}
