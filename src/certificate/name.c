/* Names are walked in place, attribute by attribute: relative names (SET) of attributes (SEQUENCE of type and value).
 * Comparison is linear in the names' length. RFC 5280 4.1.2.4 and 7.1, RFC 4514 2.4 for the escapes. */
#include "certificate/name.h"

#include "certificate/oid.h"

/* A name of more relative names is refused, so that printing backwards needs no memory. */
#define RDNS_MAX 64

struct attribute {
    struct hf_span type;
    uint8_t tag;
    struct hf_span value;
};

enum { UNICODE_MAX = 0x10ffff, SURROGATES = 0xd800, SURROGATES_END = 0xe000 };

static bool is_character(uint32_t character)
{
    return character <= UNICODE_MAX && (character < SURROGATES || character >= SURROGATES_END);
}

/* RFC 3629 3. What is cut short reads as zeros, which continue nothing. */
static bool take_utf8(struct hf_reader *text)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000}; /* that needs so many bytes behind the first */
    const uint8_t first = hf_reader_u8(text);
    if (first < 0x80)
        return true;
    if (first < 0xc0 || first >= 0xf8)
        return false;
    const size_t follow = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    uint32_t character = first & 0x3fu >> follow;
    for (size_t i = 0; i < follow; i++) {
        const uint8_t next = hf_reader_u8(text);
        if ((next & 0xc0) != 0x80)
            return false;
        character = character << 6 | (next & 0x3fu);
    }
    return character >= least[follow] && is_character(character);
}

static bool is_utf8(struct hf_span value)
{
    struct hf_reader text = hf_reader_of(value);
    while (hf_reader_more(&text))
        if (!take_utf8(&text))
            return false;
    return true;
}

/* The types of values that stand in names: RFC 5280 4.1.2.4 and appendix A.1, the unique identifier of RFC 4519 2.45,
 * and SEQUENCE for what others define. */
static bool is_of_a_name(uint8_t tag, struct hf_span value)
{
    switch (tag) {
    case HF_DER_UTF8_STRING:
        return is_utf8(value);
    case HF_DER_NUMERIC_STRING:
    case HF_DER_PRINTABLE_STRING:
    case HF_DER_TELETEX_STRING:
    case HF_DER_IA5_STRING:
    case HF_DER_BIT_STRING:
    case HF_DER_SEQUENCE:
        return true;
    case HF_DER_BMP_STRING:
        return value.len % 2 == 0;
    case HF_DER_UNIVERSAL_STRING:
        return value.len % 4 == 0;
    default:
        return false;
    }
}

static bool next_attribute(struct hf_der *rdn, struct attribute *ret_attribute)
{
    if (!hf_der_more(rdn))
        return false;
    struct hf_der der = hf_der_enter(rdn, HF_DER_SEQUENCE);
    struct attribute attribute = {.type = hf_oid_take(&der)};
    struct hf_span whole = {0};
    if (!hf_der_element(&der, &attribute.tag, &attribute.value, &whole) || !hf_der_end(&der) ||
        !is_of_a_name(attribute.tag, attribute.value)) {
        hf_der_spoil(rdn);
        return false;
    }
    *ret_attribute = attribute;
    return true;
}

static struct hf_der inside(struct hf_span name)
{
    struct hf_der outer = hf_der_of(name);
    return hf_der_enter(&outer, HF_DER_SEQUENCE);
}

static bool check_rdn(struct hf_der *names)
{
    struct hf_der rdn = hf_der_enter(names, HF_DER_SET);
    struct attribute attribute;
    size_t count = 0;
    while (next_attribute(&rdn, &attribute))
        count++;
    return hf_der_end(&rdn) && count > 0;
}

bool hf_name_check(struct hf_span name)
{
    struct hf_der outer = hf_der_of(name);
    struct hf_der names = hf_der_enter(&outer, HF_DER_SEQUENCE);
    for (size_t i = 0; hf_der_more(&names); i++)
        if (i == RDNS_MAX || !check_rdn(&names))
            return false;
    return hf_der_end(&names) && hf_der_end(&outer);
}

bool hf_name_is_empty(struct hf_span name)
{
    struct hf_der names = inside(name);
    return !hf_der_more(&names);
}

/* The characters of a value, folded: no case, no outer spaces, runs of spaces as one (RFC 4518 2.2, 2.6.1). */
struct fold {
    struct hf_reader left;
    int held; /* what comes next; FOLD_END at the end */
};

#define FOLD_END (-1)

static int lower_next(struct hf_reader *left)
{
    if (!hf_reader_more(left))
        return FOLD_END;
    int byte = hf_reader_u8(left);
    return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
}

static int past_spaces(struct hf_reader *left)
{
    int byte = lower_next(left);
    while (byte == ' ')
        byte = lower_next(left);
    return byte;
}

static struct fold fold_of(struct hf_span value)
{
    struct fold fold = {.left = hf_reader_of(value)};
    fold.held = past_spaces(&fold.left);
    return fold;
}

/* A space counts only when something follows its run, so the run is looked past before the space is given. */
static int fold_next(struct fold *fold)
{
    int now = fold->held;
    if (now == FOLD_END)
        return FOLD_END;
    struct hf_reader look = fold->left;
    if (now != ' ' && lower_next(&look) == ' ') {
        fold->held = past_spaces(&look) == FOLD_END ? FOLD_END : ' ';
        return now;
    }
    fold->held = now == ' ' ? past_spaces(&fold->left) : lower_next(&fold->left);
    return now;
}

static bool is_folded(uint8_t tag)
{
    return tag == HF_DER_PRINTABLE_STRING || tag == HF_DER_UTF8_STRING || tag == HF_DER_IA5_STRING;
}

static bool attribute_equal(const struct attribute *a, const struct attribute *b)
{
    if (!hf_span_equal(a->type, b->type))
        return false;
    if (a->tag == b->tag && hf_span_equal(a->value, b->value))
        return true;
    if (!is_folded(a->tag) || !is_folded(b->tag))
        return false;
    struct fold of_a = fold_of(a->value);
    struct fold of_b = fold_of(b->value);
    int next = 0;
    do {
        next = fold_next(&of_a);
        if (next != fold_next(&of_b))
            return false;
    } while (next != FOLD_END);
    return true;
}

/* Attributes of one relative name are compared in their order: DER sorts them. */
static bool rdn_equal(struct hf_der *a, struct hf_der *b)
{
    struct hf_der rdn_a = hf_der_enter(a, HF_DER_SET);
    struct hf_der rdn_b = hf_der_enter(b, HF_DER_SET);
    struct attribute of_a;
    struct attribute of_b;
    for (;;) {
        bool more_a = next_attribute(&rdn_a, &of_a);
        if (more_a != next_attribute(&rdn_b, &of_b))
            return false;
        if (!more_a)
            return hf_der_end(&rdn_a) && hf_der_end(&rdn_b);
        if (!attribute_equal(&of_a, &of_b))
            return false;
    }
}

bool hf_name_is_within(struct hf_span base, struct hf_span name)
{
    struct hf_der of_base = inside(base);
    struct hf_der of_name = inside(name);
    while (hf_der_more(&of_base))
        if (!hf_der_more(&of_name) || !rdn_equal(&of_base, &of_name))
            return false;
    return hf_der_end(&of_base);
}

bool hf_name_equal(struct hf_span a, struct hf_span b)
{
    if (hf_span_equal(a, b))
        return true;
    struct hf_der of_a = inside(a);
    struct hf_der of_b = inside(b);
    while (hf_der_more(&of_a) && hf_der_more(&of_b))
        if (!rdn_equal(&of_a, &of_b))
            return false;
    return hf_der_end(&of_a) && hf_der_end(&of_b);
}

/* FNV-1a over what attribute_equal looks at. */
static uint64_t mix(uint64_t hash, int byte)
{
    return (hash ^ (uint64_t)(unsigned)byte) * UINT64_C(0x100000001b3);
}

static uint64_t hash_attribute(uint64_t hash, const struct attribute *attribute)
{
    for (size_t i = 0; i < attribute->type.len; i++)
        hash = mix(hash, attribute->type.data[i]);
    if (!is_folded(attribute->tag)) {
        for (size_t i = 0; i < attribute->value.len; i++)
            hash = mix(hash, attribute->value.data[i]);
        return mix(hash, 256);
    }
    struct fold fold = fold_of(attribute->value);
    for (int byte = fold_next(&fold); byte != FOLD_END; byte = fold_next(&fold))
        hash = mix(hash, byte);
    return mix(hash, 256);
}

uint64_t hf_name_hash(struct hf_span name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    struct hf_der names = inside(name);
    while (hf_der_more(&names)) {
        struct hf_der rdn = hf_der_enter(&names, HF_DER_SET);
        struct attribute attribute;
        while (next_attribute(&rdn, &attribute))
            hash = hash_attribute(hash, &attribute);
        hash = mix(hash, 257);
    }
    return hash;
}

struct label_row {
    const char *oid;
    size_t oid_len;
    const char *label;
};

static const struct label_row label_rows[] = {
    {"\x55\x04\x03", 3, "CN"},
    {"\x55\x04\x0a", 3, "O"},
    {"\x55\x04\x0b", 3, "OU"},
    {"\x55\x04\x06", 3, "C"},
    {"\x55\x04\x08", 3, "ST"},
    {"\x55\x04\x07", 3, "L"},
    {"\x55\x04\x09", 3, "STREET"},
    {"\x55\x04\x05", 3, "serialNumber"},
    {"\x55\x04\x04", 3, "SN"},
    {"\x55\x04\x2a", 3, "GN"},
    {"\x55\x04\x0c", 3, "title"},
    {"\x55\x04\x61", 3, "organizationIdentifier"},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9, "emailAddress"},
    {"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10, "DC"},
    {"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", 10, "UID"},
};

static void print_type(struct hf_span type, struct hf_text *text)
{
    for (size_t i = 0; i < HF_COUNT(label_rows); i++) {
        if (hf_span_equal(type, hf_span_of(label_rows[i].oid, label_rows[i].oid_len))) {
            hf_text_add(text, "%s=", label_rows[i].label);
            return;
        }
    }
    hf_oid_print(type, text);
    hf_text_add(text, "=");
}

/* A comma inside a value must not look like the next attribute (RFC 4514 2.4): "CN=x\, O=Example Bank". */
static void print_value(const struct attribute *attribute, struct hf_text *text)
{
    size_t step = attribute->tag == HF_DER_BMP_STRING ? 2 : 1;
    for (size_t i = 0; i + step <= attribute->value.len; i += step) {
        struct hf_span character = hf_span_part(attribute->value, i, step);
        if (character.data == NULL)
            return;
        if (step == 2 && character.data[0] == 0)
            character = hf_span_part(character, 1, 1);
        uint8_t byte = character.data[0];
        bool special = byte == ',' || byte == '+' || byte == '"' || byte == '\\' || byte == ';' || byte == '=';
        if (special && character.len == 1)
            hf_text_add(text, "\\");
        hf_text_add_safe(text, character);
    }
}

static void print_rdn(struct hf_der rdn, struct hf_text *text)
{
    struct attribute attribute;
    for (bool first = true; next_attribute(&rdn, &attribute); first = false) {
        hf_text_add(text, first ? "" : "+");
        print_type(attribute.type, text);
        print_value(&attribute, text);
    }
}

void hf_name_print(struct hf_span name, struct hf_text *text)
{
    struct hf_der rdns[RDNS_MAX];
    size_t count = 0;
    struct hf_der names = inside(name);
    while (hf_der_more(&names) && count < RDNS_MAX)
        rdns[count++] = hf_der_enter(&names, HF_DER_SET);
    if (count == 0)
        hf_text_add(text, "(no name)");
    for (size_t i = count; i-- > 0;) {
        print_rdn(rdns[i], text);
        hf_text_add(text, i > 0 ? ", " : "");
    }
}

static struct hf_span last_of(struct hf_span name, struct hf_span type)
{
    struct hf_span found = {0};
    struct hf_der names = inside(name);
    while (hf_der_more(&names)) {
        struct hf_der rdn = hf_der_enter(&names, HF_DER_SET);
        struct attribute attribute;
        while (next_attribute(&rdn, &attribute))
            if (hf_span_equal(attribute.type, type))
                found = attribute.value;
    }
    return found;
}

struct hf_span hf_name_common_name(struct hf_span name)
{
    return last_of(name, HF_OID("\x55\x04\x03"));
}

struct hf_span hf_name_email(struct hf_span name)
{
    return last_of(name, HF_OID("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"));
}
