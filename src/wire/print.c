/* The one printer: it walks a shape's description beside the struct that the reader filled. Invariants: bytes of peers
 * reach the text as hexadecimal or escaped; work ends when the text is full. RFC 9846 3. */
#include "wire/print.h"

#include "base/must.h"
#include "wire/extension.h"

#include <string.h>

/* Bytes of one field, and numbers of one list, that are shown; what lies behind them is counted. */
enum { BYTES_SHOWN = 32, TEXT_SHOWN = 255, NUMBERS_SHOWN = 64 };

struct printer {
    struct hf_text *text;
    const struct hf_wire_names *names;
    enum hf_message message; /* says what extensions hold */
    int depth;
};

static void print_body(const struct printer *printer, enum hf_wire_shape shape, struct hf_span body);
static void print_fields(const struct printer *printer, enum hf_wire_shape shape, const void *value);

static const void *member(const void *of, size_t offset)
{
    return (const uint8_t *)of + offset;
}

static bool is_full(const struct printer *printer)
{
    return printer->text->len + 1 >= printer->text->room;
}

static void indent(const struct printer *printer)
{
    hf_text_add(printer->text, "%*s", 2 * printer->depth, "");
}

static struct printer deeper(const struct printer *printer)
{
    struct printer inner = *printer;
    inner.depth++;
    return inner;
}

/* What the numbers of a field name, by the field's name in the grammar. */
static enum hf_wire_naming naming_of(const char *field)
{
    static const struct {
        const char *field;
        enum hf_wire_naming naming;
    } namings[] = {
        {"cipher_suite", HF_NAMING_SUITE},
        {"cipher_suites", HF_NAMING_SUITE},
        {"group", HF_NAMING_GROUP},
        {"groups", HF_NAMING_GROUP},
        {"selected_group", HF_NAMING_GROUP},
        {"named_curve", HF_NAMING_GROUP},
        {"scheme", HF_NAMING_SCHEME},
        {"schemes", HF_NAMING_SCHEME},
        {"versions", HF_NAMING_VERSION},
        {"selected_version", HF_NAMING_VERSION},
        {"legacy_version", HF_NAMING_VERSION},
        {"server_version", HF_NAMING_VERSION},
    };
    for (size_t i = 0; i < HF_COUNT(namings); i++)
        if (strcmp(namings[i].field, field) == 0)
            return namings[i].naming;
    return HF_NAMING_NONE;
}

static bool is_text(const char *field)
{
    return strcmp(field, "host_name") == 0 || strcmp(field, "protocol") == 0;
}

/* A number that names something: its name, or hexadecimal of its width. GREASE has no other name (RFC 8701). */
static void print_number(const struct printer *printer, enum hf_wire_naming naming, size_t width, uint64_t value)
{
    const char *name = NULL;
    if (naming != HF_NAMING_NONE && printer->names != NULL && printer->names->name != NULL)
        name = printer->names->name(naming, (uint16_t)value);
    if (name == NULL && naming != HF_NAMING_NONE && hf_extension_is_grease((uint16_t)value))
        name = "GREASE";
    hf_text_add(printer->text, " 0x%0*llx", (int)(2 * width), (unsigned long long)value);
    if (name != NULL)
        hf_text_add(printer->text, " %s", name);
}

static void print_uint(const struct printer *printer, const struct hf_wire_field *field, const void *value)
{
    const void *at = member(value, field->offset);
    uint64_t number = 0;
    if (field->width == 1)
        number = *(const hf_wire_uint1 *)at;
    else if (field->width == 2)
        number = *(const hf_wire_uint2 *)at;
    else
        number = *(const hf_wire_uint4 *)at;
    print_number(printer, naming_of(field->name), field->width, number);
}

static void print_list(const struct printer *printer, const struct hf_wire_field *field, struct hf_span list)
{
    struct hf_reader reader = hf_reader_of(list);
    for (size_t i = 0; i < NUMBERS_SHOWN && hf_reader_more(&reader); i++) {
        if (i > 0)
            hf_text_add(printer->text, ",");
        print_number(printer, naming_of(field->name), field->element, hf_reader_uint(&reader, field->element));
    }
    if (hf_reader_more(&reader))
        hf_text_add(printer->text, ", ... (%zu in all)", list.len / field->element);
}

static void print_bytes(const struct printer *printer, const char *field, struct hf_span bytes)
{
    struct hf_span shown = hf_span_part(bytes, 0, BYTES_SHOWN);
    if (is_text(field)) {
        hf_text_add(printer->text, " \"");
        hf_text_add_safe(printer->text, hf_span_part(bytes, 0, TEXT_SHOWN));
        hf_text_add(printer->text, "\"");
        return;
    }
    hf_text_add(printer->text, " ");
    hf_text_add_hex(printer->text, shown);
    if (bytes.len == 0)
        hf_text_add(printer->text, "(empty)");
    else if (shown.len < bytes.len)
        hf_text_add(printer->text, "... (%zu bytes)", bytes.len);
}

static void print_extension(const struct printer *printer, const struct hf_wire_extension *extension)
{
    struct printer inner = deeper(printer);
    indent(printer);
    hf_text_add(printer->text, "%s (%u)\n", hf_extension_name(extension->type), (unsigned)extension->type);
    enum hf_wire_shape shape = hf_extension_payload_shape(extension->type, printer->message);
    if (shape != HF_WIRE_opaque || extension->data.len > 0)
        print_body(&inner, shape, extension->data);
}

static void print_item(const struct printer *printer, enum hf_wire_shape shape, const union hf_wire_any *item)
{
    if (shape == HF_WIRE_extension) {
        print_extension(printer, &item->extension);
        return;
    }
    struct printer inner = deeper(printer);
    indent(printer);
    hf_text_add(printer->text, "%s\n", hf_wire_shape_describe(shape)->name);
    print_fields(&inner, shape, item);
}

static void print_items(const struct printer *printer, enum hf_wire_shape shape, struct hf_span items)
{
    struct printer inner = deeper(printer);
    struct hf_reader list = hf_reader_of(items);
    union hf_wire_any item;
    hf_text_add(printer->text, items.len == 0 ? " (none)\n" : "\n");
    while (!is_full(printer) && hf_wire_next_any(shape, &list, &item))
        print_item(&inner, shape, &item);
}

static void print_part(const struct printer *printer, enum hf_wire_shape shape, const void *value)
{
    struct printer inner = deeper(printer);
    hf_text_add(printer->text, "\n");
    print_fields(&inner, shape, value);
}

static void print_field(const struct printer *printer, const struct hf_wire_field *field, const void *value)
{
    const void *at = member(value, field->offset);
    if (field->kind == HF_FIELD_NOTHING)
        return;
    if (field->kind == HF_FIELD_OPTIONAL && !*(const bool *)member(value, field->beside))
        return;
    indent(printer);
    hf_text_add(printer->text, "%s", field->name);
    if (field->kind == HF_FIELD_ITEMS || field->kind == HF_FIELD_OPTIONAL) {
        print_items(printer, field->item, *(const struct hf_span *)at);
        return;
    }
    if (field->kind == HF_FIELD_PART) {
        print_part(printer, field->item, at);
        return;
    }
    if (field->kind == HF_FIELD_UINT)
        print_uint(printer, field, value);
    else if (field->kind == HF_FIELD_LIST)
        print_list(printer, field, *(const struct hf_span *)at);
    else
        print_bytes(printer, field->name, *(const struct hf_span *)at);
    hf_text_add(printer->text, "\n");
}

static void print_fields(const struct printer *printer, enum hf_wire_shape shape, const void *value)
{
    const struct hf_wire_description *description = hf_wire_shape_describe(shape);
    for (size_t i = 0; i < description->field_count && !is_full(printer); i++)
        print_field(printer, &description->fields[i], value);
}

static void print_body(const struct printer *printer, enum hf_wire_shape shape, struct hf_span body)
{
    union hf_wire_any value;
    if (hf_wire_read_any(shape, body, &value) == HF_OK) {
        print_fields(printer, shape, &value);
        return;
    }
    indent(printer);
    hf_text_add(printer->text, "malformed %s:", hf_wire_shape_describe(shape)->name);
    print_bytes(printer, "", body);
    hf_text_add(printer->text, "\n");
}

void hf_wire_print(enum hf_message kind, enum hf_wire_style style, struct hf_span body,
                   const struct hf_wire_names *names, struct hf_text *text)
{
    const struct printer printer = {.text = text, .names = names, .message = kind};
    print_body(&printer, hf_message_shape(kind, style), body);
}

void hf_wire_print_shape(enum hf_wire_shape shape, struct hf_span body, const struct hf_wire_names *names,
                         struct hf_text *text)
{
    const struct printer printer = {.text = text, .names = names, .message = HF_MESSAGE_unknown};
    print_body(&printer, shape, body);
}
