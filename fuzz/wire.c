/* Every shape's reader, writer and printer; the first byte of the input selects the shape.
 * What a reader accepts, the writer must bring back byte for byte, and a second reading must accept again: so no byte
 * of a message goes unread, and no two encodings mean the same. RFC 9846 3. Seeds: tools/make_wire_corpus. */
#include "support/demand.h"
#include "wire/extension.h"
#include "wire/print.h"
#include "wire/write.h"

#include <stdlib.h>

/* Half of all numbers have a name. */
static const char *name_of(enum hf_wire_naming naming, uint16_t number)
{
    return naming != HF_NAMING_NONE && number % 2 == 0 ? "name" : NULL;
}

static void print(uint8_t selector, enum hf_wire_shape shape, struct hf_span body)
{
    const struct hf_wire_names names = {.name = name_of};
    char page[4096];
    struct hf_text text = hf_text_of(page, selector == 0 ? 1 : sizeof page);
    hf_wire_print_shape(shape, body, NULL, &text);
    demand(page[text.len] == '\0');
    text = hf_text_of(page, sizeof page);
    hf_wire_print_shape(shape, body, &names, &text);
    text = hf_text_of(page, sizeof page);
    hf_wire_print((enum hf_message)(selector % HF_MESSAGES), HF_WIRE_STYLE_12, body, NULL, &text);
    text = hf_text_of(page, sizeof page);
    hf_wire_print((enum hf_message)(selector % HF_MESSAGES), HF_WIRE_STYLE_13, body, &names, &text);
    demand(page[text.len] == '\0');
}

static void round_trip(enum hf_wire_shape shape, struct hf_span body)
{
    union hf_wire_any any, again;
    if (hf_wire_read_any(shape, body, &any) != HF_OK)
        return;
    uint8_t *room = malloc(body.len + 1);
    demand(room != NULL);
    struct hf_writer writer = hf_writer_of(room, body.len);
    hf_wire_write_any(&writer, shape, &any);
    demand(hf_writer_end(&writer));
    demand(hf_span_equal(hf_writer_span(&writer), body));
    demand(hf_wire_read_any(shape, hf_writer_span(&writer), &again) == HF_OK);
    free(room);
}

/* The two questions to a block agree with a plain walk over it. */
static void ask_block(struct hf_span block)
{
    struct hf_reader list = hf_reader_of(block);
    struct hf_wire_extension extension;
    struct hf_span data;
    while (hf_wire_next_extension(&list, &extension)) {
        demand(hf_wire_extension_find(block, extension.type, &data));
        demand(hf_extension_name(extension.type)[0] != '\0');
    }
    demand(hf_reader_end(&list) == (hf_wire_extensions_check(block) != HF_ERR_decode_error));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 4096)
        return 0;
    enum hf_wire_shape shape = (enum hf_wire_shape)(data[0] % HF_WIRE_SHAPES);
    struct hf_span body = hf_span_part(hf_span_of(data, size), 1, size - 1);
    round_trip(shape, body);
    print(data[0], shape, body);
    ask_block(body);
    demand(hf_message_classify(data[0], body) <= HF_MESSAGE_unknown);
    return 0;
}
